"""Meetings of a group: who is invited to what, who was present, what was found and decided; roles, never names."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from lanzarote.types.improvements import Id
from lanzarote.types.values import Key, Language, Text, Value

MeetingKind = Literal["formation", "working", "co-ordination", "seminar"]
About = Literal["own", "finding", "improvement", "minutes", "procedure", "action"]
"""What a point of the agenda is about: its own words, or a record; ``minutes``: those of the meeting that it names."""
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of day where the region is."""


class MeetingText(Value, frozen=True, kw_only=True):
    """The texts of a meeting in one language, as far as they are written."""

    title: str | None = None
    purpose: str | None = None
    found: str | None = None
    """What was found."""
    next_steps: str | None = None
    minutes: str | None = None
    """Drawn up after the meeting; approved by a later one."""


class AgendaPoint(Value, frozen=True, kw_only=True):
    """A point of the agenda. What a record is called stands in the record alone."""

    about: About = "own"
    record: Id | None = None
    title: Text = {}
    """Its own words; needed where there is no record."""
    minutes: Annotated[int, Meta(ge=1, le=600)] | None = None
    """How long it is planned to take."""


class Present(Value, frozen=True, kw_only=True):
    """An organisation that was present, and in which roles; never a person."""

    organisation: str | None = None
    """Its key or id; without one, ``name`` says which it is."""
    name: str = ""
    """Of an organisation that the directory does not have."""
    sector: Key | None = None
    """Of such an organisation."""
    roles: str = ""
    """Such as "substitute prosecutor, two clerks"."""


class Outcome(Value, frozen=True, kw_only=True):
    """What the meeting decided, or referred to others. The decision on an improvement itself is kept with it."""

    kind: Literal["decided", "referred"] = "decided"
    text: Text = {}
    improvement: Id | None = None


class Meeting(Value, frozen=True, kw_only=True):
    """A meeting of the group."""

    kind: MeetingKind
    original: Language
    text: dict[Language, MeetingText] = {}
    day: date
    last_day: date | None = None
    """If it lasts longer than a day."""
    starts: Clock | None = None
    ends: Clock | None = None
    """On its last day."""
    place: str = ""
    link: str | None = None
    """Where the group meets online; never public."""
    languages: tuple[Language, ...] = ()
    """Those it is held in."""
    sectors: tuple[Key, ...] = ()
    """Invited."""
    organisations: tuple[str, ...] = ()
    """Keys or ids of the stakeholders invited."""
    agenda: tuple[AgendaPoint, ...] = ()
    present: tuple[Present, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
