"""Answers kept in memory: sent again only when they changed, and never when they are stale."""

from __future__ import annotations

import gzip
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.instance import Instance
from lanzarote.web.help_pages import HELP

from tests.core.web.reading import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from litestar.testing import TestClient

PAGE = "/fr/convention/10"

WRITES = """
import sys
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
with new_instance(read_settings({"LANZAROTE_DATABASE_URL": sys.argv[1]})) as instance:
    instance.enable("paris", on=sys.argv[2] == "on")
"""


@pytest.fixture
def own(own_paris: Instance) -> Iterator[TestClient[Any]]:
    """An instance of its own that a test may change."""
    with client_of(own_paris) as client:
        yield client


def enable_in_another_process(url: str, *, on: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITES, url, "on" if on else "off"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_an_answer_looks_once_whether_anything_changed(own: TestClient[Any], own_paris: Instance) -> None:
    asked: list[str] = []
    own.get("/fr/paris/practices")  # whatever is kept in memory is there
    watching: Any = own_paris.revisions._watch
    watching._connection.set_trace_callback(asked.append)
    for path in ("/fr/paris/practices?q=mineur", "/fr/search?q=mineur", "/fr/paris", "/fr/convention/12"):
        asked.clear()
        assert own.get(path).status_code == 200
        assert asked == ["PRAGMA data_version"], path


def test_what_another_process_writes_shows_in_the_next_answer(own: TestClient[Any], own_paris: Instance) -> None:
    url = own_paris.settings.database_url
    assert "pratiques qui y répondent" in own.get(PAGE).text
    assert own.get("/fr/paris/help").status_code == own.get("/fr/paris/feeds").status_code == 200

    enable_in_another_process(url, on=False)

    assert "pratiques qui y répondent" not in own.get(PAGE).text
    assert own.get("/fr/paris/help").status_code == own.get("/fr/paris/feeds").status_code == 404

    enable_in_another_process(url, on=True)

    assert "pratiques qui y répondent" in own.get(PAGE).text
    assert own.get("/fr/paris/feeds").status_code == 200


def test_an_answer_is_made_once_and_kept(own: TestClient[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    first = own.get(PAGE)

    def made_again(*_: object, **__: object) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr("lanzarote.territory.convention_pages.evidence", made_again)

    assert own.get(PAGE).text == first.text
    assert own.get(PAGE, params={"another": "address"}).status_code == 500


def test_what_the_reader_has_is_not_sent_again(client: TestClient[Any]) -> None:
    first = client.get(PAGE)

    again = client.get(PAGE, headers={"if-none-match": first.headers["etag"]})
    weak = client.get(PAGE, headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    other = client.get(PAGE, headers={"if-none-match": '"other"'})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert (weak.status_code, other.status_code) == (304, 200)


def test_a_page_is_packed_for_those_who_take_it(client: TestClient[Any]) -> None:
    plain = client.get(PAGE, headers={"accept-encoding": "identity"})
    with client.stream("GET", PAGE, headers={"accept-encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())

    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert int(packed.headers["content-length"]) == len(raw) < len(plain.content) / 2
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "accept-encoding" in packed.headers["vary"].lower()
    assert client.get(PAGE, headers={"if-none-match": packed.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("path", [PAGE, "/fr/paris/help", "/fr/paris/practices.atom", "/robots.txt", "/fr/rien", "/"])
def test_head_tells_what_get_would(own: TestClient[Any], path: str) -> None:
    plain = {"accept-encoding": "identity"}
    for _ in range(2):  # made anew, then from memory
        head = own.head(path, headers=plain, follow_redirects=False)
        get = own.get(path, headers=plain, follow_redirects=False)
        assert head.content == b""
        assert head.status_code == get.status_code
        assert {name: head.headers[name] for name in head.headers} == {name: get.headers[name] for name in get.headers}


def test_nothing_is_kept_of_a_page_that_asks_for_it(own: TestClient[Any]) -> None:
    answer = own.get("/fr/paris/help")

    assert "etag" not in answer.headers
    assert own.get("/fr/paris/help", headers={"if-none-match": "*"}).status_code == 200


def test_each_host_has_addresses_of_its_own(own: TestClient[Any]) -> None:
    one = own.get(PAGE, headers={"host": "one.test"}).text
    two = own.get(PAGE, headers={"host": "two.test:8400"}).text

    assert '<link rel="canonical" href="http://one.test/fr/convention/10">' in one
    assert '<link rel="canonical" href="http://two.test:8400/fr/convention/10">' in two


def test_help_is_told_from_memory(own: TestClient[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    doors = ("", "/worried", "/others")
    pages = {door: own.get(f"/fr/paris/help{door}").text for door in doors}
    monkeypatch.setattr(HELP, "room", 0)  # no page can be made
    again = {door: own.get(f"/fr/paris/help{door}?x=1", headers={"cookie": "a=b"}) for door in doors}
    assert {door: answer.text for door, answer in again.items()} == pages
    assert {answer.headers["cache-control"] for answer in again.values()} == {"no-store"}


def test_what_was_asked_beside_a_help_page_is_not_kept(own: TestClient[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert own.get("/fr/paris/help?from=school").status_code == 200
    monkeypatch.setattr(HELP, "room", 0)
    assert own.get("/fr/paris/help").status_code == 503
