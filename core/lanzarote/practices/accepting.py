"""What a new version of the region's package says of a practice is published as it came, from public sources.

Its author is the package's, who is nobody here: whoever publishes is the other of two pairs of eyes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select

from lanzarote.errors import Conflict
from lanzarote.practices import holders, sheets
from lanzarote.practices.model import read_status
from lanzarote.practices.work import Confirmation, hold, rest, tell, told_of
from lanzarote.practices.writing import NOT_CONFIRMED, refuse_sourceless, sheet_of
from lanzarote.records import records
from lanzarote.records.lifecycle import next_state
from lanzarote.records.records import Record, encode
from lanzarote.regions.seeds import Seed
from lanzarote.translation import N_

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor

NOT_AS_SHIPPED: Final = N_("Its text differs from the package, or it is no longer documented: submit it.")


def is_as_shipped(session: Session, record: Record) -> bool:
    """Whether what is being written beside a documented practice is the package's text, and nobody's here."""
    if record.stage != "writing" or record.published_version is None:
        return False
    if read_status(record.status).standing == "assessed":
        return False
    mine = (Seed.region_id == record.region_id) & (Seed.record_id == record.id) & Seed.in_package & Seed.publish
    shipped = session.scalar(select(Seed.body).where(mine))
    return shipped is not None and shipped == records.body_of(session, record, record.version)


def accept(session: Session, record: Record, *, confirmed: bool, expected: int, by: Actor, at: datetime) -> None:
    """Let the public read it. Raises sheets.Faulty, NotPermitted, Conflict, IllegalTransition.

    Nothing is asked for that the package leaves out: what is not known is left out there, and shown as not known.
    """
    hold(session, record, "practice.publish", by, expected)
    next_state("work", record.stage, "accept")
    if not is_as_shipped(session, record):
        raise Conflict(NOT_AS_SHIPPED)
    if not confirmed:
        raise sheets.Faulty([sheets.Fault(field="confirmed", text=NOT_CONFIRMED)])
    status = holders.status_for(session, record, read_status(record.status))
    refuse_sourceless(sheet_of(session, record), status)
    told = told_of(session, record)
    confirmation = Confirmation(by=by.account_id, at=at, version=record.version)
    tell(session, record, msgspec.structs.replace(told, confirmed=(*told.confirmed, confirmation)))
    record.status = encode(status)
    session.flush()
    records.publish(session, record, by=by.account_id, at=at)
    rest(session, record, still_there=True)
