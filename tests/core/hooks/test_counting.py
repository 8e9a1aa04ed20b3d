"""How often packages are called: contributions once, nobody for each record, a check once a save, an event once."""

from __future__ import annotations

import io
import sys
from collections import Counter
from typing import TYPE_CHECKING

from lanzarote.transport import export_region

from tests.core.hooks.objecting import given
from tests.core.hooks.test_events import Published
from tests.core.practices.assessments import PARIS, person
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


def test_an_event_is_told_once(paris_with: Making) -> None:
    paris = paris_with(counting=COUNTING)
    Published(paris)
    checks = calls()["check_practice"]
    for _ in range(3):
        paris.worker.run_due()
    assert calls() == AT_START + Counter(check_practice=checks, practice_published=1)
