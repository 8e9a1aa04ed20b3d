"""Shows a region folder on this machine as the public would see it, while it is edited, faults and all."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
import threading
from datetime import datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

from msgspec import Struct

from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LanzaroteError, RegionError
from lanzarote.instance import Instance
from lanzarote.kit.check import exempt_in, own_laws, read_folder
from lanzarote.kit.folders import LAW, REGION, host_with, refuse_no_folder
from lanzarote.regions.content import counted, usable
from lanzarote.types import RegionHeader
from lanzarote.web.limits import SECURITY_PAIRS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from lanzarote.web.limits import Message, Receive, Send


# --- A folder while it is edited: read anew when a file has changed, shown as it was when it could be loaded ---


class Shown:
    """The folder as it was at some time, with a database of its own; whoever uses it says so."""

    def __init__(self, instance: Instance, header: RegionHeader, place: Path) -> None:
        self.instance, self.header = instance, header
        self.since = datetime.now().astimezone()
        self.app: Any = create_app(instance)
        self._place = place
        self._users = 1
        self._lock = threading.Lock()
        instance.worker.start()

    def use(self) -> Shown:
        with self._lock:
            self._users += 1
        return self

    def leave(self) -> None:
        """When nobody uses it any more, it is thrown away."""
        with self._lock:
            self._users -= 1
            over = self._users == 0
        if over:
            self.instance.worker.stop()
            self.instance.close()
            shutil.rmtree(self._place, ignore_errors=True)


class State(Struct, frozen=True, kw_only=True):
    """What there is to show now."""

    number: int
    """Another one after each change."""
    shown: Shown | None
    """The folder when it could last be loaded; None: it never could."""
    faults: tuple[str, ...] = ()
    """Why the folder cannot be loaded as it is now; each with file, line and what to do."""
    warnings: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    """Warnings that the folder gives a reason for; told once, where the preview begins."""


class Watched:
    """*folder* and the folders of law it uses; *place*: an empty folder for what is needed to show them."""

    def __init__(self, folder: Path, laws: Sequence[Path], place: Path) -> None:
        self._folder, self._laws, self._place = folder, laws, place
        self._empty = place / "empty.sqlite"
        self._address = ""
        self._lock = threading.Lock()
        self._seen: object = None
        self._state = State(number=0, shown=None)

    def listen_at(self, address: str) -> None:
        """Tell under which address everything is shown."""
        self._address = address

    def look(self) -> State:
        """The state of now; reads the folder when anything in it has changed. The state's ``shown`` is in use."""
        with self._lock:
            seen = self._signature()
            if seen != self._seen:
                self._seen = seen
                self._state = self._read(self._state)
            if self._state.shown:
                self._state.shown.use()
            return self._state

    def close(self) -> None:
        if self._state.shown:
            self._state.shown.leave()

    def _signature(self) -> object:
        """What differs after any file was written, added, renamed or removed."""
        found = []
        for root in (self._folder, *own_laws(self._folder, self._laws)):
            for parent, _, names in os.walk(root):
                for name in names:
                    try:
                        status = os.stat(os.path.join(parent, name))
                    except OSError:
                        continue
                    found.append((parent, name, status.st_mtime_ns, status.st_size, status.st_ino))
        return sorted(found)

    def _read(self, before: State) -> State:
        number = before.number + 1
        try:
            content = read_folder(self._folder, self._laws)
            exempt = exempt_in(self._folder, content)
            warnings = tuple(str(one) for one in content.problems if one.warning and one not in exempt)
            usable(content, self._folder.resolve().name)
            shown = self._load(content.header, number)
        except RegionError as error:
            return State(number=number, shown=before.shown, faults=error.problems or (str(error),))
        except (LanzaroteError, OSError) as error:
            return State(number=number, shown=before.shown, faults=(str(error),))
        if before.shown:
            before.shown.leave()
        return State(number=number, shown=shown, warnings=warnings, exempt=tuple(map(str, exempt)))

    def _load(self, header: Any, number: int) -> Shown:
        assert isinstance(header, RegionHeader)
        place = self._place / str(number)
        place.mkdir()
        if not self._empty.exists():
            with new_instance(self._settings(self._empty, place)) as instance:
                instance.migrate()
        for file in self._place.glob(f"{self._empty.name}*"):
            shutil.copy(file, place / file.name)
        instance = new_instance(
            self._settings(place / self._empty.name, place),
            host_with([self._folder], own_laws(self._folder, self._laws)),
        )
        instance.address = self._address
        try:
            instance.load(header.id)
            return Shown(instance, header, place)
        except BaseException:
            instance.close()
            shutil.rmtree(place, ignore_errors=True)
            raise

    def _settings(self, database: Path, data: Path) -> Any:
        return read_settings({"LANZAROTE_DATA": str(data), "LANZAROTE_DATABASE_URL": f"sqlite:///{database}"})


# --- The server ---

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
        warnings = f"<details><summary>{counted(len(state.warnings), 'warning')}</summary>{warnings}</details>"
    if not state.faults:
        return _strip("only-warnings", "Warnings about the folder", warnings) if warnings else ""
    shown = f"; below is how it was at {state.shown.since:%H:%M:%S}" if state.shown else ""
    head = f"<p>{counted(len(state.faults), 'fault')} to mend in <code>{escape(str(folder))}</code>{shown}:</p>"
    return _strip("", "Faults of the folder", head + _listed(state.faults) + warnings)


def _strip(more: str, label: str, inside: str) -> str:
    classes = f"folder-faults {more}".strip()
    return f'<aside class="{classes}" lang="en" dir="ltr" aria-label="{label}">{inside}</aside>'


def _listed(problems: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in problems)}</ul>" if problems else ""


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
