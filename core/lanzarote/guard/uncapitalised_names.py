"""Names typed in haste, without their capitals: they are given them, so that all the rest reads them as names.

Only a first name that is no other word is taken for one, and only with another word beside it that may be a name,
behind a word such as *child* or before an age: hardly any sentence has that.
"""

from __future__ import annotations

import re
from functools import cache

from lanzarote.guard.lexicon import (
    AGED,
    CHILD,
    GIVEN,
    HAS,
    LITTLE,
    NAMED,
    NUMBER,
    PARTY,
    UNIT,
    all_of,
    first_names,
    kinds_of,
    written,
)
from lanzarote.translation.folding import fold

_WORD = re.compile(r"(?<![\w@./#-])[^\W\d_]+(?:[-’'‑][^\W\d_]{2,})*(?![\w@/])")
_PARTICLES = all_of("particle")
_SHORTEST = 3
_ALSO_WORDS = all_of("alsoword")
"""First names that somewhere are words as well: the one beside them has to be a name too."""
_NO_NAMES = written("notgiven")
"""Common words that only without their accents are a first name: Icelandic *or* is not the Turkish Eda."""
_FIGURE_NEXT = re.compile(r"\W{1,3}(?:[^\W\d_]{1,6} )?\d")
"""An age or a date follows."""
_AGE_MAY_FOLLOW = re.compile(r",?[ \n](?:\d|\w)")
_AGE_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_LONGEST_AGE = 40
_BEFORE = CHILD | PARTY | LITTLE | NAMED


def with_capitals(text: str) -> str:
    """*text*, names in lower case written as names; every place stays what it was."""
    found = list(_WORD.finditer(text))
    places = [place for at, _ in enumerate(found) for place in _named_at(text, found, at)]
    if not places:
        return text
    letters = list(text)
    for place in places:
        if len(upper := letters[place].upper()) == 1:
            letters[place] = upper
    return "".join(letters)


def may_name_somebody(text: str) -> bool:
    """Whether a word of *text* is a first name without its capital. Hardly any is; so it is looked for by the byte."""
    plainly = text.encode("utf-8", "surrogatepass").translate(_PLAINLY, _LATIN_1)
    if _OTHER in plainly:
        words = fold(text).replace("-", " ").replace("'", " ").split()
        return not first_names().isdisjoint(words)
    return not _first_names_in_bytes().isdisjoint(plainly.split())


_OTHER = b"\x01"
"""A letter of another alphabet than Latin-1."""
_LATIN_1 = b"\xc3"


def _table() -> bytes:
    """Letters of Latin-1 in UTF-8 without their accents, once the first of their bytes is gone; signs are blanks."""
    table = bytearray(range(256))
    for code in (*range(0x80, 0x100), *b"-'([:,"):
        table[code] = 0x20
    for code in range(0xE0, 0x100):
        plain = fold(chr(code)).encode("ascii", "ignore")
        table[code - 0x40] = plain[0] if len(plain) == 1 else 0x20
    for code in (*range(0xC4, 0xCA), *range(0xCC, 0xE0), 0xE1):
        table[code] = _OTHER[0]
    return bytes(table)


_PLAINLY = _table()


@cache
def _first_names_in_bytes() -> frozenset[bytes]:
    return frozenset(name.encode() for name in first_names() if name.isascii())


def _named_at(text: str, found: list[re.Match[str]], at: int) -> list[int]:
    """Where the parts of a name in lower case begin whose first name is the word number *at*."""
    word = found[at]
    if not _is_first_name(word[0]):
        return []
    sure = fold(word[0]) not in _ALSO_WORDS
    family, between = at + 1, word.end()
    while family < len(found) and fold(found[family][0]) in _PARTICLES and family < at + 3:
        between = found[family].end()
        family += 1
    if (
        family < len(found)
        and _adjoins(text, word.end(), found[family].start(), between)
        and _may_be_family(found[family][0], sure=sure or _FIGURE_NEXT.match(text, found[family].end()) is not None)
    ):
        return _parts(word) + _parts(found[family])
    if sure and _AGE_MAY_FOLLOW.match(text, word.end()) and _age_follows(text, word.end()):
        return _parts(word)
    before = found[at - 1] if at else None
    if (
        sure
        and before
        and kinds_of(before[0]) & _BEFORE
        and text[before.end() : word.start()].strip(" \n") in ("", ":")
    ):
        return _parts(word)
    return []


def _age_follows(text: str, end: int) -> bool:
    """``lucas a 9 ans``, ``lena, neun jahre alt``, ``tom, aged nine``"""
    told = number = False
    for match in _AGE_WORDS.finditer(text, end, end + _LONGEST_AGE):
        kinds = kinds_of(match[0])
        if number:
            return bool(kinds & UNIT) or told
        if match[0].isdecimal() or kinds & NUMBER:
            number = True
        elif kinds & (HAS | AGED):
            told = told or bool(kinds & AGED)
        else:
            return False
    return number and told


def _adjoins(text: str, end: int, start: int, between: int) -> bool:
    return start - between == 1 and not any(sign in text[end:start] for sign in ".,;:()")


def _is_first_name(word: str) -> bool:
    if len(word) < _SHORTEST or not word[0].islower() or word in _NO_NAMES:
        return False
    kinds = kinds_of(word)
    return bool(kinds & GIVEN) and not kinds & ~GIVEN


def _may_be_family(word: str, *, sure: bool) -> bool:
    kinds = kinds_of(word)
    if len(word) < _SHORTEST or kinds & ~(GIVEN | LITTLE):
        return False
    return sure or bool(kinds & GIVEN)


def _parts(word: re.Match[str]) -> list[int]:
    """Where the word begins, and each part behind a hyphen."""
    return [word.start(), *(word.start() + sign.end() for sign in re.finditer("[-‑]", word[0]))]
