"""Who did not agree with a decision, or not wholly, as the public is told: never so that one can work out who it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.improvements.outcome import Choice, Member
    from lanzarote.improvements.positions_model import CountedPosition, Decided
    from lanzarote.types import Side

DISSENT: Final[tuple[Choice, ...]] = ("object", "reservations")
FEWEST: Final = 3
"""So many bodies fit what is told of one that is not named, or less is told of it."""


class Dissent(Struct, frozen=True, kw_only=True):
    """One body that did not agree, or not wholly."""

    choice: Choice
    side: Side | None
    """None where it would tell who it is."""
    sectors: tuple[str, ...]
    """Empty where they would tell who it is."""
    named: CountedPosition | None
    """Its position, if it agreed to be named with it."""


def dissent(decided: Decided) -> Iterator[Dissent]:
    """Those that object, then those with reservations."""
    members = {one.stakeholder: one for one in decided.taking_part}
    # Whoever is named with a position is known not to be the one that is told of without a name.
    named = {one.stakeholder for one in decided.positions if is_named(decided, one)}
    nameless = [one for one in decided.taking_part if one.stakeholder not in named]
    for choice in DISSENT:
        for one in decided.positions:
            if one.choice != choice:
                continue
            body = members[one.stakeholder]
            if one.stakeholder in named:
                yield Dissent(choice=choice, side=body.side, sectors=body.sectors, named=one)
            else:
                side, sectors = _coarse(body, nameless)
                yield Dissent(choice=choice, side=side, sectors=sectors, named=None)


def is_named(decided: Decided, one: CountedPosition) -> bool:
    """It agreed to be named with this, and its entry was not erased since."""
    return one.named and one.stakeholder in decided.bodies


def _coarse(body: Member, others: list[Member]) -> tuple[Side | None, tuple[str, ...]]:
    """As much of its side and sectors as fits FEWEST of those that it could be."""
    of_side = [one for one in others if one.side == body.side]
    if sum(set(one.sectors) == set(body.sectors) for one in of_side) >= FEWEST:
        return body.side, body.sectors
    return (body.side if len(of_side) >= FEWEST else None), ()
