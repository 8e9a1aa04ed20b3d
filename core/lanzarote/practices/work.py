"""What belongs to the working version of a practice beside its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote import working
from lanzarote.working import (
    Confirmation,
    Noted,
    Override,
    Reason,
    Returned,
    Unsaved,
    Work,
    explain,
    forget,
    hold,
    is_as_read,
    leave,
    move,
    newest,
    remember,
    rest,
    take_part,
    tell,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.records import Record

__all__ = [
    "Confirmation",
    "Noted",
    "Override",
    "Reason",
    "Returned",
    "Told",
    "Unsaved",
    "Work",
    "explain",
    "forget",
    "hold",
    "is_as_read",
    "leave",
    "move",
    "newest",
    "remember",
    "rest",
    "take_part",
    "tell",
    "told_of",
]


class Told(working.Told, frozen=True, kw_only=True, omit_defaults=True):
    """All that is said about it."""

    bearer: str = ""
    """The organisation that runs the practice: key or id of a stakeholder, or its name."""


def told_of(session: Session, record: Record) -> Told:
    return working.read_told(session, record, Told)
