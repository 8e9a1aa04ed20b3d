"""Sectors as their pages show them: who works in each, whom they work with, which practices two of them share."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from markupsafe import Markup
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.facts.convention import common_sectors
from lanzarote.practices import service
from lanzarote.practices.documents import taking_part
from lanzarote.practices.service import facets_of
from lanzarote.stakeholders.reading import Entry, entry, in_order, values_of
from lanzarote.territory.references import pairs, table
from lanzarote.territory.start_pages import cards
from lanzarote.translation import as_text
from lanzarote.types import Side, Table
from lanzarote.web import labels
from lanzarote.web.pictures import SIDES, ArcPicture, Node, draw_arcs
from lanzarote.web.region_reading import (
    ArticleLink,
    ToldNote,
    ToldSource,
    article_links,
    entries,
    team_note,
    tell_sources,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.directory.model import Stakeholder
    from lanzarote.practices.listing import Row
    from lanzarote.types import Sector
    from lanzarote.web.site import View


# --- The page of co-operation: the picture, its table, and the practices that two sectors share ---

MOST_SHOWN = 100


class Cell(Struct, frozen=True, kw_only=True):
    count: int
    href: str
    own: bool
    """The sector against itself: all practices it has a partner in."""
    told: Markup
    """The two sectors, for a screen reader."""


class TableRow(Struct, frozen=True, kw_only=True):
    number: int
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
    cards: list[Row]


def cooperation(view: View) -> Bridges:
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
        picture=draw_arcs(nodes, found, banks),
        rows=tuple(
            TableRow(
                number=number,
                href=view.href("sectors", key),
                name=names[key],
                side=sectors[key].side,
                cells=tuple(_cell(view, names, key, other, count) for other, count in zip(masks, counts, strict=True)),
            )
            for number, (key, counts) in enumerate(table(masks).items(), 1)
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
        rows=[(name, *counts) for name, counts in zip(names, table(masks).values(), strict=True)],
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


# --- Sectors as their pages show them: who works in each, what they do, whom they work with ---

LATEST = 5


class SectorLine(Struct, frozen=True, kw_only=True):
    """A sector, and what there is of it."""

    key: str
    sector: Sector
    common: tuple[Markup, ...]
    articles: tuple[ArticleLink, ...]
    organisations: int
    practices: int
    retired: bool


class Partner(Struct, frozen=True, kw_only=True):
    """A sector with partners in the same practices."""

    name: Markup
    side: Side
    count: int
    href: str


class SectorDetail(Struct, frozen=True, kw_only=True):
    line: SectorLine
    replaced_by: Sector | None
    team_note: ToldNote | None
    sources: tuple[ToldSource, ...]
    entries: tuple[Entry, ...]
    latest: list[Row]
    partners: tuple[Partner, ...]


def sector_lines(view: View) -> tuple[SectorLine, ...]:
    """In the order of the package, retired ones last."""
    lines = [sector_line(view, key, sector) for key, sector in entries(view.vocabulary, "sector").items()]
    return tuple(sorted(lines, key=lambda line: line.retired))


def sector_line(view: View, key: str, sector: Sector) -> SectorLine:
    names = {common.key: common.name for common in common_sectors()}
    return SectorLine(
        key=key,
        sector=sector,
        common=tuple(told(view, names[common]) for common in sector.common if common in names),
        articles=article_links(view, sector.convention),
        organisations=len(working_in(view, key)),
        practices=facets_of(view.instance, view.region_id).masks["sector"].get(key, 0).bit_count(),
        retired=view.vocabulary.is_retired("sector", key, view.today),
    )


def detail(view: View, key: str) -> SectorDetail:
    """The sector *key*. Raises NotFound."""
    sectors = view.vocabulary.sectors
    sector = sectors.get(key)
    if sector is None:
        raise NotFound("There is no sector at this address.")
    index = facets_of(view.instance, view.region_id)
    page = service.page(view.instance.database, index, filters={"sector": (key,)}, limit=LATEST)
    return SectorDetail(
        line=sector_line(view, key, sector),
        replaced_by=sectors.get(sector.replaced_by or ""),
        team_note=team_note(view, "sector", key),
        sources=tell_sources(view, sector.sources),
        entries=tuple(entry(view, one) for one in in_order(view, working_in(view, key))),
        latest=cards(view, page.decoded()),
        partners=_partners(view, key),
    )


def working_in(view: View, key: str) -> list[Stakeholder]:
    """Who of the directory works in the sector *key*."""
    vocabulary = view.vocabulary
    return [one for one in view.directory if key in values_of(one.organisation, "sector", vocabulary)]


def sector_table(view: View) -> Table:
    _ = view._
    return Table(
        title=_("Sectors"),
        columns=(
            _("Key"),
            _("Name"),
            _("Side"),
            _("Common sectors"),
            _("Articles of the Convention (editorial mapping)"),
            _("Named in the mandate"),
            _("Organisations"),
            _("Practices"),
            _("Retired"),
        ),
        rows=[_row(view, line) for line in sector_lines(view)],
        language=view.lang,
        licence=view.vocabulary.header.licence,
        note=f"{view.absolute(view.request.url.path)}, {view.today.isoformat()}",
    )


def _row(view: View, line: SectorLine) -> tuple[str | int, ...]:
    def answer(yes: bool) -> str:
        return view._("yes") if yes else view._("no")

    return (
        line.key,
        view.say(line.sector.name),
        labels.label("side", line.sector.side, view.translator),
        "; ".join(as_text(name) for name in line.common),
        "; ".join(link.ref for link in line.articles),
        answer(line.sector.named_in_mandate),
        line.organisations,
        line.practices,
        answer(line.retired),
    )


def _partners(view: View, key: str) -> tuple[Partner, ...]:
    masks = partner_masks(view)
    own = masks.get(key, 0)
    found: Sequence[Partner] = [
        Partner(
            name=told(view, sector.name),
            side=sector.side,
            count=count,
            href=view.href("cooperation", *pair_of(key, other)),
        )
        for other, sector in entries(view.vocabulary, "sector").items()
        if other != key and (count := (own & masks.get(other, 0)).bit_count())
    ]
    return tuple(sorted(found, key=lambda partner: -partner.count))
