"""A body that did not agree to be named is not told of so that one can work out which it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from lanzarote.improvements.dissent import dissent
from lanzarote.improvements.outcome import GroupOutcome, Member
from lanzarote.improvements.positions_model import CountedPosition, Decided
from lanzarote.types import DecisionRule


def told(*bodies: tuple[str, tuple[str, ...]], named: tuple[int, ...] = ()) -> list[tuple[Any, tuple[str, ...]]]:
    """Side and sectors as told of the first of *bodies*, which objects; those in *named* are named supporters."""
    taking_part = tuple(
        Member(stakeholder=str(number), side=side, sectors=sectors)  # type: ignore[arg-type]
        for number, (side, sectors) in enumerate(bodies)
    )
    decided = Decided(
        version=1,
        call=1,
        rule=DecisionRule(version=1, text={"fr": "Par consensus."}),
        taking_part=taking_part,
        bodies={one.stakeholder: {"fr": "Nom"} for one in taking_part},
        present=(),
        positions=(
            CountedPosition(stakeholder="0", choice="object", reason="Non."),
            *(CountedPosition(stakeholder=str(one), choice="support", named=True) for one in named),
        ),
        outcome=GroupOutcome(verdict="not-adopted", steps=()),
        reasons={"fr": "Une opposition."},
        day=date(2031, 3, 1),
    )
    return [(one.side, one.sectors) for one in dissent(decided)]


COURTS, HEALTH = ("public", ("courts",)), ("public", ("health",))


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ([COURTS, COURTS, COURTS], ("public", ("courts",))),
        ([COURTS, COURTS, HEALTH], ("public", ())),
        ([COURTS, HEALTH, ("private", ("courts",))], (None, ())),
        ([COURTS, COURTS, ("public", ("courts", "health"))], ("public", ())),
    ],
)
def test_as_much_is_told_as_three_bodies_fit(bodies: list[Any], expected: Any) -> None:
    assert told(*bodies) == [expected]


def test_whoever_is_named_otherwise_hides_nobody() -> None:
    assert told(COURTS, COURTS, COURTS, named=(1,)) == [(None, ())]
