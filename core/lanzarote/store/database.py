"""The store: engines for SQLite and PostgreSQL, sessions that know their regions, migrations.

A session carries a scope: the regions it is about, or ``ALL``. A statement on regional tables without a scope is an
error, Core statements included; with one, rows of other regions do not exist for it.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, DateTime, event, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from lanzarote.errors import OnlyRead, SettingError
from lanzarote.store.availability import Availability
from lanzarote.store.bulk import require_confined
from lanzarote.store.engines import (
    ANSWERING,
    BUSY,
    UPGRADED,
    checkpoint,
    connected,
    engine_of,
    is_pooled,
    open_sqlite,
    refusals,
    replica_of,
)
from lanzarote.store.replica import Reached, ask_primary
from lanzarote.store.scope import ALL, Regional, Scope, ScopedSession, scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Dialect, Engine
    from sqlalchemy.orm import Session

__all__ = ["ALL", "Base", "Database", "Moment", "Regional", "Shared", "migrate", "schema_version", "scope_of"]

log = logging.getLogger("lanzarote.database")
WAITING: Final = 15_000
"""Milliseconds for which somebody who wants to write waits for another who does."""
SCRUBBING: Final = 100
"""Milliseconds for which emptying the write-ahead log waits for readers; all who want to write wait meanwhile."""
AGAIN: Final = 1.0
"""Seconds for which nobody who writes tries that again where somebody was reading."""
READING: Final = 3.0
"""Seconds for which who has erased something waits for readers; nobody else does."""
OFTEN: Final = 60.0
"""Seconds for which what somebody erased who is gone may stay in the write-ahead log of a site that is running."""
SQLITE_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",  # an acknowledged write survives a power cut
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "secure_delete=ON",  # erased text leaves no bytes behind
    "cache_size=-8192",
    "mmap_size=2147418112",
    "temp_store=MEMORY",
)


IN_VAIN: Final = 1.0
"""Seconds in which others wait ``BRIEFLY`` after somebody waited in vain: enough to tell all who are in line."""
BRIEFLY: Final = 100
"""Milliseconds."""


class Moment(TypeDecorator[datetime]):
    """A point in time: aware and in UTC in Python; the same text in both databases' exports."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # PostgreSQL answers in the time zone of its server.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables."""

    type_annotation_map = {datetime: Moment}


class Shared:
    """A table that belongs to the instance, not to a region."""


class Database:
    """One database of one application."""

    def __init__(self, url: str, *, direct: str = "", replica: str = "") -> None:
        """*direct*: PostgreSQL itself, where *url* leads to a pooler; notices are heard there.

        *replica*: a standby, which may answer anonymous readers.
        """
        self.sqlite = url.startswith("sqlite")
        self.url, self.direct = url, direct or url
        try:
            self.engine = engine_of(url, self.sqlite)
        except ModuleNotFoundError:
            raise SettingError(
                "PostgreSQL needs what is not installed here; run: pip install lanzarote[postgres]"
            ) from None
        except ArgumentError as error:
            raise SettingError(f"the database cannot be opened: {error}") from None
        self.replica = replica_of(replica) if replica and not self.sqlite else None
        self.reached: Reached | None = None
        """How far the write-ahead log was when public content was last seen to change; told by ``Revisions``."""
        self.listeners: list[Callable[[Session, Sequence[Any]], None]] = []
        """Told of every write in its own transaction; wired by the instance."""
        self.kinds: dict[str, Any] = {}
        """The kinds of records (``records.kinds.RecordKind``), by name; wired by the instance."""
        self.log_listeners: list[Callable[[Session, str, Sequence[Any]], None]] = []
        """Told of every entry of a change log, written or received, in its transaction; wired by the instance."""
        self.after_erasing: list[Callable[[], None]] = []
        """Called when something was erased for good; wired by the instance."""
        self.after_publishing: list[Callable[[], None]] = []
        """Called when public content of a region has changed; wired by the instance."""
        self.around: Callable[[str], AbstractContextManager[object]] = nullcontext
        """What is done around each statement that is run past the engine, such as tracing it."""
        self.availability = Availability()
        self._waiting = WAITING
        self._in_vain_until = 0.0
        self.pooled = False
        """A pooler such as PgBouncer stands before PostgreSQL: only within a transaction is it the same session."""
        self._only_schema = ""
        """Where the site is served: the schema that this process knows."""
        event.listen(self.engine, "connect", lambda connection, _: self._set_up(connection))
        event.listen(self.engine, "begin", self._begin_pooled)
        event.listen(self.engine, "engine_connect", self._wait_briefly)
        self._writing = self.engine.execution_options(lanzarote_write=True)
        self._to_scrub = False
        self._scrubbed = self._read_at = time.monotonic()
        self._scrubbing = threading.Lock()
        self._read_from: int | None = None
        self._local = threading.local()
        self._alone: dict[str, threading.Lock] = {}

    @contextmanager
    def read(self, regions: str | Sequence[str]) -> Iterator[Session]:
        """Open a session that reads *regions* (or ``ALL``) and keeps nothing. Raises DatabaseAway, as all here."""
        with (
            self._reading() as bind,
            ScopedSession(bind, info={"scope": Scope.of(regions), "kinds": self.kinds}, autoflush=False) as session,
        ):
            yield session

    @contextmanager
    def _reading(self, isolation: str = "") -> Iterator[Engine | Connection]:
        """Where is read: at the replica, if the reader may be answered by it, or else here."""
        if self.replica is not None:
            with self.replica.asked(self.reached, isolation) as connection:
                if connection is not None:
                    yield connection
                    return
        engine = self.engine.execution_options(isolation_level=isolation) if isolation else self.engine
        with self.availability.asked():
            yield engine

    @contextmanager
    def snapshot(self, regions: str | Sequence[str]) -> Iterator[Session]:
        """As ``read``, and every statement sees the database of one moment."""
        # SQLite's readers always do; PostgreSQL's do when asked.
        isolation, info = "" if self.sqlite else "REPEATABLE READ", {"scope": Scope.of(regions), "kinds": self.kinds}
        with self._reading(isolation) as bind, ScopedSession(bind, info=info, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self, regions: str | Sequence[str]) -> Iterator[Session]:
        """Open a session whose changes are kept together at its end, or not at all. Raises NotWritten."""
        ask_primary()
        info = {
            "scope": Scope.of(regions),
            "listeners": self.listeners,
            "kinds": self.kinds,
            "log_listeners": self.log_listeners,
        }
        session = ScopedSession(self._writing, info=info)
        with self.availability.asked(), self._told_soon(), refusals(), session, session.begin():
            self._refuse_other_schema(session)
            yield session
        if session.info.get("erased"):
            self._to_scrub = self.sqlite
            for call in self.after_erasing:
                call()
        if session.info.get("public"):
            for call in self.after_publishing:
                call()
        if session.info.get("erased"):
            self.scrub()
        elif self._to_scrub:
            self._scrub_beside(AGAIN)

    @contextmanager
    def _told_soon(self) -> Iterator[None]:
        """Where somebody has just waited in vain, those who come next in the same line do not wait as long as well."""
        again = time.monotonic() < self._in_vain_until
        try:
            yield
        except OnlyRead as told:
            if str(told) == BUSY and not again:
                self._in_vain_until = time.monotonic() + IN_VAIN
            raise

    def _wait_briefly(self, connection: Connection) -> None:
        """Before a write begins on SQLite."""
        if not (self.sqlite and connection.get_execution_options().get("lanzarote_write")):
            return
        wanted = BRIEFLY if time.monotonic() < self._in_vain_until else self._waiting
        if connection.info.get("waits", self._waiting) != wanted:
            connection.info["waits"] = wanted
            connection.connection.execute(f"PRAGMA busy_timeout={wanted}")

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Wait until nobody else is at *name*, in any process of PostgreSQL; nobody begins it until this ends.

        For work that is more than one transaction. It is free again at once when whoever is at it dies.
        """
        with self._alone.setdefault(name, threading.Lock()):
            if self.sqlite:
                yield
                return
            # A transaction that does nothing else: it keeps its session behind a pooler, and nothing waits for it.
            with self.engine.begin() as connection:
                connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
                connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:mark))"), {"mark": f"lanzarote/{name}"})
                yield

    def answer_soon(self) -> None:
        """Let nobody wait long for others from now on: somebody in a browser waits for the answer.

        From now on nothing is written once somebody has upgraded the database, either: this process would write what
        the newer platform no longer understands.
        """
        self._waiting = ANSWERING
        self._only_schema = known_schemas()[-1]
        self._let_go()
        self.engine.dispose()

    def _refuse_other_schema(self, session: Session) -> None:
        if self._only_schema and session.scalar(text("SELECT version_num FROM alembic_version")) != self._only_schema:
            raise OnlyRead(UPGRADED)

    def scrub(self, seconds: float = READING) -> None:
        """Leave no byte of what was erased in SQLite's write-ahead log either.

        While somebody reads that cannot be: after so many seconds it is left to some of those who write, to whoever
        works off the outbox, and to the end.
        """
        if not self.sqlite:
            return
        until = time.monotonic() + seconds
        while not self._scrub_in_turn() and time.monotonic() < until:
            time.sleep(SCRUBBING / 1000)  # others have their turn to write
        if self._to_scrub:
            log.warning("Somebody is reading: what was erased stays in the write-ahead log until they are done.")

    def _scrub_in_turn(self) -> bool:
        """Whether it could be done; several who have erased something try no more often than one."""
        with self._scrubbing:
            return not self._was_read(SCRUBBING / 1000) and self._scrub_once()

    def _scrub_beside(self, seconds: float) -> None:
        """Try it unless somebody else does, or somebody was reading less than so many seconds ago."""
        if self._scrubbing.acquire(blocking=False):
            try:
                if not self._was_read(seconds):
                    self._scrub_once()
            finally:
                self._scrubbing.release()

    def _was_read(self, seconds: float) -> bool:
        return self._to_scrub and time.monotonic() - self._read_at < seconds

    def _scrub_once(self) -> bool:
        connection = self._reader()
        connection.execute(f"PRAGMA busy_timeout={SCRUBBING}")
        try:
            done = not self._is_read_still(connection) and checkpoint(connection, "TRUNCATE")[0] == 0
        except sqlite3.OperationalError:
            done = False
        finally:
            connection.execute(f"PRAGMA busy_timeout={self._waiting}")
        self._to_scrub = not done
        if done:
            self._scrubbed, self._read_from = time.monotonic(), None
        else:
            self._read_at = time.monotonic()
        return done

    def _is_read_still(self, connection: sqlite3.Connection) -> bool:
        """Whether who was reading at the last try reads on, which is seen without holding up whoever writes."""
        _, written, read_from = checkpoint(connection, "PASSIVE")
        before, self._read_from = self._read_from, read_from
        return read_from < written and read_from == before

    def rest(self) -> None:
        """Empty SQLite's write-ahead log now and then: whoever erased something may have gone before it could be."""
        if self.sqlite and (self._to_scrub or time.monotonic() - self._scrubbed > OFTEN):
            with self.availability.asked():
                self._scrub_beside(0)

    def rows(self, sql: str, region_id: str, *values: object) -> list[Any]:
        """Run prepared SQL about one region, for reads that must be fast.

        Beside ``store.bulk`` the only way to run raw SQL on regional tables: *sql* uses ``?`` for *values* and must
        say ``WHERE region_id = ?`` first, which *region_id* fills.
        """
        require_confined(sql)
        return self.all_rows(sql, region_id, *values)

    def all_rows(self, sql: str, *values: object) -> list[Any]:
        """As ``rows``, about all regions: the caller has decided that every region may be seen."""
        if not self.sqlite:
            return list(self.each_row(sql, *values))
        with self.availability.asked():  # until the last is read
            return list(self.each_row(sql, *values))

    def each_row(self, sql: str, *values: object) -> Iterator[Any]:
        """As ``all_rows``, read as they are consumed; the caller consumes them all."""
        if self.sqlite:
            with self.availability.asked(), self.around(sql):
                return self._reader().execute(sql, values)
        with self._reading() as bind, connected(bind) as connection, self.around(sql):
            driver = connection.connection.driver_connection
            return iter(driver.execute(sql.replace("?", "%s"), values).fetchall())  # type: ignore[union-attr]

    def _reader(self) -> sqlite3.Connection:
        """A connection per thread outside the pool: reads on it cost no more than SQLite itself."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = open_sqlite(self.path, cached_statements=256, check_same_thread=False)
            self._set_up(connection)
            connection.execute("PRAGMA query_only=ON")
            self._local.connection = connection
        return connection

    def _set_up(self, connection: Any) -> None:
        """What every connection is told first."""
        if not self.sqlite:
            if is_pooled(connection):
                self.pooled = True
                # It would be prepared in a session in which the next transaction does not run.
                connection.prepare_threshold = None
            else:
                connection.execute(f"SET lock_timeout = {self._waiting}")
            connection.commit()
            return
        for pragma in (f"busy_timeout={self._waiting}", *SQLITE_PRAGMAS):
            connection.execute("PRAGMA " + pragma)

    def _begin_pooled(self, connection: Connection) -> None:
        """What ``_set_up`` says for good, for one transaction: others have the session after it."""
        if self.pooled:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {self._waiting}")

    @property
    def path(self) -> str:
        """File of a SQLite database."""
        return self.url.removeprefix("sqlite:///")

    def close(self) -> None:
        if self._to_scrub:
            self.scrub(WAITING / 1000)
        self._let_go()
        self.engine.dispose()
        if self.replica is not None:
            self.replica.close()

    def _let_go(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            del self._local.connection


def migrate(url: str) -> None:
    """Bring the database at *url* to the newest schema, creating it when it is empty."""
    database = Database(url)
    try:
        with database.engine.execution_options(lanzarote_write=True).connect() as connection, connection.begin():
            upgrade_schema(connection)
    finally:
        database.close()


def upgrade_schema(connection: Connection, schema: str = "head") -> None:
    """Bring the database to *schema* inside the open transaction of *connection*."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, schema)


def schema_version(database: Database) -> str | None:
    """The schema the database has, or None when it is empty."""
    from sqlalchemy import inspect

    with database.availability.asked(), database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def known_schemas() -> tuple[str, ...]:
    """Schemas this platform can have or upgrade from, oldest first."""
    versions = Path(__file__).parents[1] / "migrations" / "versions"
    return tuple(sorted(file.name.partition("_")[0] for file in versions.glob("[0-9]*.py")))
