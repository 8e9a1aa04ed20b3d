"""What no session may do, whatever its scope: what cannot be confined is refused, read or written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lanzarote.errors import UnscopedStatement
from lanzarote.records.tasks import Task
from lanzarote.regions.vocabulary import Term
from lanzarote.store.database import Database, scope_of
from sqlalchemy import (
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    text,
    true,
    union,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased, make_transient_to_detached

from tests.core.database.rows import row, task, term
from tests.core.database.shapes import READABLE, TASKS, TERMS, OtherTerm, everything

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
