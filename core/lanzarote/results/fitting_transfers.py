"""Whether a transfer that another region tells of can be: how far it is follows from its steps, and these from rules.

Its origin may be newer where it was taken up than it is here, so nothing is held against what is known of that.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from lanzarote.records import lifecycle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from lanzarote.types import Derived, TransferOrigin, TransferRelease

EAST: Final = timedelta(hours=14)
"""So far is the day in the east ahead of that of Greenwich."""
_MOVES: Final = frozenset((before, after) for (before, _), after in lifecycle.TRANSFER.items() if before != after)


def unfit_origin(field: str, told: TransferOrigin | Derived | None) -> Iterator[str]:
    """The words of another region that are told there: they would stay when it erases what they are of."""
    for name in ("slug", "title", "url"):
        if getattr(told, name, None):
            yield f"{field}.{name}: only the region that it comes from tells this, and may erase it"


def unfit_transfer(one: TransferRelease, until: datetime) -> Iterator[str]:
    """What cannot be of a transfer that is told of; nothing was done after *until*."""
    yield from unfit_origin("origin", one.origin)
    if one.origin.region == one.region:
        yield "origin.region: is the region itself, where there is nothing to take up"
    if one.steps and one.state != one.steps[-1].state:
        yield f"state: is {one.state}, and the last step {one.steps[-1].state}"
    states = [None, *(step.state for step in one.steps)]
    for number, (before, after) in enumerate(pairwise(states)):
        if (before, after) not in _MOVES:
            yield f"steps.{number}: nothing is {after} that was {before or 'not offered'} before"
    for number, (earlier, later) in enumerate(pairwise(one.steps), 1):
        if later.on < earlier.on:
            yield f"steps.{number}.on: {later.on} is before the step that it follows ({earlier.on})"
    for number, step in enumerate(one.steps):
        if step.on > (until + EAST).date():
            yield f"steps.{number}.on: {step.on} is still to come"
