"""Lifecycles as tables, state x action → state, and one small engine: what is not written here is refused.

A record has two: ``record`` is what the public knows of it, ``work`` is how far its working version is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.errors import LanzaroteError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.permissions import Action


class IllegalTransition(LanzaroteError):
    """The action is not possible in the state the record is in."""


RECORD: Final[dict[tuple[str | None, str], str]] = {
    (None, "write"): "draft",
    (None, "publish"): "published",  # shipped content: documented from public sources
    ("draft", "write"): "draft",
    ("published", "write"): "published",
    ("withdrawn", "write"): "withdrawn",
    ("draft", "publish"): "published",
    ("published", "publish"): "published",
    ("published", "withdraw"): "withdrawn",
    ("withdrawn", "publish"): "published",
    ("draft", "archive"): "archived",
    ("withdrawn", "archive"): "archived",
    ("draft", "erase"): "erased",
    ("published", "erase"): "erased",
    ("withdrawn", "erase"): "erased",
    ("archived", "erase"): "erased",
    ("published", "merge"): "merged",  # into another record of its kind, which answers in its place
    ("merged", "split"): "published",
    ("merged", "erase"): "erased",
}

STAGES: Final = ("", "writing", "submitted", "assessing")
WORK: Final[dict[tuple[str | None, str], str]] = {
    ("", "write"): "writing",
    ("writing", "write"): "writing",
    ("writing", "submit"): "submitted",
    ("writing", "discard"): "",
    ("submitted", "take-back"): "writing",
    ("submitted", "return"): "writing",
    ("submitted", "assess"): "assessing",
    ("submitted", "publish"): "",
    ("writing", "keep"): "",  # nothing that the public reads has changed
    ("assessing", "return"): "writing",
    ("assessing", "publish"): "",
    # However far it was: an upgrade's text has to be looked at anew; what is put away or erased is worked on no more.
    **{(stage, "upgrade"): "writing" for stage in STAGES},
    **{(stage, "close"): "" for stage in STAGES},
}

TABLES: Final = {"record": RECORD, "work": WORK}

MAY: Final[Mapping[str, Action]] = {
    "write": "practice.write",
    "submit": "practice.write",
    "discard": "practice.write",
    "take-back": "practice.write",
    "return": "practice.publish",
    "assess": "practice.decide",
    "publish": "practice.publish",
    "withdraw": "practice.withdraw",
    "archive": "practice.withdraw",
    "erase": "practice.erase",
}
"""The permission that each action on a practice takes."""
MAY_STAKEHOLDER: Final[Mapping[str, Action]] = {
    "write": "stakeholder.write",
    "submit": "stakeholder.write",
    "discard": "stakeholder.write",
    "take-back": "stakeholder.write",
    "keep": "stakeholder.write",
    "return": "stakeholder.publish",
    "publish": "stakeholder.publish",
    "withdraw": "stakeholder.decide",
    "archive": "stakeholder.decide",
    "merge": "stakeholder.decide",
    "split": "stakeholder.decide",
    "erase": "stakeholder.erase",
}
"""As ``MAY``, of an entry of the directory."""


def next_state(table: str, state: str | None, action: str) -> str:
    """Return the state that *action* leads to. Raises IllegalTransition that names what is possible."""
    transitions = TABLES[table]
    try:
        return transitions[state, action]
    except KeyError:
        possible = possible_actions(table, state)
        here = state or "new"
        way = f"possible is: {', '.join(possible)}" if possible else "nothing more can be done with it"
        raise IllegalTransition(f"A {here} record cannot be given the action {action!r}; {way}.") from None


def possible_actions(table: str, state: str | None) -> tuple[str, ...]:
    """Names of the actions that *state* allows, in alphabetical order."""
    return tuple(sorted(action for known, action in TABLES[table] if known == state))
