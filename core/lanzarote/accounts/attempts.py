"""Slows down guessing: per account, per sender, and in total; the same whether an account exists or not.

A browser that its person has signed in with before is counted apart, so that strangers' guesses lock nobody out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from lanzarote.accounts.model import Attempts
from lanzarote.errors import LanzaroteError
from lanzarote.store.bulk import insert_into

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


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
