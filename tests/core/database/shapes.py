"""What statements of these tests are about, and selects of every shape that a scope can confine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lanzarote.records.tasks import Task
from lanzarote.regions.vocabulary import Term
from sqlalchemy import (
    exists,
    func,
    lambda_stmt,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import Session, aliased

TERMS: Any = Term.__table__
TASKS: Any = Task.__table__
OtherTerm = aliased(Term)

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


def everything(session: Session) -> list[tuple[Any, ...]]:
    """All rows as they are, read past the session's scope."""
    connection = session.connection()
    found = [*connection.execute(select(TERMS)), *connection.execute(select(TASKS))]
    return sorted(tuple(bytes(v) if isinstance(v, memoryview) else v for v in found_row) for found_row in found)
