"""Names beside an age: ``Léa, 9 ans``, ``Tom (12)``, ``Anna is 14 years old``, ``die 9-jährige Lena``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lanzarote.guard.births import Finding
from lanzarote.guard.lexicon import (
    AGED,
    CASE,
    GIVEN,
    HAS,
    NUMBER,
    ORGANISATION,
    PEOPLE,
    SCHOOL,
    STREET,
    TOLD,
    UNIT,
    all_of,
    either,
    kinds_in,
    kinds_of,
    left_of,
    right_of,
)
from lanzarote.guard.names import CAPITALISED, LIKELY, NO, POSSIBLE, SURE, Name, read_name
from lanzarote.guard.scan import Run
from lanzarote.translation.folding import fold

_AGE = re.compile(r"(\d{1,3})(?![\d.,]\d|\d|\.[ \n]\d)(?:([ \n-]?)([^\W\d_]{1,14}(?:/o|[ -](?:old|alt|ans?)\b)?))?")
# "Lyon, 10 ans après" and "Assises, 15 ans de réclusion" count years, not somebody's age.
_NOT_AGES = re.compile(rf"[ \n](?:d[e’'](?! (?:moins|plus))|{either('notage')})", re.IGNORECASE)
_ENDS_CLAUSE = re.compile(r"[.,;)!]|$| (?:and|und|en|et|och|og|και|e|i|y|та|і|when|als|when|quand)\b")
_WINDOW = 44
_OLDEST_CHILD, _OLDEST = 25, 110
_SMALLEST_ALONE = 4
"""Smaller figures in brackets count something."""
_BETWEEN = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*|[,:;(–-]|\S")
_CONNECTING = all_of("connecting")
_MOST_BETWEEN = 7
_LAST_WORD = re.compile(r"([^\W\d_]{3,})[,:]? ?\(?$")


def ages(text: str, runs: Iterable[Run]) -> Iterator[Finding]:
    """Names with an age in figures."""
    for start, _, figures in runs:
        if len(figures) > 3 and (figures[:4].isdecimal() or not (figures[1].isalpha() or figures[2].isalpha())):
            continue
        match = _AGE.match(text, start)
        if match is None or match[1][0] == "0" or _continues(text, start):
            continue
        unit = match[3] is not None and _is_unit(match[3], text[match.end() : match.end() + 1])
        bare = not unit and _stands_alone(text, start, match.end(1))
        if not (unit or bare or kinds_of(_last_word(text, start)) & AGED):
            continue
        if not (unit and _NOT_AGES.match(text, match.end())) and int(match[1]) <= _OLDEST:
            yield from _named(text, match, unit, bare)


def _continues(text: str, start: int) -> bool:
    """Whether the figures go on from a decimal point, a paragraph, a house number."""
    before = text[start - 1 : start]
    return before in tuple("./°№#§-–") or (before == "," and text[start - 2 : start - 1].isdecimal())


def _is_unit(word: str, sign: str) -> bool:
    word = word.partition(" ")[0].partition("/")[0]
    return bool(kinds_of(word + "." if sign == "." and len(word) < 3 else word) & UNIT)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """``(12)`` and ``, 12,``"""
    return (
        (text[start - 1 : start], text[end : end + 1]) in (("(", ")"), ("(", ","), ("[", "]"))
        or (
            text[start - 2 : start] == ", "
            and (text[end : end + 1] in (",", ";", ".", ")", "") or text[end : end + 2] == " (")
        )
        or (_ENDS_CLAUSE.match(text, end) is not None and bool(kinds_of(_last_word(text, start)) & HAS))
    )


def _last_word(text: str, end: int) -> str:
    before = text[max(0, end - 12) : end].replace("(", " ").split()
    return before[-1].strip(",:") if before else ""


def _named(text: str, age: re.Match[str], unit: bool, bare: bool) -> Iterator[Finding]:
    start, number = age.start(), int(age[1])
    end = age.end() if unit else age.end(1)
    if text[end : end + 1] in (")", "]") and (bare or "(" in text[max(0, start - 12) : start]):
        end += 1
    name = _name_before(text, start)
    if name and kinds_of(_last_word(text, name.start)) & (STREET | SCHOOL | ORGANISATION):
        return
    if name and _is_likely(text, name, age, unit, number):
        yield "name-with-age", name.start, end, False
    elif unit and (found := CAPITALISED.match(text, _after_sign(text, end))):
        after = read_name(text, *found.span())
        joined = age[2] not in (" ", "\n") or not age[3].islower() or len(age[3]) > 6
        if (
            after
            and after.sureness >= (POSSIBLE if joined and text[end : end + 1] == " " else SURE)
            and number <= _OLDEST_CHILD
        ):
            yield "name-with-age", start, after.end, False


def _after_sign(text: str, end: int) -> int:
    return end + 2 if text[end : end + 1] == "," else end + 1


def _name_before(text: str, start: int) -> Name | None:
    """The name that stands before the age with nothing between but signs and words such as ``aged``, ``who is``."""
    first = max(0, start - _WINDOW)
    window = text[first:start]
    if first:
        cut = re.match(r"\S*\s?", window)
        first += cut.end() if cut else 0
    found = None
    for found in CAPITALISED.finditer(text, first, start):  # noqa: B007
        pass
    if found and (not found.start() or not text[found.start() - 1].isalnum()):
        between = text[found.end() : start]
        if _connects(between):
            name = read_name(text, *found.span())
            if name and name.sureness > NO and (between.strip() or name.given):
                return name
    # Haste leaves capitals out.
    if (match := _LAST_WORD.search(window)) and match[1].islower():
        kinds = kinds_of(match[1])
        if kinds & GIVEN and not kinds & ~GIVEN:
            begin = start - len(window) + match.start(1)
            return Name(begin, begin + len(match[1]), True, False, 1, 0, False, False, SURE)
    return None


def _connects(between: str) -> bool:
    tokens = _BETWEEN.findall(between)
    return len(tokens) <= _MOST_BETWEEN and all(
        token in (",", ":", "(", "–", "-") or kinds_of(token) & (HAS | AGED) or fold(token) in _CONNECTING
        for token in tokens
    )


def _is_likely(text: str, name: Name, age: re.Match[str], unit: bool, number: int) -> bool:
    sureness = name.sureness
    if unit and len(age[3]) < 2 and sureness < SURE:
        return False
    if not unit and number < _SMALLEST_ALONE and not kinds_in(text[name.end : age.start()]) & AGED:
        return False
    if number > _OLDEST_CHILD and sureness < LIKELY:
        return bool(kinds_in(left_of(text, name.start, 30) + right_of(text, age.end(), 30)) & (PEOPLE | TOLD | CASE))
    between = text[name.end : age.start()]
    if unit or (kinds_in(between) & AGED and (sureness > POSSIBLE or "," in between or "(" in between)):
        return True
    if number > _OLDEST_CHILD - 7:
        return sureness == SURE and name.words > 1 and not name.initials and text[age.start() - 2] == ","
    return sureness == SURE or bool(
        kinds_in(left_of(text, name.start, 40) + right_of(text, age.end(), 40)) & (PEOPLE | TOLD | CASE)
    )


def age_in_words(text: str, name: Name) -> int | None:
    """Where the age behind *name* ends, when it is told in words: ``Léa, neuf ans``, ``Isla was nine when …``."""
    end = name.end
    if text[end : end + 1] not in (",", " ", "(", ":"):
        return None
    place, told = end, 0
    for number, match in enumerate(re.finditer(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|[^\s\w]", text[end : end + 44])):
        word = match[0]
        if number > _MOST_BETWEEN:
            return None
        if told:
            if kinds_of(word) & UNIT:
                return end + match.end()
            break
        if word in (",", ":", "(", "–", "-"):
            continue
        kinds = kinds_of(word)
        if kinds & NUMBER:
            told, place = NUMBER | _had(text[name.end : end + match.start()]), end + match.end()
            # "un", "une", "ein": an article as well
            if len(word) < 4 and word not in ("six", "dix", "dos", "due", "two", "ten", "dwa", "два", "zes", "elf"):
                told &= ~HAS
        elif not kinds & (HAS | AGED) and fold(word) not in _CONNECTING:
            return None
    return place if told & (HAS | AGED) and name.given else None


def _had(between: str) -> int:
    return kinds_in(between) & (HAS | AGED) or (HAS if between.strip() == "," else 0)
