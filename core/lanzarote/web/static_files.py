"""What pages are dressed with: each file read once, packed once, and told apart from its predecessors by a digest."""

from __future__ import annotations

import re
from copy import copy
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from lanzarote.web.kept import Kept
from lanzarote.web.sharing import ANYBODY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.web.listening import Send

ROOT = "/static/"
_NAME = re.compile(r"(?:fonts/)?[A-Za-z0-9-]+\.([a-z0-9]+)")
"""Nothing called otherwise is looked for."""
_KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "png": "image/png",
    "woff2": "font/woff2",
}
_PACKED_ALREADY = ("png", "woff2")
_FOR_EVER = b"public, max-age=31536000, immutable"
_FOR_A_DAY = b"public, max-age=86400"


class StaticFile:
    """One file, as it is sent under an address with its digest and under one without."""

    def __init__(self, kind: str, body: bytes, *pairs_of_its_own: tuple[bytes, bytes]) -> None:
        self.digest = sha256(body).hexdigest()[:10]
        self.packs = kind not in _PACKED_ALREADY
        pairs = [(b"content-type", _KINDS[kind].encode()), (b"content-length", str(len(body)).encode())]
        pairs += [
            ANYBODY,
            (b"cross-origin-resource-policy", b"cross-origin"),
        ]  # a sandboxed frame has no origin of ours
        pairs += pairs_of_its_own
        pairs += [(b"vary", b"accept-encoding")] if self.packs else []
        etag = f'"{self.digest}"'.encode()

        def kept(how_long: bytes) -> Kept:
            return Kept([*pairs, (b"etag", etag), (b"cache-control", how_long)], body, etag)

        self._for_ever, self._for_a_day = kept(_FOR_EVER), kept(_FOR_A_DAY)

    async def send(self, scope: Mapping[str, Any], send: Send, headers: Mapping[bytes, bytes]) -> None:
        kept = self._for_ever if scope["query_string"] == b"v=" + self.digest.encode() else self._for_a_day
        await kept.send(send, headers, scope["method"] == "HEAD", pack=self.packs)


class StaticFiles:
    """The files of ``static/``, read when they are first asked for."""

    def __init__(self) -> None:
        self._folder = files("lanzarote.web") / "static"
        self._known: dict[str, StaticFile] = {}
        self._own: Mapping[str, StaticFile] = {}

    def beside(self, own: Mapping[str, StaticFile]) -> StaticFiles:
        """These files, and those that one instance has for itself; both are read once."""
        made = copy(self)
        made._own = own
        return made

    def address(self, name: str) -> str:
        """Where *name* is, with its digest, so that browsers may keep it for ever."""
        file = self.find(name)
        if file is None:
            raise FileNotFoundError(f"there is no static file {name!r}")
        return f"{ROOT}{name}?v={file.digest}"

    def at(self, path: str) -> StaticFile | None:
        """The file at the address *path*, if there is one."""
        return self.find(path.removeprefix(ROOT)) if path.startswith(ROOT) else None

    def find(self, name: str) -> StaticFile | None:
        known = self._own.get(name) or self._known.get(name)
        if known is None and (called := _NAME.fullmatch(name)) and called[1] in _KINDS:
            place = self._folder / name
            if place.is_file():
                known = self._known[name] = StaticFile(called[1], place.read_bytes())
        return known
