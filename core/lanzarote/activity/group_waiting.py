"""What a group asks of a person: to take part, to say what their body thinks, to endorse, to share, to act."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import and_, exists, select, true

from lanzarote.activity.pilot_waiting import of_the_pilot
from lanzarote.activity.waiting_items import MOST, Item, entry_of, item_of, newest_version
from lanzarote.improvements import service as improvements
from lanzarote.improvements.model import FINDING, IMPROVEMENT
from lanzarote.improvements.talk_model import Action
from lanzarote.improvements.waiting import actions_due, amendments_open, waiting_for
from lanzarote.practices import holders
from lanzarote.procedures import service as procedures
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records.permissions import allowed, may_somewhere
from lanzarote.records.records import Record, Version, body_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.activity.waiting_items import What
    from lanzarote.records.permissions import Actor


def of_the_group(session: Session, actor: Actor, today: Mapping[str, date]) -> Iterator[Item]:
    """Everything that the groups of these regions ask of *actor*; *today*: the day that it is in each."""
    yield from _asked(session, actor, today)
    yield from _to_endorse(session, actor)
    if actor.regions("group.lead"):
        yield from _unsigned(session, actor)
    yield from _to_confirm(session, actor, today)
    yield from of_the_pilot(session, actor, today)
    yield from _unshared(session, actor)
    yield from _talked_about(session, actor)
    yield from _improving(session, actor, today)


def _asked(session: Session, actor: Actor, today: Mapping[str, date]) -> Iterator[Item]:
    """What a representative's body is asked, and what a coordinator may let the group decide."""
    bodies = {
        one.region_id: one.stakeholder_id
        for one in actor.counting
        if one.role == "representative" and one.stakeholder_id and one.region_id in today
    }
    bodies = {region_id: one for region_id, one in bodies.items() if may_somewhere(actor, "group.speak", region_id)}
    led = frozenset(region_id for region_id in today if may_somewhere(actor, "group.lead", region_id))
    for one in waiting_for(session, bodies, led, today, reader=actor.account_id):
        if one.what == "take-part":
            yield entry_of(one.what, one.record, one.body, at=one.record.updated_at)
        else:
            yield item_of(one.what, one.record, one.body, at=one.record.updated_at, due_on=one.until)


def _to_endorse(session: Session, actor: Actor) -> Iterator[Item]:
    """Procedures that an organisation is asked to endorse for which *actor* speaks."""
    spoken_for = {one.stakeholder_id for one in actor.counting if one.role == "representative" and one.stakeholder_id}
    if spoken_for:
        for record, body in procedures.waiting_for(session, spoken_for)[:MOST]:
            yield item_of("endorse", record, body, at=record.updated_at)


def _unsigned(session: Session, actor: Actor) -> Iterator[Item]:
    """Procedures that not all of their organisations have endorsed, for who leads the group."""
    query = select(Record, Version.body).join(Version, newest_version())
    proposed = and_(Record.kind == PROCEDURE, Record.stage == "submitted", allowed(actor, "group.lead"))
    for record, body in session.execute(query.where(proposed).order_by(Record.updated_at).limit(MOST)):
        yield item_of("unsigned", record, body, at=record.updated_at)


def _talked_about(session: Session, actor: Actor) -> Iterator[Item]:
    """Improvements that the group talks about, and, for who leads it, those that are adopted and have no action.

    The last changed come first; whose position is asked reads it as such.
    """
    states = dict(improvements.states_of(session, IMPROVEMENT, by=actor))
    planned = exists().where(Action.region_id == Record.region_id, Action.record_id == Record.id)
    kinds: tuple[tuple[What, str, ColumnElement[bool]], ...] = (
        ("discussed", "discussed", true()),
        ("unplanned", "adopted", and_(~planned, allowed(actor, "group.lead"))),
    )
    for what, state, shown in kinds:
        if ids := [record_id for record_id, one in states.items() if one == state]:
            query = select(Record, Version.body).join(Version, newest_version()).where(Record.id.in_(ids), shown)
            for record, body in session.execute(query.order_by(Record.updated_at.desc(), Record.id).limit(MOST)):
                yield item_of(what, record, body, at=record.updated_at)


def _unshared(session: Session, actor: Actor) -> Iterator[Item]:
    """Findings that the group does not read yet: all for who leads it, others' own."""
    if ids := [record_id for record_id, one in improvements.states_of(session, FINDING, by=actor) if one == "draft"]:
        query = select(Record, Version.body).join(Version, newest_version()).where(Record.id.in_(ids))
        for record, body in session.execute(query.order_by(Record.updated_at.desc(), Record.id).limit(MOST)):
            leads = may_somewhere(actor, "group.lead", record.region_id)
            yield item_of("finding" if leads else "finding-draft", record, body, at=record.updated_at)


def _to_confirm(session: Session, actor: Actor, regions: Collection[str]) -> Iterator[Item]:
    """Practices whose description an organisation is asked to confirm for which *actor* speaks."""
    for region_id in regions:
        for one in holders.asked_of(session, region_id, actor)[:MOST]:
            body = body_of(session, one.record, one.row.version)
            yield item_of("holder", one.record, body, at=one.row.at)


def _improving(session: Session, actor: Actor, today: Mapping[str, date]) -> Iterator[Item]:
    """What the group's improvements ask of *actor*."""
    for record, body, amendment in amendments_open(session, actor, tuple(today), MOST):
        item = item_of("amendment", record, body, at=amendment.at)
        yield msgspec.structs.replace(item, id=f"{record.id}/{amendment.number}")
    for one in actions_due(session, actor, today, MOST):
        yield Item(
            what="action",
            region_id=one.region_id,
            id=f"{one.record_id}/{one.number}",
            at=datetime.combine(one.day, time(), UTC),
            titles={one.language: one.what},
            original=one.language,
            due_on=one.day,
        )
