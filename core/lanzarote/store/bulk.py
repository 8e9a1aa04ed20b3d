"""Rows read and written as they are, for what every write asks: through the mapped classes it takes ten times as long.

What is regional keeps to the regions of its session here as well: SQL names the region first, and so does every row.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from lanzarote.errors import UnscopedStatement
from lanzarote.store.scope import Regional, names_regional, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

T = TypeVar("T")
MOST: Final = 400
"""So many values stand in one statement."""
MANY: Final = 20
"""From so many rows on PostgreSQL's COPY is worth it."""
_CONFINED = re.compile(r"[^?]*\bWHERE (\w+\.)?region_id = \?", re.DOTALL)


def rows_of(session: Session, sql: str, region_id: str, *values: object) -> Sequence[Any]:
    """As ``Database.rows``, in the transaction of *session*, with what it has pending. Raises UnscopedStatement."""
    scope_of(session).require(region_id)
    require_confined(sql)
    return _read(session, sql, (region_id, *values))


def shared_rows(session: Session, sql: str, *values: object) -> Sequence[Any]:
    """As ``rows_of``, about tables that belong to the instance alone. Raises UnscopedStatement."""
    _require_shared(sql)
    return _read(session, sql, values)


def remove_rows(session: Session, sql: str, region_id: str, *values: object) -> None:
    """As ``rows_of``, for rows that are to go. The session holds none of them as objects."""
    scope_of(session).require(region_id)
    require_confined(sql)
    connection = _flushed(session)
    connection.exec_driver_sql(_in_words_of(connection, sql), (region_id, *values))


def insert_into(session: Session, table: Any) -> Any:
    """An ``INSERT`` that can be told what to do where the row is there already."""
    # Only the database that is asked: a start does without what SQLAlchemy knows of the other.
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def add_rows(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new rows, which all have the same columns; where they are many, as fast as PostgreSQL takes them."""
    if not rows:
        return
    scope, connection = scope_of(session), session.connection()
    for row in rows:
        scope.require(row["region_id"])
    columns = tuple(rows[0])
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_insert_on_sqlite(table, columns), [_for_sqlite(row) for row in rows])
    elif len(rows) < MANY:
        connection.execute(_insert_into(table), rows)
    else:
        copy_rows(session, table.__tablename__, columns, (tuple(row.values()) for row in rows))


@cache
def _insert_into(table: Any) -> Any:
    return insert(table.__table__)


@cache
def _insert_on_sqlite(table: Any, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table.__tablename__} ({', '.join(columns)}) VALUES {marks(columns)}"  # noqa: S608


def _for_sqlite(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of *row*, moments as text in UTC: SQLite takes all others as they are."""
    return tuple(one.astimezone(UTC).isoformat(" ") if isinstance(one, datetime) else one for one in row.values())


def put_rows(
    session: Session, table: type[Any], rows: Sequence[Mapping[str, Any]], key: Sequence[str], *, add: str = ""
) -> None:
    """Write *rows*, which all have the same columns: numbers, words and bytes.

    Where one of the same *key* is there already, it says the rest from now on, or *add* is added to it.
    """
    if not rows:
        return
    if issubclass(table, Regional):
        scope = scope_of(session)
        for row in rows:
            scope.require(row["region_id"])
    connection = session.connection()
    sql = _put_into(table.__tablename__, tuple(rows[0]), tuple(key), add)
    connection.exec_driver_sql(_in_words_of(connection, sql), [tuple(row.values()) for row in rows])


@lru_cache(maxsize=64)
def _put_into(table: str, columns: Sequence[str], key: Sequence[str], add: str) -> str:
    rest = [f"{name} = excluded.{name}" for name in columns if name not in key]
    then = f"{add} = {table}.{add} + excluded.{add}" if add else ", ".join(rest)
    into = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {marks(columns)}"  # noqa: S608 (only names go in)
    return f"{into} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {then}"


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write *rows* with PostgreSQL's COPY; the caller has seen that they are of the session's regions."""
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    fault: Any = connection.dialect.loaded_dbapi.Error
    sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)
    except fault as error:  # told as any other statement's
        raise DBAPIError.instance(sql, None, error, fault, hide_parameters=True) from error


def marks(values: Sequence[object]) -> str:
    """Where *values* go in the SQL that is given to ``rows_of``.

    >>> marks("abc")
    '(?,?,?)'
    """
    return f"({','.join('?' * len(values))})"


def pieces(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """*values*, as many at once as one statement takes."""
    for start in range(0, len(values), MOST):
        yield values[start : start + MOST]


@lru_cache(maxsize=1024)
def require_confined(sql: str) -> None:
    """Raise UnscopedStatement unless *sql* keeps to the region that is its first value."""
    if not _CONFINED.match(sql):
        raise UnscopedStatement(f"raw SQL must begin its conditions with 'WHERE region_id = ?': {sql}")


@lru_cache(maxsize=1024)
def _require_shared(sql: str) -> None:
    if names_regional(sql):
        raise UnscopedStatement(f"raw SQL on tables of regions goes through rows_of, which confines it: {sql}")


def _read(session: Session, sql: str, values: Sequence[object]) -> Sequence[Any]:
    connection = _flushed(session)
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        found: list[Any] = driver.execute(sql, values).fetchall()
        return found
    return connection.exec_driver_sql(_in_words_of(connection, sql), tuple(values)).all()


def _flushed(session: Session) -> Connection:
    """The connection of *session*, which has written what was pending."""
    if session.autoflush:
        session.flush()
    return session.connection()


def _in_words_of(connection: Connection, sql: str) -> str:
    """*sql* with the marks that the database's driver reads."""
    return sql if connection.dialect.name == "sqlite" else sql.replace("?", "%s")
