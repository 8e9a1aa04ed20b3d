"""The way in: the start page of the instance, the first page of a region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import Response
from litestar.response import Redirect
from markupsafe import Markup
from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.facts.convention import convention
from lanzarote.practices import service
from lanzarote.practices.facet_choices import Question
from lanzarote.practices.listing import Row, Rows
from lanzarote.practices.service import facets_of
from lanzarote.records.changelog_state import of_kind
from lanzarote.records.records import Record
from lanzarote.territory.convention_pages import purposes
from lanzarote.web.asking import Asked, Lang, OurSite
from lanzarote.web.region_reading import HelpLine, ToldMandate, entries, help_lines, tell_mandates, told
from lanzarote.web.routes import page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lanzarote.practices.model import Card
    from lanzarote.territory.references import Mention
    from lanzarote.types import RegionHeader


# --- Practices as the pages of this room list them: whole cards, and links where only the title is needed ---


class PracticeLink(Struct, frozen=True, kw_only=True):
    href: str
    title: Markup


def cards(view: View, found: Iterable[Card]) -> list[Row]:
    """For ``ui.card``."""
    return list(Rows(view, Question()).of(found))


def practice_links(view: View, mentions: Iterable[Mention]) -> tuple[PracticeLink, ...]:
    return tuple(
        PracticeLink(href=view.href("practices", one.slug), title=told(view, one.title, one.original))
        for one in mentions
    )


# --- The first page of a region: what this is, how things stand, what is new, where to turn ---

NEWEST = 3
IMPROVEMENT = "improvement"
"""Kind of the records that tell what the group decided; their room stands above this one."""
MOST_LINES = 4
URGENT = ("emergency", "children", "witnesses")


class Home(Struct, frozen=True, kw_only=True):
    description: Markup
    practices: int
    organisations: int
    provisions: int
    sectors: int
    bridging: int
    """Practices that name a public and a civil-society partner."""
    assessed: int
    decided: int
    """Improvements that the group decided on, whatever it decided."""
    newest: list[Row]
    mandate: ToldMandate | None
    help: tuple[HelpLine, ...]


def tell(view: View) -> Home:
    vocabulary = view.vocabulary
    index = facets_of(view.instance, view.region_id)
    newest = service.page(view.instance.database, index, filters={}, limit=NEWEST)
    mandates = tell_mandates(view)
    return Home(
        description=told(view, vocabulary.header.description),
        practices=index.size,
        organisations=len(view.directory),
        provisions=len(entries(vocabulary, "provision")),
        sectors=sum(not vocabulary.is_retired("sector", key, view.today) for key in vocabulary.sectors),
        bridging=index.masks["side"].get("both", 0).bit_count(),
        assessed=index.masks["standing"].get("assessed", 0).bit_count(),
        decided=_decided(view),
        newest=cards(view, newest.decoded()),
        mandate=next((one for one in mandates if one.in_force), None),
        help=help_lines(view, URGENT)[:MOST_LINES],
    )


def _decided(view: View) -> int:
    here = (Record.region_id == view.region_id) & (Record.kind == IMPROVEMENT)
    query = select(func.count()).select_from(Record).where(here, Record.published_version.is_not(None))

    def count() -> int:
        with view.instance.database.read(view.region_id) as session:
            if view.origin:
                return len(of_kind(session, view.region_id, IMPROVEMENT))
            return session.scalar(query) or 0

    return view.instance.kept("decided", view.region_id, count)


# --- The way in, and the start page of the whole instance ---


@page("/")
def front(request: Asked, site: OurSite) -> Redirect:
    """Lead to the start page in the reader's language: the region's, where there is only one."""
    region = site.only_region
    if region:
        path = f"/{site.negotiate(request, region.languages)}/{region.id}"
    else:
        path = f"/{site.negotiate(request, site.languages)}"
    return Redirect(path, status_code=302, headers={"Vary": "Accept-Language", "Cache-Control": "no-store"})


@page("/{lang:str}")
def home(request: Asked, lang: Lang, site: OurSite) -> Response[str]:
    view = site.view(request, lang)
    facts = convention().facts
    return view.render("territory/front.html", regions=regions(view), convention=facts, purposes=purposes(view))


def regions(view: View) -> list[tuple[RegionHeader, int, int]]:
    """The regions the public may read, by name: each with how many practices and organisations it has."""
    headers = sorted(view.instance.headers().values(), key=lambda header: view.sort_key(header.name))
    return [(one, facets_of(view.instance, one.id).size, len(view.instance.directory(one.id))) for one in headers]
