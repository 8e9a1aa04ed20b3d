"""A read replica answers anonymous readers, and never with less than what the primary shows by now."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from lanzarote.app import routes
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import DatabaseAway
from lanzarote.instance import Instance
from lanzarote.operations.doctor import examine
from lanzarote.plugins import Host
from lanzarote.records import records
from lanzarote.records.permissions import EVERYWHERE
from lanzarote.records.records import Draft
from lanzarote.store.database import ALL
from lanzarote.store.replica import anonymously
from lanzarote.web.gate import freshly
from msgspec import Struct
from sqlalchemy import event, text

from tests.conftest import sqlalchemy_url
from tests.core.conftest import load
from tests.core.practices.assessments import person
from tests.core.practices.signed_in import sign_in, site_of
from tests.core.records.texts import body
from tests.postgres_server import SETTINGS, Standby, standby_of, temporary_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from litestar.testing import TestClient

DURABLE = SETTINGS.replace("synchronous_commit=off", "synchronous_commit=on")
LIST = "/en/paris/practices"


class Pair(Struct):
    """A primary with Paris, and its standby."""

    primary: str
    standby: Standby

    @property
    def url(self) -> str:
        return sqlalchemy_url(self.standby.url, "lanzarote")

    def settings(self, folder: Path, **more: str) -> dict[str, str]:
        given = {"DATABASE_URL": self.primary, "REPLICA_URL": self.url, "DATA": str(folder)} | more
        return {f"LANZAROTE_{name}": value for name, value in given.items()}

    def say(self, sql: str) -> Any:
        """Ask the standby, as its operator."""
        with psycopg.connect(self.standby.url, autocommit=True) as connection:
            return connection.execute(sql.encode()).fetchone()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It receives, and replays nothing."""
        self.say("SELECT pg_wal_replay_pause()")
        assert until(lambda: self.say("SELECT pg_get_wal_replay_pause_state()") == ("paused",))
        try:
            yield
        finally:
            self.say("SELECT pg_wal_replay_resume()")


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with temporary_server(DURABLE) as admin:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("CREATE DATABASE lanzarote")
        url = sqlalchemy_url(admin, "lanzarote")
        with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as instance:
            instance.migrate()
        load(url, Host(), "paris")
        with standby_of(admin) as standby:
            yield Pair(url, standby)


class Site:
    """A site that uses both, and which of them was asked."""

    def __init__(self, instance: Instance, client: TestClient[Any]) -> None:
        self.instance, self.client = instance, client
        self.asked: list[str] = []
        assert instance.database.replica is not None
        self.replica = instance.database.replica
        for name, engine in (("primary", instance.database.engine), ("replica", self.replica._engine)):
            event.listen(engine, "engine_connect", partial(self._note, name))

    def _note(self, name: str, _: Any) -> None:
        if threading.current_thread().name != "lanzarote-jobs":  # it looks for work now and then
            self.asked.append(name)

    def get(self, path: str, **headers: str) -> str:
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text[:1000]
        return str(answer.text)

    def asking(self, path: str, **headers: str) -> set[str]:
        """Which of the two were asked for a page."""
        self.asked.clear()
        self.client.get(path, headers=headers, follow_redirects=False)
        return {*self.asked}

    def caught_up(self) -> bool:
        return until(lambda: self.replica.look(self.instance.database.reached) == "ok")


@pytest.fixture
def site(pair: Pair, tmp_path: Path) -> Iterator[Site]:
    with new_instance(read_settings(pair.settings(tmp_path))) as instance, site_of(instance) as client:
        site = Site(instance, client)
        assert site.caught_up()
        site.get(LIST)  # what is kept in memory is there
        yield site


@pytest.fixture
def elsewhere(pair: Pair, tmp_path: Path) -> Iterator[Instance]:
    """Another process, as far as the site knows."""
    with new_instance(read_settings(pair.settings(tmp_path, REPLICA_URL=""))) as instance:
        yield instance


def publish(instance: Instance, slug: str, title: str) -> None:
    with instance.database.write("paris") as session:
        draft = Draft(kind="practice", slug=slug, body=body(title), status=b"{}", publish=True)
        records.create(session, "paris", [draft], by="test")


def said_once(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log of the site says; the doctor, which looks for itself, says some of it too."""
    said = [one.message.partition(";")[0] for one in caplog.records if one.message.startswith("The read replica")]
    assert len(said) <= 3
    return list(dict.fromkeys(said))


def until(holds: Callable[[], bool]) -> bool:
    for _ in range(200):
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_it_answers_readers_of_whom_nothing_is_known(site: Site) -> None:
    assert site.asking(f"{LIST}?q=mineur") == {"replica"}
    assert site.asking("/api/v1/regions/paris/practices?q=mineur") == {"replica"}
    assert site.asking("/fr/paris/practices/uaped") == {"replica"}
    assert site.asking(f"{LIST}?q=mineur", range="bytes=0-9") == {"replica"}
    ana = sign_in(site.instance, site.client, person(site.instance, "contributor", "Ana"))
    assert site.asking(f"{LIST}?q=mineur", cookie=f"lanzarote-session={ana.token}") == {"primary"}
    assert site.asking(f"{LIST}?q=mineur", cookie="anything=else") == {"primary"}
    assert site.asking("/api/v1/regions/paris/practices?q=x", authorization="Bearer x") == {"primary"}


def test_what_no_public_revision_tells_of_is_asked_of_the_primary(site: Site) -> None:
    """Links of mails, files that somebody asked for, what machines agree on: all of them, and nothing else."""
    for path in ("/en/account/reset/none", "/en/paris/take-part/none", "/en/paris/downloads/none"):
        assert site.asking(path) == {"primary"}, path
    fresh = {
        route.path
        for route in routes().routes
        for handler in getattr(route, "route_handlers", ())
        if "GET" in handler.http_methods and freshly in (handler.guards or ())
    }
    assert {path for path in fresh if "{secret" not in path} == {
        "/{lang:str}/{region:str}/downloads/{download:str}",
        "/{lang:str}/{region:str}/downloads/{download:str}/file",
        "/api/v1/results/{region:str}",
        "/api/v1/taken-up/{region:str}",
    }
    assert len(fresh) > 8


def test_while_it_lags_nobody_is_shown_less_and_nothing_old_is_kept(
    site: Site, elsewhere: Instance, pair: Pair, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lanzarote.store.replica.LAG", 0.0)
    page = "/en/paris/practices/lagging"
    with pair.paused():
        assert site.asking(f"{LIST}?q=nothing-is-new") == {"replica"}, "it has all there is to be read"
        publish(elsewhere, "lagging", "Written while it slept")
        assert pair.say("SELECT pg_is_wal_replay_paused()") == (True,)
        assert until(lambda: site.client.get(page).status_code == 200), "once the notice is heard"
        for _ in range(2):
            assert "Written while it slept" in site.get(page)
            assert "Written while it slept" in site.get(f"{LIST}?q=slept")
        assert site.asking(f"{LIST}?q=mineurs") == {"replica", "primary"}, "asked how far it is, and left"
        assert site.client.get("/health/ready").json()["replica"] == "behind"
        assert site.client.get("/health/ready").status_code == 200
        [told] = [one for one in examine(pair.settings(site.instance.settings.data)) if one.about == "replica"]
        assert told.bad
        assert told.told.startswith("The read replica is behind.")
    assert site.caught_up()
    assert "Written while it slept" in site.get(f"{LIST}?q=slept&page=")
    assert site.asking(f"{LIST}?q=mineure") == {"replica"}
    assert site.client.get("/health/ready").json()["replica"] == "ok"
    assert said_once(caplog) == [
        "The read replica is behind by more than 10 s",
        "The read replica answers readers again.",
    ]
    [told] = [one for one in examine(pair.settings(site.instance.settings.data)) if one.about == "replica"]
    assert (told.told, told.bad) == ("The read replica has all that the database has.", False)


def test_administrators_read_of_it_on_the_page_system(site: Site) -> None:
    root = person(site.instance, "administrator", region=EVERYWHERE)
    page = sign_in(site.instance, site.client, root).get("/en/system")
    assert "<dt>Read replica</dt>" in page


def test_whoever_wrote_something_reads_it_at_once(site: Site, pair: Pair) -> None:
    with pair.paused():
        asked, here = {"whole": "on", "title": "All", "language": "fr"}, {"sec-fetch-site": "same-origin"}
        done = site.client.post("/en/paris/compendium", data=asked, headers=here, follow_redirects=False)
        assert done.status_code == 303, done.text[:500]
        assert "/downloads/" in done.headers["location"]
        assert site.client.get(done.headers["location"]).status_code == 200, "the file that they wait for"
        publish(site.instance, "own", "By this very process")
        assert "By this very process" in site.get("/en/paris/practices/own")
        with anonymously() as reader, site.instance.database.write(ALL):
            assert not reader.may_lag
    assert site.caught_up()


def test_one_that_stops_is_left_and_taken_up_again(
    site: Site, pair: Pair, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lanzarote.store.availability.REST", 0.1)
    pair.standby.stop()
    try:
        for number in range(4):
            assert "<main" in site.get(f"{LIST}?q=away{number}")
        assert site.client.get("/health/ready").json()["replica"] == "away"
        assert site.client.get("/health/ready").status_code == 200
        [told] = [one for one in examine(pair.settings(site.instance.settings.data)) if one.about == "replica"]
        assert told.told.startswith("The read replica does not answer. Look at LANZAROTE_REPLICA_URL")
    finally:
        pair.standby.start()
    assert until(lambda: site.asking(f"{LIST}?q={time.monotonic()}") == {"replica"})
    assert said_once(caplog) == ["The read replica does not answer", "The read replica answers readers again."]


def test_one_that_fails_halfway_leaves_no_trace_in_the_answer(site: Site, pair: Pair) -> None:
    """Its server goes away between two questions of one page: the page is made anew from the primary."""
    ended: list[int] = []

    def end(connection: Any) -> None:
        if not ended:
            ended.append(1)
            pair.say(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                " AND pid <> pg_backend_pid()"
            )

    event.listen(site.replica._engine, "engine_connect", end)
    assert "Aide" in site.get("/fr/paris/practices?q=ended")
    assert ended
    event.remove(site.replica._engine, "engine_connect", end)

    def refuse(*_: Any) -> None:
        raise psycopg.errors.SerializationFailure("canceling statement due to conflict with recovery")

    # What PostgreSQL says when the primary has taken away rows that the standby is reading.
    event.listen(site.replica._engine, "before_cursor_execute", refuse, once=True)
    assert "Aide" in site.get("/fr/paris/practices/uaped/versions")


def test_one_whose_tables_are_locked_is_not_waited_for(site: Site, pair: Pair) -> None:
    """It takes over a lock of the primary, and keeps it for as long as it replays nothing."""
    locked = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"
    primary = pair.primary.replace("+psycopg", "")
    with psycopg.connect(primary) as connection:
        connection.execute("LOCK TABLE published_practice IN ACCESS EXCLUSIVE MODE")
        with psycopg.connect(primary, autocommit=True) as other:
            other.execute("SELECT pg_current_xact_id()")  # what is written before it is sent along
        assert until(lambda: pair.say(locked) == (1,))
        with pair.paused():
            connection.commit()
            assert site.asking("/en/paris/practices?q=locked") == {"replica", "primary"}
            assert "hospital" in site.get("/en/paris/practices?q=locked+hospital")
            assert site.asking("/en/paris/practices?q=locked+again") == {"primary"}  # the next reader waits no more
    assert site.caught_up()


def test_nothing_is_written_there(site: Site) -> None:
    with anonymously() as reader:
        with pytest.raises(DatabaseAway), site.instance.database.read(ALL) as session:
            session.execute(text("CREATE TABLE one (n integer)"))
        assert reader.failed
        assert not reader.may_lag
        with site.instance.database.read(ALL) as session:
            assert session.scalar(text("SELECT pg_is_in_recovery()")) is False
    with anonymously(), site.instance.database.snapshot(ALL) as session:
        assert session.scalar(text("SELECT pg_is_in_recovery()")) is True
        assert session.scalar(text("SHOW transaction_read_only")) == "on"
        assert session.scalar(text("SHOW transaction_isolation")) == "repeatable read"


def test_a_server_that_is_no_standby_of_it_is_not_asked(
    pair: Pair, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for other in (pair.primary, sqlalchemy_url(pair.standby.url, "postgres")):
        given = pair.settings(tmp_path, REPLICA_URL=other)
        with new_instance(read_settings(given)) as instance, site_of(instance) as client:
            assert client.get(f"{LIST}?q=mineur").status_code == 200
            assert client.get("/health/ready").json()["replica"] == "other"
        [told] = [one for one in examine(given) if one.about == "replica"]
        assert told.bad
        assert told.told.startswith("LANZAROTE_REPLICA_URL leads to no standby of the database.")
    assert "LANZAROTE_REPLICA_URL leads to no standby of the database" in caplog.text
