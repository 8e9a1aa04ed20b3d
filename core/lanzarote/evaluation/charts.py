"""Geometry of the charts, computed here so that templates only write it down. Pure: values in, values out.

A line is drawn in a frame of 100 × 100 that is stretched to the room there is; words stand beside it as text. Nothing
is drawn that is not told in words: where a number is hidden, the whole band that it may be in is drawn.
"""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lanzarote.evaluation.disclosure import SMALL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.evaluation.disclosure import Shown
    from lanzarote.evaluation.model import Answer

TICKS = 4
OUTERMOST: Final = 1e15
"""What lies further out is drawn here: no scale reaches it. Nobody writes so much; others may have."""
SMALLEST: Final = 1e-9
"""What is nearer to nothing is drawn as nothing."""


class Mark(Struct, frozen=True, kw_only=True):
    """A value, or the band in which a hidden one is."""

    x: float
    y: float
    low: float | None = None
    """Foot of the band; None for a value that is shown."""


class LineChart(Struct, frozen=True, kw_only=True):
    marks: tuple[Mark, ...]
    path: str
    """Through the values that are shown; broken where one is hidden."""
    baseline: float | None
    target: float | None
    ticks: tuple[tuple[float, float], ...]
    """Height in the frame, and the number that stands there."""


class Segment(Struct, frozen=True, kw_only=True):
    """A part of a bar."""

    answer: Answer
    x: float
    width: float
    count: int


def draw_line(
    points: Sequence[tuple[int, Shown]], *, baseline: Shown | None = None, target: float | None = None
) -> LineChart:
    """Lay (day, value) out from left to right, with the height of where it began and of where it is to get.

    >>> from lanzarote.evaluation.disclosure import Shown
    >>> draw_line([(0, Shown(value=0)), (10, Shown(value=10))]).path
    'M4 100L96 0'
    """
    numbers = [one.value for _, one in points if one.value is not None]
    numbers += [float(SMALL) for _, one in points if one.hidden]
    numbers += [one for one in (target, baseline.value if baseline else None) if one is not None]
    drawn = [_drawn(one) for one in numbers]
    ticks = _ticks(min([0.0, *drawn]), max([*drawn, 0.0]))
    bottom, top = ticks[0], ticks[-1]
    first, last = (points[0][0], points[-1][0]) if points else (0, 0)

    def height(value: float) -> float:
        return round(100 * (top - _drawn(value)) / (top - bottom), 2)

    def place(day: int) -> float:
        return round(4 + 92 * (day - first) / (last - first), 2) if last > first else 50.0

    marks, path, pen = [], "", "M"
    for day, one in points:
        if one.hidden:
            marks.append(Mark(x=place(day), y=height(SMALL), low=height(1)))
            pen = "M"
        elif one.value is not None:
            marks.append(Mark(x=place(day), y=height(one.value)))
            path += f"{pen}{place(day):g} {height(one.value):g}"
            pen = "L"
    return LineChart(
        marks=tuple(marks),
        path=path,
        baseline=height(baseline.value) if baseline and baseline.value is not None else None,
        target=height(target) if target is not None else None,
        ticks=tuple((height(tick), tick) for tick in reversed(ticks)),
    )


def draw_answers(counts: Mapping[Answer, int], most: int) -> tuple[Segment, ...]:
    """One bar in a frame of 100, as long as its answers are many among *most*; the answers stand in their order.

    >>> [(one.x, one.width) for one in draw_answers({"met": 1, "not": 3}, 4)]
    [(0.0, 25.0), (25.0, 75.0)]
    """
    found: list[Segment] = []
    x = 0.0
    for answer, count in counts.items():
        if count and most:
            width = 100 * count / most
            found.append(Segment(answer=answer, x=round(x, 2), width=round(width, 2), count=count))
            x += width
    return tuple(found)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers that enclose *low* and *high*.

    >>> _ticks(0, 23), _ticks(0, 0)
    ([0.0, 10.0, 20.0, 30.0], [0, 1])
    """
    if high <= low:
        return [low, low + 1]
    step = _round((high - low) / TICKS)
    first, last = floor(low / step), ceil(high / step)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _round(step: float) -> float:
    size = 10.0 ** floor(log10(step))
    return next(size * factor for factor in (1, 2, 5, 10) if size * factor >= step)


def _drawn(value: float) -> float:
    """The number in whose place *value* is drawn: itself, as far as a scale reaches.

    >>> _drawn(12.5), _drawn(float("-inf")), _drawn(1e-300)
    (12.5, -1000000000000000.0, 0.0)
    """
    return 0.0 if abs(value) < SMALLEST else max(-OUTERMOST, min(OUTERMOST, value))
