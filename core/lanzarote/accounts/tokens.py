"""Tokens with which programs act for a person: some of their rights, for a time, and never more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import func, select, update

from lanzarote.accounts import service, sessions
from lanzarote.accounts.model import Account, ApiToken
from lanzarote.accounts.secrets import kept, new_secret
from lanzarote.errors import NotFound
from lanzarote.records.permissions import ACTIONS, Actor, Limits
from lanzarote.store.ids import new_id
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

PREFIX: Final = "lz_"
"""By which programs that look for leaked secrets can tell one."""
LONGEST: Final = timedelta(days=366)
MOST: Final = 50

NO_ACTION = N_("Choose at least one thing that the token may do.")
NO_END = N_("Choose a day within a year on which the token ends.")
TOO_MANY = N_("This account has fifty tokens; take back one that is no longer used.")


class Known(Struct, frozen=True, kw_only=True):
    """A token that works: whose, and with what left of their rights."""

    actor: Actor
    token_hash: str
    stale: bool
    """Its last use should be noted."""


def make(
    session: Session,
    account_id: str,
    *,
    name: str,
    actions: Sequence[str],
    region_id: str,
    strong: bool,
    ends_at: datetime,
    at: datetime,
) -> str:
    """Make a token and return it; it is known to nobody afterwards. Raises service.Refused."""
    chosen = [action for action in ACTIONS if action in actions]
    if not chosen:
        raise service.Refused(NO_ACTION, "actions")
    if not at < ends_at <= at + LONGEST:
        raise service.Refused(NO_END, "ends")
    mine = select(func.count()).select_from(ApiToken).where(ApiToken.account_id == account_id)
    if (session.scalar(mine) or 0) >= MOST:
        raise service.Refused(TOO_MANY, "name")
    token = PREFIX + new_secret()
    session.add(
        ApiToken(
            token_hash=kept(token),
            id=new_id(),
            account_id=account_id,
            name=service.checked_name(name),
            actions=" ".join(chosen),
            region_id=region_id,
            strong=strong,
            made_at=at,
            ends_at=ends_at,
            used_at=None,
        )
    )
    service.tell(session, account_id, "make token", by=account_id, at=at)
    service.notify(session, service.account(session, account_id), "token")
    return token


def find(session: Session, token: str, at: datetime) -> Known | None:
    """Whose *token* it is, if it works."""
    joined = select(ApiToken, Account).join(Account, Account.id == ApiToken.account_id)
    row = session.execute(joined.where(ApiToken.token_hash == kept(token), Account.state == "active")).first()
    if row is None or row[0].ends_at <= at:
        return None
    known, account = row
    limits = Limits(actions=frozenset(known.actions.split()), region_id=known.region_id)
    actor = replace(sessions.actor_of(session, account, strong=known.strong), limits=limits)
    stale = known.used_at is None or at - known.used_at > sessions.NOTED_EVERY
    return Known(actor=actor, token_hash=known.token_hash, stale=stale)


def note(session: Session, token_hash: str, at: datetime) -> None:
    """Note that the token is in use."""
    session.execute(update(ApiToken).where(ApiToken.token_hash == token_hash).values(used_at=at))


def of_account(session: Session, account_id: str) -> Sequence[ApiToken]:
    return session.scalars(
        select(ApiToken).where(ApiToken.account_id == account_id).order_by(ApiToken.made_at.desc())
    ).all()


def revoke(session: Session, account_id: str, token_id: str, *, at: datetime) -> None:
    """Raises NotFound."""
    row = session.scalars(select(ApiToken).where(ApiToken.id == token_id, ApiToken.account_id == account_id)).first()
    if row is None:
        raise NotFound("The account has no such token.")
    session.delete(row)
    service.tell(session, account_id, "revoke token", by=account_id, at=at)
