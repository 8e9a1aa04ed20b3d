"""What stands before everything else: ids of requests, health, hosts, headers of every answer, the access log."""

from __future__ import annotations

import logging
import re
import secrets
from http import HTTPStatus
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

import msgspec
from litestar.concurrency import sync_to_thread

from lanzarote.configuration.settings import is_loopback
from lanzarote.runtime import logs
from lanzarote.web.instance_health import OF_SOME, PUBLIC, ask
from lanzarote.web.limits import HSTS, SECURITY_PAIRS, SENDER, Busy, Pool, TooManyWaiting, sender_of
from lanzarote.web.sharing import inside, outside

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from lanzarote.instance import Instance
    from lanzarote.web.limits import Asgi, Message, Receive, Send


# --- What a load balancer or a watchdog asks: whether the process lives, and whether it can answer readers ---

LIVE: Final = "/health/live"
READY: Final = "/health/ready"


def readiness(instance: Instance) -> tuple[dict[str, str], bool]:
    """What is found, each in a word, of what anybody may know; and whether readers can be sent here."""
    answers = ask(instance)
    words = {one.about: one.word for one in answers}
    found = {about: words.get(about, "unknown") for about in PUBLIC}
    found |= {about: words[about] for about in OF_SOME if about in words}
    return found, not any(one.closes for one in answers)


# --- The front itself ---

log = logging.getLogger("lanzarote.web")
_OURS: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_SECRETS: Final = re.compile(r"[^/]{20,}")
"""Parts of an address that nobody here knows: they may be somebody's mailed link with a slip in it."""
_TEMPLATE: Final = "lanzarote.template"
_TYPES: Final = re.compile(r":\w+}")
METRICS: Final = "/metrics"
METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
ASK_WITH: Final = "Send the token that LANZAROTE_METRICS_TOKEN names, as: Authorization: Bearer TOKEN."
_COUNTING: Final = Pool("metrics", threads=1, waiting=3)
"""Of its own: metrics are wanted most when everything else is busy."""


class Metrics(Protocol):
    """What is counted, as ``telemetry.metrics`` does."""

    @property
    def answers(self) -> Answers: ...

    @property
    def on_site(self) -> bool:
        """Whether they are read on the port of the site, and not on one of their own."""

    def text(self) -> bytes: ...

    def may_be_read(self, authorization: str) -> bool:
        """Whether a request with this header may read them."""


class Answers(Protocol):
    def count(self, method: str, template: str, status: int, seconds: float) -> None:
        """*template*: the route as it was declared; empty: none of ours."""


class Front:
    """ASGI: around an application and everything that stands before it."""

    def __init__(self, app: Asgi, instance: Instance, metrics: Metrics | None = None) -> None:
        self._app, self._instance, self.metrics = app, instance, metrics
        address = urlsplit(instance.settings.base_url)
        self._host, self._path = address.hostname or "", instance.settings.base_path
        self._pairs = [*SECURITY_PAIRS, *([HSTS] if address.scheme == "https" else [])]
        self._said = frozenset(name for name, _ in self._pairs)
        self._warned = False
        self._process, self._numbers = secrets.token_hex(4), count(1)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = perf_counter()
        scope = inside(scope, self._path)
        hosts, request = self._read(scope)
        logs.REQUEST.set(request)
        SENDER.set(sender_of(scope))
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
                if self._path:
                    given = [(n, outside(v, self._path) if n.lower() == b"location" else v) for n, v in given]
                message = {**message, "headers": [*given, *more]}
            await send(message)

        try:
            if scope["path"] in (LIVE, READY):
                template.append(scope["path"])
                await self._tell_health(scope, answer)
            elif scope["path"] == METRICS and self.metrics is not None and self.metrics.on_site:
                template.append(METRICS)
                await self._tell_metrics(scope, self.metrics, answer)
            elif len(hosts) > 1:  # RFC 9112, 3.2: who reads the first and who reads the last would differ
                await plain(scope, answer, HTTPStatus.BAD_REQUEST, "There is more than one Host header.")
            elif self._host and not self._is_here(host := hosts[0] if hosts else ""):
                address = self._instance.settings.base_url
                self._warn(host)
                await plain(scope, answer, HTTPStatus.MISDIRECTED_REQUEST, f"This site is at {address}.")
            else:
                await self._app(scope, receive, answer)
        except TooManyWaiting as full:
            if status:
                raise  # the server breaks the answer off
            pairs = [(name.lower().encode(), value.encode()) for name, value in full.headers.items()]
            await plain(scope, answer, HTTPStatus.TOO_MANY_REQUESTS, str(full), *pairs)
        except Exception:
            log.exception("%s failed outside every page", scope["method"])
            if status:
                raise  # the server breaks the answer off
            await plain(scope, answer, HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side.")
        finally:
            seconds = perf_counter() - begun
            if self.metrics is not None:
                self.metrics.answers.count(scope["method"], template[0] if template else "", status, seconds)
            if logs.ACCESS.on:
                self._note(scope, template, request, status, seconds)

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

    async def _tell_metrics(self, scope: MutableMapping[str, Any], metrics: Metrics, send: Send) -> None:
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"").decode("latin-1")
        if not metrics.may_be_read(given):
            await plain(scope, send, HTTPStatus.UNAUTHORIZED, ASK_WITH, (b"www-authenticate", b"Bearer"))
        elif scope["method"] not in ("GET", "HEAD"):
            await plain(scope, send, HTTPStatus.METHOD_NOT_ALLOWED, "Ask with GET.", (b"allow", b"GET, HEAD"))
        else:
            try:
                text = await _COUNTING.run(metrics.text)
            except Busy as busy:
                await plain(scope, send, HTTPStatus.SERVICE_UNAVAILABLE, str(busy), (b"retry-after", b"5"))
                return
            await _send(scope, send, HTTPStatus.OK, METRICS_TYPE.encode(), text)

    def _note(
        self, scope: MutableMapping[str, Any], template: list[str], request: str, status: int, seconds: float
    ) -> None:
        known = template[0] if template else ""
        if "{secret" in known:
            path = known
        elif known or status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
            path = scope["path"]
        else:
            path = _SECRETS.sub("…", scope["path"])
        logs.ACCESS.note(request, scope["method"], path, status, seconds)


def know_template(scope: Any, template: str) -> None:
    """Let the access log and the metrics know by which route this is answered; addresses may hold a secret."""
    if template and _TEMPLATE in scope:
        scope[_TEMPLATE][:] = (template,)


def template_of(scope: Any) -> str:
    """The route by which this is answered, as it was declared; empty: none is known yet."""
    return next(iter(scope.get(_TEMPLATE, ())), "")


def without_types(template: str) -> str:
    """
    >>> without_types("/{lang:str}/{region:str}")
    '/{lang}/{region}'
    """
    return _TYPES.sub("}", template)


def route_of(scope: Any) -> str:
    """The route by which this is answered, as people read it; empty: none is known yet."""
    return without_types(template_of(scope))


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
