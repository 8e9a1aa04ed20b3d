"""Answers to requests that carry a key of their sender's: whoever sends the same once more is answered the same.

The answer is kept in the transaction of the write it tells of, for a day. It holds no text that anybody wrote; the key
and the request are kept as digests.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Index, LargeBinary, delete, select, text
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.errors import LanzaroteError
from lanzarote.records import outbox
from lanzarote.records.erasing import erased
from lanzarote.records.records import now
from lanzarote.runtime.reading import decoded
from lanzarote.store.bulk import insert_into
from lanzarote.store.database import ALL, Base, Shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.store.database import Database

KEPT: Final = timedelta(hours=24)
TOPIC: Final = "answers.forget"


class Answered(Shared, Base):
    """What a request with a key was answered."""

    __tablename__ = "answered"
    __table_args__ = (Index("answered_by_record", "record_id"), Index("answered_by_time", "at"))

    account_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """A digest of the key."""
    request: Mapped[str]
    """A digest of what was asked with it."""
    record_id: Mapped[str]
    """The record that the request was about; its answers go when it is erased."""
    status: Mapped[int]
    headers: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class OtherRequest(LanzaroteError):
    """The key was sent with another request before."""


class StillRunning(LanzaroteError):
    """The first request with this key is still being worked on."""

    headers: Final = {"Retry-After": "1"}


class Keyed(Struct, frozen=True, kw_only=True):
    """A request as it is told apart: whose, with which key, and a digest of all of it."""

    account_id: str
    key: str
    request: str

    @classmethod
    def of(cls, account_id: str, key: str, *parts: bytes) -> Keyed:
        return cls(account_id=account_id, key=_digest(key.encode()), request=_digest(*parts))


class Kept(Struct, frozen=True, kw_only=True):
    """An answer."""

    status: int
    headers: dict[str, str] = {}
    body: bytes = b""
    record_id: str = ""


class Answers:
    """The answers of one instance, and what is being worked on in this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._running: set[tuple[str, str]] = set()
        self._lock = Lock()

    def known(self, request: Keyed, within: timedelta = KEPT) -> Kept | None:
        """What the same request was answered before, not longer ago than *within*. Raises OtherRequest."""
        with self._database.read(ALL) as session:
            return _find(session, request, within)

    def once(self, request: Keyed, scope: Sequence[str], do: Callable[[Session], Kept]) -> Kept:
        """Let *do* write and answer, unless the same request was answered already. Raises StillRunning, OtherRequest.

        *scope*: the regions that it writes in.
        """
        with self.alone(request), self._database.write(scope) as session:
            if not _claimed(session, request):
                raise _still_running()
            known = _find(session, request)
            if known is not None:
                return known
            answer = do(session)
            _keep(session, request, answer)
            return answer

    def keep(self, request: Keyed, answer: Kept) -> None:
        """Keep the *answer* to a request that was worked on ``alone``, after the write it tells of."""
        with self._database.write(ALL) as session:
            _keep(session, request, answer)

    @contextmanager
    def alone(self, request: Keyed) -> Iterator[None]:
        """Nobody else works on *request* in this process meanwhile. Raises StillRunning."""
        mark = (request.account_id, request.key)
        with self._lock:
            if mark in self._running:
                raise _still_running()
            self._running.add(mark)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(mark)


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Nothing is repeated about a record that is erased. Listens to ``changes.record``."""
    for gone in erased(saved):
        session.execute(delete(Answered).where(Answered.record_id.in_(gone.ids)))


def forget(database: Database, _: Mapping[str, Any]) -> None:
    """Forget what is older than a day. Raises jobs.NotYet as long as something younger is left to be forgotten."""
    with database.write(ALL) as session:
        session.execute(delete(Answered).where(Answered.at <= now() - KEPT))
        left = session.scalar(select(Answered.key).limit(1)) is not None
    if left:
        raise outbox.NotYet("answers are kept for a day")


def _find(session: Session, request: Keyed, within: timedelta = KEPT) -> Kept | None:
    row = session.get(Answered, (request.account_id, request.key))
    if row is None or row.at <= now() - within:
        return None
    if row.request != request.request:
        raise OtherRequest(
            "This Idempotency-Key was used for another request within the last 24 hours. "
            "Make a new key for every new request; send the old one only to repeat the very same request."
        )
    headers = decoded(row.headers, dict[str, str])
    return Kept(status=row.status, headers=headers, body=row.body, record_id=row.record_id)


def _keep(session: Session, request: Keyed, answer: Kept) -> None:
    outbox.enqueue_for(session, now() + KEPT, TOPIC, TOPIC)
    mine = (Answered.account_id == request.account_id) & (Answered.key == request.key)
    session.execute(delete(Answered).where(mine))  # too old, or it would have been the answer
    row = {
        "account_id": request.account_id,
        "key": request.key,
        "request": request.request,
        "record_id": answer.record_id,
        "status": answer.status,
        "headers": msgspec.json.encode(answer.headers),
        "body": answer.body,
        "at": now(),
    }
    # Of two processes that answer the same form at once, the first keeps its answer.
    session.execute(insert_into(session, Answered).values(row).on_conflict_do_nothing())


def _claimed(session: Session, request: Keyed) -> bool:
    """Whether nobody else, in whatever process, works on this request until the transaction ends."""
    if session.get_bind().dialect.name != "postgresql":
        return True  # SQLite has one writer; the next finds the answer
    mark = int.from_bytes(blake2b(f"{request.account_id}/{request.key}".encode(), digest_size=8).digest(), signed=True)
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:mark)"), {"mark": mark}))


def _still_running() -> StillRunning:
    return StillRunning("The first request with this Idempotency-Key is still being worked on. Send it again shortly.")


def _digest(*parts: bytes) -> str:
    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8) + part)
    return whole.hexdigest()
