"""Who sends too much is told so: the whole request is taken before the answer, up to a bound."""

from __future__ import annotations

import socket
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from tests.core.web.reading import PageRead
from tests.core.web.test_pages_failures import ask

FORM = "application/x-www-form-urlencoded"
PIECE = 64 * 1024


def head(path: str, *more: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: lanzarote.test", "Connection: close", f"Content-Type: {FORM}", *more]
    return "\r\n".join([*lines, "", ""]).encode()


def connect(site: str) -> socket.socket:
    address = urlsplit(site)
    return socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=20)


@pytest.mark.parametrize("length", [300_000, 20_000_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_form_that_is_too_large_is_answered_with_a_page_that_helps(
    paris_site: str, length: int, chunked: bool
) -> None:
    """The sender writes all of it before it reads anything, as plain programs and proxies do."""
    body = b"wrong=" + b"a" * length
    if chunked:
        request = head("/fr/paris/correct", "Transfer-Encoding: chunked") + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    else:
        request = head("/fr/paris/correct", f"Content-Length: {len(body)}") + body

    status, _, text = ask(paris_site, request)

    page = PageRead(text)
    assert (status, page.headings) == (413, ["Cet envoi est trop volumineux"])
    assert "tel:119" in [link["href"] for link in page.links]


def test_the_api_too_hears_a_program_out(paris_site: str) -> None:
    status, headers, text = ask(paris_site, head("/api/v1/regions", "Content-Length: 20000000") + b"a" * 20_000_000)

    assert (status, headers["content-type"]) == (405, "application/problem+json")
    assert '"status":405' in text


def test_a_flood_is_not_heard_for_ever(paris_site: str) -> None:
    taken = 0
    with connect(paris_site) as connection, suppress(ConnectionError):
        connection.sendall(head("/fr/paris/correct", "Transfer-Encoding: chunked"))
        for _ in range(4096):
            connection.sendall(b"%x\r\n%s\r\n" % (PIECE, b"a" * PIECE))
            taken += PIECE

    assert 30_000_000 < taken < 100_000_000


def test_who_asks_first_is_answered_before_anything_is_sent(paris_site: str) -> None:
    status, _, _ = ask(paris_site, head("/fr/paris/correct", "Content-Length: 20000000", "Expect: 100-continue"))

    assert status == 413
