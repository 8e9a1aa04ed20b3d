"""What is half-way with an institution's provider: kept here, sealed, for ten minutes, and taken once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from lanzarote.accounts.model import ProviderStep
from lanzarote.accounts.secrets import kept, new_secret, opened, sealed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

T = TypeVar("T")
LASTS: Final = timedelta(minutes=10)


def make(session: Session, details: Any, at: datetime, browser: str, *, secret: str = "") -> str:
    """Keep *details*; return the secret by which, together with what the *browser* keeps, they are taken up again."""
    session.execute(delete(ProviderStep).where(ProviderStep.ends_at < at))
    secret = secret or new_secret()
    body = sealed(msgspec.json.encode(details), secret, browser)
    session.add(ProviderStep(token_hash=_hash(type(details), secret), details=body, ends_at=at + LASTS))
    return secret


def look(session: Session, kind: type[T], at: datetime, secret: str, browser: str = "") -> T | None:
    """The details of *kind*, of the same browser; None where there are none or they are too old."""
    row = session.get(ProviderStep, _hash(kind, secret))
    body = opened(row.details, secret, browser) if row is not None and row.ends_at >= at else None
    return msgspec.json.decode(body, type=kind) if body is not None else None


def take(session: Session, kind: type[T], at: datetime, secret: str, browser: str = "") -> T | None:
    """As ``look``, but it works once, whichever browser tried."""
    found = look(session, kind, at, secret, browser)
    taken = session.execute(delete(ProviderStep).where(ProviderStep.token_hash == _hash(kind, secret)))
    return found if taken.rowcount else None  # type: ignore[attr-defined]


def once(session: Session, what: str, until: datetime, at: datetime) -> bool:
    """Whether *what* comes for the first time; it is remembered until then, for a day at most."""
    session.execute(delete(ProviderStep).where(ProviderStep.ends_at < at))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = insert(ProviderStep).values(token_hash=kept(what), details=b"", ends_at=min(until, at + timedelta(days=1)))
    made = new.on_conflict_do_nothing().returning(ProviderStep.token_hash)  # another at the same moment comes after
    return session.scalar(made) is not None


def _hash(kind: type[Any], secret: str) -> str:
    return kept(f"{kind.__name__}/{secret}")
