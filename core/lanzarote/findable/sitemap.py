"""Every public page for search engines: an index of files, each with at most so many addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.facts.convention import convention, frameworks
from lanzarote.meetings.service import meetings_of
from lanzarote.practices.service import facets_of
from lanzarote.records import changelog_state
from lanzarote.translation import N_
from lanzarote.web.routes import page
from lanzarote.web.site import Site, absolute

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lanzarote.instance import Instance
    from lanzarote.types import RegionHeader

LARGEST = 10_000
"""Pages in one file; each stands there once for every language it is written in."""
XML = "application/xml; charset=utf-8"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_DECIDED = (
    "SELECT slug, published_at FROM record"
    " WHERE region_id = ? AND kind = ? AND published_version IS NOT NULL ORDER BY slug"
)
"""What else the public reads, of one kind; its room stands above this one."""
_ABOVE = {
    "improvements": "improvement",
    "procedures": "procedure",
    "evaluation": "evaluation",
    "indicators": "indicator",
}
"""Where their pages are → their kind."""
_AT_ONCE = 500
"""Rows read, and pages written, at a time."""


class Place(Struct, frozen=True):
    """A page, in every language it is offered in."""

    path: str
    """Without the language: ``/paris/practices``."""
    languages: tuple[str, ...]
    changed: datetime | None = None


@page("/sitemap.xml", shared="always")
def sitemap_index(request: Request[Any, Any, Any], site: NamedDependency[Site]) -> Response[str]:
    files = ["/sitemap/pages.xml"]
    for header in site.instance.headers().values():
        count = -(-max(facets_of(site.instance, header.id).size, 1) // LARGEST)
        files += [f"/sitemap/{header.id}-{number}.xml" for number in range(1, count + 1)]
    addresses = (escape(absolute(site.instance, request, file)) for file in files)
    lines = "".join(f"<sitemap><loc>{address}</loc></sitemap>\n" for address in addresses)
    body = f'{_HEAD}<sitemapindex xmlns="{_SITEMAP}">\n{lines}</sitemapindex>\n'
    return Response(body, media_type=XML)


@page("/sitemap/{file:str}", shared="always")
def sitemap(request: Request[Any, Any, Any], file: FromPath[str], site: NamedDependency[Site]) -> Stream:
    places = _places(site, file.removesuffix(".xml") if file.endswith(".xml") else "")
    base = absolute(site.instance, request, "")
    return Stream(_written(base, places), media_type=XML)


def _places(site: Site, name: str) -> Iterable[Place]:
    """The pages in the file *name*. Raises NotFound."""
    if name == "pages":
        return _of_instance(site)
    region_id, _, number = name.rpartition("-")
    header = site.instance.headers().get(region_id)
    if header is None or not number.isascii() or not number.isdigit() or len(number) > 4:
        raise NotFound(N_("There is no such list of pages."))
    start = (int(number) - 1) * LARGEST
    if start and not 0 < start < facets_of(site.instance, region_id).size:
        raise NotFound(N_("There is no such list of pages."))
    return _of_region(site.instance, header, start)


def _of_instance(site: Site) -> Iterator[Place]:
    pages = ["", "/convention", "/context", "/legal", "/privacy", "/accessibility", "/plugins", "/api"]
    pages += [f"/convention/{article.number}" for article in convention().articles]
    pages += [f"/context/{shown.key}" for shown in frameworks().pages]
    return (Place(path, site.languages) for path in pages)


def _of_region(instance: Instance, header: RegionHeader, start: int) -> Iterator[Place]:
    root = f"/{header.id}"
    if start == 0:
        parts = ["practices", "sectors", "cooperation", "organisations", "law", "ages", "coverage", *_ABOVE]
        parts += ["sources", "group"]
        for part in ("", *(f"/{part}" for part in parts), "/help", "/feeds"):
            yield Place(root + part, header.languages)
        vocabulary = instance.vocabulary(header.id)
        for key in vocabulary.sectors:
            yield Place(f"{root}/sectors/{key}", header.languages)
        for key in vocabulary.provisions:
            yield Place(f"{root}/law/{key}", header.languages)
        for stakeholder in instance.directory(header.id):
            yield Place(f"{root}/organisations/{quote(stakeholder.slug, safe='')}", header.languages)
        meetings = meetings_of(instance, header.id)
        if meetings:
            yield Place(f"{root}/meetings", header.languages)
        for meeting in meetings:
            yield Place(f"{root}/meetings/{quote(meeting.slug, safe='')}", header.languages)
        for room, kind in _ABOVE.items():
            for slug, changed in _above(instance, header.id, kind):
                yield Place(f"{root}/{room}/{quote(slug, safe='')}", header.languages, changed)
    for slug, ordered in _practices(instance, header.id, start):
        changed = datetime.fromtimestamp(-ordered / 1_000_000, UTC)
        yield Place(f"{root}/practices/{quote(slug, safe='')}", header.languages, changed)


def _above(instance: Instance, region_id: str, kind: str) -> Iterator[tuple[str, datetime | None]]:
    """Address and moment of everything of a kind that the public reads."""
    if instance.origin(region_id):
        with instance.database.read(region_id) as session:
            found = [(one.slug, one.at) for one in changelog_state.of_kind(session, region_id, kind)]
        yield from sorted(found)
    else:
        for slug, changed in instance.database.rows(_DECIDED, region_id, kind):
            yield slug, _moment(changed)


def _practices(instance: Instance, region_id: str, start: int) -> Iterator[tuple[str, int]]:
    """Address and moment of the practices in this file, a few hundred rows at a time."""
    index = facets_of(instance, region_id)
    for first in range(start, min(start + LARGEST, index.size), _AT_ONCE):
        last = min(first + _AT_ONCE, start + LARGEST, index.size) - 1
        yield from _rows(instance, region_id, index.key(first), index.key(last))


def _rows(instance: Instance, region_id: str, first: Sequence[int], last: Sequence[int]) -> Iterable[tuple[str, int]]:
    sql = (
        "SELECT slug, ordered FROM published_practice WHERE region_id = ? "
        "AND (ordered, pk) >= (?, ?) AND (ordered, pk) <= (?, ?) ORDER BY ordered, pk"
    )
    return instance.database.rows(sql, region_id, *first, *last)


def _moment(told: datetime | str | None) -> datetime | None:
    """A moment as prepared SQL gives it: SQLite as text, PostgreSQL as what it is."""
    return datetime.fromisoformat(told) if isinstance(told, str) else told


def _written(base: str, places: Iterable[Place]) -> Iterator[str]:
    """The file, in pieces large enough to be worth a turn of the server."""
    yield f'{_HEAD}<urlset xmlns="{_SITEMAP}" xmlns:xhtml="{_XHTML}">\n'
    rest = iter(places)
    while piece := [_entry(base, place) for place in islice(rest, _AT_ONCE)]:
        yield "".join(piece)
    yield "</urlset>\n"


def _entry(base: str, place: Place) -> str:
    """A page, once in each of its languages, each with the others beside it."""
    urls = {lang: f"{base}/{lang}{place.path}" for lang in place.languages}
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{lang}" href="{escape(url)}"/>' for lang, url in urls.items()
    )
    changed = f"<lastmod>{place.changed.date().isoformat()}</lastmod>" if place.changed else ""
    return "".join(f"<url><loc>{escape(url)}</loc>{changed}{others}</url>\n" for url in urls.values())


handlers = (sitemap_index, sitemap)
