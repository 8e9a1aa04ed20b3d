"""The search of the public, and the map of the site for search engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect, Stream
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.facts.convention import convention, frameworks
from lanzarote.findable.reading import KINDS, corrected, row_of, typed
from lanzarote.findable.reading import search as find
from lanzarote.meetings.service import meetings_of
from lanzarote.practices.facet_choices import EVERYWHERE, EXACT, LONGEST_QUERY, PICK, address
from lanzarote.practices.service import facets_of
from lanzarote.procedures import public as procedures
from lanzarote.records import changelog_state
from lanzarote.search.help import door_for
from lanzarote.search.paging import BadCursor, Sought
from lanzarote.translation import N_
from lanzarote.translation.folding import asked_words
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.help_pages import RESULTS, elsewhere, european_lines, lines_by_audience
from lanzarote.web.routes import page, private
from lanzarote.web.site import Site, View, absolute

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lanzarote.findable.reading import Results, Row
    from lanzarote.instance import Instance
    from lanzarote.types import RegionHeader
    from lanzarote.web.help_pages import Line


SHOWN: Final = 20
CONCERNED: Final[Mapping[str, str]] = {"offender-treatment": "potential-perpetrators", "missing-children": "missing"}
"""What a search is about → the audience whose lines come first."""
URGENT: Final = ("children", "emergency", "witnesses")
MOST_LINES: Final = 3
LIST_OF_PRACTICES: Final = frozenset((*EVERYWHERE, PICK, "format", "cursor"))
"""What an address held that led to the list of practices, as long as that was here."""


class Offer(Struct, frozen=True, kw_only=True):
    """A kind to which the results can be narrowed."""

    label: str
    number: int
    href: str
    chosen: bool


@page("/{lang:str}/{region:str}/search")
def search_region(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Everything in a region that holds the words, and what belongs to all regions."""
    return _show(site, site.view(request, lang, region))


@page("/{lang:str}/search")
def search(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """Everything in all regions that holds the words."""
    view = site.view(request, lang)
    if LIST_OF_PRACTICES & request.query_params.keys() and "kind" not in request.query_params:
        query = f"?{request.url.query}" if request.url.query else ""
        return Redirect(view.instance_href("practices") + query, status_code=301)
    return _show(site, view)


def _show(site: Site, view: View) -> Response[Any]:
    asked = view.request.query_params
    words = " ".join(asked.get("q", "").split())
    q = words[:LONGEST_QUERY]
    kinds = tuple(kind for kind in asked.getall("kind", []) if kind in KINDS)
    exact = asked.get(EXACT) == "yes"
    anyway = asked.get(RESULTS) == "yes"
    door = door_for(q)
    if door is not None and not anyway:
        # The page it leads to has an address of its own: what was typed is in no title and not in the history.
        return private(Redirect(view.href("help", door), status_code=303))
    try:
        found = find(
            view.instance,
            q,
            view.lang,
            region_id=view.region.id if view.region else None,
            kinds=kinds,
            cursor=asked.get("cursor") or None,
            limit=SHOWN,
            correct=not exact,
        )
    except BadCursor:
        return Redirect(address(view.path, [("q", q)]), status_code=302)
    told = [(RESULTS, "yes")] if anyway else []
    kept = [("q", q), *([(EXACT, "yes")] if exact else ()), *told]
    nothing = found.found is not None and not found.results
    lines = _lines(site, view, q) if door is not None or nothing else ()
    answer = view.render(
        "findable/search.html",
        q=q,
        cut=len(words) > LONGEST_QUERY,
        longest=LONGEST_QUERY,
        looked=found.found is not None,
        rows=_rows(view, found, q),
        total=found.piece.total,
        some=found.piece.some,
        whole=sum(one.whole for one in found.results),
        first=found.piece.before + 1,
        corrected=corrected(found.found, q) if found.found else (),
        as_written_href=address(view.path, [("q", q), (EXACT, "yes"), *told]),
        told=told,
        typed=q if door is None else "",
        offers=_offers(view, found, kept, kinds),
        practices_href=view.href("practices", query={"q": q}),
        previous=_piece(view, kept, kinds, found.piece.previous),
        next=_piece(view, kept, kinds, found.piece.next),
        lines=lines,
        leave_href=elsewhere(view.lang),
        canonical=None,
    )
    return private(answer) if lines else answer


def _rows(view: View, found: Results, q: str) -> tuple[Row, ...]:
    if found.found is None:
        return ()
    sought, words = Sought(found.found.used), typed(found.found, q)
    return tuple(row_of(view, one, sought, words) for one in found.results)


def _offers(view: View, found: Results, kept: Sequence[tuple[str, str]], chosen: Sequence[str]) -> list[Offer]:
    """Kinds that hold the words, and how many of each; those chosen lead back to all."""
    counted = {kind: found.kinds.get(kind, 0) for kind in KINDS}
    shown = [kind for kind, number in counted.items() if number or kind in chosen]
    if len(shown) < 2 and not chosen:
        return []
    return [
        Offer(
            label=view._(KINDS[kind]),
            number=counted[kind],
            href=address(view.path, [*kept, *([] if kind in chosen else [("kind", kind)])]),
            chosen=kind in chosen,
        )
        for kind in shown
    ]


def _piece(view: View, kept: Sequence[tuple[str, str]], kinds: Iterable[str], cursor: str | None) -> str | None:
    if cursor is None:
        return None
    more = [("kind", kind) for kind in kinds] + ([("cursor", cursor)] if cursor else [])
    return address(view.path, [*kept, *more])


def _lines(site: Site, view: View, q: str) -> tuple[Line, ...]:
    """Whom to call, each line once: of the region, or those that hold in many countries of Europe."""
    here = View(site, view.request, view.lang, view.frame) if view.frame and not view.region else view
    lines = lines_by_audience(here) if here.region else european_lines(view.lang)
    named = here.instance.thesaurus(here.region.id if here.region else None).concepts_of(asked_words(q))
    audiences = (*(CONCERNED[one] for one in named if one in CONCERNED), *URGENT)
    told = zip_longest(*(lines.get(audience, ()) for audience in audiences))  # the first of each, then the second
    found = [line for some in told for line in some if line]
    return tuple({(line.number, line.url): line for line in found}.values())[:MOST_LINES]


# --- Every public page for search engines: an index of files, each with at most so many addresses ---

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
"""What else the public reads, of one kind."""
_AT_ONCE = 500
"""Rows read, and pages written, at a time."""


class Place(Struct, frozen=True):
    """A page, in every language it is offered in."""

    path: str
    """Without the language: ``/paris/practices``."""
    languages: tuple[str, ...]
    changed: datetime | None = None


@page("/sitemap.xml", shared="always")
def sitemap_index(request: Asked, site: OurSite) -> Response[str]:
    files = ["/sitemap/pages.xml"]
    for header in site.instance.headers().values():
        count = -(-max(facets_of(site.instance, header.id).size, 1) // LARGEST)
        files += [f"/sitemap/{header.id}-{number}.xml" for number in range(1, count + 1)]
    addresses = (escape(absolute(site.instance, request, file)) for file in files)
    lines = "".join(f"<sitemap><loc>{address}</loc></sitemap>\n" for address in addresses)
    body = f'{_HEAD}<sitemapindex xmlns="{_SITEMAP}">\n{lines}</sitemapindex>\n'
    return Response(body, media_type=XML)


@page("/sitemap/{file:str}", shared="always")
def sitemap(request: Asked, file: FromPath[str], site: OurSite) -> Stream:
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
        parts = ["practices", "sectors", "cooperation", "organisations", "law", "ages", "coverage"]
        released = {
            one.public: one.name for one in instance.kinds.values() if one.released and one.public not in ("", *parts)
        }
        parts += released
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
        invented = {("procedures", one.slug) for one in procedures.examples(instance, header.id)}
        for room, kind in released.items():
            for slug, changed in _above(instance, header.id, kind):
                if (room, slug) not in invented:
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
        yield from _slugs_between(instance, region_id, index.key(first), index.key(last))


def _slugs_between(
    instance: Instance, region_id: str, first: Sequence[int], last: Sequence[int]
) -> Iterable[tuple[str, int]]:
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
