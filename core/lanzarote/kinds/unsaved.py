"""What a person typed and did not save: kept for them alone, until they save or discard it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.errors import NotPermitted
from lanzarote.kinds.entered import Typed
from lanzarote.records.drafts import Unsaved
from lanzarote.records.permissions import NO_RULE, may_somewhere, require, subject_of
from lanzarote.records.records import Record, encode
from lanzarote.runtime.reading import decoded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Action, Actor

EDIT: Final = "edit"
"""The form of a kind that has but one."""


class Kept(Struct, frozen=True, kw_only=True):
    """Text that waits to be saved."""

    record_id: str
    base: int
    """The version it was begun from; 0: a record that is not saved yet."""
    typed: Typed
    at: datetime


def keep(
    session: Session,
    region_id: str,
    record_id: str,
    given: Typed,
    *,
    base: int,
    by: Actor,
    at: datetime,
    action: Action = "practice.write",
) -> None:
    """Keep what is typed into a form, for its writer alone; *action*: what writing there takes. Raises NotPermitted."""
    if not may_somewhere(by, action, region_id):
        raise NotPermitted(NO_RULE)
    record = session.get(Record, (region_id, record_id))
    if record is not None:
        require(by, action, subject_of(session, record))
    form = given.form
    row = session.get(Unsaved, (region_id, record_id, by.account_id, form))
    if row is None:
        row = Unsaved(region_id=region_id, record_id=record_id, account_id=by.account_id, form=form)
        session.add(row)
    row.base, row.body, row.saved_at = base, encode(given), at


def kept(session: Session, region_id: str, record_id: str, form: str = EDIT, *, by: Actor) -> Kept | None:
    """What *by* typed into *form* and did not save."""
    row = session.get(Unsaved, (region_id, record_id, by.account_id, form))
    return _kept(row) if row else None


def kept_of(session: Session, region_id: str, record_id: str, *, by: Actor) -> Sequence[Kept]:
    """What *by* typed into the forms of one record and did not save, the newest first."""
    mine = (Unsaved.region_id == region_id) & (Unsaved.record_id == record_id) & (Unsaved.account_id == by.account_id)
    return [*map(_kept, session.scalars(select(Unsaved).where(mine).order_by(Unsaved.saved_at.desc())))]


def kept_new(session: Session, region_id: str, room: str = "practices", *, by: Actor) -> Sequence[Kept]:
    """What *by* typed in *room* of records that were never saved, the newest first."""
    mine = (Unsaved.region_id == region_id) & (Unsaved.account_id == by.account_id) & (Unsaved.base == 0)
    rows = session.scalars(select(Unsaved).where(mine).order_by(Unsaved.saved_at.desc()))
    return [one for one in map(_kept, rows) if one.typed.room == room]


def discard(session: Session, region_id: str, record_id: str, form: str = EDIT, *, by: Actor) -> None:
    """Forget what *by* typed into *form*."""
    row = session.get(Unsaved, (region_id, record_id, by.account_id, form))
    if row is not None:
        session.delete(row)
        session.flush()


def _kept(row: Unsaved) -> Kept:
    typed = decoded(row.body, Typed)
    return Kept(record_id=row.record_id, base=row.base, typed=typed, at=row.saved_at)
