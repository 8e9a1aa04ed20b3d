"""A number that one text of a record begins and the next one ends: ``06 12 34`` and ``56 78 90``.

Only where a text ends with figures and the next begins with some are the two read together, and only what neither says
alone is told, in both.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_WINDOW = 48
_SKIPPED = " \n\t\r.…,;:/–—-_·()+\u00a0\u202f\u200b\u200c\u200d\u00ad\u2060\ufeff"
_FIGURE_LAST = re.compile(rf"\d[{re.escape(_SKIPPED)}]*\Z")
# It begins with one sign that is always the same: looking for that is quick.
_FIGURES_GO_ON = re.compile(rf"\n[{re.escape(_SKIPPED)}]*+\d")
_YEAR_LAST = re.compile(r"(?:\A|[^\W\d_]\W{1,3})(?:19|20)\d\d(?:[-–/](?:19|20)?\d\d)?\W*\Z")
"""``2013``, ``sur 2023``, ``2020-2021``: a period is a field of its own, and ends no number."""
_LONGEST_END = 8
_NEAR, _FEWEST = 24, 8
"""Fewer figures than that around the seam identify nobody."""


class Seam(NamedTuple):
    """The end of one text and the beginning of the next, read as one."""

    text: str
    at: int
    """Where in it the second begins."""
    first: int
    """Where in the first text it begins."""
    second: int
    """Where in the second text it goes on."""
    gap: int

    def parts(self, start: int, end: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """The places in the first and in the second text of what stands across the seam; None if it does not."""
        if not (start < self.at - self.gap and end > self.at):
            return None
        return (
            (self.first + start, self.first + self.at - self.gap),
            (self.second, self.second + end - self.at),
        )


def joints(lines: str) -> frozenset[int]:
    """The ends of lines with figures behind which figures go on; *lines* are all texts of a record."""
    return frozenset(
        match.start()
        for match in _FIGURES_GO_ON.finditer(lines)
        if _FIGURE_LAST.search(lines, max(0, match.start() - _LONGEST_END), match.start())
    )


def seams(first: str, second: str) -> tuple[Seam, ...]:
    """How *second* may go on with the figures that *first* ends with: in groups, and in one piece."""
    begins = len(second) - len(second.lstrip(_SKIPPED))
    if _YEAR_LAST.search(first, max(0, len(first) - _NEAR)):
        return ()
    near = first[-_NEAR:] + second[begins : begins + _NEAR]
    if sum(map(str.isdecimal, near)) < _FEWEST:
        return ()
    ends = len(first.rstrip(_SKIPPED))
    start = max(0, ends - _WINDOW)
    before, after = first[start:ends], second[begins : begins + _WINDOW]
    return tuple(Seam(before + gap + after, len(before) + len(gap), start, begins, len(gap)) for gap in (" ", ""))
