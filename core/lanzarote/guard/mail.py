"""Addresses of mail that belong to a person rather than to a service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from lanzarote.guard.births import Finding
from lanzarote.guard.lexicon import (
    CASE,
    CHILD,
    CHILDREN,
    GIVEN,
    KIN,
    NOTNAME,
    OFFICIAL,
    ORGANISATION,
    PARTIES,
    PARTY,
    PHONE,
    PRIVATE,
    PUPIL,
    REPORT,
    SCHOOL,
    SERVICE,
    STREET,
    STREETEND,
    TITLE,
    all_of,
    either,
    kinds_of,
    left_of,
    right_of,
    words,
)
from lanzarote.guard.nearby_words import OFFICE, nearest_first, sentence_before
from lanzarote.translation.folding import fold

_IN_BRACKETS = rf"[\[({{<] ?(?:{either('at')}|@) ?[\])}}>]"
_AT = rf"(?: ?@ ?| ?{_IN_BRACKETS} ?| arobase | at )"
_DOT = rf"(?:\.| \. | ?[\[({{] ?(?:{either('dot')}|\.) ?[\])}}] ?| dot | point | punkt )"
_BRACKETED = re.compile(_IN_BRACKETS, re.IGNORECASE)
_LOCAL_BACKWARDS = re.compile(r" ?([\w.+-]{1,64})")
_DOMAIN = re.compile(r"@ ?([\w-]{1,63}(?:(?:\.| \. )[\w-]{1,63}){1,6})")
_IN_ADDRESS = re.compile(r"://\S*$")
_SPELT = re.compile(
    rf"(?<![\w.+-])([\w+-]+(?:{_DOT}[\w+-]+){{0,3}}){_AT}([\w-]+(?:{_DOT}[a-z-]{{2,15}}){{1,3}})", re.IGNORECASE
)
_SPELT_DOT = re.compile(_DOT, re.IGNORECASE)
_LOCAL_PARTS = re.compile(r"[^\W\d_]+")
_NEAR = 60
_LONGEST_LOCAL = 66


def addresses(text: str) -> Iterator[Finding]:
    """E-mail addresses, except those of a role; hard where the shape is that of a person's name."""
    for start, end, local, domain in (*_written(text), *_spelt(text)):
        if (hard := _is_personal(local, domain, text, (start, end))) is not None:
            yield "email", start, end, hard


def _written(text: str) -> Iterator[tuple[int, int, str, str]]:
    place = text.find("@")
    while place >= 0:
        domain = _DOMAIN.match(text, place)
        local = _LOCAL_BACKWARDS.match(text[max(0, place - _LONGEST_LOCAL) : place][::-1]) if domain else None
        if domain and local:
            start = place - local.end()
            if not _IN_ADDRESS.search(text, max(0, start - _LONGEST_LOCAL), start):
                yield start, domain.end(), local[1][::-1], domain[1].replace(" ", "")
        place = text.find("@", domain.end() if domain else place + 1)


def _spelt(text: str) -> Iterator[tuple[int, int, str, str]]:
    """``lea.martin (at) gmail.com``"""
    if _has_spelt(text):
        for match in _SPELT.finditer(text):
            if "@" not in match[0]:
                local, domain = (_SPELT_DOT.sub(".", part) for part in match.groups())
                yield *match.span(), local, domain


def may_hold_address(text: str) -> bool:
    return "@" in text or _has_spelt(text)


def _has_spelt(text: str) -> bool:
    if ("(" in text or "[" in text or "{" in text) and _BRACKETED.search(text):
        return True
    return "arobase" in text or " dot " in text


_A_NAME, _SHORTEST_KNOWN, _LONGEST_ACRONYM, _LONGEST_INITIAL = 3, 3, 4, 2
_NEAREST = 6
_PERSONS = CHILD | PARTY | KIN | PRIVATE
_OF_A_BODY = (
    SERVICE | ORGANISATION | SCHOOL | OFFICIAL | CHILD | CHILDREN | PARTY | PARTIES | PHONE | NOTNAME | STREET | REPORT
    | CASE | PUPIL
)  # fmt: skip
"""Of an address at a domain of its own; at a provider's, a family has one as well."""


def _is_personal(local: str, domain: str, text: str, span: tuple[int, int]) -> bool | None:
    """Whether it surely is (or only may be) the address of a person; None when it is not."""
    domain = fold(domain)
    local = fold(local.partition("+")[0]) or fold(local)  # what follows a plus only sorts the mail
    parts = _LOCAL_PARTS.findall(local)
    private = domain in _providers() or not _providers().isdisjoint(domain.split("."))
    unknown = [part for part in parts if not _is_of_a_body(part, private=private)]
    if not unknown:
        return None
    given = any(kinds_of(part) & GIVEN for part in unknown)
    known = len(parts) - len(unknown)
    if parts[0] in _boxes() or (known and not private and all(len(part) <= _A_NAME for part in unknown)):
        return None
    if private:
        return not any(stem in local for stem in _stems())
    if any(len(part) > _A_NAME and part in domain.replace("-", "") for part in unknown):
        return None  # crip@crip-ville.example
    if known:
        return given or _beside_somebody(text, span) or None
    if len(unknown) > 1:
        initial = any(len(part) <= _LONGEST_INITIAL for part in unknown)
        return given or (
            len(unknown) <= _A_NAME
            and (initial or not any(len(part) <= _LONGEST_ACRONYM for part in unknown))
            and not any(kinds_of(part) & ~STREETEND for part in unknown if len(part) >= _SHORTEST_KNOWN)
        )
    surely = given or _is_named_nearby(unknown[0], text, span) or _beside_somebody(text, span)
    acronym = _SHORTEST_KNOWN <= len(unknown[0]) <= _LONGEST_ACRONYM and local.isalpha()
    return None if acronym and not surely else surely


def _is_of_a_body(part: str, *, private: bool) -> bool:
    """Whether a part of an address is a word for a service, a theme, a place or a function, or made of two of them."""
    if _is_word(part) and not (private and part in all_of("place")):
        return True
    kinds = kinds_of(part)
    if len(part) < _SHORTEST_KNOWN:
        return False  # initials
    if not private and kinds & _OF_A_BODY and not kinds & GIVEN:
        return True
    return any(
        _is_word(part[:place]) and _is_word(part[place:].removeprefix("s"))
        for place in range(_SHORTEST_KNOWN, len(part) - _SHORTEST_KNOWN + 1)
    )


def _is_word(part: str) -> bool:
    return part in _boxes() or part in _themes()


def _beside_somebody(text: str, span: tuple[int, int]) -> bool:
    """``mail de la mère : chat.noir@…``: what stands nearest is a word for a person and none for a service."""
    kinds = [kinds for kinds in nearest_first(sentence_before(text, span[0], _NEAR), "") if kinds][:_NEAREST]
    first = next((one for one in kinds if one & (_PERSONS | OFFICE)), 0)
    return bool(first & _PERSONS and not first & OFFICE)


@cache
def _boxes() -> frozenset[str]:
    """What the address of a service begins with: ``contact``, ``sekretariat``."""
    return all_of("mailbox")


@cache
def _themes() -> frozenset[str]:
    """What it may also be made of."""
    return all_of("theme", "publicbody", "place")


@cache
def _stems() -> frozenset[str]:
    """Whoever has one in an address at a provider may be an association without a domain of its own."""
    return all_of("orgstem")


@cache
def _providers() -> frozenset[str]:
    lines = (files("lanzarote.guard") / "mail_providers.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if line[:1] != "#" for word in line.split())


def _is_named_nearby(part: str, text: str, span: tuple[int, int]) -> bool:
    """``Claire Dupont (cdupont@…)``"""
    around = words(left_of(text, span[0], _NEAR)) + words(right_of(text, span[1], _NEAR))
    for before, word in zip(["", *around], around, strict=False):
        if len(word) > 3 and word[:1].isupper() and part.endswith(fold(word)) and len(part) - len(word) < 3:
            return before[:1].isupper() or bool(kinds_of(before) & TITLE)
    return False
