"""Practices as rows of a file."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from lanzarote.practices import service
from lanzarote.practices.listing import looked_for, seen_filters
from lanzarote.practices.service import facets_of
from lanzarote.types import Table
from lanzarote.web.labels import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from lanzarote.practices.asking import Question
    from lanzarote.practices.facets import FacetIndex
    from lanzarote.practices.model import Card
    from lanzarote.store.database import Database
    from lanzarote.web.labels import Voice

PRACTICES: Final = "practices"
"""What the list is called where it is made in the background."""
MOST_ROWS = 10_000
"""Longer lists are cut, and say so: a file is for reading; whoever wants everything takes the open data."""


def listing_heading(voice: Voice) -> str:
    """What the list of practices is called."""
    if voice.region is None:
        return voice._("Practices everywhere")
    return voice._("Practices in %(region)s") % {"region": voice.say(voice.vocabulary.name())}


def listing_table(voice: Voice, question: Question) -> Table:
    """The whole list that is asked for, not only the piece on the page."""
    database, index, narrowed = _asked(voice, question)
    return cards_table(voice, service.listed(database, index, **narrowed), listing_heading(voice))


def listing_count(voice: Voice, question: Question) -> int:
    """Practices of the whole list."""
    _, index, narrowed = _asked(voice, question)
    return service.counted(index, **narrowed)


def _asked(voice: Voice, question: Question) -> tuple[Database, FacetIndex, dict[str, Any]]:
    region_id = voice.region.id if voice.region else None
    narrowed = {"filters": seen_filters(voice, question), "found": looked_for(voice, question)}
    return voice.instance.database, facets_of(voice.instance, region_id), narrowed


def cards_table(view: Voice, cards: Iterable[Card], title: str) -> Table:
    _ = view._
    columns = (
        _("Title"),
        _("Summary"),
        _("Region"),
        _("Sectors"),
        _("Who works together"),
        _("For whom"),
        _("Domain"),
        _("Articles of the Convention (editorial mapping)"),
        _("Scale"),
        _("Running or ended"),
        _("Since"),
        _("Ended"),
        _("Cost"),
        _("Status"),
        _("Vouched for by"),
        _("Evidence"),
        _("Published on"),
        _("Address"),
    )
    note = _("Documented from public sources unless the column “Status” says otherwise. %(address)s, %(day)s") % {
        "address": view.absolute(view.href("practices")),
        "day": view.today.isoformat(),
    }
    return Table(
        title=title,
        columns=columns,
        rows=_rows(view, islice(cards, MOST_ROWS)),
        language=view.lang,
        licence=view.region.licence if view.region else "CC-BY-4.0",
        note=note,
    )


def _rows(view: Voice, cards: Iterable[Card]) -> Iterator[tuple[str | int | float | date | None, ...]]:
    def said(kind: str, *codes: str) -> str:
        return "; ".join(label(kind, code, view.translator) for code in codes)

    for card in cards:
        yield (
            view.text(card.title, card.original)[0],
            view.text(card.summary, card.original)[0],
            view.say(view.instance.header(card.region).name),
            "; ".join(_sector_name(view, card.region, key) for key in card.sectors),
            said("side", *card.sides),
            said("target", *card.target_groups),
            said("domain", *card.domains),
            "; ".join(card.convention),
            said("scope", card.scope),
            said("running", card.running),
            card.started,
            card.ended,
            said("cost", card.cost) if card.cost else None,
            said("standing", card.standing),
            said("vouching", card.vouching),
            said("strength", card.strength),
            view.instance.vocabulary(card.region).day_of(card.updated_at),
            view.absolute(view.region_href(view.instance.header(card.region), "practices", card.slug)),
        )


def _sector_name(view: Voice, region_id: str, key: str) -> str:
    terms = view.instance.vocabulary(region_id)
    sector = terms.sectors.get(terms.present_key("sector", key))
    return view.say(sector.name) if sector else key
