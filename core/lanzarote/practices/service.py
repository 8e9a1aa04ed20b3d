"""Read practices as the public does: lists with filters and search, one practice, its versions."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.errors import Gone, NotFound
from lanzarote.practices import projection
from lanzarote.practices.facets import FacetIndex
from lanzarote.practices.model import KIND, Card, Document, PracticeStatus, read_status
from lanzarote.practices.review_model import Decision, heard
from lanzarote.records import records
from lanzarote.records.changelog import Audit
from lanzarote.records.records import Record, Version
from lanzarote.runtime.reading import LateDecoder, converted
from lanzarote.search import paging
from lanzarote.search.asked import Meaning, apart
from lanzarote.search.index import near, rows_that_hold
from lanzarote.search.ranking import Found, find
from lanzarote.search.shelf import Shelf
from lanzarote.types import Partner, Practice, PracticeSheet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.search.asked import Alternatives
    from lanzarote.store.database import Database

_card = LateDecoder(Card)
_document = LateDecoder(Document)


class _WithPartners(Struct, frozen=True):
    partners: tuple[Partner, ...] = ()


_partners = LateDecoder(_WithPartners)


class Page(Struct, frozen=True, kw_only=True):
    """A piece of a list."""

    total: int
    """How many practices hold all words."""
    some: int | None = None
    """How many hold some of them; None: it was not looked, since the others fill the piece."""
    cards: tuple[bytes, ...]
    """Each a ``Card`` as JSON."""
    whole: int
    """How many of the cards hold all words: these come first."""
    counts: Mapping[str, Mapping[str, int]]
    next: str | None
    found: Found | None = None
    pks: tuple[int, ...] = ()
    """Row numbers of the cards."""
    before: int = 0
    """How many rows of the list come before this piece."""
    previous: str | None = None
    """Cursor of the piece before this one, empty for the first; None when this is the first."""

    def decoded(self) -> tuple[Card, ...]:
        return tuple(_card.decode(card) for card in self.cards)


class VersionLine(Struct, frozen=True, kw_only=True):
    """A version in the list of versions."""

    number: int
    at: datetime
    """When it was published."""
    published: bool


def facets_of(instance: Instance, region_id: str | None = None) -> FacetIndex:
    """The facet index of a region, or of all that the public may read. Raises NotFound."""
    return instance.kept("facets", region_id, lambda: build_index(instance.database, instance.regions_of(region_id)))


def build_index(database: Database, regions: Sequence[str]) -> FacetIndex:
    """Read the list of published practices of *regions* into memory."""
    if not regions:
        return FacetIndex((), ())
    these = f"FROM published_practice WHERE region_id IN ({','.join('?' * len(regions))})"
    return FacetIndex(
        database.each_row(f"SELECT ordered, pk {these} ORDER BY ordered, pk", *regions),
        database.each_row(f"SELECT pk, facets {these}", *regions),
    )


def look(
    database: Database,
    index: FacetIndex,
    words: str,
    lang: str = "",
    region_id: str | None = None,
    meaning: Meaning = apart,
    *,
    exact: bool = False,
) -> Found | None:
    """Which practices of *index* hold *words*; None: there is no word in it, and all are meant.

    *exact*: what nothing holds is not looked for in another spelling.
    """
    if not words.strip():
        return None  # most lists: nothing is read of what words mean
    rows = partial(_rows, database, () if region_id is None else (region_id,))
    found = find(words, lang, (Shelf(index, rows, index.all),), None if exact else partial(near, database), meaning)
    return found if found.question else None


def _rows(database: Database, regions: Sequence[str], groups: Sequence[Alternatives], least: int) -> Sequence[int]:
    return rows_that_hold(database, groups, regions, least=least)


def page(
    database: Database,
    index: FacetIndex,
    *,
    filters: Mapping[str, Sequence[str]],
    found: Found | None = None,
    cursor: str | None = None,
    limit: int = 50,
    facets: Sequence[str] = (),
) -> Page:
    """The next *limit* practices that were *found* and pass *filters*, with counts for *facets*.

    Those that hold all words come first, and are what is counted; where none does, those that hold some.
    Raises BadCursor.
    """
    piece = paging.piece(found, (index,), (index.select(filters),), cursor, limit)
    pks = tuple(index.pks[one.position] for one in piece.shown)
    return Page(
        total=piece.total,
        some=piece.some,
        cards=_cards(database, pks),
        whole=sum(one.segment.layer is None or one.segment.layer.whole for one in piece.shown),
        counts=index.counts(filters, _counted(found), facets) if facets else {},
        next=piece.next,
        found=found,
        pks=pks,
        before=piece.before,
        previous=piece.previous,
    )


def _counted(found: Found | None) -> int | None:
    if found is None:
        return None
    [whole] = found.whole
    return whole or found.partial()[0]


def counted(index: FacetIndex, *, filters: Mapping[str, Sequence[str]], found: Found | None = None) -> int:
    """How many ``listed`` gives."""
    return index.select(filters, found.whole[0] if found else None).bit_count()


def listed(
    database: Database, index: FacetIndex, *, filters: Mapping[str, Sequence[str]], found: Found | None = None
) -> Iterator[Card]:
    """All practices that hold all words, as ``page`` gives them in pieces, read as they are consumed."""
    shown = paging.each(found, (index,), (index.select(filters),))
    while piece := [index.pks[one.position] for one in islice(shown, 500)]:
        yield from map(_card.decode, _cards(database, piece))


def document(database: Database, region_id: str, slug: str) -> bytes:
    """The published practice at *slug*, a ``Document`` as JSON. Raises NotFound."""
    sql = "SELECT document FROM published_practice WHERE region_id = ? AND slug = ?"
    rows = database.rows(sql, region_id, slug)
    if not rows:
        raise NotFound("There is no practice at this address.")
    return bytes(rows[0][0])


def document_of(database: Database, region_id: str, record_id: str) -> bytes:
    """As ``document``, by id. Raises NotFound."""
    sql = "SELECT document FROM published_practice WHERE region_id = ? AND record_id = ?"
    rows = database.rows(sql, region_id, record_id)
    if not rows:
        raise NotFound("There is no practice with this id.")
    return bytes(rows[0][0])


def decode(document: bytes) -> Document:
    return _document.decode(document)


def sheet_of(document: Document) -> PracticeSheet:
    """What a published practice says, as it was written."""
    said = {name: getattr(document, name) for name in PracticeSheet.__struct_fields__}
    return converted(msgspec.to_builtins(said), PracticeSheet)


def documents(database: Database, pks: Sequence[int]) -> dict[int, Document]:
    """The published practices in the rows *pks*, whole; the caller has chosen rows that may be seen."""
    if not pks:
        return {}
    marks = ",".join("?" * len(pks))
    sql = f"SELECT pk, document FROM published_practice WHERE pk IN ({marks})"  # noqa: S608 (only marks go in)
    rows = database.all_rows(sql, *pks)
    return {pk: _document.decode(document) for pk, document in rows}


def cards(database: Database, region_id: str, slugs: Sequence[str]) -> tuple[Card, ...]:
    """The published practices at *slugs*, in that order; those that are not there are left out."""
    sql = "SELECT slug, card FROM published_practice WHERE region_id = ? AND slug = ?"
    found = [row for slug in slugs for row in database.rows(sql, region_id, slug)]
    return tuple(_card.decode(card) for _, card in found)


def by_keys(database: Database, region_id: str, keys: Sequence[str]) -> tuple[Card, ...]:
    """The published practices with these ids, or shipped under these keys, in that order."""
    if not keys:
        return ()
    marks = ",".join("?" * len(keys))
    sql = (
        "SELECT r.key, r.id, p.card FROM record r JOIN published_practice p"  # noqa: S608 (only marks go in)
        " ON p.region_id = r.region_id AND p.record_id = r.id"
        f" WHERE r.region_id = ? AND r.kind = ? AND (r.key IN ({marks}) OR r.id IN ({marks}))"
    )
    found: dict[str, Card] = {}
    for key, record_id, card in database.rows(sql, region_id, KIND, *keys, *keys):
        found[key or record_id] = found[record_id] = _card.decode(card)
    return tuple({card.id: card for key in keys if (card := found.get(key))}.values())


def alike(
    database: Database,
    index: FacetIndex,
    practice: Document | PracticeSheet,
    *,
    but: Collection[str] = (),
    limit: int = 3,
) -> tuple[Card, ...]:
    """Practices that share at least two sectors or articles with *practice*; what few others share counts most."""
    shared: dict[int, list[float]] = {}
    articles = dict.fromkeys(reference.partition(".")[0] for reference in practice.convention)
    masks = [index.masks["sector"].get(key, 0) for key in practice.sectors]
    masks += [index.masks["article"].get(article, 0) for article in articles]
    for mask in filter(None, masks):
        weight = 1 / mask.bit_count()
        for position in islice(index.positions(mask), 500):
            shared.setdefault(position, []).append(weight)
    ranked = sorted((-sum(weights), position) for position, weights in shared.items() if len(weights) > 1)
    pks = [index.pks[position] for _, position in ranked[: limit + len(but) + 1]]
    itself = getattr(practice, "id", "")
    return tuple(card for card in cards_at(database, pks) if card.id != itself and card.slug not in but)[:limit]


def cards_at(database: Database, pks: Sequence[int]) -> Iterator[Card]:
    """The published practices in the rows *pks*, in that order; the caller has chosen rows that may be seen."""
    return map(_card.decode, _cards(database, pks))


def all_cards(database: Database, region_id: str) -> Iterator[Card]:
    """All published practices of a region, newest first."""
    sql = "SELECT card FROM published_practice WHERE region_id = ? ORDER BY ordered, pk"
    for (card,) in database.rows(sql, region_id):
        yield _card.decode(card)


def partners(database: Database, region_id: str) -> Iterator[tuple[int, tuple[Partner, ...]]]:
    """Row number and partners of every published practice of a region."""
    for pk, document in database.rows("SELECT pk, document FROM published_practice WHERE region_id = ?", region_id):
        yield pk, _partners.decode(document).partners


def current_slug(session: Session, slug: str) -> str:
    """The present slug of the published practice once at *slug*. Raises NotFound, Gone."""
    return _published(session, slug).slug


def withdrawn_or_slug(session: Session, slug: str) -> datetime | str:
    """When the practice at *slug* was withdrawn, if it was; else its present slug. Raises NotFound, Gone."""
    record = records.find(session, KIND, slug)
    if record.state == "withdrawn":
        query = select(func.max(Audit.at)).where(Audit.record_id == record.id, Audit.verb == "withdraw")
        return session.scalar(query) or record.updated_at
    if record.published_version is None:
        raise NotFound("There is no practice at this address.")
    return record.slug


def versions(session: Session, slug: str) -> tuple[VersionLine, ...]:
    """Versions of a published practice that the public has read, newest first. Raises NotFound, Gone."""
    return _versions(session, _published(session, slug))


def version(session: Session, slug: str, number: int) -> tuple[Record, Practice, PracticeStatus]:
    """One version that the public has read. Raises NotFound, Gone."""
    record = _published(session, slug)
    _line(session, record, number)
    body = records.body_of(session, record, number)
    return record, records.decode(body, Practice), read_status(record.status)


def version_document(session: Session, slug: str, number: int) -> tuple[Document, tuple[VersionLine, ...]]:
    """One version that the public has read as it would be read today, and all of them. Raises NotFound, Gone."""
    record, practice, status = version(session, slug, number)
    lines = _versions(session, record)
    line = next(line for line in lines if line.number == number)
    around = projection.surroundings(session, record.region_id, [practice])
    if number != record.published_version:
        status = _status_then(session, record, number, status)
    return projection.as_document(record, number, line.at, practice, status, around), lines


def _status_then(session: Session, record: Record, number: int, now: PracticeStatus) -> PracticeStatus:
    """What version *number* was published as: a label belongs to the version that was assessed."""
    own = (Decision.region_id == record.region_id) & (Decision.record_id == record.id)
    query = select(Decision).where(own, Decision.version == number, Decision.outcome == "assessed")
    decision = session.scalars(query).first()
    then = decision.status(now) if decision is not None else now.unassessed
    return heard(session, record, records.body_of(session, record, number), then)


def _published(session: Session, slug: str) -> Record:
    record = records.find(session, KIND, slug)
    if record.published_version is None:
        raise NotFound("There is no practice at this address.")
    return record


def _versions(session: Session, record: Record) -> tuple[VersionLine, ...]:
    # Working versions that no reviewer let through are nobody's to read: the audit knows which were published.
    query = (
        select(Audit.version, func.min(Audit.at))
        .where(Audit.kind == KIND, Audit.record_id == record.id, Audit.verb == "publish")
        .group_by(Audit.version)
    )
    left = select(Version.number).where(Version.record_id == record.id, Version.digest != "")  # others were erased
    at = dict(session.execute(query.where(Audit.version.in_(left))).all())
    if record.published_version is not None:
        at.setdefault(record.published_version, record.published_at or record.updated_at)
    return tuple(
        VersionLine(number=number, at=at[number], published=number == record.published_version)
        for number in sorted(at, reverse=True)
    )


def _line(session: Session, record: Record, number: int) -> VersionLine:
    for line in _versions(session, record):
        if line.number == number:
            return line
    known = session.get(Version, (record.region_id, record.id, number))
    if known is not None and not known.digest:
        raise Gone("What this version said was erased.")
    raise NotFound("There is no such version.")


def _cards(database: Database, pks: Sequence[int]) -> tuple[bytes, ...]:
    found = raw_cards(database, pks)
    return tuple(found[pk] for pk in pks if pk in found)


def raw_cards(database: Database, pks: Sequence[int]) -> dict[int, bytes]:
    """Row number → ``Card`` as JSON; the caller has chosen rows that may be seen."""
    if not pks:
        return {}
    marks = ",".join("?" * len(pks))
    rows = database.all_rows(f"SELECT pk, card FROM published_practice WHERE pk IN ({marks})", *pks)  # noqa: S608
    return {pk: bytes(card) for pk, card in rows}


def decode_card(card: bytes) -> Card:
    return _card.decode(card)
