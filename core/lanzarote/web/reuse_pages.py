"""For other sites and programs: the page *Use this data*, frames (oEmbed 1.0), what is asked before a site is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlencode, urlsplit

import msgspec
from litestar import MediaType, Response
from litestar.concurrency import sync_to_thread
from litestar.response import Redirect
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.types import RegionHeader
from lanzarote.web.asking import Asked, Lang, OurSite
from lanzarote.web.exports import EMBED, OEMBED, OPT, WIDTH, page_of
from lanzarote.web.gate import bind
from lanzarote.web.routes import page
from lanzarote.web.sharing import inside
from lanzarote.web.site import Site, View, absolute

if TYPE_CHECKING:
    from collections.abc import Mapping


# --- oEmbed 1.0: a site that is given one of our addresses shows a frame with a piece of the page in its place ---

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
async def oembed(request: Asked, site: OurSite) -> Response[bytes]:
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


async def piece_of(request: Asked, site: Site, url: str) -> Piece | None:
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


def _here(request: Asked, site: Site, url: str) -> tuple[str, str] | None:
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


async def _ask(request: Asked, site: Site, path: str, query: str) -> _Answer:
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


# --- The page *Use this data*: what to copy to show, take, follow or ask for what is published here ---

SHOWN = 5
"""So many records an example asks for."""
_JAVASCRIPT = """\
<script type="module">
const answer = await fetch("{address}");
const {{ items }} = await answer.json();
for (const one of items) console.log(one.{name}["{lang}"], one.{id});
</script>
"""
_PYTHON = """\
import json
from urllib.request import urlopen

with urlopen("{address}") as answer:
    for one in json.load(answer)["items"]:
        print(one["{name}"].get("{lang}"), one["{id}"])
"""


class Example(Struct, frozen=True, kw_only=True):
    """A question that the API answers."""

    told: str
    href: str


class Showing(Struct, frozen=True, kw_only=True):
    """A page of which other sites can show a piece."""

    told: str
    href: str
    """Of the page."""


@page("/{lang:str}/api")
async def reuse(request: Asked, lang: Lang, site: OurSite) -> Response[str]:
    """What may be done with the data, and how; ``page`` names the one that somebody wants to show."""
    view = await sync_to_thread(site.view, request, lang)
    showings = await sync_to_thread(_showings, view)
    wanted = request.query_params.get("page") or (showings[0].href if showings else "")
    here = wanted.startswith("/") and not wanted.startswith("//")  # that would be the name of a host in a link
    piece = await piece_of(request, site, view.absolute(wanted)) if here else None
    return await sync_to_thread(_show, view, showings, wanted, piece)


def _show(view: View, showings: list[Showing], wanted: str, piece: Any) -> Response[str]:
    header = _region(view)
    asked = f"/api/v1/regions/{header.id}/practices" if header else "/api/v1/convention/articles"
    name, number = ("title", "slug") if header else ("heading", "number")
    address = view.absolute(f"{asked}?{urlencode({'limit': SHOWN})}")
    lang = view.lang if not header or view.lang in header.languages else header.languages[0]
    filled = {"address": address, "name": name, "lang": lang, "id": number}
    return view.render(
        "reuse.html",
        examples=_examples(view, header),
        formats=[one.label for one in view.instance.host.exporters],
        places=_places(view),
        showings=showings,
        page_href=wanted,
        piece=piece,
        curl=f'curl "{address}"',
        javascript=_JAVASCRIPT.format(**filled),
        python=_PYTHON.format(**filled),
        cite_href=view.absolute(view.region_href(header, "practices") if header else view.instance_href()),
        cited=view.say(header.name) if header else "",
        read_on=datetime.now(UTC).date(),
        canonical=view.absolute(view.path),
    )


def _region(view: View) -> RegionHeader | None:
    """The region that examples are of."""
    return view.frame or next(iter(view.instance.headers().values()), None)


def _showings(view: View) -> list[Showing]:
    _ = view._
    found = []
    if header := _region(view):
        region = {"region": view.say(header.name)}
        found += [
            Showing(told=_("%(region)s: the practices") % region, href=view.region_href(header, "practices")),
            Showing(
                told=_("%(region)s: the practices about Article 10") % region,
                href=view.region_href(header, "practices", query={"article": "10"}),
            ),
            Showing(
                told=_("%(region)s: who works with whom") % region,
                href=view.region_href(header, "cooperation"),
            ),
            Showing(
                told=_("%(region)s: coverage of the Convention") % region,
                href=view.region_href(header, "coverage"),
            ),
        ]
    if view.instance.settings.office:
        found += [
            Showing(told=_("All regions: the map"), href=view.instance_href("office")),
            Showing(told=_("All regions: coverage of the Convention"), href=view.instance_href("office", "coverage")),
            Showing(told=_("All regions: sectors"), href=view.instance_href("office", "sectors")),
        ]
    return found


def _examples(view: View, header: RegionHeader | None) -> list[Example]:
    """Addresses that answer on this very instance."""
    _ = view._
    found = [
        Example(told=_("The regions"), href="/api/v1/regions"),
        Example(told=_("Article 10 of the Convention"), href="/api/v1/convention/articles/10"),
        Example(told=_("The common sectors"), href="/api/v1/convention/common-sectors"),
    ]
    if header:
        root = f"/api/v1/regions/{header.id}"
        found += [
            Example(told=_("Practices that answer Article 10"), href=f"{root}/practices?article=10&limit=5"),
            Example(told=_("Organisations named in the sources"), href=f"{root}/stakeholders?limit=5"),
            Example(told=_("Provisions of local law"), href=f"{root}/provisions?limit=5"),
            Example(told=_("What is documented for each article"), href=f"{root}/coverage"),
        ]
    return found


def _places(view: View) -> list[tuple[tuple[str, str], str]]:
    """Each region's list of practices."""
    headers = view.instance.headers().values()
    return [(view.text(one.name, one.languages[0]), view.region_href(one, "practices")) for one in headers]


# --- What programs ask a site for before they read it: robots.txt, the browser's icon, whom to tell of a weakness ---

ROBOTS = """User-agent: *
Disallow: {path}/*/account/
Disallow: {path}/*/correct
Disallow: {path}/*/shortlist
Disallow: {path}/*/compendium
Disallow: {path}/*/downloads/
Disallow: {path}/*?*format=
Allow: {path}/

Sitemap: {sitemap}
"""
_KNOWN_FOR = timedelta(days=180)


@page("/robots.txt")
def robots(request: Asked, site: OurSite) -> Response[str]:
    sitemap = absolute(site.instance, request, "/sitemap.xml")
    text = ROBOTS.format(path=site.instance.settings.base_path, sitemap=sitemap)
    return Response(text, media_type=MediaType.TEXT)


@page("/favicon.ico")
def favicon(site: OurSite) -> Redirect:
    """For programs that read no page; browsers follow the page's own link."""
    return Redirect(site.look.icon_href, status_code=302, headers={"Cache-Control": "public, max-age=86400"})


@page("/.well-known/security.txt")
def security(request: Asked, site: OurSite) -> Response[str]:
    """RFC 9116; there is none when nobody is named."""
    contact = site.instance.settings.contact
    if not contact:
        raise NotFound
    lines = [
        f"Contact: {contact if contact.startswith(('https://', 'mailto:', 'tel:')) else f'mailto:{contact}'}",
        f"Expires: {_expiry(datetime.now(UTC)).isoformat().replace('+00:00', 'Z')}",
        f"Preferred-Languages: {', '.join(site.languages)}",
    ]
    canonical = absolute(site.instance, request, "/.well-known/security.txt")
    if canonical.startswith("https://"):  # no other address is allowed in the file
        lines.append(f"Canonical: {canonical}")
    return Response("\n".join(lines) + "\n", media_type=MediaType.TEXT)


def _expiry(now: datetime) -> datetime:
    """The same all day, so that the answer may be kept."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + _KNOWN_FOR


@page("/security.txt")
def security_elsewhere() -> Redirect:
    return Redirect("/.well-known/security.txt", status_code=301)
