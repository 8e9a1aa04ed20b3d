"""A flow in one reader's words: lanes, steps, ways from one to the next. What pictures and files are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.types import ProcedureStep, Side


class FlowLane(Struct, frozen=True, kw_only=True):
    """Who is responsible: a stakeholder, a sector, or nobody that is named."""

    name: str
    side: Side | None = None
    side_words: str = ""


class Way(Struct, frozen=True, kw_only=True):
    """Where it goes on."""

    to: int
    """Place of the step that follows."""
    condition: str = ""
    """Under which condition; empty: always, or where none of the others holds."""


class FlowStep(Struct, frozen=True, kw_only=True):
    key: str
    title: str
    lane: int
    notes: tuple[str, ...] = ()
    """What a picture says below the title: deadline, whether it begins or ends here."""
    told: tuple[str, ...] = ()
    """Everything else that is known of it, line by line."""
    trigger: str = ""
    ways: tuple[Way, ...] = ()
    end: bool = False


class Flow(Struct, frozen=True, kw_only=True):
    title: str
    language: str
    description: str
    """What a picture of it shows, in a sentence."""
    words: Mapping[str, str]
    """Words of the reader's that a file needs: ``start``, ``question``, ``otherwise``, ``end``, ``unknown``."""
    lanes: tuple[FlowLane, ...]
    steps: tuple[FlowStep, ...]

    @property
    def entries(self) -> tuple[int, ...]:
        """Places of the steps where it begins: the first, and each that nothing leads to."""
        led = {way.to for place, step in enumerate(self.steps) for way in step.ways if way.to != place}
        return tuple(place for place in range(len(self.steps)) if place == 0 or place not in led)


def ways_of(step: ProcedureStep, places: Mapping[str, int], condition_of: Mapping[int, str]) -> tuple[Way, ...]:
    """The ways on from *step*, each target once; *condition_of*: number of a branch → its condition in words.

    Targets that are not there are left out. What follows anyway follows under no condition.
    """
    found: dict[int, list[str]] = {}
    for number, branch in enumerate(step.branches):
        if branch.to in places and branch.to not in step.next:
            found.setdefault(places[branch.to], []).append(condition_of[number])
    for key in step.next:
        if key in places:
            found.setdefault(places[key], [])
    return tuple(
        Way(to=to, condition=words[0] if len(words) == 1 else " / ".join(filter(None, words)))
        for to, words in found.items()
    )
