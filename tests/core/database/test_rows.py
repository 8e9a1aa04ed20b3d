"""Rows that are read and written without objects keep to the regions of their session as everything else does."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from lanzarote.errors import UnscopedStatement
from lanzarote.office.model import Summary, TallyMask, Total
from lanzarote.records.changelog import Audit, Served
from lanzarote.regions.vocabulary import Term
from lanzarote.store.bulk import add_rows, put_rows, remove_rows, rows_of, shared_rows
from lanzarote.store.database import ALL, Database
from lanzarote.store.scope import Scope, ScopedSession
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests.core.database.rows import THEN

pytestmark = pytest.mark.both_databases


def test_raw_rows_of_a_session_keep_to_its_regions(shared: Database) -> None:
    sql = "SELECT key FROM vocabulary WHERE region_id = ? ORDER BY key"
    with shared.read("a") as session:
        assert [found[0] for found in rows_of(session, sql, "a")] == ["x", "y"]
        with pytest.raises(UnscopedStatement):
            rows_of(session, sql, "b")
        with pytest.raises(UnscopedStatement):
            rows_of(session, "SELECT key FROM vocabulary", "a")


def test_raw_rows_of_a_session_see_what_it_has_pending(shared: Database) -> None:
    with shared.engine.connect() as connection, connection.begin() as undone:
        with ScopedSession(connection, info={"scope": Scope.of("a")}) as session:
            session.scalars(select(Term).where(Term.key == "x")).one().body = b"pending"
            sql = "SELECT body FROM vocabulary WHERE region_id = ? AND key = ?"
            assert [bytes(body) for (body,) in rows_of(session, sql, "a", "x")] == [b"pending"]
        undone.rollback()


@pytest.mark.parametrize("count", [1, 50])
def test_many_new_rows_are_of_the_regions_of_the_session_or_none_is_written(store: Database, count: int) -> None:
    rows = [
        {"region_id": "a", "kind": "sector", "key": f"new-{n}", "position": n, "body": b"{}", "retired": False}
        for n in range(count)
    ]
    with store.write("a") as session:
        add_rows(session, Term, rows)
    with store.read(ALL) as session:
        assert session.scalar(select(func.count()).select_from(Term).where(Term.key.like("new-%"))) == count
    strange = [{**one, "key": f"other-{n}", "region_id": "b"} for n, one in enumerate(rows)]
    with pytest.raises(UnscopedStatement), store.write("a") as session:
        add_rows(session, Term, [*({**one, "key": f"mine-{n}"} for n, one in enumerate(rows)), *strange])
    with store.read(ALL) as session:
        assert not session.scalars(select(Term).where(Term.key.like("mine-%") | Term.key.like("other-%"))).all()


def test_a_moment_is_written_without_the_converters_of_sqlite3_which_python_takes_away(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sqlite3.adapters, (datetime, sqlite3.PrepareProtocol))  # type: ignore[misc,unused-ignore]
    in_paris = datetime(2026, 7, 1, 14, 30, tzinfo=ZoneInfo("Europe/Paris"))
    line = {"region_id": "a", "seq": 1, "at": in_paris, "actor": "", "verb": "", "kind": "", "record_id": ""}
    with store.write("a") as session:
        add_rows(session, Audit, [{**line, "version": 1, "digest": "", "hash": ""}])
    with store.read("a") as session:
        [(at, audit)] = session.execute(select(Audit.at, Audit).where(Audit.seq == 1)).all()
    assert at == audit.at == in_paris
    assert at.tzinfo == UTC


def test_many_rows_that_are_there_already_are_told_as_of_any_statement(store: Database) -> None:
    rows = [
        {"region_id": "a", "kind": "sector", "key": f"twice-{n}", "position": n, "body": b"{}", "retired": False}
        for n in range(50)
    ]
    with store.write("a") as session:
        add_rows(session, Term, rows)
    with pytest.raises(IntegrityError), store.write("a") as session:
        add_rows(session, Term, rows)


def test_rows_are_removed_of_no_other_region(store: Database) -> None:
    with store.write("a") as session:
        remove_rows(session, "DELETE FROM vocabulary WHERE region_id = ? AND key = ?", "a", "x")
    for wrong in ("b", "c"):
        with pytest.raises(UnscopedStatement), store.write("a") as session:
            remove_rows(session, "DELETE FROM vocabulary WHERE region_id = ?", wrong)
    with store.read(ALL) as session:
        assert sorted(map(tuple, session.execute(select(Term.region_id, Term.key)))) == [
            ("a", "y"), ("b", "x"), ("b", "y"), ("c", "x"), ("c", "y"),
        ]  # fmt: skip


def test_what_the_instance_alone_owns_is_read_without_a_region_and_what_regions_own_is_not(store: Database) -> None:
    with store.write(()) as session:
        served = Served(id="a", enabled=True, package="", package_version="", facts=b"{}", facts_digest="")
        served.revision, served.epoch, served.added_at = 1, 1, THEN
        session.add(served)
        sql = "SELECT id, revision FROM region WHERE revision > ?"
        assert list(map(tuple, shared_rows(session, sql, 0))) == [("a", 1)], "pending rows too"
        for wrong in ("SELECT key FROM vocabulary", "SELECT 1 FROM region WHERE EXISTS (SELECT 1 FROM Vocabulary)"):
            with pytest.raises(UnscopedStatement, match="rows_of"):
                shared_rows(session, wrong)


def test_a_row_that_is_put_takes_the_place_of_the_one_before(store: Database) -> None:
    key = ("region_id", "block", "line")
    with store.write("a") as session:
        for bits in (b"\x01", b"\x03"):
            rows = [{"region_id": "a", "block": 0, "line": line, "bits": bits} for line in ("one", "two")]
            put_rows(session, TallyMask, rows, key)
        put_rows(session, TallyMask, [{"region_id": "a", "block": 0, "line": "one", "bits": b"\x04"}], key)
        put_rows(session, TallyMask, [], key)
        found = rows_of(session, "SELECT line, bits FROM tally_mask WHERE region_id = ? ORDER BY line", "a")
        assert [(line, bytes(bits)) for line, bits in found] == [("one", b"\x04"), ("two", b"\x03")]


@pytest.mark.parametrize("table", [Summary, Total])
def test_a_number_that_is_put_is_added(store: Database, table: type[Summary] | type[Total]) -> None:
    line = {"measure": "practice", "a": "x", "b": ""}
    whose = {"region_id": "a"} if table is Summary else {}
    with store.write("a") as session:
        for n in (2, 5, -4):
            put_rows(session, table, [{**whose, **line, "n": n}], (*whose, *line), add="n")
        assert session.scalars(select(table.n)).all() == [3]


def test_no_row_is_put_into_another_region(store: Database) -> None:
    rows = [{"region_id": region, "measure": "practice", "a": "", "b": "", "n": 1} for region in ("a", "b")]
    with pytest.raises(UnscopedStatement), store.write("a") as session:
        put_rows(session, Summary, rows, ("region_id", "measure", "a", "b"), add="n")
    with store.read(ALL) as session:
        assert session.scalars(select(Summary)).all() == []
