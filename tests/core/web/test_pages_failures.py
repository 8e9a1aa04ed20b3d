"""What nobody should ask for is answered with a helpful page, and nothing internal leaks."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from lanzarote.app import create_app, create_routes
from lanzarote.web.failures import TITLES
from litestar import get
from litestar.testing import TestClient

from tests.core.web.reading import PageRead

if TYPE_CHECKING:
    from lanzarote.instance import Instance

HOSTILE = [
    "/fr/%00",
    "/fr/../etc/passwd",
    "/fr/..%2f..%2fetc/passwd",
    "/fr/" + "a" * 6000,
    "/fr/%ff%fe",
    "/fr/%c0%ae%c0%ae",
    "/fr/paris/%00",
    "/fr/paris" + "/x" * 500,
    "/fr/<script>alert(1)</script>",
    "/fr/%3Cscript%3Ealert(1)%3C/script%3E",
    "/fr/%0d%0aSet-Cookie:%20a=b",
    "/xx/paris",
    "/xx",
    "/FR",
    "/fr/Paris",
    "/fr/paris'--",
    "/fr/%E2%80%AE",
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/.env",
    "/fr/convention/%00",
    "/fr/context/..%2f..",
    "/fr/nowhere/help",
]


def ask(site: str, request: bytes) -> tuple[int, dict[str, str], str]:
    """Send *request* as it is, and tell status, headers and body."""
    address = urlsplit(site)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return int(first.split()[1]), headers, body.decode("utf-8")


def get_raw(
    site: str, path: str, *, host: str = "lanzarote.test", method: str = "GET"
) -> tuple[int, dict[str, str], str]:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", "", ""]
    return ask(site, "\r\n".join(lines).encode("latin-1"))


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path[:40])
def test_a_hostile_address_is_answered_with_a_page_that_helps(paris_site: str, path: str) -> None:
    status, headers, body = get_raw(paris_site, path)
    page = PageRead(body)

    assert status == 404
    assert len(page.headings) == 1
    assert page.empty == []
    assert "tel:119" in [link["href"] for link in page.links]
    assert page.named(name="robots") == [{"name": "robots", "content": "noindex"}]
    assert page.named(rel="canonical") == []
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers
    assert "<script>alert" not in body


@pytest.mark.parametrize("request_line", [b"GET /fr/\xff\xfe HTTP/1.1", b"\x00\x01", b"GET"])
def test_what_is_no_request_is_refused(paris_site: str, request_line: bytes) -> None:
    status, _, _ = ask(paris_site, request_line + b"\r\nHost: lanzarote.test\r\nConnection: close\r\n\r\n")

    assert 400 <= status < 500


@pytest.mark.parametrize(
    "host", ["", "a b", "x" * 300, "evil.test/path", "evil.test#", "user@evil.test", "a\tb", "é.test"]
)
def test_what_is_no_host_name_is_refused(paris_site: str, host: str) -> None:
    status, _, body = get_raw(paris_site, "/fr", host=host)

    assert status == 400
    assert "Host" in body or "Invalid" in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_pages_are_only_read(paris_site: str, method: str) -> None:
    status, headers, body = get_raw(paris_site, "/fr/legal", method=method)

    assert status == 405
    assert len(PageRead(body).headings) == 1
    assert "GET" in headers["allow"]


def test_a_method_that_nobody_knows_is_refused_before_any_page(paris_site: str) -> None:
    status, headers, body = get_raw(paris_site, "/fr/legal", method="NONSENSE")
    assert (status, body) == (400, "Bad Request.\n")
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_an_error_speaks_the_language_of_the_address(client: TestClient[Any]) -> None:
    french = PageRead(client.get("/fr/rien", headers={"accept-language": "en"}).text)
    english = PageRead(client.get("/en/nothing", headers={"accept-language": "fr"}).text)

    assert (french.lang, french.headings) == ("fr", ["Il n’y a rien à cette adresse"])
    assert (english.lang, english.headings) == ("en", ["There is nothing at this address"])


def test_an_error_without_a_language_speaks_the_readers(client: TestClient[Any]) -> None:
    answer = client.get("/wp-login.php", headers={"accept-language": "fr"})

    assert PageRead(answer.text).lang == "fr"
    assert answer.headers["vary"].lower() == "accept-language"


def test_the_other_language_of_an_error_is_its_start_page(client: TestClient[Any]) -> None:
    page = PageRead(client.get("/fr/rien").text)

    assert [link["href"] for link in page.links if link.get("hreflang")] == ["/fr", "/en"]


def test_what_went_wrong_inside_stays_inside(paris: Instance, caplog: pytest.LogCaptureFixture) -> None:
    secret = "postgresql://user:secret@inside/database"

    @get("/fr/breaks", sync_to_thread=False)
    def breaks() -> str:
        raise RuntimeError(secret)

    routes = create_routes()
    routes.register(breaks)
    app: Any = create_app(paris, routes)
    with TestClient(app, base_url="http://lanzarote.test", raise_server_exceptions=False) as client:
        answer = client.get("/fr/breaks")

    assert answer.status_code == 500
    assert PageRead(answer.text).headings == [paris.translations.translator("fr").gettext(TITLES[500])]
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert secret in caplog.text  # the log, and only the log, tells it
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_program_is_told_in_json(client: TestClient[Any]) -> None:
    answer = client.get("/api/v1/nowhere")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["status"] == 404
