"""Lays out a flow in lanes: rows for each lane, a column for each step of the way. Pure: values in, values out.

Boxes stand in a grid. Lines run at right angles in the channels between its columns and rows, each in a track of its
own, so that none crosses a box and none covers another. The same flow is always laid out alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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


# In which column and row each node stands


Pair = tuple[str, str]


class Grid(Struct, frozen=True, kw_only=True):
    columns: int
    rows: int
    rows_of: tuple[int, ...]
    """How many rows each lane has; one at least."""
    cells: Mapping[str, tuple[int, int]]
    """Node → column and row."""


def arrange(nodes: Sequence[tuple[str, int]], edges: Sequence[Pair], lanes: int) -> Grid:
    """Give each of *nodes* (id, lane) a cell: right of all that leads to it, below those that came before it.

    >>> arrange([("a", 0), ("b", 1), ("c", 1)], [("a", "b"), ("a", "c")], 2).cells
    {'a': (0, 0), 'b': (1, 1), 'c': (1, 2)}
    """
    order = [name for name, _ in nodes]
    column = _columns(order, _forward(order, edges))
    inside: dict[tuple[int, int], int] = {}
    place: dict[str, tuple[int, int]] = {}
    for name, lane in nodes:
        above = inside.get((lane, column[name]), 0)
        inside[lane, column[name]] = above + 1
        place[name] = (lane, above)
    rows_of = [1] * lanes
    for (lane, _), count in inside.items():
        rows_of[lane] = max(rows_of[lane], count)
    first = [sum(rows_of[:lane]) for lane in range(lanes)]
    return Grid(
        columns=max(column.values(), default=-1) + 1,
        rows=sum(rows_of),
        rows_of=tuple(rows_of),
        cells={name: (column[name], first[lane] + above) for name, (lane, above) in place.items()},
    )


def _forward(order: Sequence[str], edges: Iterable[Pair]) -> dict[str, list[str]]:
    """Node → what follows it, without the edges that lead back to what led to it."""
    after: dict[str, list[str]] = {name: [] for name in order}
    for source, target in dict.fromkeys(edges):
        after[source].append(target)
    kept: dict[str, list[str]] = {name: [] for name in order}
    state: dict[str, str] = {}
    for root in order:
        if root in state:
            continue
        state[root] = "open"
        way = [(root, iter(after[root]))]
        while way:
            name, rest = way[-1]
            for target in rest:
                if state.get(target) == "open":
                    continue  # it leads back
                kept[name].append(target)
                if target not in state:
                    state[target] = "open"
                    way.append((target, iter(after[target])))
                    break
            else:
                state[name] = "done"
                way.pop()
    return kept


def _columns(order: Sequence[str], after: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Node → the longest way to it, in edges."""
    missing = dict.fromkeys(order, 0)
    for targets in after.values():
        for target in targets:
            missing[target] += 1
    column = dict.fromkeys(order, 0)
    ready = [name for name in order if not missing[name]]
    for name in ready:
        for target in after[name]:
            column[target] = max(column[target], column[name] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return column


# On which way each line runs: in which channels of the grid, and in which track of each


Triple = tuple[str, str, str]


class Track(Struct, frozen=True):
    """One of the parallel ways in a channel."""

    channel: int
    """Number of the column that it stands right of (-1: left of all), or of the row that it runs above."""
    number: int


class Path(Struct, frozen=True, kw_only=True):
    """The way of one edge. Straight without ``first``; within one channel without ``across``."""

    id: str
    source: str
    target: str
    leaves: float
    """Where it leaves its source, as a share of half its height: 0 the middle, below 1 above the lower corner."""
    enters: float
    """Where it enters its target: 0 the middle, above -1 below the upper corner."""
    first: Track | None = None
    across: Track | None = None
    last: Track | None = None


class _Wish(Struct, frozen=True):
    """A piece of a line in a channel, from one place to another; nothing else lies on it there."""

    edge: str
    channel: int
    start: int
    end: int


def plan(edges: Sequence[Triple], grid: Grid) -> tuple[Path, ...]:
    """Find a way for each of *edges* (id, source, target)."""
    straight = _straight(edges, grid)
    bent = [edge for edge in edges if edge[0] not in straight]
    first, across, last = _channels(bent, grid)
    upright = _tracks([*first.values(), *last.values()])
    level = _tracks(across.values())
    leaves = _ports(bent, grid, own=1, other=2)
    enters = _ports(bent, grid, own=2, other=1)
    return tuple(
        Path(
            id=name,
            source=source,
            target=target,
            leaves=leaves.get(name, 0.0),
            enters=-enters.get(name, 0.0),
            first=_track(first.get(name), upright),
            across=_track(across.get(name), level),
            last=_track(last.get(name), upright),
        )
        for name, source, target in edges
    )


def _straight(edges: Iterable[Triple], grid: Grid) -> set[str]:
    """Edges between neighbours in a row; one of several between the same two."""
    seen: set[tuple[str, str]] = set()
    found: set[str] = set()
    for name, source, target in edges:
        (column, row), (other, level) = grid.cells[source], grid.cells[target]
        if other == column + 1 and row == level and (source, target) not in seen:
            seen.add((source, target))
            found.add(name)
    return found


def _channels(edges: Iterable[Triple], grid: Grid) -> tuple[dict[str, _Wish], dict[str, _Wish], dict[str, _Wish]]:
    """Edge → its piece right of its source, along the rows, left of its target.

    Places along an upright channel are twice the row, one more for its boxes; along a level one they are columns.
    """
    first: dict[str, _Wish] = {}
    across: dict[str, _Wish] = {}
    last: dict[str, _Wish] = {}
    for name, source, target in edges:
        (column, row), (other, level) = grid.cells[source], grid.cells[target]
        begin, end = 2 * row + 1, 2 * level + 1
        if other == column + 1:
            first[name] = _wish(name, column, begin, end)
            continue
        above = level if row <= level else level + 1
        first[name] = _wish(name, column, begin, 2 * above)
        across[name] = _wish(name, above, column, other - 1)
        last[name] = _wish(name, other - 1, 2 * above, end)
    return first, across, last


def _wish(edge: str, channel: int, one: int, other: int) -> _Wish:
    return _Wish(edge, channel, min(one, other), max(one, other))


def _tracks(wishes: Iterable[_Wish]) -> dict[_Wish, int]:
    """Give each piece the first track of its channel on which nothing else lies where it does."""
    taken: dict[tuple[int, int], list[tuple[int, int]]] = {}
    found: dict[_Wish, int] = {}
    for wish in sorted(wishes, key=lambda one: (one.channel, one.end - one.start, one.start, one.edge)):
        number = 0
        while any(wish.start <= end and start <= wish.end for start, end in taken.get((wish.channel, number), ())):
            number += 1
        taken.setdefault((wish.channel, number), []).append((wish.start, wish.end))
        found[wish] = number
    return found


def _track(wish: _Wish | None, numbers: dict[_Wish, int]) -> Track | None:
    return Track(wish.channel, numbers[wish]) if wish is not None else None


def _ports(edges: Iterable[Triple], grid: Grid, *, own: int, other: int) -> dict[str, float]:
    """Edge → where it touches the node that is its *own* part, evenly spread over half of one side."""
    groups: dict[str, list[Triple]] = {}
    for edge in edges:
        groups.setdefault(edge[own], []).append(edge)
    found: dict[str, float] = {}
    for group in groups.values():
        group.sort(key=lambda edge: (*reversed(grid.cells[edge[other]]), edge[0]))
        for number, edge in enumerate(group, 1):
            found[edge[0]] = number / (len(group) + 1)
    return found
