"""What goes with every answer, whichever it is; whose site it is; what watchdogs ask; what the log tells of it."""

from __future__ import annotations

import io
import json
import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lanzarote.app import create_app, create_routes
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.records import outbox
from lanzarote.runtime import logs
from lanzarote.runtime.logs import LogFormat
from lanzarote.store.database import known_schemas
from lanzarote.web.front import Front
from lanzarote.web.instance_health import PUBLIC
from lanzarote.web.limits import POLICY, TooManyWaiting
from litestar import get
from litestar.testing import TestClient

from tests.conftest import copy_of
from tests.core.quiet import QuietClient

SITE = "https://practices.example.org"
ANSWERS = {
    "a page": ("GET", "/fr/paris", 200),
    "the same from memory": ("GET", "/fr/paris", 200),
    "a trailing slash": ("GET", "/fr/paris/", 308),
    "a style sheet": ("GET", "/static/base.css", 200),
    "nothing": ("GET", "/fr/nowhere", 404),
    "a form from nowhere": ("POST", "/fr/paris/correct", 415),
    "the API": ("GET", "/api/v1/regions", 200),
    "an address that hides a slash": ("GET", "/fr/paris%2fx", 404),
    "health": ("GET", "/health/live", 200),
}


@pytest.fixture(scope="module")
def public(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance that the public reaches by https."""
    folder = tmp_path_factory.mktemp("front")
    place = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, folder), "LANZAROTE_DATA": str(folder)}
    with new_instance(read_settings(place | {"LANZAROTE_BASE_URL": SITE})) as instance:
        yield instance


@pytest.fixture(scope="module")
def site(public: Instance) -> Iterator[TestClient[Any]]:
    app: Any = create_app(public)
    with TestClient(app, base_url=SITE) as client:
        yield client


@pytest.mark.parametrize("what", ANSWERS)
def test_every_answer_carries_the_security_headers(site: TestClient[Any], what: str) -> None:
    method, path, status = ANSWERS[what]
    answer = site.request(method, path, follow_redirects=False)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert len(answer.headers.get_list("referrer-policy")) == 1


def test_without_https_nothing_is_said_of_it(client: TestClient[Any]) -> None:
    assert "strict-transport-security" not in client.get("/fr/paris").headers


def test_a_second_host_is_refused(client: TestClient[Any]) -> None:
    """One of them would be asked for, and the other stand in the links that everybody is given from memory."""
    twice = [("host", "lanzarote.test"), ("host", "evil.example")]
    assert client.get("/fr/paris", headers=twice[:1]).status_code == 200
    assert client.get("/fr/paris", headers=twice).status_code == 400


@pytest.mark.parametrize("host", ["evil.example", "practices.example.org.evil.example", "xpractices.example.org:443"])
def test_another_host_is_sent_to_the_right_one(site: TestClient[Any], host: str) -> None:
    answer = site.get("/fr/paris", headers={"host": host})
    assert (answer.status_code, answer.text) == (421, f"This site is at {SITE}.\n")
    problem = site.get("/api/v1/regions", headers={"host": host})
    assert (problem.status_code, problem.json()["detail"]) == (421, f"This site is at {SITE}.")


@pytest.mark.parametrize("host", ["Practices.Example.org", "practices.example.org:8443", "localhost:8400", "[::1]"])
def test_the_site_is_also_known_on_its_own_machine(site: TestClient[Any], host: str) -> None:
    assert site.get("/fr/paris", headers={"host": host}).status_code == 200


def test_a_load_balancer_asks_by_whatever_name(site: TestClient[Any]) -> None:
    for path, told in (
        ("/health/live", {"process": "ok"}),
        ("/health/ready", dict.fromkeys(PUBLIC, "ok") | {"mail": "unsent", "backups": "none"}),
    ):
        answer = site.get(path, headers={"host": "10.0.0.7:8400"})
        assert (answer.status_code, answer.json()) == (200, told)
        assert answer.headers["cache-control"] == "no-store"
    assert site.head("/health/ready").text == ""
    assert site.post("/health/live").status_code == 405


def test_a_site_that_cannot_answer_is_not_ready(
    public: Instance, site: TestClient[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LEASE", -outbox.LEASE)  # every thread is at its work for too long
    with closing(sqlite3.connect(public.database.path, isolation_level=None)) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
        answer = site.get("/health/ready")
        database.execute("UPDATE alembic_version SET version_num = ?", [known_schemas()[-1]])
        stuck = site.get("/health/ready")
    told = {"schema": "outdated", "jobs": "unknown", "mail": "unknown", "clock": "unknown", "backups": "none"}
    assert (answer.status_code, answer.json()) == (503, dict.fromkeys(PUBLIC, "ok") | told)
    assert (stuck.status_code, stuck.json()["jobs"]) == (503, "stuck")
    assert site.get("/health/live").status_code == 200


def lines(form: LogFormat, do: Callable[[], None]) -> list[str]:
    """What is logged while *do* runs."""
    stream = io.StringIO()
    with logs.written(form, access=True, stream=stream):
        do()
    return stream.getvalue().splitlines()


def test_each_answer_is_a_line_without_what_is_secret(paris: Instance) -> None:
    app: Any = create_app(paris)

    def ask() -> None:
        with TestClient(app, base_url="http://lanzarote.test") as client:
            client.get("/fr/paris?q=Clairvoile", headers={"x-request-id": "proxy-0001"})
            client.get("/en/account/reset/Clairvoile")
            client.get("/en/nowhere/Clairvoile-Clairvoile-Clairvoile")
            client.get("/en/account/reset/Clairvoile-Clairvoile-Clairvoile/")

    told = [one for one in map(json.loads, lines("json", ask)) if one["logger"] != "httpx"]  # that is who asks
    answers = [one for one in told if one["logger"] == "lanzarote.access"]
    assert [(one["path"], one["status"]) for one in answers] == [
        ("/fr/paris", 200),
        ("/{lang}/account/reset/{secret}", 410),
        ("/en/nowhere/…", 404),
        ("/en/account/reset/…/", 308),
        ("/{lang}/account/reset/{secret}", 410),
    ]
    assert answers[0]["request"] == "proxy-0001"
    assert len({one["request"] for one in answers}) == len(answers)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", answers[0]["time"])
    assert "Clairvoile" not in json.dumps(told)


def test_a_failure_is_found_by_the_id_that_its_answer_names(paris: Instance) -> None:
    @get("/fr/breaks", sync_to_thread=True)
    def breaks() -> str:
        raise RuntimeError("one\nERROR two")

    routes = create_routes()
    routes.register(breaks)
    app: Any = create_app(paris, routes)
    answers = []

    def ask() -> None:
        with TestClient(app, base_url="http://lanzarote.test", raise_server_exceptions=False) as client:
            answers.append(client.get("/fr/breaks"))
            logging.getLogger("lanzarote.test").warning("one\nERROR two")

    first, *rest = lines("text", ask)
    request = answers[0].headers["x-request-id"]
    assert re.fullmatch(rf"\S+Z ERROR lanzarote\.web \[{request}\] GET /fr/breaks failed", first)
    assert "RuntimeError: one" in rest
    [warned] = [line for line in rest if "WARNING" in line]
    assert warned.endswith("WARNING lanzarote.test one\\x0aERROR two")
    assert re.fullmatch(rf"\S+Z INFO lanzarote\.access \[{request}\] GET /fr/breaks 500 \d+\.\d ms", rest[-1])


def test_who_has_too_many_requests_waiting_is_told_in_a_line(paris: Instance) -> None:
    async def full(scope: Any, receive: Any, send: Any) -> None:
        raise TooManyWaiting

    answer = QuietClient(Front(full, paris)).get("/en/paris")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
    assert len(answer.text.splitlines()) == 1
