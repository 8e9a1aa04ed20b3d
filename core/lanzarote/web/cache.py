"""Answers to anonymous readers that have not changed come from memory; what the reader has already is not sent again.

Kept under address, host, day and the public revision of the region the address belongs to; what tells of other regions
too, under that of all together.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from datetime import UTC, datetime
from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from lanzarote.records.revisions import seen_once
from lanzarote.store.replica import anonymously
from lanzarote.web.exports import page_of
from lanzarote.web.front import know_template, plain, template_of
from lanzarote.web.gate import listen
from lanzarote.web.limits import heard_out
from lanzarote.web.sharing import ANYBODY, is_help, one_address
from lanzarote.web.static_files import ROOT, Kept

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from lanzarote.instance import Instance
    from lanzarote.store.replica import Anonymous
    from lanzarote.web.limits import Asgi, Message, Receive, Send
    from lanzarote.web.static_files import StaticFiles

MOST_BYTES = 6 * 1024 * 1024
LARGEST = 512 * 1024
"""Larger answers are not kept."""
STATIC = f"{ROOT}{{file}}"
"""How the address of every static file is known."""
_HOST = re.compile(rb"^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$|^\[[0-9a-fA-F:.]{2,45}\](:\d{1,5})?$")
_QUARTER = 900


class PublicCache:
    """ASGI: stands before the application, answers what it has kept, and adds ETags to what it lets through."""

    def __init__(self, app: Asgi, instance: Instance, static_files: StaticFiles) -> None:
        self.app = app
        self._static_files = static_files
        self._instance = instance
        self._keeps = instance.settings.cache
        self._kept: OrderedDict[tuple[bytes, ...], Kept] = OrderedDict()
        self.bytes = 0
        self.hits = self.misses = 0
        self._days: dict[str, bytes] = {}
        self._quarter = 0.0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        host = headers.get(b"host", b"")
        if not _names_host(host):
            await plain(scope, send, HTTPStatus.BAD_REQUEST, "The Host header is missing or is no host name.")
        elif address := one_address(scope):
            await _send_on(send, address)
        elif scope["method"] not in ("GET", "HEAD"):
            with seen_once():
                await heard_out(self.app, scope, receive, send)
        elif file := self._static_files.at(scope["path"]):
            know_template(scope, STATIC)
            await file.send(scope, send, headers)
        elif (b"cookie" in headers or b"authorization" in headers) and not is_help(scope["path"]):
            with seen_once():
                await self._pass_on(scope, receive, send, headers, None, None)
        elif not self._keeps or b"range" in headers:
            with seen_once(), anonymously() as reader:
                await self._pass_on(scope, receive, send, headers, None, None, reader)
        else:
            with seen_once(), anonymously() as reader:
                await self._answer(scope, receive, send, headers, host, reader)

    async def _answer(
        self,
        scope: MutableMapping[str, Any],
        receive: Receive,
        send: Send,
        headers: Mapping[bytes, bytes],
        host: bytes,
        reader: Anonymous,
    ) -> None:
        revisions = self._instance.revisions.current()
        path: str = scope["path"]
        if revisions is None:
            await self._pass_on(scope, receive, send, headers, None, None, reader)
            return
        region_id = region_in(path, revisions)
        known = (revisions.of(region_id), revisions.total)
        helps, query = is_help(path), scope["query_string"]
        asked = (path.encode(), b"") if helps else (scope.get("raw_path") or path.encode(), query)
        key = (*asked, host, self._day(region_id))
        kept = self._kept.get(key)
        if kept is not None and kept.revision == known[kept.of_all]:
            self._kept.move_to_end(key)
            self.hits += 1
            know_template(scope, kept.template)
            await kept.send(send, {} if helps else headers, scope["method"] == "HEAD")
        else:
            self.misses += 1
            # A query of a help page may say where its reader came from, and says nothing of the page.
            await self._pass_on(scope, receive, send, headers, None if helps and query else key, known, reader)

    async def _pass_on(
        self,
        scope: MutableMapping[str, Any],
        receive: Receive,
        send: Send,
        headers: Mapping[bytes, bytes],
        key: tuple[bytes, ...] | None,
        known: tuple[int, int] | None,
        reader: Anonymous | None = None,
    ) -> None:
        """*known*: the revision of the region, and that of all together. *reader*: whom a replica may answer."""
        started: Message = {}
        pieces: list[bytes] = []
        told = listen(scope)
        head = scope["method"] == "HEAD"
        begun = False
        """Something was sent."""

        async def collect(message: Message) -> None:
            nonlocal started, begun
            if reader is not None and reader.failed and not begun:  # on the way: it is made anew
                return
            if message["type"] == "http.response.start":
                started = message
                if message["status"] != 200:
                    begun = True
                    await send(_asked_anew(message))
            elif started.get("status") != 200:
                await send({**message, "body": b""} if head else message)
            else:
                pieces.append(message.get("body", b""))
                if not message.get("more_body"):
                    kept_as = (known[told.of_all] if known else 0, told.of_all)
                    body, template = b"".join(pieces), template_of(scope)
                    keep_as = None if told.passing else key
                    helps = is_help(scope["path"])
                    await self._finish(head, send, headers, started, body, keep_as, kept_as, template, helps=helps)

        # HEAD is answered as GET and sent without its body: same headers, ETag and length included.
        asked = {**scope, "method": "GET"} if head else scope
        if reader is None or self._instance.database.replica is None:
            await self.app(asked, receive, collect)
            return
        await self.app(_again(asked), receive, collect)
        if reader.failed and not begun:
            pieces.clear()
            reader.failed = False
            await self.app(asked, receive, collect)

    async def _finish(
        self,
        head: bool,
        send: Send,
        headers: Mapping[bytes, bytes],
        started: Message,
        body: bytes,
        key: tuple[bytes, ...] | None,
        kept_as: tuple[int, bool],
        template: str,
        *,
        helps: bool,
    ) -> None:
        """*helps*: no browser may keep it, and we do."""
        answered = {name.lower(): value for name, value in started["headers"]}
        private = b"no-store" in answered.get(b"cache-control", b"") or b"set-cookie" in answered
        revision, of_all = kept_as
        if private:
            if helps and key is not None and b"set-cookie" not in answered:
                kept = Kept(started["headers"], body, b"", revision, of_all=of_all)
                kept.template = template
                self._keep(key, kept)
            await send(started)
            await send({"type": "http.response.body", "body": b"" if head else body})
            return
        etag = answered.get(b"etag") or b'"' + blake2b(body, digest_size=12).hexdigest().encode() + b'"'
        pairs = [(name.lower(), value) for name, value in started["headers"] if name.lower() != b"etag"]
        if b"cache-control" not in answered:
            pairs.append((b"cache-control", b"public, no-cache"))
        if b"vary" not in answered:
            pairs.append((b"vary", b"accept-encoding"))
        kept = Kept([*pairs, (b"etag", etag)], body, etag, revision, of_all=of_all)
        if key is not None and len(body) <= LARGEST:
            kept.template = template
            self._keep(key, kept)
        await kept.send(send, headers, head, pack=False)

    def _keep(self, key: tuple[bytes, ...], kept: Kept) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self.bytes -= old.weight
        self._kept[key] = kept
        self.bytes += kept.weight
        while self.bytes > MOST_BYTES:
            _, gone = self._kept.popitem(last=False)
            self.bytes -= gone.weight

    def _day(self, region_id: str | None) -> bytes:
        """Today where the region is; computed again each quarter of an hour, when a day can begin somewhere."""
        quarter = time.time() // _QUARTER
        if quarter != self._quarter:
            self._quarter, self._days = quarter, {}
        name = region_id or ""
        known = self._days.get(name)
        if known is None:
            headers = self._instance.headers()
            zone = ZoneInfo(headers[name].time_zone) if name in headers else UTC
            known = self._days[name] = datetime.now(zone).date().isoformat().encode()
        return known


def _again(scope: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """*scope*, without what an application notes in it: it may be asked once more."""
    return {**scope, "state": dict(scope["state"])} if "state" in scope else {**scope}


def _asked_anew(message: Message) -> Message:
    """*message*, kept by no browser unless it says so: what was withdrawn or has moved can come back.

    Browsers keep 301 and 410 for good.
    """
    if any(name.lower() == b"cache-control" for name, _ in message["headers"]):
        return message
    return {**message, "headers": [*message["headers"], (b"cache-control", b"no-store")]}


def region_in(path: str, regions: Mapping[str, int]) -> str | None:
    """The region whose content alone an address shows, or None: any change may change the answer."""
    parts = page_of(path).split("/", 5)
    place = 4 if path.startswith("/api/v1/regions/") else 2
    candidate = parts[place] if len(parts) > place else ""
    return candidate if candidate in regions else None


def _names_host(host: bytes) -> bool:
    found = _HOST.match(host)
    return found is not None and all(port is None or int(port[1:]) < 65536 for port in found.groups())


async def _send_on(send: Send, address: bytes) -> None:
    pairs = [
        (b"location", address),
        (b"content-length", b"0"),
        (b"cache-control", b"public, max-age=86400"),
        ANYBODY,  # a script may come by here on its way
    ]
    await send({"type": "http.response.start", "status": 308, "headers": pairs})
    await send({"type": "http.response.body", "body": b""})
