"""In which column and row each node of a flow stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
