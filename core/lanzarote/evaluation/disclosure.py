"""What the public may read of a number, so that no small number of people tells of any of them.

Counts of people: 1 to 7 are hidden, everything else is rounded to the nearest five, totals too. Exact totals would
give most of the hidden numbers away, and even rounded ones some of them (twelve times one makes twelve, which rounds
to ten, and only twelve ones make ten of twelve hidden numbers). So a sum in which a number is hidden is not told at
all. That is known from what is shown, and therefore tells nothing itself. Counts of organisations and practices are
told as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanzarote.types.evaluation import Counts

SMALL: Final = 7
"""From one to as many people are hidden."""
STEP: Final = 5


class Shown(Struct, frozen=True, kw_only=True):
    """A number as the public reads it."""

    value: float | None = None
    """None: hidden, or there is none."""
    hidden: bool = False
    rounded: bool = False

    @property
    def words(self) -> str:
        """For files: what stands in the place of a number."""
        return f"1–{SMALL}" if self.hidden else "" if self.value is None else f"{self.value:g}"


NOTHING: Final = Shown()


def shown(value: float | None, counts: Counts) -> Shown:
    """*value* as the public may read it.

    >>> [shown(one, "people").words for one in (0, 1, 7, 8, 12, 13)]
    ['0', '1–7', '1–7', '10', '10', '15']
    >>> shown(3, "organisations").words
    '3'
    """
    if value is None:
        return NOTHING
    if counts != "people":
        return Shown(value=value)
    if 0 < value <= SMALL:
        return Shown(hidden=True)
    return Shown(value=float(int(value + STEP // 2) // STEP * STEP), rounded=True)


def is_as_shown(one: Shown, counts: Counts) -> bool:
    """Whether *one* is what ``shown`` makes of some number; of a count of others than people, any is.

    >>> is_as_shown(Shown(value=3), "people"), is_as_shown(Shown(value=10, rounded=True), "people")
    (False, True)
    """
    return counts != "people" or one.value is None or one == shown(one.value, counts)


def total(values: Sequence[float], counts: Counts) -> Shown | None:
    """The sum of *values* as the public may read it; None: not told, as one of them is hidden."""
    if any(shown(value, counts).hidden for value in values):
        return None
    return shown(float(sum(values)), counts)
