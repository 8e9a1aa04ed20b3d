"""Who sends or reads too slowly, or too much, is stopped; who waits longest makes room for others."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from lanzarote.web import limits

from tests.core.conftest import serving_app

HEAD = b"GET /small HTTP/1.1\r\nHost: lanzarote.test\r\n"
FORM = b"POST /small HTTP/1.1\r\nHost: lanzarote.test\r\nContent-Length: 20\r\n\r\n"
BODIES = {"/small": b"read", "/late": b"read", "/large": b"x" * (64 << 20)}


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})
        return
    if scope["path"] == "/late":
        await asyncio.sleep(1.5)
    while (await receive()).get("more_body"):
        pass
    body = BODIES[scope["path"]]
    length = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, int]]:
    with pytest.MonkeyPatch.context() as less:
        less.setattr(limits, "HEAD_WITHIN", 0.5)
        less.setattr(limits, "READ_WITHIN", 0.5)
        less.setattr(limits, "CLOSED_WITHIN", 0.5)
        less.setattr(limits, "MOST_CONNECTIONS", 20)
        with serving_app(application) as address:
            place = urlsplit(address)
            yield str(place.hostname), int(place.port or 0)


@contextmanager
def connected(site: tuple[str, int], sent: bytes = b"") -> Iterator[socket.socket]:
    with socket.create_connection(site, timeout=20) as connection:
        connection.sendall(sent)
        yield connection


def heard(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    found = b""
    while piece := connection.recv(1 << 16):
        found += piece
    return found


def status(answer: bytes) -> bytes:
    return answer.partition(b"\r\n")[0]


@pytest.mark.parametrize(
    "headers",
    [b"X: " + b"a" * 100_000, b"\r\n".join(b"X-%d: aaaaaaaa" % number for number in range(5000))],
    ids=["one long header", "many short ones"],
)
def test_headers_over_the_limit_are_refused(site: tuple[str, int], headers: bytes) -> None:
    with connected(site, HEAD + headers + b"\r\n\r\n") as connection:
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(1 << 16)
    assert status(answer) == b"HTTP/1.1 431 Request Header Fields Too Large"
    with connected(site, HEAD + b"X: " + b"a" * 20_000 + b"\r\nConnection: close\r\n\r\n") as connection:
        assert status(heard(connection)) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("begun", [HEAD, FORM + b"half"], ids=["head", "body"])
def test_half_a_request_is_not_waited_for(site: tuple[str, int], begun: bytes) -> None:
    with connected(site, begun) as connection:
        assert status(heard(connection)) == b"HTTP/1.1 408 Request Timeout"


def test_who_sends_a_byte_now_and_then_is_not_waited_for(site: tuple[str, int]) -> None:
    for begun in (HEAD + b"X: ", FORM):
        with connected(site, begun) as connection:
            assert len([*dripped(connection)]) < 200


def dripped(connection: socket.socket) -> Iterator[int]:
    """A byte every tenth of a second, until it is taken no more."""
    with suppress(OSError):
        for number in range(200):
            connection.sendall(b"a")
            yield number
            time.sleep(0.1)


def test_who_sends_nothing_is_let_go_without_a_word(site: tuple[str, int]) -> None:
    with connected(site) as connection:
        assert heard(connection) == b""


def test_a_body_in_pieces_and_several_requests_are_answered(site: tuple[str, int]) -> None:
    with connected(site) as connection:
        for _ in range(3):
            connection.sendall(FORM[:30])
            time.sleep(0.05)
            connection.sendall(FORM[30:] + b"0123456789")
            time.sleep(0.05)
            connection.sendall(b"0123456789")
            answer = b""
            while not answer.endswith(b"read"):
                answer += connection.recv(1 << 16)
            assert status(answer) == b"HTTP/1.1 200 OK"


def test_who_asks_first_whether_to_send_may_have_to_wait(site: tuple[str, int]) -> None:
    asking = FORM.replace(b"small", b"late").replace(b"Content-Length", b"Expect: 100-continue\r\nContent-Length")
    with connected(site, asking) as connection:
        assert status(connection.recv(1 << 16)) == b"HTTP/1.1 100 Continue"
        connection.sendall(b"0123456789" * 2)
        assert status(connection.recv(1 << 16)) == b"HTTP/1.1 200 OK"


def test_who_waits_longest_makes_room(site: tuple[str, int]) -> None:
    held = [socket.create_connection(site, timeout=20) for _ in range(60)]
    for one in held:
        one.sendall(HEAD)
    with connected(site, HEAD + b"Connection: close\r\n\r\n") as connection:
        assert status(heard(connection)) == b"HTTP/1.1 200 OK"
    for one in held:
        one.close()


def test_who_does_not_read_is_let_go(site: tuple[str, int]) -> None:
    with connected(site, HEAD.replace(b"small", b"large") + b"\r\n") as connection:
        time.sleep(2)
        taken = 0
        with suppress(ConnectionResetError):
            while piece := connection.recv(1 << 20):
                taken += len(piece)
    assert 0 < taken < len(BODIES["/large"])
