"""The outbox: work that follows a write, in the same transaction as the write; done at least once, never lost.

What stands after ":" in a topic says for whom the work is; its handler is named by what stands before.
"""

from __future__ import annotations

import logging
import threading
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

import msgspec
from sqlalchemy import ColumnElement, Index, LargeBinary, and_, delete, false, or_, select, true, update
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.errors import DatabaseAway, LanzaroteError, NotWritten
from lanzarote.records.erasing import erased
from lanzarote.store.bulk import insert_into
from lanzarote.store.database import ALL, Base, Database, Shared
from lanzarote.store.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved

    Handler = Callable[[Database, Mapping[str, Any]], object]
    Beginning = str | tuple[str, ...]
    """How topics begin, as ``str.startswith`` takes it."""

log = logging.getLogger("lanzarote.jobs")
LEASE = timedelta(minutes=10)
"""A job whose worker died is taken up again after this time."""
LONGEST_WAIT = timedelta(hours=6)
AFTER_START = 0.5
"""Seconds after which the worker first looks: by then the server answers."""


class NotYet(LanzaroteError):
    """What a job waits for is not there yet; it is no fault, and the job is tried again."""


class Job(Shared, Base):
    """Work to be done. A row is removed only after its handler returned."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_once", "once", unique=True),)

    id: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    due_at: Mapped[datetime] = mapped_column(index=True)
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int]
    fault: Mapped[str]
    once: Mapped[str | None]
    """Of several jobs that say the same here, one at a time is enough."""


def enqueue(session: Session, topic: str, **payload: Any) -> str:
    """Add a job to the transaction of *session*; return its id, which its handler gets as ``event_id``."""
    values = _values(topic, payload)
    session.add(Job(**values))
    return str(values["id"])


def enqueue_once(session: Session, topic: str, once: str, **payload: Any) -> None:
    """As ``enqueue``, unless a job that says the same *once* is waiting already.

    One that is being done just now may have looked before what this transaction writes: it is done once more.
    """
    again = {"attempts": Job.attempts + 1}
    insert = _inserting(session, once, _values(topic, payload))
    session.execute(
        insert.on_conflict_do_update(index_elements=["once"], set_=again, where=Job.leased_until.is_not(None))
    )


def enqueue_for(session: Session, due_at: datetime, topic: str, once: str, **payload: Any) -> None:
    """As ``enqueue``, to be done from *due_at* on, unless there is a job that says the same *once*."""
    insert = _inserting(session, once, _values(topic, payload) | {"due_at": due_at})
    session.execute(insert.on_conflict_do_nothing(index_elements=["once"]))


def drop(session: Session, name: str, *values: str) -> None:
    """Forget the jobs whose payload says one of *values* under *name*."""
    session.execute(delete(Job).where(Job.id.in_(_saying(session, name, values))))


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Forget how jobs failed that are about a record that is erased: it may be told in words of it.

    What was to be mailed to a body that is erased is forgotten wholly, with the address it was to go to.
    Listens to ``changes.record``.
    """
    for gone in erased(saved):
        if ids := _saying(session, "record", gone.ids):
            # One attempt more: whoever is at it just now writes nothing down.
            values = {"fault": "", "attempts": Job.attempts + 1}
            session.execute(update(Job).where(Job.id.in_(ids)).values(**values))
    for gone in erased(saved, "stakeholder"):
        drop(session, "stakeholder", *gone.ids)


def _saying(session: Session, name: str, values: Collection[str]) -> list[str]:
    rows = session.execute(select(Job.id, Job.payload))
    return [job_id for job_id, payload in rows if msgspec.json.decode(payload).get(name) in values]


def _inserting(session: Session, once: str, values: Mapping[str, Any]) -> Any:
    return insert_into(session, Job).values(**values, once=once)


def _values(topic: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    body, at = msgspec.json.encode(payload), datetime.now(UTC)
    return {"id": new_id(), "topic": topic, "payload": body, "due_at": at, "attempts": 0, "fault": ""}


def hold_on(session: Session, job_id: str) -> None:
    """Let nobody else take up the job that is being done, for another lease: it takes long, and goes on."""
    session.execute(update(Job).where(Job.id == job_id).values(leased_until=datetime.now(UTC) + LEASE))


def _begins(beginning: Beginning) -> ColumnElement[bool]:
    some = (beginning,) if isinstance(beginning, str) else beginning
    return or_(false(), *(Job.topic.startswith(one, autoescape=True) for one in some))


class Worker:
    """Works off the outbox: inline with ``run_due``, or in threads between ``start`` and ``stop``."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        *,
        lanes: Sequence[Beginning] = (),
        apart: Sequence[Beginning] = (),
    ) -> None:
        """*lanes*: beginnings of topics that have a thread each, so that none of them holds up anything else.

        *apart*: beginnings of topics that only lanes work off; what no lane takes waits until one does.
        """
        self._database = database
        self._handlers = handlers
        self._lanes = tuple(_begins(lane) for lane in lanes)
        self._rest = and_(true(), *(~_begins(beginning) for beginning in apart))
        self._wake = threading.Event()
        self.around: Callable[[str], AbstractContextManager[object]] = nullcontext
        """What is done around each job, given its topic, such as tracing it."""
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self._looked: dict[int, float] = {}
        """Thread → when it last looked for work."""

    @property
    def moves(self) -> bool:
        """Whether every thread lives, and none has been at one round of work for longer than a lease and a half."""
        longest = monotonic() - LEASE.total_seconds() * 1.5
        begun = [thread for thread in self._threads if thread.is_alive()]
        return len(begun) == len(self._threads) > 0 and all(
            self._looked.get(thread.ident or 0, monotonic()) > longest for thread in begun
        )

    def run_due(self, *, but: str = "") -> int:
        """Do everything that is due, *but* topics that begin so; return how many jobs were done."""
        wanted = ~_begins(but) if but else true()
        return sum(self._run(and_(topics, wanted)) for topics in (self._rest, *self._lanes))

    def start(self, every: float = 2.0) -> None:
        self._stopping = False
        self._wake.clear()
        self._threads = [
            threading.Thread(target=self._loop, args=args, name="lanzarote-jobs", daemon=True)
            for args in ((every, self._rest, self._database.rest), *((every, topics) for topics in self._lanes))
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        until = monotonic() + 10
        for thread in self._threads:
            thread.join(timeout=max(0.0, until - monotonic()))

    def _run(self, topics: ColumnElement[bool]) -> int:
        done = 0
        while job := self._take(topics):
            self._looked[threading.get_ident()] = monotonic()
            done += self._do(job)
        return done

    def _loop(self, every: float, topics: ColumnElement[bool], then: Callable[[], None] = lambda: None) -> None:
        self._wake.wait(min(every, AFTER_START))
        waits = False
        while not self._stopping:
            self._looked[threading.get_ident()] = monotonic()
            try:
                self._run(topics)
                then()
                waits = False
            except DatabaseAway:  # for a while; who asked first has logged it
                pass
            except NotWritten as error:
                if not waits:  # logged once, not at each try
                    log.warning("The outbox waits: %s", error)
                waits = True
            except Exception:
                log.exception("The outbox could not be worked off; trying again.")
            self._wake.wait(every)

    def _take(self, topics: ColumnElement[bool]) -> Job | None:
        now = datetime.now(UTC)
        # What lies further ahead than it ever can was noted by a clock that was wrong.
        due = or_(Job.due_at <= now, and_(Job.once.is_(None), Job.due_at > now + LONGEST_WAIT + LEASE))
        leased = Job.leased_until.between(now, now + 2 * LEASE)
        free = and_(topics, due, or_(Job.leased_until.is_(None), ~leased))
        query = select(Job).where(free).order_by(Job.due_at).limit(1).with_for_update(skip_locked=True)
        with self._database.read(ALL) as session:
            if session.scalar(select(Job.id).where(free).limit(1)) is None:
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
            topic = job.topic.partition(":")[0]
            with self.around(topic):
                self._handlers[topic](self._database, payload)
        except DatabaseAway:
            raise  # it is taken up again when its lease has ended
        # One bad job must not hold up the others; it is tried again later. A package may raise whatever it likes.
        except (Exception, SystemExit) as error:
            if isinstance(error, NotYet):
                log.info("The job %s waits: %s.", job.topic, error)
            else:
                log.exception("The job %s failed; it will be tried again.", job.topic)
            wait = min(timedelta(seconds=15 * 4 ** min(job.attempts, 8)), LONGEST_WAIT)
            fault = f"{type(error).__name__}: {error}"[:500]
            values = {"leased_until": None, "due_at": datetime.now(UTC) + wait, "fault": fault}
            # Whoever took it up meanwhile, because this took longer than the lease, has counted one attempt more.
            self._settle(job, update(Job).where(Job.attempts == job.attempts).values(**values))
            return 0
        self._settle(job, delete(Job).where(or_(Job.attempts == job.attempts, Job.once.is_(None))))
        return 1

    def _settle(self, job: Job, settled: Any) -> None:
        """What becomes of a job that was done or failed; one that was enqueued once more meanwhile is done again."""
        leased = (Job.id == job.id) & (Job.leased_until == job.leased_until) & Job.once.is_not(None)
        with self._database.write(ALL) as session:
            done = cast("CursorResult[Any]", session.execute(settled.where(Job.id == job.id)))
            if not done.rowcount:
                again = {"leased_until": None, "due_at": datetime.now(UTC)}
                session.execute(update(Job).where(leased).values(**again))
