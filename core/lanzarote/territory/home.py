"""The first page of a region: what this is, how things stand, what is new, where to turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.practices import service
from lanzarote.practices.service import facets_of
from lanzarote.records.changelog_state import of_kind
from lanzarote.records.records import Record
from lanzarote.territory.cards import cards
from lanzarote.web.region_reading import HelpLine, ToldMandate, entries, help_lines, tell_mandates, told

if TYPE_CHECKING:
    from markupsafe import Markup

    from lanzarote.web.site import View

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
    taking_part: int
    decided: int
    """Improvements that the group decided on, whatever it decided."""
    newest: list[dict[str, Any]]
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
        taking_part=sum(one.status.relation == "taking-part" for one in view.directory),
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
