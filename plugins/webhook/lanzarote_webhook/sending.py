"""Posts one body to every address. Redirects are not followed: a body goes where the settings say, or nowhere."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import socket
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote_webhook.configuration import Configuration

SECONDS = 10.0
"""How long one address may take, from the first to the last byte."""


class NotTaken(Exception):
    """An address did not take what was posted; it is posted again later."""


def post(configuration: Configuration, name: str, event_id: str, body: bytes) -> None:
    """Post *body* to every address, whatever the others say. Raises NotTaken that names the hosts."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "lanzarote-webhook",
        "Lanzarote-Event": name,
        "Lanzarote-Event-Id": event_id,
        "Lanzarote-Signature": signature(configuration.secret, body),
    }
    faults = [fault for address in configuration.addresses if (fault := _post(address, headers, body))]
    if faults:
        raise NotTaken("; ".join(faults))


def signature(secret: bytes, body: bytes) -> str:
    """What the receiver calculates from the body and the secret, and compares.

    >>> signature(b"key", b"body")[:18]
    'sha256=515aae133b4'
    """
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


def _post(address: str, headers: dict[str, str], body: bytes) -> str:
    """Why it was not taken; empty when it was."""
    parts = urlsplit(address)
    # Not the whole address: its path may hold a key.
    host = parts.netloc
    try:
        with _connected(parts.scheme, parts.hostname or "", parts.port) as connection:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body=body, headers=headers)
            status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"{host} did not answer ({type(error).__name__})"
    return "" if 200 <= status < 300 else f"{host} answered {status}"


@contextlib.contextmanager
def _connected(scheme: str, host: str, port: int | None) -> Iterator[HTTPConnection]:
    if scheme == "https":
        context = ssl.create_default_context()
        connection: HTTPConnection = HTTPSConnection(host, port, timeout=SECONDS, context=context)
    else:
        connection = HTTPConnection(host, port, timeout=SECONDS)
    with contextlib.closing(connection), _ended_in_time(connection) as over:
        connection.connect()
        if over.is_set():  # before there was a connection that could be ended
            raise TimeoutError
        yield connection


@contextlib.contextmanager
def _ended_in_time(connection: HTTPConnection) -> Iterator[Event]:
    """The time-out of a socket begins anew with every byte; this one does not. Yields what tells that it is over."""
    over = Event()

    def end() -> None:
        over.set()
        with contextlib.suppress(OSError):
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(SECONDS, end)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
