"""Whether of somebody who has only a first name it is told what only children or families do."""

from __future__ import annotations

import re

from lanzarote.guard.lexicon import (
    CHILD,
    GIVEN,
    KIN,
    NOTNAME,
    OFFICIAL,
    ORGANISATION,
    PARTY,
    PUPIL,
    SCHOOL,
    STREET,
    TITLE,
    TOLD,
    all_of,
    either,
    kinds_in,
    kinds_of,
    right_of,
    words,
)
from lanzarote.guard.names import Name
from lanzarote.guard.preceding_words import STOP, Left
from lanzarote.translation.folding import fold

_POSSESSED = re.compile(r"[’']s[ \n]([^\W\d_]+)(?:[ \n]([^\W\d_]+))?")
_OWNED = re.compile(r" ([^\W\d_]+)")

_ARE_NOT_CALLED_SO = all_of("notcalled")


def tells(text: str, name: Name, left: Left) -> bool:
    """``Karim a révélé``, ``Tyler's mother``: a first name alone, as only children are called."""
    kinds = kinds_of(left.nearest)
    if not left.sign and (
        fold(left.nearest) in _ARE_NOT_CALLED_SO or kinds & (ORGANISATION | SCHOOL | STREET | NOTNAME | OFFICIAL)
    ):
        return False
    if _is_somebodys(text, name):
        return True
    if not name.only_given or (left.nearest and not left.sign and fold(left.nearest) not in _BEFORE_A_NAME):
        return False
    return _told(text, name.end) or _is_talked_about(text, name)


_SUFFERED = all_of("suffered")
_LETTERS = re.compile(r"[^\W\d_]+")
_PLACED = re.compile(either("placed"), re.IGNORECASE)
_BORN = re.compile(
    r"[ \n]?[,(–-]?[ \n]?(?:née?|born|geboren|nat[oa]|nacid[oa]|nascid[oa]|urodzon[ya]|народжен(?:ий|а)|"
    r"γεννημέν(?:ος|η))[ \n](?:(?:en|in|im|nel|em|w|в|у|το)[ \n])?(?:200[6-9]|20[1-9]\d)(?!\d)"
)
"""A year of birth of somebody who is a child now, or was one lately."""


def is_told_of(text: str, name: Name, left: Left) -> bool:
    """``Emma Martin a été violée``, ``M. Moreau a agressé sa fille``, ``Lucas Moreau, né en 2014``: a whole name."""
    if left.official or not (name.given or name.kinds & TITLE):
        return False
    if not left.sign and kinds_of(left.nearest) & (ORGANISATION | SCHOOL | STREET):
        return False
    if _BORN.match(text, name.end):
        return True
    following = STOP.split(right_of(text, name.end, 60))[0]
    if following[:1] not in (" ", "\n"):
        return False
    return not _SUFFERED.isdisjoint(map(fold, _LETTERS.findall(following)[:7])) or bool(_PLACED.search(following))


_BEFORE_A_NAME = all_of("conjunction")


def _is_talked_about(text: str, name: Name) -> bool:
    """``Maëlle ne veut plus aller chez son père``: a first name that does something, in a sentence about a family."""
    if name.words != 1 or not re.match(r"[ \n][^\W\d_]", text[name.end : name.end + 2]) or text[name.end + 1].isupper():
        return False
    return bool(kinds_in(STOP.split(right_of(text, name.end, 70))[0]) & (CHILD | KIN | PARTY | PUPIL | SCHOOL))


def _is_somebodys(text: str, name: Name) -> bool:
    if (
        (match := _POSSESSED.match(text, name.end))
        and name.words <= 2
        and (kinds_of(match[1]) | kinds_of(match[2] or "")) & KIN
    ):
        return True
    match = _OWNED.match(text, name.end) if text[name.end - 1] == "s" else None
    if match is None or not match[1].istitle() or not kinds_of(match[1]) & KIN:
        return False
    return bool(kinds_of(text[name.start : name.end - 1]) & GIVEN)


def owns_somebody(written: str) -> bool:
    """``Sophies Vater``"""
    first, _, second = written.partition(" ")
    return first[-1] == "s" and bool(kinds_of(first[:-1]) & GIVEN and kinds_of(second) & KIN)


def _told(text: str, end: int) -> bool:
    following = STOP.split(right_of(text, end, 50))[0]
    return following[:1] in (" ", "\n") and any(kinds_of(word) & TOLD for word in words(following)[:4])
