"""One thing that waits for a person, and what the database is asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import and_, exists

from lanzarote.records.records import Involved, Record, Version, decode
from lanzarote.types import Organisation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

    from lanzarote.records.permissions import Actor

What = Literal[
    "endorse",
    "holder",
    "decide",
    "nobody-asked",
    "submitted",
    "entry",
    "assess",
    "returned",
    "entry-returned",
    "unsaved",
    "draft",
    "entry-draft",
    "discussed",
    "unplanned",
    "unsigned",
    "task",
    "meeting",
    "meeting-answer",
    "minutes",
    "published",
    "withdrawn",
    "due",
    "contacts",
    "values",
    "idle",
    "note",
    "take-part",
    "position",
    "decide-improvement",
    "amendment",
    "finding",
    "finding-draft",
    "judge",
    "publish-evaluation",
    "publish-indicator",
    "action",
    "transfer",
    "origin-news",
    "elsewhere",
]
WAITS: Final[tuple[What, ...]] = (
    "take-part",
    "position",
    "decide-improvement",
    "endorse",
    "holder",
    "judge",
    "assess",
    "decide",
    "nobody-asked",
    "submitted",
    "entry",
    "publish-evaluation",
    "publish-indicator",
    "finding",
    "meeting-answer",
    "minutes",
    "returned",
    "entry-returned",
    "unsaved",
    "draft",
    "entry-draft",
    "finding-draft",
    "discussed",
    "unplanned",
    "unsigned",
    "amendment",
    "transfer",
    "origin-news",
    "elsewhere",
    "task",
)
CHANGED: Final[tuple[What, ...]] = ("published", "withdrawn")
DUE: Final[tuple[What, ...]] = ("meeting", "action", "due", "contacts", "values", "idle", "note")
MOST: Final = 100
"""Of each kind; more than that nobody reads at once."""


class Item(Struct, frozen=True, kw_only=True):
    """One thing on the start page."""

    what: What
    region_id: str
    id: str
    """Of the record, or of the task."""
    at: datetime
    titles: Mapping[str, str] = {}
    original: str = ""
    slug: str = ""
    note: str = ""
    """Why it was given back; what a task is about; key of a noted entry."""
    due_on: date | None = None
    room: str = "practices"
    """Where its form is, of what was typed and not saved."""
    form: str = "edit"


class _Title(Struct):
    title: str | None = None


class _Titled(Struct):
    original: str
    text: dict[str, _Title] = {}


_titled = msgspec.json.Decoder(_Titled)


def titles_of(body: bytes) -> tuple[dict[str, str], str]:
    """Language → title, and the original language, of a practice that may lack both."""
    if not body:
        return {}, ""
    read = _titled.decode(body)
    return {lang: texts.title for lang, texts in read.text.items() if texts.title}, read.original


def item_of(
    what: What, record: Record, body: bytes, *, at: datetime, note: str = "", due_on: date | None = None
) -> Item:
    titles, original = titles_of(body)
    return Item(
        what=what,
        region_id=record.region_id,
        id=record.id,
        at=at,
        titles=titles,
        original=original,
        slug=record.slug,
        note=note,
        due_on=due_on,
    )


def entry_of(
    what: What, record: Record, body: bytes, *, at: datetime, note: str = "", due_on: date | None = None
) -> Item:
    return Item(
        what=what,
        region_id=record.region_id,
        id=record.id,
        at=at,
        titles=decode(body, Organisation).name,
        slug=record.slug,
        note=note,
        due_on=due_on,
    )


def version_of() -> ColumnElement[bool]:
    return and_(Version.region_id == Record.region_id, Version.record_id == Record.id)


def newest_version() -> ColumnElement[bool]:
    return and_(version_of(), Version.number == Record.version)


def wrote(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        Involved.region_id == Record.region_id,
        Involved.record_id == Record.id,
        Involved.account_id == actor.account_id,
        Involved.part == "author",
    )
