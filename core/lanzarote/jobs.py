"""The outbox: work that follows a write, in the same transaction as the write; done at least once, never lost."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import LargeBinary, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.database import ALL, Base, Database, Shared
from lanzarote.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

log = logging.getLogger("lanzarote.jobs")
LEASE = timedelta(minutes=10)
"""A job whose worker died is taken up again after this time."""
LONGEST_WAIT = timedelta(hours=6)
AFTER_START = 0.5
"""Seconds after which the worker first looks: by then the server answers."""


class Job(Shared, Base):
    """Work to be done. A row is removed only after its handler returned."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    due_at: Mapped[datetime] = mapped_column(index=True)
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int]
    fault: Mapped[str]


def enqueue(session: Session, topic: str, **payload: Any) -> str:
    """Add a job to the transaction of *session*; return its id, which its handler gets as ``event_id``."""
    return enqueue_for(session, datetime.now(UTC), topic, **payload)


def enqueue_for(session: Session, due_at: datetime, topic: str, **payload: Any) -> str:
    """As ``enqueue``, to be done from *due_at* on."""
    job_id = new_id()
    row = Job(id=job_id, topic=topic, payload=msgspec.json.encode(payload), due_at=due_at, attempts=0, fault="")
    session.add(row)
    return job_id


class Worker:
    """Works off the outbox: inline with ``run_due``, or in a thread between ``start`` and ``stop``."""

    def __init__(
        self, database: Database, handlers: Mapping[str, Callable[[Database, Mapping[str, Any]], None]]
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def run_due(self) -> int:
        """Do everything that is due; return how many jobs were done."""
        done = 0
        while job := self._take():
            done += self._do(job)
        return done

    def start(self, every: float = 2.0) -> None:
        self._stopping = False
        self._wake.clear()
        self._thread = threading.Thread(target=self._loop, args=(every,), name="lanzarote-jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        if self._thread:
            self._thread.join(timeout=10)

    def _loop(self, every: float) -> None:
        self._wake.wait(min(every, AFTER_START))
        while not self._stopping:
            try:
                self.run_due()
            except Exception:  # the database may be away for a while; the thread must outlive that
                log.exception("The outbox could not be worked off; trying again.")
            self._wake.wait(every)

    def _take(self) -> Job | None:
        now = datetime.now(UTC)
        free = or_(Job.leased_until.is_(None), Job.leased_until < now)
        query = (
            select(Job).where(Job.due_at <= now, free).order_by(Job.due_at).limit(1).with_for_update(skip_locked=True)
        )
        with self._database.read(ALL) as session:
            if session.scalar(select(Job.id).where(Job.due_at <= now, free).limit(1)) is None:
                return None
        with self._database.write(ALL) as session:
            job = session.scalars(query).first()
            if job is None:
                return None
            job.leased_until = now + LEASE
            job.attempts += 1
            session.flush()
            session.expunge(job)
            return job

    def _do(self, job: Job) -> int:
        try:
            payload = msgspec.json.decode(job.payload) | {"event_id": job.id}
            self._handlers[job.topic](self._database, payload)
        except Exception as error:  # one bad job must not hold up the others; it is tried again later
            log.exception("The job %s failed; it will be tried again.", job.topic)
            wait = min(timedelta(seconds=15 * 4 ** min(job.attempts, 8)), LONGEST_WAIT)
            fault = f"{type(error).__name__}: {error}"[:500]
            values = {"leased_until": None, "due_at": datetime.now(UTC) + wait, "fault": fault}
            with self._database.write(ALL) as session:
                # Whoever took it up meanwhile, because this took longer than the lease, has counted one attempt more.
                mine = (Job.id == job.id) & (Job.attempts == job.attempts)
                session.execute(update(Job).where(mine).values(**values))
            return 0
        with self._database.write(ALL) as session:
            session.execute(delete(Job).where(Job.id == job.id))
        return 1
