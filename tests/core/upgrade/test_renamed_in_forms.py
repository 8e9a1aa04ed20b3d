"""A form or sheet that was filled in before a key was renamed shows the present one, and loses nothing when saved."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lanzarote_spreadsheet
import msgspec
import pytest
from lanzarote.app import create_app
from lanzarote.directory.model import StakeholderStatus
from lanzarote.importing import service
from lanzarote.importing.ground import Ground
from lanzarote.importing.kinds import PRACTICES
from lanzarote.kinds.form import typed_from
from lanzarote.meetings.model import MeetingStatus
from lanzarote.practices.model import PracticeStatus
from lanzarote.procedures.model import ProcedureStatus
from lanzarote.records import records
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Draft, Record
from lanzarote.store.ids import new_id
from lanzarote.transfers import answers
from lanzarote.transfers.kind import TRANSFERS
from lanzarote.types import SectorMatch, Transfer, TransferOrigin
from litestar.testing import TestClient
from openpyxl import load_workbook

from tests.core.practices.assessments import person
from tests.core.practices.forms import Writer
from tests.core.upgrade.conftest import Land
from tests.regions.writing import ORGANISATION, PRACTICE, PROCEDURE, SECTOR, SOURCE, region_package

HEAD = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id="testland"),), strong=True)
CARE = {**SECTOR, "common": ["judicial"], "name": {"en": "Social care", "fr": "Action sociale"}}
TOPIC = {
    "type": "choice",
    "label": {"en": "Topic", "fr": "Sujet"},
    "choices": [{"key": "place", "name": {"en": "Place", "fr": "Lieu"}}],
}
STORY = {"type": "text", "label": {"en": "Story", "fr": "Récit"}}
LAW = """[instrument]
key = "code"
title = {{ en = "Code", fr = "Code" }}
cite = {{ en = "article {{number}}", fr = "article {{number}}" }}

[provisions.{key}]
number = "1"
{former}
[[provisions.{key}.versions]]
from = 2001-01-01
title = {{ en = "A child is heard once", fr = "Un enfant est entendu une fois" }}
convention = [{{ ref = "35" }}]
sources = ["invented"]
"""
SHEET = {
    **PRACTICE,
    "sectors": ["old-care", "courts"],
    "partners": [{"sector": "old-care", "side": "public"}],
    "legal_basis": ["old-law"],
    "sources": ["old-paper"],
    "evidence": [{"text": {"en": "Read."}, "sources": ["old-paper"]}],
    "answers": {"old-topic": "place", "old-story": {"en": "Told."}},
}
PRESENT = {
    "sectors": ["new-care", "courts"],
    "partners": [{"sector": "new-care", "side": "public"}],
    "legal_basis": ["new-law"],
    "sources": ["new-paper"],
    "evidence": [{"text": {"en": "Read."}, "sources": ["new-paper"]}],
    "answers": {"new-topic": "place", "new-story": {"en": "Told."}},
}


class Renaming:
    """A region whose team wrote records by keys that its package then gave up."""

    def __init__(self, land: Land) -> None:
        self.land = land
        self._release("old", {})

    def rename(self) -> None:
        self._release("new", {"former": True})

    def _release(self, age: str, more: dict[str, Any]) -> None:
        def entry(key: str, value: Any) -> dict[str, Any]:
            return {f"{age}-{key}": {**value, **({"former": [f"old-{key}"]} if more else {})}}

        self.land.package.write(
            sectors={"courts": SECTOR} | entry("care", CARE),
            sources={"invented": SOURCE} | entry("paper", SOURCE),
            fields=entry("topic", TOPIC) | entry("story", STORY),
        )
        law = self.land.package.folder / "law"
        law.mkdir()
        former = 'former = ["old-law"]' if more else ""
        (law / "code.toml").write_text(LAW.format(key=f"{age}-law", former=former), encoding="utf-8")
        self.land.instance.close()
        self.land.instance = self.land.package.instance(self.land.url)
        self.land.instance.host.add("spreadsheet", lanzarote_spreadsheet)
        self.land.instance.load("testland")

    def write(self, kind: str, body: Any, status: Any, *, key: str | None = None, publish: bool = False) -> str:
        draft = Draft(
            kind=kind, slug=kind, key=key, body=records.encode(body), status=records.encode(status), publish=publish
        )
        with self.land.instance.database.write("testland") as session:
            [made] = records.create(session, "testland", [draft], by="team")
        return made

    def practice(self, *, key: str | None = None, publish: bool = False) -> str:
        status = PracticeStatus(standing="declared", vouching="declared")
        return self.write("practice", SHEET, status, key=key, publish=publish)

    def said(self, record_id: str) -> dict[str, Any]:
        with self.land.instance.database.read("testland") as session:
            record = session.get_one(Record, ("testland", record_id))
            told: dict[str, Any] = msgspec.json.decode(records.body_of(session, record, record.version))
            return told

    @contextmanager
    def coordinator(self) -> Iterator[Writer]:
        head = person(self.land.instance, "coordinator", "Cy", region="testland")
        app: Any = create_app(self.land.instance)
        with TestClient(app, base_url="http://lanzarote.test") as client:
            yield Writer(self.land.instance, client, head)

    @contextmanager
    def again(self, one: Writer) -> Iterator[None]:
        """*one* goes on in the same window after the upgrade."""
        app: Any = create_app(self.land.instance)
        with TestClient(app, base_url="http://lanzarote.test") as client:
            one.client, one.instance = client, self.land.instance
            yield

    @property
    def ground(self) -> Ground:
        return Ground(self.land.instance, "testland", "en", HEAD)


@pytest.fixture
def region(sqlite_url: str, tmp_path: Path) -> Iterator[Renaming]:
    with region_package(tmp_path) as package:
        land = Land(package, sqlite_url)
        yield Renaming(land)
        land.instance.close()


def written_of(told: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The fields of *wanted*, as they are in *told*."""
    return {name: told.get(name) for name in wanted}


# ---------------------------------------------------------------------------------------------------------------------
# Practices


def test_the_form_of_a_practice_ticks_what_was_renamed_and_keeps_it(region: Renaming) -> None:
    record_id = region.practice()
    region.rename()
    with region.coordinator() as one:
        one.open(f"/en/testland/team/practices/{record_id}/edit")
        assert one.fields["sectors"] == ["new-care", "courts"]
        assert one.fields["legal_basis"] == ["new-law"]
        assert (one.value("partners[0].sector"), one.value("answers.new-topic")) == ("new-care", "place")
        one.fill({"text.en.title": "Another title"}).press()
    told = region.said(record_id)
    assert told["text"]["en"]["title"] == "Another title"
    assert written_of(told, PRESENT) == PRESENT


def test_text_that_was_kept_before_a_rename_is_saved_after_it(region: Renaming) -> None:
    record_id = region.practice()
    with region.coordinator() as one:
        one.open(f"/en/testland/team/practices/{record_id}/edit").fill({"text.en.title": "Kept"})
        sent = {name: values for name, values in one.fields.items() if values}
        one.post(f"/en/testland/team/practices/{record_id}/unsaved", sent, status=200)
    region.rename()
    with region.again(one):
        one.open(f"/en/testland/team/practices/{record_id}/edit?unsaved=continue").press()
    told = region.said(record_id)
    assert told["text"]["en"]["title"] == "Kept"
    assert written_of(told, PRESENT) == PRESENT


def test_a_page_that_was_opened_before_a_rename_can_be_saved_after_it(region: Renaming) -> None:
    record_id = region.practice()
    with region.coordinator() as one:
        one.open(f"/en/testland/team/practices/{record_id}/edit")
    region.rename()
    with region.again(one):
        one.fill({"text.en.title": ""}).press(status=400)
        one.fill({"text.en.title": "Another title"}).press()
    assert written_of(region.said(record_id), PRESENT) == PRESENT


def test_a_practice_that_is_no_longer_public_stays_related_until_it_is_unticked(region: Renaming) -> None:
    other = region.practice(publish=True)
    body, status = SHEET | {"related": [other]}, PracticeStatus(standing="declared", vouching="declared")
    record_id = region.write("practice", body, status)
    with region.land.instance.database.write("testland") as session:
        records.withdraw(session, session.get_one(Record, ("testland", other)), by="team")
    with region.coordinator() as one:
        one.open(f"/en/testland/team/practices/{record_id}/edit")
        assert "A practice that is no longer public" in one.html
        one.fill({"text.en.title": "Another title"}).press()
        assert region.said(record_id)["related"] == [other]
        one.open(f"/en/testland/team/practices/{record_id}/edit").fill(related=[]).press()
    assert "related" not in region.said(record_id)


def test_the_list_names_the_present_sector_beside_the_link_that_takes_the_choice_away(region: Renaming) -> None:
    region.practice(publish=True)
    region.rename()
    with region.coordinator() as one:
        page = one.get("/en/testland/practices?sector=old-care")
    assert ">old-care<" not in page
    assert page.count("An invented practice") >= 1
    chips = page.partition("Remove:")[2].partition("</a>")[0]
    assert "Social care" in chips


def test_the_feed_of_practices_is_under_the_present_sector(region: Renaming) -> None:
    region.practice(publish=True)
    region.rename()
    with region.coordinator() as one:
        assert "Social care" in one.get("/en/testland/practices.atom")


@pytest.mark.parametrize("asked", ["old-care", "new-care"])
def test_a_program_finds_the_organisations_of_a_sector_under_both_keys(region: Renaming, asked: str) -> None:
    body = {**ORGANISATION, "sectors": ["old-care"]}
    record_id = region.write("stakeholder", body, StakeholderStatus(), publish=True)
    region.rename()
    with region.coordinator() as one:
        answer = one.client.get(f"/api/v1/regions/testland/stakeholders?sector={asked}").json()
    assert [found["id"] for found in answer["items"]] == [record_id]


# ---------------------------------------------------------------------------------------------------------------------
# Meetings, procedures, transfers

MEETING = {
    "kind": "working",
    "original": "en",
    "day": "2020-05-12",
    "text": {"en": {"title": "Schools and courts"}},
    "sectors": ["old-care"],
    "present": [{"name": "A school", "sector": "old-care"}],
}


def test_the_form_of_a_meeting_ticks_a_sector_that_was_renamed_and_keeps_it(region: Renaming) -> None:
    record_id = region.write("meeting", MEETING, MeetingStatus())
    region.rename()
    with region.coordinator() as one:
        one.open(f"/en/testland/team/meetings/{record_id}/edit")
        assert one.fields["sectors"] == ["new-care"]
        one.fill(place="Paris").press()
        assert "Social care" in one.html
    told = region.said(record_id)
    assert (told["place"], told["sectors"]) == ("Paris", ["new-care"])


def test_the_notes_of_a_meeting_keep_the_sector_of_who_was_there(region: Renaming) -> None:
    record_id = region.write("meeting", MEETING, MeetingStatus(state="held"))
    region.rename()
    with region.coordinator() as one:
        one.open(f"/en/testland/team/meetings/{record_id}/notes", "/notes")
        one.fill({"text.en.found": "Found."}).press(action="/notes")
    told = region.said(record_id)
    assert told["text"]["en"]["found"] == "Found."
    assert told["present"] == [{"name": "A school", "sector": "new-care"}]


PASSING = {"what": {"en": "A name"}, "basis": "old-law", "sector": "old-care"}
STEP = {"key": "report", "title": {"en": "Reports"}, "end": True, "sector": "old-care", "passes": [PASSING]}
PATH = {
    **PROCEDURE,
    "text": {"en": {"title": "An invented procedure"}},
    "parties": [{"sector": "old-care"}],
    "steps": [STEP],
    "legal_basis": ["old-law"],
    "sources": ["old-paper"],
}


def procedure_saved(region: Renaming, record_id: str) -> list[Any]:
    """What the procedure names after its title was changed in the form."""
    with region.coordinator() as one:
        one.open(f"/en/testland/team/procedures/{record_id}/edit")
        one.fill({"text.en.title": "Another title"}).press()
    told = region.said(record_id)
    assert told["text"]["en"]["title"] == "Another title"
    [step], [party] = told["steps"], told["parties"]
    [passing] = step["passes"]
    named = (party["sector"], step["sector"], passing["sector"], passing["basis"])
    return [*named, *told["legal_basis"], *told["sources"]]


def test_the_page_of_a_procedure_that_was_opened_before_a_rename_loses_nothing(region: Renaming) -> None:
    record_id = region.write("procedure", PATH, ProcedureStatus())
    with region.coordinator() as one:
        one.open(f"/en/testland/team/procedures/{record_id}/edit")
    region.rename()
    with region.again(one):
        one.fill({"text.en.title": ""}).press(status=400)
        one.fill({"text.en.title": "Another title"}).press()
    assert procedure_saved(region, record_id) == [*["new-care"] * 3, "new-law", "new-law", "new-paper"]


def test_a_procedure_keeps_a_practice_and_an_improvement_that_are_offered_no_more(region: Renaming) -> None:
    public, other, gone = region.practice(key="room", publish=True), region.practice(publish=True), new_id()
    record_id = region.write(
        "procedure", PATH | {"practices": [public, other], "improvements": [gone]}, ProcedureStatus()
    )
    with region.land.instance.database.write("testland") as session:
        records.withdraw(session, session.get_one(Record, ("testland", other)), by="team")
    with region.coordinator() as one:
        one.open(f"/en/testland/team/procedures/{record_id}/edit")
        assert one.html.count("A practice that is no longer public") == 1
        assert one.html.count("An improvement that is no longer discussed") == 1
        assert (one.fields["practices"], one.fields["improvements"]) == ([public, other], [gone])


def test_the_form_of_a_procedure_keeps_what_is_retired(region: Renaming) -> None:
    record_id = region.write("procedure", PATH, ProcedureStatus())
    region.land.release()
    assert procedure_saved(region, record_id) == [*["old-care"] * 3, "old-law", "old-law", "old-paper"]


@pytest.mark.parametrize(
    ("after", "key"), [(Renaming.rename, "new-care"), (lambda region: region.land.release(), "old-care")]
)
def test_the_form_of_a_transfer_ticks_what_was_renamed_or_is_retired(
    region: Renaming, after: Callable[[Renaming], object], key: str
) -> None:
    match = SectorMatch(origin="there", name={"en": "There"}, here=("old-care",))
    origin = TransferOrigin(region="there", region_name={"en": "There"}, record=new_id(), version=1, original="en")
    said = Transfer(origin=origin, sectors=(match,))
    after(region)
    view: Any = region.ground
    [row] = answers.rows(view, said, typed_from(TRANSFERS.shapes, said))["sectors"]
    assert row["ticks"] == [{"value": key, "label": "Social care", "chosen": True}]


# ---------------------------------------------------------------------------------------------------------------------
# Sheets


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_sheet_tells_what_was_renamed_by_its_name_and_changes_nothing_when_handed_in(
    region: Renaming, format: str
) -> None:
    record_id = region.practice()
    region.rename()
    before = region.said(record_id)
    content = filled(region, format)
    assert "old-" not in words_in(content, format)
    assert "Social care" in words_in(content, format)
    plan = service.plan_of(region.ground, PRACTICES, f"a.{format}", content)
    assert ([row.outcome for row in plan.rows], plan.problems) == (["same"], ())
    assert region.said(record_id) == before


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_sheet_that_was_taken_out_before_a_rename_changes_nothing_after_it(region: Renaming, format: str) -> None:
    region.practice()
    content = filled(region, format)
    region.rename()
    plan = service.plan_of(region.ground, PRACTICES, f"a.{format}", content)
    assert ([row.outcome for row in plan.rows], plan.problems) == (["same"], ())


def test_one_cell_of_a_sheet_may_name_a_sector_by_its_former_key(region: Renaming) -> None:
    record_id = region.practice()
    region.rename()
    content = filled(region, "csv").replace(b"Social care; Courts", b"old-care")
    plan = service.plan_of(region.ground, PRACTICES, "a.csv", content)
    assert [row.outcome for row in plan.rows] == ["changed"]
    service.import_rows(region.ground, PRACTICES, plan.good, base="0193fa00-0000-7000-8000-000000000000")
    told = region.said(record_id)
    assert told["sectors"] == ["new-care"]


def test_an_answer_that_a_sheet_changes_takes_the_place_of_the_former_one(region: Renaming) -> None:
    record_id = region.practice()
    region.rename()
    content = filled(region, "csv").replace(b"Told.", b"Told anew.")
    plan = service.plan_of(region.ground, PRACTICES, "a.csv", content)
    service.import_rows(region.ground, PRACTICES, plan.good, base="0193fa00-0000-7000-8000-000000000000")
    answers = region.said(record_id)["answers"]
    assert answers == {"old-topic": "place", "new-story": {"en": "Told anew."}}


def filled(region: Renaming, format: str) -> bytes:
    importer = service.importer_for(region.ground, f"a.{format}")
    assert importer is not None
    return service.file_of(region.ground, PRACTICES, importer, filled=True)


def words_in(content: bytes, format: str) -> str:
    if format == "csv":
        rows: Any = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    else:
        rows = load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return "\n".join(str(cell) for row in rows for cell in row if cell)
