"""When the database does not answer, every page says so and whom to call; the help page is read as ever."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from lanzarote.cli import main
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import DatabaseAway
from lanzarote.instance import Instance
from lanzarote.store import availability, database
from lanzarote.store.availability import unavailable
from lanzarote.store.database import ALL, Database
from litestar.testing import TestClient
from sqlalchemy import make_url, text

from tests.core.practices.assessments import person
from tests.core.practices.forms import TEAM, Writer
from tests.core.practices.signed_in import site_of
from tests.core.web.reading import PageRead

HOLDING = """
import fcntl, sys
with open(sys.argv[1], "r+b", buffering=0) as file:
    fcntl.lockf(file, fcntl.LOCK_EX, 3, 120)
    file.write(bytes(136))
    print("held", flush=True)
    sys.stdin.read()
"""
"""What a process does that recovers SQLite's write-ahead log, and does not come to an end."""


@contextmanager
def held(instance: Instance) -> Iterator[None]:
    """Another process has locked the file, and lets nobody read."""
    place = f"{instance.database.path}-shm"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLDING, place], stdin=pipe, stdout=pipe) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            other.communicate()


@contextmanager
def stopped(instance: Instance) -> Iterator[None]:
    """The server has ended every connection, and takes no new one."""
    url = make_url(instance.database.url)
    admin = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.database])
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true".encode())


class Site:
    def __init__(self, instance: Instance, client: TestClient[Any]) -> None:
        self.instance, self.client = instance, client
        self.ana = Writer(instance, client, person(instance, "contributor", "Ana"))

    def away(self) -> AbstractContextManager[None]:
        take: Callable[[Instance], AbstractContextManager[None]] = held if self.instance.database.sqlite else stopped
        return take(self.instance)

    def wait_for_it(self) -> None:
        """It is tried again a moment later."""
        for _ in range(200):
            if self.client.get("/en/paris/practices?q=back").status_code == 200:
                return
            time.sleep(0.05)


@pytest.fixture
def site(paris_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(database, "ANSWERING", 100)
    monkeypatch.setattr(availability, "REST", 0.1)
    settings = read_settings({"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)})
    with new_instance(settings) as instance, site_of(instance) as client:
        yield Site(instance, client)


def test_whoever_asks_is_told_and_whom_to_call(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    client = site.client
    site.ana.open(f"{TEAM}/new")
    with site.away():
        refused = client.get("/fr/paris/practices?q=école")
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert PageRead(refused.text).headings[0] == "Cette page n’est pas disponible pour le moment"
        assert 'href="tel:119"' in refused.text

        elsewhere = client.get("/en/search?q=school")
        assert elsewhere.status_code == 503
        assert 'href="tel:119"' in elsewhere.text

        for _ in range(20):
            help_page = client.get("/fr/paris/help")
            assert help_page.status_code == 200
            assert 'href="tel:119"' in help_page.text

        problem = client.get("/api/v1/regions/paris/practices?q=x")
        assert problem.status_code == 503
        assert problem.headers["content-type"] == "application/problem+json"
        assert "retry-after" in problem.headers
    site.wait_for_it()
    assert client.get("/fr/paris/practices?q=école").status_code == 200

    ours = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert [one.getMessage().partition(" (")[0] for one in ours if one.name == "lanzarote.database"] == [
        "The database does not answer",
        "The database answers again.",
    ]
    assert [one for one in ours if one.exc_info] == []


def test_who_is_signed_in_reads_the_help_page_and_loses_no_text(site: Site) -> None:
    ana = site.ana
    ana.open(f"{TEAM}/new").fill({"text.fr.title": "Une salle d’audition partagée entre trois services"})
    with site.away():
        assert 'href="tel:119"' in ana.get("/fr/paris/help")
        assert "Cette page n’est pas disponible pour le moment" in ana.get(TEAM, 503)
        refused = ana.post(f"{TEAM}/{ana.id}/edit", ana.fields | {"do": ["save"]}, 503)
        assert "retry-after" in refused.headers
        assert "Une salle d’audition partagée entre trois services" in refused.text
    site.wait_for_it()
    ana.get(TEAM)


def disk_error(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    return error


def test_a_disk_that_fails_is_as_one_that_is_away() -> None:
    assert unavailable(disk_error("SQLITE_IOERR_READ")) == "disk I/O error"
    assert unavailable(disk_error("SQLITE_ERROR")) == ""


def test_a_command_names_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", f"postgresql://nobody@/nowhere?host={tmp_path}")
    assert main(["tasks", "paris"]) == 1
    assert "the database cannot be used (connection is bad: " in capsys.readouterr().err


def test_only_one_waits_for_a_database_that_is_away(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "REST", 60.0)
    away, tried = Database(sqlite_url), []

    def ask() -> None:
        with away.availability.asked():
            tried.append("asked")
            raise disk_error("SQLITE_IOERR_READ")

    for _ in range(3):
        with pytest.raises(DatabaseAway):
            ask()
    assert tried == ["asked"]

    monkeypatch.setattr(availability, "monotonic", lambda: time.monotonic() + 61)
    with away.read(ALL) as session, away.read(ALL) as inside:  # who tries asks more than once
        assert session.scalar(text("SELECT 1")) == inside.scalar(text("SELECT 1")) == 1
    assert away.all_rows("SELECT 1") == [(1,)]
    away.close()
