"""Meetings of a group: who is invited to what, who was present, what was found and decided; roles, never names."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from lanzarote.types.improvements import Id
from lanzarote.types.values import Language, SectorKey, Stakeholder, Value

MeetingKind = Literal["formation", "working", "co-ordination", "seminar"]
About = Literal["own", "finding", "improvement", "minutes", "procedure", "action"]
"""What a point of the agenda is about: its own words, or a record; ``minutes``: those of the meeting that it names."""
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of day where the region is."""
Line = Annotated[str, Meta(extra_json_schema={"maxLength": 300})]
Point = dict[Language, Annotated[str, Meta(min_length=1, max_length=20_000, extra_json_schema={"maxLength": 300})]]
Decided = dict[Language, Annotated[str, Meta(min_length=1, max_length=20_000, extra_json_schema={"maxLength": 4_000})]]


class MeetingText(Value, frozen=True, kw_only=True):
    """The texts of a meeting in one language, as far as they are written."""

    title: Line | None = None
    purpose: Annotated[str, Meta(extra_json_schema={"maxLength": 4_000})] | None = None
    found: Annotated[str, Meta(extra_json_schema={"maxLength": 12_000})] | None = None
    """What was found."""
    next_steps: Annotated[str, Meta(extra_json_schema={"maxLength": 8_000})] | None = None
    minutes: Annotated[str, Meta(extra_json_schema={"maxLength": 60_000})] | None = None
    """Drawn up after the meeting; approved by a later one."""


class AgendaPoint(Value, frozen=True, kw_only=True):
    """A point of the agenda. Only the record itself holds its title."""

    about: About = "own"
    record: Id | None = None
    title: Point = {}
    """Its own words; needed where there is no record."""
    minutes: Annotated[int, Meta(ge=1, le=600)] | None = None
    """How long it is planned to take."""


class Present(Value, frozen=True, kw_only=True):
    """An organisation that was present, and in which roles; never a person."""

    organisation: Stakeholder | None = None
    """Its key or id; without one, ``name`` says which it is."""
    name: Line = ""
    """Of an organisation that the directory does not have."""
    sector: SectorKey | None = None
    """Of such an organisation."""
    roles: Line = ""
    """Such as "substitute prosecutor, two clerks"."""


class Outcome(Value, frozen=True, kw_only=True):
    """What the meeting decided, or referred to others. The decision on an improvement itself is kept with it."""

    kind: Literal["decided", "referred"] = "decided"
    text: Decided = {}
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
    place: Line = ""
    link: Annotated[str, Meta(extra_json_schema={"maxLength": 500, "format": "uri"})] | None = None
    """Where the group meets online; never public."""
    languages: Annotated[tuple[Language, ...], Meta(extra_json_schema={"maxItems": 20})] = ()
    """Those it is held in."""
    sectors: Annotated[tuple[SectorKey, ...], Meta(extra_json_schema={"maxItems": 100})] = ()
    """Invited."""
    organisations: Annotated[tuple[Stakeholder, ...], Meta(extra_json_schema={"maxItems": 300})] = ()
    """Keys or ids of the stakeholders invited."""
    agenda: Annotated[tuple[AgendaPoint, ...], Meta(extra_json_schema={"maxItems": 60})] = ()
    present: Annotated[tuple[Present, ...], Meta(extra_json_schema={"maxItems": 150})] = ()
    outcomes: Annotated[tuple[Outcome, ...], Meta(extra_json_schema={"maxItems": 60})] = ()
