"""The page of co-operation: the picture, its table, and the practices that two sectors share."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.practices import service
from lanzarote.practices.service import facets_of
from lanzarote.territory.cards import cards
from lanzarote.territory.cooperation import pairs, table, taking_part
from lanzarote.types import Side, Table
from lanzarote.web import labels
from lanzarote.web.pictures import ArcPicture, Link, Node, draw_arcs
from lanzarote.web.region_reading import entries, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.web.site import View

MOST_SHOWN = 100
SIDES: tuple[Side, ...] = ("public", "mixed", "private", "civil-society")


class Cell(Struct, frozen=True, kw_only=True):
    count: int
    href: str
    own: bool
    """The sector against itself: all practices it has a partner in."""
    told: Markup
    """The two sectors, for a screen reader."""


class TableRow(Struct, frozen=True, kw_only=True):
    number: int
    key: str
    href: str
    name: Markup
    side: Side
    cells: tuple[Cell, ...]


class Bridges(Struct, frozen=True, kw_only=True):
    picture: ArcPicture
    rows: tuple[TableRow, ...]
    practices: int
    pairs: int
    possible: int
    alone: tuple[Markup, ...]
    """Sectors that take part in no published practice; they are in the table and not in the picture."""


class Shared(Struct, frozen=True, kw_only=True):
    """Practices with partners of both of two sectors."""

    a: Markup
    b: Markup
    a_key: str
    b_key: str
    total: int
    cards: list[dict[str, Any]]


def tell(view: View) -> Bridges:
    masks = partner_masks(view)
    sectors = view.vocabulary.sectors
    names = {key: told(view, sectors[key].name) for key in masks}
    found = pairs(masks)
    nodes = [
        Node(key=key, label=view.say(sectors[key].name), side=sectors[key].side, count=mask.bit_count())
        for key, mask in masks.items()
        if mask
    ]
    banks = {side: labels.label("side", side, view.translator) for side in SIDES}
    return Bridges(
        picture=draw_arcs(nodes, [Link(a=pair.a, b=pair.b, count=pair.count) for pair in found], banks),
        rows=tuple(
            TableRow(
                number=number,
                key=row.sector,
                href=view.href("sectors", row.sector),
                name=names[row.sector],
                side=sectors[row.sector].side,
                cells=tuple(
                    _cell(view, names, row.sector, other, count) for other, count in zip(masks, row.counts, strict=True)
                ),
            )
            for number, row in enumerate(table(tuple(masks), masks), 1)
        ),
        practices=facets_of(view.instance, view.region_id).size,
        pairs=len(found),
        possible=len(masks) * (len(masks) - 1) // 2,
        alone=tuple(names[key] for key, mask in masks.items() if not mask),
    )


def shared(view: View, a: str, b: str) -> Shared:
    """The practices in which partners of both *a* and *b* take part, newest first. Raises NotFound."""
    sectors = view.vocabulary.sectors
    if a not in sectors or b not in sectors or a == b:
        raise NotFound("There are no two sectors at this address.")
    index = facets_of(view.instance, view.region_id)
    masks = partner_masks(view)
    both = masks.get(a, 0) & masks.get(b, 0)
    pks = [index.pks[position] for position in islice(index.positions(both), MOST_SHOWN)]
    documents = service.documents(view.instance.database, pks)
    return Shared(
        a=told(view, sectors[a].name),
        b=told(view, sectors[b].name),
        a_key=a,
        b_key=b,
        total=both.bit_count(),
        cards=cards(view, (documents[pk] for pk in pks if pk in documents)),
    )


def pair_of(a: str, b: str) -> tuple[str, str]:
    """Two sectors as the one address of what they share names them: by their keys, which are permanent."""
    return (a, b) if a <= b else (b, a)


def cooperation_table(view: View) -> Table:
    """Sectors × sectors as rows of a file."""
    _ = view._
    masks = partner_masks(view)
    names = [view.say(view.vocabulary.sectors[key].name) for key in masks]
    note = _(
        "Counts in how many published practices both sectors have a partner: what sources document, not how much "
        "co-operation there is. Where a sector meets itself, the number says in how many it has one. %(address)s, "
        "%(day)s"
    )
    return Table(
        title=_("Who works with whom, according to the sources"),
        columns=(_("Sector"), *names),
        rows=[(name, *row.counts) for name, row in zip(names, table(tuple(masks), masks), strict=True)],
        language=view.lang,
        licence=view.vocabulary.header.licence,
        note=note % {"address": view.absolute(view.request.url.path), "day": view.today.isoformat()},
    )


def partner_masks(view: View) -> dict[str, int]:
    """Sector → practices it takes part in, bank by bank; a retired sector only where one still does."""
    vocabulary = view.vocabulary
    masks = view.instance.kept("cooperation", view.region_id, lambda: _read_masks(view))
    ordered = sorted(entries(vocabulary, "sector"), key=lambda key: SIDES.index(vocabulary.sectors[key].side))
    return {
        key: masks.get(key, 0)
        for key in ordered
        if masks.get(key) or not vocabulary.is_retired("sector", key, view.today)
    }


def _read_masks(view: View) -> dict[str, int]:
    index = facets_of(view.instance, view.region_id)
    vocabulary = view.vocabulary
    sectors_of = {
        key: [vocabulary.present_key("sector", sector) for sector in one.organisation.sectors]
        for one in view.directory
        for key in one.names
    }
    found: dict[str, list[int]] = {}
    for pk, partners in service.partners(view.instance.database, view.region_id):
        for sector in taking_part(partners, sectors_of):
            found.setdefault(vocabulary.present_key("sector", sector), []).append(pk)
    return {sector: index.hits(pks) for sector, pks in found.items()}


def _cell(view: View, names: Mapping[str, Markup], a: str, b: str, count: int) -> Cell:
    own = a == b
    # Practices that a sector has a partner in are other ones than those that concern it, which its own page lists.
    href = "" if own else view.href("cooperation", *pair_of(a, b))
    ends = names[a] if own else Markup(" – ").join((names[a], names[b]))
    return Cell(count=count, href=href if count else "", own=own, told=ends)
