"""Behind PgBouncer, which gives each transaction another session: nothing is lost, left behind, or out of date."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg
import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.operations.backup import backup, restore
from lanzarote.operations.doctor import examine
from lanzarote.records import records
from lanzarote.records.records import Draft, Record
from lanzarote.store.database import ALL, Database
from lanzarote.store.engines import ANSWERING
from sqlalchemy import func, select, text

from tests.conftest import copied, pg_database, sqlalchemy_url
from tests.core.practices.signed_in import site_of
from tests.core.records.texts import body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def urls(pg_admin_url: str, pooler_url: str, pg_paris_template: str) -> Iterator[tuple[str, str]]:
    """A database with Paris: through the pooler, and directly."""
    with pg_database(pg_admin_url, copied(pg_paris_template)) as name:
        yield sqlalchemy_url(pooler_url, name), sqlalchemy_url(pg_admin_url, name)


@pytest.fixture
def instance(urls: tuple[str, str], tmp_path: Path) -> Iterator[Instance]:
    with opened(*urls, tmp_path) as instance:
        yield instance


def opened(url: str, direct: str, data: Path) -> Instance:
    given = {"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DIRECT_URL": direct, "LANZAROTE_DATA": str(data)}
    return new_instance(read_settings(given))


def publish(instance: Instance, number: int) -> None:
    with instance.database.write("paris") as session:
        draft = Draft(kind="practice", slug=f"own-{number}", body=body(f"Title {number}"), status=b"{}", publish=True)
        records.create(session, "paris", [draft], by="test")


def until(holds: Callable[[], bool]) -> bool:
    for _ in range(100):
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_what_one_publishes_another_shows_at_once(urls: tuple[str, str], instance: Instance, tmp_path: Path) -> None:
    with opened(*urls, tmp_path) as other, site_of(other) as client:
        page = "/en/paris/practices/own-1"
        assert client.get(page).status_code == 404
        assert client.get("/en/paris/practices").headers["cache-control"] == "public, no-cache"
        before = other.revisions.current()
        assert before is not None, "notices are heard by the direct way"
        publish(instance, 1)
        assert until(lambda: other.revisions.current() != before)
        assert "Title 1" in client.get(page).text


def test_without_a_direct_way_nothing_is_kept_and_it_is_told(
    urls: tuple[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(urls[0], "", tmp_path) as instance, site_of(instance) as client:
        assert client.get("/en/paris/practices").status_code == 200
        assert instance.revisions.current() is None
        publish(instance, 1)
        assert "Title 1" in client.get("/en/paris/practices?q=title").text
    assert [one.message for one in caplog.records if "LANZAROTE_DIRECT_URL" in one.message] == [
        "The database's notices cannot be heard (a pooler passes none on; name PostgreSQL itself in "
        "LANZAROTE_DIRECT_URL); nothing is kept in memory meanwhile."
    ]
    found = examine({"LANZAROTE_DATABASE_URL": urls[0], "LANZAROTE_DATA": str(tmp_path)})
    [told] = [one for one in found if one.about == "pooler"]
    assert told.bad
    assert "LANZAROTE_DIRECT_URL" in told.told
    both = {"LANZAROTE_DATABASE_URL": urls[0], "LANZAROTE_DIRECT_URL": urls[1], "LANZAROTE_DATA": str(tmp_path)}
    [told] = [one for one in examine(both) if one.about == "pooler"]
    assert not told.bad


def test_many_write_and_read_at_once(instance: Instance) -> None:
    """Each in whatever session is free; statements that a driver would prepare after five turns."""

    together = threading.Barrier(8)

    def work(number: int) -> int:
        publish(instance, number)
        together.wait()
        for _ in range(6):
            with instance.database.read("paris") as session:
                for _ in range(7):
                    session.scalars(select(Record.slug).where(Record.slug == f"own-{number}")).one()
            instance.database.rows("SELECT id FROM record WHERE region_id = ?", "paris")
        return number

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(work, range(16))) == [*range(16)]
    with instance.database.read("paris") as session:
        written = select(func.count()).select_from(Record).where(Record.slug.startswith("own-"))
        assert session.scalar(written) == 16


def test_nothing_is_left_in_a_session_that_others_get(urls: tuple[str, str], instance: Instance) -> None:
    instance.database.answer_soon()
    with instance.database.write(ALL) as session:
        assert session.scalar(text("SHOW lock_timeout")) == f"{ANSWERING // 1000}s"
    with instance.database.alone("something"):
        pass
    publish(instance, 1)
    found = set()
    with psycopg.connect(plain(urls[0]), autocommit=True, prepare_threshold=None) as other:
        for _ in range(20):
            found |= {*other.execute("SELECT current_setting('lock_timeout'), pg_backend_pid() > 0").fetchall()}
        here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"  # others test beside it
        locks = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND {here}"
        held = other.execute(locks).fetchone()
        assert other.execute("SELECT name FROM pg_prepared_statements").fetchall() == []
    assert found == {("0", True)}
    assert held == (0,)


def test_work_that_one_does_alone_waits_for_another_process(urls: tuple[str, str], instance: Instance) -> None:
    told: list[str] = []
    begun = threading.Event()

    def second() -> None:
        with closing(Database(urls[0])) as other:
            begun.set()
            with other.alone("following"):
                told.append("second")

    with instance.database.alone("following"):
        thread = threading.Thread(target=second)
        thread.start()
        begun.wait(5)
        with instance.database.alone("something else"):
            time.sleep(0.3)
        told.append("first")
    thread.join(10)
    assert told == ["first", "second"]


def test_a_backup_is_made_and_restored_through_it(
    urls: tuple[str, str], instance: Instance, pg_admin_url: str, pooler_url: str, pg_template: str, tmp_path: Path
) -> None:
    publish(instance, 1)
    backup(instance, tmp_path / "one.zip")
    with pg_database(pg_admin_url, copied(pg_template)) as name:
        given = {"LANZAROTE_DATABASE_URL": sqlalchemy_url(pooler_url, name), "LANZAROTE_DATA": str(tmp_path / "new")}
        assert " rows restored from " in restore(read_settings(given), tmp_path / "one.zip")


def plain(url: str) -> str:
    return urlsplit(url)._replace(scheme="postgresql").geturl()
