"""What goes with records that are erased: each room keeps something beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete

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
