"""What changed between two versions of a procedure: step by step, then everything else word by word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct

from lanzarote.procedures.words import label_of
from lanzarote.translation import language_name
from lanzarote.web.comparing import compare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from lanzarote.types import Procedure, ProcedureStep
    from lanzarote.web.comparing import Piece
    from lanzarote.web.site import View

Kind = Literal["added", "removed", "changed", "moved"]


class StepChange(Struct, frozen=True, kw_only=True):
    """What became of a step; one that moved may have changed too."""

    key: str
    kinds: tuple[Kind, ...]
    before: int = 0
    """Its number before; 0: it was not there."""
    after: int = 0


class Difference(Struct, frozen=True, kw_only=True):
    """A field that differs."""

    label: str
    lang: str
    language: str
    pieces: tuple[Piece, ...]


class StepDifference(Struct, frozen=True, kw_only=True):
    change: StepChange
    title: dict[str, str]
    fields: tuple[Difference, ...]


def step_changes(before: Sequence[ProcedureStep], after: Sequence[ProcedureStep]) -> tuple[StepChange, ...]:
    """What became of each step, in the order of *after*; those that went come last.

    A step has moved when it stands elsewhere among those that stayed: as few as possible are said to have.
    """
    old = {step.key: (number, step) for number, step in enumerate(before, 1)}
    new = {step.key: (number, step) for number, step in enumerate(after, 1)}
    stayed = _in_order([old[key][0] for key in new if key in old])
    found = []
    for key, (number, step) in new.items():
        if key not in old:
            found.append(StepChange(key=key, kinds=("added",), after=number))
            continue
        was, earlier = old[key]
        kinds: list[Kind] = ["changed"] if step != earlier else []
        if was not in stayed:
            kinds.append("moved")
        if kinds:
            found.append(StepChange(key=key, kinds=tuple(kinds), before=was, after=number))
    found += [StepChange(key=key, kinds=("removed",), before=old[key][0]) for key in old if key not in new]
    return tuple(found)


def step_differences(view: View, before: Procedure, after: Procedure) -> tuple[StepDifference, ...]:
    old, new = ({step.key: step for step in one.steps} for one in (before, after))
    return tuple(
        StepDifference(
            change=change,
            title=(new.get(change.key) or old[change.key]).title,
            fields=tuple(_differing(view, _said(view, old.get(change.key)), _said(view, new.get(change.key)))),
        )
        for change in step_changes(before.steps, after.steps)
    )


def other_differences(view: View, before: Procedure, after: Procedure) -> tuple[Difference, ...]:
    """Every field but the steps that *after* says otherwise than *before*."""
    return tuple(_differing(view, *(_said(view, one, but="steps") for one in (before, after))))


def _in_order(numbers: Sequence[int]) -> set[int]:
    """A longest part of *numbers* that rises: what stayed in its order.

    >>> sorted(_in_order([1, 4, 2, 3]))
    [1, 2, 3]
    """
    best: list[list[int]] = []
    for place, number in enumerate(numbers):
        before = _longest(best[one] for one in range(place) if numbers[one] < number)
        best.append([*before, number])
    return set(_longest(best))


def _longest(some: Iterable[list[int]]) -> list[int]:
    longest: list[int] = []
    for one in some:
        longest = one if len(one) > len(longest) else longest
    return longest


def _said(view: View, value: Struct | None, but: str = "") -> dict[str, str]:
    """Place → what stands there, for everything that a struct says."""
    if value is None:
        return {}
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return {place: words for place, words in _flat(plain, "") if not (but and place.startswith(but)) and words}


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list | tuple) and any(isinstance(one, dict) for one in value):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{path}[{number}]")
    elif isinstance(value, list | tuple):
        yield path, ", ".join(map(str, value))
    elif isinstance(value, bool):
        yield path, "✓" if value else ""
    elif value is not None:
        yield path, str(value)


def _differing(view: View, old: dict[str, str], new: dict[str, str]) -> Iterator[Difference]:
    for place in (*new, *(place for place in old if place not in new)):
        was, now = old.get(place, ""), new.get(place, "")
        if was != now and place != "key":
            lang = _language_in(view, place)
            yield Difference(
                label=label_of(view, place),
                lang=lang or view.lang,
                language=language_name(lang, view.lang) if lang else "",
                pieces=tuple(compare(was, now)),
            )


def _language_in(view: View, place: str) -> str:
    parts = place.split(".")
    known = view.vocabulary.header.languages
    return next((part for part in (parts[1:2] if parts[0] == "text" else parts[-1:]) if part in known), "")
