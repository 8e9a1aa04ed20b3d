"""Requests that no browser sends are refused, and break nothing."""

from __future__ import annotations

import socket
import struct
import time
from typing import Any
from unicodedata import normalize
from urllib.parse import quote, urljoin

import pytest
from litestar.testing import TestClient

from tests.core.web.reading import PageRead
from tests.core.web.test_pages_failures import get_raw


@pytest.mark.parametrize("host", ["lanzarote.test:99999", "a b", "[::1", "x" * 300, "evil.example/path", ""])
def test_a_host_that_is_none_is_refused(client: TestClient[Any], host: str) -> None:
    assert client.get("/fr/paris", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("name", ["%00", "base.css%00", "..%2fapp.py", "fonts", "fonts/..%2fbase.css", "nothing.css"])
def test_there_is_no_file_but_those_of_the_site(client: TestClient[Any], name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize(
    ("accepted", "packed"), [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.0, br", False)]
)
def test_only_a_reader_that_takes_gzip_gets_it(client: TestClient[Any], accepted: str, packed: bool) -> None:
    for _ in range(2):  # the first answer is never packed
        answer = client.get("/fr/paris/law", headers={"accept-encoding": accepted})
    assert (answer.headers.get("content-encoding") == "gzip") is packed


def test_the_reply_link_of_a_practice_leads_back_to_it(client: TestClient[Any]) -> None:
    page = client.get("/fr/paris/correct", params={"about": "practices/uaped"}).text
    assert 'href="/fr/paris/practices/uaped"' in page


def test_a_practice_is_found_by_its_sector(client: TestClient[Any]) -> None:
    assert client.get("/api/v1/regions/paris/practices", params={"q": "ecoute"}).json()["total"] > 0


@pytest.mark.parametrize(
    ("asked", "one"),
    [
        ("/fr/paris/", "/fr/paris"),
        ("//fr//paris", "/fr/paris"),
        ("/fr/paris/practices//?q=a%20b&side=both", "/fr/paris/practices?q=a%20b&side=both"),
        ("/fr/convention/10///", "/fr/convention/10"),
        ("/api/v1/regions/", "/api/v1/regions"),
        ("//", "/"),
    ],
)
def test_a_page_has_one_address(client: TestClient[Any], asked: str, one: str) -> None:
    answer = client.get(f"http://lanzarote.test{asked}", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (308, one)
    assert client.get(one).status_code == 200


def test_letters_written_in_two_signs_lead_to_the_address_with_one(client: TestClient[Any]) -> None:
    two_signs = "/fr/paris/practices/" + quote(normalize("NFD", "дитячий-дім-й"))
    answer = client.get(f"{two_signs}/versions?a=1", follow_redirects=False)
    one_sign = "/fr/paris/practices/" + quote("дитячий-дім-й")
    assert (answer.status_code, answer.headers["location"]) == (308, f"{one_sign}/versions?a=1")
    assert client.get(one_sign, follow_redirects=False).status_code == 404


@pytest.mark.parametrize("written", ["01", "0001", "%D9%A1"])
def test_a_version_has_one_address(client: TestClient[Any], written: str) -> None:
    answer = client.get(f"/en/paris/practices/uaped/versions/{written}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, "/en/paris/practices/uaped/versions/1")


@pytest.mark.parametrize(
    "asked",
    [
        "//evil.example",
        "//evil.example/",
        "///evil.example//fr",
        "/\\evil.example/",
        "//\\evil.example/",
        "/%5Cevil.example/",
        "/%2F%2Fevil.example/",
        "/%09/evil.example/",
        "//user@evil.example/",
        "//evil.example/%0d%0aSet-Cookie:%20a=b/",
        "/https://evil.example/",
    ],
)
def test_no_address_of_ours_leads_to_another_site(paris_site: str, asked: str) -> None:
    status, headers, _ = get_raw(paris_site, asked)

    assert status == 308
    assert urljoin("http://lanzarote.test/", headers["location"].replace("\\", "/")).startswith(
        "http://lanzarote.test/"
    )
    assert not headers["location"].replace("\\", "/").startswith("//")
    assert "set-cookie" not in headers


@pytest.mark.parametrize("path", ["/fr/paris%2Fpractices", "/api/v1/regions/paris%2fpractices", "/fr/paris/law%5Cx"])
def test_a_hidden_slash_divides_nothing(paris_site: str, path: str) -> None:
    assert get_raw(paris_site, path)[0] == 404


@pytest.mark.parametrize("query", ["q=%ff", "q=" + "a" * 4095, "sector=%C0%AF"])
@pytest.mark.parametrize("path", ["/fr/paris/practices", "/en/search", "/fr/paris/organisations", "/en/paris", "/fr"])
def test_a_query_that_is_no_text_or_too_long_gets_a_page_that_says_so(paris_site: str, path: str, query: str) -> None:
    status, headers, body = get_raw(paris_site, f"{path}?{query}")
    assert status == 400
    assert headers["cache-control"] == "no-store"
    assert len(PageRead(body).headings) == 1
    assert len(body) < 60_000


def test_who_leaves_while_sending_is_no_fault_of_ours(paris_site: str, caplog: pytest.LogCaptureFixture) -> None:
    host, port = paris_site.removeprefix("http://").split(":")
    head = "POST /fr/paris/correct HTTP/1.1\r\nHost: lanzarote.test\r\nContent-Length: 100000\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\n\r\nwrong=abc"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode())
        time.sleep(0.3)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    time.sleep(0.5)
    assert get_raw(paris_site, "/fr/paris")[0] == 200
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
