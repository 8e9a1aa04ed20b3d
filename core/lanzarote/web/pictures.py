"""Geometry of the pictures, computed here so that templates only write it down. Pure: values in, values out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lanzarote.types import Side

SIDES: tuple[Side, ...] = ("public", "mixed", "private", "civil-society")
"""From one bank to the other: what is mixed or private stands in between."""

ROW = 10.0
REACH = 96.0
THINNEST, THICKEST = 1.5, 11.0
SMALLEST_DOT, LARGEST_DOT = 3.0, 7.5


class Node(Struct, frozen=True, kw_only=True):
    """A sector in the picture of who works with whom."""

    key: str
    label: str
    side: Side
    count: int
    """Practices it takes part in."""


class Link(Struct, frozen=True, kw_only=True):
    """Two sectors that take part in the same practices."""

    a: str
    b: str
    count: int


class Row(Struct, frozen=True, kw_only=True):
    """A line of text beside the picture: the name of a bank (no key) or a sector."""

    label: str
    side: Side
    key: str = ""
    count: int = 0
    radius: float = 0


class Arc(Struct, frozen=True, kw_only=True):
    """An arch between two rows."""

    source: str
    target: str
    count: int
    kind: str
    """The side both belong to, or "across"."""
    width: float
    path: str


class ArcPicture(Struct, frozen=True, kw_only=True):
    """Rows of equal height, and arches in a frame of 100 × ``height`` that is stretched to stand beside them."""

    rows: tuple[Row, ...]
    arcs: tuple[Arc, ...]
    """Thinnest first; arches between the banks are drawn over the others."""
    height: float


def draw_arcs(nodes: Iterable[Node], links: Iterable[Link], banks: Mapping[Side, str]) -> ArcPicture:
    """Lay *nodes* on their banks, busiest first, and join them by *links*; *banks* has the name of each side."""
    rows = _lay_rows(list(nodes), banks)
    place = {row.key: (index + 0.5) * ROW for index, row in enumerate(rows) if row.key}
    known = {row.key: row for row in rows if row.key}
    drawn = [link for link in links if link.a in known and link.b in known and link.a != link.b and link.count > 0]
    most = max((link.count for link in drawn), default=1)
    longest = max((abs(place[link.a] - place[link.b]) for link in drawn), default=ROW)
    arcs = [_bend(link, known, place, most, longest) for link in drawn]
    arcs.sort(key=lambda arc: (arc.kind == "across", arc.count, arc.source, arc.target))
    return ArcPicture(rows=rows, arcs=tuple(arcs), height=max(len(rows), 1) * ROW)


def _lay_rows(nodes: list[Node], banks: Mapping[Side, str]) -> tuple[Row, ...]:
    most = max((node.count for node in nodes), default=1) or 1
    rows: list[Row] = []
    for side in SIDES:
        # On the public bank the busiest stand nearest to the water, which is below them; on the other bank above.
        here = sorted((node for node in nodes if node.side == side), key=lambda node: (node.count, node.label))
        if not here:
            continue
        rows.append(Row(label=banks[side], side=side))
        for node in here if side == "public" else reversed(here):
            radius = SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * (node.count / most) ** 0.5
            rows.append(Row(key=node.key, label=node.label, side=side, count=node.count, radius=round(radius, 2)))
    return tuple(rows)


def _bend(link: Link, known: Mapping[str, Row], place: Mapping[str, float], most: int, longest: float) -> Arc:
    upper, lower = sorted((link.a, link.b), key=lambda key: place[key])
    top, bottom = place[upper], place[lower]
    # The square root keeps short arches visible beside one that spans the whole picture.
    reach = REACH * ((bottom - top) / longest) ** 0.5
    sides = {known[upper].side, known[lower].side}
    return Arc(
        source=known[upper].label,
        target=known[lower].label,
        count=link.count,
        kind=sides.pop() if len(sides) == 1 else "across",
        width=round(THINNEST + (THICKEST - THINNEST) * (link.count - 1) / max(most - 1, 1), 2),
        path=f"M0 {top:g}A{reach:.4g} {(bottom - top) / 2:g} 0 0 1 0 {bottom:g}",
    )
