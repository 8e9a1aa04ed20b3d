"""What belongs to the working version of a practice beside its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.records import drafts
from lanzarote.records.drafts import (
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

    from lanzarote.records.records import Record

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


class Told(drafts.Told, frozen=True, kw_only=True, omit_defaults=True):
    """All that is said about it."""

    bearer: str = ""
    """The organisation that runs the practice: key or id of a stakeholder, or its name."""


def told_of(session: Session, record: Record) -> Told:
    return drafts.read_told(session, record, Told)
