"""How often packages are called: contributions once, nobody for each record, a check once a save, an event once."""

from __future__ import annotations

import io
import sys
from collections import Counter
from typing import TYPE_CHECKING

from lanzarote.exchange.region_file import export_region

from tests.core.api.programs import Programs, titled
from tests.core.hooks.objecting import given
from tests.core.hooks.test_events import Published
from tests.core.importing.files import PRACTICE, whole
from tests.core.importing.test_pages import hidden, send
from tests.core.practices.assessments import PARIS, person
from tests.core.practices.forms import TEAM, WHOLE, writer
from tests.core.practices.signed_in import site_of

if TYPE_CHECKING:
    from tests.core.hooks.conftest import Making

COUNTING = """
    from collections import Counter

    calls = Counter()

    @hookimpl
    def regions():
        calls["regions"] += 1
        return ()

    @hookimpl
    def legal_frameworks():
        calls["legal_frameworks"] += 1
        return ()

    @hookimpl
    def catalogues():
        calls["catalogues"] += 1
        return ()

    def write(table):
        calls["written"] += 1
        return b""

    @hookimpl
    def exporters():
        calls["exporters"] += 1
        return [Exporter(format="odd", label="Odd", media_type="text/plain", extension="txt", write=write)]

    @hookimpl
    def check_practice():
        calls["check_practice"] += 1
        return ()

    @hookimpl
    def check_stakeholder():
        calls["check_stakeholder"] += 1
        return ()

    @hookimpl
    def practice_published():
        calls["practice_published"] += 1
"""
AT_START = Counter(regions=1, legal_frameworks=1, catalogues=1, exporters=1)


def calls() -> Counter[str]:
    found: Counter[str] = sys.modules["lz_try_counting"].calls
    return found


def test_lists_pages_and_exports_call_nobody_for_each_record(paris_with: Making) -> None:
    paris = paris_with(counting=COUNTING)
    paris.host.ask_all()
    with site_of(paris) as client:
        for path in ("/fr/paris", "/fr/paris/practices", "/fr/paris/organisations", "/api/v1/regions/paris/practices"):
            assert client.get(path).status_code == 200
        assert calls() == AT_START
        assert client.get("/fr/paris/practices?format=odd").status_code == 200
    assert calls() == AT_START + Counter(written=1)
    export_region(paris, PARIS, io.BytesIO())
    paris.upgrades_due()
    assert calls() == AT_START + Counter(written=1)


def test_a_save_calls_each_check_once_and_no_other(paris_with: Making) -> None:
    paris = paris_with(counting=COUNTING)
    given(paris, person(paris, "contributor"))
    assert calls() == AT_START + Counter(check_practice=1)


def test_a_save_calls_it_once_from_the_form_by_program_and_for_each_row_of_a_file(paris_with: Making) -> None:
    paris = paris_with(also=("spreadsheet",), counting=COUNTING)

    def checked() -> int:
        return calls()["check_practice"]

    with site_of(paris) as client:
        ana = writer(paris, client, name="Ana Plume").open(f"{TEAM}/new").fill(WHOLE).press()
        assert checked() == 1
        ana.open(f"{TEAM}/{ana.id}/edit").fill({"text.fr.summary": "Un autre résumé."}).press()
        assert checked() == 2
        program = Programs(paris, client).of("contributor")
        place = program.begin()
        assert checked() == 3
        assert program.save(place, titled("Autrement")).status_code == 200
        assert checked() == 4
        rows = [PRACTICE | {"text.fr.title": f"Une pratique sur {number}"} for number in range(3)]
        content = whole(paris, *rows)
        _, html = send(ana, content)
        assert checked() == 4 + len(rows), "each row is looked at"
        send(ana, content, **(hidden(html) | {"step": "take"}))
        assert checked() == 4 + 2 * len(rows), "and once more when it is taken in"
    assert calls() == AT_START + Counter(check_practice=checked())


def test_an_event_is_told_once(paris_with: Making) -> None:
    paris = paris_with(counting=COUNTING)
    Published(paris)
    checks = calls()["check_practice"]
    for _ in range(3):
        paris.worker.run_due()
    assert calls() == AT_START + Counter(check_practice=checks, practice_published=1)
