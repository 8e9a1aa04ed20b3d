"""Every transition stands in a table, and every other one is refused with what is possible."""

from __future__ import annotations

from itertools import product

import pytest
from lanzarote.lifecycle import RECORD, TABLES, IllegalTransition, next_state

STATES = (None, "draft", "published", "withdrawn", "archived", "erased")
ACTIONS = ("write", "publish", "withdraw", "archive", "erase")
ALLOWED = {
    (None, "write"): "draft",
    (None, "publish"): "published",
    ("draft", "publish"): "published",
    ("draft", "archive"): "archived",
    ("draft", "erase"): "erased",
    ("published", "publish"): "published",
    ("published", "withdraw"): "withdrawn",
    ("published", "erase"): "erased",
    ("withdrawn", "publish"): "published",
    ("withdrawn", "archive"): "archived",
    ("withdrawn", "erase"): "erased",
    ("archived", "erase"): "erased",
}


@pytest.mark.parametrize(("state", "action"), [*product(STATES, ACTIONS)])
def test_a_record_goes_only_where_its_table_says(state: str | None, action: str) -> None:
    if (state, action) in ALLOWED:
        assert next_state("record", state, action) == ALLOWED[state, action]
    else:
        with pytest.raises(IllegalTransition, match="cannot be given the action"):
            next_state("record", state, action)


def test_the_table_has_nothing_else() -> None:
    assert TABLES == {"record": ALLOWED}
    assert {*RECORD.values()} | {state for state, _ in RECORD} == set(STATES)


def test_a_refusal_says_what_is_possible() -> None:
    with pytest.raises(IllegalTransition) as refused:
        next_state("record", "withdrawn", "withdraw")
    assert str(refused.value) == (
        "A withdrawn record cannot be given the action 'withdraw'; possible is: archive, erase, publish."
    )
    with pytest.raises(IllegalTransition, match="nothing more can be done with it"):
        next_state("record", "erased", "publish")
