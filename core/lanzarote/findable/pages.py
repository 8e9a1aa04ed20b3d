"""The search of the public: everything that holds the words, in one region or in all; whom to call, where needed."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final, get_args

from litestar import Response
from litestar.response import Redirect
from msgspec import Struct

from lanzarote.findable.as_typed import corrected, typed
from lanzarote.findable.model import Kind
from lanzarote.findable.reading import search as find
from lanzarote.practices.asking import EVERYWHERE, EXACT, LONGEST_QUERY, PICK, address
from lanzarote.search.help import asks_for_help
from lanzarote.search.marking import Sought
from lanzarote.search.paging import BadCursor
from lanzarote.translation import N_
from lanzarote.translation.folding import asked_words
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.help_pages import european_lines, lines_by_audience
from lanzarote.web.routes import page, private
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lanzarote.findable.reading import Result, Results
    from lanzarote.web.help_pages import Line
    from lanzarote.web.site import Site

SHOWN: Final = 20
KINDS: Final[Mapping[str, str]] = {
    "practice": N_("Practice"),
    "procedure": N_("Co-operation procedure"),
    "improvement": N_("Improvement"),
    "organisation": N_("Organisation"),
    "provision": N_("Provision of the law"),
    "article": N_("Article of the Convention"),
    "age": N_("Age or time limit"),
    "helpline": N_("Helpline"),
    "sector": N_("Sector"),
    "context": N_("Around the Convention"),
}
"""Kind → what one of it is called, in the order in which they are offered."""
CONCERNED: Final[Mapping[str, str]] = {"offender-treatment": "potential-perpetrators", "missing-children": "missing"}
"""What a search is about → the audience whose lines come first."""
URGENT: Final = ("children", "emergency", "witnesses")
MOST_LINES: Final = 3
LIST_OF_PRACTICES: Final = frozenset((*EVERYWHERE, PICK, "format", "cursor"))
"""What an address held that led to the list of practices, as long as that was here."""


class Row(Struct, frozen=True, kw_only=True):
    """One thing that was found, as the page shows it."""

    href: str
    kind: str
    region: str
    """Where the page is about no region."""
    title: list[tuple[str, bool]]
    title_lang: str
    lead: list[tuple[str, bool]]
    lead_lang: str
    words: tuple[str, ...]
    """Which of the words it holds, if not all."""
    elsewhere: bool
    """Words stand neither in its title nor in its summary."""


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
    kept = [("q", q), *([(EXACT, "yes")] if exact else ())]
    lines = _lines(site, view, q) if asks_for_help(q) else ()
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
        as_written_href=address(view.path, [("q", q), (EXACT, "yes")]),
        offers=_offers(view, found, kept, kinds),
        practices_href=view.href("practices", query={"q": q}),
        previous=_piece(view, kept, kinds, found.piece.previous),
        next=_piece(view, kept, kinds, found.piece.next),
        lines=lines,
        canonical=None,
    )
    return private(answer) if lines else answer


def _rows(view: View, found: Results, q: str) -> tuple[Row, ...]:
    if found.found is None:
        return ()
    sought, words = Sought(found.found.used), typed(found.found, q)
    return tuple(_row(view, one, sought, words) for one in found.results)


def _row(view: View, one: Result, sought: Sought, words: Sequence[str]) -> Row:
    title, title_lang = view.text(one.title, one.original)
    lead, lead_lang = view.text(one.summary, one.original) if one.summary else ("", view.lang)
    path, _, part = one.path.partition("#")
    header = view.instance.header(one.region) if one.region else None
    href = view.region_href(header, *path.split("/")) if header else view.instance_href(*path.split("/"))
    return Row(
        href=f"{href}#{part}" if part else href,
        kind=view._(KINDS[one.kind]),
        region=view.say(header.name) if header and not view.region else "",
        title=sought.mark(title, title_lang),
        title_lang=title_lang,
        lead=sought.excerpt(lead, lead_lang),
        lead_lang=lead_lang,
        words=() if one.whole else tuple(words[number] for number in sorted(one.held)),
        elsewhere=one.leads < len(one.held),
    )


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


assert KINDS.keys() == set(get_args(Kind))
handlers = (search_region, search)
