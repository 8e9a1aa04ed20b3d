"""A compendium: chosen practices and procedures, in one language, as on their pages, ready to be set."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from lanzarote.types.packages import RegionHeader
from lanzarote.types.values import Key, Side

if TYPE_CHECKING:
    from collections.abc import Callable


class Words(Struct, frozen=True, omit_defaults=True):
    """Some words of a line."""

    text: str
    lang: str = ""
    """Their language, where it is another one than the document's."""
    href: str = ""
    """The permanent address that they lead to."""


Line = tuple[Words, ...]


class Paragraph(Struct, frozen=True, tag_field="type", tag="paragraph"):
    line: Line


class Points(Struct, frozen=True, tag_field="type", tag="points"):
    lines: tuple[Line, ...]


class Rows(Struct, frozen=True, tag_field="type", tag="rows"):
    """A table; the first cell of each row says what the row is about."""

    caption: Words
    head: tuple[Words, ...]
    rows: tuple[tuple[tuple[Line, ...], ...], ...]
    """Rows of cells of lines."""
    widths: tuple[float, ...]
    """Of the columns, in proportion."""


class Picture(Struct, frozen=True, tag_field="type", tag="picture"):
    """A drawing of the platform's own."""

    svg: str
    alt: str
    """What it shows, for who does not see it."""
    caption: Words
    width: float
    """As a part of the width of the text: pictures of one document are of one scale."""


Block = Paragraph | Points | Rows | Picture


class Part(Struct, frozen=True, omit_defaults=True):
    """What comes under one heading."""

    title: Line
    blocks: tuple[Block, ...]


class Member(Struct, frozen=True, omit_defaults=True):
    """Who takes part."""

    name: Line
    part: Line = ()
    """What it does."""
    mark: Words | None = None
    """What has to be known about the entry, such as "not verified"."""


class Bank(Struct, frozen=True, omit_defaults=True):
    """Who takes part of one side."""

    side: Side
    label: Words
    members: tuple[Member, ...] = ()
    missing: Words | None = None
    """Said where nobody is named."""


class Scale(Struct, frozen=True):
    """One of the two axes: words, and how many of four dots."""

    label: Words
    words: Words
    level: int


class Stated(Struct, frozen=True):
    """A fact in a few words."""

    label: Line
    value: Line


class CitedSource(Struct, frozen=True, omit_defaults=True):
    title: Line
    publisher: Line
    url: str = ""
    read_on: Line = ()
    """As it is said: "read on 3 June 2026"."""


class Told(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One practice or procedure, as on its page."""

    kind: Literal["practice", "procedure"]
    id: str
    version: int
    address: str
    """Its permanent address."""
    title: Words
    marks: tuple[Words, ...] = ()
    """What a reader has to know before anything else: its standing, what was not verified, what is translated."""
    summary: tuple[Line, ...] = ()
    scales: tuple[Scale, ...] = ()
    banks: tuple[Bank, ...] = ()
    facts: tuple[Stated, ...] = ()
    parts: tuple[Part, ...] = ()
    sources: tuple[CitedSource, ...] = ()
    note: Line = ()
    """How it was checked."""
    colophon: Line = ()
    """When it was published, in which version, under which licence."""


class Chart(Struct, frozen=True):
    """How many of the records belong where."""

    title: Words
    head: tuple[Words, Words]
    bars: tuple[tuple[Words, int], ...]


class Chapter(Struct, frozen=True):
    title: Words
    count: Words
    """How many records it has, in words."""
    records: tuple[Told, ...]


class Compendium(Struct, frozen=True, kw_only=True):
    """Chosen records of one region, as the public read them at one moment."""

    title: str
    subtitle: str
    """How many records of what."""
    language: str
    region: RegionHeader
    region_name: Words
    publisher: str
    """Who answers for the site."""
    address: str
    """Of the region's pages."""
    day: date
    revision: int
    """Number of the state of the region's public content that it shows."""
    made: Words
    """Day and revision in words."""
    licence: Words
    about: tuple[Line, ...]
    """How to read it: what is vouched for and what is not."""
    charts: tuple[Chart, ...] = ()
    chapters: tuple[Chapter, ...]
    words: dict[str, Words]
    """The platform's own words in the language of the document, by English catchword: "contents", "sources", …"""


class DocumentExporter(Struct, frozen=True, kw_only=True):
    """A file format that a compendium can be written in."""

    format: Key
    """By which the format is asked for."""
    label: str
    media_type: str
    extension: str
    write: Callable[[Compendium], bytes]
