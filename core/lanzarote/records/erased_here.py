"""Whether a record was erased here: the one answer for whatever could bring it back, be it a log, a file or a package.

By what its region said of it, or the list of what was erased: that is kept when a region is forgotten and when an older
backup is restored. Where the region is written, by the record itself too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lanzarote.records.changelog import is_received
from lanzarote.records.log_gaps import Forgotten
from lanzarote.records.records import Record
from lanzarote.store.bulk import pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from sqlalchemy.orm import Session


def erased_here(session: Session, region_id: str, ids: Iterable[str] | None = None) -> set[str]:
    """Those of *ids* that were erased for good, of all records of the region unless they are given."""
    queries = tuple(_known(session, region_id))
    if ids is None:
        return {one for _, query in queries for one in session.scalars(query)}
    return {
        one
        for some in pieces(sorted(set(ids)))
        for column, query in queries
        for one in session.scalars(query.where(column.in_(some)))
    }


def _known(session: Session, region_id: str) -> Iterator[tuple[Any, Any]]:
    """Column of the id, and query."""
    told = Forgotten.record_id
    yield told, select(told).where(Forgotten.region_id == region_id, Forgotten.erased)
    gone = select(Record.id).where(Record.region_id == region_id, Record.state == "erased")
    if is_received(session, region_id):
        # An organisation is erased there also when nobody named it any more.
        gone = gone.where(Record.kind == "practice")
    yield Record.id, gone
