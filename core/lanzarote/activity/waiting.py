"""What waits for a person, what changed since they were last here, what is due: read at once, however much it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from lanzarote.accounts.model import Account
from lanzarote.activity.group_waiting import of_the_group
from lanzarote.activity.waiting_items import MOST, Item, entry_of, item_of, newest_version, titles_of, version_of, wrote
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.kinds.entered import Typed
from lanzarote.practices import assessing
from lanzarote.practices.model import KIND
from lanzarote.practices.review_model import Assessment, Round
from lanzarote.practices.work import Told, Unsaved, Work
from lanzarote.records.changelog import Audit
from lanzarote.records.permissions import OF_INSTANCE, allowed, may_somewhere
from lanzarote.records.records import Record, Version, decode
from lanzarote.records.tasks import Task
from lanzarote.stakeholders import contacts as desks
from lanzarote.types import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ScalarSelect, Select
    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor

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
            yield item_of("decide", record, body, at=record.updated_at)
        elif not asked_now:
            yield item_of("nobody-asked", record, body, at=record.updated_at)


def _submitted(session: Session, actor: Actor) -> Iterator[Item]:
    query = _practices().where(allowed(actor, "practice.publish"), Record.stage == "submitted")
    for record, body in session.execute(query.order_by(Record.updated_at).limit(MOST)):
        yield item_of("submitted", record, body, at=record.updated_at)


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
        returned = msgspec.json.decode(told, type=Told).returned if told else ()
        if record.stage == "submitted":
            yield entry_of("entry", record, body, at=record.updated_at)
        elif returned:
            yield entry_of("entry-returned", record, body, at=returned[-1].at, note=returned[-1].text)
        else:
            yield entry_of("entry-draft", record, body, at=record.updated_at)


def _contacts(session: Session, actor: Actor, today: Mapping[str, date]) -> Iterator[Item]:
    """Entries with a contact that somebody has to look at again, the longest due first."""
    due = desks.due(session, today)
    if not due:
        return
    query = select(Record, Version.body).join(Version, newest_version())
    ids = [record_id for _, record_id in due]
    rows = session.execute(query.where(Record.id.in_(ids), allowed(actor, "stakeholder.decide"))).all()
    for record, body in sorted(rows, key=lambda row: (due[row[0].region_id, row[0].id], row[0].id))[:MOST]:
        yield entry_of("contacts", record, body, at=record.updated_at, due_on=due[record.region_id, record.id])


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
        if returned := msgspec.json.decode(told, type=Told).returned if told else ():
            yield item_of("returned", record, body, at=returned[-1].at, note=returned[-1].text)
        elif not unsaved and record.updated_at >= idle:
            yield item_of("draft", record, body, at=record.updated_at)


def _unsaved(session: Session, actor: Actor) -> Iterator[Item]:
    own = and_(Record.region_id == Unsaved.region_id, Record.id == Unsaved.record_id)
    query = (
        select(Unsaved, Record, Version.body)
        .outerjoin(Record, own)
        .outerjoin(Version, newest_version())
        .where(Unsaved.account_id == actor.account_id)
    )
    for row, record, body in session.execute(query.order_by(Unsaved.saved_at.desc()).limit(MOST)):
        typed = msgspec.json.decode(row.body, type=Typed)
        if record is not None and typed.room == "practices":
            yield item_of("unsaved", record, body or b"", at=row.saved_at)
            continue
        entered, titles = typed.entered, typed.entered.titles
        yield Item(
            what="unsaved",
            region_id=row.region_id,
            id=row.record_id,
            at=row.saved_at,
            titles=titles,
            original=entered.original if entered.original in titles else next(iter(titles), ""),
            room=typed.room,
            form=typed.form,
        )


def _tasks(session: Session, actor: Actor, regions: Sequence[str]) -> Iterator[Item]:
    seen = [region_id for region_id in regions if may_somewhere(actor, "task.read", region_id)]
    joined = and_(Record.region_id == Task.region_id, Record.id == Task.record_id)
    query = (
        select(Task, Record, Version.body)
        .outerjoin(Record, joined)
        .outerjoin(Version, newest_version())
        .where(Task.region_id.in_(seen), Task.done_at.is_(None))
    )
    for task, record, body in session.execute(query.order_by(Task.opened_at).limit(MOST)):
        titles, original = titles_of(body or b"") if record is not None and record.kind != STAKEHOLDER else ({}, "")
        if record is not None and record.kind == STAKEHOLDER and body:
            titles = dict(decode(body, Organisation).name)
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
        .join(Record, and_(Record.region_id == Audit.region_id, Record.id == Audit.record_id))
        .join(Version, and_(version_of(), Version.number == Audit.version))
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
        yield item_of("idle", record, body, at=record.updated_at)


def _practices() -> Select[Record, bytes]:
    return select(Record, Version.body).join(Version, newest_version()).where(Record.kind == KIND)


def _newest_round() -> ScalarSelect[int]:
    later = aliased(Round)
    own = (later.region_id == Record.region_id) & (later.record_id == Record.id)
    return select(func.max(later.number)).where(own).correlate(Record).scalar_subquery()
