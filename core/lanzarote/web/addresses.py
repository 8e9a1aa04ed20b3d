"""Each page has one address: what is written otherwise is sent on to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_from_bytes

_AS_WRITTEN = "/%!$&'()*+,;=:@~-._"
"""Signs that mean themselves in a path, and what was encoded already."""


def one_address(scope: Mapping[str, Any]) -> bytes | None:
    """Where the page is that *scope* asks for by a doubled or trailing slash; always on this site.

    >>> one_address({"raw_path": b"//fr//paris/", "query_string": b"q=a"})
    b'/fr/paris?q=a'
    >>> one_address({"raw_path": b"/fr/paris", "query_string": b""}) is None
    True
    """
    asked: bytes = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    if b"//" not in asked and (asked[-1:] != b"/" or asked == b"/"):
        return None
    parts = [part for part in asked.split(b"/") if part]
    query: bytes = scope["query_string"]
    # A backslash stands for a slash in a browser: encoded, none can make this the name of another host.
    return quote_from_bytes(b"/" + b"/".join(parts), _AS_WRITTEN).encode() + (b"?" + query if query else b"")
