"""Sessions: begun at sign-in with a token of their own, found by its hash, ended by rest, age, or their owner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import delete, exists, select, update

from lanzarote.accounts.model import Account, Granted, GroupRole, SignedIn
from lanzarote.accounts.secrets import kept, new_secret, opened, sealed
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


IDLE: Final = timedelta(hours=2)
ABSOLUTE: Final = timedelta(hours=12)
NOTED_EVERY: Final = timedelta(minutes=5)
"""How exactly it is known when a session was last used: reading a page must not write each time."""


FRESH: Final = timedelta(minutes=10)
"""So long after it began, a session still shows that its person is there."""
CONFIRMED_FOR: Final = timedelta(days=30)
"""A role that rests on a group counts so long after the provider last said that the person is in it."""


class Came(Struct, frozen=True, kw_only=True):
    """Through which provider somebody came, and what signs them out there."""

    provider: str
    subject: str
    session: str = ""
    id_token: str = ""


class Begun(Struct, frozen=True, kw_only=True):
    """A session from the side of the browser."""

    token: str
    form_key: str


class Known(Struct, frozen=True, kw_only=True):
    """A session that goes on, or a token that works: whose it is, and with what left of their rights."""

    actor: Actor
    token_hash: str
    form_key: str = ""
    """What forms of the session carry."""
    stale: bool
    """Its last use should be noted."""


def begin(
    session: Session, account: Account, *, strong: bool, device: str, at: datetime, came: Came | None = None
) -> Begun:
    """Begin a session; its token was never anybody's before. *came*: through a provider."""
    token, form_key = new_secret(), new_secret()
    through = came or Came(provider="", subject="")
    session.add(
        SignedIn(
            token_hash=kept(token),
            account_id=account.id,
            form_key=form_key,
            strong=strong,
            device=device[:100],
            made_at=at,
            seen_at=at,
            provider=through.provider,
            subject=through.subject,
            provider_session=through.session,
            id_token=sealed(through.id_token.encode(), token) if through.id_token else None,
        )
    )
    account.before_at, account.seen_at = account.seen_at, at
    session.execute(delete(SignedIn).where((SignedIn.made_at < at - ABSOLUTE) | (SignedIn.seen_at < at - IDLE)))
    return Begun(token=token, form_key=form_key)


def find(session: Session, token: str, at: datetime) -> Known | None:
    """The session with *token*, if it has not ended."""
    joined = select(SignedIn, Account).join(Account, Account.id == SignedIn.account_id)
    row = session.execute(joined.where(SignedIn.token_hash == kept(token), Account.state == "active")).first()
    if row is None:
        return None
    signed_in, account = row
    if at - signed_in.seen_at > IDLE or at - signed_in.made_at > ABSOLUTE:
        return None
    return Known(
        actor=actor_of(session, account, strong=signed_in.strong),
        form_key=signed_in.form_key,
        token_hash=signed_in.token_hash,
        stale=at - signed_in.seen_at > NOTED_EVERY,
    )


def came(session: Session, token: str, account_id: str) -> Came | None:
    """Through which provider the account's session with *token* began."""
    row = session.get(SignedIn, kept(token))
    if row is None or row.account_id != account_id or not row.provider:
        return None
    id_token = (row.id_token and opened(row.id_token, token)) or b""
    return Came(provider=row.provider, subject=row.subject, session=row.provider_session, id_token=id_token.decode())


def is_fresh(session: Session, token_hash: str, at: datetime) -> bool:
    """Whether the person of this session has shown just now who they are."""
    row = session.get(SignedIn, token_hash)
    return row is not None and at - row.made_at <= FRESH


def end_of_provider(session: Session, provider: str, *, subject: str, provider_session: str) -> None:
    """End what began through a provider: one session of it, or all of somebody.

    A session of the person counts as the one that is meant where the provider did not say which it is.
    """
    which = [SignedIn.subject == subject] if subject else []
    if provider_session:
        which.append(SignedIn.provider_session.in_([provider_session, ""] if subject else [provider_session]))
    if which:
        session.execute(delete(SignedIn).where(SignedIn.provider == provider, *which))


def note(session: Session, token_hash: str, at: datetime) -> None:
    """Note that the session is in use."""
    session.execute(update(SignedIn).where(SignedIn.token_hash == token_hash).values(seen_at=at))


def end(session: Session, token: str) -> None:
    session.execute(delete(SignedIn).where(SignedIn.token_hash == kept(token)))


def end_all(session: Session, account_id: str, *, but: str = "") -> None:
    """End the sessions of an account, all *but* the one with this hash of a token."""
    session.execute(delete(SignedIn).where(SignedIn.account_id == account_id, SignedIn.token_hash != but))


def end_others(session: Session, account_id: str, here: str, *, only: str = "") -> None:
    """End the sessions of an account beside *here*, or *only* one of them; both are hashes of tokens."""
    others = (SignedIn.account_id == account_id) & (SignedIn.token_hash != here)
    session.execute(delete(SignedIn).where(others & (SignedIn.token_hash == only) if only else others))


def of_account(session: Session, account_id: str, at: datetime) -> Sequence[SignedIn]:
    """Sessions of an account that go on, the last used first."""
    living = (SignedIn.seen_at > at - IDLE) & (SignedIn.made_at > at - ABSOLUTE)
    query = select(SignedIn).where(SignedIn.account_id == account_id, living).order_by(SignedIn.seen_at.desc())
    return session.scalars(query).all()


def counts(at: datetime) -> ColumnElement[bool]:
    """The condition on ``Granted`` that nothing suspends the role: its group, if any, is confirmed and not lost."""
    same = (
        (GroupRole.account_id == Granted.account_id)
        & (GroupRole.region_id == Granted.region_id)
        & (GroupRole.role == Granted.role)
    )
    return ~exists().where(same, GroupRole.state == "accepted", suspended(at))


def suspended(at: datetime) -> ColumnElement[bool]:
    """The condition on ``GroupRole`` that the group was left, or not confirmed for too long."""
    return GroupRole.lost_at.is_not(None) | (GroupRole.confirmed_at < at - CONFIRMED_FOR)


def actor_of(session: Session, account: Account, *, strong: bool) -> Actor:
    rows = session.scalars(select(Granted).where(Granted.account_id == account.id, counts(now())))
    grants = [Grant(role=row.role, region_id=row.region_id, stakeholder_id=row.stakeholder_id) for row in rows]  # type: ignore[arg-type]
    return Actor(
        account_id=account.id, name=account.name, language=account.language, grants=tuple(grants), strong=strong
    )
