"""What several texts of a record say only together: a number that goes on, a name and an age in the next field."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lanzarote.guard.lexicon import GIVEN, kinds_of

# --- A number that one text of a record begins and the next ones go on with: ``06 12 34`` and ``56 78 90`` ---
# Only where a text ends with figures and the next begins with some, or has a word or two before them, are they read
# together, and only what none says alone is told, in all of them.

_WINDOW = 48
_SKIPPED = " \n\t\r.…,;:/–—-_·()+\u00a0\u202f\u200b\u200c\u200d\u00ad\u2060\ufeff"
_SKIP = re.escape(_SKIPPED)
_MAY_END_FIGURES = frozenset(f"0123456789{_SKIPPED}")
_FIGURE_LAST = re.compile(rf"\d[{_SKIP}]*\Z")
_NEAR, _FEWEST, _FEWEST_OF_SEVERAL = 24, 8, 10
"""Fewer figures than that around the seam identify nobody; articles of a law are listed in fields of their own."""
_WORDS = r"(?:[^\W\d_]{1,10}[ .:\n]++){0,2}"
"""``puis``, ``tél. suite :``: a field may say what it is."""
# It begins with one sign that is always the same: looking for that is quick. What may be skipped is read but once.
_FIGURES_FIRST = re.compile(rf"\n[{_SKIP}]*+(?P<figure>{_WORDS}\d)?")
_FIRST_FIGURE = re.compile(rf"[{_SKIP}]*+{_WORDS}(?=\d)")
_TOGETHER = re.compile(rf"[\dA-Z{_SKIP}]{{0,{_NEAR}}}")
_TOGETHER_LAST = re.compile(rf"(?<![^\W\d_])[\dA-Z{_SKIP}]*+\Z")
_YEAR_LAST = re.compile(r"(?:\A|\n|[^\W\d_]\W{1,3})(?:19|20)\d\d(?:[-–/](?:19|20)?\d\d)?\W*\Z")
"""``2013``, ``sur 2023``, ``2020-2021``: a period is a field of its own, and ends no number."""
_LONGEST_END = 8
_MOST = 4
"""Fields that one number is parted over."""


class Piece(NamedTuple):
    """Figures that a text ends with, begins with or consists of."""

    field: str
    text: str
    start: int
    """Where in that text."""
    end: int
    alone: bool
    """Nothing else stands in the text: what goes on before may go on behind."""


class Seam(NamedTuple):
    """The pieces, read as one."""

    text: str
    places: tuple[tuple[Piece, int], ...]
    """Where each begins in it."""

    def parts(self, start: int, end: int) -> list[tuple[str, int, int]]:
        """(field, start, end) of what stands at *start* … *end*, if the last piece has part in it and one before."""
        found = []
        for piece, at in self.places:
            first, last = max(start, at), min(end, at + piece.end - piece.start)
            if first < last:
                found.append((piece.field, piece.start + first - at, piece.start + last - at))
        last_piece = self.places[-1][1]
        return found if len(found) > 1 and end > last_piece else []


def figures_first(lines: str, ends: Sequence[int]) -> list[tuple[int, int]]:
    """Where lines end behind which figures come first, and where those begin.

    *lines* are all texts of a record, which end at *ends*: only what stands between two of them counts.
    """
    if len(ends) < 2:
        return []
    return [
        (match.start(), match.end() - 1)
        for match in _FIGURES_FIRST.finditer(lines)
        if match["figure"] and ends[bisect_left(ends, match.start())] < match.end()
    ]


def joints(lines: str, first: Iterable[tuple[int, int]]) -> frozenset[int]:
    """The ends of lines with figures behind which figures go on, of those that `figures_first` found."""
    return frozenset(
        end
        for end, start in first
        if lines[end - 1 : end] in _MAY_END_FIGURES
        and _FIGURE_LAST.search(lines, max(0, end - _LONGEST_END), end)
        and not _YEAR_LAST.search(lines, max(0, end - _NEAR), end)
        and _figures_around(lines, end, start) >= _FEWEST
    )


def _figures_around(lines: str, end: int, start: int) -> int:
    """How many figures stand before *end* and from *start* on with only signs and the capitals of a code between."""
    before = _TOGETHER_LAST.search(lines, max(0, end - _NEAR), end)
    behind = _TOGETHER.match(lines, start)
    return sum(map(str.isdecimal, (before[0] if before else "") + (behind[0] if behind else "")))


class Chain:
    """The texts read last, as far as figures go on from one to the next."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []

    def begin(self, field: str, text: str) -> None:
        """Nothing goes on with what was before."""
        self._pieces = [_ending(field, text)]

    def go_on(self, field: str, text: str) -> Iterator[Seam]:
        """How *text* may go on with the figures before it: in groups, and in one piece. A word alone is passed over."""
        first = _FIRST_FIGURE.match(text)
        if first is None:
            return
        last = self._pieces[-1]
        if _YEAR_LAST.search(last.text, max(0, len(last.text) - _NEAR)):
            self.begin(field, text)
            return
        ends = len(text.rstrip(_SKIPPED))
        whole = ends <= first.end() + _NEAR and not _LETTER.search(text, first.end(), ends)
        piece = Piece(field, text, first.end(), min(ends, first.end() + _WINDOW), whole)
        pieces = [*self._pieces[-_MOST + 1 :], piece]
        self._pieces = pieces if whole else [_ending(field, text)]  # before what is found ends the walk
        figures = sum([sum(map(str.isdecimal, one.text[one.start : one.end])) for one in pieces])
        if figures >= (_FEWEST if len(pieces) < 3 else _FEWEST_OF_SEVERAL):
            for gap in (" ", ""):
                yield _joined(pieces, gap)


_LETTER = re.compile(r"[^\W\d_]")


def _ending(field: str, text: str) -> Piece:
    ends = len(text.rstrip(_SKIPPED))
    return Piece(field, text, max(0, ends - _WINDOW), ends, False)


def _joined(pieces: list[Piece], gap: str) -> Seam:
    text, places = "", []
    for piece in pieces:
        text += gap if text else ""
        places.append((piece, len(text)))
        text += piece.text[piece.start : piece.end]
    return Seam(text, tuple(places))


# --- A name in one field and the age or the date of birth in the next: what a row of a form says of a child ---
# Each says little alone. A short text that is only an age or a date is read together with the text before it, and with
# the one before that, since first name and family name may have fields of their own.

_AGE_OR_DATE = re.compile(
    r"[ \n(]*(?!(?:19|20)\d\d(?:[-–/](?:19|20)?\d\d)?\W*\Z|\d+[.,]\d+\Z)"
    r"(?:[^\W\d_()]{1,10}[ .:=]{1,3}){0,2}\d{1,4}(?!\d)[^\n]{0,24}"
)
"""``9 ans``, ``âge : 9``, ``le 3 mars 2015``; no year, and no number of an article."""
LONGEST, _LONGEST_NAME = 30, 48
_LATEST = 4
"""Words from the end of a text in which the first name stands."""


class Row(NamedTuple):
    """The texts of neighbouring fields, read as one."""

    text: str
    places: tuple[tuple[str, int, int, int], ...]
    """(field, where it begins here, where that is in its own text, how long it is)"""

    def parts(self, start: int, end: int) -> list[tuple[str, int, int]]:
        """(field, start, end) of what stands at *start* … *end*, if it is parted over the last two."""
        found = []
        for field, at, own, length in self.places:
            first, last = max(start, at), min(end, at + length)
            if first < last:
                found.append((field, own + first - at, own + last - at))
        return found if len(found) > 1 and end > self.places[-1][1] else []


def may_be_age_or_date(text: str) -> bool:
    """Asked of texts of at most `LONGEST` signs."""
    return _AGE_OR_DATE.fullmatch(text) is not None


def rows(before: list[tuple[str, str]], field: str, text: str) -> Iterator[Row]:
    """How *text* may belong to a name in one of the two texts *before*, or in both."""
    name = before[-1:]
    whole = [one for one in before[-2:] if len(one[1]) <= _LONGEST_NAME]
    for parts in (name, whole if len(whole) > 1 else []):
        if parts and _may_end_with_name(" ".join(one for _, one in parts)):
            yield _row(parts, field, text)


def _may_end_with_name(text: str) -> bool:
    return any(kinds_of(word) & GIVEN for word in text[-_LONGEST_NAME:].split()[-_LATEST:])


def _row(parts: list[tuple[str, str]], field: str, text: str) -> Row:
    joined, places = "", []
    for name, one in parts:
        stripped = one.rstrip(" \n,;:")
        first = max(0, len(stripped) - _LONGEST_NAME)
        joined += " " if joined else ""
        places.append((name, len(joined), first, len(stripped) - first))
        joined += stripped[first:]
    joined += ", "
    begins = len(text) - len(text.lstrip())
    places.append((field, len(joined), begins, len(text) - begins))
    return Row(joined + text[begins:], tuple(places))
