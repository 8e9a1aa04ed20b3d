"""The three matrices, computed from figures alone: coverage, sectors by regions, co-operation between sectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from lanzarote.facts.convention import common_sectors, convention

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from lanzarote.office.service import Figures, Numbers

COVERAGE: Final = ("article", "provision", "stated")
SECTORS: Final = ("practice", "common")
CO_OPERATION: Final = ("pair", "partner")
"""Measures that each is made of."""

Kind = Literal["some", "none", "unknown", "not-applicable"]


class Covered(Struct, frozen=True):
    """What is documented for an article in a region. It is no assessment of compliance."""

    kind: Kind
    practices: int = 0
    provisions: int = 0


UNKNOWN: Final = Covered("unknown")
NOT_APPLICABLE: Final = Covered("not-applicable")


class CoverageRow(Struct, frozen=True, kw_only=True):
    """One article."""

    article: int
    cells: Mapping[str, Covered]
    """Region → cell, of those that document or state something."""
    otherwise: Covered
    """The cell of each other region: unknown, or not applicable where no region can practise the article."""

    def cell(self, region_id: str) -> Covered:
        return self.cells.get(region_id, self.otherwise)


def coverage(figures: Figures, today: date) -> tuple[CoverageRow, ...]:
    """Every article of the Convention, in its order."""
    provisions = provisions_in_force(figures, today)
    stated: dict[str, dict[str, Kind]] = {}
    for (reference, state), numbers in figures.measure("stated").items():
        # What is stated of a paragraph says nothing about the rest of the article.
        if "." not in reference:
            stated.setdefault(reference, {}).update(dict.fromkeys(numbers, state))  # type: ignore[arg-type]
    return tuple(
        CoverageRow(
            article=article.number,
            cells=_cells(
                figures.numbers("article", str(article.number)),
                provisions.get(str(article.number), {}),
                stated.get(str(article.number), {}),
            ),
            otherwise=UNKNOWN if article.practised else NOT_APPLICABLE,
        )
        for article in convention().articles
    )


def _cells(practices: Numbers, provisions: Numbers, stated: Mapping[str, Kind]) -> Mapping[str, Covered]:
    # Evidence outweighs a statement that there is none: the statement stays visible with its date.
    cells = {region_id: Covered(state) for region_id, state in stated.items()}
    for region_id in {*practices, *provisions}:
        cells[region_id] = Covered("some", practices.get(region_id, 0), provisions.get(region_id, 0))
    return cells


def provisions_in_force(figures: Figures, today: date) -> dict[str, dict[str, int]]:
    """Article → region → how many provisions are evidence for it on that day."""
    day = today.isoformat()
    found: dict[str, dict[str, int]] = {}
    for (article, days), numbers in figures.measure("provision").items():
        since, _, until = days.partition("/")
        if since <= day and (not until or day <= until):
            here = found.setdefault(article, {})
            for region_id, n in numbers.items():
                here[region_id] = here.get(region_id, 0) + n
    return found


class SectorRow(Struct, frozen=True, kw_only=True):
    """One region: its practices, each once in the total and once for each common sector that it concerns."""

    region: str
    practices: int
    counts: tuple[int, ...]
    """In the order of the common sectors."""


def sectors(figures: Figures, regions: Sequence[str]) -> tuple[SectorRow, ...]:
    """Regions, as they are given, by common sectors."""
    practices = figures.numbers("practice")
    columns = [figures.numbers("common", one.key) for one in common_sectors()]
    return tuple(
        SectorRow(
            region=region_id,
            practices=practices.get(region_id, 0),
            counts=tuple([column.get(region_id, 0) for column in columns]),
        )
        for region_id in regions
    )


class PartnerRow(Struct, frozen=True, kw_only=True):
    """A common sector: in how many practices it has a partner, and in how many together with each other one."""

    sector: str
    practices: int
    counts: tuple[int, ...]
    """In the order of the common sectors; its own place holds the total."""


def co_operation(figures: Figures) -> tuple[PartnerRow, ...]:
    """Common sectors by common sectors, of all regions in *figures* together."""
    keys = [one.key for one in common_sectors()]
    pairs = {pair: sum(numbers.values()) for pair, numbers in figures.measure("pair").items()}
    rows = []
    for a in keys:
        own = figures.total("partner", a)
        counts = tuple(own if a == b else pairs.get((a, b) if a < b else (b, a), 0) for b in keys)
        rows.append(PartnerRow(sector=a, practices=own, counts=counts))
    return tuple(rows)
