"""What stands before everything else: ids of requests, health, hosts, headers of every answer, the access log."""

from __future__ import annotations

import logging
import re
import secrets
from http import HTTPStatus
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec
from litestar.concurrency import sync_to_thread

from lanzarote import logs
from lanzarote.settings import is_loopback
from lanzarote.web.headers import HSTS, SECURITY_PAIRS
from lanzarote.web.health import LIVE, READY, readiness

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from lanzarote.instance import Instance
    from lanzarote.web.listening import Asgi, Message, Receive, Send

log = logging.getLogger("lanzarote.web")
_OURS: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_SECRETS: Final = re.compile(r"[^/]{20,}")
"""Parts of an address that nobody here knows: they may be somebody's mailed link with a slip in it."""
_TEMPLATE: Final = "lanzarote.template"


class Front:
    """ASGI: around an application and everything that stands before it."""

    def __init__(self, app: Asgi, instance: Instance) -> None:
        self._app, self._instance = app, instance
        address = urlsplit(instance.settings.base_url)
        self._host = address.hostname or ""
        self._pairs = [*SECURITY_PAIRS, *([HSTS] if address.scheme == "https" else [])]
        self._said = frozenset(name for name, _ in self._pairs)
        self._warned = False
        self._process, self._numbers = secrets.token_hex(4), count(1)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = perf_counter()
        hosts, request = self._read(scope)
        logs.REQUEST.set(request)
        template: list[str] = []
        scope[_TEMPLATE] = template
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = message["headers"]
                said = self._said.intersection([name for name, _ in given])
                more = [pair for pair in self._pairs if pair[0] not in said] if said else self._pairs
                if status >= 500:
                    more = [*more, (b"x-request-id", request.encode())]
                message = {**message, "headers": [*given, *more]}
            await send(message)

        try:
            if scope["path"] in (LIVE, READY):
                await self._tell_health(scope, answer)
            elif len(hosts) > 1:  # RFC 9112, 3.2: who reads the first and who reads the last would differ
                await plain(scope, answer, HTTPStatus.BAD_REQUEST, "There is more than one Host header.")
            elif self._host and not self._is_here(host := hosts[0] if hosts else ""):
                address = self._instance.settings.base_url
                self._warn(host)
                await plain(scope, answer, HTTPStatus.MISDIRECTED_REQUEST, f"This site is at {address}.")
            else:
                await self._app(scope, receive, answer)
        except Exception:
            log.exception("%s failed outside every page", scope["method"])
            if status:
                raise  # the server breaks the answer off
            await plain(scope, answer, HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side.")
        finally:
            if logs.ACCESS.isEnabledFor(logging.INFO):
                self._note(scope, template, status, perf_counter() - begun)

    def _read(self, scope: MutableMapping[str, Any]) -> tuple[list[str], str]:
        """The hosts that are asked, and the id of the request: the proxy's, if it gave one."""
        hosts, request = [], b""
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value.decode("latin-1"))
            elif name == b"x-request-id" and _OURS.fullmatch(value):
                request = value
        return hosts, request.decode() or f"{self._process}-{next(self._numbers):x}"

    def _is_here(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return not name or name.rstrip(".") == self._host or is_loopback(name)

    def _warn(self, host: str) -> None:
        """Once: it may be the proxy that does not say which host was asked."""
        if not self._warned:
            told = "Refused: a request for the host %r. LANZAROTE_BASE_URL names %s; a proxy has to pass Host on."
            log.warning(told, host[:100], self._host)
        self._warned = True

    async def _tell_health(self, scope: MutableMapping[str, Any], send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await plain(scope, send, HTTPStatus.METHOD_NOT_ALLOWED, "Ask with GET.", (b"allow", b"GET, HEAD"))
            return
        found, serves = {"process": "ok"}, True
        if scope["path"] == READY:
            found, serves = await sync_to_thread(readiness, self._instance)
        status = HTTPStatus.OK if serves else HTTPStatus.SERVICE_UNAVAILABLE
        await _send(scope, send, status, b"application/json", msgspec.json.encode(found))

    def _note(self, scope: MutableMapping[str, Any], template: list[str], status: int, seconds: float) -> None:
        known = template[0] if template else ""
        if "{secret" in known:
            path = known
        elif known or status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
            path = scope["path"]
        else:
            path = _SECRETS.sub("…", scope["path"])
        fields = {"method": scope["method"], "path": path, "status": status, "ms": round(seconds * 1000, 1)}
        logs.ACCESS.info("%(method)s %(path)s %(status)s %(ms)s ms", fields, extra={"fields": fields})


def know_template(scope: Any) -> None:
    """Let the access log know by which route this is answered: addresses that hold a secret are not written down."""
    known: list[str] = scope.get(_TEMPLATE, [])
    if template := scope.get("path_template"):
        known[:] = [template]


async def plain(
    scope: MutableMapping[str, Any], send: Send, status: HTTPStatus, why: str, *pairs: tuple[bytes, bytes]
) -> None:
    """Answer in one line, or as a problem on the API: there is no page yet that could say it."""
    kind, body = b"text/plain; charset=utf-8", f"{why}\n".encode()
    if scope["path"].startswith("/api/"):
        problem = {"title": status.phrase, "status": status.value, "detail": why}
        kind, body = b"application/problem+json", msgspec.json.encode(problem)
    await _send(scope, send, status, kind, body, *pairs)


async def _send(
    scope: MutableMapping[str, Any], send: Send, status: int, kind: bytes, body: bytes, *pairs: tuple[bytes, bytes]
) -> None:
    length = str(len(body)).encode()
    headers = [(b"content-type", kind), (b"content-length", length), (b"cache-control", b"no-store"), *pairs]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
