"""Lifecycles as tables, state x action → state: what is not in its table is refused.

A record has two: ``RECORD`` is what the public knows of it, ``WORK`` is how far its working version is. How far its
status is, its kind says (``RecordKind.lifecycle``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lanzarote.errors import LanzaroteError


class IllegalTransition(LanzaroteError):
    """The action is not possible in the state the record is in."""


Transitions = Mapping[tuple[str | None, str], str]
"""State and action → the state that it leads to; None: there is no record yet."""

RECORD: Final[Transitions] = {
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
    ("archived", "restore"): "draft",
    ("archived", "restore-withdrawn"): "withdrawn",  # the public has read it: its page goes on saying so
    ("draft", "erase"): "erased",
    ("published", "erase"): "erased",
    ("withdrawn", "erase"): "erased",
    ("archived", "erase"): "erased",
    ("published", "merge"): "merged",  # into another record of its kind, which answers in its place
    ("merged", "split"): "published",
    ("merged", "erase"): "erased",
}

STAGES: Final = ("", "writing", "submitted", "assessing")
WORK: Final[Transitions] = {
    ("", "write"): "writing",
    ("writing", "write"): "writing",
    ("writing", "submit"): "submitted",
    ("writing", "discard"): "",
    ("submitted", "take-back"): "writing",
    ("submitted", "return"): "writing",
    ("submitted", "assess"): "assessing",
    ("submitted", "publish"): "",
    ("writing", "keep"): "",  # nothing that the public reads has changed
    ("writing", "accept"): "",  # nobody here has written any of it: the region's package has
    ("assessing", "return"): "writing",
    ("assessing", "publish"): "",
    # However far it was: an upgrade's text has to be looked at anew; what is put away or erased is worked on no more.
    **{(stage, "upgrade"): "writing" for stage in STAGES},
    **{(stage, "close"): "" for stage in STAGES},
}


def next_state(table: Transitions, state: str | None, action: str) -> str:
    """Return the state that *action* leads to. Raises IllegalTransition that names what is possible."""
    if (after := table.get((state, action))) is not None:
        return after
    possible = sorted(action for known, action in table if known == state)
    way = f"possible is: {', '.join(possible)}" if possible else "nothing more can be done with it"
    raise IllegalTransition(f"A {state or 'new'} record cannot be given the action {action!r}; {way}.")
