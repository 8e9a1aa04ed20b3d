"""What becomes of erased records: what goes with them, and the one answer for whatever could bring them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, select

from lanzarote.records.received import is_received
from lanzarote.records.records import Record
from lanzarote.records.tables import Forgotten
from lanzarote.store.bulk import pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved


class Erased(NamedTuple):
    """Records of one region that are erased at once, as many as one statement takes."""

    region_id: str
    ids: Sequence[str]
    at: datetime


def erased(saved: Sequence[Saved], *kinds: str) -> Iterator[Erased]:
    """Those of *saved* that are erased, of these *kinds* or of all."""
    by_region: dict[str, list[Saved]] = {}
    for one in saved:
        if one.verb == "erase" and (not kinds or one.kind in kinds):
            by_region.setdefault(one.region_id, []).append(one)
    for region_id, gone in by_region.items():
        for some in pieces(gone):
            yield Erased(region_id, [one.record_id for one in some], some[-1].at)


def forget_beside(session: Session, saved: Sequence[Saved], tables: Iterable[Any], *kinds: str) -> None:
    """Remove what *tables* hold of those that are erased, of these *kinds* or of all."""
    tables = tuple(tables)
    for gone in erased(saved, *kinds):
        for table in tables:
            session.execute(delete(table).where(table.region_id == gone.region_id, table.record_id.in_(gone.ids)))


# --- erased here ---
# Whether a record was erased here: the one answer for whatever could bring it back, be it a log, a file or a package.
# By what its region said of it, or the list of what was erased: that is kept when a region is forgotten and when an
# older backup is restored. Where the region is written, by the record itself too.


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
