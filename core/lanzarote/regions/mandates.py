"""What the working group is asked to do: the versions that its package ships, and those it adopted since."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.records.records import Record, Version
from lanzarote.types import Mandate, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lanzarote.types import RegionHeader

KIND: Final = "mandate"
"""Of the records in which a region keeps the versions that its group adopted."""


class MandateStatus(Value, frozen=True, kw_only=True):
    """At which meeting a version of the mandate was adopted."""

    meeting: str = ""
    """Its id."""
    on: date | None = None


class Dated(Struct, frozen=True, kw_only=True):
    """One version of the mandate."""

    mandate: Mandate
    id: str = ""
    """Of its record; empty for one that the package ships."""
    status: MandateStatus = MandateStatus()


_mandate = msgspec.json.Decoder(Mandate)
_status = msgspec.json.Decoder(MandateStatus)


def shipped(header: RegionHeader) -> tuple[Dated, ...]:
    return tuple(Dated(mandate=one) for one in header.mandates)


def adopted(session: Session) -> tuple[Dated, ...]:
    """Those that the group adopted and that count, the oldest first."""
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = select(Record, Version.body).join(Version, joined & (Version.number == Record.published_version))
    rows = session.execute(query.where(Record.kind == KIND))
    found = [
        Dated(mandate=_mandate.decode(body), id=record.id, status=_status.decode(record.status))
        for record, body in rows
    ]
    return tuple(sorted(found, key=lambda one: one.mandate.version))


def in_force(mandates: Sequence[Dated], today: date) -> Dated | None:
    """The newest version that has begun to count: a later one may be adopted already."""
    begun = [one for one in mandates if not one.mandate.since or one.mandate.since <= today.isoformat()]
    return max(begun, key=lambda one: one.mandate.version, default=None)
