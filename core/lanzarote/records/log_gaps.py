"""What a change log holds no more, or never held: so that whatever else is missing in it is found.

Ids and numbers alone, and no word of what was forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.store.bulk import pieces
from lanzarote.store.database import Base, Regional

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from sqlalchemy.orm import Session


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
