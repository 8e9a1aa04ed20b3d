"""Lifecycles as tables, state x action → state, and one small engine: what is not written here is refused."""

from __future__ import annotations

from typing import Final

from lanzarote.errors import LanzaroteError


class IllegalTransition(LanzaroteError):
    """The action is not possible in the state the record is in."""


RECORD: Final[dict[tuple[str | None, str], str]] = {
    (None, "write"): "draft",
    (None, "publish"): "published",  # shipped content: documented from public sources
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
}

TABLES: Final = {"record": RECORD}


def next_state(table: str, state: str | None, action: str) -> str:
    """Return the state that *action* leads to. Raises IllegalTransition that names what is possible."""
    transitions = TABLES[table]
    try:
        return transitions[state, action]
    except KeyError:
        possible = sorted(name for known, name in transitions if known == state)
        here = state or "new"
        way = f"possible is: {', '.join(possible)}" if possible else "nothing more can be done with it"
        raise IllegalTransition(f"A {here} record cannot be given the action {action!r}; {way}.") from None
