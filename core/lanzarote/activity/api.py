"""API resources of the team's day: tasks, notes beside the package's entries, who did what and when."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import func, select

from lanzarote.accounts import service
from lanzarote.accounts.service import names
from lanzarote.activity import conflicts, notes
from lanzarote.activity.lines import Question, lines
from lanzarote.errors import Conflict
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import VISITOR, Actor, may_somewhere
from lanzarote.records.tasks import Task
from lanzarote.records.validation import NO_CHOICE, Fault, Faulty
from lanzarote.regions.vocabulary import NOTED
from lanzarote.types import Language
from lanzarote.web.changing import NO_CONTENT, Sent, change, done
from lanzarote.web.resources import (
    CURSOR,
    KEY,
    LIMIT,
    REGION,
    Answer,
    Asked,
    Listed,
    Parameter,
    cursor,
    resource,
)
from lanzarote.web.working_records import id_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TAG: Final = "The team's day"
TASK: Final = id_of("task")
SHOW: Final = Parameter(
    name="show", told="Those that wait (without it) or those that were settled.", choices=("open", "settled")
)
KIND: Final = Parameter(name="kind", told="Kind of the entry.", choices=NOTED)
ENTRY: Final = Parameter(name="key", told="Key of the entry.", pattern=KEY)
DAY: Final = r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
BEFORE: Final = cursor(r"^[1-9][0-9]{0,14}$", 15)
NARROWED: Final = (
    Parameter(name="person", told="Id of the account that did it.", pattern=r"^[0-9a-z-]+$", longest=64),
    Parameter(name="verb", told="What was done.", pattern=r"^[a-z -]+$", longest=60),
    Parameter(name="kind", told="Kind of what it was done to.", pattern=r"^[a-z-]+$", longest=60),
    Parameter(name="record", told="Id of what it was done to.", pattern=r"^[0-9A-Za-z/.-]+$", longest=130),
    Parameter(name="since", told="From this day on.", pattern=DAY, longest=10),
    Parameter(name="until", told="Up to this day.", pattern=DAY, longest=10),
)


class TaskItem(Struct, frozen=True, kw_only=True):
    """Something a person has to look at."""

    id: str
    kind: str
    """``upgrade-conflict``, ``upgrade-withdrawal``, ``reply`` and others."""
    record: str | None
    """Id of the record it is about."""
    about: dict[str, Any]
    """What it says, as its kind has it."""
    opened_at: datetime
    done_at: datetime | None


class TaskList(Listed[TaskItem], frozen=True, kw_only=True):
    pass


class Settling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a task is settled."""

    note: str = ""
    """What was done, in the team's own words."""
    looked_again: bool = False
    """What the guard asked about points to nobody: you have looked at it again."""


class Taking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the package's text is taken."""

    version: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    """The version of the record that you read beside it."""


class NoteItem(Struct, frozen=True, kw_only=True):
    """What the team says beside an entry of the package."""

    kind: str
    key: str
    text: dict[str, str]
    at: datetime
    overtaken: bool
    """The package says something else by now: the note may no longer be needed."""


class NoteList(Listed[NoteItem], frozen=True, kw_only=True):
    pass


class Noting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A note."""

    text: dict[Language, str]
    looked_again: bool = False
    """What the guard asked about points to nobody: you have looked at it again."""


class ActivityItem(Struct, frozen=True, kw_only=True):
    """One thing that somebody did; never what was written."""

    number: int
    at: datetime
    by: str
    """Id of the account, or ``lanzarote``, ``visitor``, ``restore``."""
    name: str | None
    """null: they have closed their account, or it is no person."""
    verb: str
    kind: str
    record: str
    version: int


class ActivityList(Struct, frozen=True, kw_only=True):
    """A part of what was done, the newest first."""

    items: tuple[ActivityItem, ...]
    next: str | None
    """Address of the next part."""


# Tasks


@resource(
    "/regions/{region}/team/tasks",
    tag=TAG,
    may="task.read",
    names=(REGION,),
    query=(SHOW, CURSOR, LIMIT),
    answers=TaskList,
)
def list_tasks(asked: Asked) -> Answer:
    """Open tasks of the team, the oldest first; or settled ones, the newest first."""
    settled = asked.one("show") == "settled"
    asked.instance.header(asked["region"])
    which = Task.done_at.is_not(None) if settled else Task.done_at.is_(None)
    order = Task.done_at.desc() if settled else Task.opened_at
    start = int(asked.one("cursor") or 0)
    with asked.instance.database.read(asked["region"]) as session:
        found = session.scalars(
            select(Task).where(which).order_by(order, Task.id).offset(start).limit(asked.limit)
        ).all()
        total = session.scalar(select(func.count()).select_from(Task).where(which)) or 0
    end = start + len(found)
    return asked.listed(
        [msgspec.json.encode(_task(one, asked.actor)) for one in found], total, str(end) if end < total else None
    )


@resource("/regions/{region}/team/tasks/{task}", tag=TAG, may="task.read", names=(REGION, TASK), answers=TaskItem)
def get_task(asked: Asked) -> Answer:
    """One task."""
    asked.instance.header(asked["region"])
    with asked.instance.database.read(asked["region"]) as session:
        return Answer(msgspec.json.encode(_task(conflicts.find(session, asked["region"], asked["task"]), asked.actor)))


@change(
    "POST",
    "/regions/{region}/team/tasks/{task}/finish",
    tag=TAG,
    may="task.finish",
    names=(REGION, TASK),
    body=Settling,
    answers=TaskItem,
    tagged=False,
    may_be_gone=False,
)
def finish_task(sent: Sent, body: Settling) -> Answer:
    """Settle a task. Of a conflict with an upgrade, the team's own text stays.

    A role that a group proposes is refused by this; one whose group was left stays suspended. To give or take roles,
    use the resources of people.
    """
    conflicts.check_note(body.note, sent.vocabulary, looked_again=body.looked_again)

    def do(session: Session) -> Answer:
        task = conflicts.find(session, sent["region"], sent["task"])
        conflicts.finish(session, sent["region"], task.id, note=body.note.strip(), by=sent.actor)
        return _settled(task)

    return sent.once(do)


@change(
    "POST",
    "/regions/{region}/team/tasks/{task}/take",
    tag=TAG,
    may="task.finish",
    names=(REGION, TASK),
    body=Taking,
    answers=TaskItem,
    tagged=False,
    may_be_gone=False,
)
def take_package_text(sent: Sent, body: Taking) -> Answer:
    """Settle a conflict with an upgrade by taking the package's text."""
    directory = sent.instance.directory(sent["region"])
    organisations = {name for one in directory for name in (one.id, one.key) if name}

    def do(session: Session) -> Answer:
        task = conflicts.find(session, sent["region"], sent["task"])
        if task.kind != conflicts.KIND:
            raise Conflict("Only a conflict with an upgrade has a text of the package; finish this task instead.")
        conflicts.take_theirs(
            session, task, sent.vocabulary, organisations, expected=body.version, by=sent.actor, at=sent.at
        )
        return _settled(task)

    return sent.once(do)


def _task(task: Task, reader: Actor) -> TaskItem:
    secret = task.kind in service.KINDS and not may_somewhere(reader, "person.read", task.region_id)
    return TaskItem(
        id=task.id,
        kind=task.kind,
        record=task.record_id,
        about={} if secret else task.told(),
        opened_at=task.opened_at,
        done_at=task.done_at,
    )


def _settled(task: Task) -> Answer:
    """That it is settled; what it said is not kept to be repeated."""
    settled = msgspec.structs.replace(_task(task, VISITOR), about={})
    return done(settled, about=task.record_id or task.id)


# Notes


@resource(
    "/regions/{region}/team/notes", tag=TAG, may="note.write", names=(REGION,), query=(CURSOR, LIMIT), answers=NoteList
)
def list_notes(asked: Asked) -> Answer:
    """Notes of the team beside entries of the package."""
    return asked.part(
        [
            NoteItem(kind=kind, key=key, text=dict(one.text), at=one.at, overtaken=one.overtaken)
            for (kind, key), one in sorted(asked.vocabulary.notes.items())
        ]
    )


@change(
    "PUT",
    "/regions/{region}/team/notes/{kind}/{key}",
    tag=TAG,
    may="note.write",
    names=(REGION, KIND, ENTRY),
    body=Noting,
    status=204,
    answers=None,
    tagged=False,
    may_be_gone=False,
)
def write_note(sent: Sent, body: Noting) -> Answer:
    """Put a note beside an entry of the package, in place of an earlier one. The public reads it."""
    languages = sent.vocabulary.header.languages
    if strange := [lang for lang in body.text if lang not in languages]:
        raise Faulty([Fault(field=f"text.{lang}", text=NO_CHOICE) for lang in strange])
    text = notes.checked(body.text, sent.vocabulary, looked_again=body.looked_again)

    def do(session: Session) -> Answer:
        notes.write(session, sent["region"], sent["kind"], sent["key"], text, by=sent.actor, at=sent.at)
        return NO_CONTENT

    return sent.once(do)


@change(
    "DELETE",
    "/regions/{region}/team/notes/{kind}/{key}",
    tag=TAG,
    may="note.write",
    names=(REGION, KIND, ENTRY),
    body=None,
    status=204,
    answers=None,
    tagged=False,
    may_be_gone=False,
)
def remove_note(sent: Sent) -> Answer:
    """Remove a note."""
    sent.instance.header(sent["region"])

    def do(session: Session) -> Answer:
        notes.remove(session, sent["region"], sent["kind"], sent["key"], by=sent.actor, at=sent.at)
        return NO_CONTENT

    return sent.once(do)


# Who did what


@resource(
    "/regions/{region}/team/activity",
    tag=TAG,
    may="activity.read",
    names=(REGION,),
    query=(*NARROWED, BEFORE),
    answers=ActivityList,
)
def list_activity(asked: Asked) -> Answer:
    """Who did what in a region, the newest first, fifty at a time."""
    return _activity(asked, asked["region"], ZoneInfo(asked.instance.header(asked["region"]).time_zone))


@resource("/activity", tag=TAG, may="activity.read", query=(*NARROWED, BEFORE), answers=ActivityList)
def list_instance_activity(asked: Asked) -> Answer:
    """Who did what with accounts and tokens, the newest first, fifty at a time."""
    return _activity(asked, INSTANCE, ZoneInfo("UTC"))


def _activity(asked: Asked, region_id: str, zone: ZoneInfo) -> Answer:
    question = Question(
        **{name: asked.one(name) or "" for name in ("person", "verb", "kind", "record")},
        since=_day(asked, "since"),
        until=_day(asked, "until"),
        before=int(asked.one("cursor") or 0),
    )
    with asked.instance.database.read([region_id, INSTANCE]) as session:
        found, more = lines(session, region_id, question, reader=asked.actor, zone=zone)
        people = names(session, [line.actor for line in found])
    items = tuple(
        ActivityItem(
            number=line.seq,
            at=line.at,
            by=line.actor,
            name=people.get(line.actor),
            verb=line.verb,
            kind=line.kind,
            record=line.record_id,
            version=line.version,
        )
        for line in found
    )
    link = asked.link(str(found[-1].seq)) if more and found else None
    return Answer(msgspec.json.encode(ActivityList(items=items, next=link)))


def _day(asked: Asked, name: str) -> date | None:
    """The day that is meant; the last of its month for a day that the month does not have."""
    if not (given := asked.one(name)):
        return None
    year, month, day = map(int, given.split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


handlers = (
    list_tasks,
    get_task,
    finish_task,
    take_package_text,
    list_notes,
    write_note,
    remove_note,
    list_activity,
    list_instance_activity,
)
