"""A read replica: a standby that PostgreSQL keeps by streaming, which answers anonymous readers.

It is asked only where it has replayed the write-ahead log up to where this process knows of public content: what a
reader gets from it is no older than what the primary would give. In all other cases the primary answers.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct
from sqlalchemy.exc import DBAPIError, TimeoutError

from lanzarote.errors import DatabaseAway
from lanzarote.store.availability import LOCKED, state_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

log = logging.getLogger("lanzarote.database")
State = Literal["ok", "behind", "away", "other", "unused"]
REST: Final = 5.0
"""Seconds after which a replica that was away is tried again, by one reader."""
LAG: Final = 10.0
"""Seconds for which a replica may be behind before the log says so."""
_CAUGHT_UP: Final = "lanzarote_caught_up"
_TOLD: Final[dict[State, str]] = {
    "ok": "The read replica answers readers again.",
    "behind": f"The read replica is behind by more than {LAG:.0f} s; the database itself answers readers meanwhile.",
    "away": "The read replica does not answer; the database itself answers readers meanwhile.",
    "unused": "",
    "other": "LANZAROTE_REPLICA_URL leads to no standby of the database; the database itself answers readers.",
}


class Reached(Struct, frozen=True):
    """Where the primary's write-ahead log was."""

    place: str
    """The cluster and the database: positions of others say nothing."""
    position: int

    @classmethod
    def now(cls, connection: Any) -> Reached:
        """As the primary is: everything that *connection*, of psycopg, can see by now is before it."""
        return cls(*connection.execute(_NOW).fetchone())


_PLACE: Final = "(SELECT system_identifier FROM pg_control_system()) || '/' || current_database()"
# A commit waits until it is flushed, unless the server is told not to wait.
_WRITTEN: Final = (
    "CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn() "
    "ELSE pg_current_wal_flush_lsn() END"
)
_NOW: Final = f"SELECT {_PLACE}, ({_WRITTEN} - '0/0')::bigint"
_REPLAYED: Final = f"SELECT {_PLACE}, coalesce(pg_last_wal_replay_lsn() - '0/0', -1)::bigint"


class Anonymous:
    """A reader of whom nothing is known, while they are answered."""

    def __init__(self) -> None:
        self.may_lag = True
        """The replica may answer; not after a write, nor where something else than public content is asked for."""
        self.failed = False
        """The replica failed on the way: the answer has to be made anew."""


_READER: ContextVar[Anonymous | None] = ContextVar("lanzarote-reader", default=None)


@contextmanager
def anonymously() -> Iterator[Anonymous]:
    """Within, in this and in the threads that work for it, the replica may be asked."""
    reader = Anonymous()
    token = _READER.set(reader)
    try:
        yield reader
    finally:
        _READER.reset(token)


def ask_primary() -> None:
    """Let the primary answer from here on: something was written, or is asked for that no revision tells of."""
    if reader := _READER.get():
        reader.may_lag = False


def _of_database(error: Exception) -> bool:
    return isinstance(error, (DBAPIError, TimeoutError)) or type(error).__module__.partition(".")[0] == "psycopg"


class Replica:
    """The standby of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(postgresql_readonly=True)
        self._lock = Lock()
        self._state: State = "ok"
        self._told: State = "ok"
        self._since = self._try_at = 0.0

    @contextmanager
    def asked(self, reached: Reached | None, isolation: str = "") -> Iterator[Connection | None]:
        """A connection to it, if an anonymous reader asks and it has what was *reached*. Raises DatabaseAway."""
        reader = _READER.get()
        if reader is None or not reader.may_lag or reached is None or not self._may_try():
            yield None
            return
        connection = self._connect(reached)
        if connection is None:
            yield None
            return
        with connection:
            if isolation:
                connection.execution_options(isolation_level=isolation)
            try:
                yield connection
            except Exception as error:
                if not _of_database(error):
                    raise
                reader.failed = True
                reader.may_lag = False
                connection.invalidate()
                if state_of(error) == LOCKED:
                    self._note("away")  # the next request does not wait
                raise DatabaseAway(f"the read replica: {type(error).__name__}") from error

    def look(self, reached: Reached | None) -> State:
        """How it is, asked just now; ``unused`` while the primary's notices cannot be heard."""
        if reached is None:
            return "unused"
        if (connection := self._connect(reached)) is not None:
            connection.close()
        return self._state

    def _may_try(self) -> bool:
        if self._state != "away":
            return True
        with self._lock:
            if monotonic() < self._try_at:
                return False
            self._try_at = monotonic() + REST
            return True

    def _connect(self, reached: Reached) -> Connection | None:
        try:
            connection = self._engine.connect()
        except (DBAPIError, TimeoutError):
            self._note("away")
            return None
        try:
            state = self._compare(connection, reached)
        except DBAPIError:
            state = "away"
            connection.invalidate()
        self._note(state)
        if state == "ok":
            return connection
        connection.close()
        return None

    @staticmethod
    def _compare(connection: Connection, reached: Reached) -> State:
        """Whether the server of this connection has what was reached; what it once had, it has."""
        known: Reached | None = connection.info.get(_CAUGHT_UP)
        if known is None or known.place != reached.place or known.position < reached.position:
            known = connection.info[_CAUGHT_UP] = Reached(*connection.exec_driver_sql(_REPLAYED).one())
            connection.rollback()  # what is asked next sees what has been replayed since
        if known.place != reached.place or known.position < 0:
            return "other"
        return "ok" if known.position >= reached.position else "behind"

    def _note(self, state: State) -> None:
        """Say once what has changed; that it is behind for a moment, after each publication, is no news."""
        with self._lock:
            at = monotonic()
            if state != self._state:
                self._state, self._since = state, at
                if state == "away":
                    self._try_at = at + REST
            if state == self._told or (state == "behind" and at - self._since < LAG):
                return
            self._told = state
        log.warning(_TOLD[state])

    def close(self) -> None:
        self._engine.dispose()
