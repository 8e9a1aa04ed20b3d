"""A session sees, changes and writes the rows of its regions, and no other; what cannot be confined is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lanzarote.errors import UnscopedStatement
from lanzarote.records.changelog import Served
from lanzarote.records.tasks import Task
from lanzarote.regions.vocabulary import Term
from lanzarote.store.database import ALL, Database
from sqlalchemy import (
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    true,
    union,
    union_all,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from tests.core.database.rows import REGIONS, row, term
from tests.core.database.shapes import READABLE, TASKS, TERMS, OtherTerm, everything

pytestmark = pytest.mark.both_databases

bounded = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


# ---------------------------------------------------------------------------------------------------------------------
# What a scope lets through


def told(session: Session, statement: Any) -> list[str]:
    return sorted(repr(tuple(found)) for found in session.execute(statement))


@pytest.mark.parametrize("scope", [(), ("a",), ("b",), ("a", "c"), REGIONS], ids=str)
def test_a_read_tells_what_it_would_if_nothing_but_its_regions_were_there(
    shared: Database, scope: Sequence[str]
) -> None:
    others = [region for region in REGIONS if region not in scope]
    with shared.read(scope) as session:
        confined = {name: told(session, shape()) for name, shape in READABLE.items()}
    with shared.write(ALL) as session:
        for kind in (Term, Task):
            session.execute(delete(kind).where(kind.region_id.in_(others)))
        alone = {name: told(session, shape()) for name, shape in READABLE.items()}
        session.rollback()
    assert confined == alone


SOURCES = st.sampled_from([Term, Task, OtherTerm, aliased(Task), TERMS, TASKS, TERMS.alias(), TASKS.alias()])


def region_of(source: Any) -> Any:
    return source.c.region_id if hasattr(source, "c") else source.region_id


@st.composite
def statements(draw: st.DrawFn, depth: int = 3) -> Any:
    """SELECTs of region ids, of any shape; some name tables without their classes."""
    source, other = draw(SOURCES), draw(SOURCES)
    shape = draw(st.sampled_from(["plain", "join", "from", "outer"])) if other is not source else "plain"
    query = select(region_of(source))
    if shape == "join":
        query = query.add_columns(region_of(other)).join(other, true())
    elif shape == "outer":
        query = query.outerjoin(other, region_of(other) == region_of(source))
    elif shape == "from":
        query = query.select_from(source).where(region_of(source) == region_of(other))
    if depth == 0:
        return query
    inner = draw(statements(depth - 1))
    first = next(iter(inner.subquery().c))
    more = draw(st.sampled_from(["none", "subquery", "cte", "union", "union all", "in", "exists", "scalar"]))
    plain = select(region_of(source))
    shapes: dict[str, Callable[[], Any]] = {
        "none": lambda: query,
        "subquery": lambda: select(first),
        "cte": lambda: select(next(iter(inner.cte().c))),
        "union": lambda: select(union(plain, select(first)).subquery()),
        "union all": lambda: union_all(plain, select(first)),
        "in": lambda: query.where(region_of(source).in_(select(first))),
        "exists": lambda: query.where(exists(inner)),
        "scalar": lambda: query.add_columns(select(func.max(first)).scalar_subquery()),
    }
    return shapes[more]()


@bounded
@given(statement=statements(), scope=st.sets(st.sampled_from(REGIONS)))
def test_no_select_of_any_shape_tells_of_another_region(shared: Database, statement: Any, scope: set[str]) -> None:
    with shared.read(sorted(scope)) as session:
        try:
            seen = {value for found in session.execute(statement) for value in found}
        except (UnscopedStatement, SQLAlchemyError):
            return  # some shapes are no SQL at all
    assert seen <= {*scope, None}


@bounded
@given(
    kind=st.sampled_from([Term, Task]),
    verb=st.sampled_from(["update", "delete"]),
    condition=st.sampled_from(["none", "all keys", "subquery", "exists", "another region"]),
    scope=st.sets(st.sampled_from(REGIONS)),
)
def test_no_update_or_delete_of_any_shape_touches_another_region(
    shared: Database, kind: Any, verb: str, condition: str, scope: set[str]
) -> None:
    statement: Any = update(kind).values(kind="changed") if verb == "update" else delete(kind)
    conditions: dict[str, Any] = {
        "none": true(),
        "all keys": kind.region_id.in_(REGIONS),
        "subquery": kind.region_id.in_(select(Term.region_id)),
        "exists": exists().where(Task.region_id == "b"),
        "another region": kind.region_id.not_in(scope),
    }
    statement = statement.where(conditions[condition]).execution_options(synchronize_session=False)
    with shared.write(sorted(scope)) as session:
        before = [found for found in everything(session) if found[0] not in scope]
        session.execute(statement)
        after = [found for found in everything(session) if found[0] not in scope]
        session.rollback()
    assert after == before


def test_an_update_changes_the_rows_of_its_region(store: Database) -> None:
    with store.write("a") as session:
        session.execute(update(Term).values(body=b"new"))
        session.execute(delete(Task).where(Task.id == "a-x"))
    with store.read(ALL) as session:
        assert sorted((found.region_id, found.body) for found in session.scalars(select(Term))) == [
            ("a", b"new"), ("a", b"new"), ("b", b"of b"), ("b", b"of b"), ("c", b"of c"), ("c", b"of c"),
        ]  # fmt: skip
        assert sorted(session.scalars(select(Task.id))) == ["a-y", "b-x", "b-y", "c-x", "c-y"]


def test_rows_of_the_scope_can_be_written_in_every_way(store: Database) -> None:
    with store.write(("a", "b")) as session:
        session.add(term("a", "added"))
        session.merge(term("b", "merged"))
        session.execute(insert(Term), [row("a", "inserted"), row("b", "inserted")])
        session.execute(insert(TERMS), row("a", "core"))
        session.execute(update(Term), [{"region_id": "a", "kind": "k", "key": "x", "body": b"by key"}])
        session.flush()
        got = session.get(Term, ("a", "k", "x"))
        assert got is not None
        session.refresh(got)
        assert bytes(got.body) == b"by key"
        session.delete(got)
    with store.read(("a", "b")) as session:
        keys = sorted(tuple(found) for found in session.execute(select(Term.region_id, Term.key)))
    assert keys == [
        ("a", "added"), ("a", "core"), ("a", "inserted"), ("a", "y"),
        ("b", "inserted"), ("b", "merged"), ("b", "x"), ("b", "y"),
    ]  # fmt: skip


def test_a_row_of_another_region_cannot_be_got(shared: Database) -> None:
    with shared.read("a") as session:
        assert session.get(Term, ("b", "k", "x")) is None
        assert session.get(Term, ("a", "k", "x")) is not None


def test_a_shared_table_needs_no_scope(shared: Database) -> None:
    with Session(shared.engine) as session:
        assert session.scalars(select(Served)).all() == []
        assert session.scalar(text("SELECT 1")) == 1


def test_the_explicit_scope_of_everything_confines_nothing(shared: Database) -> None:
    with shared.read(ALL) as session:
        assert len(session.execute(select(TERMS)).all()) == 6
        assert session.scalar(text("SELECT count(*) FROM task")) == 6


def test_a_region_named_like_the_scope_of_everything_is_only_a_region(shared: Database) -> None:
    with shared.read([ALL]) as session:
        assert session.scalars(select(Term)).all() == []


# ---------------------------------------------------------------------------------------------------------------------
# Rows that are read by SQL


def test_raw_rows_say_their_region_first(shared: Database) -> None:
    sql = "SELECT key FROM vocabulary WHERE region_id = ? AND kind = ? ORDER BY key"
    assert [found[0] for found in shared.rows(sql, "a", "k")] == ["x", "y"]
    for wrong in (
        "SELECT key FROM vocabulary WHERE kind = ? AND region_id = ?",
        "SELECT key FROM vocabulary WHERE kind = ?",
        "SELECT key FROM vocabulary",
        "SELECT key FROM vocabulary WHERE other_region_id = ?",
    ):
        with pytest.raises(UnscopedStatement):
            shared.rows(wrong, "a")


def test_a_bound_parameter_is_no_way_around(shared: Database) -> None:
    with shared.read("a") as session:
        wanted = select(Term.body).where(Term.region_id == bindparam("region"))
        assert session.execute(wanted, {"region": "b"}).all() == []
