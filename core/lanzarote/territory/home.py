"""The first page of a region: what this is, how things stand, what is new, where to turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.practices import service
from lanzarote.regions.group import ToldMandate, tell_mandates
from lanzarote.regions.reading import HelpLine, entries, help_lines, told
from lanzarote.territory.cards import cards

if TYPE_CHECKING:
    from markupsafe import Markup

    from lanzarote.web.site import View

NEWEST = 3
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
    taking_part: int
    newest: list[dict[str, Any]]
    mandate: ToldMandate | None
    help: tuple[HelpLine, ...]


def tell(view: View) -> Home:
    vocabulary = view.vocabulary
    index = view.instance.facets(view.region_id)
    newest = service.page(view.instance.database, index, region_id=view.region_id, filters={}, limit=NEWEST)
    mandates = tell_mandates(view)
    return Home(
        description=told(view, vocabulary.header.description),
        practices=index.size,
        organisations=len(view.directory),
        provisions=len(entries(vocabulary, "provision")),
        sectors=sum(not vocabulary.is_retired("sector", key, view.today) for key in vocabulary.sectors),
        bridging=index.masks["side"].get("both", 0).bit_count(),
        assessed=index.masks["standing"].get("assessed", 0).bit_count(),
        taking_part=sum(one.status.relation == "taking-part" for one in view.directory),
        newest=cards(view, newest.decoded()),
        mandate=mandates[0] if mandates else None,
        help=help_lines(view, URGENT)[:MOST_LINES],
    )
