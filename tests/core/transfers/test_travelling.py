"""Transfers travel: with their region's file, and with its results to another instance."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LoadError
from lanzarote.exchange.region_file import export_region, load_file
from lanzarote.instance import Instance
from lanzarote.practices import service as practices
from lanzarote.records import drafts
from lanzarote.records.records import digest, encode, now
from lanzarote.results import destinations, enrolling
from lanzarote.results.receiving import receive
from lanzarote.transfers import elsewhere, reading, service

from tests.conftest import copy_of
from tests.core.evaluation.piloting import DECISION, decided
from tests.core.transfers.travelling import (
    HEAD,
    PARIS,
    PARIS_HEAD,
    SECOND,
    THEN,
    adopted,
    begun,
    get,
    origin_id,
    settle,
    step,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

EVIL = "lea.martin@gmail.com"


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Instance]:
    place = tmp_path / "office"
    place.mkdir()
    given = {"LANZAROTE_DATABASE_URL": copy_of(sqlite_template, place), "LANZAROTE_DATA": str(place)}
    with new_instance(read_settings(given)) as instance:
        yield instance


def enrol(here: Instance, office: Instance, region_id: str) -> None:
    with here.database.write(region_id) as session:
        card = enrolling.read_card(enrolling.card_of(session, here.settings, region_id, by="test", at=now()))
    with office.database.write(region_id) as session:
        enrolling.enrol(session, card, card.public.fingerprint, by="test", at=now())


def send(here: Instance, office: Instance, region_id: str) -> None:
    with here.database.read(region_id) as session:
        data = b"".join(
            destinations.batches(session, here.settings, region_id, destinations.start_of(session, region_id))
        )
    receive(office.database, BytesIO(data), came="file")


def export(instance: Instance, region_id: str, path: Path) -> None:
    with path.open("wb") as file:
        export_region(instance, region_id, file)


def test_an_office_shows_the_trail_of_regions_that_it_receives(both: Instance, office: Instance) -> None:
    record_id, practice = adopted(both)
    for region_id in (SECOND, PARIS):  # whichever comes first
        enrol(both, office, region_id)
        send(both, office, region_id)
    [there] = service.travels(office, PARIS, origin_id(both))
    [here] = service.travels(both, PARIS, origin_id(both))
    assert there == here
    assert there.id == record_id
    found = practices.decode(practices.document_of(office.database, SECOND, practice))
    assert found.derived is not None
    assert found.derived.record == origin_id(both)
    assert service.taken_up(office, SECOND) == service.taken_up(both, SECOND)
    assert reading.is_unjudged(office, PARIS)
    decided(both, given=msgspec.structs.replace(DECISION, outcome="extend"))
    send(both, office, PARIS)
    assert not reading.is_unjudged(office, PARIS)
    with both.database.write(SECOND) as session:
        drafts.erase(session, get(session, record_id), by=HEAD, at=THEN)
    send(both, office, SECOND)
    assert service.travels(office, PARIS, origin_id(both)) == ()


def test_what_the_group_says_about_it_does_not_leave(both: Instance, office: Instance) -> None:
    record_id = begun(both)
    enrol(both, office, SECOND)
    send(both, office, SECOND)
    assert service.taken_up(office, SECOND) == ()
    step(both, record_id, "take_up")
    send(both, office, SECOND)
    [one] = service.taken_up(office, SECOND)
    assert not hasattr(one, "questions")
    assert one.state == "taken-up"


def test_a_transfer_travels_whole_in_its_regions_file(both: Instance, office: Instance, tmp_path: Path) -> None:
    adopted(both)
    begun(both, "uaped")
    file, again = tmp_path / "second.jsonl", tmp_path / "again.jsonl"
    export(both, SECOND, file)
    load_file(office, file)
    load_file(office, file)  # again: nothing is doubled
    export(office, SECOND, again)
    assert again.read_bytes() == file.read_bytes()
    assert [one.id for one in service.taken_up(office, SECOND)] == [one.id for one in service.taken_up(both, SECOND)]


def test_what_was_written_from_elsewhere_travels_without_the_address(
    both: Instance, office: Instance, tmp_path: Path
) -> None:
    report = elsewhere.Report(place="Lviv", what="A school does it.", contact="contact@school.example")
    number = elsewhere.keep(both.database, PARIS, origin_id(both), report, lang="en", at=THEN)
    file = tmp_path / "paris.jsonl"
    export(both, PARIS, file)
    assert b"Lviv" in file.read_bytes()
    assert b"contact@school" not in file.read_bytes()
    load_file(office, file)
    with office.database.write(PARIS) as session:
        elsewhere.settle(session, PARIS, origin_id(both), number, confirm=True, by=PARIS_HEAD, at=THEN)
        assert [row.place for row in elsewhere.confirmed(session)] == ["Lviv"]


@pytest.mark.parametrize("old", ["A school does it.", "Lviv"])
def test_a_file_that_tells_who_somebody_is_is_refused_whole(
    both: Instance, office: Instance, tmp_path: Path, old: str
) -> None:
    report = elsewhere.Report(place="Lviv", what="A school does it.")
    elsewhere.keep(both.database, PARIS, origin_id(both), report, lang="en", at=THEN)
    file = tmp_path / "paris.jsonl"
    export(both, PARIS, file)
    file.write_text(file.read_text().replace(old, EVIL))
    with pytest.raises(LoadError):
        load_file(office, file)


def test_the_address_is_gone_from_the_file_of_the_database_when_it_is_answered(both: Instance) -> None:
    if not both.database.sqlite:
        pytest.skip("bytes are looked for in SQLite's file")
    report = elsewhere.Report(place="Lviv", what="A school does it.", contact="kontakt-zzz@school.example")
    number = elsewhere.keep(both.database, PARIS, origin_id(both), report, lang="en", at=THEN)
    with both.database.write(PARIS) as session:
        elsewhere.settle(session, PARIS, origin_id(both), number, confirm=False, by=PARIS_HEAD, at=THEN)
    both.worker.run_due()
    both.database.scrub()
    for file in (Path(both.database.path), Path(both.database.path + "-wal")):
        assert not file.exists() or b"kontakt-zzz" not in file.read_bytes()


@pytest.mark.parametrize("place", ["sectors", "provisions", "questions", "changed"])
def test_no_word_of_a_transfer_comes_in_that_tells_who_somebody_is(
    both: Instance, office: Instance, tmp_path: Path, place: str
) -> None:
    record_id = begun(both)
    settle(both, record_id)
    file = tmp_path / "second.jsonl"
    export(both, SECOND, file)
    lines = [json.loads(line) for line in file.read_bytes().splitlines()]
    [found] = [line for line in lines if line.get("kind") == "transfer"]
    body = found["versions"][-1]["body"]
    spoilt = body[place] if place == "changed" else body[place][0]
    name = {"changed": "uk", "questions": "answer"}.get(place, "note")
    spoilt[name] = EVIL if place == "changed" else {"uk": EVIL}
    found["versions"][-1]["digest"] = digest(encode(body))
    file.write_bytes(b"".join(encode(line) + b"\n" for line in lines))
    with pytest.raises(LoadError, match=place):
        load_file(office, file)
