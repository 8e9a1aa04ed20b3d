"""Meetings as calendars read them (RFC 5545): in the time zone of their region, with its rules for summer time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from lanzarote.meetings.service import begins, ends
from lanzarote.meetings.words import KINDS
from lanzarote.translation import pick, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icalendar import Event

    from lanzarote.meetings.service import Told
    from lanzarote.translation import Translator
    from lanzarote.types import Meeting

MEDIA_TYPE: Final = "text/calendar"
PRODUCT: Final = "-//Lanzarote//Meetings//EN"
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2100
AGAIN: Final = timedelta(hours=4)
"""How often a calendar need look again."""


class Reading(Struct, frozen=True, kw_only=True):
    """For whom a calendar is written."""

    lang: str
    translator: Translator
    languages: tuple[str, ...]
    """Of the region, the first first."""
    zone: str


def calendar(told: Sequence[tuple[Told, str]], reading: Reading, *, name: str) -> bytes:
    """A calendar with these meetings, each with the address of its page."""
    # Read when somebody asks for a calendar: a start pays nothing for it.
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", reading.zone)
    made.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    for one, href in told:
        made.add_component(_event(one, href, reading))
    if years := [one.meeting.day.year for one, _ in told]:
        made.add_missing_timezones(date(_known(min(years) - 1), 1, 1), date(_known(max(years) + 2), 1, 1))
    return bytes(made.to_ical())


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
    titles = {code: one.title for code, one in meeting.text.items() if one.title}
    kind = reading.translator.gettext(KINDS[meeting.kind])
    title, _ = pick(titles, reading.lang, meeting.original, reading.languages)
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
