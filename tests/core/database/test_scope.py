"""A session sees, changes and writes the rows of its regions, and no other; what cannot be confined is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lanzarote.changes import Served
from lanzarote.database import ALL, Database, rows_of, scope_of
from lanzarote.errors import UnscopedStatement
from lanzarote.regions.vocabulary import Term
from lanzarote.scoping import Scope, ScopedSession
from lanzarote.tasks import Task
from sqlalchemy import (
    bindparam,
    column,
    delete,
    exists,
    func,
    insert,
    lambda_stmt,
    literal,
    literal_column,
    select,
    table,
    text,
    true,
    union,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased, make_transient_to_detached

from tests.core.database.rows import REGIONS, fill, row, task, term

TERMS: Any = Term.__table__
TASKS: Any = Task.__table__
OtherTerm = aliased(Term)
bounded = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    fill(database)
    yield database
    database.close()


@pytest.fixture(scope="module")
def shared(module_database_url: str) -> Iterator[Database]:
    """For tests that keep nothing."""
    database = Database(module_database_url)
    fill(database)
    yield database
    database.close()


def everything(session: Session) -> list[tuple[Any, ...]]:
    """All rows as they are, read past the session's scope."""
    connection = session.connection()
    found = [*connection.execute(select(TERMS)), *connection.execute(select(TASKS))]
    return sorted(tuple(bytes(v) if isinstance(v, memoryview) else v for v in found_row) for found_row in found)


# ---------------------------------------------------------------------------------------------------------------------
# What a scope lets through

READABLE: dict[str, Callable[[], Any]] = {
    "entity": lambda: select(Term.region_id, Term.body),
    "alias": lambda: select(OtherTerm.body),
    "join": lambda: select(Task.about, Term.body).join(Term, true()),
    "outer join": lambda: select(Task.about, Term.body).outerjoin(Term, true()),
    "join with an alias": lambda: select(Term.body, OtherTerm.body).join(OtherTerm, Term.key == OtherTerm.key),
    "subquery": lambda: select(select(Term.body).subquery()),
    "common table expression": lambda: select(select(Term.body).cte("chosen")),
    "union": lambda: union(select(Term.body), select(Task.about)),
    "union in a subquery": lambda: select(union_all(select(Term.body), select(Task.about)).subquery()),
    "in": lambda: select(Task.id).where(Task.about.in_(select(Term.body))),
    "exists": lambda: select(Task.id).where(exists().where(Term.body == b"of b")),
    "not exists": lambda: select(Task.id).where(~exists().where(Term.body == b"of b")),
    "scalar subquery": lambda: select(select(func.max(Term.region_id)).scalar_subquery()),
    "correlated subquery": lambda: select(
        Task.id, select(func.count(Term.key)).where(Term.region_id == Task.region_id).scalar_subquery()
    ),
    "count": lambda: select(func.count()).select_from(Term),
    "count of a subquery": lambda: select(func.count()).select_from(select(Term.key).subquery()),
    "groups": lambda: select(Term.region_id, func.count()).group_by(Term.region_id),
    "lambda": lambda: lambda_stmt(lambda: select(Term.body)),
    "limit": lambda: select(Term.body).order_by(Term.region_id.desc(), Term.key).limit(3),
}


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
# What is refused, whatever the scope

REFUSED: dict[str, Callable[[], Any]] = {
    "the bare table": lambda: select(TERMS),
    "a column of the bare table": lambda: select(TERMS.c.body),
    "a bare column beside a class": lambda: select(Task.id, TERMS.c.body),
    "a bare table joined to a class": lambda: select(Task.id).join(TERMS, true()),
    "a bare table joined first": lambda: select(Task.id).select_from(TERMS.join(TASKS, true())),
    "a bare alias beside its class": lambda: select(Term.body).join(TERMS.alias(), true()),
    "a bare table beside an alias of its class": lambda: select(OtherTerm.body).select_from(TERMS),
    "a bare table in a subquery": lambda: select(Task.id).where(Task.about.in_(select(TERMS.c.body))),
    "a bare table counted inside": lambda: select(
        Term.key, select(func.count(Task.id)).select_from(TASKS).scalar_subquery()
    ),
    "a bare table under an alias of the class": lambda: select(aliased(Term, select(TERMS).subquery()).body),
    "a bare half of a union": lambda: union(select(Term.body), select(TERMS.c.body)),
    "a table by name": lambda: select(table("vocabulary", column("body"))),
    "exists at the top": lambda: select(exists().where(Term.region_id == "b")),
    "text": lambda: text("SELECT body FROM vocabulary"),
    "text in capitals": lambda: text("SELECT BODY FROM VOCABULARY"),
    "quoted text": lambda: text('SELECT body FROM "vocabulary"'),
    "text with columns": lambda: text("SELECT body FROM vocabulary").columns(column("body")),
    "text about the search index": lambda: text("SELECT * FROM search_text"),
    "text behind a class": lambda: select(Term).from_statement(text("SELECT * FROM vocabulary")),
    "a statement behind a class": lambda: select(Term).from_statement(select(Term)),
    "text as a condition": lambda: select(Term.body).where(text("1 = 1 OR 1 = 1")),
    "text as a column": lambda: select(literal_column("(SELECT body FROM vocabulary LIMIT 1)")),
    "text as a column beside a class": lambda: select(Task.id, literal_column("1")),
    "an update of the bare table": lambda: update(TERMS).values(body=b""),
    "a delete from the bare table": lambda: delete(TERMS),
    "an update by text": lambda: text("UPDATE vocabulary SET body = body"),
    "a delete by text": lambda: text("DELETE FROM vocabulary"),
    "an update from a bare table": lambda: update(Term).values(body=select(TERMS.c.body).limit(1).scalar_subquery()),
    "an insert with its rows inside": lambda: insert(Term).values(**row("a")),
    "an insert of several rows inside": lambda: insert(Term).values([row("a"), row("a", "other")]),
    "an insert from a select": lambda: insert(Term).from_select(
        list(row("a")), select(literal("a"), Term.kind, literal("z"), Term.position, Term.body, Term.retired)
    ),
    "an update that moves rows": lambda: update(Term).values(region_id="b"),
    "an update that moves rows by expression": lambda: update(Term).values({Term.region_id: literal("b")}),
    "an update that moves rows in order": lambda: update(Term).ordered_values((Term.region_id, "b")),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_statement_that_cannot_be_confined_is_refused(shared: Database, name: str) -> None:
    with shared.write("a") as session:
        before = everything(session)
        with pytest.raises(UnscopedStatement):
            session.execute(REFUSED[name]())
        assert everything(session) == before


@pytest.mark.parametrize("name", [*REFUSED, *READABLE])
def test_without_a_scope_nothing_regional_is_read_or_written(shared: Database, name: str) -> None:
    with Session(shared.engine) as session, pytest.raises(UnscopedStatement):
        session.execute((REFUSED | READABLE)[name]())


@pytest.mark.parametrize("kept", ["x", "y"])
def test_the_same_shape_is_judged_anew_for_what_it_sets(shared: Database, kept: str) -> None:
    with shared.write("a") as session:
        session.execute(update(Term).where(Term.key == kept).values(body=b"fine"))
        with pytest.raises(UnscopedStatement):
            session.execute(update(Term).where(Term.key == kept).values(region_id="b"))


def move(session: Session) -> None:
    session.scalars(select(Term).where(Term.key == "x")).one().region_id = "b"


def change_detached(session: Session) -> None:
    foreign = term("b", "x", b"")
    make_transient_to_detached(foreign)
    session.add(foreign)
    foreign.body = b"changed"


def steal_detached(session: Session) -> None:
    foreign = term("b", "x", b"of b")
    make_transient_to_detached(foreign)
    session.add(foreign)
    foreign.region_id, foreign.key = "a", "stolen"


def delete_detached(session: Session) -> None:
    foreign = term("b", "x", b"")
    make_transient_to_detached(foreign)
    session.add(foreign)
    session.delete(foreign)


def steal_by_expression(session: Session) -> None:
    mine: Any = session.scalars(select(Term).where(Term.key == "x")).one()
    mine.body = select(TERMS.c.body).where(TERMS.c.region_id == "b", TERMS.c.key == "x").scalar_subquery()


def upsert(session: Session) -> Any:
    return (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(Term)


def move_by_upsert(session: Session) -> None:
    key = ["region_id", "kind", "key"]
    moving = upsert(session).on_conflict_do_update(index_elements=key, set_={"region_id": "b", "key": "moved"})
    session.execute(moving, [row("a", "x")])


def insert_elsewhere(session: Session) -> None:
    session.execute(insert(Term).values(region_id=literal("b")), [row("a", "x2")])


FOREIGN: dict[str, Callable[[Session], object]] = {
    "add": lambda session: session.add(term("b", "new")),
    "merge": lambda session: session.merge(term("b", "x", b"changed")),
    "insert": lambda session: session.execute(insert(Term), [row("a"), row("b")]),
    "insert into the bare table": lambda session: session.execute(insert(TERMS), [row("b")]),
    "insert one": lambda session: session.execute(insert(Term), row("b")),
    "insert elsewhere": insert_elsewhere,
    "insert without a region": lambda session: session.execute(insert(Term), [{"kind": "k", "key": "n"}]),
    "insert by expression": lambda session: session.execute(
        insert(Term), [row("a") | {"body": select(TERMS.c.body).limit(1).scalar_subquery()}]
    ),
    "update by key": lambda session: session.execute(update(Term), [row("b", "x") | {"body": b"changed"}]),
    "update by values": lambda session: session.execute(update(Term), {"region_id": "b"}),
    "query update": lambda session: session.query(Term).update({"region_id": "b"}),
    "move": move,
    "upsert": move_by_upsert,
    "change a detached row": change_detached,
    "steal a detached row": steal_detached,
    "delete a detached row": delete_detached,
    "steal by expression": steal_by_expression,
    "bulk insert": lambda session: session.bulk_insert_mappings(Term, [row("b")]),
    "bulk update": lambda session: session.bulk_update_mappings(Term, [row("b", "x")]),
    "bulk save": lambda session: session.bulk_save_objects([term("b", "new")]),
}


def write(session: Session, name: str) -> None:
    FOREIGN[name](session)
    session.flush()


@pytest.mark.parametrize("name", FOREIGN)
def test_no_way_of_writing_reaches_another_region(shared: Database, name: str) -> None:
    with shared.write("a") as session:
        before = everything(session)
        with pytest.raises(UnscopedStatement):
            write(session, name)
        session.expunge_all()
        assert everything(session) == before


def test_a_flush_without_scope_is_refused(shared: Database) -> None:
    with Session(shared.engine) as session:
        session.add(task("a", "new"))
        with pytest.raises(UnscopedStatement, match="without saying which regions"):
            session.flush()


def test_a_session_without_scope_has_none_to_tell(shared: Database) -> None:
    with Session(shared.engine) as session, pytest.raises(UnscopedStatement):
        scope_of(session)


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


def test_raw_rows_of_a_session_keep_to_its_regions(shared: Database) -> None:
    sql = "SELECT key FROM vocabulary WHERE region_id = ? ORDER BY key"
    with shared.read("a") as session:
        assert [found.key for found in rows_of(session, sql, "a")] == ["x", "y"]
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


def test_a_bound_parameter_is_no_way_around(shared: Database) -> None:
    with shared.read("a") as session:
        wanted = select(Term.body).where(Term.region_id == bindparam("region"))
        assert session.execute(wanted, {"region": "b"}).all() == []
