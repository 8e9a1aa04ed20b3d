"""What pages are dressed with: files read and packed once, the mark and colours of who runs the instance."""

from __future__ import annotations

import gzip
import re
from copy import copy
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lanzarote.configuration.look import read_mark, style_sheet
from lanzarote.configuration.settings import PLATFORM
from lanzarote.web.sharing import ANYBODY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.configuration.settings import Settings
    from lanzarote.web.limits import Send


# --- An answer in memory: packed once for those who take it, and not sent again to those who have it ---

BESIDE = 3072
"""What an answer takes in memory beside its body: key, headers, objects."""
WORTH_PACKING = 1024
_TAKES_GZIP = re.compile(rb"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
_NOT_AGAIN = (b"content-length", b"content-type", b"content-encoding", b"etag")


class Kept:
    """One answer, ready to be sent."""

    __slots__ = ("body", "headers", "of_all", "packed", "packed_headers", "revision", "tags", "template", "weight")

    def __init__(
        self, headers: list[tuple[bytes, bytes]], body: bytes, etag: bytes, revision: int = 0, *, of_all: bool = False
    ) -> None:
        """*of_all*: it tells of other regions too, and *revision* is that of all."""
        self.of_all = of_all
        self.headers = headers
        self.body = body
        self.revision = revision
        self.weight = BESIDE + len(body)
        self.tags = (etag, etag[:-1] + b'-gz"')
        self.packed: bytes | None = None
        self.packed_headers: list[tuple[bytes, bytes]] = []
        self.template = ""
        """The route by which it was answered first."""

    def pack(self) -> bytes:
        """Compress once, for the readers that take it."""
        packed = gzip.compress(self.body, 6, mtime=0)
        replaced = (b"content-length", b"etag")
        self.packed_headers = [pair for pair in self.headers if pair[0] not in replaced]
        self.packed_headers += [
            (b"content-encoding", b"gzip"),
            (b"content-length", str(len(packed)).encode()),
            (b"etag", self.tags[1]),
        ]
        self.packed = packed
        return packed

    async def send(self, send: Send, headers: Mapping[bytes, bytes], head: bool, *, pack: bool = True) -> None:
        """Answer a request that has *headers*; *head*: without the body."""
        wanted = headers.get(b"if-none-match")
        if wanted is not None and (tag := self._matching(wanted)):
            pairs = [pair for pair in self.headers if pair[0] not in _NOT_AGAIN]
            pairs.append((b"etag", tag))
            await send({"type": "http.response.start", "status": 304, "headers": pairs})
            await send({"type": "http.response.body", "body": b""})
            return
        pairs, body = self.headers, self.body
        if pack and len(body) > WORTH_PACKING and _TAKES_GZIP.search(headers.get(b"accept-encoding", b"")):
            body = self.packed or self.pack()
            pairs = self.packed_headers
        await send({"type": "http.response.start", "status": 200, "headers": pairs})
        await send({"type": "http.response.body", "body": b"" if head else body})

    def _matching(self, wanted: bytes) -> bytes | None:
        """The one of its tags that the reader has."""
        if wanted.strip() == b"*":
            return self.tags[0]
        return next((tag for one in wanted.split(b",") if (tag := one.strip().removeprefix(b"W/")) in self.tags), None)


# --- Files: each read once, packed once, and told apart from its predecessors by a digest ---

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


# --- How the pages of one instance look: the platform's files, and the name, mark and colours of who runs it ---

STYLE: Final = "instance.css"
STANDS_STILL: Final = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox")
"""What a mark may do when somebody opens it by itself: show its own colours, and run nothing."""


class Look:
    """Known to every page as ``view.look``."""

    def __init__(self, settings: Settings, platform: StaticFiles) -> None:
        self.name = settings.name
        self.operator = settings.operator
        contact = settings.contact
        self.contact_href = contact if contact.startswith("https://") or not contact else f"mailto:{contact}"
        own: dict[str, StaticFile] = {}
        if sheet := style_sheet(settings.accent, settings.accent_dark):
            own[STYLE] = StaticFile("css", sheet.encode())
        mark = read_mark(Path(settings.mark)) if settings.mark else None
        if mark:
            own[mark.name] = StaticFile(mark.kind, mark.body, STANDS_STILL)
        self.files = platform.beside(own)
        self.style_href = self.files.address(STYLE) if sheet else ""
        """A style sheet that stands after all others."""
        self.mark_href = self.files.address(mark.name) if mark else ""
        """A picture instead of the platform's."""
        raster = self.mark_href if mark and mark.kind == "png" else ""
        self.icon_href = self.mark_href or self.files.address("favicon.svg")
        self.icon_type = "image/png" if raster else "image/svg+xml"
        self.touch_icon_href = raster if mark else self.files.address("apple-touch-icon.png")
        ours = mark is None and self.name == PLATFORM
        self.share_href = self.files.address("social.png") if ours else raster
        """A picture for shared links: few places take SVG, and ours says the platform's name."""
