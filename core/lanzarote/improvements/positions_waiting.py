"""What positions wait for: a body that is asked, a group that may decide; read at once, however much it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from sqlalchemy import and_, select

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.improvements import calling
from lanzarote.improvements.positions_model import Call, Position, awaited, hear_all
from lanzarote.records.records import Record, Version
from lanzarote.stakeholders import deciding, members

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from lanzarote.improvements.calling import Sending

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
    session: Session, own: Mapping[str, str], led: frozenset[str], today: Mapping[str, date], *, reader: str
) -> Iterator[Waiting]:
    """*own*: region → body that the reader speaks for; *led*: regions whose group the reader leads; *today*: the day
    that it is in each; *reader*: their account.
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
    found = session.execute(running.order_by(Call.until, Record.id)).all()
    open_calls = [call for _, _, call in found if call.region_id in led and call.last_day >= today[call.region_id]]
    ripe = _ripe(session, open_calls, reader) if open_calls else set()
    for record, body, call in found:
        mine = own.get(record.region_id, "")
        key = (record.region_id, record.id, call.number)
        if mine and (key in unconfirmed or (mine in call.asks() and key not in said)):
            yield Waiting(what="position", record=record, body=body, until=call.last_day)
        if record.region_id in led and (key in ripe or call.last_day < today[record.region_id]):
            yield Waiting(what="decide-improvement", record=record, body=body)


def _ripe(session: Session, calls: Sequence[Call], reader: str) -> set[Key]:
    """Those of the *calls* on which nobody is waited for, and on which *reader* may write the decision down."""
    said: dict[Key, list[Position]] = {}
    query = select(Position).where(Position.record_id.in_([call.record_id for call in calls]))
    for row in session.scalars(query.order_by(Position.at, Position.number)):
        said.setdefault((row.region_id, row.record_id, row.call), []).append(row)
    keys = {(call.region_id, call.record_id, call.number): call for call in calls}
    if not said.keys() & keys.keys():
        return set()
    bodies = members.bodies(session)
    taking_part = {one.id for one in bodies.taking_part}
    heard = {
        key: {one: found for one, found in hear_all(rows, bodies).items() if one in taking_part}
        for key, rows in said.items()
        if key in keys
    }
    reached: dict[str, Sending] = {}
    for region_id in {key[0] for key in heard}:
        here = (found for key, found in heard.items() if key[0] == region_id)
        to_confirm = {one for found in here for one, word in found.items() if word.is_to_confirm}
        reached[region_id] = calling.sending_to(session, region_id, to_confirm)
    return {
        key
        for key, found in heard.items()
        if not awaited(taking_part & set(map(bodies.present_id, keys[key].asks())), found, reached[key[0]].reaches)
        and not any(word.counts.recorded and word.counts.by == reader for word in found.values())
    }


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
