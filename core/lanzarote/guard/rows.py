"""A name in one field and the age or the date of birth in the next: what a row of a form says of a child.

Each says little alone. A short text that is only an age or a date is read together with the text before it, and with
the one before that, since first name and family name may have fields of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lanzarote.guard.lexicon import GIVEN, kinds_of

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
