"""The tables of records, the last parts of their addresses, and what a change log holds no more."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import Index, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.store.bulk import pieces
from lanzarote.store.database import Base, Regional

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping

    from sqlalchemy.orm import Session


# --- What a change log holds no more, or never held: so that whatever else is missing in it is found ---
# Ids and numbers alone, and no word of what was forgotten.


class Forgotten(Regional, Base):
    """A record of which the log tells nothing any more up to some entry; a later epoch takes nothing of this back."""

    __tablename__ = "forgotten"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    """Entries of the record up to this number may lack their bodies."""
    erased: Mapped[bool]
    """For good: its region said so where it is received, or the list beside the database. Else its record tells it."""


class Unsent(Regional, Base):
    """An epoch with which a received log goes on although entries before it never came."""

    __tablename__ = "unsent"

    seq: Mapped[int] = mapped_column(primary_key=True)
    """Number of the entry with which the epoch begins."""
    after: Mapped[int]
    """Number of the entry that is here before it; 0: none."""


def note_forgotten(session: Session, region_id: str, up_to: Mapping[str, int], *, erased: Container[str] = ()) -> None:
    """The log tells nothing any more of these records in its entries *up_to* so many; some of them are *erased*."""
    known = {row.record_id: row for row in forgotten(session, region_id, up_to)}
    for record_id, seq in up_to.items():
        if (row := known.get(record_id)) is None:
            session.add(Forgotten(region_id=region_id, record_id=record_id, seq=seq, erased=record_id in erased))
        else:
            row.seq, row.erased = max(row.seq, seq), row.erased or record_id in erased


def forgotten(session: Session, region_id: str, ids: Iterable[str]) -> list[Forgotten]:
    """Those of *ids* of which something was forgotten."""
    query = select(Forgotten).where(Forgotten.region_id == region_id)
    return [
        row for some in pieces(sorted(set(ids))) for row in session.scalars(query.where(Forgotten.record_id.in_(some)))
    ]


def note_unsent(session: Session, region_id: str, seq: int, *, after: int) -> None:
    """What is here goes up to *after*, and then on with *seq*; later gaps were before what is lost now."""
    session.execute(delete(Unsent).where(Unsent.region_id == region_id, Unsent.seq > after))
    if seq > after + 1:
        session.add(Unsent(region_id=region_id, seq=seq, after=after))


# --- tables ---
# The tables of records: what stands in each, and what is known about it. ``records`` says what happens to them.


class Record(Regional, Base):
    """One practice, stakeholder, …; what it says stands in its versions."""

    __tablename__ = "record"
    __table_args__ = (
        Index("record_by_slug", "region_id", "kind", "slug", unique=True),
        Index("record_by_key", "region_id", "kind", "key"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    slug: Mapped[str]
    key: Mapped[str | None]
    """Its key in the package that shipped it."""
    state: Mapped[str]
    stage: Mapped[str] = mapped_column(default="")
    """How far its working version is, a state of ``lifecycle.WORK``; empty when there is none."""
    status: Mapped[bytes] = mapped_column(LargeBinary)
    """What is decided about it rather than written in it, as its kind defines."""
    version: Mapped[int]
    """The newest version; checked by every writer."""
    published_version: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class Version(Regional, Base):
    """What a record said at one time. Permanent, unless the record is erased."""

    __tablename__ = "version"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str]


class FormerSlug(Regional, Base):
    """An address a record had before; it redirects."""

    __tablename__ = "former_slug"

    kind: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str]


class Involved(Regional, Base):
    """Who has a part in a record: wrote in it, submitted its working version, was asked to assess it."""

    __tablename__ = "involved"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    """A ``permissions.Part``."""


class Named(Regional, Base):
    """The stakeholders that the newest version of a record names."""

    __tablename__ = "named"
    __table_args__ = (Index("named_by_stakeholder", "region_id", "stakeholder_id"),)

    record_id: Mapped[str] = mapped_column(primary_key=True)
    stakeholder_id: Mapped[str] = mapped_column(primary_key=True)


# --- The last parts of the addresses of records: which are taken, and what is kept of those whose words are gone ---

GONE = "erased-"
"""What the address of an erased record begins with: its words are gone as well."""


def gone(slug: str) -> str:
    """What is kept of an address whose words may not be kept: enough to know it again."""
    return slug if slug.startswith(GONE) else GONE + sha256(slug.encode()).hexdigest()[:32]


def taken_slugs(session: Session, kinds: Collection[str] = ()) -> set[tuple[str, str]]:
    """Kind and slug of every address, present and former, of these *kinds* of records, or of all."""
    taken: set[tuple[str, str]] = set()
    for table in (Record, FormerSlug):
        query = select(table.kind, table.slug)
        taken.update(session.execute(query.where(table.kind.in_(kinds)) if kinds else query))
    return taken


def first_free(kind: str, wanted: str, taken: set[tuple[str, str]]) -> str:
    """*wanted*, with a number if it is taken; it is taken from now on.

    Numbers are tried in leaps, so that a thousand of one name are not counted through for the next: the number is the
    lowest where none is left out.
    """

    def is_free(number: int) -> bool:
        slug = _numbered(wanted, number)
        return taken.isdisjoint({(kind, slug), (kind, gone(slug))})

    number = 1
    while not is_free(number):
        number *= 2
    slug = _numbered(wanted, bisect_left(range(number), True, lo=number // 2 + 1, key=is_free) if number > 1 else 1)
    taken.add((kind, slug))
    return slug


def _numbered(wanted: str, number: int) -> str:
    return wanted if number == 1 else f"{wanted}-{number}"
