"""What of the group's work waits for a person or is due: amendments to be decided, actions to be done."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import and_, false, or_, select

from lanzarote.improvements import talk
from lanzarote.improvements.actions_model import ENDED, SOON, Action
from lanzarote.improvements.amendments_model import Amendment
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.records import Record, Version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor


def amendments_open(
    session: Session, actor: Actor, regions: Sequence[str], most: int
) -> Iterator[tuple[Record, bytes, Amendment]]:
    """Amendments that *actor* may decide now, the longest waiting first, each with what it is to change."""
    led = [region_id for region_id in regions if may_somewhere(actor, "group.lead", region_id)]
    if not led:
        return
    record = and_(Record.region_id == Amendment.region_id, Record.id == Amendment.record_id)
    newest = and_(
        Version.region_id == Record.region_id, Version.record_id == Record.id, Version.number == Record.version
    )
    query = select(Record, Version.body, Amendment).join(Record, record).join(Version, newest)
    waiting = query.where(Amendment.region_id.in_(led), Amendment.state == "open", Record.state != "erased")
    for found, body, amendment in session.execute(waiting.order_by(Amendment.at).limit(most)):
        if talk.status_of(found).state == "discussed":
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
    record = and_(Record.region_id == Action.region_id, Record.id == Action.record_id)
    query = (
        select(Action, Record)
        .join(Record, record)
        .where(or_(false(), *mine), Action.progress.not_in(ENDED), Record.state != "erased")
    )
    found = session.execute(query.order_by(Action.due_on, Action.record_id, Action.number)) if mine else ()
    # While an improvement is looked at anew, nothing that was to follow from it is done.
    return [*islice((action for action, record in found if talk.status_of(record).state == "adopted"), most)]


def _due_in(region_id: str, today: date) -> ColumnElement[bool]:
    return and_(Action.region_id == region_id, Action.due_on <= (today + SOON).isoformat())
