"""Which packages a region has switched on for its own checks and events. Installed is not switched on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.plugins import SWITCHED
from lanzarote.records import changelog, outbox
from lanzarote.store.bulk import rows_of
from lanzarote.store.database import ALL, Base, Regional

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.plugins import Package
    from lanzarote.store.database import Database


class SwitchedOn(Regional, Base):
    """A package that is asked and told about what happens in a region."""

    __tablename__ = "switched_on"

    name: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]


def switched_on(session: Session, region_id: str) -> frozenset[str]:
    """Names of the packages that the region has switched on."""
    names = rows_of(session, "SELECT name FROM switched_on WHERE region_id = ?", region_id)
    return frozenset(name for (name,) in names)


def everywhere(database: Database) -> dict[str, list[str]]:
    """Package → the regions that have switched it on."""
    with database.read(ALL) as session:
        rows = session.execute(select(SwitchedOn.name, SwitchedOn.region_id).order_by(SwitchedOn.region_id)).all()
    on: dict[str, list[str]] = {}
    for name, region_id in rows:
        on.setdefault(name, []).append(region_id)
    return on


def switch(session: Session, region_id: str, name: str, *, on: bool, by: str, at: datetime) -> bool:
    """Switch a package on or off for the region; whether that changed anything."""
    row = session.get(SwitchedOn, (region_id, name))
    if (row is not None) is on:
        return False
    if row is None:
        session.add(SwitchedOn(region_id=region_id, name=name, by=by, at=at))
    else:
        session.delete(row)
        # What it has not been told yet it is not told any more.
        session.execute(delete(outbox.Job).where(outbox.Job.topic == event_topic(name, region_id)))
    session.flush()
    verb = "switch on" if on else "switch off"
    saved = changelog.Saved(region_id=region_id, kind="package", record_id=name, verb=verb, version=0, at=at)
    changelog.record(session, [saved], by=by)
    return True


def can_be_switched(package: Package) -> bool:
    return bool(set(package.hooks) & set(SWITCHED))


def event_topic(name: str, region_id: str = "") -> str:
    """Topic of the jobs that tell a package of events; without a region, how all of its topics begin.

    >>> event_topic("webhook", "paris"), event_topic("webhook")
    ('event:webhook:paris', 'event:webhook:')
    """
    return f"event:{name}:{region_id}"
