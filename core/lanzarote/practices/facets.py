"""Facets in memory: each value is a bit mask over the list, so that filters and counts cost next to nothing."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

FACETS = ("sector", "common", "side", "article", "domain", "target", "standing", "running", "scope", "cost", "region")
"""In the order they are shown."""


class FacetIndex:
    """The list of published practices of one region or of all, in its order, with a mask for every facet value.

    *rows*: (pk, order, facets) sorted by (order, pk).
    """

    def __init__(self, rows: Iterable[tuple[int, int, str]]) -> None:
        self.pks = array("q")
        self._order = array("q")
        self._positions: dict[int, int] = {}
        bits: dict[str, list[int]] = {}
        for position, (pk, ordered, facets) in enumerate(rows):
            self.pks.append(pk)
            self._order.append(ordered)
            self._positions[pk] = position
            for value in facets.split():
                bits.setdefault(value, []).append(position)
        self.size = len(self.pks)
        self.all = (1 << self.size) - 1
        self.masks: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
        for value, positions in bits.items():
            facet, _, name = value.partition(":")
            self.masks.setdefault(facet, {})[name] = self._mask(positions)

    def hits(self, pks: Iterable[int]) -> int:
        """Mask of the rows in *pks* that are in this list."""
        positions = self._positions
        return self._mask([positions[pk] for pk in pks if pk in positions])

    def select(self, filters: Mapping[str, Sequence[str]], within: int | None = None, *, but: str = "") -> int:
        """Rows that have, for every facet in *filters* other than *but*, one of its values."""
        chosen = self.all if within is None else within
        for facet, values in filters.items():
            if facet != but and values:
                masks, any_of = self.masks.get(facet, {}), 0
                for value in values:
                    any_of |= masks.get(value, 0)
                chosen &= any_of
        return chosen

    def counts(
        self, filters: Mapping[str, Sequence[str]], within: int | None = None, facets: Sequence[str] = FACETS
    ) -> dict[str, dict[str, int]]:
        """For each facet, how many rows each value would show beside the other facets' filters."""
        chosen = self.select(filters, within)
        told: dict[str, dict[str, int]] = {}
        for facet in facets:
            rest = self.select(filters, within, but=facet) if filters.get(facet) else chosen
            told[facet] = {value: n for value, mask in self.masks[facet].items() if (n := (mask & rest).bit_count())}
        return told

    def after(self, ordered: int, pk: int) -> int:
        """Position that follows the row (*ordered*, *pk*), whether or not it is still there."""
        if self._positions.get(pk) is not None and self._order[self._positions[pk]] == ordered:
            return self._positions[pk] + 1
        position = bisect_right(self._order, ordered - 1)
        while position < self.size and self._order[position] == ordered and self.pks[position] <= pk:
            position += 1
        return position

    def key(self, position: int) -> tuple[int, int]:
        return self._order[position], self.pks[position]

    def positions(self, mask: int, start: int = 0) -> Iterator[int]:
        """Positions in *mask* from *start* on, in the order of the list."""
        mask >>= start
        while mask:
            step = (mask & -mask).bit_length() - 1
            start += step
            yield start
            mask >>= step + 1
            start += 1

    def _mask(self, positions: Sequence[int]) -> int:
        if len(positions) < 64:
            mask = 0
            for position in positions:
                mask |= 1 << position
            return mask
        size = max(positions) // 8 + 1
        bits = bytearray(size)
        for position in positions:
            bits[position >> 3] |= 1 << (position & 7)
        return int.from_bytes(bits, "little")
