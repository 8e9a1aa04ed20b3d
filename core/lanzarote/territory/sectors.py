"""Sectors as their pages show them: who works in each, what they do, whom they work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.facts.convention import common_sectors
from lanzarote.practices import service
from lanzarote.practices.service import facets_of
from lanzarote.stakeholders.reading import Entry, entry, in_order, values_of
from lanzarote.territory.bridges import pair_of, partner_masks
from lanzarote.territory.cards import cards
from lanzarote.translation import as_text, date_told
from lanzarote.types import Table
from lanzarote.web import labels
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
    from collections.abc import Sequence

    from lanzarote.directory.model import Stakeholder
    from lanzarote.types import Sector, Side
    from lanzarote.web.site import View

LATEST = 5


class SectorLine(Struct, frozen=True, kw_only=True):
    """A sector in the list."""

    key: str
    href: str
    name: Markup
    side: Side
    common: tuple[Markup, ...]
    articles: tuple[ArticleLink, ...]
    organisations: int
    organisations_href: str
    practices: int
    practices_href: str
    complete_href: str
    in_mandate: bool
    verified: bool
    retired: bool
    team_note: ToldNote | None


class Partner(Struct, frozen=True, kw_only=True):
    """A sector with partners in the same practices."""

    name: Markup
    side: Side
    count: int
    href: str


class SectorDetail(Struct, frozen=True, kw_only=True):
    line: SectorLine
    description: Markup
    note: Markup
    until: str
    replaced_by: SectorLine | None
    sources: tuple[ToldSource, ...]
    entries: tuple[Entry, ...]
    latest: list[dict[str, Any]]
    partners: tuple[Partner, ...]


def sector_lines(view: View) -> tuple[SectorLine, ...]:
    """In the order of the package, retired ones last."""
    lines = [sector_line(view, key, sector) for key, sector in entries(view.vocabulary, "sector").items()]
    return tuple(sorted(lines, key=lambda line: line.retired))


def sector_line(view: View, key: str, sector: Sector) -> SectorLine:
    vocabulary = view.vocabulary
    names = {common.key: common.name for common in common_sectors()}
    return SectorLine(
        key=key,
        href=view.href("sectors", key),
        name=told(view, sector.name),
        side=sector.side,
        common=tuple(told(view, names[common]) for common in sector.common if common in names),
        articles=article_links(view, sector.convention),
        organisations=len(working_in(view, key)),
        organisations_href=view.href("organisations", query={"sector": key}),
        practices=facets_of(view.instance, view.region_id).masks["sector"].get(key, 0).bit_count(),
        practices_href=view.href("practices", query={"sector": key}),
        complete_href=view.href("correct", query={"about": f"sectors/{key}"}),
        in_mandate=sector.named_in_mandate,
        verified=sector.verified,
        retired=vocabulary.is_retired("sector", key, view.today),
        team_note=team_note(view, "sector", key),
    )


def detail(view: View, key: str) -> SectorDetail:
    """The sector *key*. Raises NotFound."""
    sectors = view.vocabulary.sectors
    sector = sectors.get(key)
    if sector is None:
        raise NotFound("There is no sector at this address.")
    index = facets_of(view.instance, view.region_id)
    page = service.page(view.instance.database, index, filters={"sector": (key,)}, limit=LATEST)
    follower = sectors.get(sector.replaced_by or "")
    return SectorDetail(
        line=sector_line(view, key, sector),
        description=told(view, sector.description),
        note=told(view, sector.note),
        until=date_told(sector.until, view.lang) if sector.until else "",
        replaced_by=sector_line(view, sector.replaced_by or "", follower) if follower else None,
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
        as_text(line.name),
        labels.label("side", line.side, view.translator),
        "; ".join(as_text(name) for name in line.common),
        "; ".join(link.ref for link in line.articles),
        answer(line.in_mandate),
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
