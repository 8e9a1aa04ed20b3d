"""An answer in memory: sent as it is, packed once for those who take it, and not sent again to those who have it."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.web.listening import Send

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
