"""Knows, at almost no cost, whether public content changed: what was kept in memory under an older revision is stale.

SQLite: one watching connection, whose ``data_version`` moves with every commit of any other connection or process.
PostgreSQL: NOTIFY in the writing transaction; while the listener is away there is no revision and nothing is kept.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from selectors import EVENT_READ, DefaultSelector
from socket import socketpair
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from lanzarote.records.changelog import CHANNEL
from lanzarote.store.engines import is_pooled, open_sqlite, reaching
from lanzarote.store.replica import Reached

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lanzarote.store.database import Database

log = logging.getLogger("lanzarote.revisions")
POOLED = "a pooler passes none on; name PostgreSQL itself in LANZAROTE_DIRECT_URL"
_QUERY = "SELECT id, enabled, revision, added_at FROM region"


class Known(dict[str, int]):
    """Region → mark of its public content, of the regions the public may read, as they were at one moment.

    A mark is another one whenever the content is another: also when a region comes back that was forgotten, whose
    revisions are counted anew.
    """

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        every = frozenset(map(tuple, rows))
        super().__init__({name: hash(tuple(counted)) for name, enabled, *counted in every if enabled})
        self.total = hash(every)

    def of(self, region_id: str | None) -> int:
        """The mark of one region, or of all together."""
        return self.total if region_id is None else self.get(region_id, 0)


_SEEN: ContextVar[dict[Revisions, Known] | None] = ContextVar("lanzarote-revisions", default=None)


@contextmanager
def seen_once() -> Iterator[None]:
    """Within, it is looked once how things are, in this and in the threads that work for it; anew after one's writes.

    A page asks for dozens of things that are kept in memory, a search over all regions for hundreds.
    """
    token = _SEEN.set({})
    try:
        yield
    finally:
        _SEEN.reset(token)


class Revisions:
    """The public content of each region and of all together, as marks that can be compared."""

    def __init__(self, database: Database) -> None:
        self._watch: _SqliteWatch | _PostgresWatch
        self._watch = _SqliteWatch(database.path) if database.sqlite else _PostgresWatch(database)

    def current(self) -> Known | None:
        """The present revisions; None while changes cannot be seen."""
        seen = _SEEN.get()
        if seen is None:
            return self._watch.current()
        if self not in seen:
            found = self._watch.current()
            if found is None:
                return None
            seen[self] = found
        return seen[self]

    def of(self, region_id: str | None) -> int | None:
        """The mark of one region, or of all together; None while changes cannot be seen."""
        revisions = self.current()
        return None if revisions is None else revisions.of(region_id)

    def of_everything(self) -> object:
        """A mark that is another one whenever anything was written, public or not; None while that cannot be seen."""
        return self._watch.of_everything()

    def look(self) -> None:
        """See now what this process has just written: whoever publishes something reads it at once."""
        self._watch.look()
        if seen := _SEEN.get():
            seen.pop(self, None)

    def close(self) -> None:
        self._watch.close()


class _SqliteWatch:
    def __init__(self, path: str) -> None:
        # The site asks before each answer, and must not wait: while somebody holds the file, nothing is known.
        self._connection = open_sqlite(path, 0, check_same_thread=False)
        self._connection.execute("PRAGMA query_only=ON")
        self._lock = threading.Lock()
        self._data_version = -1
        self._revisions = Known(())

    def current(self) -> Known | None:
        with self._lock:
            try:
                (data_version,) = self._connection.execute("PRAGMA data_version").fetchone()
                if data_version != self._data_version:
                    self._revisions = Known(self._connection.execute(_QUERY))
                    self._data_version = data_version
            except sqlite3.DatabaseError:
                return None
            return self._revisions

    def of_everything(self) -> object:
        with self._lock:
            try:
                return self._connection.execute("PRAGMA data_version").fetchone()[0]
            except sqlite3.DatabaseError:
                return None

    def look(self) -> None:
        """It always does."""

    def close(self) -> None:
        self._connection.close()


class _PostgresWatch:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._revisions: Known | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._woken, self._wake = socketpair()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="lanzarote-listen", daemon=True)
        self._thread.start()
        self._ready.wait(5)

    def current(self) -> Known | None:
        return self._revisions

    def of_everything(self) -> object:
        """Which transactions are over: of the whole server, so that others too make it another one."""
        with self._database.engine.connect() as connection:
            return connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar()

    def look(self) -> None:
        with self._lock:  # whoever reads later sees what is later
            try:
                with self._database.engine.connect() as connection:
                    rows = connection.exec_driver_sql(_QUERY).all()
                    reached = self._reached(connection.connection.driver_connection)
            except DBAPIError:
                return  # what was written is kept all the same; the notice tells of it once the database is there again
            if self._revisions is not None:  # while nothing can be heard, this would soon be out of date
                self._database.reached = reached  # before the revisions: a replica is asked for these
                self._revisions = Known(rows)

    def _reached(self, connection: Any) -> Reached | None:
        return Reached.now(connection) if self._database.replica is not None else None

    def close(self) -> None:
        self._stopping.set()
        self._wake.close()
        self._thread.join(timeout=5)

    def _listen(self) -> None:
        import psycopg

        address = self._database.direct.replace("postgresql+psycopg://", "postgresql://")
        heard = True
        with self._woken:
            while not self._stopping.is_set():
                try:
                    with psycopg.connect(address, autocommit=True, **reaching(address)) as connection:  # type: ignore[arg-type]
                        if is_pooled(connection):
                            raise psycopg.OperationalError(POOLED)
                        connection.execute(f"LISTEN {CHANNEL}")
                        self._read(connection)
                        heard = True
                        self._hear(connection)
                except psycopg.Error as error:
                    self._revisions = self._database.reached = None
                    self._ready.set()  # nobody need wait for it
                    if heard:  # told once, not at each try
                        told = "The database's notices cannot be heard (%s); nothing is kept in memory meanwhile."
                        log.warning(told, str(error).partition("\n")[0] or type(error).__name__)
                    heard = False
                    self._stopping.wait(2)

    def _hear(self, connection: Any) -> None:
        """Read again at every notice, until this is closed."""
        with DefaultSelector() as either:
            either.register(connection, EVENT_READ)
            either.register(self._woken, EVENT_READ)
            while not self._stopping.is_set():
                if any(True for _ in connection.notifies(timeout=0)):
                    self._read(connection)
                else:
                    either.select()

    def _read(self, connection: Any) -> None:
        with self._lock:
            rows = connection.execute(_QUERY).fetchall()
            self._database.reached = self._reached(connection)
            self._revisions = Known(rows)
        self._ready.set()
