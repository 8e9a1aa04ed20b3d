"""PostgreSQL for a benchmark: $LZ_TEST_POSTGRES_URL (a superuser's), else a server that disappears afterwards."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg

from tests.postgres_server import temporary_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

SETTINGS = "-c listen_addresses='' -c shared_buffers=256MB -c max_wal_size=4GB"


@contextlib.contextmanager
def server() -> Iterator[str]:
    """URL of its database `postgres`."""
    if url := os.environ.get("LZ_TEST_POSTGRES_URL"):
        yield url
    else:
        with temporary_server(SETTINGS) as url:
            yield url


def url_of(admin: str, name: str) -> str:
    """As the platform takes it."""
    return urlsplit(admin)._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()


def create(admin: str, name: str, template: str = "template0") -> str:
    """Make the database *name* like *template*; return its URL as psycopg takes it."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy".encode())
    return urlsplit(admin)._replace(path=f"/{name}").geturl()


def drop(admin: str, name: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def copy(url: str, rows: Mapping[str, Sequence[tuple[Any, ...]]], columns: Mapping[str, Sequence[str]]) -> None:
    """Write *rows* of each table, which have its *columns*, with COPY in one transaction."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table, some in rows.items():
            with cursor.copy(f"COPY {table} ({', '.join(columns[table])}) FROM STDIN".encode()) as taking:
                for row in some:
                    taking.write_row(row)
