"""What positions wait for: a body that is asked, a group that may decide; read at once, however much it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from sqlalchemy import and_, select

from lanzarote.improvements.positions_model import Call, Position
from lanzarote.records import Record, Version
from lanzarote.stakeholders import deciding
from lanzarote.stakeholders.model import KIND as STAKEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    Key = tuple[str, str, int]
    """Region, improvement, call."""


class Waiting(Struct, frozen=True, kw_only=True):
    """A body is invited, or asked for its position; or nothing more stands in the way of a decision."""

    what: Literal["take-part", "position", "decide-improvement"]
    record: Record
    body: bytes
    """The newest text of *record*: an improvement, or the stakeholder itself."""
    until: date | None = None


def waiting_for(
    session: Session, own: Mapping[str, str], led: frozenset[str], today: Mapping[str, date]
) -> Iterator[Waiting]:
    """*own*: region → body that the reader speaks for; *led*: regions whose group the reader leads; *today*: the day
    that it is in each.
    """
    if own:
        invited = _newest(STAKEHOLDER).where(Record.id.in_(own.values()), Record.state != "erased")
        for record, body in session.execute(invited):
            if own.get(record.region_id) == record.id and deciding.status_of(record).relation == "invited":
                yield Waiting(what="take-part", record=record, body=body)
    if not own and not led:
        return
    said, unconfirmed = _said(session, own)
    joined = and_(Record.region_id == Call.region_id, Record.id == Call.record_id)
    running = _newest().add_columns(Call).join(Call, joined).where(Call.ended == "", Record.state != "erased")
    for record, body, call in session.execute(running.order_by(Call.until, Record.id)):
        mine = own.get(record.region_id, "")
        key = (record.region_id, record.id, call.number)
        if mine and (key in unconfirmed or (mine in call.asks() and key not in said)):
            yield Waiting(what="position", record=record, body=body, until=call.last_day)
        if record.region_id in led and call.last_day < today[record.region_id]:
            yield Waiting(what="decide-improvement", record=record, body=body)


def _said(session: Session, own: Mapping[str, str]) -> tuple[set[Key], set[Key]]:
    """Calls that the reader's body has answered itself; and those for which it has something to confirm."""
    query = select(Position).where(Position.stakeholder.in_(own.values())).order_by(Position.number)
    rows = session.scalars(query) if own else ()
    newest = {(row.region_id, row.record_id, row.call): row for row in rows}
    unconfirmed = {key for key, row in newest.items() if row.recorded}
    return {key for key, row in newest.items() if row.choice != "awaiting"} - unconfirmed, unconfirmed


def _newest(kind: str = "") -> Select[Record, bytes]:
    own = and_(Version.region_id == Record.region_id, Version.record_id == Record.id)
    query = select(Record, Version.body).join(Version, and_(own, Version.number == Record.version))
    return query.where(Record.kind == kind) if kind else query
