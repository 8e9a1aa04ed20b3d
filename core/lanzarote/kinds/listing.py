"""The list of the records of a kind: narrowed by filters, each with its count, and shown page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import func, select, true

from lanzarote.kinds import service
from lanzarote.records.records import Record, decode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.kinds.kind import Filter, Kind
    from lanzarote.records.permissions import Actor


ALL_OF_THEM: Final = 1_000_000


class Page(Struct, frozen=True, kw_only=True):
    """A part of the list."""

    found: Sequence[tuple[Record, Any]]
    only: str
    """Name of the filter."""
    number: int
    """Of the page, from 0."""
    counts: Mapping[str, int]
    """How many each filter shows."""
    more: int
    """How many come after these."""


def read_page(
    kind: Kind[Any, Any],
    instance: Instance,
    session: Session,
    region_id: str,
    by: Actor,
    *,
    only: str = "",
    number: int = 0,
    whole: bool = False,
) -> Page:
    """The records that *by* may read, the last changed first.

    *only*: name of a filter, without one the first; *whole*: not page by page, and without a filter all there are.
    """
    number, shown = (0, ALL_OF_THEM) if whole else (number, kind.shown)
    first = "" if whole else kind.filters[0].name
    only = only if only in {one.name for one in kind.filters} else first
    states = _states(kind, session, by) if any(one.states for one in kind.filters) else {}
    which = {one.name: _which(one, instance, session, region_id, by, states) for one in kind.filters}
    counts = _counts(kind, session, by, which, states)
    query = service.newest_of(kind, session, by).where(which.get(only, true()))
    rows = session.execute(query.offset(number * shown).limit(shown))
    found = [(record, decode(body, kind.content)) for record, body in rows]
    return Page(found=found, only=only, number=number, counts=counts, more=max(0, counts[only] - (number + 1) * shown))


def asked_for(asked: Mapping[str, str]) -> dict[str, Any]:
    """Filter and page, as the address of the list names them."""
    number = asked.get("page", "0")
    place = int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 0
    return {"only": asked.get("only", ""), "number": place}


def _states(kind: Kind[Any, Any], session: Session, by: Actor) -> dict[str, str]:
    """Id → state, as the kind calls it. It stands in the status, which no question to the database can ask for."""
    records = session.scalars(select(Record).where(service.readable(kind, session, by)))
    return {one.id: "archived" if one.state == "archived" else kind.state_of(session, one) for one in records}


def _which(
    one: Filter, instance: Instance, session: Session, region_id: str, by: Actor, states: Mapping[str, str]
) -> ColumnElement[bool]:
    if one.which:
        return one.which(instance, session, region_id, by)
    if not one.states:
        return true()
    return Record.id.in_([record_id for record_id, state in states.items() if state in one.states])


def _counts(
    kind: Kind[Any, Any],
    session: Session,
    by: Actor,
    which: Mapping[str, ColumnElement[bool]],
    states: Mapping[str, str],
) -> dict[str, int]:
    """How many each filter shows; under an empty name how many there are."""
    found = {one.name: sum(state in one.states for state in states.values()) for one in kind.filters if one.states}
    wanted = {"": true()} | {name: one for name, one in which.items() if name not in found}
    query = select(*(func.count().filter(one) for one in wanted.values())).select_from(Record)
    numbers = session.execute(query.where(service.readable(kind, session, by))).one()
    return found | dict(zip(wanted, numbers, strict=True))
