"""The tables of records, the last parts of their addresses, and what a change log holds no more."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Index, LargeBinary, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.store.bulk import pieces
from lanzarote.store.database import Base, Regional

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from sqlalchemy import ColumnElement
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


OF_RECORD: Final = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
"""By which versions are joined to their records; here all of them."""
NEWEST_VERSION: Final = OF_RECORD & (Version.number == Record.version)
PUBLISHED_VERSION: Final = OF_RECORD & (Version.number == Record.published_version)


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


def newest_version() -> ColumnElement[bool]:
    """Joins each record with its newest version."""
    own = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    return own & (Version.number == Record.version)


def joined(table: Any) -> ColumnElement[bool]:
    """Joins the rows of *table* with the records that they stand beside."""
    condition: ColumnElement[bool] = (Record.region_id == table.region_id) & (Record.id == table.record_id)
    return condition


def beside(table: Any, record: Record) -> ColumnElement[bool]:
    """The rows of *table* that stand beside *record*."""
    condition: ColumnElement[bool] = (table.region_id == record.region_id) & (table.record_id == record.id)
    return condition


def last_number(session: Session, table: Any, record: Record) -> int:
    """Of the rows of *table* beside *record*, which are numbered from 1; 0 without any."""
    return session.scalar(select(func.max(table.number)).where(beside(table, record))) or 0
