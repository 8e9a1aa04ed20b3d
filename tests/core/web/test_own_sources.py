"""Sources that a record has of its own: whoever opens its form, changes a word and saves, loses nothing of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from lanzarote.directory.model import StakeholderStatus
from lanzarote.improvements.model import FindingStatus, ImprovementStatus
from lanzarote.instance import Instance
from lanzarote.practices.model import PracticeStatus
from lanzarote.procedures.model import ProcedureStatus
from lanzarote.records import drafts as own_sources
from lanzarote.records import records
from lanzarote.records.records import Draft, Record
from lanzarote.store.ids import new_id
from lanzarote.types import OwnSource

from tests.core.improvements.deliberating import OBSERVED, PROPOSED
from tests.core.practices.forms import Writer
from tests.core.stakeholders import keeping
from tests.core.team_of_a_file import ana, cleo, client, paris
from tests.regions.writing import PRACTICE, PROCEDURE

__all__ = ["ana", "cleo", "client", "paris"]

OWN: dict[str, Any] = {
    "key": "act",
    "title": "Barnalög",
    "publisher": "Alþingi",
    "kind": "official",
    "url": "https://act.example/",
    "read_on": "2026-11-02",
    "language": "is",
}
PAPER: dict[str, Any] = {"key": "paper", "title": "Rapport 2030", "publisher": "La Maison", "kind": "press"}
NOTED = PAPER | {"language": "en", "read_on": "2026-11-03"}
TITLE = "text.fr.title"
FRENCH: dict[str, Any] = {"original": "fr", "text": {"fr": {"title": "Une démarche inventée"}}, "sources": []}
STATUS = PracticeStatus(standing="declared", vouching="declared")
FORMS: dict[str, tuple[str, dict[str, Any], Any, str]] = {
    "practice": ("practices", {**PRACTICE, **FRENCH}, STATUS, TITLE),
    "procedure": ("procedures", {**PROCEDURE, **FRENCH}, ProcedureStatus(), TITLE),
    "improvement": ("improvements", PROPOSED, ImprovementStatus(), TITLE),
    "finding": ("findings", OBSERVED, FindingStatus(), TITLE),
    "stakeholder": ("organisations", keeping.BODY, StakeholderStatus(), "name.fr"),
}
"""Kind of record → room of its pages, what it says, a status, a field of its form."""


def written(paris: Instance, kind: str, *sources: dict[str, Any]) -> str:
    _, body, status, _ = FORMS[kind]
    said, told = records.encode(body | {"own_sources": sources}), records.encode(status)
    with paris.database.write("paris") as session:
        drafts = [Draft(kind=kind, slug=f"{kind}-{new_id()}", body=said, status=told, publish=False)]
        [made] = records.create(session, "paris", drafts, by="team")
    return made


def sources(paris: Instance, record_id: str, version: int = 2) -> list[dict[str, Any]]:
    with paris.database.read("paris") as session:
        record = session.get_one(Record, ("paris", record_id))
        assert record.version == version
        told: list[dict[str, Any]] = msgspec.json.decode(records.body_of(session, record, version))["own_sources"]
        return told


def chosen(one: Writer, row: int) -> dict[str, str]:
    """What kind of source it is, where the form asks."""
    field = f"own_sources[{row}].kind"
    return {field: "press"} if field in one.fields else {}


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_in_which_another_word_changes_keeps_all_of_them(paris: Instance, cleo: Writer, kind: str) -> None:
    room, _, _, field = FORMS[kind]
    one = written(paris, kind, OWN, NOTED)
    cleo.open(f"/fr/paris/team/{room}/{one}/edit").fill({field: "Autrement"}).press()
    assert sources(paris, one) == [OWN, NOTED]


@pytest.mark.parametrize("kind", FORMS)
def test_a_title_that_is_put_right_keeps_the_rest(paris: Instance, cleo: Writer, kind: str) -> None:
    one = written(paris, kind, OWN)
    cleo.open(f"/fr/paris/team/{FORMS[kind][0]}/{one}/edit").fill({"own_sources[0].title": "Barnalög 76"}).press()
    assert sources(paris, one) == [OWN | {"title": "Barnalög 76"}]


@pytest.mark.parametrize("kind", FORMS)
def test_a_source_that_is_taken_out_takes_nothing_of_the_next_along(paris: Instance, cleo: Writer, kind: str) -> None:
    one = written(paris, kind, PAPER, OWN)
    emptied = {f"own_sources[0].{name}": "" for name in ("title", "publisher", "url")}
    cleo.open(f"/fr/paris/team/{FORMS[kind][0]}/{one}/edit").fill(emptied).press()
    assert sources(paris, one) == [OWN]


@pytest.mark.parametrize("kind", FORMS)
def test_what_cites_a_source_that_was_taken_out_cites_no_other_one(paris: Instance, cleo: Writer, kind: str) -> None:
    one = written(paris, kind, PAPER | {"key": "own-1"})
    other = {"title": "Rapport 2030", "publisher": "La Maison", "url": "https://rapport.example/"}
    emptied = {f"own_sources[0].{name}": "" for name in other}
    typed = {f"own_sources[1].{name}": text for name, text in other.items()}
    cleo.open(f"/fr/paris/team/{FORMS[kind][0]}/{one}/edit").fill(emptied | typed | chosen(cleo, 1)).press()
    assert [source["key"] for source in sources(paris, one)] == ["own-2"]


@pytest.mark.parametrize("kind", FORMS)
def test_a_new_source_has_no_key_that_another_one_had_in_an_earlier_version(
    paris: Instance, cleo: Writer, kind: str
) -> None:
    one = written(paris, kind, PAPER | {"key": "own-1"}, OWN)
    form = f"/fr/paris/team/{FORMS[kind][0]}/{one}/edit"
    other = {"title": "Rapport 2031", "publisher": "La Maison", "url": "https://rapport.example/"}
    cleo.open(form).fill({f"own_sources[0].{name}": "" for name in other}).press()
    typed = {f"own_sources[1].{name}": text for name, text in other.items()}
    cleo.open(form).fill(typed | chosen(cleo, 1)).press()
    assert [source["key"] for source in sources(paris, one, version=3)] == ["act", "own-2"]


@pytest.mark.parametrize("kind", FORMS)
def test_another_document_over_a_source_is_a_new_one(paris: Instance, cleo: Writer, kind: str) -> None:
    one = written(paris, kind, OWN)
    other = {"title": "Rapport 2030", "publisher": "La Maison", "url": "https://rapport.example/"}
    typed = {f"own_sources[0].{name}": text for name, text in other.items()}
    shown = {"own_sources[0].kind": "press", "own_sources[0].read_on": ""}
    cleo.open(f"/fr/paris/team/{FORMS[kind][0]}/{one}/edit")
    cleo.fill(typed | {name: text for name, text in shown.items() if name in cleo.fields}).press()
    assert sources(paris, one) == [{"key": "act", "kind": "press", **other}]


def test_a_new_source_of_a_procedure_is_told_as_an_organisation_s(paris: Instance, cleo: Writer) -> None:
    one = written(paris, "procedure", OWN)
    cleo.open(f"/fr/paris/team/procedures/{one}/edit")
    cleo.fill({"own_sources[1].title": "Rapport", "own_sources[1].publisher": "La Maison"}).press()
    new = {"key": "own-1", "title": "Rapport", "publisher": "La Maison", "kind": "organisation"}
    assert sources(paris, one) == [OWN, new]


def source(**more: Any) -> OwnSource:
    return msgspec.convert(OWN | more, OwnSource)


def test_a_page_that_moved_keeps_its_language_and_not_the_day_it_was_read_elsewhere() -> None:
    sent = source(url="https://moved.example/", read_on=None, language=None)
    [kept] = own_sources.kept([sent], [source()])
    assert (kept.url, kept.language, kept.read_on) == ("https://moved.example/", "is", None)


def test_a_document_without_an_address_is_known_by_its_title() -> None:
    before = source(url=None)
    same = source(url=None, language=None, read_on=None, publisher="Alþingi Íslendinga")
    other = source(url=None, language=None, read_on=None, title="Rapport 2030")
    [kept] = own_sources.kept([same], [before])
    assert (kept.language, kept.read_on, kept.publisher) == ("is", date(2026, 11, 2), "Alþingi Íslendinga")
    assert own_sources.kept([other], [before]) == (other,)


def test_a_source_of_another_key_is_another() -> None:
    sent = source(key="own-1", language=None, read_on=None)
    assert own_sources.kept([sent], [source()]) == (sent,)
