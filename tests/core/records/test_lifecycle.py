"""Every transition stands in a table, and every other one is refused with what is possible."""

from __future__ import annotations

from itertools import product

import pytest
from lanzarote.records.lifecycle import (
    MAY,
    MAY_STAKEHOLDER,
    RECORD,
    TABLES,
    WORK,
    IllegalTransition,
    next_state,
    possible_actions,
)


@pytest.mark.parametrize("name", TABLES)
def test_it_goes_only_where_its_table_says(name: str) -> None:
    """What the tables say is recorded in tests/frozen."""
    table = TABLES[name]
    states, actions = {*table.values()} | {state for state, _ in table}, {action for _, action in table}
    for state, action in product(states, actions):
        if (state, action) in table:
            assert next_state(name, state, action) == table[state, action]
        else:
            with pytest.raises(IllegalTransition, match="cannot be given the action"):
                next_state(name, state, action)


def test_every_action_of_a_person_names_the_permission_it_takes() -> None:
    # Somebody restores; to which of the two states, the record tells.
    by_people = {action for _, action in (*RECORD, *WORK)} - {"upgrade", "close", "restore-withdrawn"}
    assert {*MAY} | {*MAY_STAKEHOLDER} == by_people


def test_what_is_possible_is_told_in_order() -> None:
    assert possible_actions("work", "writing") == ("accept", "close", "discard", "keep", "submit", "upgrade", "write")


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
