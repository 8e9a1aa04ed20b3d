"""Which sectors work together according to the published practices; a count of documents, not of co-operation.

>>> [pair.count for pair in pairs({"courts": 0b0111, "police": 0b0110, "health": 0b1000})]
[2]
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Pair(Struct, frozen=True, kw_only=True):
    """Two sectors that take part in the same practices."""

    a: str
    b: str
    count: int


def pairs(masks: Mapping[str, int]) -> tuple[Pair, ...]:
    """All pairs of sectors that some practice names together, most frequent first.

    *masks*: sector → the practices that name it, as a bit mask; pairs keep the order of *masks*.
    """
    found = [
        Pair(a=a, b=b, count=both)
        for (a, here), (b, there) in combinations(masks.items(), 2)
        if (both := (here & there).bit_count())
    ]
    return tuple(sorted(found, key=lambda pair: -pair.count))


class Row(Struct, frozen=True, kw_only=True):
    """One sector against all, in the order of the columns."""

    sector: str
    total: int
    """Practices that name the sector at all."""
    counts: tuple[int, ...]
    """Its own place holds the total."""


def table(sectors: Sequence[str], masks: Mapping[str, int]) -> tuple[Row, ...]:
    """Sectors × sectors; the same number stands on both sides of the diagonal."""
    return tuple(
        Row(
            sector=sector,
            total=masks.get(sector, 0).bit_count(),
            counts=tuple((masks.get(sector, 0) & masks.get(other, 0)).bit_count() for other in sectors),
        )
        for sector in sectors
    )
