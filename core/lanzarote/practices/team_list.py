"""The practices of a region as its team works on them: drafts, what is being reviewed, what is published."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import and_, false, func, select, true

from lanzarote.practices import sheets
from lanzarote.practices.model import KIND, read_status
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Involved, Record, Version
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.regions.group import Grid

SHOWN: Final = 50
FILTERS: Final[Mapping[str, str]] = {
    "all": N_("All"),
    "mine": N_("Mine"),
    "writing": N_("Being written"),
    "submitted": N_("Submitted"),
    "assessing": N_("Being assessed"),
    "published": N_("Published"),
    "due": N_("Due for review"),
    "withdrawn": N_("Withdrawn"),
    "archived": N_("Archived"),
}
STAGES: Final[Mapping[str, str]] = {
    "writing": N_("being written"),
    "submitted": N_("submitted"),
    "assessing": N_("being assessed"),
}
STATES: Final[Mapping[str, str]] = {
    "draft": N_("never published"),
    "published": N_("published"),
    "withdrawn": N_("withdrawn"),
    "archived": N_("archived"),
}


class Row(Struct, frozen=True, kw_only=True):
    """A practice in the team's list."""

    id: str
    titles: Mapping[str, str]
    original: str
    state: str
    stage: str
    version: int
    published_version: int | None
    stale: tuple[str, ...]
    """Languages that are out of date."""
    languages: tuple[str, ...]
    due: bool
    """It was assessed so long ago that it has to be looked at again."""
    mine: bool
    updated_at: datetime

    @property
    def title(self) -> str:
        """In the language that it was written in."""
        return self.titles.get(self.original, "")


class Listed(Struct, frozen=True, kw_only=True):
    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    """How many each filter would show."""
    more: int
    """How many rows come after these."""


def listed(session: Session, *, by: Actor, only: str, page: int, grid: Grid, today: date) -> Listed:
    """A page of the list, from 0 on, the last changed first; *only*: a key of FILTERS."""
    due = _due(session, by, grid, today)
    counts = _counts(session, by) | {"due": len(due)}
    query = (
        select(Record, Version.body)
        .join(Version, _joined())
        .where(_seen(by), _condition(only, by, due))
        .order_by(Record.updated_at.desc(), Record.id)
        .limit(SHOWN)
        .offset(page * SHOWN)
    )
    found = [(record, sheets.read(body)) for record, body in session.execute(query)]
    mine = _mine(session, by, [record.id for record, _ in found])
    rows = tuple(
        Row(
            id=record.id,
            titles=sheets.titles_of(sheet),
            original=sheet.original,
            state=record.state,
            stage=record.stage,
            version=record.version,
            published_version=record.published_version,
            stale=sheet.stale,
            languages=tuple(dict.fromkeys((sheet.original, *sheet.text))),
            due=record.id in due,
            mine=record.id in mine,
            updated_at=record.updated_at,
        )
        for record, sheet in found
    )
    return Listed(rows=rows, counts=counts, more=max(0, counts[only] - (page + 1) * SHOWN))


def _joined() -> ColumnElement[bool]:
    return and_(Version.region_id == Record.region_id, Version.record_id == Record.id, Version.number == Record.version)


def _seen(by: Actor) -> ColumnElement[bool]:
    return and_(Record.kind == KIND, Record.state != "erased", allowed(by, "practice.read"))


def _condition(only: str, by: Actor, due: Collection[str]) -> ColumnElement[bool]:
    if only == "mine":
        return Record.id.in_(_own(by))
    if only == "due":
        return Record.id.in_(due) if due else false()
    if only in STAGES:
        return Record.stage == only
    return Record.state == only if only in STATES else true()


def _own(by: Actor) -> Select[str]:
    """Ids of what *by* wrote in."""
    return select(Involved.record_id).where(Involved.account_id == by.account_id, Involved.part == "author")


def _counts(session: Session, by: Actor) -> dict[str, int]:
    # Counted outside: PostgreSQL takes an expression with parameters for another one wherever it is repeated.
    seen = select(Record.state, Record.stage, Record.id.in_(_own(by)).label("mine")).where(_seen(by)).subquery()
    counts = dict.fromkeys(FILTERS, 0)
    for state, stage, mine, count in session.execute(
        select(seen.c.state, seen.c.stage, seen.c.mine, func.count()).group_by(*seen.c)
    ):
        for name in ("all", state, stage, "mine" if mine else ""):
            if name in counts:
                counts[name] += count
    return counts


def _due(session: Session, by: Actor, grid: Grid, today: date) -> frozenset[str]:
    """Ids of what is published as assessed, and has to be looked at again."""
    query = select(Record.id, Record.status).where(_seen(by), Record.published_version.is_not(None))
    assessed = ((record_id, read_status(status).assessed_on) for record_id, status in session.execute(query))
    return frozenset(record_id for record_id, day in assessed if day and grid.due_on(day) <= today)


def _mine(session: Session, by: Actor, ids: Sequence[str]) -> frozenset[str]:
    return frozenset(session.scalars(_own(by).where(Involved.record_id.in_(ids))))
