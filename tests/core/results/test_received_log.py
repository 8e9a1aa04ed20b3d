"""A log that was received is checked from where it begins: with the epoch that its region was in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.operations import doctor
from lanzarote.records import changelog_state
from lanzarote.records.changelog import Change, ChangeBody
from lanzarote.records.changelog_state import broken_change
from lanzarote.results.forgetting import broken_log
from sqlalchemy import delete, select

from tests.core.results.two_places import PARIS, TwoPlaces

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session


def broken(
    places: TwoPlaces, change: Callable[[Session, list[Change]], Any] = lambda session, rows: None
) -> int | None:
    """What the office finds once *change* was made to its log; it is unmade afterwards."""
    with places.office.database.write(PARIS) as session:
        change(session, list(session.scalars(select(Change).order_by(Change.seq))))
        session.flush()
        session.expire_all()
        found = broken_log(session, PARIS)
        session.rollback()
    return found


def numbers(places: TwoPlaces) -> list[int]:
    with places.office.database.read(PARIS) as session:
        return list(session.scalars(select(Change.seq).order_by(Change.seq)))


def test_it_is_whole_wherever_it_begins(places: TwoPlaces) -> None:
    places.sync()
    assert numbers(places)[0] > 1
    places.publish("own-a", "First")
    places.sync()
    assert broken(places) is None


def test_it_is_whole_where_an_epoch_closed_a_gap(places: TwoPlaces) -> None:
    places.sync()
    here = numbers(places)
    for number in range(3):
        places.publish(f"own-{number}", "Never sent for itself")
    places.begin_anew()
    places.sync()
    after = [seq for seq in numbers(places) if seq not in here]
    assert after[0] == here[-1] + 4
    assert broken(places) is None
    assert broken(places, lambda session, rows: session.delete(rows[len(here)])) == after[0] - 3


def altered(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1000
    return value + "x" if isinstance(value, str) else value + timedelta(microseconds=1)


@pytest.mark.parametrize("place", [0, 1, -1])
def test_whatever_is_changed_in_it_is_found(places: TwoPlaces, place: int) -> None:
    places.sync()
    for name in ("epoch", "at", "verb", "kind", "record_id", "version", "body_hash", "hash"):

        def change(_: Session, rows: list[Change], name: str = name) -> None:
            setattr(rows[place], name, altered(getattr(rows[place], name)))

        assert broken(places, change) is not None, name
    assert broken(places) is None


def test_words_that_nobody_wanted_to_be_forgotten_are_missed(places: TwoPlaces) -> None:
    one = places.publish("own-a", "First")
    places.publish("own-b", "Second")
    places.sync()
    places.erase(one)
    places.sync()
    assert broken(places) is None
    with places.office.database.read(PARIS) as session:
        told = list(session.scalars(select(ChangeBody.seq).order_by(ChangeBody.seq)))
    assert broken(places, lambda session, rows: session.execute(delete(ChangeBody))) == told[0]
    for seq in told[:: len(told) // 5]:

        def forget(session: Session, rows: list[Change], seq: int = seq) -> None:
            session.execute(delete(ChangeBody).where(ChangeBody.seq == seq))

        assert broken(places, forget) == seq


def test_entries_cut_out_before_a_later_epoch_are_found(places: TwoPlaces) -> None:
    places.sync()
    places.publish("own-a", "First")
    places.sync()
    first = numbers(places)
    places.begin_anew()
    places.sync()
    for begin in (0, 1, len(first) - 1):

        def cut(session: Session, rows: list[Change], cut: tuple[int, ...] = tuple(first[begin:])) -> None:
            session.execute(delete(Change).where(Change.seq.in_(cut)))
            session.execute(delete(ChangeBody).where(ChangeBody.seq.in_(cut)))

        assert broken(places, cut) == (first[begin] if begin else 1)
    assert broken(places) is None


def test_words_missing_in_a_log_that_is_written_here_are_missed(places: TwoPlaces) -> None:
    one = places.publish("own-a", "First")
    places.erase(one)
    with places.region.database.write(PARIS) as session:
        assert broken_change(session, PARIS) is None
        first = session.scalars(select(ChangeBody.seq).order_by(ChangeBody.seq).limit(1)).one()
        session.execute(delete(ChangeBody).where(ChangeBody.seq == first))
        assert broken_change(session, PARIS) == first
        session.rollback()


def test_a_line_taken_out_of_it_is_found(places: TwoPlaces) -> None:
    places.sync()
    seqs = numbers(places)
    for place in range(len(seqs) - 1):

        def take_out(session: Session, rows: list[Change], place: int = place) -> None:
            session.delete(rows[place])

        assert broken(places, take_out) == (seqs[place] if place else 1)


@pytest.mark.parametrize("left", [0, 1, 5, -1])
def test_what_is_cut_from_its_end_is_found(places: TwoPlaces, left: int) -> None:
    """The chain of what is left is whole; what the region signed goes on."""
    places.sync()
    seqs = numbers(places)
    kept = seqs[:left]

    def cut(session: Session, rows: list[Change]) -> None:
        session.execute(delete(Change).where(Change.seq.not_in(kept)))
        session.execute(delete(ChangeBody).where(ChangeBody.seq.not_in(kept)))
        assert broken_change(session, PARIS) is None

    assert broken(places, cut) == (kept[-1] + 1 if kept else 1)


def test_an_entry_that_its_region_never_signed_is_found(places: TwoPlaces) -> None:
    """Even if whoever made it knew how entries are chained."""
    places.sync()
    head = places.there()

    def rewrite(session: Session, rows: list[Change]) -> None:
        rows[-1].verb = "withdraw"
        rows[-1].hash = changelog_state._change_hash(rows[-2].hash, rows[-1])
        session.flush()
        assert broken_change(session, PARIS) is None

    assert broken(places, rewrite) == head.seq


def test_the_doctor_names_what_is_cut(places: TwoPlaces) -> None:
    places.sync()
    head = places.there()
    told = {one.about: one for one in doctor._chains(places.office)}
    assert not told["change log of paris"].bad
    with places.office.database.write(PARIS) as session:
        session.execute(delete(Change).where(Change.seq == head.seq))
    [cut] = [one for one in doctor._chains(places.office) if one.about == "change log of paris"]
    assert cut.bad
    assert f"line {head.seq} does not follow from the one before, or is missing" in cut.told


def test_a_log_that_is_written_here_begins_with_its_first_entry(places: TwoPlaces) -> None:
    with places.region.database.write(PARIS) as session:
        assert broken_change(session, PARIS) is None
        opened = session.scalars(select(Change).where(Change.verb == "epoch")).first()
        assert opened is not None
        session.execute(delete(Change).where(Change.seq < opened.seq))
        assert broken_change(session, PARIS) == 1
        session.rollback()
