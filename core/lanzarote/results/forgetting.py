"""Take a received region out of an office whole, or begin a region's own change log anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete, func, or_, select

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.errors import NotFound, NotPermitted
from lanzarote.practices import projection
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records import changelog
from lanzarote.records.changelog import INSTANCE, Change, Saved, Served, notify, record
from lanzarote.records.changelog_state import broken_change
from lanzarote.records.records import Record, now
from lanzarote.records.tables import Forgotten
from lanzarote.regions.vocabulary import released as vocabularies
from lanzarote.results.destinations import head_of
from lanzarote.results.model import Source
from lanzarote.store.database import ALL, Base, Regional
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.store.database import Database


# --- Whether the log that an office keeps of a region is all that the region signed there, and nothing else ---


def broken_log(session: Session, region_id: str) -> int | None:
    """The first faulty number of a change log, received or written here, or None.

    The chain tells of nothing that was cut from its end; of what was received, the office wrote down the last entry
    that the region had signed.
    """
    broken = broken_change(session, region_id)
    if broken is not None:
        return broken
    served, source = session.get(Served, region_id), session.get(Source, region_id)
    if source is None or (served is not None and served.home):
        return None
    head = head_of(session, region_id)
    if (head.seq, head.hash) == (source.seq, source.hash):
        return None
    return head.seq if head.seq == source.seq else min(head.seq, source.seq) + 1


# --- Take a received region out of an office whole: its pages, its log, its keys. What is written here cannot be ---
# The ids of what it had erased stay, so that no older file of it brings that back when it is enrolled once more.

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
        # First, while it can still be read what the region counted for: what keeps account of all takes it out.
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


# --- Begin a region's change log anew with everything that the public reads now: an office needs nothing older ---
# What was erased or to be forgotten is told again: an office may have received nothing since before that.

SOME = 500


def begin_anew(session: Session, region_id: str, *, by: str, at: datetime) -> int:
    """Open an epoch that begins with all that is released; return its number."""
    told = list(everything(session, region_id, at))
    # What is signed holds here, too.
    changelog.forget_bodies(session, [one.record_id for one in told if one.verb != "publish"])
    return changelog.open_epoch(session, region_id, told, by=by, at=at)


def everything(session: Session, region_id: str, at: datetime) -> Iterator[Saved]:
    """What the public reads of the region now, as the change log would tell it, and what is to be forgotten."""
    served = session.get_one(Served, region_id)
    yield _told("region", region_id, served.facts, region_id, at)
    for kind, body in vocabularies(session, region_id):
        yield _told("vocabulary", kind, body, region_id, at)
    gone = _gone(session, region_id)
    for record_id, (kind, erased) in gone.items():
        if erased:
            yield _told(kind, record_id, b"", region_id, at, "erase")
    for kind, released in changelog.releases(session).items():  # what others name comes before them
        query = select(Record.id).where(Record.region_id == region_id, Record.kind == kind, Record.state != "erased")
        ids = session.scalars(query.order_by(Record.published_at, Record.id)).all()
        for start in range(0, len(ids), SOME):
            some = {record_id: _told(kind, record_id, b"", region_id, at) for record_id in ids[start : start + SOME]}
            shown = released.make(session, some)
            for record_id, one in some.items():
                if (now := shown.get(record_id)) is not None and now.begins:
                    verb = "replace" if record_id in gone else "publish"
                    yield msgspec.structs.replace(one, verb=verb, body=now.body, version=now.version)
                elif record_id in gone:
                    yield msgspec.structs.replace(one, verb="forget", public=False)


def _gone(session: Session, region_id: str) -> dict[str, tuple[str, bool]]:
    """Records of which an office may hold what is to be forgotten: kind of each, and whether it is erased for good.

    What was forgotten before the log first left the region is nobody's to forget; but a practice or procedure may have
    been taken up elsewhere before it was erased, and stand in the file of another region, and an organisation may have
    been told of by practices alone.
    """
    told = (Change.region_id == Forgotten.region_id) & (Change.record_id == Forgotten.record_id)
    first = select(func.min(Change.seq)).where(Change.region_id == region_id, Change.verb == "epoch").scalar_subquery()
    taken_up = Record.kind.in_((PRACTICE, PROCEDURE))
    cited = (Record.kind == STAKEHOLDER) & (Forgotten.seq >= first)
    told_elsewhere = (Record.state == "erased") & or_(taken_up, cited)
    here = (Record.region_id == Forgotten.region_id) & (Record.id == Forgotten.record_id)
    query = (
        select(Forgotten.record_id, Record.kind, Record.state)
        .join(Record, here)
        .where(Forgotten.region_id == region_id)
        .where(or_(told_elsewhere, select(Change.seq).where(told, Change.seq > first).exists()))
    )
    rows = session.execute(query.order_by(Record.kind.desc(), Forgotten.record_id))
    return {record_id: (kind, state == "erased") for record_id, kind, state in rows}


def _told(kind: str, record_id: str, body: bytes, region_id: str, at: datetime, verb: str = "publish") -> Saved:
    return Saved(
        region_id=region_id,
        kind=kind,
        record_id=record_id,
        verb=verb,
        version=0,
        at=at,
        body=body,
        public=verb in changelog.SHOWN,
    )
