"""Lays out a flow in lanes: rows for each lane, a column for each step of the way. Pure: values in, values out.

Boxes stand in a grid. Lines run at right angles in the channels between its columns and rows, each in a track of its
own, so that none crosses a box and none covers another. The same flow is always laid out alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from lanzarote.procedures.grid import Grid, arrange
from lanzarote.procedures.routing import Track, plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.procedures.routing import Path

GAP: Final = 10.0
"""Between the tracks of two lines."""
BESIDE: Final = 18.0
"""Between a box and the first track: there is room for the head of an arrow."""
ABOVE: Final = 11.0
"""Between a box and the first track above it."""

Shape = Literal["box", "circle", "diamond"]
Point = tuple[float, float]


class Node(Struct, frozen=True, kw_only=True):
    """Something to be placed."""

    id: str
    lane: int
    width: float
    height: float
    shape: Shape = "box"


class Edge(Struct, frozen=True, kw_only=True):
    id: str
    source: str
    target: str


class Box(Struct, frozen=True, kw_only=True):
    """A node in its place."""

    id: str
    x: float
    y: float
    width: float
    height: float
    column: int


class Lane(Struct, frozen=True, kw_only=True):
    y: float
    height: float


class Line(Struct, frozen=True, kw_only=True):
    """An edge in its place, from the one box to the other."""

    id: str
    points: tuple[Point, ...]


class Layout(Struct, frozen=True, kw_only=True):
    width: float
    height: float
    boxes: tuple[Box, ...]
    lanes: tuple[Lane, ...]
    lines: tuple[Line, ...]
    cuts: tuple[float, ...]
    """Where it can be cut so that no box is: one in each channel between two columns, and both ends."""


def lay_out(nodes: Sequence[Node], edges: Sequence[Edge], heights: Sequence[float]) -> Layout:
    """Place *nodes* and join them; *heights*: what each lane has to have at least.

    Edges from or to what is not there are left out.
    """
    known = {node.id for node in nodes}
    joined = [edge for edge in edges if {edge.source, edge.target} <= known]
    grid = arrange([(node.id, node.lane) for node in nodes], [(one.source, one.target) for one in joined], len(heights))
    return _Placing(nodes, joined, grid, heights).layout()


class _Placing:
    """Where the columns, rows and tracks of one grid are."""

    def __init__(self, nodes: Sequence[Node], edges: Sequence[Edge], grid: Grid, heights: Sequence[float]) -> None:
        self.nodes = {node.id: node for node in nodes}
        self.grid = grid
        self.paths = plan([(edge.id, edge.source, edge.target) for edge in edges], grid)
        self._place_columns()
        self._place_rows(heights)
        self.boxes = {node.id: self._box(node) for node in nodes}

    def layout(self) -> Layout:
        return Layout(
            width=self.right,
            height=self.bottom,
            boxes=tuple(self.boxes[name] for name in self.nodes),
            lanes=self.lanes,
            lines=tuple(Line(id=path.id, points=self._points(path)) for path in self.paths),
            cuts=self.cuts,
        )

    def _place_columns(self) -> None:
        grid = self.grid
        widest = [0.0] * grid.columns
        for name, (column, _) in grid.cells.items():
            widest[column] = max(widest[column], self.nodes[name].width)
        tracks = _counted((path.first for path in self.paths), (path.last for path in self.paths))
        self.columns: list[tuple[float, float]] = []
        self.gutters: dict[int, float] = {}
        cuts, x = [0.0], 0.0
        for number in range(-1, grid.columns):
            if number >= 0:
                self.columns.append((x, widest[number]))
                x += widest[number]
            self.gutters[number] = x + BESIDE
            room = 2 * BESIDE + max(tracks.get(number, 0) - 1, 0) * GAP
            if 0 <= number < grid.columns - 1:
                cuts.append(x + room / 2)
            x += room
        self.right, self.cuts = x, (*cuts, x)

    def _place_rows(self, heights: Sequence[float]) -> None:
        grid = self.grid
        tallest = [0.0] * grid.rows
        for name, (_, row) in grid.cells.items():
            tallest[row] = max(tallest[row], self.nodes[name].height)
        tracks = _counted(path.across for path in self.paths)
        self.rows: list[tuple[float, float]] = []
        self.channels: dict[int, float] = {}
        lanes, y, row = [], 0.0, 0
        for number, least in enumerate(heights):
            top = y
            for _ in range(grid.rows_of[number]):
                self.channels[row] = y + ABOVE
                y += 2 * ABOVE + max(tracks.get(row, 0) - 1, 0) * GAP
                self.rows.append((y, tallest[row]))
                y += tallest[row]
                row += 1
            y = max(y + ABOVE, top + least)
            lanes.append(Lane(y=top, height=y - top))
        self.bottom, self.lanes = y, tuple(lanes)

    def _box(self, node: Node) -> Box:
        column, row = self.grid.cells[node.id]
        (x, width), (y, height) = self.columns[column], self.rows[row]
        return Box(
            id=node.id,
            x=x + (width - node.width) / 2,
            y=y + (height - node.height) / 2,
            width=node.width,
            height=node.height,
            column=column,
        )

    def _points(self, path: Path) -> tuple[Point, ...]:
        start = self._port(path.source, path.leaves, out=True)
        end = self._port(path.target, path.enters, out=False)
        if path.first is None:
            return start, end
        x = self._at(self.gutters, path.first)
        if path.across is None or path.last is None:
            return start, (x, start[1]), (x, end[1]), end
        y, back = self._at(self.channels, path.across), self._at(self.gutters, path.last)
        return start, (x, start[1]), (x, y), (back, y), (back, end[1]), end

    def _at(self, places: Mapping[int, float], track: Track) -> float:
        return places[track.channel] + track.number * GAP

    def _port(self, name: str, share: float, *, out: bool) -> Point:
        """Where a line touches the node: *share* of half its height below (or above) its middle."""
        box, node = self.boxes[name], self.nodes[name]
        inset = 0.0
        if node.shape == "diamond":
            inset = box.width / 2 * abs(share)
        elif node.shape == "circle":
            inset = box.width / 2 * (1 - (1 - share * share) ** 0.5)
        y = box.y + box.height / 2 * (1 + share)
        return (box.x + box.width - inset if out else box.x + inset), y


def _counted(*groups: object) -> dict[int, int]:
    """Channel → how many tracks it has."""
    found: dict[int, int] = {}
    for group in groups:
        for track in group:  # type: ignore[attr-defined]
            if track is not None:
                found[track.channel] = max(found.get(track.channel, 0), track.number + 1)
    return found
