"""The one address of each page, and what pages of other sites may read there by script, or show."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final, Literal
from unicodedata import is_normalized, normalize
from urllib.parse import parse_qs, quote, quote_from_bytes, unquote_to_bytes

from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.web.exports import EMBED, PAIRS, PARAMETER, is_embed
from lanzarote.web.gate import NOBODY, reader_in

if TYPE_CHECKING:
    from litestar.types import Message


# --- Each page has one address: what is written otherwise is sent on to it, or is none ---

LONGEST_QUERY = 4096
"""Bytes. No question of ours is longer, and each would be kept in memory."""
_AS_WRITTEN = "/%!$&'()*+,;=:@~-._"
"""Signs that mean themselves in a path, and what was encoded already."""

_HELP = re.compile(r"/[^/]+(/[^/]+)?/help(/[^/]+)?")


_LEADS = re.compile(r'(\s(?:href|src|action|formaction)=")(?=/(?!/))')


def place(page: str, base_path: str) -> str:
    """*page* with its addresses on this site as they are on the host, where the site has *base_path*.

    >>> place('<a href="/fr"> <a href="//example.org"> <a href="#main">', "/lanzarote")
    '<a href="/lanzarote/fr"> <a href="//example.org"> <a href="#main">'
    """
    return _LEADS.sub(rf"\1{base_path}", page) if base_path else page


def inside(scope: MutableMapping[str, Any], base_path: str) -> MutableMapping[str, Any]:
    """*scope* with the path inside the site. Some proxies take *base_path* off, others leave it."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    if not base_path or not (raw.partition(b"?")[0] + b"/").startswith(base_path.encode() + b"/"):
        return scope
    length = len(base_path)
    return {**scope, "path": scope["path"][length:] or "/", "raw_path": raw[length:] or b"/"}


def outside(address: bytes, base_path: str) -> bytes:
    """Where the public finds *address*, if it is on this site.

    >>> outside(b"/fr", "/lanzarote"), outside(b"/lanzarote/fr", "/lanzarote"), outside(b"https://a.org/", "/lanzarote")
    (b'/lanzarote/fr', b'/lanzarote/fr', b'https://a.org/')
    """
    placed = base_path.encode()
    return address if not address.startswith(b"/") or address.startswith(placed + b"/") else placed + address


def is_help(path: str) -> bool:
    """Whether *path* is of a page that says whom to call: nobody is recognised there, and no database is needed.

    >>> is_help("/fr/help"), is_help("/fr/paris/help/worried"), is_help("/fr/paris/team/help/x")
    (True, True, False)
    """
    return bool(_HELP.fullmatch(path))


class BadAddress(LanzaroteError):
    """What stands after the question mark cannot be read."""


def require_readable(scope: Mapping[str, Any]) -> None:
    """Raise NotFound for a path that hides a slash, BadAddress for a query that is too long or no text."""
    path = _path(scope).lower()
    if b"%2f" in path or b"%5c" in path:
        raise NotFound("There is nothing at this address.")
    query: bytes = scope["query_string"]
    if len(query) > LONGEST_QUERY:
        raise BadAddress(f"The query is longer than {LONGEST_QUERY} bytes; ask for less at once.")
    try:
        unquote_to_bytes(query).decode("utf-8")
    except UnicodeDecodeError:
        raise BadAddress("The query is not UTF-8; encode it as UTF-8 and then percent-encode it.") from None


def one_address(scope: Mapping[str, Any]) -> bytes | None:
    """Where the page is that *scope* asks for by a doubled or trailing slash, or by letters written in two signs.

    Always on this site.

    >>> one_address({"raw_path": b"//fr//paris/", "query_string": b"q=a"})
    b'/fr/paris?q=a'
    >>> one_address({"raw_path": b"/fr/paris/practices/e%CC%81cole", "query_string": b""})
    b'/fr/paris/practices/%C3%A9cole'
    >>> one_address({"raw_path": b"/fr/paris", "query_string": b""}) is None
    True
    """
    asked = _path(scope)
    parts = [part for part in asked.split(b"/") if part]
    if b"%" in asked and not asked.startswith(b"/api/"):
        parts = [_composed(part) for part in parts]
    if b"/" + b"/".join(parts) == asked:
        return None
    query: bytes = scope["query_string"]
    # A backslash stands for a slash in a browser: encoded, none can make this the name of another host.
    return quote_from_bytes(b"/" + b"/".join(parts), _AS_WRITTEN).encode() + (b"?" + query if query else b"")


def _composed(part: bytes) -> bytes:
    """A piece of a path with each letter and its accent in one sign, as slugs are written; others as they are."""
    try:
        text = unquote_to_bytes(part).decode("utf-8")
    except UnicodeDecodeError:
        return part
    return part if is_normalized("NFC", text) else quote(normalize("NFC", text), safe="").encode()


def _path(scope: Mapping[str, Any]) -> bytes:
    """The path as it was sent; some servers send the query with it."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return path.partition(b"?")[0]


# --- What pages of other sites may read by script, or show: public answers, the same for everybody (CORS and CORP) ---
# A route says so where it is declared. Nothing is shared that depends on a session or a token, and nothing can be sent.

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
