"""An office takes what a region signed: whole, once, in order, and whichever way it came."""

from __future__ import annotations

from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

import msgspec
import pytest
from lanzarote.errors import NotPermitted
from lanzarote.practices.service import facets_of
from lanzarote.records import records
from lanzarote.records.changelog import Change, Served
from lanzarote.records.records import Record, now
from lanzarote.results import commands, destinations, enrolling, keys, receiving
from lanzarote.results.batches import MOST_KEYS, Malformed, Position, read_file, write_batch
from lanzarote.results.model import (
    Forked,
    HeldBatch,
    Missing,
    Paused,
    Recognisable,
    Refused,
    RevokedKey,
    Source,
    SourceKey,
    Stranger,
    Unfit,
    UnknownKey,
)
from lanzarote.results.signing import new_key
from sqlalchemy import func, select

from tests.core.records.texts import body
from tests.core.results.logs import entries
from tests.core.results.two_places import PARIS, TwoPlaces, shown, state_of

if TYPE_CHECKING:
    from lanzarote.instance import Instance


def test_what_paris_shows_the_office_shows(places: TwoPlaces) -> None:
    received = places.sync()
    assert (received.after, received.known) == (places.head(), 0)
    office, region = places.office, places.region
    with office.database.read(PARIS) as session:
        assert session.get_one(Served, PARIS).home is False
        assert session.scalar(select(func.count()).select_from(Change)) == received.new
    assert facets_of(office, PARIS).size == facets_of(region, PARIS).size == 18
    assert office.vocabulary(PARIS).sectors == region.vocabulary(PARIS).sectors
    assert list(office.vocabulary(PARIS).provisions) == list(region.vocabulary(PARIS).provisions)
    again = places.sync()
    assert (again.new, again.known, again.after) == (0, received.new, received.after)


def test_what_changes_there_changes_here(places: TwoPlaces) -> None:
    one, other = places.publish("own-a", "First"), places.publish("own-b", "Second")
    places.sync()
    assert places.titles() == {"own-a": "First", "own-b": "Second"}
    places.change(one, "Changed")
    places.withdraw(other)
    received = places.sync()
    assert received.new == 2
    assert places.titles() == {"own-a": "Changed"} == shown(places.region)


def test_nobody_writes_a_region_that_is_received(places: TwoPlaces) -> None:
    places.sync()
    with places.office.database.write(PARIS) as session:
        record = session.scalars(select(Record).where(Record.state == "published")).first()
        assert record
        with pytest.raises(NotPermitted):
            records.withdraw(session, record, by="somebody")
        session.rollback()


def test_what_was_erased_is_gone_here_too_and_an_old_file_brings_nothing_back(places: TwoPlaces) -> None:
    one = places.publish("own-a", "Unvergesslich")
    old = places.export()
    places.take(old)
    assert "Unvergesslich" in everything(places.office)
    places.erase(one)
    assert places.sync().new == 1
    for data in (old, places.export(), old):
        places.take(data)
        assert places.titles() == {}
        assert "Unvergesslich" not in everything(places.office)


def test_whoever_comes_late_receives_the_log_without_what_was_erased(places: TwoPlaces) -> None:
    one = places.publish("own-a", "Unvergesslich")
    places.publish("own-b", "Second")
    places.erase(one)
    data = places.export()
    assert b"Unvergesslich" not in data
    places.take(data)
    assert places.titles() == {"own-b": "Second"}


def everything(instance: Instance) -> str:
    """All that stands in the tables, and on SQLite in the files."""
    from lanzarote.operations.all_tables import Base

    found = []
    with instance.database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            found += [repr([bytes_(value) for value in row]) for row in connection.execute(table.select())]
    if instance.database.sqlite:
        from pathlib import Path

        file = Path(instance.database.path)
        found += [part.read_bytes().decode("latin-1") for part in file.parent.glob(f"{file.name}*")]
    return "\n".join(found)


def bytes_(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


# Order


def test_entries_that_are_missing_are_named_and_nothing_changes(places: TwoPlaces) -> None:
    places.sync()
    before, at = places.state(), places.there()
    places.publish("own-a", "First")
    middle = places.head()
    places.publish("own-b", "Second")
    with pytest.raises(Missing, match=f"Entries {at.seq + 1} to {middle.seq} of paris are missing") as refused:
        places.take(places.export(middle))
    assert (refused.value.after, refused.value.before) == (at.seq, middle.seq + 1)
    assert places.state() == before
    places.take(places.export(at))
    assert places.there() == places.head()


def test_a_file_that_begins_earlier_brings_only_what_is_new(places: TwoPlaces) -> None:
    places.sync()
    at = places.there()
    places.publish("own-a", "First")
    places.take(places.export(at))
    places.publish("own-b", "Second")
    received = places.take(places.export(at))
    assert (received.new, received.known) == (1, 1)


def test_another_history_is_refused_and_its_bytes_are_kept_as_evidence(places: TwoPlaces) -> None:
    places.sync()
    at = places.there()
    places.publish("own-a", "First")
    honest = places.export(at)
    forged = other_history(places, at)
    places.take(honest)
    before = places.state()
    for _ in range(2):
        with pytest.raises(Forked, match=f"Entry {at.seq + 1} of paris is another one here"):
            places.take(forged)
    assert places.state() == before
    [held] = places.held()
    assert (held.code, held.data, bool(held.known)) == ("other-history", forged, True)


def other_history(places: TwoPlaces, at: Position) -> bytes:
    """What the region signs when its log is written anew behind the office's back."""
    with places.region.database.read(PARIS) as session:
        key = keys.private(session, places.region.settings, PARIS)
        epoch = session.get_one(Served, PARIS).epoch
    made = entries([b"", b""], at, epoch)
    return write_batch(PARIS, at, made, made[-1].seq, key)


def longer_history(places: TwoPlaces, at: Position, count: int) -> bytes:
    """The same, beyond what the office has."""
    with places.region.database.read(PARIS) as session:
        key = keys.private(session, places.region.settings, PARIS)
        epoch = session.get_one(Served, PARIS).epoch
    made = entries([b""] * count, at, epoch)
    return write_batch(PARIS, at, made, made[-1].seq, key)


def unheard_of(places: TwoPlaces, body: bytes) -> bytes:
    """What follows there, signed, and is nothing that the platform knows."""
    at = places.there()
    with places.region.database.read(PARIS) as session:
        key, epoch = keys.private(session, places.region.settings, PARIS), session.get_one(Served, PARIS).epoch
    [one] = entries([body], at, epoch)
    return write_batch(PARIS, at, [one], one.seq, key)


def test_a_region_that_was_restored_begins_anew_and_says_so(places: TwoPlaces) -> None:
    places.publish("own-a", "First")
    lost = places.publish("own-b", "Second")
    places.sync()
    with places.region.database.write(PARIS) as session:  # as if the backup knew nothing of it
        record = session.get_one(Record, (PARIS, lost))
        record.published_version, record.state = None, "draft"
    places.begin_anew()
    places.publish("own-c", "Third")
    places.sync()
    assert places.titles() == shown(places.region) == {"own-a": "First", "own-c": "Third"}
    assert places.there() == places.head()


def test_what_was_signed_before_the_new_beginning_is_known_and_changes_nothing(places: TwoPlaces) -> None:
    places.publish("own-a", "First")
    old = places.export()
    places.take(old)
    places.begin_anew()
    places.sync()
    before = places.state()
    assert places.take(old).new == 0
    assert places.state() == before


def test_another_history_of_an_earlier_epoch_is_refused_and_held(places: TwoPlaces) -> None:
    places.sync()
    at = places.there()
    forged = [other_history(places, at), longer_history(places, at, 9)]
    places.publish("own-a", "First")
    honest = places.export(at)
    places.take(honest)
    places.begin_anew()
    places.sync()
    before = places.state()
    for data in forged:
        with pytest.raises(Forked, match=f"Entry {at.seq + 1} of paris is another one here"):
            places.take(data)
    assert (places.take(honest).new, places.state()) == (0, before)
    assert [held.data for held in places.held()] == forged


def test_what_a_beginning_replaced_of_an_earlier_epoch_is_held_against_nobody(places: TwoPlaces) -> None:
    places.sync()
    at = places.there()
    lost = other_history(places, at)  # it was sent before the backup was restored
    places.begin_anew()
    places.publish("own-a", "First")
    places.sync()
    before = places.state()
    assert (places.take(lost).new, places.state()) == (0, before)


def test_evidence_of_two_histories_gives_way_to_nothing_else(
    places: TwoPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MOST_HELD", 3)
    places.sync()
    forged = places.other_history()
    with pytest.raises(Forked):
        places.take(forged)
    for number in range(4):
        with pytest.raises(Unfit):
            places.take(unheard_of(places, b'{"unheard":%d}' % number))
    assert [held.code for held in places.held()] == ["other-history", "unfit", "unfit"]
    monkeypatch.setattr(receiving, "MOST_HELD", 1)
    with pytest.raises(Unfit):
        places.take(unheard_of(places, b'{"unheard":9}'))
    assert forged in [held.data for held in places.held()]


def test_one_that_still_fails_keeps_no_later_one_from_being_tried_again(
    places: TwoPlaces, capsys: pytest.CaptureFixture[str]
) -> None:
    places.sync()
    with pytest.raises(Forked):
        places.take(places.other_history())
    with pytest.raises(Unfit):
        places.take(unheard_of(places, b'{"unheard":"of"}'))
    places.publish("own-a", "First")
    with places.office.database.write(PARIS) as session:  # as if the platform could not read it then
        row = session.scalars(select(HeldBatch).where(HeldBatch.code == "unfit")).one()
        row.data = places.export(places.there())
    capsys.readouterr()
    asked = Namespace(action="retry", region=PARIS)
    assert commands.results(places.office, asked) == 1
    failed, taken = capsys.readouterr().out.splitlines()
    assert "other-history: Entry" in failed
    assert taken == f"Taken: paris is received up to entry {places.head().seq}."
    assert [held.code for held in places.held()] == ["other-history"]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_lost_repeated_cut_or_reordered_the_end_is_the_same(places: TwoPlaces, seed: int) -> None:
    chance = Random(seed)
    known: list[str] = []
    files: list[bytes] = []
    marks = [Position(seq=0, hash="")]
    for step in range(12):
        what = chance.choice(["publish", "publish", "change", "withdraw", "erase", "anew", "key"])
        if what == "publish" or not known:
            known.append(places.publish(f"own-{step}", f"Title {step}"))
        elif what == "change":
            places.change(chance.choice(known), f"Changed {step}")
        elif what == "withdraw":
            places.withdraw(known.pop(chance.randrange(len(known))))
        elif what == "erase":
            places.erase(known.pop(chance.randrange(len(known))))
        elif what == "anew":
            places.begin_anew()
        else:
            places.new_key()
        marks.append(places.head())
        files.append(places.export(chance.choice([None, *marks[1:]])))
    for _ in range(20):
        data = chance.choice(files)
        with suppress(Malformed, Refused):
            places.take(data[: chance.randrange(len(data))] if data and chance.random() < 0.3 else data)
    places.sync()
    assert places.titles() == shown(places.region)
    with places.region.database.read(PARIS) as session:
        begun = destinations.start_of(session, PARIS).seq
    log = select(Change.seq, Change.hash).where(Change.seq > begun).order_by(Change.seq)
    with places.region.database.read(PARIS) as there, places.office.database.read(PARIS) as here:
        assert there.execute(log).all() == here.execute(log).all()


@pytest.mark.both_databases
def test_two_who_take_the_same_at_once_take_it_once(places: TwoPlaces) -> None:
    for number in range(3):
        places.publish(f"own-{number}", "Title")
    data = places.export()
    with ThreadPoolExecutor(6) as pool:
        received = list(pool.map(lambda _: places.take(data), range(6)))
    assert (
        sum(one.new for one in received)
        == places.head().seq - next(read_file(__import__("io").BytesIO(data))).head.after.seq
    )
    assert {one.after for one in received} == {places.head()}


# Keys and states


def test_a_region_that_is_not_enrolled_is_a_stranger(paris_there: Instance, office: Instance) -> None:
    other = TwoPlaces(paris_there, office, enrolled=False)
    other.card()
    with pytest.raises(Stranger):
        other.sync()


def test_a_fingerprint_that_is_not_the_cards_enrols_nothing(places: TwoPlaces) -> None:
    one = places.card()
    with (
        pytest.raises(enrolling.NotEnrolled, match="not the fingerprint"),
        places.office.database.write(PARIS) as session,
    ):
        enrolling.enrol(session, one, new_key().public.fingerprint, by="test", at=now())


def test_the_next_key_is_taken_because_the_one_before_vouches_for_it(places: TwoPlaces) -> None:
    places.sync()
    for _ in range(3):
        places.new_key()
    places.publish("own-a", "First")
    places.sync()
    assert places.titles() == {"own-a": "First"}
    with places.office.database.read(PARIS) as session:
        assert session.scalar(select(func.count()).select_from(SourceKey)) == 4


def test_after_more_keys_than_a_batch_tells_of_it_still_sends(places: TwoPlaces) -> None:
    for _ in range(2):
        places.new_key()
    places.sync()
    for _ in range(MOST_KEYS):
        places.new_key()
    places.publish("own-a", "First")
    places.sync()
    assert places.titles() == {"own-a": "First"}


def test_a_key_that_nobody_vouches_for_has_to_be_compared(places: TwoPlaces) -> None:
    places.sync()
    for file in (places.region.settings.data / "keys").iterdir():
        file.unlink()
    places.new_key()
    places.publish("own-a", "First")
    with pytest.raises(UnknownKey):
        places.sync()
    assert places.titles() == {}
    places.enrol()
    places.sync()
    assert places.titles() == {"own-a": "First"}


def test_nothing_is_taken_that_a_revoked_key_signed_or_vouched_for(places: TwoPlaces) -> None:
    places.sync()
    key = places.card().public.id
    with places.office.database.write(PARIS) as session:
        enrolling.revoke(session, PARIS, key, reason="It was stolen.", by="test", at=now())
    places.publish("own-a", "First")
    with pytest.raises(RevokedKey, match="It was stolen"):
        places.sync()
    places.new_key()
    with pytest.raises(UnknownKey):
        places.sync()


def test_what_nobody_known_signed_waits_for_nobody_who_writes(places: TwoPlaces) -> None:
    places.sync()
    at = places.there()
    made = entries([b""], at, places.epoch())
    forged = write_batch(PARIS, at, made, made[-1].seq, new_key())
    with ThreadPoolExecutor(1) as pool, places.office.database.write(PARIS) as session:
        session.get_one(Source, PARIS, with_for_update=True)
        with pytest.raises(UnknownKey, match="signed by a key that is not known here"):
            pool.submit(places.take, forged).result(timeout=3)


def test_a_region_that_is_paused_waits(places: TwoPlaces) -> None:
    with places.office.database.write(PARIS) as session:
        enrolling.set_state(session, PARIS, "paused", by="test")
    with pytest.raises(Paused):
        places.sync()
    with places.office.database.write(PARIS) as session:
        enrolling.set_state(session, PARIS, "enrolled", by="test")
    places.sync()
    assert places.there() == places.head()


# What it says


def test_what_may_tell_of_a_person_is_refused_and_its_bytes_are_not_kept(places: TwoPlaces) -> None:
    places.sync()
    before = places.state()
    with places.region.database.write(PARIS) as session:  # past the guard of the region
        draft = records.Draft(
            kind="practice", slug="own-a", body=body("Call 06 12 34 56 78"), status=b"{}", publish=True
        )
        records.create(session, PARIS, [draft], by="test")
    with pytest.raises(Recognisable):
        places.sync()
    assert places.state() == before
    [held] = places.held()
    assert (held.code, held.data) == ("recognisable", b"")
    assert "06 12 34" not in everything(places.office)


def test_a_piece_of_an_address_is_no_text_whatever_its_figures_look_like(places: TwoPlaces) -> None:
    with places.region.database.write(PARIS) as session:
        draft = records.Draft(
            kind="practice", slug="295109912611193-0612345678", body=body("A room."), status=b"{}", publish=True
        )
        records.create(session, PARIS, [draft], by="test")
    places.sync()
    assert places.there() == places.head()


def test_what_this_platform_does_not_know_waits_until_it_does(places: TwoPlaces) -> None:
    places.sync()
    before = places.state()
    with pytest.raises(Refused, match=r"entry \d+ \(practice\)"):
        places.take(unheard_of(places, b'{"unheard":"of"}'))
    assert places.state() == before
    assert [held.code for held in places.held()] == ["unfit"]
    assert state_of(places.office) == before
    assert msgspec.json.decode(places.office.database.all_rows("SELECT facts FROM region")[0][0])["id"] == PARIS


def test_an_organisation_that_is_erased_is_named_nowhere_any_more(places: TwoPlaces) -> None:
    with places.region.database.read(PARIS) as session:
        record = session.scalars(select(Record).where(Record.kind == "stakeholder", Record.key == "acpe")).one()
    name = "Agir contre la prostitution des enfants"
    places.sync()
    assert name in everything(places.office)
    with places.region.database.write(PARIS) as session:
        records.erase(session, session.get_one(Record, (PARIS, record.id)), by="test", at=now())
    assert name.encode() not in places.export()
    places.sync()
    assert name not in everything(places.office)
