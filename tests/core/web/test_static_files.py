"""What pages are dressed with travels packed, is kept for ever, and has another address when it changes."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.core.web.preview import STATIC

if TYPE_CHECKING:
    from litestar.testing import TestClient
    from playwright.sync_api import Page

KINDS = {".css", ".js", ".svg", ".png", ".woff2", ".txt"}
FILES = sorted(file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*") if file.suffix in KINDS)
WORTH_PACKING = [
    name for name in FILES if name.endswith((".css", ".svg", ".js")) and (STATIC / name).stat().st_size > 1024
]
GZIP, PLAIN = {"accept-encoding": "gzip"}, {"accept-encoding": "identity"}


def raw(client: TestClient[Any], path: str) -> tuple[bytes, Any]:
    with client.stream("GET", path, headers=GZIP) as answer:
        return b"".join(answer.iter_raw()), answer.headers


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_sent_as_it_lies(client: TestClient[Any], name: str) -> None:
    answer = client.get(f"/static/{name}", headers=PLAIN)

    assert answer.content == (STATIC / name).read_bytes()
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("name", WORTH_PACKING)
def test_a_style_sheet_travels_packed_from_the_first_time_on(client: TestClient[Any], name: str) -> None:
    packed, headers = raw(client, f"/static/{name}")
    plain = client.get(f"/static/{name}", headers=PLAIN)

    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == plain.content
    assert int(headers["content-length"]) == len(packed) < len(plain.content) * 0.6
    assert headers["vary"] == plain.headers["vary"] == "accept-encoding"
    assert headers["content-type"] == plain.headers["content-type"]
    assert headers["etag"] != plain.headers["etag"]
    for tag in (headers["etag"], plain.headers["etag"], f"W/{headers['etag']}"):
        again = client.get(f"/static/{name}", headers=GZIP | {"if-none-match": tag})
        assert (again.status_code, again.content, again.headers["vary"]) == (304, b"", "accept-encoding")


@pytest.mark.parametrize("name", ["social.png", "fonts/source-sans-3-latin-wght-normal.woff2"])
def test_what_is_packed_already_is_not_packed_again(client: TestClient[Any], name: str) -> None:
    body, headers = raw(client, f"/static/{name}")

    assert body == (STATIC / name).read_bytes()
    assert "content-encoding" not in headers
    assert "vary" not in headers


def test_every_file_that_a_page_names_is_kept_for_ever(client: TestClient[Any]) -> None:
    named = set(re.findall(r'/static/[^"]+\?v=[^"]+', client.get("/fr/paris/practices").text))

    assert len(named) > 7
    for address in named:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
        other = client.get(address[:-1] + "x")
        assert (other.status_code, other.headers["cache-control"]) == (200, "public, max-age=86400")


def test_head_tells_of_a_file_what_get_would(client: TestClient[Any]) -> None:
    head, get = client.head("/static/base.css", headers=GZIP), client.get("/static/base.css", headers=GZIP)

    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)


def test_a_page_fetches_no_file_twice(page: Page, paris_site: str) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url.partition("?")[0]))

    page.goto(f"{paris_site}/fr/paris/practices/uaped")
    page.evaluate("document.fonts.ready")

    assert f"{paris_site}/static/fonts/source-sans-3-latin-wght-normal.woff2" in fetched
    assert sorted(fetched) == sorted(set(fetched))
