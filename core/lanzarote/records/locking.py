"""Who waits for whom: one writer a region, and a record that nobody else changes until the transaction ends.

SQLite has one writer anyway; PostgreSQL queues them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from lanzarote.errors import Conflict
from lanzarote.records.tables import Record
from lanzarote.store.bulk import pieces

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def writes_alone(session: Session) -> bool:
    """Whether nobody else writes from the transaction's first statement on."""
    return session.get_bind().dialect.name == "sqlite"


def lock(session: Session, region_id: str) -> None:
    """Let nobody else write in the region until the transaction ends."""
    if not writes_alone(session):
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:region))"), {"region": f"lanzarote/{region_id}"})


def hold(session: Session, *some: Record) -> None:
    """Let nobody else change *some* until the transaction ends, and know them as they are now."""
    if writes_alone(session):
        return
    # In their order, so that two who hold never wait for each other.
    for ids in pieces(sorted(record.id for record in some)):
        held = select(Record).where(Record.id.in_(ids)).order_by(Record.id).with_for_update()
        session.scalars(held.execution_options(populate_existing=True)).all()


def hold_unchanged(session: Session, *some: Record) -> None:
    """As ``hold``. Raises Conflict when another writer was here since they were read."""
    read = [(record.version, record.state) for record in some]
    hold(session, *some)
    if [(record.version, record.state) for record in some] != read:
        raise Conflict("The record was changed by someone else meanwhile; read it again.")
