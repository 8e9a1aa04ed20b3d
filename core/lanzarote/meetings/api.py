"""API resources of meetings: what the public reads, and the meetings of a group as it keeps them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote.accounts.service import names
from lanzarote.errors import NotFound
from lanzarote.meetings import inviting
from lanzarote.meetings.model import KIND, Answer, How, MeetingState
from lanzarote.meetings.pages import NOT_HERE
from lanzarote.meetings.reading import ERASED, NO_SUCH
from lanzarote.meetings.service import meeting_of, meetings, meetings_of, status_of
from lanzarote.records.permissions import allowed
from lanzarote.types import Clock, Id, Key, Language, Meeting, MeetingKind, MeetingText, Text
from lanzarote.web import resources
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Asked, Listed, Parameter, resource
from lanzarote.web.working_records import Kind, WorkingVersionList, etag_of, id_of, versions_of, working

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.meetings.model import Approval, MeetingInvitation
    from lanzarote.meetings.service import Told
    from lanzarote.records.records import Record

PUBLIC: Final = "Meetings"
TAG: Final = "Meetings, for the group"
MEETINGS: Final = Kind(name=KIND, read="group.read", none=NO_SUCH, erased=ERASED)
MEETING: Final = id_of(KIND)
VERSION: Final = Parameter(name="version", told="Number of the version.", between=(1, 999_999_999))
ONE: Final = "/regions/{region}/team/meetings/{meeting}"


def _first_public(instance: Instance, names: Any) -> str | None:
    return next((one.slug for one in meetings_of(instance, names["region"])), None)


SLUG: Final = Parameter(
    name="slug", told="Address of the meeting, as its list gives it.", longest=120, sample=_first_public
)


class PublicMeeting(Struct, frozen=True, kw_only=True):
    """A meeting as the public reads it: a seminar, or one whose minutes the group shows."""

    id: str
    slug: str
    kind: MeetingKind
    state: MeetingState
    original: Language
    text: dict[Language, MeetingText]
    """Title, what it is for, and the minutes, if the group shows them."""
    day: date
    last_day: date | None
    starts: Clock | None
    ends: Clock | None
    time_zone: str
    """In which these times are said."""
    place: str
    languages: tuple[Language, ...]
    sectors: tuple[Key, ...]
    """Invited."""
    agenda: tuple[Text, ...]


class PublicMeetingList(Listed[PublicMeeting], frozen=True, kw_only=True):
    pass


class MeetingItem(Struct, frozen=True, kw_only=True):
    """A meeting in the group's list."""

    id: str
    slug: str
    kind: MeetingKind
    title: Text
    day: date
    starts: Clock | None
    state: MeetingState
    version: int
    updated_at: datetime


class MeetingList(Listed[MeetingItem], frozen=True, kw_only=True):
    pass


class Invited(Struct, frozen=True, kw_only=True):
    """A stakeholder that was invited, and what it answered."""

    stakeholder: Id
    how: How
    """``letter``: nobody here speaks for it, somebody has to write."""
    invited_at: datetime
    reminded_at: datetime | None
    answer: Answer
    """Empty: none yet."""
    who: str
    """By role."""
    answered_at: datetime | None


class Approved(Struct, frozen=True, kw_only=True):
    """How the minutes were approved."""

    meeting: Id
    on: date
    group: str
    version: int
    changes: str


class MeetingDocument(Struct, frozen=True, kw_only=True):
    """A meeting as its group keeps it."""

    id: str
    region: str
    slug: str
    state: MeetingState
    version: int
    published_version: int | None
    """What the public reads, if it is shown."""
    created_at: datetime
    updated_at: datetime
    time_zone: str
    """In which its times are said."""
    meeting: Meeting
    """What its newest version says; what PUT takes."""
    invited: tuple[Invited, ...]
    announced_at: datetime | None
    drafted_version: int | None
    """The first text of its minutes."""
    approval: Approved | None
    shown: str
    """Where the group said that the public may read the minutes; empty: it does not."""
    cancelled: str
    """Why it does not take place."""


class MeetingVersion(Struct, frozen=True, kw_only=True):
    """What one version says."""

    number: int
    meeting: Meeting


@resource("/regions/{region}/meetings", tag=PUBLIC, names=(REGION,), query=(CURSOR, LIMIT), answers=PublicMeetingList)
def list_meetings(asked: Asked) -> resources.Answer:
    """Meetings that the public reads, the earliest first."""
    zone = asked.instance.header(asked["region"]).time_zone
    return asked.part([_public(one, zone) for one in meetings_of(asked.instance, asked["region"])])


@resource("/regions/{region}/meetings/{slug}", tag=PUBLIC, names=(REGION, SLUG), answers=PublicMeeting)
def get_meeting(asked: Asked) -> resources.Answer:
    """One meeting that the public reads."""
    zone = asked.instance.header(asked["region"]).time_zone
    for one in meetings_of(asked.instance, asked["region"]):
        if one.slug == asked["slug"]:
            return resources.Answer(msgspec.json.encode(_public(one, zone)))
    raise NotFound(NOT_HERE)


@resource(
    "/regions/{region}/team/meetings",
    tag=TAG,
    may="group.read",
    names=(REGION,),
    query=(CURSOR, LIMIT),
    answers=MeetingList,
)
def list_team_meetings(asked: Asked) -> resources.Answer:
    """All meetings of a group, the latest first."""
    asked.instance.header(asked["region"])
    with asked.instance.database.read(asked["region"]) as session:
        found = meetings(session, allowed(asked.actor, "group.read"))
    return asked.part([_item(one) for one in reversed(found)])


@resource(ONE, tag=TAG, may="group.read", names=(REGION, MEETING), answers=MeetingDocument)
def get_team_meeting(asked: Asked) -> resources.Answer:
    """One meeting as its group keeps it. Its ETag is what a change of it takes in If-Match."""
    zone = asked.instance.header(asked["region"]).time_zone
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, MEETINGS)
        body = msgspec.json.encode(_document(session, record, zone))
        return resources.Answer(body, {"etag": etag_of(record)})


@resource(
    f"{ONE}/versions",
    tag=TAG,
    may="group.read",
    names=(REGION, MEETING),
    query=(CURSOR,),
    answers=WorkingVersionList,
)
def list_team_meeting_versions(asked: Asked) -> resources.Answer:
    """All versions of a meeting, the newest first, fifty at a time."""
    return versions_of(asked, MEETINGS, names)


@resource(
    f"{ONE}/versions/{{version}}",
    tag=TAG,
    may="group.read",
    names=(REGION, MEETING, VERSION),
    answers=MeetingVersion,
)
def get_team_meeting_version(asked: Asked) -> resources.Answer:
    """What one version of a meeting says: the draft of its minutes, say, beside what was approved."""
    number = int(asked["version"])
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, MEETINGS)
        told = MeetingVersion(number=number, meeting=meeting_of(session, record, number))
    return resources.Answer(msgspec.json.encode(told))


def _public(one: Told, zone: str) -> PublicMeeting:
    meeting = one.meeting
    said = {
        name: getattr(meeting, name)
        for name in (
            "kind", "original", "text", "day", "last_day", "starts", "ends", "place", "languages", "sectors",
        )
    }  # fmt: skip
    return PublicMeeting(
        id=one.id,
        slug=one.slug,
        state=one.status.state,
        time_zone=zone,
        agenda=tuple(point.title for point in meeting.agenda),
        **said,
    )


def _item(one: Told) -> MeetingItem:
    return MeetingItem(
        id=one.id,
        slug=one.slug,
        kind=one.meeting.kind,
        title={code: text.title for code, text in one.meeting.text.items() if text.title},
        day=one.meeting.day,
        starts=one.meeting.starts,
        state=one.status.state,
        version=one.version,
        updated_at=one.updated_at,
    )


def _document(session: Session, record: Record, zone: str) -> MeetingDocument:
    status, rows = status_of(record), inviting.standing(session, inviting.invitations(session, record))
    return MeetingDocument(
        id=record.id,
        region=record.region_id,
        slug=record.slug,
        state=status.state,
        version=record.version,
        published_version=record.published_version,
        created_at=record.created_at,
        updated_at=record.updated_at,
        time_zone=zone,
        meeting=meeting_of(session, record),
        invited=tuple(_invited(key, row) for key, row in rows.items()),
        announced_at=status.announced_at,
        drafted_version=status.drafted_version or None,
        approval=_approved(status.approval),
        shown=status.shown,
        cancelled=status.cancelled,
    )


def _approved(approval: Approval | None) -> Approved | None:
    if approval is None:
        return None
    fields = ("meeting", "on", "group", "version", "changes")
    return Approved(**{name: getattr(approval, name) for name in fields})


def _invited(stakeholder_id: str, row: MeetingInvitation) -> Invited:
    fields = ("how", "invited_at", "reminded_at", "answer", "who", "answered_at")
    return Invited(stakeholder=stakeholder_id, **{name: getattr(row, name) for name in fields})


handlers = (
    list_meetings,
    get_meeting,
    list_team_meetings,
    get_team_meeting,
    list_team_meeting_versions,
    get_team_meeting_version,
)
