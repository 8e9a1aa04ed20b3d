"""Meetings as programs read and write them: public ones, those of a group, invitations."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from lanzarote.kinds.kind import titles_of
from lanzarote.meetings import inviting
from lanzarote.meetings.model import Answer, How, MeetingState
from lanzarote.meetings.service import status_of
from lanzarote.types import About, Clock, Id, Key, Language, Meeting, MeetingKind, MeetingText, Objective, Text
from lanzarote.types.meetings import Point
from lanzarote.web.resources import Listed
from lanzarote.web.working_records import Why

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.meetings.model import Approval, MeetingInvitation
    from lanzarote.meetings.service import Told
    from lanzarote.records.records import Record


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


class AnsweringInvitation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a stakeholder comes."""

    stakeholder: Id
    """The one that the owner of the token speaks for; any, for a coordinator who was told."""
    answer: Literal["comes", "cannot"]
    who: Annotated[str, Meta(max_length=300)] = ""
    """Who comes, by role."""


class Approving(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A later meeting approved the minutes."""

    meeting: Id
    """It was held."""
    group: Annotated[str, Meta(max_length=300)]
    """Who approved them, as a group."""
    minutes: Text = {}
    """Language → text, where the meeting changed it; left out: as they were drawn up."""
    changed: Annotated[str, Meta(max_length=4_000)] = ""
    """What was changed, in words."""
    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""


class ShowingMinutes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the group said so."""

    said: Annotated[str, Meta(max_length=1_000)]


class Adopting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mandate as the meeting adopted it."""

    title: Point = {}
    objectives: tuple[Objective, ...]
    """Those that stay keep their key; a key is never used for another one."""
    since: date
    """The day from which it counts."""


class InvitationPoint(Struct, frozen=True, kw_only=True):
    """A point of the agenda; of what the group works on it says only what kind of thing it is."""

    about: About
    title: Text


class InvitationAnswer(Struct, frozen=True, kw_only=True):
    """What an organisation that one speaks for answered."""

    stakeholder: Id
    answer: Answer
    """Empty: none yet."""
    who: str


class MeetingInvitationTold(Struct, frozen=True, kw_only=True):
    """A meeting, as an invitation tells it."""

    id: str
    kind: MeetingKind
    state: MeetingState
    title: Text
    day: date
    last_day: date | None
    starts: Clock | None
    ends: Clock | None
    time_zone: str
    """In which these times are said."""
    place: str
    link: str | None
    languages: tuple[Language, ...]
    agenda: tuple[InvitationPoint, ...]
    answers: tuple[InvitationAnswer, ...]


def public_told(one: Told, zone: str) -> PublicMeeting:
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


def item_told(record: Record, said: Meeting) -> MeetingItem:
    return MeetingItem(
        id=record.id,
        slug=record.slug,
        kind=said.kind,
        title=titles_of(said),
        day=said.day,
        starts=said.starts,
        state=status_of(record).state,
        version=record.version,
        updated_at=record.updated_at,
    )


def whole_told(session: Session, record: Record, said: Meeting, instance: Instance) -> MeetingDocument:
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
        time_zone=instance.header(record.region_id).time_zone,
        meeting=said,
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
