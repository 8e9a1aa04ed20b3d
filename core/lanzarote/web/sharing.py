"""What pages of other sites may read by script, or show: public answers, the same for everybody (CORS and CORP).

A route says so where it is declared. Nothing is shared that depends on a session or a token, and nothing can be sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import parse_qs

from lanzarote.web.addresses import outside
from lanzarote.web.embedding import EMBED, PAIRS, is_embed
from lanzarote.web.exports import PARAMETER
from lanzarote.web.gate import NOBODY, reader_in

if TYPE_CHECKING:
    from litestar.types import Message

Shared = Literal["", "always", "files"]
"""``files``: the page's list in the formats that ``?format=`` names, not the page."""
OPT: Final = "shared"
"""What the options of a route call it."""
ANYBODY: Final = (b"access-control-allow-origin", b"*")
_READ: Final = [
    ANYBODY,
    (b"access-control-expose-headers", b"Content-Disposition, ETag, Link, Retry-After"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]
_ASKED_BEFORE: Final = [
    ANYBODY,
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"If-None-Match"),
    (b"access-control-max-age", b"86400"),
]
"""A browser asks with OPTIONS whether a script may say what it has already."""


def share(message: Message, scope: Any) -> None:
    """Let the answer that begins with *message* be read everywhere, if its route says so and nobody is recognised."""
    if is_embed(scope["path"]):
        given = message["headers"]  # type: ignore[typeddict-item]
        # Where something stands now, its piece stands too; the page itself may be in no frame.
        moved = [(name, outside(value, EMBED) if name.lower() == b"location" else value) for name, value in given]
        message["headers"] = [*moved, *PAIRS]  # type: ignore[typeddict-unknown-key]
        return
    handler = scope.get("route_handler")
    said: Shared = handler.opt.get(OPT, "") if handler else ""
    if not said or (said == "files" and not _is_of_file(message, scope)):
        return
    if reader_in(scope) is NOBODY and all(name != b"authorization" for name, _ in scope["headers"]):
        more = _ASKED_BEFORE if scope["method"] == "OPTIONS" else _READ
        message["headers"] = [*message["headers"], *more]  # type: ignore[typeddict-item]


def _is_of_file(message: Message, scope: Any) -> bool:
    """Whether this answers a request for a file: by one, or by saying why not."""
    if PARAMETER not in parse_qs(scope["query_string"].decode("latin-1")):
        return False
    return message["status"] != 200 or not any(  # type: ignore[typeddict-item]
        name.lower() == b"content-type" and value.startswith(b"text/html")
        for name, value in message["headers"]  # type: ignore[typeddict-item]
    )
