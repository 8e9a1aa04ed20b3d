"""What the rule makes of positions: the same for everybody who computes it, and never against who agrees."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanzarote.improvements.outcome import Choice, Member, outcome
from lanzarote.types import DecisionRule

CHOICES = get_args(Choice)
SIDES = ("public", "civil-society", "mixed", "private")
SECTORS = ("courts", "education", "health", "police", "support")


def rule(**more: Any) -> DecisionRule:
    return DecisionRule(version=1, text={"en": "A rule."}, **more)


RULES = st.builds(
    rule,
    quorum_share=st.one_of(st.none(), st.floats(0.05, 1)),
    quorum_sides=st.lists(st.sampled_from(SIDES), unique=True, max_size=2).map(tuple),
    majority=st.sampled_from(("consensus", "simple", "two-thirds")),
    abstentions_count=st.booleans(),
)
MEMBERS = st.lists(
    st.tuples(
        st.sampled_from(SIDES),
        st.lists(st.sampled_from(SECTORS), min_size=1, max_size=3, unique=True),
        st.one_of(st.none(), st.sampled_from(CHOICES)),
        st.booleans(),
    ),
    max_size=8,
)


def read(members: list[Any]) -> tuple[list[Member], dict[str, Choice], list[str]]:
    ids = [f"b{number}" for number in range(len(members))]
    taking_part = [
        Member(stakeholder=name, side=side, sectors=tuple(sectors))
        for name, (side, sectors, _, _) in zip(ids, members, strict=True)
    ]
    said = {name: one[2] for name, one in zip(ids, members, strict=True) if one[2]}
    return taking_part, said, [name for name, one in zip(ids, members, strict=True) if one[3]]


@given(RULES, MEMBERS, st.randoms())
def test_the_order_in_which_bodies_are_read_changes_nothing(one: DecisionRule, members: list[Any], dice: Any) -> None:
    taking_part, said, present = read(members)
    expected = outcome(one, taking_part, said, present)
    shuffled = list(said.items())
    for some in (taking_part, shuffled, present):
        dice.shuffle(some)
    assert outcome(one, taking_part, dict(shuffled), present) == expected


@given(RULES, MEMBERS, st.sampled_from(SIDES), st.sampled_from(SECTORS))
def test_another_body_that_is_there_and_supports_never_turns_adopted_into_not_adopted(
    one: DecisionRule, members: list[Any], side: Any, sector: str
) -> None:
    taking_part, said, present = read(members)
    if outcome(one, taking_part, said, present).verdict != "adopted":
        return
    new = Member(stakeholder="new", side=side, sectors=(sector,))
    assert outcome(one, [*taking_part, new], said | {"new": "support"}, [*present, "new"]).verdict == "adopted"


@given(RULES, MEMBERS, st.integers(0, 7))
def test_a_body_that_comes_to_support_never_turns_adopted_into_not_adopted(
    one: DecisionRule, members: list[Any], place: int
) -> None:
    taking_part, said, present = read(members)
    if place < len(taking_part) and outcome(one, taking_part, said, present).verdict == "adopted":
        turned = said | {taking_part[place].stakeholder: "support"}
        assert outcome(one, taking_part, turned, present).verdict == "adopted"


@given(RULES, MEMBERS)
def test_who_takes_no_part_counts_nowhere(one: DecisionRule, members: list[Any]) -> None:
    taking_part, said, present = read(members)
    expected = outcome(one, taking_part, said, present)
    assert outcome(one, taking_part, said | {"stranger": "object"}, [*present, "stranger"]) == expected


COURTS = Member(stakeholder="courts", side="public", sectors=("courts",))
SCHOOLS = Member(stakeholder="schools", side="public", sectors=("education",))
HAVEN = Member(stakeholder="haven", side="civil-society", sectors=("support",))
ALL = (COURTS, SCHOOLS, HAVEN)


@pytest.mark.parametrize(
    ("majority", "abstentions_count", "said", "verdict"),
    [
        ("consensus", False, {"courts": "support", "schools": "reservations", "haven": "abstain"}, "adopted"),
        ("consensus", False, {"courts": "support", "schools": "object"}, "not-adopted"),
        ("consensus", True, {"courts": "support", "haven": "abstain"}, "not-adopted"),
        ("consensus", False, {"courts": "abstain", "haven": "no-position"}, "not-adopted"),
        ("consensus", False, {}, "not-adopted"),
        ("simple", False, {"courts": "support", "schools": "object"}, "not-adopted"),
        ("simple", False, {"courts": "support", "schools": "support", "haven": "object"}, "adopted"),
        ("simple", True, {"courts": "support", "schools": "abstain"}, "not-adopted"),
        ("two-thirds", False, {"courts": "support", "schools": "support", "haven": "object"}, "adopted"),
        ("two-thirds", False, {"courts": "support", "schools": "object", "haven": "remark"}, "not-adopted"),
        ("simple", False, {"courts": "support", "schools": "awaiting", "haven": "remark"}, "adopted"),
    ],
)
def test_each_majority_counts_as_it_says(
    majority: Any, abstentions_count: bool, said: dict[str, Any], verdict: str
) -> None:
    one = rule(majority=majority, abstentions_count=abstentions_count)
    assert outcome(one, ALL, said, ["courts", "schools", "haven"]).verdict == verdict


@pytest.mark.parametrize(
    ("share", "sides", "present", "quorate"),
    [
        (0.5, (), ["courts"], False),
        (0.5, (), ["courts", "schools"], True),
        (0.6667, (), ["courts", "haven"], True),
        (1.0, (), ["courts", "haven"], False),
        (None, ("public", "civil-society"), ["courts", "schools"], False),
        (None, ("public", "civil-society"), ["courts", "haven"], True),
        (None, (), [], True),
        (0.5, (), [], False),
    ],
)
def test_quorum_is_about_sectors_and_sides_that_are_there(
    share: float | None, sides: Any, present: list[str], quorate: bool
) -> None:
    said: dict[str, Choice] = {"courts": "support", "schools": "support", "haven": "support"}
    found = outcome(rule(quorum_share=share, quorum_sides=sides), ALL, said, present)
    assert found.verdict == ("adopted" if quorate else "no-quorum")


def test_a_group_of_nobody_decides_nothing() -> None:
    assert outcome(rule(), (), {}, ()).verdict == "no-quorum"


def test_the_steps_name_who_said_what() -> None:
    said: dict[str, Choice] = {"courts": "reservations", "schools": "object"}
    steps = {step.code: step for step in outcome(rule(quorum_share=0.5), ALL, said, ["courts", "schools"]).steps}
    assert [*steps] == ["sectors", "counted", "objected", "reserved", "silent", "consensus"]
    assert (steps["sectors"].met, steps["sectors"].count, steps["sectors"].of) == (True, 2, 3)
    assert steps["objected"].stakeholders == ("schools",)
    assert steps["silent"].stakeholders == ("haven",)
    assert (steps["consensus"].met, steps["consensus"].count, steps["consensus"].of) == (False, 1, 2)
