"""Begin a region's change log anew with everything that the public reads now, so that an office need know no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import select

from lanzarote import changes
from lanzarote.changes import Saved, Served
from lanzarote.records import Record
from lanzarote.regions.vocabulary import released as vocabularies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

SOME = 500
ORDER = ("region", "vocabulary", "stakeholder", "practice")
"""What others name comes before them."""


def begin_anew(session: Session, region_id: str, *, by: str, at: datetime) -> int:
    """Open an epoch that begins with all that is released; return its number."""
    return changes.open_epoch(session, region_id, list(everything(session, region_id, at)), by=by, at=at)


def everything(session: Session, region_id: str, at: datetime) -> Iterator[Saved]:
    """What the public reads of the region now, as the change log would tell it."""
    served = session.get_one(Served, region_id)
    yield _told("region", region_id, served.facts, region_id, at)
    for kind, body in vocabularies(session, region_id):
        yield _told("vocabulary", kind, body, region_id, at)
    releases: Mapping[str, Any] = session.info.get("releases", {})
    for kind in sorted(releases, key=lambda one: (ORDER.index(one) if one in ORDER else len(ORDER), one)):
        query = select(Record.id).where(Record.region_id == region_id, Record.kind == kind, Record.state != "erased")
        ids = session.scalars(query.order_by(Record.published_at, Record.id)).all()
        for start in range(0, len(ids), SOME):
            some = {record_id: _told(kind, record_id, b"", region_id, at) for record_id in ids[start : start + SOME]}
            shown = releases[kind](session, some)
            for record_id, one in some.items():
                if (now := shown.get(record_id)) is not None and now.begins:
                    yield msgspec.structs.replace(one, body=now.body, version=now.version)


def _told(kind: str, record_id: str, body: bytes, region_id: str, at: datetime) -> Saved:
    return Saved(
        region_id=region_id, kind=kind, record_id=record_id, verb="publish", version=0, at=at, body=body, public=True
    )
