"""Meetings in words: kinds, states, answers, verbs of what is noted; how a field is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from lanzarote.meetings.service import begins
from lanzarote.translation import N_, format_date, language_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.meetings.model import MeetingState
    from lanzarote.translation import Translator
    from lanzarote.types import About, Meeting, MeetingKind

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
LABELS: Final[Mapping[str, str]] = {
    "title": N_("Title"),
    "purpose": N_("What it is for"),
    "found": N_("What was found"),
    "next_steps": N_("Next steps"),
    "minutes": N_("Minutes"),
    "kind": N_("Kind"),
    "day": N_("Day"),
    "last_day": N_("Last day"),
    "starts": N_("Begins at"),
    "ends": N_("Ends at"),
    "place": N_("Place"),
    "link": N_("Address for meeting online"),
    "languages": N_("Languages"),
    "sectors": N_("Sectors invited"),
    "organisations": N_("Organisations invited"),
    "agenda": N_("Agenda"),
    "present": N_("Present"),
    "outcomes": N_("Decided and referred"),
    "organisation": N_("Organisation"),
    "name": N_("Name of the organisation"),
    "sector": N_("Sector"),
    "roles": N_("Roles"),
    "record": N_("What it is about"),
    "about": N_("What it is about"),
    "improvement": N_("Improvement"),
    "text": N_("What was decided or referred"),
    "reason": N_("Why?"),
    "word": N_("To erase it"),
    "group": N_("Who approved them"),
    "changed": N_("What was changed"),
    "meeting": N_("Meeting that approved them"),
    "said": N_("Where the group said so"),
    "answer": N_("Does your organisation come?"),
    "who": N_("Who comes"),
    "stakeholder": N_("Organisation"),
    "since": N_("In force since"),
    "objectives": N_("Objectives"),
}
ROOMS: Final[Mapping[str, str]] = {
    "agenda": N_("Point of the agenda"),
    "present": N_("Present"),
    "outcomes": N_("Decided or referred"),
    "objectives": N_("Objective"),
}
"""One of several, as the form calls it."""


def label_of(translator: Translator, lang: str, place: str) -> str:
    """A field in words: ``text.fr.title`` → "Title (French)", ``present[0].roles`` → "Present 1 – Roles"."""
    first, _, rest = place.partition(".")
    if "[" in first:
        room, _, number = first.rstrip("]").partition("[")
        whole = translator.gettext(ROOMS[room]) if room in ROOMS else room
        whole = f"{whole} {int(number) + 1}" if number.isdecimal() else whole
        return f"{whole} – {label_of(translator, lang, rest)}" if rest else whole
    code, _, name = rest.partition(".")
    if first == "text" and name:  # text.fr.title
        return f"{_word(translator, name)} ({language_name(code, lang)})"
    words = _word(translator, first)
    return f"{words} ({language_name(rest, lang)})" if rest else words


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


def _word(translator: Translator, name: str) -> str:
    return translator.gettext(LABELS[name]) if name in LABELS else name
