"""Rows of the form of a procedure: steps in their order, and what stands in each; steps are named by their numbers.

Nothing is checked or lost here: whatever was typed is there again, in another row.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lanzarote.web.refusals import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_NUMBERS: Final = re.compile(r"\d+")
MOST_ROWS: Final = 200
PRESET: Final = frozenset({"key", "kind", "within_unit"})
"""What a row holds though nobody wrote in it."""


def rows(data: Mapping[str, Any], room: str) -> list[int]:
    """Numbers of the rows of *room* that were sent, such as ``steps`` or ``steps[3].passes``."""
    start = f"{room}["
    found = set()
    for name in data:
        number, closed, _ = name.removeprefix(start).partition("].")
        if name.startswith(start) and closed and number.isascii() and number.isdecimal() and len(number) < 4:
            found.add(int(number))
    return sorted(found)


def row(data: Mapping[str, Any], room: str, number: int) -> dict[str, Any]:
    """The fields of one row, without its place."""
    start = f"{room}[{number}]."
    return {name[len(start) :]: value for name, value in data.items() if name.startswith(start)}


def is_empty(fields: Mapping[str, Any]) -> bool:
    """Whether nobody wrote anything in the row."""
    return not any(text_of(fields, name) for name in fields if name.rpartition(".")[2] not in PRESET)


def compact(data: Mapping[str, Any]) -> dict[str, Any]:
    """*data* without rows in which nobody wrote: what remains is numbered anew, and steps that are named too."""
    steps = rows(data, "steps")
    asked = {number - 1 for one in steps for number in _named_in(row(data, "steps", one))}
    # An empty step that another leads to is one that somebody forgot to write.
    kept = [number for number in steps if number in asked or not is_empty(row(data, "steps", number))]
    found = arranged(data, kept)
    for place in range(len(kept)):
        for room in ("passes", "branches"):
            found = _renumbered(found, f"steps[{place}].{room}")
    for room in ("parties", "measures", "own_sources"):
        found = _renumbered(found, room)
    return found


def rearranged(data: Mapping[str, Any], do: str, languages: Sequence[str]) -> dict[str, Any]:
    """*data* with a row more or less, or a step elsewhere, as the button *do* says: ``up:3``, ``add-step``."""
    what, _, which = do.partition(":")
    order, place = rows(data, "steps"), _number(which.partition(".")[0])
    found = dict(data)
    if what in ("up", "down") and place in order:
        here = order.index(place)
        there = here + (1 if what == "down" else -1)
        if 0 <= there < len(order):
            order[here], order[there] = order[there], order[here]
        return arranged(data, order)
    if what == "remove" and place in order:
        return arranged(data, [number for number in order if number != place])
    if what == "add-step":
        # Below the step that is named, or last.
        order = order[: order.index(place) + 1] if place in order else order
        rest = [number for number in rows(data, "steps") if number not in order]
        new = max([*order, *rest], default=-1) + 1
        return arranged({**found, f"steps[{new}].key": ""}, [*order, new, *rest]) if new < MOST_ROWS else found
    if what in ("add-pass", "add-branch") and place in order:
        room = f"steps[{place}].{'passes' if what == 'add-pass' else 'branches'}"
        name = f"what.{languages[0]}" if what == "add-pass" else "to"
        found[f"{room}[{max(rows(data, room), default=-1) + 1}].{name}"] = ""
    if what in ("remove-pass", "remove-branch") and place in order:
        room = f"steps[{place}].{'passes' if what == 'remove-pass' else 'branches'}"
        return _without(found, room, _number(which.partition(".")[2]))
    if what.startswith("add-") and (room := ROOMS.get(what[4:], "")):
        found[f"{room}[{max(rows(data, room), default=-1) + 1}].key"] = ""
    if what.startswith("remove-") and (room := ROOMS.get(what[7:], "")):
        return _without(found, room, place)
    return found


ROOMS: Final[Mapping[str, str]] = {"party": "parties", "measure": "measures", "source": "own_sources"}


def arranged(data: Mapping[str, Any], order: Sequence[int]) -> dict[str, Any]:
    """*data* with the rows of steps in *order*, others left out; whoever named a step by number still names it."""
    found = {name: value for name, value in data.items() if not name.startswith("steps[")}
    numbers = {old + 1: 0 for old in rows(data, "steps")} | {old + 1: new + 1 for new, old in enumerate(order)}
    for new, old in enumerate(order):
        for name, value in row(data, "steps", old).items():
            if _names_steps(name):
                value = _moved(text_of({name: value}, name), numbers)
            found[f"steps[{new}].{name}"] = value
    return found


def numbers_in(text: str) -> list[int]:
    """Steps that are named: ``3, 5`` or ``3 et 5``."""
    return [int(one) for one in _NUMBERS.findall(text) if len(one) < 5]


def _moved(text: str, numbers: Mapping[int, int]) -> str:
    """*text* with the numbers that steps have now; what names none stays as it was typed, for its writer to see."""
    if not _NUMBERS.search(text):
        return text
    return ", ".join(str(numbers.get(one, one)) for one in numbers_in(text) if numbers.get(one, one))


def _names_steps(name: str) -> bool:
    return name == "next" or (name.startswith("branches[") and name.endswith("].to"))


def _named_in(fields: Mapping[str, Any]) -> list[int]:
    return [number for name in fields if _names_steps(name) for number in numbers_in(text_of(fields, name))]


def _renumbered(data: Mapping[str, Any], room: str) -> dict[str, Any]:
    kept = [number for number in rows(data, room) if not is_empty(row(data, room, number))]
    return _placed(data, room, kept)


def _without(data: Mapping[str, Any], room: str, number: int) -> dict[str, Any]:
    return _placed(data, room, [one for one in rows(data, room) if one != number])


def _placed(data: Mapping[str, Any], room: str, kept: Iterable[int]) -> dict[str, Any]:
    found = {name: value for name, value in data.items() if not name.startswith(f"{room}[")}
    for new, number in enumerate(kept):
        found |= {f"{room}[{new}].{name}": value for name, value in row(data, room, number).items()}
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else -1
