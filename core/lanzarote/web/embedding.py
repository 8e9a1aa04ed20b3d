"""Pages in a frame of another site: their picture, table or list alone, below ``/embed``.

Nobody is recognised there and nothing can be sent; so the page may stand in any frame. A page that has an embed says so
where it is declared, and its template says in the block ``embedded`` what of it is shown.
"""

from __future__ import annotations

import re
from typing import Final

EMBED: Final = "/embed"
OEMBED: Final = "/oembed"
OPT: Final = "embed"
"""What the options of a route call the height in pixels that a frame is suggested to have."""
WIDTH: Final = 640
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors *",
    )
)
PAIRS: Final = [(b"content-security-policy", POLICY.encode()), (b"cross-origin-resource-policy", b"cross-origin")]
_LINK: Final = re.compile(r'<a (?=[^>]*href="(?:/|https?:|\?))([^>]*)>')
_REL: Final = re.compile(r'rel="([^"]*)"')


def is_embed(path: str) -> bool:
    return path.startswith(f"{EMBED}/")


def page_of(path: str) -> str:
    """Where the whole page is of which *path* shows a piece.

    >>> page_of("/embed/fr/paris/coverage"), page_of("/fr/paris")
    ('/fr/paris/coverage', '/fr/paris')
    """
    return path.removeprefix(EMBED) if is_embed(path) else path


def opening_beside(page: str) -> str:
    """*page* with links that leave the frame as it is, and whose pages learn nothing of it.

    >>> opening_beside('<a href="/fr" rel="nofollow"> <a href="#map">')
    '<a target="_blank" href="/fr" rel="noopener nofollow"> <a href="#map">'
    """

    def opened(found: re.Match[str]) -> str:
        said, count = _REL.subn(r'rel="noopener \1"', found[1])
        rel = "" if count else ' rel="noopener"'
        return f'<a target="_blank" {said}{rel}>'

    return _LINK.sub(opened, page)
