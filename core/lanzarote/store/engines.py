"""Engines of SQLite and PostgreSQL: how they are opened, how long they may take, and why they take nothing new."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from lanzarote.errors import NoRoom, NotWritten, OnlyRead, SettingError
from lanzarote.runtime.unwritable import unwritable
from lanzarote.store.availability import LOCKED, state_of
from lanzarote.store.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

ANSWERING: Final = 3_000
"""The same where somebody in a browser waits for the answer."""


def engine_of(url: str, sqlite: bool) -> Engine:
    if not sqlite:
        # Errors end up in logs, and the parameters of a statement hold what people wrote.
        return create_engine(
            url,
            pool_size=10,
            max_overflow=20,
            pool_timeout=3,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args=reaching(url),
        )
    file = Path(url.removeprefix("sqlite:///"))
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(_nowhere(file.parent, error)) from None
    engine = create_engine(url, poolclass=QueuePool, pool_size=10, max_overflow=20, hide_parameters=True)

    def connect(_dialect: object, _record: object, _args: object, options: dict[str, Any]) -> sqlite3.Connection:
        _make_private(file)
        return open_sqlite(file, **options)

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def open_sqlite(file: str | Path, timeout: float = 5, **options: Any) -> sqlite3.Connection:
    """Open a SQLite database; in a folder that cannot be written, so that it is read all the same.

    To read, SQLite makes files beside it unless it is told that nobody writes. Where something stands in the
    write-ahead log, it is read with what lies there.
    """
    file = Path(file).absolute()
    log_of_writes = file.with_name(f"{file.name}-wal")
    address = file.as_uri()
    if file.exists() and not os.access(file.parent, os.W_OK):
        address += "?mode=ro"
        if not log_of_writes.exists() or not log_of_writes.stat().st_size:
            address += "&immutable=1"
    options |= {"timeout": timeout, "isolation_level": None, "uri": True}
    connection: sqlite3.Connection = sqlite3.connect(address, **options)
    return connection


def reaching(url: str) -> dict[str, str]:
    """How long PostgreSQL may take to be there, unless *url* says so: a server that is gone answers nothing at all."""
    usual = {"connect_timeout": "3", "tcp_user_timeout": "3000", "keepalives_idle": "10", "keepalives_interval": "5"}
    return {name: value for name, value in usual.items() if name not in make_url(url).query}


def replica_of(url: str) -> Replica:
    engine, limit = engine_of(url, sqlite=False), f"lock_timeout = {ANSWERING}"  # it takes over locks of the primary
    pooled = threading.Event()

    def set_up(connection: Any, _: object) -> None:
        if is_pooled(connection):
            connection.prepare_threshold = None
            pooled.set()
        else:
            connection.execute(f"SET {limit}")
        connection.commit()

    def begin(connection: Connection) -> None:
        if pooled.is_set():
            connection.exec_driver_sql(f"SET LOCAL {limit}")

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
    return Replica(engine)


@contextmanager
def connected(bind: Engine | Connection) -> Iterator[Connection]:
    """A connection of an engine; one that is open is left as it is."""
    if isinstance(bind, Connection):
        yield bind
    else:
        with bind.connect() as connection:
            yield connection


def is_pooled(connection: Any) -> bool:
    """Whether a pooler such as PgBouncer stands between this psycopg connection and PostgreSQL.

    It makes up the process id with which it greets.
    """
    [pid] = connection.execute("SELECT pg_backend_pid()").fetchone()
    return bool(pid != connection.info.backend_pid)


NO_ROOM: Final = "There is no room left on the disk of the database; nothing was changed. Make room, then try again."

ONLY_READ: Final = (
    "The database can only be read just now; nothing was changed. "
    "Try again later, or name one that takes writing in LANZAROTE_DATABASE_URL."
)

BUSY: Final = "Others are writing without pause; nothing was changed. Try again in a moment."

UPGRADED: Final = "The database was upgraded; nothing was changed. Stop this process and start the newer platform."

_BUSY: Final = re.compile(rf"SQLITE_BUSY(_\w+)?|{LOCKED}")

_NO_ROOM: Final = frozenset({"SQLITE_FULL", "53100"})

_ONLY_READ: Final = re.compile(r"SQLITE_READONLY(_\w+)?|SQLITE_IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE)|25006")


@contextmanager
def refusals() -> Iterator[None]:
    """Say in words of ours that the database takes nothing new."""
    try:
        yield
    except DBAPIError as error:
        if told := not_written(error):
            raise told from None  # what was to be written stands in the error, and must not get into a log
        raise


def not_written(error: DBAPIError) -> NotWritten | None:
    """What it means for whoever wanted to write, if the database takes nothing new just now."""
    code = getattr(error.orig, "sqlite_errorname", None) or state_of(error)
    if code in _NO_ROOM:
        return NoRoom(NO_ROOM)
    if _BUSY.fullmatch(code):
        return OnlyRead(BUSY)
    return OnlyRead(ONLY_READ) if _ONLY_READ.fullmatch(code) else None


def _make_private(file: Path) -> None:
    """A new database holds drafts and replies: it is its owner's alone, and what SQLite lays beside it too."""
    try:
        if not file.exists():
            os.close(os.open(file, os.O_CREAT, 0o600))
    except OSError as error:
        raise SettingError(_nowhere(file, error)) from None


def _nowhere(place: Path, error: OSError) -> str:
    way = "say where it may be: LANZAROTE_DATA or LANZAROTE_DATABASE_URL"
    return f"The database cannot be made: {unwritable(place, error, way)}."


def checkpoint(connection: sqlite3.Connection, how: str) -> tuple[int, int, int]:
    """Whether something was in the way, the frames of the write-ahead log, and how many of them it needs no more."""
    [found] = connection.execute(f"PRAGMA wal_checkpoint({how})")
    busy, frames, done = found
    return busy, frames, done


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: no transaction can fail halfway because another wrote first.
    writes = connection.get_execution_options().get("lanzarote_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
