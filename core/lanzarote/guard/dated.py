"""Names with a full date beside them, as lists of children have them: ``Lucas Martin 12/03/2015``."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from lanzarote.guard.lexicon import (
    GIVEN,
    OFFICIAL,
    ORGANISATION,
    SCHOOL,
    STREET,
    TITLE,
    all_of,
    either,
    kinds_of,
    left_of,
    words,
)
from lanzarote.guard.names import CAPITALISED, SURE, WORDS, begins_sentence, read_name
from lanzarote.guard.preceding_words import OF
from lanzarote.translation.folding import fold

_BETWEEN = " \n,;:|(–—/-"
_MOST_BETWEEN = 3
_MONTH_FIRST = re.compile(r"\d{1,2}(?:st|nd|rd|th)?,[ \n]?\d{4}")
_WINDOW = 48
_LONGEST_LEFT = 30
_YEAR = re.compile(r"\d{4}")
_OLDEST = 1_930
"""Born before that year nobody is a party to a case: it is the date of something else."""
_NOT_THEIRS = OFFICIAL | ORGANISATION | SCHOOL | STREET
_ARTICLE = re.compile(rf"[,;:–—(-] ?(?:{either('beforedate')}) \Z")
"""``Lucas Martin, le 3 mars 2015``"""
_LONGEST_ARTICLE = 8
_WRITINGS = all_of("writing")
"""What somebody has written bears their name and its day."""
_SIGNED_BY = all_of("signedby")


def name_before_date(text: str, start: int, end: int) -> int | None:
    """Where the name begins that only a sign parts from the date at *start* … *end*, if it is somebody's.

    A title before it, a function or *by* make it that of who signed or wrote something on that day.
    """
    if american := _MONTH_FIRST.match(text, start):
        start = _month_before(text, american.start())
    said = _ARTICLE.search(text, max(0, start - _LONGEST_ARTICLE), start)
    start = said.start() + 1 if said else start
    first, last = max(0, start - _WINDOW), _end_of_name(text, start)
    if last == start or not first < last or text[last - 1].isdecimal():
        return None
    found = None
    for found in CAPITALISED.finditer(text, first, last):  # noqa: B007
        pass
    if found is None or found.end() != last or (found.start() and text[found.start() - 1].isalnum()):
        return None
    name = read_name(text, *found.span())
    if name is None or not name.given or name.words < 2 or name.sureness < SURE or name.kinds & TITLE:
        return None
    if said and not begins_sentence(text, found.start()):
        return None  # something with them was on that day
    if not _is_year_of_birth(text[start:end]) or _is_somebody_elses(text, *found.span()):
        return None
    return name.start


def _first_name_in(text: str, start: int, end: int) -> int:
    """Where the first name begins: what they wrote may have a capital too."""
    return next((match.start() for match in WORDS.finditer(text, start, end) if kinds_of(match[0]) & GIVEN), start)


def _month_before(text: str, start: int) -> int:
    """Where ``May 3, 2014`` begins, of which only ``3, 2014`` was found."""
    return max(text.rfind(" ", 0, start - 1), text.rfind("\n", 0, start - 1)) + 1


def _end_of_name(text: str, start: int) -> int:
    last = start
    while last and start - last < _MOST_BETWEEN and text[last - 1] in _BETWEEN:
        last -= 1
    return last


def _is_year_of_birth(date: str) -> bool:
    year = _YEAR.search(date)
    return year is None or _OLDEST <= int(year[0]) <= datetime.now(UTC).year


def _is_somebody_elses(text: str, start: int, end: int) -> bool:
    """Whether the day is that of something the one named there has signed, written or done in a function."""
    near = words(left_of(text, start, _LONGEST_LEFT))[-2:]
    if any(kinds_of(word) & (_NOT_THEIRS | TITLE) or fold(word) in _SIGNED_BY for word in near):
        return True
    before = [fold(word) for word in (*near, *words(text[start : _first_name_in(text, start, end)]))][-2:]
    return len(before) > 1 and before[1] in OF and before[0].rpartition("'")[2] in _WRITINGS
