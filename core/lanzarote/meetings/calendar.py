"""Meetings as calendars read them (RFC 5545): in the time zone of their region, with its rules for summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from lanzarote.kinds.kind import titles_of
from lanzarote.meetings.service import KINDS, begins, ends
from lanzarote.translation import pick, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from icalendar import Event, Timezone

    from lanzarote.meetings.service import Told
    from lanzarote.translation import Translator
    from lanzarote.types import Meeting

MEDIA_TYPE: Final = "text/calendar"
PRODUCT: Final = "-//Lanzarote//Meetings//EN"
Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
"""What a calendar is asked to do (RFC 5546): to show, to let somebody accept, to take away."""
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2100
NO: Final = timedelta(0)
SECOND: Final = timedelta(seconds=1)
AGAIN: Final = timedelta(hours=4)
"""How often a calendar need look again."""


class Reading(Struct, frozen=True, kw_only=True):
    """For whom a calendar is written."""

    lang: str
    translator: Translator
    languages: tuple[str, ...]
    """Of the region, the first first."""
    zone: str


class Guest(Struct, frozen=True, kw_only=True):
    """Who invites whom, by mail."""

    organiser: str
    organiser_name: str
    address: str
    name: str


def calendar(
    told: Sequence[tuple[Told, str]],
    reading: Reading,
    *,
    name: str,
    method: Method = "PUBLISH",
    guest: Guest | None = None,
) -> bytes:
    """A calendar with these meetings, each with the address of its page. *guest*: who is invited to them."""
    # Read when somebody asks for a calendar: a start pays nothing for it.
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", method)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", reading.zone)
    made.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    years = [_known(one.meeting.day.year) for one, _ in told] or [datetime.now(UTC).year]
    # A calendar without any meeting has to hold something, too.
    made.add_component(_zone(reading.zone, min(years) - 1, max(years) + 1))
    for one, href in told:
        event = _event(one, href, reading)
        if guest is not None:
            _invite(event, guest)
        made.add_component(event)
    return bytes(made.to_ical())


def _zone(name: str, first: int, last: int) -> Timezone:
    """The rules of a time zone in these years: each change of its clocks, told as the clocks stood before it."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vDatetime, vDDDLists

    zone = ZoneInfo(name)
    start = datetime(first, 1, 1, tzinfo=UTC)
    told: dict[tuple[str, timedelta, timedelta, bool], list[datetime]] = {}
    for before, moment in [(start, start), *_changes(zone, start, datetime(last, 12, 31, tzinfo=UTC))]:
        was, there = before.astimezone(zone), moment.astimezone(zone)
        rule = (there.tzname() or name, was.utcoffset() or NO, there.utcoffset() or NO, bool(there.dst()))
        told.setdefault(rule, []).append((moment + rule[1]).replace(tzinfo=None))
    made = Timezone()
    made.add("tzid", name)
    for (called, was_off, now_off, summer), onsets in told.items():
        part = TimezoneDaylight() if summer else TimezoneStandard()
        part["dtstart"] = vDatetime(onsets[0])
        if more := onsets[1:]:
            part["rdate"] = vDDDLists(more)
        part.add("tzname", called)
        part.add("tzoffsetfrom", was_off)
        part.add("tzoffsetto", now_off)
        made.add_component(part)
    return made


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The last second before each change of the clocks, and its moment."""

    def state(at: datetime) -> tuple[timedelta | None, str | None]:
        there = at.astimezone(zone)
        return there.utcoffset(), there.tzname()

    day = timedelta(days=1)
    while start < end:
        if state(start) != state(start + day):
            low, high = start, start + day
            while high - low > SECOND:
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if state(middle) == state(start) else (low, middle)
            yield low, high
        start += day


def _invite(event: Event, guest: Guest) -> None:
    """Let calendars offer to accept (RFC 5546)."""
    from icalendar import vCalAddress

    organiser, attendee = vCalAddress(f"mailto:{guest.organiser}"), vCalAddress(f"mailto:{guest.address}")
    organiser.params["CN"] = plain(guest.organiser_name)
    attendee.params.update(
        {"CN": plain(guest.name), "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    )
    event.add("organizer", organiser)
    event.add("attendee", attendee)


def _event(told: Told, href: str, reading: Reading) -> Event:
    from icalendar import Event

    meeting, zone = told.meeting, ZoneInfo(reading.zone)
    event = Event()
    event.add("uid", told.id)  # a UUID: the same in every calendar, whatever machine serves it
    event.add("dtstamp", told.updated_at)
    event.add("last-modified", told.updated_at)
    cancelled = told.status.state == "cancelled"
    # Nothing is written once it is cancelled: the number grows with every change that calendars have to take.
    event.add("sequence", told.version + cancelled)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    kind = reading.translator.gettext(KINDS[meeting.kind])
    title, _ = pick(titles_of(meeting), reading.lang, meeting.original, reading.languages)
    event.add("summary", _line(title or kind))
    event.add("categories", [plain(kind)])
    if meeting.starts:
        event.add("dtstart", begins(meeting, zone))
    else:
        event.add("dtstart", meeting.day)
    if (end := _end(meeting, zone)) is not None:
        event.add("dtend", end)
    if place := _line(meeting.place or meeting.link or ""):
        event.add("location", place)
    said = [kind, *([meeting.link] if meeting.link else []), href]
    event.add("description", "\n".join(map(plain, said)))
    event.add("url", href)
    return event


def _end(meeting: Meeting, zone: ZoneInfo) -> date | datetime | None:
    """The first day, or moment, at which it no longer is; None: nobody said how long it lasts, or no later day is."""
    if meeting.starts and meeting.ends:
        return ends(meeting, zone)
    last = meeting.last_day or meeting.day
    if last == date.max or (meeting.starts and last <= meeting.day):
        return None
    after = last + timedelta(days=1)
    return datetime.combine(after, time(), zone) if meeting.starts else after


def _known(year: int) -> int:
    """*year*, or the nearest whose summer times are known; calendars repeat those of the last."""
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def _line(text: str) -> str:
    """*text* in one line: calendars show it so."""
    return " ".join(text.split())
