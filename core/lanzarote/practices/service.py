"""Read practices as the public does: lists with filters and search, one practice, its versions."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote import records, search
from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.practices.facets import FacetIndex
from lanzarote.practices.model import KIND, Card, Document, PracticeStatus
from lanzarote.records import Record, Version
from lanzarote.types import Practice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.database import Database

_card = msgspec.json.Decoder(Card)
_document = msgspec.json.Decoder(Document)


class BadCursor(LanzaroteError):
    """The cursor was not made here."""


class Page(Struct, frozen=True, kw_only=True):
    """A piece of a list."""

    total: int
    cards: tuple[bytes, ...]
    """Each a ``Card`` as JSON."""
    counts: Mapping[str, Mapping[str, int]]
    next: str | None
    terms: tuple[str, ...] = ()

    def decoded(self) -> tuple[Card, ...]:
        return tuple(_card.decode(card) for card in self.cards)


class VersionLine(Struct, frozen=True, kw_only=True):
    """A version in the list of versions."""

    number: int
    at: datetime
    published: bool


def build_index(database: Database, region_id: str | None) -> FacetIndex:
    """Read the list of published practices of a region, or of all enabled regions, into memory."""
    if region_id is None:
        return FacetIndex(database.all_rows("SELECT pk, ordered, facets FROM published_practice ORDER BY ordered, pk"))
    sql = "SELECT pk, ordered, facets FROM published_practice WHERE region_id = ? ORDER BY ordered, pk"
    return FacetIndex(database.rows(sql, region_id))


def page(
    database: Database,
    index: FacetIndex,
    *,
    region_id: str | None = None,
    filters: Mapping[str, Sequence[str]],
    terms: Sequence[str] = (),
    cursor: str | None = None,
    limit: int = 50,
    facets: Sequence[str] = (),
) -> Page:
    """The next *limit* practices that hold all *terms* and pass *filters*, with counts for *facets*.

    Raises BadCursor.
    """
    tiers = _tiers(database, index, region_id, terms)
    found = index.select(filters, tiers[-1] if terms else None)
    start_tier, start = _start(index, cursor, len(tiers))
    chosen: list[tuple[int, int]] = []
    seen = 0
    for tier, mask in enumerate(tiers):
        here, seen = mask & found & ~seen, seen | mask
        if tier < start_tier:
            continue
        for position in index.positions(here, start if tier == start_tier else 0):
            chosen.append((tier, position))
            if len(chosen) > limit:
                break
        if len(chosen) > limit:
            break
    shown = chosen[:limit]
    more = _cursor(index, *shown[-1]) if len(chosen) > limit else None
    return Page(
        total=found.bit_count(),
        cards=_cards(database, [index.pks[position] for _, position in shown]),
        counts=index.counts(filters, tiers[-1] if terms else None, facets) if facets else {},
        next=more,
        terms=tuple(terms),
    )


def document(database: Database, region_id: str, slug: str) -> bytes:
    """The published practice at *slug*, a ``Document`` as JSON. Raises NotFound."""
    sql = "SELECT document FROM published_practice WHERE region_id = ? AND slug = ?"
    rows = database.rows(sql, region_id, slug)
    if not rows:
        raise NotFound("There is no practice at this address.")
    return bytes(rows[0][0])


def decode(document: bytes) -> Document:
    return _document.decode(document)


def cards(database: Database, region_id: str, slugs: Sequence[str]) -> tuple[Card, ...]:
    """The published practices at *slugs*, in that order; those that are not there are left out."""
    sql = "SELECT slug, card FROM published_practice WHERE region_id = ? AND slug = ?"
    found = [row for slug in slugs for row in database.rows(sql, region_id, slug)]
    return tuple(_card.decode(card) for _, card in found)


def all_cards(database: Database, region_id: str) -> Iterator[Card]:
    """All published practices of a region, newest first."""
    sql = "SELECT card FROM published_practice WHERE region_id = ? ORDER BY ordered, pk"
    for (card,) in database.rows(sql, region_id):
        yield _card.decode(card)


def current_slug(session: Session, slug: str) -> str:
    """The present slug of the published practice once at *slug*. Raises NotFound, Gone."""
    record = records.find(session, KIND, slug)
    if record.published_version is None:
        raise NotFound("There is no practice at this address.")
    return record.slug


def was_withdrawn(session: Session, slug: str) -> datetime | None:
    """When the practice at *slug* was withdrawn, if it was."""
    record = records.find(session, KIND, slug)
    return record.updated_at if record.state == "withdrawn" else None


def versions(session: Session, slug: str) -> tuple[VersionLine, ...]:
    """Versions of a published practice up to the published one, newest first. Raises NotFound, Gone."""
    record = records.find(session, KIND, slug)
    if record.published_version is None:
        raise NotFound("There is no practice at this address.")
    query = (
        select(Version.number, Version.at)
        .where(Version.record_id == record.id, Version.number <= record.published_version)
        .order_by(Version.number.desc())
    )
    lines = session.execute(query).tuples()
    return tuple(VersionLine(number=n, at=at, published=n == record.published_version) for n, at in lines)


def version(session: Session, slug: str, number: int) -> tuple[Record, Practice, PracticeStatus]:
    """One version up to the published one. Raises NotFound, Gone."""
    record = records.find(session, KIND, slug)
    if record.published_version is None or not 1 <= number <= record.published_version:
        raise NotFound("There is no such version.")
    body = records.body_of(session, record, number)
    return record, records.decode(body, Practice), records.decode(record.status, PracticeStatus)


def _tiers(database: Database, index: FacetIndex, region_id: str | None, terms: Sequence[str]) -> list[int]:
    if not terms:
        return [index.all]
    return [index.hits(pks) for pks in search.find(database, terms, region_id)]


def _cards(database: Database, pks: Sequence[int]) -> tuple[bytes, ...]:
    if not pks:
        return ()
    marks = ",".join("?" * len(pks))
    found = dict(database.all_rows(f"SELECT pk, card FROM published_practice WHERE pk IN ({marks})", *pks))
    return tuple(bytes(found[pk]) for pk in pks if pk in found)


def _cursor(index: FacetIndex, tier: int, position: int) -> str:
    ordered, pk = index.key(position)
    return base64.urlsafe_b64encode(f"{tier}.{ordered}.{pk}".encode()).decode().rstrip("=")


def _start(index: FacetIndex, cursor: str | None, tiers: int) -> tuple[int, int]:
    if not cursor:
        return 0, 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        tier, ordered, pk = (int(part) for part in text.split("."))
    except (ValueError, binascii.Error):
        raise BadCursor("This is no cursor of ours; follow the link to the next page as it was given.") from None
    if not 0 <= tier < tiers or max(abs(ordered), abs(pk)) >= 2**62:
        raise BadCursor("This cursor belongs to another list; follow the link to the next page as it was given.")
    return tier, index.after(ordered, pk)
