"""A body that did not agree to be named is not told of so that one can work out which it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from lanzarote.improvements.dissent import Voices, voices
from lanzarote.improvements.outcome import GroupOutcome, Member
from lanzarote.improvements.positions_model import CountedPosition, Decided
from lanzarote.types import DecisionRule

COURTS, HEALTH = ("public", ("courts",)), ("public", ("health",))
PRIVATE = ("private", ("courts",))


def heard(
    *bodies: tuple[str, tuple[str, ...]],
    against: tuple[int, ...] = (0,),
    named: tuple[int, ...] = (),
    before: tuple[int, ...] = (),
    erased: tuple[int, ...] = (),
) -> Voices:
    """Of *bodies*, those *against* object and the others support; *named* ones agreed to be named."""
    taking_part = tuple(
        Member(stakeholder=str(number), side=side, sectors=sectors)  # type: ignore[arg-type]
        for number, (side, sectors) in enumerate(bodies)
    )
    decided = Decided(
        version=1,
        call=1,
        rule=DecisionRule(version=1, text={"fr": "Par consensus."}),
        taking_part=taking_part,
        bodies={str(number): {"fr": "Nom"} for number in range(len(bodies)) if number not in erased},
        present=(),
        positions=tuple(
            CountedPosition(
                stakeholder=str(number), choice="object" if number in against else "support", named=number in named
            )
            for number in range(len(bodies))
        ),
        outcome=GroupOutcome(verdict="not-adopted", steps=()),
        reasons={"fr": "Une opposition."},
        day=date(2031, 3, 1),
        named_before=tuple(map(str, before)),
    )
    return voices(decided)


def told(*bodies: tuple[str, tuple[str, ...]], **more: Any) -> list[tuple[Any, tuple[str, ...]]]:
    """Side and sectors as told of each that objects."""
    return [(one.side, one.sectors) for one in heard(*bodies, **more).dissent]


def shown(*bodies: tuple[str, tuple[str, ...]], **more: Any) -> tuple[list[str], list[str], bool]:
    """Who is told by name: of those that object, of the others; and whether names are withheld."""
    found = heard(*bodies, **more)
    against = [one.named.stakeholder for one in found.dissent if one.named]
    return against, [one.stakeholder for one in found.named], found.withheld


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ([COURTS, COURTS, COURTS], ("public", ("courts",))),
        ([COURTS, COURTS, HEALTH], ("public", ())),
        ([COURTS, HEALTH, PRIVATE], (None, ())),
        ([COURTS, COURTS, ("public", ("courts", "health"))], ("public", ())),
        ([COURTS, COURTS, COURTS, PRIVATE, PRIVATE, PRIVATE], ("public", ("courts",))),
        ([PRIVATE, ("mixed", ()), ("mixed", ()), COURTS, COURTS, COURTS], (None, ())),
    ],
)
def test_as_much_is_told_as_three_bodies_fit(bodies: list[Any], expected: Any) -> None:
    assert told(*bodies) == [expected]


@pytest.mark.parametrize("against", [0, 3])
def test_not_being_told_as_public_does_not_tell_the_one_that_is_not(against: int) -> None:
    assert told(COURTS, COURTS, COURTS, PRIVATE, against=(against,)) == [(None, ())]
    assert told(COURTS, COURTS, COURTS, HEALTH, against=(against,)) == [("public", ())]


def test_where_all_of_a_kind_object_the_kind_is_not_told() -> None:
    assert told(COURTS, COURTS, COURTS, PRIVATE, PRIVATE, PRIVATE, against=(0, 1, 2)) == [(None, ())] * 3


def test_the_only_one_without_a_name_is_not_known_by_that() -> None:
    assert shown(COURTS, COURTS, COURTS, COURTS, named=(1, 2, 3)) == ([], [], True)
    assert shown(COURTS, COURTS, COURTS, COURTS, named=(2, 3)) == ([], [], True)
    assert shown(COURTS, COURTS, COURTS, COURTS, named=(3,)) == ([], ["3"], False)


def test_whoever_is_named_otherwise_hides_nobody() -> None:
    assert told(COURTS, COURTS, COURTS, HEALTH, named=(2,)) == [("public", ())]
    assert told(COURTS, COURTS, COURTS, COURTS, named=(3,)) == [("public", ("courts",))]


def test_without_somebody_to_hide_everybody_is_named_who_agreed() -> None:
    assert shown(COURTS, COURTS, COURTS, against=(), named=(0, 1)) == ([], ["0", "1"], False)
    assert shown(COURTS, COURTS, COURTS, against=(0,), named=(0, 1)) == (["0"], ["1"], False)


def test_who_objects_by_name_is_named_while_enough_others_are_not() -> None:
    assert shown(*[COURTS] * 5, against=(0, 1), named=(0, 2, 3)) == (["0"], [], True)
    assert shown(*[COURTS] * 3, against=(0, 1), named=(0,)) == ([], [], True)


def test_most_of_those_without_a_name_did_not_object() -> None:
    assert shown(*[COURTS] * 6, against=(0, 1, 2), named=(3, 4)) == ([], [], True)
    assert shown(*[COURTS] * 6, against=(0, 1), named=(4, 5)) == ([], ["4", "5"], False)


def test_who_was_named_in_an_earlier_decision_or_was_erased_hides_nobody() -> None:
    assert shown(*[COURTS] * 4, named=(3,), before=(2,)) == ([], [], True)
    assert shown(*[COURTS] * 4, named=(3,), erased=(2,)) == ([], [], True)
