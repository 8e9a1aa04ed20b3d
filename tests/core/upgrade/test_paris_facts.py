"""The corrected facts of Paris reach a region that holds those of the kept wheel, and leave what its team wrote."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.activity.notes import write as write_note
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.plugins import Candidate, Host
from lanzarote.records import records
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record, encode
from lanzarote.records.tasks import open_tasks
from sqlalchemy import select

if TYPE_CHECKING:
    from collections.abc import Iterator

[KEPT] = (Path(__file__).parents[2] / "compatibility" / "wheels").glob("api-1.0/lanzarote_region_paris-*.whl")
"""Paris as it was shipped before its facts were corrected."""
OURS = "Enquêteurs spécialisés de Paris, d’après leur page."
"""What the team wrote beside the package's correction of the same entry."""
COUNTED = "Counted anew by the team in 2026."
"""What the team wrote where the package was corrected too."""
DOUBTED = "fr-cp-222-23-1"
COORDINATOR = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The module that the wheel is imported as, beside the present one."""
    folder = tmp_path_factory.mktemp("kept")
    with zipfile.ZipFile(KEPT) as wheel:
        wheel.extractall(folder)
    (folder / "lanzarote_region_paris").rename(folder / "paris_as_kept")
    sys.path.insert(0, str(folder))
    yield "paris_as_kept"
    sys.path.remove(str(folder))


def paris(url: str, module: str) -> Instance:
    named = Candidate(name="paris", module=module, distribution="lanzarote-region-paris", version="0.1.0")
    return new_instance(read_settings({"LANZAROTE_DATABASE_URL": url}), Host([named]))


def body(instance: Instance, key: str) -> dict[str, Any]:
    with instance.database.read("paris") as session:
        record = session.scalars(select(Record).where(Record.key == key, Record.kind == "stakeholder")).one()
        told: dict[str, Any] = msgspec.json.decode(records.body_of(session, record, record.version))
        return told


def edit(instance: Instance, key: str, field: str, language: str, text: str) -> None:
    told = body(instance, key)
    told[field] = {**told[field], language: text}
    with instance.database.write("paris") as session:
        record = session.scalars(select(Record).where(Record.key == key, Record.kind == "stakeholder")).one()
        records.revise(session, record, encode(told), by="team")
        session.flush()
        records.publish(session, record, by="team")


def test_corrected_facts_are_taken_and_nothing_that_the_team_wrote_is_lost(sqlite_url: str, kept: str) -> None:
    with paris(sqlite_url, kept) as before:
        before.load("paris")
        edit(before, "bpm-paris", "role", "fr", OURS)
        edit(before, "tj-paris", "note", "en", COUNTED)
        with before.database.write("paris") as session:
            write_note(session, "paris", "provision", DOUBTED, {"fr": "À relire."}, by=COORDINATOR, at=records.now())
        old = before.vocabulary("paris")
        organisations = {one.key for one in before.directory("paris")}
    with paris(sqlite_url, "lanzarote_region_paris") as after:
        report = after.load("paris")
        vocabulary = after.vocabulary("paris")
        with after.database.read("paris") as session:
            [asked] = [task.told() for task in open_tasks(session) if task.told().get("key") == "tj-paris"]

        squad, court = body(after, "bpm-paris"), body(after, "tj-paris")
        assert squad["role"]["fr"] == OURS
        assert squad["note"]["en"].startswith(
            "Central squad of the regional directorate of judicial police, with family"
        )
        assert squad["sources"][-3:] == ["bpm-visit-2005", "bpm-pprama-2014", "bpm-senat-2018"]
        assert (court["note"]["en"], "chambre régionale des comptes" in court["note"]["fr"]) == (COUNTED, True)
        assert (asked["field"], asked["local"]) == ("note.en", COUNTED)
        assert ("City of Paris inspection" in asked["before"], "audit chamber" in asked["package"]) == (True, True)
        assert report.records.working

        assert {one.key for one in after.directory("paris")} == organisations
        for kind in ("sources", "provisions", "instruments", "sectors", "ages", "helplines"):
            assert getattr(old, kind).keys() <= getattr(vocabulary, kind).keys(), kind
        law = vocabulary.provisions[DOUBTED]
        assert law.url == "https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000043405016"
        assert law.versions[-1].note["en"].startswith("Doubt: ")
        note = vocabulary.notes["provision", DOUBTED]
        assert (note.text, note.overtaken) == ({"fr": "À relire."}, True)
        assert vocabulary.sources["loi-2021-478"].official_url is not None
        assert after.load("paris").records.unchanged >= len(organisations)
