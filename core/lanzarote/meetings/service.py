"""Read meetings, say in words what and when they are; forget what belonged to one that is erased."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import delete, select, update

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.instance import Instance, MeetingTitle
from lanzarote.kinds.kind import titles_of
from lanzarote.meetings.model import KIND, CalendarAddress, MeetingInvitation, MeetingStatus
from lanzarote.records.erasing import erased, forget_beside
from lanzarote.records.records import Record, Version, body_of, decode
from lanzarote.records.tables import joined, newest_version
from lanzarote.runtime.reading import LateDecoder
from lanzarote.translation import N_, format_date
from lanzarote.types import Meeting, MeetingText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.meetings.model import MeetingState
    from lanzarote.records.changelog import Saved
    from lanzarote.types import About, MeetingKind

KINDS: Final[Mapping[MeetingKind, str]] = {
    "formation": N_("Formation meeting"),
    "working": N_("Working meeting"),
    "co-ordination": N_("Co-ordination meeting"),
    "seminar": N_("Seminar"),
}
STATES: Final[Mapping[MeetingState, str]] = {
    "planned": N_("being planned"),
    "announced": N_("announced"),
    "held": N_("held"),
    "minutes-drafted": N_("minutes to be approved"),
    "approved": N_("minutes approved"),
    "cancelled": N_("cancelled"),
}
HELD: Final = ("held", "minutes-drafted", "approved")
ANSWERS: Final[Mapping[str, str]] = {
    "": N_("no answer yet"),
    "comes": N_("comes"),
    "cannot": N_("cannot come"),
}
ABOUTS: Final[Mapping[About, str]] = {
    "own": N_("Other point"),
    "minutes": N_("Minutes to be approved"),
    "finding": N_("Finding"),
    "improvement": N_("Improvement"),
    "procedure": N_("Procedure"),
    "action": N_("Action"),
}
OUTCOMES: Final[Mapping[str, str]] = {"decided": N_("Decided"), "referred": N_("Referred")}

_meeting = LateDecoder(Meeting)
_status = LateDecoder(MeetingStatus)


class Told(Struct, frozen=True, kw_only=True):
    """A meeting with how far it is: all of it, or what the public reads."""

    id: str
    region: str
    slug: str
    version: int
    updated_at: datetime
    meeting: Meeting
    status: MeetingStatus
    open: bool = True
    """Everything in it may be read; otherwise only what it was and its minutes."""


def meeting_of(session: Session, record: Record, number: int | None = None) -> Meeting:
    """What the newest version says, or version *number*."""
    return decode(body_of(session, record, number or record.version), Meeting)


def status_of(record: Record) -> MeetingStatus:
    return _status.decode(record.status)


def told_of(session: Session, record: Record) -> Told:
    """All of one meeting."""
    return _told(record, record.version, body_of(session, record, record.version))


def meetings(session: Session, *conditions: ColumnElement[bool]) -> tuple[Told, ...]:
    """The newest versions of all meetings that are not erased, the earliest first."""
    query = select(Record, Version.body).join(Version, newest_version())
    rows = session.execute(query.where(Record.kind == KIND, Record.state != "erased", *conditions))
    return _in_order([_told(record, record.version, body) for record, body in rows])


def meetings_of(instance: Instance, region_id: str) -> tuple[Told, ...]:
    """Meetings that the public reads, the earliest first. Raises NotFound."""
    return instance.read("meetings", region_id, public_meetings)


def meeting_titles(session: Session) -> Mapping[str, MeetingTitle]:
    """Of meetings that the public reads, by id."""
    return {
        one.id: MeetingTitle(
            slug=one.slug,
            title=titles_of(one.meeting),
            original=one.meeting.original,
        )
        for one in public_meetings(session)
    }


def public_meetings(session: Session) -> tuple[Told, ...]:
    """What the public reads: meetings that are published, and approved minutes that the group lets it read."""
    # What was approved is the newest version: nothing is written after it.
    needed = (Version.number == Record.version) | (Version.number == Record.published_version)
    query = select(Record, Version.number, Version.body).join(Version, joined(Version) & needed)
    rows = session.execute(query.where(Record.kind == KIND, Record.state != "erased")).all()
    bodies = {(record.id, number): body for record, number, body in rows}
    found = {row[0].id: row[0] for row in rows}.values()
    return _in_order([told for record in found for told in _shown(record, bodies, status_of(record))])


def with_minutes_shown(session: Session, record: Record) -> Told | None:
    """What the public would read of a meeting, were its minutes shown; None: they are not approved."""
    status = status_of(record)
    if status.approval is None:
        return None
    numbers = {status.approval.version, record.published_version or status.approval.version}
    bodies = {(record.id, number): body_of(session, record, number) for number in numbers}
    return next(_shown(record, bodies, msgspec.structs.replace(status, shown="asked")))


def _shown(record: Record, bodies: Mapping[tuple[str, int], bytes], status: MeetingStatus) -> Iterator[Told]:
    approved = status.approval.version if status.shown and status.approval else 0
    minutes = _meeting.decode(bodies[record.id, approved]) if approved else None
    number = record.published_version or approved
    if not number:
        return
    told = _told(record, number, bodies[record.id, number])
    is_open = record.published_version is not None
    meeting = _with_minutes(_outside(told.meeting) if is_open else _bare(told.meeting), minutes)
    yield msgspec.structs.replace(told, meeting=meeting, open=is_open)


def _outside(meeting: Meeting) -> Meeting:
    """What of a public meeting is for everybody: neither who came, nor where it meets online, nor what was noted."""
    return msgspec.structs.replace(
        _texts(meeting, ("title", "purpose")),
        link=None,
        organisations=(),
        present=(),
        outcomes=(),
        agenda=tuple(one for one in meeting.agenda if one.record is None),
    )


def _bare(meeting: Meeting) -> Meeting:
    """When and what it was, and nothing more."""
    return Meeting(
        kind=meeting.kind,
        original=meeting.original,
        text=_texts(meeting, ("title",)).text,
        day=meeting.day,
        last_day=meeting.last_day,
    )


def _texts(meeting: Meeting, names: Sequence[str]) -> Meeting:
    others = dict.fromkeys(name for name in ("title", "purpose", "found", "next_steps", "minutes") if name not in names)
    text = {code: msgspec.structs.replace(one, **others) for code, one in meeting.text.items()}
    return msgspec.structs.replace(meeting, text=text)


def _with_minutes(shown: Meeting, minutes: Meeting | None) -> Meeting:
    if minutes is None:
        return shown
    text = dict(shown.text)
    for code, one in minutes.text.items():
        if one.minutes:
            text[code] = msgspec.structs.replace(text.get(code, MeetingText()), minutes=one.minutes)
    return msgspec.structs.replace(shown, text=text)


def begins(meeting: Meeting, zone: ZoneInfo) -> datetime:
    """The moment it begins: midnight where the region is, if no time is said."""
    return datetime.combine(meeting.day, _clock(meeting.starts) or time(), zone)


def ends(meeting: Meeting, zone: ZoneInfo) -> datetime:
    """The moment it is over; the end of its last day, if no time is said."""
    last = meeting.last_day or meeting.day
    clock = _clock(meeting.ends)
    return datetime.combine(last, clock, zone) if clock else datetime.combine(last, time.max, zone)


def clocks(meeting: Meeting) -> list[str]:
    """The time at which each point of the agenda is planned to begin; empty from where that is not known."""
    start = _clock(meeting.starts)
    at = datetime.combine(meeting.day, start, UTC) if start else None
    found = []
    for point in meeting.agenda:
        found.append(f"{at:%H:%M}" if at else "")
        at = at + timedelta(minutes=point.minutes) if at and point.minutes else None
    return found


def is_over(meeting: Meeting, today: date) -> bool:
    return (meeting.last_day or meeting.day) < today


def is_to_come(one: Told, today: date) -> bool:
    """Whether it has not been held, and its day has not passed."""
    return one.status.state not in HELD and not is_over(one.meeting, today)


def when(meeting: Meeting, lang: str) -> str:
    """Day and times where the region is: "12 May 2031, 14:00–16:30"."""
    day = format_date(meeting.day, lang, "full")
    if meeting.last_day and meeting.last_day != meeting.day:
        last = format_date(meeting.last_day, lang, "full")
        if not meeting.starts:
            return f"{day} – {last}"
        till = f", {meeting.ends}" if meeting.ends else ""
        return f"{day}, {meeting.starts} – {last}{till}"
    if not meeting.starts:
        return day
    return f"{day}, {meeting.starts}–{meeting.ends}" if meeting.ends else f"{day}, {meeting.starts}"


def days(meeting: Meeting, lang: str) -> str:
    """The day without its hours, or the first and the last one."""
    day = format_date(meeting.day, lang, "full")
    if meeting.last_day and meeting.last_day != meeting.day:
        return f"{day} – {format_date(meeting.last_day, lang, 'full')}"
    return day


def zone_name(meeting: Meeting, zone: str) -> str:
    """What the clocks there are called that day, such as CET."""
    return begins(meeting, ZoneInfo(zone)).tzname() or zone


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Forget what is kept beside a meeting that is erased, and what a body that is erased said.

    The calendar addresses of an account end when it is closed or its second factor is reset.
    Listens to ``changes.record``.
    """
    forget_beside(session, saved, (MeetingInvitation,), KIND)
    for gone in erased(saved, STAKEHOLDER):
        theirs = (MeetingInvitation.region_id == gone.region_id) & MeetingInvitation.stakeholder_id.in_(gone.ids)
        session.execute(update(MeetingInvitation).where(theirs).values(who=""))
    for one in saved:
        if one.kind == "account" and one.verb in ("close", "reset factor"):
            session.execute(delete(CalendarAddress).where(CalendarAddress.account_id == one.record_id))


def _told(record: Record, number: int, body: bytes) -> Told:
    return Told(
        id=record.id,
        region=record.region_id,
        slug=record.slug,
        version=number,
        updated_at=record.updated_at,
        meeting=_meeting.decode(body),
        status=_status.decode(record.status),
    )


def _in_order(found: Sequence[Told]) -> tuple[Told, ...]:
    return tuple(sorted(found, key=lambda one: (one.meeting.day, one.meeting.starts or "", one.id)))


def _clock(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None
