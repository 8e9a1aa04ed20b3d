"""The directory as a region's team keeps it: the list, one entry with all that is known of it, and what can be done."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import and_, false, func, select, true

from lanzarote import guard
from lanzarote.accounts.people import called
from lanzarote.directory.model import KIND
from lanzarote.directory.service import names_of, standing_for
from lanzarote.errors import Gone, NotFound
from lanzarote.kinds.versions import person
from lanzarote.records.drafts import is_as_read
from lanzarote.records.lifecycle import IllegalTransition, next_state
from lanzarote.records.permissions import allowed, may, subject_of
from lanzarote.records.records import Record, Version
from lanzarote.records.tasks import Task
from lanzarote.stakeholders import contacts as desks
from lanzarote.stakeholders import deciding, entries, writing
from lanzarote.stakeholders.team_words import all_said, label_of
from lanzarote.translation import N_
from lanzarote.web.refusals import Remark, remarks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.directory.model import Contact, StakeholderStatus
    from lanzarote.records.permissions import Action, Actor
    from lanzarote.stakeholders.team_words import Said
    from lanzarote.types import Organisation
    from lanzarote.web.site import View

SHOWN: Final = 100
NO_SUCH: Final = N_("There is no such entry here, or you may not read it.")
ERASED: Final = N_("This entry was erased.")
PRACTICE: Final = "practice"
"""Kind of the records that name stakeholders; their room stands above this one."""

FILTERS: Final[Mapping[str, str]] = {
    "all": N_("All"),
    "writing": N_("Being written"),
    "submitted": N_("Submitted"),
    "due": N_("Contacts to be looked at again"),
    "published": N_("Published"),
    "merged": N_("Merged"),
    "withdrawn": N_("Withdrawn"),
    "archived": N_("Archived"),
}
STAGES: Final[Mapping[str, str]] = {"writing": N_("being written"), "submitted": N_("submitted")}
STATES: Final[Mapping[str, str]] = {
    "draft": N_("never published"),
    "published": N_("published"),
    "merged": N_("merged into another entry"),
    "withdrawn": N_("withdrawn"),
    "archived": N_("archived"),
}


class Step(Struct, frozen=True, kw_only=True):
    """Something that can be done with an entry; ``name`` ends the address of its page."""

    name: str
    label: str
    action: Action
    moves: tuple[tuple[str, str], ...]
    """(lifecycle, action) that its state has to allow."""
    main: bool = False
    published: bool = False
    """It takes an entry that the public reads."""
    withdrawn: bool = False
    """It takes one that was withdrawn, and is as the public read it."""


_WRITE: Final = (("record", "write"), ("work", "write"))
_DECIDE: Final = (("record", "write"),)
STEPS: Final = (
    Step(name="edit", label=N_("Edit"), action="stakeholder.write", moves=_WRITE, main=True),
    Step(name="submit", label=N_("Submit"), action="stakeholder.write", moves=(("work", "submit"),), main=True),
    Step(name="publish", label=N_("Publish it"), action="stakeholder.publish", moves=(("work", "publish"),), main=True),
    Step(
        name="publish",
        label=N_("Publish again"),
        action="stakeholder.publish",
        moves=(("record", "publish"),),
        main=True,
        withdrawn=True,
    ),
    Step(
        name="give-back", label=N_("Give it back"), action="stakeholder.publish", moves=(("work", "return"),), main=True
    ),
    Step(name="take-back", label=N_("Take it back"), action="stakeholder.write", moves=(("work", "take-back"),)),
    Step(name="contacts", label=N_("Contacts"), action="stakeholder.write", moves=_WRITE),
    Step(name="relation", label=N_("Relation to the group"), action="stakeholder.decide", moves=_DECIDE),
    Step(
        name="invite",
        label=N_("Invite it to take part"),
        action="stakeholder.decide",
        moves=(("record", "write"), ("relation", "invite")),
    ),
    Step(
        name="discard",
        label=N_("Give up what was changed"),
        action="stakeholder.write",
        moves=(("work", "discard"),),
        published=True,
    ),
    Step(name="rename", label=N_("Change its address"), action="stakeholder.decide", moves=_DECIDE),
    Step(
        name="merge", label=N_("Merge it into another entry"), action="stakeholder.decide", moves=(("record", "merge"),)
    ),
    Step(name="split", label=N_("Make two entries of it"), action="stakeholder.decide", moves=_DECIDE),
    Step(name="part", label=N_("Part it again"), action="stakeholder.decide", moves=(("record", "split"),), main=True),
    Step(name="withdraw", label=N_("Withdraw it"), action="stakeholder.decide", moves=(("record", "withdraw"),)),
    Step(name="archive", label=N_("Archive"), action="stakeholder.decide", moves=(("record", "archive"),)),
    Step(
        name="restore",
        label=N_("Take out of the archive"),
        action="stakeholder.decide",
        moves=(("record", "restore"),),
        main=True,
    ),
    Step(name="erase", label=N_("Erase it"), action="record.erase", moves=(("record", "erase"),)),
)


class Row(Struct, frozen=True, kw_only=True):
    """An entry in the team's list."""

    id: str
    name: Mapping[str, str]
    state: str
    stage: str
    relation: str
    due_on: date | None
    """The day on which one of its contacts was to be looked at, if that has come."""
    updated_at: datetime


class Listed(Struct, frozen=True, kw_only=True):
    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    more: int


class Offered(Struct, frozen=True, kw_only=True):
    """A step that the state allows, for this reader."""

    name: str
    label: str
    main: bool
    why_not: str = ""


class Note(Struct, frozen=True, kw_only=True):
    """Something a person said about it."""

    text: str
    by: str
    at: datetime | None = None
    label: str = ""
    about: str = ""


class Naming(Struct, frozen=True, kw_only=True):
    """A practice that names it."""

    id: str
    title: Mapping[str, str]
    original: str
    public: bool


class Entry(Struct, frozen=True, kw_only=True):
    """What the page of an entry needs."""

    id: str
    slug: str
    version: int
    state: str
    stage: str
    published_version: int | None
    entry: Organisation
    contacts: tuple[Contact, ...]
    said: tuple[Said, ...]
    status: StakeholderStatus
    mark: str
    steps: tuple[Offered, ...]
    submitted_by: str
    returned: tuple[Note, ...]
    reasons: tuple[Note, ...]
    noted: tuple[Remark, ...]
    """What packages say about it; what was let pass, with the reason."""
    replies: tuple[str, ...]
    """Ids of open tasks: what people from outside wrote about it."""
    practices: tuple[Naming, ...]
    into: tuple[str, Mapping[str, str]] | None
    """Id and name of the entry that it was merged into."""
    absorbed: tuple[tuple[str, Mapping[str, str]], ...]
    """Entries that were merged into it."""


def listed(session: Session, *, by: Actor, only: str, page: int, today: Mapping[str, date]) -> Listed:
    """A page of the list, from 0 on, the last changed first; *only*: a key of FILTERS; *today*: by region."""
    due = desks.due(session, today)
    counts = _counts(session, by)
    seen = session.scalars(select(Record.id).where(_seen(by), Record.id.in_([one for _, one in due]))).all()
    counts["due"] = len(seen)
    joined = (
        (Version.region_id == Record.region_id) & (Version.record_id == Record.id) & (Version.number == Record.version)
    )
    query = (
        select(Record, Version.body)
        .join(Version, joined)
        .where(_seen(by), _condition(only, seen))
        .order_by(Record.updated_at.desc(), Record.slug)
        .limit(SHOWN)
        .offset(page * SHOWN)
    )
    rows = tuple(
        Row(
            id=record.id,
            name=entries.read(body).name,
            state=record.state,
            stage=record.stage,
            relation=deciding.status_of(record).relation,
            due_on=due.get((record.region_id, record.id)),
            updated_at=record.updated_at,
        )
        for record, body in session.execute(query)
    )
    return Listed(rows=rows, counts=counts, more=max(0, counts[only] - (page + 1) * SHOWN))


def read_record(view: View, session: Session, record_id: str) -> Record:
    """The entry with this id, if the reader may read it. Raises NotFound, Gone."""
    record = session.get(Record, (view.region_id, record_id))
    if record is None or record.kind != KIND or not may(view.actor, "stakeholder.read", subject_of(session, record)):
        raise NotFound(NO_SUCH)
    if record.state == "erased":
        raise Gone(ERASED)
    return record


def tell(view: View, session: Session, record: Record) -> Entry:
    entry, contacts = writing.entry_of(session, record), writing.contacts_of(session, record)
    told = writing.told_of(session, record)
    wrote = [*(one.by for one in told.returned), *(one.by for one in told.reasons), *(one.by for one in told.overrides)]
    people = called(view, session, [told.submitted_by, *wrote])
    end = standing_for(session, record)
    return Entry(
        id=record.id,
        slug=record.slug,
        version=record.version,
        state=record.state,
        stage=record.stage,
        published_version=record.published_version,
        entry=entry,
        contacts=contacts,
        said=tuple(all_said(view, entry, contacts)),
        status=deciding.status_of(record),
        mark=deciding.mark_of(record),
        steps=offered(view, session, record),
        submitted_by=person(view, people, told.submitted_by) if told.submitted_by else "",
        returned=tuple(
            Note(text=one.text, by=person(view, people, one.by), at=one.at) for one in reversed(told.returned)
        ),
        reasons=tuple(
            Note(
                text=one.text,
                by=person(view, people, one.by),
                label=label_of(view, one.field),
                about=guard.explain(one.code, view.translator) if one.code in guard.REASONS else "",
            )
            for one in told.reasons
        ),
        noted=tuple(
            remarks(
                view,
                told,
                label=lambda field: label_of(view, field),
                person=lambda one: person(view, people, one),
            )
        ),
        replies=_replies(session, record) if view.may("task.read") else (),
        practices=_naming(session, record),
        into=(end.id, writing.entry_of(session, end).name) if end.id != record.id and end.state != "erased" else None,
        absorbed=_absorbed(session, record),
    )


def offered(view: View, session: Session, record: Record) -> tuple[Offered, ...]:
    """Every step that the state of *record* allows, and whether the reader may take it."""
    subject = subject_of(session, record)
    found = []
    for step in STEPS:
        if (step.published and not record.published_version) or (step.withdrawn and not is_as_read(session, record)):
            continue
        if all(_leads(*move, record) for move in step.moves):
            verdict = may(view.actor, step.action, subject)
            why_not = view._(verdict.reason) if verdict.reason else ""
            found.append(Offered(name=step.name, label=view._(step.label), main=step.main, why_not=why_not))
    return tuple(found)


def _leads(table: str, action: str, record: Record) -> bool:
    try:
        next_state(table, _state_in(table, record), action)
    except IllegalTransition:
        return False
    return True


def _state_in(table: str, record: Record) -> str:
    if table == "relation":
        return deciding.status_of(record).relation
    return record.state if table == "record" else record.stage


def _seen(by: Actor) -> ColumnElement[bool]:
    return and_(Record.kind == KIND, Record.state != "erased", allowed(by, "stakeholder.read"))


def _condition(only: str, due: Collection[str]) -> ColumnElement[bool]:
    if only == "due":
        return Record.id.in_(due) if due else false()
    if only in STAGES:
        return Record.stage == only
    return Record.state == only if only in STATES else true()


def _counts(session: Session, by: Actor) -> dict[str, int]:
    counts = dict.fromkeys(FILTERS, 0)
    query = select(Record.state, Record.stage, func.count()).where(_seen(by)).group_by(Record.state, Record.stage)
    for state, stage, count in session.execute(query):
        for name in ("all", state, stage):
            if name in counts:
                counts[name] += count
    return counts


def _replies(session: Session, record: Record) -> tuple[str, ...]:
    about = (Task.region_id == record.region_id) & (Task.record_id == record.id) & (Task.kind == deciding.REPLY)
    return tuple(session.scalars(select(Task.id).where(about, Task.done_at.is_(None)).order_by(Task.opened_at)))


class _Title(Struct):
    title: str | None = None


class _Partner(Struct):
    organisation: str | None = None


class _Practice(Struct):
    original: str
    text: dict[str, _Title] = {}
    partners: tuple[_Partner, ...] = ()


_practice = msgspec.json.Decoder(_Practice)


def _naming(session: Session, record: Record) -> tuple[Naming, ...]:
    """Practices whose newest version names it, the last changed first."""
    known = names_of(session, record)
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = (
        select(Record.id, Record.published_version, Version.body)
        .join(Version, joined & (Version.number == Record.version))
        .where(Record.kind == PRACTICE, Record.state != "erased")
    )
    found = []
    for record_id, published, body in session.execute(query.order_by(Record.updated_at.desc(), Record.id)):
        read = _practice.decode(body)
        if any(partner.organisation in known for partner in read.partners):
            title = {code: texts.title for code, texts in read.text.items() if texts.title}
            found.append(Naming(id=record_id, title=title, original=read.original, public=published is not None))
    return tuple(found)


def _absorbed(session: Session, record: Record) -> tuple[tuple[str, Mapping[str, str]], ...]:
    ids = [one.id for one in deciding.merged_into(session, record)]
    if not ids:
        return ()
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = select(Record.id, Version.body).join(Version, joined & (Version.number == Record.version))
    rows = session.execute(query.where(Record.id.in_(ids)))
    return tuple((record_id, entries.read(body).name) for record_id, body in rows)
