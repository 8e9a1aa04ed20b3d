"""Take a received region out of an office whole: its pages, its log, its keys. What is written here cannot be.

The ids of what it had erased stay, so that no older file of it brings that back when it is enrolled once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from lanzarote.errors import NotFound, NotPermitted
from lanzarote.practices import projection
from lanzarote.records.changelog import INSTANCE, Saved, Served, notify, record
from lanzarote.records.records import now
from lanzarote.records.tables import Forgotten
from lanzarote.results.model import Source
from lanzarote.store.database import ALL, Base, Regional
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.store.database import Database

WRITTEN_HERE = N_("This region is written here. An office forgets only what it has received.")


def forget(database: Database, region_id: str, *, by: str) -> None:
    """Raises NotFound, NotPermitted."""
    if region_id == INSTANCE:  # what stands under it is of the instance itself
        raise NotFound(f"No region {region_id!r} is received here.")
    with database.write(ALL) as session:
        served, source = session.get(Served, region_id), session.get(Source, region_id)
        if served is None and source is None:
            raise NotFound(f"No region {region_id!r} is received here.")
        if served is not None and served.home:
            raise NotPermitted(WRITTEN_HERE)
        # First, while it can still be read what the region counted for: whoever keeps account of all takes it out.
        saved = Saved(region_id=INSTANCE, kind="source", record_id=region_id, verb="forget", version=0, at=now())
        record(session, [saved], by=by)
        projection.forget_region(session, region_id)
        for table in regional_tables():
            session.execute(delete(table).where(*_of(table, region_id)))
        if served is not None:
            session.delete(served)
        session.flush()
        session.info["erased"] = True
        notify(session, region_id)


def _of(table: Any, region_id: str) -> tuple[Any, ...]:
    """The rows of the region, but for the ids of what it had erased."""
    mine = table.region_id == region_id
    return (mine, ~Forgotten.erased) if table is Forgotten else (mine,)


def regional_tables() -> Iterator[Any]:
    """Every table whose rows belong to a region."""
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Regional):
            yield mapper.class_


def is_forgotten(database: Database, region_id: str) -> bool:
    """Whether nothing is left of the region here."""
    with database.read(ALL) as session:
        mine = (select(table).where(*_of(table, region_id)).limit(1) for table in regional_tables())
        left = [row for query in mine for row in session.scalars(query)]
    return not left
