"""Secret addresses at which the calendars of members of the group read its meetings, for as long as they may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from sqlalchemy import delete, select, update

from lanzarote.accounts import factors, identities, sessions
from lanzarote.accounts.model import Account
from lanzarote.accounts.secrets import kept, new_secret
from lanzarote.errors import NotFound
from lanzarote.meetings.model import CalendarAddress
from lanzarote.records.permissions import Subject, may, placed, require
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.store.database import Database

NO_CALENDAR = N_("There is no calendar at this address, or the address was revoked.")


class Known(Struct, frozen=True, kw_only=True):
    """Whose calendar asks."""

    token_hash: str
    language: str
    stale: bool
    """Its last use should be noted."""


def make(session: Session, region_id: str, *, by: Actor, at: datetime) -> str:
    """Make an address for *by* and return its secret, which nobody knows afterwards; an earlier one stops working.

    Raises NotPermitted.
    """
    require(by, "group.read", Subject(region_id=region_id))
    revoke(session, by.account_id, region_id)
    secret = new_secret()
    session.add(
        CalendarAddress(
            token_hash=kept(secret),
            account_id=by.account_id,
            region_id=region_id,
            strong=by.strong,
            made_at=at,
            used_at=None,
        )
    )
    session.flush()
    return secret


def revoke(session: Session, account_id: str, region_id: str) -> None:
    """Revoke the address of an account for a region."""
    mine = (CalendarAddress.account_id == account_id) & (CalendarAddress.region_id == region_id)
    session.execute(delete(CalendarAddress).where(mine))


def of_account(session: Session, account_id: str) -> Sequence[CalendarAddress]:
    return session.scalars(select(CalendarAddress).where(CalendarAddress.account_id == account_id)).all()


def look(database: Database, session: Session, secret: str, region_id: str, at: datetime) -> Known:
    """Whose address it is, if they still may read what the group of the region does. Raises NotFound."""
    row = session.get(CalendarAddress, kept(secret))
    account = session.get(Account, row.account_id) if row is not None else None
    if row is None or account is None or account.state != "active" or row.region_id != region_id:
        raise NotFound(NO_CALENDAR)
    vouched = factors.has_any(session, account) or bool(identities.of_account(session, account.id))
    strong = row.strong and vouched
    actor = placed(database, sessions.actor_of(session, account, strong=strong))
    if not may(actor, "group.read", Subject(region_id=region_id)):
        raise NotFound(NO_CALENDAR)
    stale = row.used_at is None or at - row.used_at > sessions.NOTED_EVERY
    return Known(token_hash=row.token_hash, language=account.language, stale=stale)


def note(session: Session, token_hash: str, at: datetime) -> None:
    """Note that the address is in use."""
    session.execute(update(CalendarAddress).where(CalendarAddress.token_hash == token_hash).values(used_at=at))
