"""The way through the steps of a procedure: where each leads, which are never reached, which go round for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanzarote.types import ProcedureStep


def targets_of(step: ProcedureStep) -> tuple[str, ...]:
    """Keys of the steps that may come next."""
    return (*step.next, *(branch.to for branch in step.branches))


def unreached(steps: Sequence[ProcedureStep]) -> set[int]:
    """Places of the steps to which no way leads, from the first one or from what makes another begin."""
    after = _after(steps)
    led = {target for place, targets in enumerate(after) for target in targets if target != place}
    entries = [place for place, step in enumerate(steps) if place == 0 or (place not in led and step.trigger)]
    return set(range(len(steps))) - _from(entries, after)


def circling(steps: Sequence[ProcedureStep]) -> set[int]:
    """Places of the steps from which nothing but the same steps is ever reached, though each of them goes on."""
    after = _after(steps)
    before: list[list[int]] = [[] for _ in steps]
    for place, targets in enumerate(after):
        for target in targets:
            before[target].append(place)
    # Whoever ends, goes nowhere, or goes where nobody knows is told so elsewhere: it is no circle.
    out = [place for place, step in enumerate(steps) if step.end or len(after[place]) < len(targets_of(step))]
    out += [place for place, targets in enumerate(after) if not targets]
    return set(range(len(steps))) - _from(out, before)


def _after(steps: Sequence[ProcedureStep]) -> list[list[int]]:
    places = {step.key: place for place, step in reversed([*enumerate(steps)])}
    return [[places[key] for key in targets_of(step) if key in places] for step in steps]


def _from(entries: Sequence[int], after: Sequence[Sequence[int]]) -> set[int]:
    reached = set(entries)
    waiting = [*entries]
    while waiting:
        for target in after[waiting.pop()]:
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached
