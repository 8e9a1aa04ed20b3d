"""Facets in memory: each value is a bit mask over the list, so that filters and counts cost next to nothing."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import repeat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

FACETS = ("sector", "common", "side", "article", "domain", "target", "standing", "running", "scope", "cost", "region")
"""In the order they are shown; a region's own questions, ``field:key`` each, stand after them in its list."""
OWN = "field"
"""How an address asks for an answer to a region's own question: ``field=key:answer``."""

FEW = 600
"""So few rows are marked bit by bit."""
ONE = ord("1")
SMALL = 4_096
"""A list of so many rows is gone through to see which of them were found; where each stands is kept of longer ones."""
DIGITS = bytes.maketrans(b"\0\1", b"01")
PIECE = 64
"""Bytes of a mask that are looked through at once."""


class FacetIndex:
    """The list of published practices of one region or of all, in its order, with a mask for every facet value.

    *ordered*: (order, pk) of each row, sorted. *facets*: (pk, facet values) of the same rows, in any order: sorting the
    long ones would take a lot of memory.
    """

    def __init__(self, ordered: Iterable[tuple[int, int]], facets: Iterable[tuple[int, str]]) -> None:
        self.pks = array("q")
        self._order = array("q")
        positions: dict[int, int] = {}
        self.remembered: dict[Any, Any] = {}
        """What of it holds words that were asked for of late (``search.ranking``)."""
        for position, (order, pk) in enumerate(ordered):
            self.pks.append(pk)
            self._order.append(order)
            positions[pk] = position
        self.size = len(self.pks)
        self.all = (1 << self.size) - 1
        bits: dict[str, bytearray] = {}
        for pk, values in facets:
            found = positions.get(pk)
            if found is None:
                continue  # written since the order was read
            for value in values.split():
                if value not in bits:
                    bits[value] = bytearray(self.size // 8 + 1)
                bits[value][found >> 3] |= 1 << (found & 7)
        self._positions = positions if self.size > SMALL else None
        self.masks: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
        for value, mask in bits.items():
            facet, _, name = value.rpartition(":")
            self.masks.setdefault(facet, {})[name] = int.from_bytes(mask, "little")

    def hits(self, pks: Sequence[int], less: int = 0) -> int:
        """Mask of the rows in *pks* that are in this list; *less*: by so much these numbers are too high."""
        if self._positions is None:
            found = {pk - less for pk in pks} if less else set(pks)
            return int(bytes((0, *map(found.__contains__, reversed(self.pks)))).translate(DIGITS), 2)
        known = self._positions.get
        if len(pks) < FEW:
            bits = bytearray(self.size // 8 + 1)
            for pk in pks:
                position = known(pk - less)
                if position is not None:
                    bits[position >> 3] |= 1 << (position & 7)
            return int.from_bytes(bits, "little")
        # As text in base 2, read at once: a byte is set faster than a bit. Its first digit is for what is not here.
        digits = bytearray(b"0") * (self.size + 1)
        numbers = (pk - less for pk in pks) if less else pks
        for position in map(known, numbers, repeat(self.size)):
            digits[~position] = ONE
        digits[0] = ord("0")
        return int(digits, 2)

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
        """For each facet, how many rows each value would show beside the other facets' filters.

        ``OWN`` stands for every question of the regions' own that somebody answered.
        """
        chosen = self.select(filters, within)
        told: dict[str, dict[str, int]] = {}
        for facet in self._each(facets):
            rest = self.select(filters, within, but=facet) if filters.get(facet) else chosen
            masks = self.masks.get(facet, {})
            told[facet] = {value: n for value, mask in masks.items() if (n := (mask & rest).bit_count())}
        return told

    def _each(self, facets: Sequence[str]) -> Sequence[str]:
        own = (facet for facet in self.masks if facet.startswith(f"{OWN}:"))
        return [*(facet for facet in facets if facet != OWN), *own] if OWN in facets else facets

    def after(self, ordered: int, pk: int) -> int:
        """Position that follows the row (*ordered*, *pk*), whether or not it is still there."""
        first, end = bisect_left(self._order, ordered), bisect_right(self._order, ordered)
        return bisect_right(self.pks, pk, first, end)

    def key(self, position: int) -> tuple[int, int]:
        return self._order[position], self.pks[position]

    def positions(self, mask: int, start: int = 0) -> Iterator[int]:
        """Positions in *mask* from *start* on, in the order of the list."""
        mask >>= start
        whole = mask.to_bytes(mask.bit_length() // 8 + 1, "little")
        for offset in range(0, len(whole), PIECE):
            # Bits are taken from a short piece: each step on the whole mask would copy all of it.
            piece, base = int.from_bytes(whole[offset : offset + PIECE], "little"), start + offset * 8
            while piece:
                lowest = piece & -piece
                yield base + lowest.bit_length() - 1
                piece ^= lowest
