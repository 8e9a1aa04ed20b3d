"""What of a group's work waits for a person or is due; read at once, however much it is."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from sqlalchemy import and_, false, or_, select

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.improvements import calling
from lanzarote.improvements.model import ENDED, SOON, Action, Amendment, status_of
from lanzarote.improvements.positions_model import Call, Position, awaited, hear_all
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.records import Record, Version
from lanzarote.records.tables import joined, newest_version
from lanzarote.stakeholders import deciding, members

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from lanzarote.improvements.calling import Sending
    from lanzarote.records.permissions import Actor

    Key = tuple[str, str, int]
    """Region, improvement, call."""


class Waiting(Struct, frozen=True, kw_only=True):
    """A body is invited, or asked for its position; or a decision can be taken."""

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
    running = _newest().add_columns(Call).join(Call, joined(Call)).where(Call.ended == "", Record.state != "erased")
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
    query = select(Record, Version.body).join(Version, newest_version())
    return query.where(Record.kind == kind) if kind else query


def amendments_open(
    session: Session, actor: Actor, regions: Sequence[str], most: int
) -> Iterator[tuple[Record, bytes, Amendment]]:
    """Amendments that *actor* may decide now, the longest waiting first, each with what it is to change."""
    led = [region_id for region_id in regions if may_somewhere(actor, "group.lead", region_id)]
    if not led:
        return
    query = select(Record, Version.body, Amendment).join(Record, joined(Amendment)).join(Version, newest_version())
    waiting = query.where(Amendment.region_id.in_(led), Amendment.state == "open", Record.state != "erased")
    for found, body, amendment in session.execute(waiting.order_by(Amendment.at).limit(most)):
        if status_of(found).state == "discussed":
            yield found, body, amendment


def actions_due(session: Session, actor: Actor, today: Mapping[str, date], most: int) -> Sequence[Action]:
    """Actions that *actor* answers for and whose day has come or is near: who leads for all, others for their own.

    *today*: the day that it is in each region that *actor* works in.
    """
    near = {region_id: _due_in(region_id, day) for region_id, day in today.items()}
    mine = [due for region_id, due in near.items() if may_somewhere(actor, "group.lead", region_id)]
    mine += [
        and_(near[one.region_id], Action.stakeholder_id == one.stakeholder_id)
        for one in actor.counting
        if one.role == "representative" and one.stakeholder_id and one.region_id in near
    ]
    query = (
        select(Action, Record)
        .join(Record, joined(Action))
        .where(or_(false(), *mine), Action.progress.not_in(ENDED), Record.state != "erased")
    )
    found = session.execute(query.order_by(Action.due_on, Action.record_id, Action.number)) if mine else ()
    # While an improvement is looked at anew, nothing that was to follow from it is done.
    return [*islice((action for action, record in found if status_of(record).state == "adopted"), most)]


def _due_in(region_id: str, today: date) -> ColumnElement[bool]:
    return and_(Action.region_id == region_id, Action.due_on <= (today + SOON).isoformat())
