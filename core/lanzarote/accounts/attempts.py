"""Slows down whoever guesses: per account, per sender, and in total; the same whether an account exists or not.

A browser that its person has signed in with before is counted apart, so that strangers' guesses lock nobody out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from lanzarote.accounts.model import Attempts
from lanzarote.errors import LanzaroteError

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def require_patience(session: Session, counted: Sequence[str], at: datetime) -> None:
    """Raise Wait if one of the counters asks for patience still."""
    rows = session.scalars(select(Attempts).where(Attempts.key.in_(counted), Attempts.last_at > at - FORGOTTEN_AFTER))
    known = {_kind(row.key): row for row in rows}
    if "sender" not in known:
        known.pop("all", None)  # a flood from elsewhere is no reason to stop who comes for the first time
    seconds = max(((row.last_at + _wait(row) - at).total_seconds() for row in known.values()), default=0)
    if seconds > 0:
        raise Wait(int(seconds) + 1)


def count_failure(session: Session, counted: Sequence[str], at: datetime) -> None:
    for key in counted:
        row = session.get(Attempts, key, with_for_update=True)
        if row is None:
            session.add(Attempts(key=key, failures=1, last_at=at))
        else:
            row.failures = row.failures + 1 if at - row.last_at < FORGOTTEN_AFTER else 1
            row.last_at = at
    session.execute(delete(Attempts).where(Attempts.last_at < at - FORGOTTEN_AFTER))


def take_back(session: Session, counted: Sequence[str]) -> None:
    """It was no failure: the account's and the sender's counters begin anew, the total loses one."""
    for key in counted:
        row = session.get(Attempts, key, with_for_update=True)
        if row is not None and _kind(key) == "all" and row.failures > 1:
            row.failures -= 1
        elif row is not None:
            session.delete(row)


def _wait(row: Attempts) -> timedelta:
    beyond = row.failures - FREE[_kind(row.key)]
    return min(FIRST_WAIT * 2 ** min(beyond, 12), LONGEST_WAIT) if beyond >= 0 else timedelta()


def _kind(key: str) -> str:
    return key.partition(":")[0]


def _key(kind: str, value: str) -> str:
    return f"{kind}:{sha256(value.encode()).hexdigest()[:32]}"
