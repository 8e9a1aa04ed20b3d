"""What a change log says is released now, and whether it follows entry by entry."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.errors import Gone, NotFound
from lanzarote.records.changelog import SHOWN, Audit, Beginning, Change, ChangeBody, chain, forget_bodies, salted
from lanzarote.records.received import facts_of
from lanzarote.records.slugs import gone
from lanzarote.records.tables import Forgotten, FormerSlug, Unsent, forgotten
from lanzarote.runtime.reading import LateDecoder
from lanzarote.store.bulk import pieces

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from lanzarote.types import RegionHeader


RECORDS: Final = ("practice", "stakeholder")
"""Kinds that are kept as records where they are received, and have the addresses of these."""


class Released(Struct, frozen=True, kw_only=True):
    """One result, as whoever receives the region reads it."""

    region: str
    kind: str
    record: str
    seq: int
    version: int
    at: datetime
    body: bytes
    """Its document; empty: it was erased since, and its withdrawal follows."""

    @property
    def slug(self) -> str:
        """Its address among those of its kind; empty: the document tells none."""
        return _slugged.decode(self.body).slug if self.body else ""


class Word(Struct, frozen=True, kw_only=True):
    """The last that the log says of a record, without its document."""

    kind: str
    record: str
    seq: int
    verb: str
    """``publish``, ``replace``, ``withdraw``, ``forget`` or ``erase``."""
    at: datetime


def last_words(session: Session, region_id: str) -> list[Word]:
    """What a receiver would know of each record, in the order in which it was told, since the epoch began."""
    mine = _since_the_beginning(session, region_id)
    last = select(func.max(Change.seq)).where(mine).group_by(Change.kind, Change.record_id)
    query = select(Change.kind, Change.record_id, Change.seq, Change.verb, Change.at)
    rows = session.execute(query.where(Change.region_id == region_id, Change.seq.in_(last)).order_by(Change.seq))
    return [Word(kind=kind, record=record, seq=seq, verb=verb, at=at) for kind, record, seq, verb, at in rows]


def earlier_words(session: Session, region_id: str, after: int) -> list[Word]:
    """What entries behind *after* tell of records of which a later one tells something else, newest first.

    It is in the log, so it leaves the region with the rest; what was erased since is not. What is only told once more,
    as where an epoch begins, is no other wording.
    """
    last = {(one.kind, one.record): one.seq for one in last_words(session, region_id)}
    query = (
        select(Change.kind, Change.record_id, Change.seq, Change.verb, Change.at)
        .join(ChangeBody, (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq))
        .where(Change.region_id == region_id, Change.seq > after, Change.verb.in_(SHOWN), Change.kind != "epoch")
        .order_by(Change.seq.desc())
    )
    rows = session.execute(query)
    before = [
        Word(kind=kind, record=record, seq=seq, verb=verb, at=at)
        for kind, record, seq, verb, at in rows
        if last.get((kind, record)) != seq
    ]
    found = []
    for some in pieces(before):
        newest = {one.seq: last.get((one.kind, one.record), 0) for one in some}
        told = documents(session, region_id, {*newest, *newest.values()})
        found += [one for one in some if told[one.seq] != told.get(newest[one.seq])]
    return found


def documents(session: Session, region_id: str, seqs: Collection[int]) -> dict[int, bytes]:
    """What these entries tell, by their number; those that tell nothing, or nothing any more, are left out."""
    query = select(ChangeBody.seq, ChangeBody.body).where(ChangeBody.region_id == region_id, ChangeBody.seq.in_(seqs))
    return {seq: bytes(body) for seq, body in session.execute(query)}


def newest_beginning(session: Session, region_id: str, before: int | None = None) -> int:
    """Number of the last entry with which an epoch began (*before*: of those before this one); 0: none did."""
    began = (Change.region_id == region_id) & (Change.verb == "epoch")
    query = select(func.max(Change.seq)).where(began)
    return session.scalar(query if before is None else query.where(Change.seq < before)) or 0


def end_of_beginning(session: Session, region_id: str, begun: int) -> int:
    """Number of the last entry that tells what is released where an epoch begins with the entry *begun*."""
    body = documents(session, region_id, [begun]).get(begun)
    return begun + (_beginning.decode(body).entries if body else 0)


def head_of(session: Session, region_id: str) -> int:
    """Number of the log's last entry."""
    return session.scalar(select(func.max(Change.seq)).where(Change.region_id == region_id)) or 0


def _since_the_beginning(session: Session, region_id: str) -> ColumnElement[bool]:
    last, begun = head_of(session, region_id), newest_beginning(session, region_id)
    while begun and end_of_beginning(session, region_id, begun) > last:
        last, begun = begun - 1, newest_beginning(session, region_id, before=begun)
    return (Change.region_id == region_id) & (Change.kind != "epoch") & (Change.seq > begun)


def released_now(
    session: Session, region_id: str, *, kinds: Collection[str] = (), records: Collection[str] = ()
) -> Sequence[Released]:
    """The results of the region, in the order of their release; of these *kinds* or *records* only, if named."""
    query = _released_now(session, region_id, kinds, records)
    return [
        Released(
            region=region_id,
            kind=row.kind,
            record=row.record_id,
            seq=row.seq,
            version=row.version,
            at=row.at,
            body=bytes(body or b""),
        )
        for row, body in session.execute(query)
    ]


def bodies_now(session: Session, region_id: str, kind: str) -> Iterator[bytes]:
    """The documents of this kind that are released, in the order of their release; never all of them at once."""
    # Their numbers first: where PostgreSQL hands rows out one by one, it looks for each of them by itself.
    seqs = session.scalars(_released_now(session, region_id, (kind,), ()).with_only_columns(Change.seq)).all()
    for some in pieces(seqs):
        told = documents(session, region_id, some)
        yield from (told[seq] for seq in some if told.get(seq))


def _released_now(
    session: Session, region_id: str, kinds: Collection[str], records: Collection[str]
) -> Select[Change, bytes]:
    mine = _since_the_beginning(session, region_id)
    if kinds:
        mine &= Change.kind.in_(kinds)
    if records:
        mine &= Change.record_id.in_(records)
    last = select(func.max(Change.seq)).where(mine).group_by(Change.kind, Change.record_id)
    return (
        select(Change, ChangeBody.body)
        .outerjoin(ChangeBody, (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq))
        .where(Change.region_id == region_id, Change.seq.in_(last), Change.verb.in_(SHOWN))
        .order_by(Change.seq)
    )


class _HasSlug(Struct):
    slug: str = ""


_slugged = LateDecoder(_HasSlug)
_beginning = LateDecoder(Beginning)


class TakenBack(Gone):
    """What stood at this address is not released any more; pages say since when."""

    def __init__(self, kind: str, at: datetime, zone: ZoneInfo) -> None:
        super().__init__(f"This {kind} was withdrawn on {at.astimezone(zone).date().isoformat()}.")
        self.at = at


def of_kind(session: Session, region_id: str, kind: str) -> list[Released]:
    """The documents of this kind that the region's log holds, the last released first."""
    found = released_now(session, region_id, kinds=(kind,))
    return [one for one in reversed(found) if one.body]


def at_slug(session: Session, region: RegionHeader, kind: str, slug: str) -> Released:
    """What the region's log releases at *slug*, present or former, or by its id. Raises NotFound, Gone, TakenBack."""
    region_id = region.id
    shown = of_kind(session, region_id, kind)
    for one in shown:
        if one.slug == slug:
            return one
    record_id = _record_at(session, region_id, kind, slug)
    for one in shown:
        if one.record == record_id:
            return one
    if not record_id:
        raise NotFound(f"There is no {kind} at this address.")
    if any(one.erased for one in forgotten(session, region_id, [record_id])):
        raise Gone(f"This {kind} was erased.")
    query = select(func.max(Change.at)).where(Change.region_id == region_id, Change.record_id == record_id)
    at = session.scalar(query.where(Change.verb.not_in(SHOWN))) or session.scalars(query).one()
    raise TakenBack(kind, at, ZoneInfo(region.time_zone))


def forget_received(session: Session, region_id: str, ids: Sequence[str]) -> None:
    """Erase what a received log holds of these records; their addresses are known again, and nothing else of them."""
    told = (Change.region_id == region_id) & Change.kind.not_in(RECORDS)
    joined = (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq)
    query = select(Change.kind, Change.record_id, ChangeBody.body).join(ChangeBody, joined).order_by(Change.seq)
    addresses: dict[tuple[str, str], str] = {}
    for some in pieces(ids):
        for kind, record_id, body in session.execute(query.where(told, Change.record_id.in_(some))):
            if slug := _slugged.decode(bytes(body)).slug:
                addresses[kind, gone(slug)] = record_id
    for (kind, slug), record_id in addresses.items():
        session.merge(FormerSlug(region_id=region_id, kind=kind, slug=slug, record_id=record_id))
    forget_bodies(session, ids)


def _record_at(session: Session, region_id: str, kind: str, slug: str) -> str:
    """Id of the record that was told of at *slug* last, or that has it as its id; empty: none has."""
    by_id = select(Change.record_id).where(Change.region_id == region_id, Change.kind == kind, Change.record_id == slug)
    former = select(FormerSlug.record_id).where(
        FormerSlug.region_id == region_id, FormerSlug.kind == kind, FormerSlug.slug == gone(slug)
    )
    told = _once_at(session, region_id, kind, slug)
    return told or session.scalar(by_id.limit(1)) or session.scalar(former) or ""


def _once_at(session: Session, region_id: str, kind: str, slug: str) -> str:
    """Id of the record that was told of at *slug* last; what was erased is told of nowhere."""
    joined = (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq)
    query = select(Change.record_id, ChangeBody.body).join(ChangeBody, joined)
    rows = session.execute(query.where(Change.region_id == region_id, Change.kind == kind).order_by(Change.seq.desc()))
    return next((record_id for record_id, body in rows if _slugged.decode(bytes(body)).slug == slug), "")


# --- Follows the audit and the change log of a region, entry by entry, and tells where one does not follow ---


def broken_audit(session: Session, region_id: str) -> int | None:
    """Check the audit chain; return the number of the first line that does not follow, or None."""
    previous = ""
    rows = session.scalars(select(Audit).where(Audit.region_id == region_id).order_by(Audit.seq))
    for expected, row in enumerate(rows, 1):
        previous = chain(
            previous, row.seq, row.at, row.actor, row.verb, row.kind, row.record_id, row.version, row.digest
        )
        if row.seq != expected or row.hash != previous:
            return expected
    return None


def broken_change(session: Session, region_id: str) -> int | None:
    """Check the change log's chain and its bodies, which are there unless they were forgotten.

    Return the first faulty number, or None. What was received begins with the epoch that its region was in, and goes
    on with a later one where entries between them never came: the first entry of an epoch names the one before it,
    here or not.
    """
    previous = ""
    served = facts_of(session, region_id)
    home = served is None or served.home
    bodies = {row.seq: row for row in session.scalars(select(ChangeBody).where(ChangeBody.region_id == region_id))}
    forgotten = select(Forgotten.record_id, Forgotten.seq).where(Forgotten.region_id == region_id)
    unsent = select(Unsent.seq, Unsent.after).where(Unsent.region_id == region_id)
    gone, gaps = dict(session.execute(forgotten).all()), dict(session.execute(unsent).all())
    rows = session.scalars(select(Change).where(Change.region_id == region_id).order_by(Change.seq))
    expected = 1
    for row in rows:
        begins = row.verb == "epoch" and row.version == row.seq - 1
        if not home and begins and gaps.get(row.seq) == expected - 1:
            expected, previous = row.seq, row.record_id
        previous = _change_hash(previous, row)
        told = _is_told(row, bodies.get(row.seq), gone.get(row.record_id, 0))
        if row.seq != expected or row.hash != previous or not told:
            return expected
        expected += 1
    return None


def _is_told(row: Change, body: ChangeBody | None, gone: int) -> bool:
    """Whether the log has what *row* told; up to the number *gone* it need not."""
    if body is None:
        return not row.body_hash or row.seq <= gone
    return salted(body.salt, body.body) == row.body_hash


def _change_hash(previous: str, row: Change) -> str:
    return chain(previous, row.seq, row.epoch, row.at, row.verb, row.kind, row.record_id, row.version, row.body_hash)
