"""What keeps a procedure from being endorsed, named at the step: it can be drafted with all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.checking import MISSING, Fault
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.types import Procedure, ProcedureStep

NO_STEPS: Final = N_("There is no step yet.")
NO_BASIS: Final = N_(
    "It passes confidential information on, and states no legal basis. Name the provision or the basis."
)
DANGLING: Final = N_("It leads to a step that is not there: %(value)s.")
UNREACHED: Final = N_("No step leads here, and it does not say what makes it begin.")
NO_EXIT: Final = N_("From here the procedure goes round in a circle, and nothing leads out of it.")
NO_WAY_ON: Final = N_("It says neither what follows nor that the procedure ends here.")
ENDS_AND_GOES_ON: Final = N_("It ends here, and other steps follow always: only one of the two can be.")
NOBODY: Final = N_("Say which body or sector does it.")
TWO_BODIES: Final = N_("A procedure is endorsed by at least two bodies of the directory: name them as parties.")
NOT_DRAFTED: Final = N_(
    "It is marked as reconstructed or as an example. Bodies endorse what they agreed on: write that, and mark it as "
    "the group’s own."
)


def open_points(procedure: Procedure) -> tuple[Fault, ...]:
    """Everything that has to be put right before it is proposed."""
    return (*_whole(procedure), *flow_faults(procedure.steps), *without_basis(procedure.steps))


def _whole(procedure: Procedure) -> Iterator[Fault]:
    if procedure.nature != "drafted":
        yield Fault(field="nature", text=NOT_DRAFTED)
    text = procedure.text.get(procedure.original)
    for name in ("title", "purpose"):
        if not (text and getattr(text, name)):
            yield Fault(field=f"text.{procedure.original}.{name}", text=MISSING)
    if len({party.organisation for party in procedure.parties if party.organisation}) < 2:
        yield Fault(field="parties", text=TWO_BODIES)
    if not procedure.steps:
        yield Fault(field="steps", text=NO_STEPS)


def without_basis(steps: Sequence[ProcedureStep]) -> Iterator[Fault]:
    """Confidential information that passes on no stated basis."""
    for place, step in enumerate(steps):
        for number, passing in enumerate(step.passes):
            if passing.confidential and not (passing.basis or any(map(str.strip, passing.basis_text.values()))):
                yield Fault(field=f"steps[{place}].passes[{number}].basis", text=NO_BASIS)


def flow_faults(steps: Sequence[ProcedureStep]) -> Iterator[Fault]:
    """What is wrong with the way through *steps*, in their order."""
    places = {step.key: place for place, step in reversed([*enumerate(steps)])}
    after = [[places[key] for key in _targets(step) if key in places] for step in steps]
    led = {target for place, targets in enumerate(after) for target in targets if target != place}
    entries = [place for place, step in enumerate(steps) if place == 0 or (place not in led and step.trigger)]
    reached = _reached(entries, after)
    stuck = _stuck(steps, after)
    for place, step in enumerate(steps):
        at = f"steps[{place}]"
        if not (step.organisation or step.sector):
            yield Fault(field=f"{at}.organisation", text=NOBODY)
        yield from _dangling(at, step, places)
        if not _targets(step) and not step.end:
            yield Fault(field=f"{at}.next", text=NO_WAY_ON)
        if step.next and step.end:
            yield Fault(field=f"{at}.end", text=ENDS_AND_GOES_ON)
        if place not in reached:
            yield Fault(field=f"{at}.key", text=UNREACHED)
        if place in stuck:
            yield Fault(field=f"{at}.next", text=NO_EXIT)


def _dangling(at: str, step: ProcedureStep, places: Mapping[str, int]) -> Iterator[Fault]:
    for key in step.next:
        if key not in places:
            yield Fault(field=f"{at}.next", text=DANGLING, value=key)
    for number, branch in enumerate(step.branches):
        if branch.to not in places:
            yield Fault(field=f"{at}.branches[{number}].to", text=DANGLING, value=branch.to)


def _targets(step: ProcedureStep) -> tuple[str, ...]:
    return (*step.next, *(branch.to for branch in step.branches))


def _reached(entries: Sequence[int], after: Sequence[Sequence[int]]) -> set[int]:
    reached = set(entries)
    waiting = [*entries]
    while waiting:
        for target in after[waiting.pop()]:
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


def _stuck(steps: Sequence[ProcedureStep], after: Sequence[Sequence[int]]) -> set[int]:
    """Steps from which nothing but the same steps is ever reached, though each of them goes on."""
    before: list[list[int]] = [[] for _ in steps]
    for place, targets in enumerate(after):
        for target in targets:
            before[target].append(place)
    # Whoever ends, goes nowhere, or goes where nobody knows is told so elsewhere: it is no circle.
    out = [place for place, step in enumerate(steps) if step.end or len(after[place]) < len(_targets(step))]
    out += [place for place, targets in enumerate(after) if not targets]
    left = _reached(out, before)
    return set(range(len(steps))) - left
