"""A port of its own where metrics are read, so that the port of the public never answers for them."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socket import AF_INET6
from socketserver import ThreadingTCPServer
from threading import Thread
from typing import TYPE_CHECKING, Final

from lanzarote.errors import SettingError
from lanzarote.runtime.listening import as_address
from lanzarote.web.front import ASK_WITH, METRICS, METRICS_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.web.front import Metrics

log = logging.getLogger("lanzarote.metrics")
SECONDS: Final = 10
"""Seconds that a reader has for its request."""


@contextmanager
def answering(metrics: Metrics, place: str) -> Iterator[str]:
    """Answer at *place* (``host:port``) in threads of its own; give the address. Raises SettingError."""
    host, _, port = place.rpartition(":")
    host = host.strip("[]")
    try:
        server = (_Server6 if ":" in host else _Server)((host, int(port)), _handler(metrics))
    except OSError as error:
        raise SettingError(
            f"cannot listen on {place} for metrics ({error.strerror}); set LANZAROTE_METRICS to another port"
        ) from None
    thread = Thread(target=server.serve_forever, name="lanzarote-metrics-port", daemon=True)
    thread.start()
    try:
        yield as_address(host, server.server_address[1]) + METRICS
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads, block_on_close = True, False
    """Readers are not waited for when the site stops."""

    def handle_error(self, *_: object) -> None:
        error = sys.exception()
        fault = None if isinstance(error, OSError) else error  # a reader that went away is none
        log.warning("Somebody who reads metrics was not answered (%s).", type(error).__name__, exc_info=fault)


class _Server6(_Server):
    address_family = AF_INET6


def _handler(metrics: Metrics) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout, server_version, sys_version = SECONDS, "lanzarote", ""

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != METRICS:
                self._answer(HTTPStatus.NOT_FOUND, f"Metrics are at {METRICS}.\n".encode())
            elif not metrics.may_be_read(self.headers.get("authorization", "")):
                self._answer(HTTPStatus.UNAUTHORIZED, f"{ASK_WITH}\n".encode())
            else:
                self._answer(HTTPStatus.OK, metrics.text())

        def _answer(self, status: HTTPStatus, body: bytes) -> None:
            self.send_response_only(status)
            self.send_header("Content-Type", METRICS_TYPE)
            self.send_header("Content-Length", str(len(body)))
            if status == HTTPStatus.UNAUTHORIZED:
                self.send_header("WWW-Authenticate", "Bearer")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Prometheus asks all day."""

    return Handler
