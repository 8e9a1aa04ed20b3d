"""What could not be taken keeps no word of what is to be forgotten: its bytes go, its reason and digest stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select, update

from lanzarote.records.records import Record
from lanzarote.records.tables import forgotten
from lanzarote.results.model import HeldBatch
from lanzarote.store.bulk import pieces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

_NAME: Final = re.compile(rb'"([a-z0-9]+(?:-[a-z0-9]+)*)"')
"""A key or an id, as it stands in results."""


def drop_bytes_of(session: Session, region_id: str, ids: Iterable[str]) -> None:
    """Keep the bytes of nothing that waits and names one of these records, which are to be forgotten."""
    gone = set(ids)
    if not gone:
        return
    for some in pieces(sorted(gone)):
        # Practices name an organisation by its key, and tell of it.
        keys = select(Record.key).where(Record.region_id == region_id, Record.id.in_(some), Record.key.is_not(None))
        gone |= {key for key in session.scalars(keys) if key}
    kept = select(HeldBatch.id).where(HeldBatch.region_id == region_id, HeldBatch.data != b"")
    for held_id in session.scalars(kept).all():
        one = (HeldBatch.region_id == region_id) & (HeldBatch.id == held_id)
        if gone & names_in(session.scalars(select(HeldBatch.data).where(one)).one()):  # one at a time: they are large
            session.execute(update(HeldBatch).where(one).values(data=b""))


def tells_of_forgotten(session: Session, region_id: str, data: bytes) -> bool:
    """Whether a record is named in it of which something was to be forgotten, or an organisation that was erased."""
    names = sorted(names_in(data))
    if forgotten(session, region_id, names):
        return True
    erased = select(Record.id).where(Record.region_id == region_id, Record.state == "erased")
    return any(
        session.scalar(erased.where(or_(Record.id.in_(some), Record.key.in_(some))).limit(1)) is not None
        for some in pieces(names)
    )


def names_in(data: bytes) -> set[str]:
    """Every key and id in it.

    >>> sorted(names_in(b'{"kind":"practice","record":"0190-a","slug":"A"}'))
    ['0190-a', 'kind', 'practice', 'record', 'slug']
    """
    return {name.decode() for name in _NAME.findall(data)}
