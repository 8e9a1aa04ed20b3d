"""Numbers of telephones that belong to a person rather than to a service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, reduce
from itertools import islice, takewhile
from operator import or_

from lanzarote.guard import lexicon as lex
from lanzarote.guard.lexicon import (
    either,
    kinds_in,
    kinds_of,
    languages_of,
    nearest_first,
    sentence_after,
    sentence_before,
    whose_word,
)
from lanzarote.guard.lexicon import words_without_figures as words_of
from lanzarote.guard.normalise import MONEY, Finding, Run
from lanzarote.guard.numbering_plans import ANYWHERE, AtHome, countries_near, line_abroad, line_at_home

_OTHER_FIGURES = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4}|(?:19|20)\d\d[ –/-]+(?:19|20)\d\d")
_OF_A_YEAR = re.compile(r"\d{1,5} ?/ ?(?:19|20)\d\d(?!\d)")
"""The number of a law or a judgment."""
_GROUP = re.compile("[0-9]+")


FEWEST_DIGITS = 6
"""A mobile number of Andorra has no more."""
_MOST_DIGITS, _MOST_GROUPS_OF_RUN = 17, 24
_AROUND = 300
"""Signs around a number that tell the language of its text."""


def phones(text: str, runs: Iterable[Run], country: str = "", *, mixed: bool = False) -> Iterator[Finding]:
    """Numbers of mobile telephones, and those of a fixed line that is a person's. Helplines and offices pass.

    *country* is that of the region: a number is read as it is written at home there, and where the language is spoken.
    *mixed*: the text is made of several, and tells no language.
    """
    near: dict[str, int] | None = ANYWHERE if mixed else None
    for run in runs:
        if _OTHER_FIGURES.fullmatch(run.text):
            continue
        done = -1
        groups = list(islice(_GROUP.finditer(text, run.start, run.end), _MOST_GROUPS_OF_RUN))
        for place, first in enumerate(groups):
            if first.start() < done or not _may_begin(text, first.start()) or _DATE.match(text, first.start()):
                continue
            if _OF_A_YEAR.match(text, first.start()):
                continue
            if place and len(first[0]) == 4 == len(groups[place - 1][0]):
                continue  # a number of an account
            if first[0] == "0" and text[first.end() : first.end() + 1] in (".", ","):
                continue  # a decimal number
            if _YEAR.fullmatch(first[0]) and "+" not in text[_with_sign(text, first.start()) : first.start()]:
                continue
            ends = list(_ends(text, groups[place:]))
            if not ends:
                continue
            if near is None:
                around = text[max(0, first.start() - _AROUND) : first.start() + _AROUND]
                near = countries_near(country, languages_of(around))
            if found := _longest(text, first.start(), ends, near):
                number, end = found
                done = end
                start = _with_sign(text, first.start())
                if (hard := _whose(text, start, end, number)) is not None:
                    yield "phone", start, end, hard


def _ends(text: str, groups: Sequence[re.Match[str]]) -> Iterator[tuple[int, str]]:
    """Where a number may end that begins with the first of *groups*, and its figures."""
    figures = ""
    last = groups[0].end()
    for group in groups:
        if _NOT_WITHIN.search(text, last, group.start()):
            return
        if (
            "(" in text[last : group.start()]
            and text[max(0, groups[0].start() - 1) : groups[0].start()] != "+"
            and figures[:2] not in ("00", "0")
        ):
            return  # what follows in brackets is something else, unless it is +44 (0)7700 900123
        last = group.end()
        figures += group[0]
        if len(figures) > _MOST_DIGITS:
            return
        if len(group[0]) == 1 < len(figures) <= _SHORT and len(groups[0][0]) > 1:
            continue  # 222-23-1 is an article
        after = text[group.end() : group.end() + 2]
        if len(figures) >= FEWEST_DIGITS and not (
            after[:1].isalpha() or (after[:1] in (".", ",", "-", "/") and after[1:].isdecimal())
        ):
            yield group.end(), figures


def _longest(text: str, start: int, ends: list[tuple[int, str]], near: dict[str, int]) -> tuple[AtHome, int] | None:
    abroad = text[start - 1 : start] == "+" or text[max(0, start - 2) : start] == "+("
    for end, figures in reversed(ends):
        if abroad or figures.startswith("00"):
            if len(figures) >= _SHORTEST_ABROAD and (line := line_abroad(figures.removeprefix("00"))):
                return AtHome(line, True), end
        elif text.count("/", start, end) <= 1 and (found := line_at_home(figures, near)):
            return found, end
    return None


_SHORTEST_ABROAD = 9
_DATE = re.compile(r"\d{1,2}[ \n]?([./-])[ \n]?\d{1,2}[ \n]?\1[ \n]?(?:\d{4}|\d\d)(?!\d|[./-]\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NOT_WITHIN = re.compile(r"[A-Za-z,:_\[\]]|\)\(")


def _may_begin(text: str, start: int) -> bool:
    before = text[start - 1 : start]
    return not (before.isalnum() or (before and before in "/=_-.#&@§")) or (
        before == "-" and not text[start - 2 : start - 1].isalnum()
    )


def _with_sign(text: str, start: int) -> int:
    while start and text[start - 1] in "+(":
        start -= 1
    return start


_PERSON = lex.PERSON | lex.OFFICIAL
_ANNOUNCING = _PERSON | lex.FUNCTION
_BEFORE, _AFTER = 70, 28
_MOST_GROUPS = 5
_OF_SOMETHING = 7
"""Words before the figures of which one may say what else they are the number of."""
_NUMBERED = re.compile(r"\b(?:n[°.]|no\.?|nr\.?|№) ?$", re.IGNORECASE)
_FIXED = ("fixed", "rather fixed")
_SHORT, _LONG = 7, 10
"""So few figures are a telephone number only where something says so."""
_GOES_ON = re.compile(r"[ \n][^\W\d_]")


def _whose(text: str, start: int, end: int, number: AtHome) -> bool | None:
    """Whether the number surely is (or only may be) that of a person; None when it is a service's, or no telephone."""
    line = number.line
    if line == "free" or (text[start] not in "+(0" and MONEY.match(text, end)):
        return None
    before = sentence_before(text, start, _BEFORE)
    after = sentence_after(text, end, _AFTER)
    kinds = list(nearest_first(before, after))
    told = reduce(or_, kinds, lex.SERVICE if "@" in before or "@" in after else 0)
    if told & (lex.OTHERNUMBER | lex.REFERENCE | lex.IDNUMBER) and _is_of_something(before, number):
        return None
    if (line in _FIXED or not number.sure) and _NUMBERED.search(text[max(0, start - 5) : start]):
        return None
    if not told & lex.PHONE and _RANGE.fullmatch(text, start, end):
        return None
    first = whose_word(kinds)
    if line == "rather free" and not (first & _PERSON or told & lex.FUNCTION):
        return False if _FOREIGN.match(text, start) else None
    if not _is_sure(text, start, end, number) and not _is_announced(text, start, end, number, told, before):
        may_be = line != "fixed" and number.whole and not first & lex.OFFICE and "@" not in before
        return False if may_be and _is_grouped(text, start, end) else None
    of_service = bool(first & lex.OFFICE and not first & lex.PERSON)
    of_somebody = first & lex.PERSON or told & lex.FUNCTION
    if line == "either" and not of_somebody and (of_service or "@" in before):
        return None
    if line not in _FIXED and not number.sure and not of_somebody and _is_short(text, start, end):
        return False
    if line not in _FIXED:
        of_line = of_service and _is_of_a_line(before, after)
        may_be_another = not number.sure or _ROMAN.fullmatch(text, start, end)
        if of_service and may_be_another and (of_line or not told & _FUNCTIONS):
            return None
        return not of_line
    if first & _PERSON & ~lex.OFFICIAL:
        return not told & lex.SERVICE or bool(first & lex.PRIVATE)
    return None if told & lex.OFFICE or not number.sure or _is_short(text, start, end) else False


def _is_of_a_line(before: str, after: str) -> bool:
    """Whether a mobile number is said to be that of a service itself: its hotline, what answers at night.

    What somebody holds who works there is theirs, also while they are on duty.
    """
    kinds = list(nearest_first(_online().sub("", before), after))
    told = reduce(or_, kinds, 0)
    if not told & (lex.LINE | lex.DUTY) or any(one & lex.PRIVATE and not one & lex.OFFICE for one in kinds):
        return False
    line = next(place for place, one in enumerate(kinds) if one & (lex.LINE | lex.DUTY))
    if any(one & _HOLDS or one == lex.GIVEN for one in kinds[:line]):
        return False
    if kinds[line] & lex.LINE:
        return True
    beside = kinds[line + 1 : line + 1 + _BESIDE_DUTY]
    return not any(one & _FUNCTIONS for one in takewhile(lambda one: one != lex.BREAK, beside))


_FUNCTIONS = lex.OFFICIAL | lex.FUNCTION
_HOLDS = _PERSON | _FUNCTIONS
_BESIDE_DUTY = 3
"""Words between being on duty and who is."""


@cache
def _online() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{either('online')})\b", re.IGNORECASE)


def _is_short(text: str, start: int, end: int) -> bool:
    return sum(map(str.isdecimal, text[start:end])) <= _SHORT + 1


def _is_of_something(before: str, number: AtHome) -> bool:
    """Whether it is said right before the figures what else they are the number of: a firm, a file, a person."""
    kinds = [kinds_of(word) for word in words_of(before)[-_OF_SOMETHING:]]
    elsewhere = lex.OTHERNUMBER if number.sure and number.line not in _FIXED else lex.OTHERNUMBER | lex.REFERENCE
    return any(one & elsewhere for one in kinds) or any(one & lex.IDNUMBER for one in kinds[-2:])


def _is_sure(text: str, start: int, end: int, number: AtHome) -> bool:
    """Whether the figures alone are a telephone number: with a sign or a zero before them, or ten of them."""
    figures = sum(map(str.isdecimal, text[start:end]))
    return number.sure and (figures > _SHORT if text[start] in "+(0" else figures >= _LONG)


def _is_announced(text: str, start: int, end: int, number: AtHome, told: int, before: str) -> bool:
    """A word for a telephone stands near figures that could be anything, or at least one for a person."""
    if told & lex.PHONE:
        return True
    groups = _GROUP.findall(text, start, end)
    if sum(map(len, groups)) < _SHORT and len(groups) == 1:
        return False
    if not (number.whole and told & _ANNOUNCING) or kinds_in(before) & lex.FILE or len(groups) > _MOST_GROUPS:
        return False
    return number.sure or sum(map(len, groups)) > _SHORT or not _GOES_ON.match(text, end)


def _is_grouped(text: str, start: int, end: int) -> bool:
    """``601 123 456``, ``611 1234``, and nothing behind it that is counted."""
    groups = [len(group) for group in _GROUP.findall(text, start, end)]
    grouped = len(groups) > 1 if sum(groups) > _SHORT else groups == [3, 4]
    return grouped and not _GOES_ON.match(text, end)


_RANGE = re.compile(r"\d{2,4} ?[–—] ?\d{2,4}")
"""Of pages."""
_FOREIGN = re.compile(r"0\d\d\D")
"""085 740 1628: no number that is free of charge is grouped so."""
_ROMAN = re.compile(r"0[67][ /-]\d{7,8}")
"""In the Netherlands a mobile number, in Rome or Torre Annunziata that of an office."""
