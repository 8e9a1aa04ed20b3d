"""What crosses the hooks that are called while people work: what a package objects to, what has happened."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from lanzarote.types.values import Key, Language, Standing, Strength, Value, Vouching


class Concern(Value, frozen=True, kw_only=True):
    """What a package says about something that is about to be saved."""

    code: Key
    """Names the kind of concern; the same for the same matter."""
    field: Annotated[str, Meta(max_length=200)] = ""
    """Where it is, such as ``text.fr.summary`` or ``partners[0].part.fr``; empty: the whole."""
    text: Annotated[dict[Language, Annotated[str, Meta(min_length=1, max_length=2_000)]], Meta(min_length=1)]
    """Language → what the writer reads: what is the matter, and what to do about it."""
    level: Literal["warn", "block"] = "warn"
    """``warn``: shown, and saved; ``block``: not saved, unless a coordinator gives a reason."""


class PracticePublished(Value, frozen=True, kw_only=True):
    """A practice as the public reads it from now on, in short."""

    event_id: str
    """The same whenever the same event is sent again."""
    at: datetime
    """When it happened."""
    region: Key
    id: str
    slug: str
    address: str
    """Its page, in the language it was written in."""
    version: int
    titles: dict[Language, str]
    standing: Standing
    vouching: Vouching
    strength: Strength


class PracticeWithdrawn(Value, frozen=True, kw_only=True):
    """A practice that the public no longer reads; anybody who holds a copy removes it."""

    event_id: str
    """The same whenever the same event is sent again."""
    at: datetime
    """When it happened."""
    region: Key
    id: str
    """The one with which it was published."""
    slug: str
    """Of what was erased, one that holds no word of it."""
    address: str
    """Where its page was; it says that the practice was withdrawn, or that it is gone."""
    erased: bool = False
    """Every word of it was removed for good: nothing of it may be kept elsewhere either."""


class ImprovementDecided(Value, frozen=True, kw_only=True):
    """An improvement as the group decided on it and the public reads it, in short."""

    event_id: str
    """The same whenever the same event is sent again."""
    at: datetime
    """When it happened."""
    region: Key
    id: str
    slug: str
    address: str
    """Its page, in the language it was written in."""
    version: int
    """The text that was decided on."""
    titles: dict[Language, str]
    outcome: Literal["adopted", "not-adopted"]
    day: date
    """On which the group decided, as its decision says."""
