"""On which way each line runs: in which channels of the grid, and in which track of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lanzarote.procedures.grid import Grid

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
