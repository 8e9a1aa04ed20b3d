"""The map of the member States: where regions work, and how much they have documented. Its table says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup
from msgspec import Struct

from lanzarote.facts.states import atlas, states
from lanzarote.office import words
from lanzarote.office.sheets import Cell, Head, Line, sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanzarote.facts.states import Atlas
    from lanzarote.office.desk import Named
    from lanzarote.office.service import Figures
    from lanzarote.office.sheets import Sheet
    from lanzarote.web.site import View

STEPS = (1, 10, 50, 200)
"""From so many practices on, a State is drawn a shade deeper."""


class Drawn(Struct, frozen=True, kw_only=True):
    """A State on the map."""

    code: str
    name: Markup
    path: str
    x: int
    y: int
    small: bool
    depth: int
    """0: nobody works there; 5: a region is here that has released no practice."""
    practices: int
    href: str


class Map(Struct, frozen=True, kw_only=True):
    atlas: Atlas
    drawn: tuple[Drawn, ...]
    here: int
    """States in which a region works."""
    steps: tuple[int, ...] = STEPS


def draw(view: View, every: Sequence[Named], practices: Figures) -> Map:
    """The States, those without a region too: that nobody works there yet is told."""
    regions: dict[str, list[Named]] = {}
    for one in every:
        regions.setdefault(one.region.state, []).append(one)
    numbers = practices.numbers("practice")
    drawn = []
    for code, shape in atlas().states.items():
        here = regions.get(code, [])
        count = sum(numbers.get(one.id, 0) for one in here)
        drawn.append(
            Drawn(
                code=code,
                name=words.state_name(view, states()[code].name),
                path=shape.path,
                x=shape.x,
                y=shape.y,
                small=shape.small,
                depth=depth_of(count) if here else 0,
                practices=count,
                href=href_of(view, code, here),
            )
        )
    return Map(atlas=atlas(), drawn=tuple(drawn), here=sum(one.depth > 0 for one in drawn))


def depth_of(practices: int) -> int:
    """
    >>> [depth_of(n) for n in (0, 1, 9, 10, 1000)]
    [5, 1, 1, 2, 4]
    """
    return sum(practices >= step for step in STEPS) or 5


def href_of(view: View, code: str, here: Sequence[Named]) -> str:
    if not here:
        return ""
    if len(here) == 1:
        return view.region_href(here[0].region.header)
    return regions_href(view, code)


def regions_href(view: View, code: str) -> str:
    """The regions of a State, and no other."""
    return view.instance_href("office", "regions", query={"state": code})


def practices_href(view: View, code: str) -> str:
    """The practices of the regions of a State."""
    return view.instance_href("office", "records", query={"of": "practice", "state": code})


def map_sheet(view: View, drawn: Map, every: Sequence[Named]) -> Sheet:
    """The same as a table."""
    _ = view._
    regions: dict[str, int] = {}
    for one in every:
        regions[one.region.state] = regions.get(one.region.state, 0) + 1
    lines = [
        Line(
            head=Head(label=one.name, href=one.href),
            cells=(
                Cell(regions[one.code], regions_href(view, one.code))
                if one.code in regions
                else Cell(word=_("nobody yet"), kind="unknown"),
                Cell(one.practices, practices_href(view, one.code))
                if one.code in regions
                else Cell(word=_("unknown"), kind="unknown"),
            ),
        )
        for one in sorted(drawn.drawn, key=lambda one: view.sort_key(one.name))
    ]
    return sheet(
        view,
        key="states",
        title=_("Member States, regions that work there, practices released"),
        about=_("Name of the State"),
        columns=(Head(label=_("Regions here")), Head(label=_("Practices"))),
        lines=tuple(lines),
    )
