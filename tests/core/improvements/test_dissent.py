"""A body that did not agree to be named is not told of so that one can work out which it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from lanzarote.improvements.outcome import GroupOutcome, Member, Voices, voices
from lanzarote.improvements.positions_model import CountedPosition, Decided
from lanzarote.types import DecisionRule

COURTS = ("public", ("courts",))
PRIVATE = ("private", ("courts",))


def heard(
    *bodies: tuple[str, tuple[str, ...]],
    against: tuple[int, ...] = (0,),
    named: tuple[int, ...] = (),
    before: tuple[int, ...] = (),
    erased: tuple[int, ...] = (),
    silent: tuple[int, ...] = (),
    present: tuple[int, ...] = (),
) -> Voices:
    """Of *bodies*, those *against* object and the others support; *named* ones agreed to be named.

    *silent*: said nothing; *present*: was at the meeting at which the group decided, if there was one.
    """
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
        present=tuple(map(str, present)),
        meeting="a-meeting" if present else "",
        positions=tuple(
            CountedPosition(
                stakeholder=str(number), choice="object" if number in against else "support", named=number in named
            )
            for number in range(len(bodies))
            if number not in silent
        ),
        outcome=GroupOutcome(verdict="not-adopted", steps=()),
        reasons={"fr": "Une opposition."},
        day=date(2031, 3, 1),
        named_before=tuple(map(str, before)),
    )
    return voices(decided)


def shown(*bodies: tuple[str, tuple[str, ...]], **more: Any) -> tuple[list[str], list[str], bool]:
    """Who is told by name: of those that object, of the others; and whether names are withheld."""
    found = heard(*bodies, **more)
    against = [one.named.stakeholder for one in found.dissent if one.named]
    return against, [one.stakeholder for one in found.named], found.withheld


@pytest.mark.parametrize("against", [0, 3])
def test_of_one_without_a_name_nothing_is_told_but_what_it_said(against: int) -> None:
    [one] = heard(COURTS, COURTS, COURTS, PRIVATE, against=(against,)).dissent
    assert (one.choice, one.named, one.body) == ("object", None, None)


def test_the_order_in_which_they_are_told_says_nothing_of_who_they_are() -> None:
    named = [one.named is not None for one in heard(*[COURTS] * 8, against=(0, 1, 7), named=(1,)).dissent]
    assert named == [True, False, False]


def test_the_only_one_without_a_name_is_not_known_by_that() -> None:
    assert shown(COURTS, COURTS, COURTS, COURTS, named=(1, 2, 3)) == ([], [], True)
    assert shown(COURTS, COURTS, COURTS, COURTS, named=(2, 3)) == ([], [], True)
    assert shown(COURTS, COURTS, COURTS, COURTS, named=(3,)) == ([], ["3"], False)


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


@pytest.mark.parametrize("gone", [0, 1])
def test_names_that_go_when_a_body_is_erased_do_not_tell_whether_it_was_the_one(gone: int) -> None:
    assert shown(*[COURTS] * 5, named=(3, 4)) == ([], ["3", "4"], False)
    assert shown(*[COURTS] * 5, named=(3, 4), erased=(gone,)) == ([], [], True)


def test_whoever_said_nothing_or_was_not_there_hides_nobody() -> None:
    assert shown(*[COURTS] * 8, named=(3,), silent=(4, 5, 6, 7)) == ([], ["3"], False)
    assert shown(*[COURTS] * 8, named=(2, 3), silent=(4, 5, 6, 7)) == ([], [], True)
    assert shown(*[COURTS] * 8, named=(2, 3), present=(0, 1, 2, 3)) == ([], [], True)
    assert shown(*[COURTS] * 8, named=(2, 3), present=(0, 1, 2, 3, 4)) == ([], ["2", "3"], False)
