"""Postal addresses where a child lives; those of houses that receive children pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lanzarote.guard.births import Finding
from lanzarote.guard.lexicon import (
    CHILD,
    CHILDREN,
    KIN,
    LIVES,
    ORGANISATION,
    PARENTS,
    PARTIES,
    PARTY,
    PRIVATE,
    ROAD,
    SERVICE,
    STREET,
    STREETEND,
    all_of,
    kinds_in,
    kinds_of,
    kinds_of_people,
    left_of,
    right_of,
    written,
)
from lanzarote.guard.scan import UPPER, Run

_NUMBER = re.compile(
    r"\d{1,4}(?:[ \n]?(?:bis|ter|quater)\b| ?[A-Zb-zА-Я](?![\w’'])|a\b|[/-]\d{1,4}[a-z]?| ?-[А-ЯA-Z]\b)?"
)
_COMPOUND = re.compile(
    rf"((?:(?:Am|An der|Auf der|Im|In der|Zur|Zum) )?[{UPPER}][^\W\d_]*(?:-[{UPPER}][^\W\d_]*)*\.?),? ?$"
)
_GOES_ON = re.compile(r"\d| \d{3}(?!\d)")
"""A number of more figures than a house has: ``116 006``."""
_LEFT = 48
_MOST_WORDS = 6
_STREET_NAME = re.compile(
    rf"(?:[ \n](?:de la |de l[’']|des |du |de |la |le |les |d[’']|l[’'])?[{UPPER}0-9][\w’'-]*){{1,3}}"
)
_PARTICLES = all_of("streetparticle")
_PEOPLE = CHILD | CHILDREN | PARTY | PARTIES | KIN | PARENTS
_SENTENCE_END = re.compile(r"[.!?;](?= [^\W\d_a-zа-я])|\n(?=\n)")
_BEFORE_ADDRESS, _AFTER_ADDRESS = 110, 72


def home_addresses(text: str, runs: Iterable[Run]) -> Iterator[Finding]:
    """``La mineure habite 12 rue des Lilas``"""
    told = 0
    for run in runs:
        if not _may_be_house(text, run.start, run.text):
            continue
        match = _NUMBER.match(text, run.start)
        if match is None or _GOES_ON.match(text, match.end()):
            continue
        # Most texts with an address tell of nobody.
        if not told and not (told := kinds_in(text)) & _PEOPLE:
            return
        if (span := _address(text, *match.span(), lives=bool(told & LIVES))) and _is_home(text, *span):
            yield "address-of-minor", *span, False


def _may_be_house(text: str, start: int, figures: str) -> bool:
    """Before a house number stands the end of a name, or behind it the beginning of one."""
    if start and text[start - 1] not in " \n,.º°№:(":
        return False
    if figures[:4].isdecimal() and len(figures) > 3:
        return False
    last = text[max(0, start - 24) : start].split()[-1:]
    if last and (last[0][0].isupper() or last[0].strip(",").lower() in _NUMBERING):
        return True
    following = _FOLLOWING.match(text, start)
    return following is not None and (following[1][0].isupper() or bool(kinds_of(following[1]) & STREET))


_NUMBERING = written("housenumber")
_FOLLOWING = re.compile(r"\d{1,4}(?:[ \n]?(?:bis|ter|quater|[A-Za-z])\b)?,?[ \n]([^\W\d_]+\.?)")


def _address(text: str, start: int, end: int, *, lives: bool) -> tuple[int, int] | None:
    """The street that the house number *start* … *end* belongs to; *lives*: somewhere it says that somebody does."""
    return _street_after(text, start, end) or _street_before(text, start, end, lives=lives)


def _street_after(text: str, start: int, end: int) -> tuple[int, int] | None:
    """``12, rue des Lilas``, ``14 Larch Road``"""
    if text[end : end + 1] not in (" ", ",", "\n"):
        return None
    for place, match in enumerate(_WORD.finditer(text, end, end + 40)):
        if match.start() > end + 2 and not place:
            return None
        if kinds_of(match[0]) & (ROAD if place else STREET):
            name = _STREET_NAME.match(text, match.end()) if not place else None
            return start, name.end() if name else match.end() - match[0].endswith(".")
        # In English the name stands between.
        if place == 3 or not match[0][0].isupper():
            return None
    return None


def _street_before(text: str, start: int, end: int, *, lives: bool) -> tuple[int, int] | None:
    """``calle Mayor 12``, ``ul. Lipowa 12``, ``Lindenstraße 12``"""
    offset = max(0, start - _LEFT)
    before = [match for match in _WORD.finditer(text, offset, start) if match[0].lower() not in _NUMBERING]
    for place, match in enumerate(reversed(before[-_MOST_WORDS:])):
        kinds = kinds_of(match[0])
        if kinds & STREET:
            return match.start(), end
        if not place and kinds & STREETEND and match[0][0].isupper():
            return match.start(), end
        if not (match[0][0].isupper() or match[0].lower() in _PARTICLES):
            break
    # Streets that are only a name: Am Mühlbach 7a, Kwiatowa 101, Αριστοτέλους 7
    name = _COMPOUND.search(text[offset:start]) if lives and before and text[start - 1] in " \n" else None
    if name and kinds_in(left_of(text, offset + name.start(), 40)) & LIVES:
        return offset + name.start(), end
    return None


_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*(?:\.|/)?|[nN][°º]|№")


def _is_home(text: str, start: int, end: int) -> bool:
    before = _SENTENCE_END.split(left_of(text, start, _BEFORE_ADDRESS))[-1]
    after = _SENTENCE_END.split(right_of(text, end, _AFTER_ADDRESS))[0]
    people = kinds_of_people(before) | kinds_of_people(after)
    if not people & _PEOPLE:
        return False
    kinds = (kinds_in(before) | kinds_in(after)) & ~_PEOPLE | people & _PEOPLE
    if kinds & LIVES:
        return True
    if not kinds & (CHILD | PARTY | KIN):
        return False  # many children are received somewhere, not at home there
    return bool(kinds & PRIVATE and kinds & (CHILD | PARTY)) or not kinds & (SERVICE | ORGANISATION)
