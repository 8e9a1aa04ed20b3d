"""How far an improvement is: discussed, dropped, taken up again, completed; but not what is decided on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lanzarote import records
from lanzarote.checking import reason_of
from lanzarote.improvements.model import ImprovementStatus
from lanzarote.lifecycle import IllegalTransition, next_state
from lanzarote.records import Record, decode, encode
from lanzarote.working import hold

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary


def status_of(record: Record) -> ImprovementStatus:
    return decode(record.status, ImprovementStatus)


def discuss(session: Session, record: Record, *, expected: int, by: Actor, at: datetime) -> None:
    """Lay it before the group. Raises NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    _move(session, record, "discuss", by, at)


def drop(session: Session, record: Record, vocabulary: Vocabulary, *, reason: str, by: Actor, at: datetime) -> None:
    """Pursue it no further, with the reason. Raises Faulty, Identifying, NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by)
    next_state("improvement", status_of(record).state, "drop")
    why = reason_of(reason, identifiers=vocabulary.header.personal_identifiers)
    _move(session, record, "drop", by, at, dropped=why, called_until=None, called_version=0)


def reconsider(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Discuss again what was decided or dropped; what the public reads stays.

    Raises NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    _move(session, record, "reconsider", by, at, dropped="", called_until=None, called_version=0)


def _move(session: Session, record: Record, action: str, by: Actor, at: datetime, **changed: object) -> None:
    if record.state == "erased":
        raise IllegalTransition("An erased improvement cannot be given any action.")
    before = status_of(record)
    status = msgspec.structs.replace(before, state=next_state("improvement", before.state, action), **changed)
    record.updated_at = at
    records.decide(session, record, encode(status), action, by=by.account_id, at=at)
