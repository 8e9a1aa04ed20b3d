"""When nothing more can be written, reading goes on, writing says so in plain words, and nothing is lost or half done.

How: a real disk that is full (a small tmpfs) where this machine lets one be mounted, and everywhere SQLite itself told
that its file may not grow (``max_page_count``) or not be written (``query_only``), with the errors that a disk gives;
PostgreSQL told to take reading only, or to answer as it does when its disk is full.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from lanzarote.app import Application, create_routes
from lanzarote.cli import main
from lanzarote.composition import new_instance, open_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import OnlyRead
from lanzarote.instance import Instance
from lanzarote.records.records import Version, now
from lanzarote.stakeholders import pages
from lanzarote.stakeholders.senders import Senders
from lanzarote.store.database import ALL, Database
from lanzarote.web.routes import page
from litestar.testing import TestClient
from sqlalchemy import event, func, select, text

from tests.conftest import copy_of
from tests.core.cli.test_running import fetch, process, wait_until_ready
from tests.core.faults.whole import half_done
from tests.core.practices.assessments import person
from tests.core.practices.forms import TEAM, WHOLE, Fields, Writer
from tests.core.practices.signed_in import site_of

LONG = "Une audition filmée, préparée ensemble, puis reprise avec chacun des services. " * 60
OURS = {"origin": "http://lanzarote.test"}
Switch = Callable[[bool], None]


# Disks that take nothing more


def told_by(pragma: str, undo: str) -> Callable[[Instance], Switch]:
    """SQLite told so on every connection that is taken; a file that is larger stays as large as it is."""

    def prepare(instance: Instance) -> Switch:
        state = {"on": False}

        def taken(connection: sqlite3.Connection, *_: object) -> None:
            connection.execute(pragma if state["on"] else undo).close()

        def switch(on: bool) -> None:
            with closing(sqlite3.connect(instance.database.path)) as connection:
                connection.execute("VACUUM")  # no page is free
            state["on"] = on

        event.listen(instance.database.engine, "checkout", taken)
        return switch

    return prepare


def read_only_postgres(instance: Instance) -> Switch:
    state = {"on": False}

    def begun(connection: Any) -> None:
        if state["on"]:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    event.listen(instance.database.engine, "begin", begun)
    return lambda on: state.update(on=on)


def full_postgres(instance: Instance) -> Switch:
    """Answers as it does when it cannot extend a table."""
    full = """
        CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$
    """

    def switch(on: bool) -> None:
        with instance.database.engine.begin() as connection:
            connection.execute(text(full))
            for table in ("version", "audit", "unsaved", "task"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS full_disk ON {table}"))
                if on:
                    trigger = f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} EXECUTE FUNCTION full_disk()"
                    connection.execute(text(trigger))

    return switch


class Trouble:
    """A way in which nothing more can be written, and what is said of it."""

    def __init__(self, prepare: Callable[[Instance], Switch], status: int, title: str) -> None:
        self.prepare, self.status, self.title = prepare, status, title


NO_ROOM, ONLY_READ = "There is no room left to save anything", "Nothing can be saved just now"
TROUBLES = {
    "no room in the file": Trouble(
        told_by("PRAGMA max_page_count=1", "PRAGMA max_page_count=1000000000"), 507, NO_ROOM
    ),
    "read-only": Trouble(told_by("PRAGMA query_only=ON", "PRAGMA query_only=OFF"), 503, ONLY_READ),
    "PostgreSQL read-only": Trouble(read_only_postgres, 503, ONLY_READ),
    "PostgreSQL full": Trouble(full_postgres, 507, NO_ROOM),
}


class Site:
    """An instance that can be made to take nothing more, and somebody who writes in it."""

    def __init__(self, instance: Instance, client: TestClient[Any], trouble: Trouble, switch: Switch) -> None:
        self.instance, self.client, self.trouble, self.switch = instance, client, trouble, switch
        self.ana = Writer(instance, client, person(instance, "contributor", "Ana"))

    def versions(self) -> int:
        with self.instance.database.read(ALL) as session:
            return session.scalar(select(func.count()).select_from(Version)) or 0

    def wrong(self) -> list[str]:
        with self.instance.database.read(ALL) as session:
            return list(half_done(session))


@pytest.fixture(params=[pytest.param(name, marks=[pytest.mark.postgres] * name.startswith("P")) for name in TROUBLES])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    trouble = TROUBLES[request.param]
    if request.param.startswith("PostgreSQL"):
        url = request.getfixturevalue("pg_url")
    else:
        url = copy_of(request.getfixturevalue("paris_template"), tmp_path)
    settings = read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(tmp_path), "LANZAROTE_CACHE": "off"})
    with new_instance(settings) as instance:
        if not instance.loaded():
            instance.load("paris")
        switch = trouble.prepare(instance)
        with site_of(instance) as client:
            yield Site(instance, client, trouble, switch)
        switch(False)


def test_reading_goes_on_writing_says_so_and_nothing_is_lost(site: Site) -> None:
    ana = site.ana
    ana.open(f"{TEAM}/new").fill(WHOLE).press("save")
    practice = ana.id
    before = site.versions()

    site.switch(True)
    assert site.client.get("/fr/paris/practices").status_code == 200
    assert site.client.get("/api/v1/regions/paris/practices").status_code == 200
    assert "Une salle d’audition partagée" in ana.get(TEAM)
    ana.open(f"{TEAM}/{practice}/edit").fill({"text.fr.activities": LONG})
    refused = ana.post(f"{TEAM}/{practice}/edit", ana.fields | {"do": ["save"]}, site.trouble.status)
    assert "Tout ce qui était enregistré est en sécurité et reste lisible." in refused.text
    assert LONG.strip() in refused.text
    assert refused.headers["cache-control"] == "no-store"
    kept = ana.post(f"{TEAM}/{practice}/unsaved", ana.fields, site.trouble.status)
    assert kept.json() == {"unwritten": True}
    assert site.versions() == before
    assert site.wrong() == []

    site.switch(False)
    again = Fields(refused.text, f"{TEAM}/{practice}/edit").values
    ana.post(f"{TEAM}/{practice}/edit", again)
    assert LONG.strip() in ana.open(f"{TEAM}/{practice}/edit").value("text.fr.activities")
    assert site.versions() == before + 1
    assert site.wrong() == []


def test_a_visitor_is_told_and_can_send_it_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SENDERS", Senders())
    form = {"wrong": "La convention date de 2019. " * 130, "right": "Elle date de 2021, dit le service. " * 110}
    form = {name: value.strip() for name, value in form.items()}
    headers = {"origin": "http://lanzarote.test"}
    site.switch(True)
    answer = site.client.post("/en/paris/correct", data=form, headers=headers, follow_redirects=False)
    assert answer.status_code == site.trouble.status
    assert site.trouble.title in answer.text
    site.switch(False)
    again = Fields(answer.text, "/en/paris/correct").values
    assert [again[name] for name in form] == [[text] for text in form.values()]
    answer = site.client.post("/en/paris/correct", data=again, headers=headers, follow_redirects=False)
    assert answer.status_code == 303


def test_the_api_says_so_as_a_problem(site: Site) -> None:
    @page("/api/v1/written", may="public", media_type="application/json")
    def written() -> str:
        with site.instance.database.write("paris") as session:
            session.add(
                Version(region_id="paris", record_id="x", number=1, at=now(), actor="x", body=b"x" * 100_000, digest="")
            )
        return ""

    routes = create_routes()
    routes.register(written)
    site.switch(True)
    app: Any = Application(site.instance, routes)
    with TestClient(app) as client:
        answer = client.get("/api/v1/written")
    assert answer.status_code == site.trouble.status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith(f"{site.trouble.title}. Everything saved before is safe")


def test_who_waited_in_vain_for_other_writers_is_told_so(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other, closing(database):
        event.listen(database.engine, "checkout", lambda connection, *_: connection.execute("PRAGMA busy_timeout=10"))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OnlyRead, match="Others are writing without pause"), database.write(ALL) as session:
            session.execute(text("SELECT 1"))
        other.execute("ROLLBACK")
        with database.write(ALL) as session:
            assert session.execute(text("SELECT 1")).scalar() == 1


def test_who_comes_next_in_line_does_not_wait_in_vain_as_long_as_well(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database:
        database._waiting = 1_000
        with database.write(ALL) as session:
            session.connection()
        with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            waited = [_refused_after(database) for _ in range(5)]
            other.execute("ROLLBACK")
        with database.write(ALL) as session:
            assert session.execute(text("SELECT 1")).scalar() == 1
    assert sum(waited[1:]) < waited[0]


def _refused_after(database: Database) -> float:
    begun = time.monotonic()
    with pytest.raises(OnlyRead, match="Others are writing without pause"), database.write(ALL) as session:
        session.connection()
    return time.monotonic() - begun


# A disk that is really full


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True, check=False)
        if shutil.which("mount")
        else None
    )
    if mounted is None or mounted.returncode:
        pytest.skip("this machine lets nothing be mounted; the other tests of this file say the same by other means")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Nothing more fits on the disk."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with suppress(OSError):
                while True:
                    file.write(b"x" * size)
    assert shutil.disk_usage(folder).free == 0
    try:
        yield
    finally:
        ballast.unlink()


def test_a_full_disk_stops_writing_alone(
    small_disk: Path, paris_template: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = copy_of(paris_template, small_disk)
    places = {"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(small_disk)}
    for name, value in places.items():
        monkeypatch.setenv(name, value)
    with new_instance(read_settings(places)) as instance, site_of(instance) as client:
        ana = Writer(instance, client, person(instance, "contributor", "Ana"))
        ana.open(f"{TEAM}/new").fill(WHOLE).press("save")
        assert main(["backup"]) == 0
        backups = [*(small_disk / "backups").iterdir()]
        here, saved, full = f"{TEAM}/{ana.id}/edit", 1, False
        with filled(small_disk):
            while not full:  # the log may have room for a few more
                assert saved < 100
                ana.open(here).fill({"text.fr.activities": f"{LONG} {'bis ' * saved}"})
                sent = ana.fields | {"do": ["save"], "key": [ana.key]}
                answer = client.post(here, data=sent, headers=ana._cookie, follow_redirects=False)
                full = answer.status_code == 507
                assert full or answer.status_code == 303
                saved += not full
            assert client.get("/fr/paris/practices").status_code == 200
            assert main(["region", "disable", "paris"]) == 1
            assert "There is no room left on the disk of the database; nothing was changed." in capsys.readouterr().err
            assert main(["backup", "--keep-daily", "1"]) == 1
            assert "there is no room" in capsys.readouterr().err
            assert [*(small_disk / "backups").iterdir()] == backups  # no half of one, and none was removed for it
        ana.open(here).fill({"text.fr.activities": "Une audition filmée."}).press("save")
        assert ana.value("version") == str(saved + 1)
        with instance.database.read(ALL) as session:
            assert list(half_done(session)) == []
    assert main(["audit", "verify"]) == 0


# A folder that takes no writing


@pytest.mark.parametrize("stands", ["in the database", "in its write-ahead log"])
def test_a_site_whose_folder_is_read_only_is_read(
    stands: str, paris_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path), "LANZAROTE_DATA": str(tmp_path)}
    with closing(sqlite3.connect(tmp_path / "lanzarote.sqlite")) as writer:
        writer.execute("UPDATE region SET enabled = enabled")
        writer.commit()
        if stands == "in the database":
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        writable = os.access
        # The tests may run as an administrator, to whom everything is writable.
        monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path and writable(path, mode))
        with open_instance(read_settings(place)) as instance, site_of(instance) as client:
            assert client.get("/fr/paris/practices").status_code == 200
            assert client.get("/api/v1/regions/paris/practices").status_code == 200
            refused = client.post("/en/paris/correct", data={"wrong": "La convention date de 2019."}, headers=OURS)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
            assert "Nothing can be saved just now" in refused.text
            assert instance.worker.run_due() == 0
    assert [one for one in caplog.records if one.exc_info] == []


def test_the_start_says_that_nothing_can_be_saved(small_disk: Path, paris_template: Path) -> None:
    copy_of(paris_template, small_disk)
    environment = {**os.environ, "LANZAROTE_DATA": str(small_disk)}
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with process(environment, "run", "--port", "0") as started:
        assert "119" in fetch(f"{wait_until_ready(started)}/fr/paris/help")
        assert started.stdout is not None
        told = next(line for line in started.stdout if line.startswith("Nothing can be saved"))
        started.send_signal(signal.SIGTERM)
        started.communicate(timeout=60)
    assert told.startswith(f"Nothing can be saved: {small_disk} is read-only for this user; change its owner or rights")


def test_what_is_noted_on_the_way_keeps_nobody_from_reading(site: Site) -> None:
    """A session whose last use was long ago is noted when it is used: that this fails must not matter."""
    from datetime import timedelta

    from lanzarote.accounts.model import SignedIn

    with site.instance.database.write("-") as session:
        for row in session.scalars(select(SignedIn)):
            row.seen_at -= timedelta(minutes=30)
    site.switch(True)
    site.ana.get(TEAM)
