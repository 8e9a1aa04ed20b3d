"""Sessions: begun at sign-in, found by the hash of their token; whoever guesses is slowed down."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import delete, exists, select, update

from lanzarote.accounts.model import Account, Attempts, Granted, GroupRole, SignedIn
from lanzarote.accounts.secrets import kept, new_secret, opened, sealed
from lanzarote.errors import LanzaroteError
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import now
from lanzarote.store.bulk import insert_into

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


# --- attempts ---
# Slows down whoever guesses: per account, per sender, and in total; the same whether an account exists or not.
# A browser that its person has signed in with before is counted apart, so that strangers' guesses lock nobody out.

FREE: Final = {"device": 10, "account": 5, "sender": 20, "all": 500}
"""Failures that cost no wait."""
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(hours=1)


class Wait(LanzaroteError):
    """Too many failures; *seconds* to wait before the next attempt."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many attempts failed. Wait {seconds} seconds, then try again.")
        self.seconds = seconds
        self.headers = {"Retry-After": str(seconds)}


def keys(account: str, sender: str, device: str = "") -> tuple[str, ...]:
    """What failures of *sender* to be *account* are counted under; *device*: the account's own, if it is one."""
    if device:
        return (_key("device", account + device),)
    return _key("account", account), _key("sender", sender), _key("all", "")


def keys_of_token(sender: str) -> tuple[str, ...]:
    """What wrong tokens of *sender* are counted under; apart from sign-ins, which they do not stop."""
    return _key("sender", f"token/{sender}"), _key("all", "token")


def wait_of(session: Session, counted: Sequence[str], at: datetime) -> int:
    """Seconds for which one of the counters asks for patience still; only reads."""
    rows = session.scalars(select(Attempts).where(Attempts.key.in_(counted), ~_forgotten(at)))
    return _seconds({_kind(row.key): row for row in rows if row.failures}, at)


def require_patience(session: Session, counted: Sequence[str], at: datetime) -> None:
    """Raise Wait if one of the counters asks for patience still; nobody else counts until the transaction ends."""
    if seconds := _seconds({_kind(row.key): row for row in _held(session, counted, at) if row.failures}, at):
        raise Wait(seconds)


def _seconds(known: dict[str, Attempts], at: datetime) -> int:
    if "sender" not in known:
        known.pop("all", None)  # a flood from elsewhere is no reason to stop who comes for the first time
    waits = [(row.last_at + wait - at).total_seconds() for row in known.values() if (wait := _wait(row))]
    seconds = max(waits, default=0)
    return int(seconds) + 1 if seconds > 0 else 0


def count_failure(session: Session, counted: Sequence[str], at: datetime) -> None:
    for row in _held(session, counted, at):
        row.failures, row.last_at = row.failures + 1, at
    session.flush()
    session.execute(delete(Attempts).where(_forgotten(at)))


def take_back(session: Session, counted: Sequence[str]) -> None:
    """It was no failure: the account's and the sender's counters begin anew, the total loses one.

    They stay there: who counts at the same time and finds one gone would make it anew while holding others.
    """
    for key in sorted(counted):  # as ``_held``, so that two who hold some never wait for each other
        row = session.get(Attempts, key, with_for_update=True)
        if row is not None and _kind(key) == "all" and row.failures > 1:
            row.failures -= 1
        elif row is not None:
            row.failures = 0


def begin_anew(session: Session, account: str) -> None:
    """Forget failures to be *account*, once its person has shown by a mailed link that it is theirs."""
    take_back(session, (_key("account", account),))


def _held(session: Session, counted: Sequence[str], at: datetime) -> Sequence[Attempts]:
    """The counters, each there and locked: of guesses that are sent all at once, none is forgotten."""
    for key in sorted(counted):
        fresh = insert_into(session, Attempts).values(key=key, failures=0, last_at=at)
        session.execute(fresh.on_conflict_do_nothing())
    rows = select(Attempts).where(Attempts.key.in_(counted)).order_by(Attempts.key).with_for_update()
    held = session.scalars(rows).all()
    for row in held:
        if abs(row.last_at - at) > FORGOTTEN_AFTER:
            row.failures = 0
    return held


def _forgotten(at: datetime) -> ColumnElement[bool]:
    """Too long ago, or so far ahead that the clock was wrong then."""
    return ~Attempts.last_at.between(at - FORGOTTEN_AFTER, at + FORGOTTEN_AFTER)


def _wait(row: Attempts) -> timedelta:
    beyond = row.failures - FREE[_kind(row.key)]
    return min(FIRST_WAIT * 2 ** min(beyond, 12), LONGEST_WAIT) if beyond >= 0 else timedelta()


def _kind(key: str) -> str:
    return key.partition(":")[0]


def _key(kind: str, value: str) -> str:
    return f"{kind}:{sha256(value.encode()).hexdigest()[:32]}"


# --- Sessions: begun at sign-in with a token of their own, found by its hash, ended by rest, age, or their owner ---

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
    """A session that goes on: who it is, and what its forms carry."""

    actor: Actor
    form_key: str
    token_hash: str
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
