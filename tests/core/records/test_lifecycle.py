"""Every transition stands in a table, and every other one is refused with what is possible."""

from __future__ import annotations

from itertools import product

import pytest
from lanzarote.composition import KINDS
from lanzarote.improvements.model import FINDING_LIFECYCLE, IMPROVEMENT_LIFECYCLE
from lanzarote.records.lifecycle import RECORD, WORK, IllegalTransition, Transitions, next_state

TABLES: dict[str, Transitions] = {
    "record": RECORD,
    "work": WORK,
    **{kind.name: kind.lifecycle for kind in KINDS.values() if kind.lifecycle},
}


@pytest.mark.parametrize("name", TABLES)
def test_it_goes_only_where_its_table_says(name: str) -> None:
    """What the tables say is recorded in tests/frozen."""
    table = TABLES[name]
    states, actions = {*table.values()} | {state for state, _ in table}, {action for _, action in table}
    for state, action in product(states, actions):
        if (state, action) in table:
            assert next_state(table, state, action) == table[state, action]
        else:
            with pytest.raises(IllegalTransition, match="cannot be given the action"):
                next_state(table, state, action)


def test_a_finding_is_shared_again_only_by_being_shared_or_reopened() -> None:
    assert [pair for pair, state in FINDING_LIFECYCLE.items() if state == "shared"] == [
        ("draft", "share"), ("shared", "write"), ("closed", "reopen"),
    ]  # fmt: skip


def test_an_improvement_is_decided_only_after_positions_were_asked_for() -> None:
    decided = {"adopted": "adopt", "not-adopted": "reject"}
    into = {pair for pair, state in IMPROVEMENT_LIFECYCLE.items() if state in decided}
    assert into == {("called", "adopt"), ("called", "reject"), ("completed", "resume")}


def test_a_refusal_says_what_is_possible() -> None:
    with pytest.raises(IllegalTransition) as refused:
        next_state(RECORD, "withdrawn", "withdraw")
    assert str(refused.value) == (
        "A withdrawn record cannot be given the action 'withdraw'; possible is: archive, erase, publish, write."
    )
    with pytest.raises(IllegalTransition, match="nothing more can be done with it"):
        next_state(RECORD, "erased", "publish")


@pytest.mark.parametrize("name", TABLES)
def test_every_state_can_be_reached_from_nothing(name: str) -> None:
    table = TABLES[name]
    begun: set[str | None] = {{"work": "", "stakeholder": "cited"}.get(name)}
    reached = set(begun)
    while more := {to for (state, _), to in table.items() if state in reached} - reached:
        reached |= more
    assert {state for state, _ in table} | {*table.values()} == reached
