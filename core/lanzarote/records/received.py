"""Regions that are received: they are written elsewhere, and only read here."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from lanzarote.errors import NotPermitted
from lanzarote.store.bulk import shared_rows
from lanzarote.translation.catalogues import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

RECEIVED: Final = N_("This region is received: it is written elsewhere, and here it is only read.")
SAMPLES: Final = "sample-"
"""What the ids of invented sample regions begin with, and of no other region that is received."""


class Facts(NamedTuple):
    """What every write asks about its region."""

    home: bool
    enabled: bool
    epoch: int


def facts_of(session: Session, region_id: str) -> Facts | None:
    """None: it is not here."""
    rows = shared_rows(session, "SELECT home, enabled, epoch FROM region WHERE id = ?", region_id)
    return Facts(*rows[0]) if rows else None


@contextmanager
def received(session: Session, region_id: str) -> Iterator[None]:
    """Let what is recorded meanwhile be about a region that is received, and no result of it."""
    session.info["receiving"] = region_id
    try:
        yield
    finally:
        del session.info["receiving"]


def is_received(session: Session, region_id: str) -> bool:
    """Whether the region is written elsewhere, and its change log with it."""
    served = facts_of(session, region_id)
    return served is not None and not served.home


def require_home(session: Session, region_id: str) -> None:
    if is_received(session, region_id):
        raise NotPermitted(RECEIVED)


def is_sample(region_id: str, *, home: bool) -> bool:
    """Whether the region is invented, to show an office at work: its own pages show it, and nothing else counts it."""
    return not home and region_id.startswith(SAMPLES)
