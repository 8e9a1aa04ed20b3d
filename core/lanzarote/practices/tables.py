"""Practices as rows of a file."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from lanzarote.practices import service
from lanzarote.practices.listing import seen_filters
from lanzarote.types import Table
from lanzarote.web.labels import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lanzarote.practices.asking import Question
    from lanzarote.practices.model import Card
    from lanzarote.web.site import View

MOST_ROWS = 10_000
"""Longer lists are cut, and say so: a file is for reading; whoever wants everything takes the open data."""


def listing_table(view: View, question: Question, title: str) -> Table:
    """The whole list that is asked for, not only the piece on the page."""
    region_id = view.region.id if view.region else None
    index = view.instance.facets(region_id)
    cards = service.listed(
        view.instance.database,
        index,
        region_id=region_id,
        filters=seen_filters(view, question),
        terms=question.terms,
    )
    return cards_table(view, cards, title)


def cards_table(view: View, cards: Iterable[Card], title: str) -> Table:
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
        _("Standing"),
        _("Vouched for by"),
        _("Evidence"),
        _("Published on"),
        _("Address"),
    )
    note = _("Documented from public sources unless the column “Standing” says otherwise. %(address)s, %(day)s") % {
        "address": view.absolute(view.request.url.path),
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


def _rows(view: View, cards: Iterable[Card]) -> Iterator[tuple[str | int | float | None, ...]]:
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
            card.updated_at.date().isoformat(),
            view.absolute(view.region_href(view.instance.header(card.region), "practices", card.slug)),
        )


def _sector_name(view: View, region_id: str, key: str) -> str:
    terms = view.instance.vocabulary(region_id)
    sector = terms.sectors.get(terms.present_key("sector", key))
    return view.say(sector.name) if sector else key
