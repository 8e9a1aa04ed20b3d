"""Every transition stands in a table, and every other one is refused with what is possible."""

from __future__ import annotations

from itertools import product

import pytest
from lanzarote.records.lifecycle import (
    MAY,
    MAY_FINDING,
    MAY_IMPROVEMENT,
    MAY_STAKEHOLDER,
    RECORD,
    TABLES,
    WORK,
    IllegalTransition,
    next_state,
    possible_actions,
)

STATES = (None, "draft", "published", "withdrawn", "archived", "erased", "merged")
ACTIONS = ("write", "publish", "withdraw", "archive", "restore", "restore-withdrawn", "erase", "merge", "split")
ALLOWED = {
    (None, "write"): "draft",
    (None, "publish"): "published",
    ("draft", "write"): "draft",
    ("published", "write"): "published",
    ("withdrawn", "write"): "withdrawn",
    ("draft", "publish"): "published",
    ("draft", "archive"): "archived",
    ("draft", "erase"): "erased",
    ("published", "publish"): "published",
    ("published", "withdraw"): "withdrawn",
    ("published", "erase"): "erased",
    ("withdrawn", "publish"): "published",
    ("withdrawn", "archive"): "archived",
    ("withdrawn", "erase"): "erased",
    ("archived", "restore"): "draft",
    ("archived", "restore-withdrawn"): "withdrawn",
    ("archived", "erase"): "erased",
    ("published", "merge"): "merged",
    ("merged", "split"): "published",
    ("merged", "erase"): "erased",
}


STAGES = ("", "writing", "submitted", "assessing")
WORK_ACTIONS = (
    "write",
    "submit",
    "discard",
    "take-back",
    "return",
    "assess",
    "publish",
    "upgrade",
    "close",
    "keep",
    "accept",
)
WORK_ALLOWED = {
    ("", "write"): "writing",
    ("", "upgrade"): "writing",
    ("", "close"): "",
    ("writing", "write"): "writing",
    ("writing", "submit"): "submitted",
    ("writing", "discard"): "",
    ("writing", "keep"): "",
    ("writing", "accept"): "",
    ("writing", "upgrade"): "writing",
    ("writing", "close"): "",
    ("submitted", "take-back"): "writing",
    ("submitted", "return"): "writing",
    ("submitted", "assess"): "assessing",
    ("submitted", "publish"): "",
    ("submitted", "upgrade"): "writing",
    ("submitted", "close"): "",
    ("assessing", "return"): "writing",
    ("assessing", "publish"): "",
    ("assessing", "upgrade"): "writing",
    ("assessing", "close"): "",
}


@pytest.mark.parametrize(("stage", "action"), [*product(STAGES, WORK_ACTIONS)])
def test_a_working_version_goes_only_where_its_table_says(stage: str, action: str) -> None:
    if (stage, action) in WORK_ALLOWED:
        assert next_state("work", stage, action) == WORK_ALLOWED[stage, action]
    else:
        with pytest.raises(IllegalTransition, match="cannot be given the action"):
            next_state("work", stage, action)


def test_every_action_of_a_person_names_the_permission_it_takes() -> None:
    # Somebody restores; to which of the two states, the record tells.
    by_people = {action for _, action in (*RECORD, *WORK)} - {"upgrade", "close", "restore-withdrawn"}
    assert {*MAY} | {*MAY_STAKEHOLDER} == by_people
    assert {*MAY_FINDING} == {action for _, action in TABLES["finding"]} | {"erase"}
    of_record = {"withdraw", "publish", "archive", "restore", "erase"}
    assert {*MAY_IMPROVEMENT} == {action for _, action in TABLES["improvement"]} | of_record


def test_what_is_possible_is_told_in_order() -> None:
    assert possible_actions("work", "writing") == ("accept", "close", "discard", "keep", "submit", "upgrade", "write")


@pytest.mark.parametrize(("state", "action"), [*product(STATES, ACTIONS)])
def test_a_record_goes_only_where_its_table_says(state: str | None, action: str) -> None:
    if (state, action) in ALLOWED:
        assert next_state("record", state, action) == ALLOWED[state, action]
    else:
        with pytest.raises(IllegalTransition, match="cannot be given the action"):
            next_state("record", state, action)


def test_the_table_has_nothing_else() -> None:
    assert (TABLES["record"], TABLES["work"]) == (ALLOWED, WORK_ALLOWED)
    assert {*RECORD.values()} | {state for state, _ in RECORD} == set(STATES)


def test_a_finding_is_shared_again_only_by_being_shared_or_reopened() -> None:
    assert [pair for pair, state in TABLES["finding"].items() if state == "shared"] == [
        ("draft", "share"), ("shared", "write"), ("closed", "reopen"),
    ]  # fmt: skip


def test_an_improvement_is_decided_only_after_positions_were_asked_for() -> None:
    decided = {"adopted": "adopt", "not-adopted": "reject"}
    into = {pair for pair, state in TABLES["improvement"].items() if state in decided}
    assert into == {("called", "adopt"), ("called", "reject"), ("completed", "resume")}


def test_a_refusal_says_what_is_possible() -> None:
    with pytest.raises(IllegalTransition) as refused:
        next_state("record", "withdrawn", "withdraw")
    assert str(refused.value) == (
        "A withdrawn record cannot be given the action 'withdraw'; possible is: archive, erase, publish, write."
    )
    with pytest.raises(IllegalTransition, match="nothing more can be done with it"):
        next_state("record", "erased", "publish")


@pytest.mark.parametrize("name", TABLES)
def test_every_state_can_be_reached_from_nothing(name: str) -> None:
    table = TABLES[name]
    begun: set[str | None] = {{"work": "", "relation": "cited"}.get(name)}
    reached = set(begun)
    while more := {to for (state, _), to in table.items() if state in reached} - reached:
        reached |= more
    assert {state for state, _ in table} | {*table.values()} == reached
