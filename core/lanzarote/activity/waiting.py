"""What waits for a person, what changed since they were last here, what is due: read at once, however much it is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from lanzarote.accounts.model import Account
from lanzarote.activity.waiting_items import (
    MOST,
    Item,
    item_of,
    of_the_pilot,
    titles_in,
    wrote,
)
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.improvements import service as improvements
from lanzarote.improvements.model import FINDING, IMPROVEMENT, Action
from lanzarote.improvements.waiting import actions_due, amendments_open, waiting_for
from lanzarote.kinds.entered import Typed
from lanzarote.kinds.kind import written as written_by
from lanzarote.practices import assessing, holders
from lanzarote.practices.model import KIND
from lanzarote.practices.review_model import Assessment, Round
from lanzarote.procedures import service as procedures
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records.changelog import Audit
from lanzarote.records.drafts import Told, Unsaved, Work
from lanzarote.records.kinds import kinds_of
from lanzarote.records.permissions import OF_INSTANCE, allowed, may_somewhere
from lanzarote.records.records import Record, Version, body_of
from lanzarote.records.tables import joined, newest_version
from lanzarote.records.tasks import Task
from lanzarote.runtime.reading import decoded
from lanzarote.stakeholders import contacts as desks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, ScalarSelect, Select
    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor


# --- What a group asks of a person: to take part, to say what their body thinks, to endorse, to share, to act ---


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
        yield item_of(one.what, one.record, one.body, due_on=one.until)


def _to_endorse(session: Session, actor: Actor) -> Iterator[Item]:
    """Procedures that an organisation is asked to endorse for which *actor* speaks."""
    spoken_for = {one.stakeholder_id for one in actor.counting if one.role == "representative" and one.stakeholder_id}
    if spoken_for:
        for record, body in procedures.waiting_for(session, spoken_for)[:MOST]:
            yield item_of("endorse", record, body)


def _unsigned(session: Session, actor: Actor) -> Iterator[Item]:
    """Procedures that not all of their organisations have endorsed, for who leads the group."""
    query = select(Record, Version.body).join(Version, newest_version())
    proposed = and_(Record.kind == PROCEDURE, Record.stage == "submitted", allowed(actor, "group.lead"))
    for record, body in session.execute(query.where(proposed).order_by(Record.updated_at).limit(MOST)):
        yield item_of("unsigned", record, body)


def _talked_about(session: Session, actor: Actor) -> Iterator[Item]:
    """Improvements that the group talks about, and, for who leads it, those that are adopted and have no action.

    The last changed come first; whose position is asked reads it as such.
    """
    states = dict(improvements.states_of(session, IMPROVEMENT, by=actor))
    planned = exists().where(Action.region_id == Record.region_id, Action.record_id == Record.id)
    kinds: tuple[tuple[str, str, ColumnElement[bool]], ...] = (
        ("discussed", "discussed", true()),
        ("unplanned", "adopted", and_(~planned, allowed(actor, "group.lead"))),
    )
    for what, state, shown in kinds:
        if ids := [record_id for record_id, one in states.items() if one == state]:
            query = select(Record, Version.body).join(Version, newest_version()).where(Record.id.in_(ids), shown)
            for record, body in session.execute(query.order_by(Record.updated_at.desc(), Record.id).limit(MOST)):
                yield item_of(what, record, body)


def _unshared(session: Session, actor: Actor) -> Iterator[Item]:
    """Findings that the group does not read yet: all for who leads it, others' own."""
    if ids := [record_id for record_id, one in improvements.states_of(session, FINDING, by=actor) if one == "draft"]:
        query = select(Record, Version.body).join(Version, newest_version()).where(Record.id.in_(ids))
        for record, body in session.execute(query.order_by(Record.updated_at.desc(), Record.id).limit(MOST)):
            leads = may_somewhere(actor, "group.lead", record.region_id)
            yield item_of("finding" if leads else "finding-draft", record, body)


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


# --- waiting ---
# What waits for a person, what changed since they were last here, what is due: read at once, however much it is.

IDLE: Final = timedelta(days=60)


def regions_of(actor: Actor, served: Sequence[str]) -> list[str]:
    """The regions that *actor* works in."""
    return sorted({grant.region_id for grant in actor.counting if grant.role not in OF_INSTANCE} & {*served})


def last_here(session: Session, actor: Actor) -> datetime | None:
    """When *actor* signed in the time before this one."""
    return session.scalar(select(Account.before_at).where(Account.id == actor.account_id))


def waiting(
    session: Session,
    actor: Actor,
    today: Mapping[str, date],
    *,
    since: datetime | None,
    at: datetime,
) -> list[Item]:
    """What the database knows for the start page of *actor*; *today*: the day in each region they work in.

    What *actor* may do nowhere is not asked.
    """
    return [
        *of_the_group(session, actor, today),
        *_to_assess(session, actor),
        *(_to_decide(session, actor) if actor.regions("practice.decide") else ()),
        *(_submitted(session, actor) if actor.regions("practice.publish") else ()),
        *_entries(session, actor),
        *_own(session, actor, at - IDLE),
        *(_contacts(session, actor, today) if actor.regions("stakeholder.decide") else ()),
        *_unsaved(session, actor),
        *_tasks(session, actor, tuple(today)),
        *_changed(session, actor, since),
        *_idle(session, actor, at - IDLE),
    ]


def _to_assess(session: Session, actor: Actor) -> Iterator[Item]:
    asked = and_(Assessment.region_id == Record.region_id, Assessment.record_id == Record.id)
    query = (
        select(Record, Version.body, Assessment.asked_at)
        .join(Version, newest_version())
        .join(Assessment, asked)
        .where(Assessment.account_id == actor.account_id, Assessment.given_at.is_(None), Record.stage == "assessing")
        .where(Assessment.round == _newest_round())
    )
    for record, body, asked_at in session.execute(query.order_by(Assessment.asked_at).limit(MOST)):
        yield item_of("assess", record, body, at=asked_at)


def _to_decide(session: Session, actor: Actor) -> Iterator[Item]:
    """Assessments that are open to the team, but for who is still to answer themselves; those that nobody makes."""
    query = (
        select(Record, Version.body, Round)
        .join(Version, newest_version())
        .join(Round, and_(Round.region_id == Record.region_id, Round.record_id == Record.id))
        .where(allowed(actor, "practice.decide"), Record.kind == KIND, Record.stage == "assessing")
        .where(Round.number == _newest_round())
    )
    found = session.execute(query.order_by(Record.updated_at).limit(MOST)).all()
    if not found:
        return
    asked = select(Assessment).where(Assessment.record_id.in_([record.id for record, _, _ in found]))
    rows: dict[tuple[str, str, int], list[Assessment]] = {}
    for row in session.scalars(asked):
        rows.setdefault((row.region_id, row.record_id, row.round), []).append(row)
    for record, body, current in found:
        asked_now = rows.get((record.region_id, record.id, current.number), [])
        own = any(row.account_id == actor.account_id and not row.given_at for row in asked_now)
        if not own and assessing.is_open(current.asks(), asked_now):
            yield item_of("decide", record, body)
        elif not asked_now:
            yield item_of("nobody-asked", record, body)


def _submitted(session: Session, actor: Actor) -> Iterator[Item]:
    query = _practices().where(allowed(actor, "practice.publish"), Record.stage == "submitted")
    for record, body in session.execute(query.order_by(Record.updated_at).limit(MOST)):
        yield item_of("submitted", record, body)


def _entries(session: Session, actor: Actor) -> Iterator[Item]:
    """Entries of the directory that somebody else submitted, and those that *actor* writes."""
    mine = and_(wrote(actor), Record.stage == "writing")
    query = (
        select(Record, Version.body, Work.told)
        .join(Version, newest_version())
        .outerjoin(Work, and_(Work.region_id == Record.region_id, Work.record_id == Record.id))
        .where(Record.kind == STAKEHOLDER)
        .where(or_(and_(allowed(actor, "stakeholder.publish"), Record.stage == "submitted"), mine))
    )
    for record, body, told in session.execute(query.order_by(Record.updated_at).limit(MOST)):
        returned = decoded(told, Told).returned if told else ()
        if record.stage == "submitted":
            yield item_of("entry", record, body)
        elif returned:
            yield item_of("entry-returned", record, body, at=returned[-1].at, note=returned[-1].text)
        else:
            yield item_of("entry-draft", record, body)


def _contacts(session: Session, actor: Actor, today: Mapping[str, date]) -> Iterator[Item]:
    """Entries with a contact that somebody has to look at again, the longest due first."""
    due = desks.due(session, today)
    if not due:
        return
    query = select(Record, Version.body).join(Version, newest_version())
    ids = [record_id for _, record_id in due]
    rows = session.execute(query.where(Record.id.in_(ids), allowed(actor, "stakeholder.decide"))).all()
    for record, body in sorted(rows, key=lambda row: (due[row[0].region_id, row[0].id], row[0].id))[:MOST]:
        yield item_of("contacts", record, body, due_on=due[record.region_id, record.id])


def _own(session: Session, actor: Actor, idle: datetime) -> Iterator[Item]:
    """What *actor* writes: given back, or saved since *idle* and not submitted."""
    typed = exists().where(
        Unsaved.region_id == Record.region_id,
        Unsaved.record_id == Record.id,
        Unsaved.account_id == actor.account_id,
    )
    query = (
        select(Record, Version.body, Work.told, typed)
        .join(Version, newest_version())
        .outerjoin(Work, and_(Work.region_id == Record.region_id, Work.record_id == Record.id))
        .where(wrote(actor), Record.kind == KIND, Record.stage == "writing")
    )
    for record, body, told, unsaved in session.execute(query.order_by(Record.updated_at.desc()).limit(MOST)):
        if returned := decoded(told, Told).returned if told else ():
            yield item_of("returned", record, body, at=returned[-1].at, note=returned[-1].text)
        elif not unsaved and record.updated_at >= idle:
            yield item_of("draft", record, body)


def _unsaved(session: Session, actor: Actor) -> Iterator[Item]:
    labels = _labels(session)
    query = (
        select(Unsaved, Version.body)
        .outerjoin(Record, joined(Unsaved))
        .outerjoin(Version, newest_version())
        .where(Unsaved.account_id == actor.account_id)
    )
    for row, body in session.execute(query.order_by(Unsaved.saved_at.desc()).limit(MOST)):
        typed = decoded(row.body, Typed)
        about: dict[str, Any] = {
            "room": typed.room,
            "form": typed.form,
            "place": typed.place,
            "note": typed.label or labels.get((typed.room, typed.form), ""),
        }
        entered = typed.entered
        original, titles = titles_in(body or b"")
        if entered.titles:
            titles = entered.titles
            original = entered.original if entered.original in titles else next(iter(titles))
        yield Item(
            what="unsaved",
            region_id=row.region_id,
            id=row.record_id,
            at=row.saved_at,
            titles=titles,
            original=original,
            **about,
        )


def _labels(session: Session) -> dict[tuple[str, str], str]:
    """Room and form → what its step is called, where that is not the first form."""
    kinds = [kind for record in kinds_of(session).values() if (kind := written_by(record))]
    return {(kind.room, one.name): one.label for kind in kinds for one in kind.steps if one not in kind.forms[:1]}


def _tasks(session: Session, actor: Actor, regions: Sequence[str]) -> Iterator[Item]:
    seen = [region_id for region_id in regions if may_somewhere(actor, "task.read", region_id)]
    query = (
        select(Task, Record, Version.body)
        .outerjoin(Record, joined(Task))
        .outerjoin(Version, newest_version())
        .where(Task.region_id.in_(seen), Task.done_at.is_(None))
    )
    for task, record, body in session.execute(query.order_by(Task.opened_at).limit(MOST)):
        original, titles = titles_in(body or b"")
        yield Item(
            what="task",
            region_id=task.region_id,
            id=task.id,
            at=task.opened_at,
            titles=titles,
            original=original,
            slug=record.slug if record is not None else "",
            note=task.kind,
        )


def _changed(session: Session, actor: Actor, since: datetime | None) -> Iterator[Item]:
    """What others published or withdrew; of each practice the last only."""
    if since is None:
        return
    last = (
        select(Audit.region_id, Audit.record_id, func.max(Audit.seq).label("seq"))
        .where(Audit.kind == KIND, Audit.verb.in_(("publish", "withdraw")), Audit.at > since)
        .where(Audit.actor != actor.account_id)
        .group_by(Audit.region_id, Audit.record_id)
        .subquery()
    )
    query = (
        select(Audit.verb, Audit.at, Record, Version.body)
        .join(last, and_(Audit.region_id == last.c.region_id, Audit.seq == last.c.seq))
        .join(Record, joined(Audit))
        .join(Version, joined(Version) & (Version.number == Audit.version))
        .where(Record.state.in_(("published", "withdrawn")))
    )
    for verb, at, record, body in session.execute(query.order_by(Audit.at.desc()).limit(MOST)):
        yield item_of("published" if verb == "publish" else "withdrawn", record, body, at=at)


def _idle(session: Session, actor: Actor, before: datetime) -> Iterator[Item]:
    """Drafts nobody touched for long: one's own, for coordinators all; not those that a package ships."""
    mine = or_(wrote(actor), allowed(actor, "practice.withdraw"))
    written = or_(Record.key.is_(None), Record.version > 1)
    query = _practices().where(mine, written, Record.stage == "writing", Record.updated_at < before)
    for record, body in session.execute(query.order_by(Record.updated_at).limit(MOST)):
        yield item_of("idle", record, body)


def _practices() -> Select[Record, bytes]:
    return select(Record, Version.body).join(Version, newest_version()).where(Record.kind == KIND)


def _newest_round() -> ScalarSelect[int]:
    later = aliased(Round)
    own = (later.region_id == Record.region_id) & (later.record_id == Record.id)
    return select(func.max(later.number)).where(own).correlate(Record).scalar_subquery()
