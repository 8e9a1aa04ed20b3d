"""What pages of other sites may read by script: what is public and the same for everybody, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from lanzarote.accounts.tokens import COOKIE
from lanzarote.app import create_app, routes
from lanzarote.instance import Instance
from lanzarote.records.permissions import Grant
from litestar.testing import TestClient

from tests.core.accounts.team import Team
from tests.core.quiet import QuietClient
from tests.core.routes.walking import CHANGING, Route, stopped_behind_the_guards, walked

ANYBODY = "access-control-allow-origin"
FEEDS = {
    "/{lang:str}/practices.atom",
    "/{lang:str}/{region:str}/improvements.atom",
    "/{lang:str}/{region:str}/meetings.ics",
    "/{lang:str}/{region:str}/practices.atom",
    "/{lang:str}/{region:str}/procedures.atom",
    "/{lang:str}/{region:str}/procedures/{slug:str}/lanes.svg",
    "/{lang:str}/{region:str}/procedures/{slug:str}/procedure.bpmn",
    "/catalog.jsonld",
    "/oembed",
    "/sitemap.xml",
    "/sitemap/{file:str}",
}
LISTS = {
    "/{lang:str}/office",
    "/{lang:str}/office/co-operation",
    "/{lang:str}/office/compare",
    "/{lang:str}/office/coverage",
    "/{lang:str}/office/improvements",
    "/{lang:str}/office/records",
    "/{lang:str}/office/regions",
    "/{lang:str}/office/releases/{day:str}",
    "/{lang:str}/office/reports/{report:str}",
    "/{lang:str}/office/sectors",
    "/{lang:str}/office/trends",
    "/{lang:str}/practices",
    "/{lang:str}/{region:str}/ages",
    "/{lang:str}/{region:str}/cooperation",
    "/{lang:str}/{region:str}/coverage",
    "/{lang:str}/{region:str}/indicators",
    "/{lang:str}/{region:str}/law",
    "/{lang:str}/{region:str}/organisations",
    "/{lang:str}/{region:str}/practices",
    "/{lang:str}/{region:str}/sectors",
    "/{lang:str}/{region:str}/shortlist",
    "/{lang:str}/{region:str}/sources",
}


@pytest.fixture(scope="module")
def door(guarded: Instance) -> tuple[TestClient[Any], list[Route]]:
    asgi, app = stopped_behind_the_guards(guarded)
    return QuietClient(asgi), list(walked(app))


@pytest.fixture(scope="module")
def signed_in(guarded: Instance) -> str:
    team = Team(guarded, routes())
    return team.session(team.person("Everybody", Grant(role="office"), factor=True), strong=True).token


def shared_by(client: TestClient[Any], found: list[Route], method: str, query: str = "", **headers: str) -> set[str]:
    """Paths of those that answer *method* for everybody's scripts."""
    asked = {
        one.path: client.request(method, one.address() + query, headers=headers, follow_redirects=False)
        for one in found
    }
    return {path for path, answer in asked.items() if answer.headers.get(ANYBODY) == "*"}


def test_the_api_feeds_and_pictures_are_read_by_every_script_and_lists_as_files(
    door: tuple[TestClient[Any], list[Route]],
) -> None:
    client, found = door
    read = [one for one in found if one.method == "GET"]
    api = {one.path for one in read if one.api and one.may == "public"}
    assert len(api) > 30
    for method in ("GET", "HEAD"):
        assert shared_by(client, read, method) == api | FEEDS, method
        assert shared_by(client, read, method, "?format=csv") == api | FEEDS | LISTS, method


def test_nothing_is_shared_with_who_is_known(door: tuple[TestClient[Any], list[Route]], signed_in: str) -> None:
    client, found = door
    read = [one for one in found if one.method == "GET"]
    by_cookie = shared_by(client, read, "GET", "?format=csv", cookie=f"{COOKIE}={signed_in}")
    assert {path for path in by_cookie if not path.startswith("/api/")} == set()  # a cookie opens nothing in the API
    for given in ("Bearer lz_x", "Basic eDp4"):
        assert shared_by(client, read, "GET", "?format=csv", authorization=given) == set(), given


def test_no_change_is_shared_nor_allowed_beforehand(door: tuple[TestClient[Any], list[Route]]) -> None:
    client, found = door
    changing = [one for one in found if one.method in CHANGING]
    for method in sorted(CHANGING):
        assert shared_by(client, [one for one in changing if one.method == method], method) == set(), method
    for one in found:
        answer = client.options(one.address(), headers={"access-control-request-method": "PUT"})
        assert answer.headers.get("access-control-allow-methods", "GET, HEAD") == "GET, HEAD", one.path
        assert answer.headers.get("access-control-allow-headers", "If-None-Match") == "If-None-Match", one.path


def test_what_is_shared_says_so_beforehand(door: tuple[TestClient[Any], list[Route]]) -> None:
    client, found = door
    read = [one for one in found if one.method == "GET"]
    assert shared_by(client, read, "OPTIONS") == shared_by(client, read, "GET")


@pytest.fixture(scope="module")
def site(paris: Instance) -> TestClient[Any]:
    return QuietClient(create_app(paris))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/regions/paris/practices?limit=1", 200),
        ("/api/v1/openapi.json", 200),
        ("/api/v1/regions/paris/practices/nothing", 404),
        ("/api/v1/regions/paris/practices?limit=0", 400),
        ("/fr/paris/practices.atom", 200),
        ("/fr/paris/practices?format=csv", 200),
        ("/fr/paris/practices?format=papyrus", 404),
        ("/fr/paris/procedures/nothing/lanes.svg", 404),
    ],
)
def test_a_script_reads_the_answer_from_the_application_and_from_memory_alike(
    site: TestClient[Any], path: str, status: int
) -> None:
    first, second = site.get(path), site.get(path)
    for answer in (first, second, site.head(path)):
        assert answer.status_code == status
        assert answer.headers[ANYBODY] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers
    if status == 200:
        again = site.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.headers[ANYBODY]) == (304, "*")


def test_what_is_kept_in_memory_for_everybody_is_not_shared_with_a_token(site: TestClient[Any]) -> None:
    path = "/api/v1/regions"
    assert ANYBODY in site.get(path).headers
    assert ANYBODY not in site.get(path, headers={"authorization": "Bearer lz_nonsense"}).headers
    assert ANYBODY in site.get(path).headers


@pytest.mark.parametrize("path", ["/fr", "/fr/paris/practices", "/fr/account/sign-in", "/health/live", "/nothing/here"])
def test_pages_are_read_by_no_script_of_another_site(site: TestClient[Any], path: str) -> None:
    answer = site.get(path)
    assert ANYBODY not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_a_script_is_sent_on_to_the_one_address(site: TestClient[Any]) -> None:
    answer = site.get("/api/v1/regions/", follow_redirects=False)
    assert (answer.status_code, answer.headers[ANYBODY]) == (308, "*")
