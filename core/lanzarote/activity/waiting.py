"""What waits for a person, what changed since they were last here, what is due: read at once, however much it is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from lanzarote.accounts.model import Account
from lanzarote.changes import Audit
from lanzarote.evaluation import counting
from lanzarote.evaluation.model import INDICATOR
from lanzarote.improvements import service as improvements
from lanzarote.improvements.due import actions_due, amendments_open
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.improvements.positions_waiting import waiting_for
from lanzarote.permissions import OF_INSTANCE, allowed, may_somewhere
from lanzarote.practices import assessing
from lanzarote.practices.form_judging import Typed
from lanzarote.practices.model import KIND
from lanzarote.practices.review_model import Assessment, Round
from lanzarote.practices.work import Told, Unsaved, Work
from lanzarote.procedures import service as procedures
from lanzarote.records import Involved, Record, Version, decode
from lanzarote.stakeholders import contacts as desks
from lanzarote.stakeholders.model import KIND as STAKEHOLDER
from lanzarote.tasks import Task
from lanzarote.types import Indicator, Organisation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, ScalarSelect, Select
    from sqlalchemy.orm import Session

    from lanzarote.permissions import Actor

What = Literal[
    "endorse",
    "decide",
    "submitted",
    "entry",
    "assess",
    "returned",
    "entry-returned",
    "unsaved",
    "discussed",
    "task",
    "meeting",
    "meeting-answer",
    "minutes",
    "published",
    "withdrawn",
    "due",
    "contacts",
    "values",
    "idle",
    "note",
    "take-part",
    "position",
    "decide-improvement",
    "amendment",
    "action",
]
WAITS: Final[tuple[What, ...]] = (
    "take-part",
    "position",
    "decide-improvement",
    "endorse",
    "assess",
    "decide",
    "submitted",
    "entry",
    "meeting-answer",
    "minutes",
    "returned",
    "entry-returned",
    "unsaved",
    "discussed",
    "amendment",
    "task",
)
CHANGED: Final[tuple[What, ...]] = ("published", "withdrawn")
DUE: Final[tuple[What, ...]] = ("meeting", "action", "due", "contacts", "values", "idle", "note")
IDLE: Final = timedelta(days=60)
MOST: Final = 100
"""Of each kind; more than that nobody reads at once."""


class Item(Struct, frozen=True, kw_only=True):
    """One thing on the start page."""

    what: What
    region_id: str
    id: str
    """Of the record, or of the task."""
    at: datetime
    titles: Mapping[str, str] = {}
    original: str = ""
    slug: str = ""
    note: str = ""
    """Why it was given back; what a task is about; key of a noted entry."""
    due_on: date | None = None


class _Title(Struct):
    title: str | None = None


class _Titled(Struct):
    original: str
    text: dict[str, _Title] = {}


_titled = msgspec.json.Decoder(_Titled)


def regions_of(actor: Actor, served: Sequence[str]) -> list[str]:
    """The regions that *actor* works in."""
    return sorted({grant.region_id for grant in actor.counting if grant.role not in OF_INSTANCE} & {*served})


def last_here(session: Session, actor: Actor) -> datetime | None:
    """When *actor* signed in the time before this one."""
    return session.scalar(select(Account.before_at).where(Account.id == actor.account_id))


def waiting(
    session: Session,
    actor: Actor,
    regions: Sequence[str],
    *,
    since: datetime | None,
    at: datetime,
) -> list[Item]:
    """What the database knows for the start page of *actor*, who works in *regions*."""
    return [
        *_of_the_group(session, actor, regions, at.date()),
        *_to_endorse(session, actor),
        *_to_assess(session, actor),
        *_to_decide(session, actor),
        *_submitted(session, actor),
        *_entries(session, actor),
        *_returned(session, actor),
        *_contacts(session, actor, at.date()),
        *_values(session, actor, at.date()),
        *_unsaved(session, actor),
        *_discussed(session, actor),
        *_tasks(session, actor, regions),
        *_group(session, actor, regions, at.date()),
        *_changed(session, actor, since),
        *_idle(session, actor, at - IDLE),
    ]


def _of_the_group(session: Session, actor: Actor, regions: Sequence[str], today: date) -> Iterator[Item]:
    """What a representative's body is asked, and what a coordinator may let the group decide."""
    bodies = {
        one.region_id: one.stakeholder_id
        for one in actor.counting
        if one.role == "representative" and one.stakeholder_id and one.region_id in regions
    }
    bodies = {region_id: one for region_id, one in bodies.items() if may_somewhere(actor, "group.speak", region_id)}
    led = frozenset(region_id for region_id in regions if may_somewhere(actor, "group.lead", region_id))
    for one in waiting_for(session, bodies, led, today):
        if one.what == "take-part":
            yield _entry(one.what, one.record, one.body, at=one.record.updated_at)
        else:
            yield _item(one.what, one.record, one.body, at=one.record.updated_at, due_on=one.until)


def _to_endorse(session: Session, actor: Actor) -> Iterator[Item]:
    """Procedures that an organisation is asked to endorse for which *actor* speaks."""
    spoken_for = {one.stakeholder_id for one in actor.counting if one.role == "representative" and one.stakeholder_id}
    if spoken_for:
        for record, body in procedures.waiting_for(session, spoken_for)[:MOST]:
            yield _item("endorse", record, body, at=record.updated_at)


def _to_assess(session: Session, actor: Actor) -> Iterator[Item]:
    asked = and_(Assessment.region_id == Record.region_id, Assessment.record_id == Record.id)
    query = (
        select(Record, Version.body, Assessment.asked_at)
        .join(Version, _newest_version())
        .join(Assessment, asked)
        .where(Assessment.account_id == actor.account_id, Assessment.given_at.is_(None), Record.stage == "assessing")
        .where(Assessment.round == _newest_round())
    )
    for record, body, asked_at in session.execute(query.order_by(Assessment.asked_at).limit(MOST)):
        yield _item("assess", record, body, at=asked_at)


def _to_decide(session: Session, actor: Actor) -> Iterator[Item]:
    """Assessments that are open to the team, but for who is still to answer themselves."""
    query = (
        select(Record, Version.body, Round)
        .join(Version, _newest_version())
        .join(Round, and_(Round.region_id == Record.region_id, Round.record_id == Record.id))
        .where(allowed(actor, "practice.decide"), Record.kind == KIND, Record.stage == "assessing")
        .where(Round.number == _newest_round())
    )
    found = session.execute(query.order_by(Record.updated_at).limit(MOST)).all()
    asked = select(Assessment).where(Assessment.record_id.in_([record.id for record, _, _ in found]))
    rows: dict[tuple[str, str, int], list[Assessment]] = {}
    for row in session.scalars(asked):
        rows.setdefault((row.region_id, row.record_id, row.round), []).append(row)
    for record, body, current in found:
        asked_now = rows.get((record.region_id, record.id, current.number), [])
        own = any(row.account_id == actor.account_id and not row.given_at for row in asked_now)
        if not own and assessing.is_open(current.asks(), asked_now):
            yield _item("decide", record, body, at=record.updated_at)


def _submitted(session: Session, actor: Actor) -> Iterator[Item]:
    query = _practices().where(allowed(actor, "practice.publish"), Record.stage == "submitted")
    for record, body in session.execute(query.order_by(Record.updated_at).limit(MOST)):
        yield _item("submitted", record, body, at=record.updated_at)


def _entries(session: Session, actor: Actor) -> Iterator[Item]:
    """Entries of the directory that somebody else submitted, and those that were given back to *actor*."""
    mine = and_(_wrote(actor), Record.stage == "writing")
    query = (
        select(Record, Version.body, Work.told)
        .join(Version, _newest_version())
        .outerjoin(Work, and_(Work.region_id == Record.region_id, Work.record_id == Record.id))
        .where(Record.kind == STAKEHOLDER)
        .where(or_(and_(allowed(actor, "stakeholder.publish"), Record.stage == "submitted"), mine))
    )
    for record, body, told in session.execute(query.order_by(Record.updated_at).limit(MOST)):
        returned = msgspec.json.decode(told, type=Told).returned if told else ()
        if record.stage == "submitted":
            yield _entry("entry", record, body, at=record.updated_at)
        elif returned:
            yield _entry("entry-returned", record, body, at=returned[-1].at, note=returned[-1].text)


def _contacts(session: Session, actor: Actor, today: date) -> Iterator[Item]:
    """Entries with a contact that somebody has to look at again, the longest due first."""
    due = desks.due(session, today)
    if not due:
        return
    query = select(Record, Version.body).join(Version, _newest_version())
    ids = [record_id for _, record_id in due]
    rows = session.execute(query.where(Record.id.in_(ids), allowed(actor, "stakeholder.decide"))).all()
    for record, body in sorted(rows, key=lambda row: (due[row[0].region_id, row[0].id], row[0].id))[:MOST]:
        yield _entry("contacts", record, body, at=record.updated_at, due_on=due[record.region_id, record.id])


def _values(session: Session, actor: Actor, today: date) -> Iterator[Item]:
    """Indicators whose last month, quarter or year is over and has no value."""
    query = select(Record, Version.body).join(Version, _newest_version())
    kept = and_(Record.kind == INDICATOR, Record.state.in_(("draft", "published")), allowed(actor, "group.write"))
    found = session.execute(query.where(kept).order_by(Record.created_at, Record.id)).all()
    rows = counting.values_of(session, [record.id for record, _ in found]) if found else {}
    for record, body in found:
        if counting.due(decode(body, Indicator), rows.get(record.id, ()), today):
            yield _item("values", record, body, at=record.updated_at)


def _entry(
    what: What, record: Record, body: bytes, *, at: datetime, note: str = "", due_on: date | None = None
) -> Item:
    return Item(
        what=what,
        region_id=record.region_id,
        id=record.id,
        at=at,
        titles=decode(body, Organisation).name,
        slug=record.slug,
        note=note,
        due_on=due_on,
    )


def _returned(session: Session, actor: Actor) -> Iterator[Item]:
    query = (
        select(Record, Version.body, Work.told)
        .join(Version, _newest_version())
        .join(Work, and_(Work.region_id == Record.region_id, Work.record_id == Record.id))
        .where(_wrote(actor), Record.kind == KIND, Record.stage == "writing")
    )
    for record, body, told in session.execute(query.order_by(Record.updated_at.desc()).limit(MOST)):
        if returned := msgspec.json.decode(told, type=Told).returned:
            yield _item("returned", record, body, at=returned[-1].at, note=returned[-1].text)


def _unsaved(session: Session, actor: Actor) -> Iterator[Item]:
    own = and_(Record.region_id == Unsaved.region_id, Record.id == Unsaved.record_id)
    query = (
        select(Unsaved, Record, Version.body)
        .outerjoin(Record, own)
        .outerjoin(Version, _newest_version())
        .where(Unsaved.account_id == actor.account_id)
    )
    for row, record, body in session.execute(query.order_by(Unsaved.saved_at.desc()).limit(MOST)):
        if record is not None:
            yield _item("unsaved", record, body or b"", at=row.saved_at)
        else:
            typed = msgspec.json.decode(row.body, type=Typed).entered
            titles = {one: title for one in typed.languages if (title := typed.one(f"text.{one}.title"))}
            yield Item(
                what="unsaved",
                region_id=row.region_id,
                id=row.record_id,
                at=row.saved_at,
                titles=titles,
                original=typed.original if typed.original in titles else next(iter(titles), ""),
            )


def _discussed(session: Session, actor: Actor) -> Iterator[Item]:
    """Improvements that the group talks about or is asked for positions on, the last changed first."""
    states = improvements.states_of(session, IMPROVEMENT, by=actor)
    ids = [record_id for record_id, state in states if state in ("discussed", "called")][:MOST]
    if not ids:
        return
    query = select(Record, Version.body).join(Version, _newest_version()).where(Record.id.in_(ids))
    for record, body in session.execute(query.order_by(Record.updated_at.desc(), Record.id)):
        yield _item("discussed", record, body, at=record.updated_at)


def _tasks(session: Session, actor: Actor, regions: Sequence[str]) -> Iterator[Item]:
    seen = [region_id for region_id in regions if may_somewhere(actor, "task.read", region_id)]
    joined = and_(Record.region_id == Task.region_id, Record.id == Task.record_id)
    query = (
        select(Task, Record, Version.body)
        .outerjoin(Record, joined)
        .outerjoin(Version, _newest_version())
        .where(Task.region_id.in_(seen), Task.done_at.is_(None))
    )
    for task, record, body in session.execute(query.order_by(Task.opened_at).limit(MOST)):
        titles, original = titles_of(body or b"") if record is not None and record.kind == KIND else ({}, "")
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


def _group(session: Session, actor: Actor, regions: Sequence[str], today: date) -> Iterator[Item]:
    """What the group's improvements ask of *actor*."""
    for record, body, amendment in amendments_open(session, actor, regions, MOST):
        item = _item("amendment", record, body, at=amendment.at)
        yield msgspec.structs.replace(item, id=f"{record.id}/{amendment.number}")
    for one in actions_due(session, actor, regions, today, MOST):
        yield Item(
            what="action",
            region_id=one.region_id,
            id=f"{one.record_id}/{one.number}",
            at=datetime.combine(one.day, time(), UTC),
            titles={one.language: one.what},
            original=one.language,
            due_on=one.day,
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
        .join(Version, and_(_version_of(), Version.number == Audit.version))
        .where(Record.state.in_(("published", "withdrawn")))
    )
    for verb, at, record, body in session.execute(query.order_by(Audit.at.desc()).limit(MOST)):
        yield _item("published" if verb == "publish" else "withdrawn", record, body, at=at)


def _idle(session: Session, actor: Actor, before: datetime) -> Iterator[Item]:
    """Drafts nobody touched for long: one's own, for coordinators all; not those that a package ships."""
    mine = or_(_wrote(actor), allowed(actor, "practice.withdraw"))
    written = or_(Record.key.is_(None), Record.version > 1)
    query = _practices().where(mine, written, Record.stage == "writing", Record.updated_at < before)
    for record, body in session.execute(query.order_by(Record.updated_at).limit(MOST)):
        yield _item("idle", record, body, at=record.updated_at)


def titles_of(body: bytes) -> tuple[dict[str, str], str]:
    """Language → title, and the original language, of a practice that may lack both."""
    if not body:
        return {}, ""
    read = _titled.decode(body)
    return {lang: texts.title for lang, texts in read.text.items() if texts.title}, read.original


def _item(what: What, record: Record, body: bytes, *, at: datetime, note: str = "", due_on: date | None = None) -> Item:
    titles, original = titles_of(body)
    return Item(
        what=what,
        region_id=record.region_id,
        id=record.id,
        at=at,
        titles=titles,
        original=original,
        slug=record.slug,
        note=note,
        due_on=due_on,
    )


def _practices() -> Select[Record, bytes]:
    return select(Record, Version.body).join(Version, _newest_version()).where(Record.kind == KIND)


def _version_of() -> ColumnElement[bool]:
    return and_(Version.region_id == Record.region_id, Version.record_id == Record.id)


def _newest_version() -> ColumnElement[bool]:
    return and_(_version_of(), Version.number == Record.version)


def _newest_round() -> ScalarSelect[int]:
    later = aliased(Round)
    own = (later.region_id == Record.region_id) & (later.record_id == Record.id)
    return select(func.max(later.number)).where(own).correlate(Record).scalar_subquery()


def _wrote(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        Involved.region_id == Record.region_id,
        Involved.record_id == Record.id,
        Involved.account_id == actor.account_id,
        Involved.part == "author",
    )
