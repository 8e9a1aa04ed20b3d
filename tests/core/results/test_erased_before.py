"""What was erased is brought back by no older file, package or backup, wherever the office has its knowledge from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from lanzarote.composition import new_instance, open_instance
from lanzarote.configuration.settings import Settings
from lanzarote.exchange import erasure_list
from lanzarote.exchange.region_file import load_file
from lanzarote.instance import Instance
from lanzarote.operations.backup import backup, restore
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.records.changelog import Change, ChangeBody
from lanzarote.records.records import Draft, Record, create, decode, encode, find
from lanzarote.records.tables import Forgotten
from lanzarote.results import forgetting
from lanzarote.results.forgetting import broken_log
from lanzarote.results.model import Unfit
from lanzarote.store.database import ALL
from lanzarote.store.ids import shipped_id
from lanzarote.types import Organisation
from msgspec.structs import replace
from sqlalchemy import delete, select

from tests.conftest import BOTH_DATABASES, copy_for, copy_of
from tests.core.faults.erasing import settings
from tests.core.results.alike import Bodies, told
from tests.core.results.test_receiving import everything
from tests.core.results.two_places import PARIS, TwoPlaces, shown
from tests.core.transport.paris_file import export

WORD = "Unvergesslich"


class Before(NamedTuple):
    export: Path
    results: bytes
    record: str


@pytest.fixture
def before(places: TwoPlaces, tmp_path: Path) -> Before:
    """Files from before a practice was erased; the office has taken both the practice and the erasure."""
    record_id = places.publish("own-a", WORD)
    places.publish("own-b", "Second")
    file, results = tmp_path / "paris.jsonl", places.export()
    file.write_bytes(export(places.region))
    assert WORD in file.read_text()
    places.take(results)
    places.erase(record_id)
    places.sync()
    return Before(file, results, record_id)


def unknowing(office: Instance) -> None:
    """Leave the office as if its database had just been begun: only the list beside it knows anything."""
    forgetting.forget(office.database, PARIS, by="test")
    with office.database.write(ALL) as session:
        session.execute(delete(Forgotten))


def records_of(instance: Instance) -> set[str]:
    with instance.database.read(PARIS) as session:
        return set(session.scalars(select(Record.id)))


# Loaded


@pytest.mark.parametrize("known_by", ["the log", "the list"])
def test_an_export_from_before_is_loaded_without_what_was_erased(
    places: TwoPlaces, before: Before, known_by: str
) -> None:
    office = places.office
    if known_by == "the log":
        forgetting.forget(office.database, PARIS, by="test")
    else:
        unknowing(office)
        with open_instance(office.settings):
            pass
    told = load_file(office, before.export)
    assert "erased here: 1 left out, for what was erased is brought back by nothing" in told
    assert shown(office) == {"own-b": "Second"}
    assert records_of(office) == records_of(places.region) - {before.record}
    assert WORD.lower() not in everything(office).lower()
    assert "erased here: 1 left out" in load_file(office, before.export)


def test_a_dry_run_tells_what_would_be_left_out(places: TwoPlaces, before: Before) -> None:
    forgetting.forget(places.office.database, PARIS, by="test")
    assert "erased here: 1 would be left out" in load_file(places.office, before.export, dry_run=True)


def test_where_it_was_written_an_export_from_before_is_taken_without_it(places: TwoPlaces, before: Before) -> None:
    assert "erased here: 1 left out" in load_file(places.region, before.export)
    assert WORD not in everything(places.region)


def test_a_package_brings_back_nothing_that_was_erased(places: TwoPlaces) -> None:
    with places.region.database.read(PARIS) as session:
        gone = find(session, PRACTICE, "pare").id
    places.sync()
    places.erase(gone)
    places.sync()
    office = places.office
    forgetting.forget(office.database, PARIS, by="test")
    outcome = office.load(PARIS).records
    assert outcome.left_out == ["practice pare"]
    assert records_of(office) == records_of(places.region) - {gone}
    with office.database.read(PARIS) as session:
        assert not session.scalars(select(ChangeBody).where(ChangeBody.record_id == gone)).all()
    assert office.load(PARIS).records.left_out == ["practice pare"]


# Organisations


class Cited(NamedTuple):
    export: Path
    results: bytes
    backup: Path
    body: str
    practice: str


@pytest.fixture(params=[False, True], ids=["only cited", "taking part"])
def cited(request: pytest.FixtureRequest, places: TwoPlaces, tmp_path: Path) -> Cited:
    """Files from before an organisation was erased that a practice names; the office has taken all of it."""
    bodies = Bodies(places)
    body = bodies.body(WORD)
    if request.param:
        bodies.agree(body)
    practice = bodies.practice("own-a", body)
    file, results, copy = tmp_path / "paris.jsonl", places.export(), tmp_path / "before.zip"
    file.write_bytes(export(places.region))
    places.take(results)
    backup(places.office, copy)
    assert WORD in everything(places.office)
    bodies.erase(body)
    places.sync()
    places.office.worker.run_due()
    return Cited(file, results, copy, body, practice)


def test_results_from_before_bring_back_no_organisation_that_was_erased(places: TwoPlaces, cited: Cited) -> None:
    assert WORD.lower() not in everything(places.office).lower()
    [one] = erasure_list.read(erasure_list.place(places.office.settings))
    assert (one.region, one.kind, one.id) == (PARIS, "stakeholder", cited.body)
    forgetting.forget(places.office.database, PARIS, by="test")
    places.enrol()
    with pytest.raises(Unfit, match=f"tells of {cited.body} again, which was erased"):
        places.take(cited.results)
    places.sync()
    assert shown(places.office).keys() == {"own-a"}
    assert WORD.lower() not in everything(places.office).lower()
    assert broken(places.office) is None


def test_an_export_from_before_brings_back_no_organisation_that_was_erased(places: TwoPlaces, cited: Cited) -> None:
    forgetting.forget(places.office.database, PARIS, by="test")
    assert "erased here: 1 left out" in load_file(places.office, cited.export)
    assert shown(places.office).keys() == {"own-a"}
    assert WORD.lower() not in everything(places.office).lower()


def test_a_backup_from_before_brings_back_no_word_of_an_organisation_that_was_erased(
    places: TwoPlaces, cited: Cited, fresh: Settings
) -> None:
    told = restore(fresh, cited.backup, erasure_list.place(places.office.settings))
    assert "erased since the backup, and erased again: 1" in told
    with new_instance(fresh) as restored:
        places.office = restored
        assert shown(restored).keys() == {"own-a"}
        assert WORD.lower() not in everything(restored).lower()
        assert broken(restored) is None
        places.sync()
        with restored.database.read(PARIS) as session:
            told_anew = session.scalars(select(ChangeBody.body).where(ChangeBody.record_id == cited.practice)).all()
        assert len(told_anew) == 1
        assert WORD.lower() not in everything(restored).lower()
        assert broken(restored) is None


def test_a_log_tells_who_is_erased_of_whom_practices_told_and_of_nobody_else(
    paris_there: Instance, sqlite_office: Instance
) -> None:
    places = TwoPlaces(paris_there, sqlite_office)
    bodies = Bodies(places)
    named, once_named, never_named = (bodies.body(f"{WORD} {number}") for number in range(3))
    practice = bodies.practice("own-a", named, once_named)
    bodies.name_anew(practice, named)
    for one in (once_named, never_named, named):
        bodies.erase(one)
    with paris_there.database.read(PARIS) as session:
        log = select(Change.record_id, Change.verb).where(Change.kind == "stakeholder").order_by(Change.seq)
        assert session.execute(log).all() == [(once_named, "erase"), (named, "erase")]
        assert broken_log(session, PARIS) is None


def test_a_log_tells_who_is_erased_also_where_practices_told_of_it_by_a_key_it_had_before(
    paris_there: Instance, sqlite_office: Instance
) -> None:
    bodies, one = Bodies(TwoPlaces(paris_there, sqlite_office)), shipped_id(PARIS, "stakeholder", "ear")
    said = encode(replace(decode(told(WORD, "civil-society"), Organisation), former=("ear",)))
    with paris_there.database.write(PARIS) as session:
        draft = Draft(id=one, kind="stakeholder", slug="ear", key="ear-new", body=said, status=b"{}", publish=True)
        create(session, PARIS, [draft], by="test")
    bodies.practice("own-a", "ear")
    bodies.erase(one)
    with paris_there.database.read(PARIS) as session:
        log = select(Change.record_id, Change.verb).where(Change.kind == "stakeholder")
        assert session.execute(log).all() == [(one, "erase")]


def test_a_region_that_was_restored_from_before_tells_in_its_next_epoch_who_is_erased(
    paris_there: Instance, sqlite_office: Instance, fresh: Settings, tmp_path: Path
) -> None:
    places = TwoPlaces(paris_there, sqlite_office)
    bodies = Bodies(places)
    body = bodies.body(WORD)
    bodies.practice("own-a", body)
    backup(places.region, tmp_path / "before.zip")
    places.sync()
    bodies.erase(body)
    restore(fresh, tmp_path / "before.zip", erasure_list.place(places.region.settings))
    with new_instance(fresh) as restored, restored.database.read(PARIS) as session:
        told = select(Change.verb).where(Change.record_id == body)
        assert session.scalars(told).all() == ["erase"]


# Restored


@pytest.fixture(params=BOTH_DATABASES)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """An empty place to restore into."""
    folder = tmp_path / "new"
    folder.mkdir()
    with copy_for(request, folder, "sqlite_template", "pg_template") as url:
        yield settings(url, folder)


@pytest.mark.parametrize("enrolled", [True, False])
def test_a_backup_from_before_the_first_file_knows_what_was_erased_since(
    paris_there: Instance, sqlite_office: Instance, fresh: Settings, tmp_path: Path, enrolled: bool
) -> None:
    places = TwoPlaces(paris_there, sqlite_office, enrolled=enrolled)
    backup(places.office, tmp_path / "before.zip")
    if not enrolled:
        places.enrol()
    record_id = places.publish("own-a", WORD)
    old = places.export()
    places.take(old)
    places.erase(record_id)
    places.sync()
    restore(fresh, tmp_path / "before.zip", erasure_list.place(places.office.settings))
    [kept] = erasure_list.read(erasure_list.place(fresh))
    assert (kept.region, kept.kind, kept.id) == (PARIS, PRACTICE, record_id)
    with new_instance(fresh) as restored:
        places.office = restored
        if not enrolled:
            places.enrol()
        with pytest.raises(Unfit, match="again, which was erased"):
            places.take(old)
        assert WORD not in everything(restored)
        places.sync()
        assert WORD not in everything(restored)
        assert broken(restored) is None


def test_a_database_that_is_begun_anew_beside_the_list_knows_it_too(places: TwoPlaces, before: Before) -> None:
    office = places.office
    unknowing(office)
    with open_instance(office.settings):
        pass
    places.enrol()
    with pytest.raises(Unfit, match="again, which was erased"):
        places.take(before.results)
    assert WORD not in everything(office)


def test_a_list_that_is_lost_is_written_anew_from_what_the_database_knows(places: TwoPlaces, before: Before) -> None:
    office = places.office
    forgetting.forget(office.database, PARIS, by="test")
    erasure_list.place(office.settings).unlink()
    erasure_list.remember(office.database, office.settings)
    [one] = erasure_list.read(erasure_list.place(office.settings))
    assert (one.region, one.kind, one.id) == (PARIS, "record", before.record)


def test_the_list_in_the_data_folder_counts_beside_the_one_that_is_named(
    places: TwoPlaces, before: Before, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    own = settings(f"sqlite:///{folder / 'new.sqlite'}", folder)
    shutil.copy(erasure_list.place(places.office.settings), erasure_list.place(own))
    (tmp_path / "named.jsonl").write_text("")
    unknowing(places.office)
    backup(places.office, tmp_path / "unknowing.zip")
    restore(own, tmp_path / "unknowing.zip", tmp_path / "named.jsonl")
    with new_instance(own) as restored, restored.database.read(PARIS) as session:
        assert session.scalars(select(Forgotten.record_id).where(Forgotten.erased)).all() == [before.record]


@pytest.fixture
def sqlite_office(sqlite_template: Path, tmp_path: Path) -> Iterator[Instance]:
    folder = tmp_path / "office"
    folder.mkdir()
    with new_instance(settings(copy_of(sqlite_template, folder), folder)) as instance:
        yield instance


def broken(instance: Instance) -> int | None:
    with instance.database.read(PARIS) as session:
        return broken_log(session, PARIS)
