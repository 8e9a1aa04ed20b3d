"""Which sectors work together according to the published practices; a count of documents, not of co-operation.

A sector takes part in a practice when a partner that the practice names works in it, or when a partner is described by
it. The sectors that a practice merely concerns are no partners.

>>> [pair.count for pair in pairs({"courts": 0b0111, "police": 0b0110, "health": 0b1000})]
[2]
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lanzarote.types import Partner


def taking_part(partners: Iterable[Partner], sectors_of: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Sectors of *partners*; *sectors_of* has those of each organisation by its key."""
    found: set[str] = set()
    for partner in partners:
        named = sectors_of.get(partner.organisation or "")
        found.update(named or ((partner.sector,) if partner.sector else ()))
    return frozenset(found)


class Pair(Struct, frozen=True, kw_only=True):
    """Two sectors that take part in the same practices."""

    a: str
    b: str
    count: int


def pairs(masks: Mapping[str, int]) -> tuple[Pair, ...]:
    """All pairs of sectors that take part in some practice together, most frequent first.

    *masks*: sector → the practices it takes part in, as a bit mask; pairs keep the order of *masks*.
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
    """Practices that the sector takes part in."""
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
