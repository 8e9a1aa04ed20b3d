"""Shows a region folder on this machine as the public would see it, while it is edited, faults and all."""

from __future__ import annotations

import asyncio
import re
import tempfile
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

from lanzarote.errors import RegionError
from lanzarote.kit.given import LAW, REGION, refuse_no_folder
from lanzarote.kit.watched import Watched
from lanzarote.web.limits import SECURITY_PAIRS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from lanzarote.kit.watched import State
    from lanzarote.web.limits import Message, Receive, Send

OWN = "/-preview/"
"""Addresses of the preview's own; no page of the platform begins so."""
_BODY = re.compile(rb"<body[^>]*>")
_KINDS = {"preview.css": "text/css; charset=utf-8", "preview.js": "text/javascript; charset=utf-8"}


def preview(folder: Path, laws: Sequence[Path], *, port: int = 0) -> int:
    """Serve a region folder on this machine until stopped; nothing of it is kept. Raises RegionError."""
    from lanzarote.operations.serving import serve_app

    refuse_no_folder(folder, laws, REGION)
    for one, file in ((folder, REGION), *((law, LAW) for law in laws)):
        if not (one / file).is_file():
            raise RegionError(f"There is no {file} in {one}; give the folder that holds it.")
    with tempfile.TemporaryDirectory(prefix="lanzarote-preview-") as place:
        watched = Watched(folder, laws, Path(place))

        def make(address: str) -> tuple[Preview, str]:
            watched.listen_at(address)
            return Preview(watched, folder), _welcome(watched, folder, address)

        try:
            serve_app(make, host="127.0.0.1", port=port)
        finally:
            watched.close()
    return 0


class Preview:
    """ASGI: the pages of what *watched* shows, each with what is wrong with the folder above it."""

    def __init__(self, watched: Watched, folder: Path) -> None:
        self._watched, self._folder = watched, folder
        self._start = uuid4().hex[:8]
        """So that a page of a preview that was stopped is loaded anew in the next one."""
        self._ids: set[str] = set()
        """Those that the region has had so far."""

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["path"] in {f"{OWN}{name}" for name in _KINDS}:
            name = scope["path"].removeprefix(OWN)
            await _answer(send, 200, _KINDS[name], (files("lanzarote") / "kit" / name).read_bytes())
        else:
            state = await asyncio.to_thread(self._watched.look)
            try:
                await self._show(state, scope, receive, send)
            finally:
                if state.shown:
                    await asyncio.to_thread(state.shown.leave)

    async def _show(self, state: State, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["path"] == f"{OWN}state":
            await _answer(send, 200, "text/plain", self._name(state).encode())
        elif state.shown is None:
            await _answer(send, 503, "text/html; charset=utf-8", self._with_faults(_NOTHING, state))
        elif moved := self._moved(scope["path"], state.shown.header.id):
            await _answer(send, 307, "text/plain", b"", (b"location", moved.encode()))
        else:
            # A page is sent whole, without what would let a browser keep it.
            away = (b"if-none-match", b"if-modified-since", b"accept-encoding")
            asked = scope | {"headers": [pair for pair in scope["headers"] if pair[0] not in away]}
            await state.shown.app(asked, receive, _changing(send, lambda page: self._with_faults(page, state)))

    def _moved(self, path: str, region_id: str) -> str:
        """Where the page at *path* is now that the region has another id; empty when it has not."""
        self._ids.add(region_id)
        parts = path.split("/")
        if len(parts) < 3 or parts[2] not in self._ids - {region_id}:
            return ""
        return quote("/".join((*parts[:2], region_id, *parts[3:])))

    def _name(self, state: State) -> str:
        return f"{self._start}-{state.number}"

    def _with_faults(self, page: bytes, state: State) -> bytes:
        script = f'<script src="{OWN}preview.js" data-state="{self._name(state)}" defer></script>'
        style = f'<link rel="stylesheet" href="{OWN}preview.css">'
        page = page.replace(b"</head>", f"{style}{script}</head>".encode(), 1)
        told = _told(state, self._folder).encode()
        return _BODY.sub(lambda body: body[0] + told, page, count=1)


def _told(state: State, folder: Path) -> str:
    """What is wrong with the folder, in HTML; empty when nothing is."""
    warnings = _listed(state.warnings)
    if state.warnings:
        warnings = f"<details><summary>{_count(len(state.warnings), 'warning')}</summary>{warnings}</details>"
    if not state.faults:
        return _strip("only-warnings", "Warnings about the folder", warnings) if warnings else ""
    shown = f"; below is how it was at {state.shown.since:%H:%M:%S}" if state.shown else ""
    head = f"<p>{_count(len(state.faults), 'fault')} to mend in <code>{escape(str(folder))}</code>{shown}:</p>"
    return _strip("", "Faults of the folder", head + _listed(state.faults) + warnings)


def _strip(more: str, label: str, inside: str) -> str:
    classes = f"folder-faults {more}".strip()
    return f'<aside class="{classes}" lang="en" dir="ltr" aria-label="{label}">{inside}</aside>'


def _listed(problems: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in problems)}</ul>" if problems else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


_NOTHING = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Nothing to show yet – Lanzarote</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main>'
    "<h1>Nothing to show yet</h1><p>The region is shown here as soon as its folder can be loaded.</p></main>"
    "</body></html>"
).encode()


def _changing(send: Send, change: Callable[[bytes], bytes]) -> Callable[[Message], Awaitable[None]]:
    """Send what *change* makes of HTML, and everything else as it is."""
    begun: list[Message] = []
    body = bytearray()

    async def pass_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = dict(message["headers"])
            if not headers.get(b"content-type", b"").startswith(b"text/html"):
                await send(message)
                return
            begun.append(message)
        elif message["type"] == "http.response.body" and begun:
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                whole = change(bytes(body)) if body else b""
                away = (b"content-length", b"etag", b"cache-control", b"last-modified")
                passed = [pair for pair in begun[0]["headers"] if pair[0].lower() not in away]
                passed += [(b"content-length", str(len(whole)).encode()), (b"cache-control", b"no-store")]
                await send({**begun[0], "headers": passed})
                await send({"type": "http.response.body", "body": whole})
        else:
            await send(message)

    return pass_on


async def _answer(send: Send, status: int, kind: str, body: bytes, *more: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    headers += [(b"cache-control", b"no-store"), *SECURITY_PAIRS, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Receive, send: Send) -> None:
    for step in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{step}.complete"})


def _welcome(watched: Watched, folder: Path, address: str) -> str:
    state = watched.look()
    lines = [f"A preview of {folder}. Nothing is kept; what you save is seen at once.", ""]
    lines += [f"The site is ready: {address}", ""]
    if state.shown:
        header = state.shown.header
        for language in header.languages:
            name = header.name.get(language) or header.id
            lines.append(f"  {name} ({language}): {address}/{language}/{header.id}")
        state.shown.leave()
    lines += [*state.faults, *(f"warning: {one}" for one in state.warnings)]
    lines += [f"exempt: {one}" for one in state.exempt]
    if state.faults:
        lines.append("Until this is mended, the pages show it as well.")
    lines += ["", "Stop with Ctrl+C; nothing is kept."]
    return "\n".join(lines)
