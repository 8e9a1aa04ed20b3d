"""Audit and change log are chained: whatever is altered, dropped, added or reordered inside them is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lanzarote.composition import KINDS
from lanzarote.records import records
from lanzarote.records.changelog import Audit, Change, ChangeBody, chain, forget_bodies
from lanzarote.records.changelog_state import broken_audit, broken_change
from lanzarote.store.database import ALL, Database
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.core.records.texts import body, draft, make

pytestmark = pytest.mark.both_databases

AUDITED = ("seq", "at", "actor", "verb", "kind", "record_id", "version", "digest", "hash")
LOGGED = ("seq", "epoch", "at", "verb", "kind", "record_id", "version", "body_hash", "hash")
bounded = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def store(module_database_url: str) -> Iterator[Database]:
    """Two regions with a history; every test puts back what it altered."""
    database = Database(module_database_url)
    database.kinds |= KINDS
    for region in ("testland", "elsewhere"):
        make(database, *(draft(f"p{n}", title=f"Of {region}") for n in range(4)), region=region)
        with database.write(region) as session:
            for n in range(2):
                record = records.find(session, "practice", f"p{n}")
                records.revise(session, record, body(title="Revised"), by="team")
                records.publish(session, record, by="team")
            records.withdraw(session, records.find(session, "practice", "p3"), by="team")
    yield database
    database.close()


def lengths(session: Session) -> tuple[int, int]:
    return (len(session.scalars(select(Audit.seq)).all()), len(session.scalars(select(Change.seq)).all()))


def altered(value: Any) -> Any:
    if isinstance(value, int):
        return value + 100
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, bytes | memoryview):
        return bytes([bytes(value)[0] ^ 1]) + bytes(value)[1:]
    return value + timedelta(microseconds=1)


def broken(session: Session, region: str = "testland") -> tuple[int | None, int | None]:
    session.flush()
    session.expire_all()
    return broken_audit(session, region), broken_change(session, region)


def test_an_untouched_history_is_whole(store: Database) -> None:
    with store.read("testland") as session:
        assert lengths(session) == (9, 7)
        assert broken(session) == (None, None)


@bounded
@given(number=st.integers(1, 9), field=st.sampled_from(AUDITED))
def test_any_altered_field_of_an_audit_line_is_found(store: Database, number: int, field: str) -> None:
    with store.write("testland") as session:
        line = session.get_one(Audit, ("testland", number))
        setattr(line, field, altered(getattr(line, field)))
        found, _ = broken(session)
        session.rollback()
    assert found == number


@bounded
@given(number=st.integers(1, 7), field=st.sampled_from(LOGGED))
def test_any_altered_field_of_the_change_log_is_found(store: Database, number: int, field: str) -> None:
    with store.write("testland") as session:
        entry = session.get_one(Change, ("testland", number))
        setattr(entry, field, altered(getattr(entry, field)))
        _, found = broken(session)
        session.rollback()
    assert found == number


@bounded
@given(
    number=st.integers(1, 6),
    field=st.sampled_from(["body", "salt"]),
    place=st.integers(0, 10_000),
    bit=st.integers(0, 7),
)
def test_any_flipped_bit_of_a_body_is_found(store: Database, number: int, field: str, place: int, bit: int) -> None:
    with store.write("testland") as session:
        row = session.get_one(ChangeBody, ("testland", number))
        data = bytearray(getattr(row, field))
        data[place % len(data)] ^= 1 << bit
        setattr(row, field, bytes(data))
        _, found = broken(session)
        session.rollback()
    assert found == number


@pytest.mark.parametrize("table", [Audit, Change])
def test_a_line_taken_out_is_found(store: Database, table: Any) -> None:
    with store.write("testland") as session:
        session.execute(delete(table).where(table.seq == 3))
        found = broken(session)[table is Change]
        session.rollback()
    assert found == 3


@pytest.mark.parametrize("table", [Audit, Change])
def test_two_lines_that_changed_places_are_found(store: Database, table: Any) -> None:
    with store.write("testland") as session:
        for before, after in ((2, 99), (3, 2), (99, 3)):
            session.execute(update(table).where(table.seq == before).values(seq=after))
        found = broken(session)[table is Change]
        session.rollback()
    assert found == 2


def test_a_line_rehashed_by_hand_breaks_the_next(store: Database) -> None:
    with store.write("testland") as session:
        line = session.get_one(Audit, ("testland", 4))
        before = session.get_one(Audit, ("testland", 3))
        line.actor = "nobody"
        line.hash = chain(
            before.hash, line.seq, line.at, line.actor, line.verb, line.kind, line.record_id, line.version, line.digest
        )
        found, _ = broken(session)
        session.rollback()
    assert found == 5


def test_the_body_of_another_entry_is_found(store: Database) -> None:
    with store.write("testland") as session:
        first, second = (session.get_one(ChangeBody, ("testland", number)) for number in (1, 2))
        first.salt, first.body = second.salt, second.body
        _, found = broken(session)
        session.rollback()
    assert found == 1


def test_a_body_that_was_forgotten_is_no_fault_and_another_is_missed(store: Database) -> None:
    with store.write("testland") as session:
        forget_bodies(session, [session.get_one(Change, ("testland", 2)).record_id])
        assert session.get(ChangeBody, ("testland", 2)) is None
        assert broken(session) == (None, None)
        left = session.scalars(select(ChangeBody.seq).order_by(ChangeBody.seq)).first()
        session.execute(delete(ChangeBody).where(ChangeBody.seq == left))
        assert broken(session) == (None, left)
        session.rollback()


def test_each_region_has_a_chain_of_its_own(store: Database) -> None:
    with store.write(ALL) as session:
        line = session.get_one(Audit, ("elsewhere", 1))
        line.actor = "nobody"
        assert broken(session, "elsewhere")[0] == 1
        assert broken(session, "testland") == (None, None)
        assert broken(session, "nowhere") == (None, None)
        session.rollback()


def test_a_salt_hides_what_was_erased(store: Database) -> None:
    with store.read("testland") as session:
        rows = session.scalars(select(ChangeBody)).all()
        same = [row for row in rows if b"Revised" in row.body]
        assert {len(row.body) for row in same} == {len(same[0].body)}, "they say the same of two practices"
        assert len({bytes(row.salt) for row in rows}) == len(rows)
        assert {len(row.salt) for row in rows} == {16}, "of one length: salt and body cannot change places"
        hashes = session.scalars(select(Change.body_hash).where(Change.seq.in_([row.seq for row in same]))).all()
        assert len(set(hashes)) == len(same) == 2


@given(st.lists(st.text(max_size=4), min_size=1, max_size=3), st.lists(st.text(max_size=4), min_size=1, max_size=3))
def test_two_entries_hash_alike_only_if_they_say_the_same(one: list[str], other: list[str]) -> None:
    assert (chain("", *one) == chain("", *other)) == (one == other)


def test_the_hash_of_an_entry_never_changes_between_releases() -> None:
    assert chain("", 1, "team") == "1cd70c6953da88ba2332e6975c9dff5787c83b3f88708f3de05c71966d5430fd"
