"""What a site that is given one of our addresses shows in its place (oEmbed 1.0): a frame with a piece of the page."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency

from lanzarote.web.addresses import inside
from lanzarote.web.bound import bind
from lanzarote.web.embedding import EMBED, OEMBED, OPT, WIDTH, page_of
from lanzarote.web.routes import page
from lanzarote.web.site import Site, absolute

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_MOVES: Final = 2
_TITLE: Final = re.compile(r"<title(?: lang=\"([^\"]*)\")?[^>]*>(.*?)</title>", re.DOTALL)
_WHOLE: Final = re.compile(r"[1-9][0-9]{0,4}")


class Piece:
    """A piece of a page, as another site frames it."""

    def __init__(self, src: str, title: str, height: int, lang: str | None = None) -> None:
        """*lang*: of the title, where it is not that of the page."""
        self.src, self.title, self.height, self.lang = src, title, height, lang

    def frame(self, width: int = WIDTH, height: int = 0) -> str:
        """What to write into a page: it takes no script, and no more room than there is."""
        return (
            f'<iframe src="{escape(self.src)}" title="{escape(self.title)}" width="{width}"'
            f' height="{height or self.height}" style="border: 0; max-width: 100%" loading="lazy"></iframe>'
        )


@page(OEMBED, shared="always")
async def oembed(request: Request[Any, Any, Any], site: NamedDependency[Site]) -> Response[bytes]:
    """The frame for ``url``, no larger than ``maxwidth`` and ``maxheight``."""
    asked = request.query_params
    if asked.get("format", "json") != "json":
        return _answer({"error": "This is answered as JSON alone: ask with format=json."}, 501)
    if not (url := asked.get("url", "")):
        return _answer({"error": "url is missing: the address of a page of this site."}, 400)
    piece = await piece_of(request, site, url)
    if piece is None:
        return _answer({"error": "No page of this site with something to show elsewhere is at this address."}, 404)
    width, height = _at_most(WIDTH, asked.get("maxwidth")), _at_most(piece.height, asked.get("maxheight"))
    told = {
        "version": "1.0",
        "type": "rich",
        "title": piece.title,
        "provider_name": site.instance.settings.name,
        "provider_url": absolute(site.instance, request, "/"),
        "html": piece.frame(width, height),
        "width": width,
        "height": height,
    }
    return _answer(told)


async def piece_of(request: Request[Any, Any, Any], site: Site, url: str) -> Piece | None:
    """The piece of the page at *url*; None: *url* is not of this site, or nobody may read it, or it has none."""
    for _ in range(MOST_MOVES):
        if (place := _here(request, site, url)) is None:
            return None
        path, query = place
        answer = await _ask(request, site, path, query)
        if answer.status == 301:
            url = absolute(site.instance, request, page_of(answer.headers.get(b"location", b"").decode()))
        elif answer.is_page and (found := _TITLE.search(answer.body.decode())):
            src = absolute(site.instance, request, path + (f"?{query}" if query else ""))
            return Piece(src, unescape(found[2]), answer.height, found[1])
        else:
            return None
    return None


def _here(request: Request[Any, Any, Any], site: Site, url: str) -> tuple[str, str] | None:
    """Path and query of the piece of the page at *url*, as they are written in an address."""
    try:
        asked, own = urlsplit(url), urlsplit(absolute(site.instance, request, ""))
    except ValueError:
        return None
    if asked.scheme not in ("http", "https") or asked.netloc.lower() != own.netloc.lower():
        return None
    scope = inside({"path": unquote(asked.path), "raw_path": asked.path.encode()}, own.path)
    if own.path and scope["raw_path"] == asked.path.encode():
        return None
    return EMBED + page_of(scope["raw_path"].decode()), asked.query


class _Answer:
    def __init__(self) -> None:
        self.status, self.height = 0, 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""

    @property
    def is_page(self) -> bool:
        """Not a file that the list can be taken in."""
        return self.status == 200 and self.headers.get(b"content-type", b"").startswith(b"text/html")


async def _ask(request: Request[Any, Any, Any], site: Site, path: str, query: str) -> _Answer:
    """What the site itself answers to everybody."""
    answer = _Answer()
    scope: dict[str, Any] = {
        **{name: request.scope.get(name) for name in ("type", "http_version", "scheme", "server", "client")},
        "method": "GET",
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name, value) for name, value in request.scope["headers"] if name == b"host"],
    }
    bind(scope, site)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], dict(message["headers"])
        else:
            answer.body += message.get("body", b"")

    await request.app(scope, receive, send)  # type: ignore[arg-type]
    handler = scope.get("route_handler")
    answer.height = handler.opt.get(OPT, 0) if handler else 0
    return answer


def _at_most(usual: int, given: str | None) -> int:
    """
    >>> _at_most(600, "300"), _at_most(600, "9000"), _at_most(600, "wide"), _at_most(600, None)
    (300, 600, 600, 600)
    """
    return min(usual, int(given)) if given and _WHOLE.fullmatch(given) else usual


def _answer(told: Mapping[str, Any], status: int = 200) -> Response[bytes]:
    headers = {} if status == 200 else {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(told), status_code=status, media_type="application/json", headers=headers)


handlers = (oembed,)
