"""Asks a provider over HTTP: within a time from the first to the last byte, so many bytes, no redirect."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from msgspec import Struct

from lanzarote_oidc.configuration import is_safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECONDS = 10.0
"""That a whole conversation with a provider may take."""
LARGEST = 1 << 20
"""Bytes of an answer."""


class Away(Exception):
    """The provider did not answer, or not as one that works."""


class Unusable(Exception):
    """The provider names what we do not use, such as an address without TLS."""


class Answer(Struct, frozen=True, kw_only=True):
    status: int
    kind: str
    """Media type, without parameters."""
    body: bytes

    def values(self) -> dict[str, Any]:
        """The JSON object that it is. Raises Away."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            raise Away("it did not answer with JSON") from None
        if not isinstance(found, dict):
            raise Away("it did not answer with a JSON object")
        return found


class Deadline:
    """When a conversation has to be over."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Raises Away."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise Away("it took too long")
        return left


def ask(
    address: str, deadline: Deadline, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Get *address*, or post *form* to it. Raises Away, Unusable."""
    if not is_safe(address):
        raise Unusable("it names an address that does not begin with https://")
    parts = urlsplit(address)
    sent = {"Accept": "application/json", "User-Agent": "lanzarote-oidc", **(headers or {})}
    body = urlencode(form).encode() if form is not None else None
    if body is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.hostname or ""
    try:
        with _connected(parts.scheme, host, parts.port, deadline) as (connection, over):
            connection.request("POST" if body is not None else "GET", target, body=body, headers=sent)
            response = connection.getresponse()
            data = response.read(LARGEST + 1)
            if over.is_set():
                raise Away(f"{host} took too long")
    except ssl.SSLCertVerificationError as error:
        raise Unusable(f"this machine does not trust the certificate of {host} ({error.verify_message})") from None
    except (OSError, HTTPException, ValueError) as error:
        raise Away(f"{host} did not answer ({type(error).__name__})") from None
    if len(data) > LARGEST:
        raise Away(f"{host} answered with more than {LARGEST >> 20} MB")
    if response.status >= 500 or 300 <= response.status < 400:
        raise Away(f"{host} answered {response.status}")
    return Answer(status=response.status, kind=response.headers.get_content_type(), body=data)


def basic(name: str, secret: str) -> str:
    """The Authorization header of a client (RFC 6749, 2.3.1).

    >>> basic("a b", "c:d")
    'Basic YSUyMGI6YyUzQWQ='
    """
    pair = f"{quote(name, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


@contextlib.contextmanager
def _connected(scheme: str, host: str, port: int | None, deadline: Deadline) -> Iterator[tuple[HTTPConnection, Event]]:
    seconds = deadline.left()
    if scheme == "https":
        context = ssl.create_default_context()
        connection: HTTPConnection = HTTPSConnection(host, port, timeout=seconds, context=context)
    else:
        connection = HTTPConnection(host, port, timeout=seconds)
    with contextlib.closing(connection), _ended_in_time(connection, seconds) as over:
        connection.connect()
        if over.is_set():  # before there was a connection that could be ended
            raise TimeoutError
        yield connection, over


@contextlib.contextmanager
def _ended_in_time(connection: HTTPConnection, seconds: float) -> Iterator[Event]:
    """The time-out of a socket begins anew with every byte; this one does not. Yields what tells that it is over."""
    over = Event()

    def end() -> None:
        over.set()
        with contextlib.suppress(OSError):
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
