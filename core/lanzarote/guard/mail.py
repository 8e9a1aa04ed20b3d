"""Addresses of mail that belong to a person rather than to a service."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lanzarote.folding import fold
from lanzarote.guard.births import Finding
from lanzarote.guard.lexicon import GIVEN, TITLE, kinds_of, left_of, right_of, words
from lanzarote.guard.vocabulary import FREE_MAIL, ORGANISATION_STEMS, ROLES, THEMES

_AT = (
    r"(?: ?@ ?| ?[\[({<] ?(?:at|arobase|a|ät|arroba|chiocciola|małpa|malpa|собака|собачка|@) ?[\])}>] ?| arobase | at )"
)
_DOT = r"(?:\.| \. | ?[\[({] ?(?:dot|point|punkt|punto|kropka|ponto|крапка|точка|\.) ?[\])}] ?| dot | point | punkt )"
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
    return ("(" in text and "(at)" in text) or ("[" in text and "[at]" in text) or "arobase" in text or " dot " in text


def _is_personal(local: str, domain: str, text: str, span: tuple[int, int]) -> bool | None:
    """Whether it surely is (or only may be) the address of a person; None when it is not."""
    domain = fold(domain)
    parts = _LOCAL_PARTS.findall(fold(local))
    unknown = [part for part in parts if part not in ROLES and part not in THEMES]
    known = len(parts) - len(unknown)
    if not unknown:
        return None if known else False
    if parts[0] in ROLES or (known and all(len(part) <= 3 for part in unknown)):
        return None
    private = domain in FREE_MAIL or not FREE_MAIL.isdisjoint(domain.split("."))
    if not private and any(len(part) > 3 and part in domain.replace("-", "") for part in unknown):
        return None  # crip@crip-ville.example
    if known:
        return any(kinds_of(part) & GIVEN for part in unknown)
    if private:
        return not any(stem in local.lower() for stem in ORGANISATION_STEMS)
    return len(unknown) > 1 or bool(kinds_of(unknown[0]) & GIVEN) or _is_named_nearby(unknown[0], text, span)


def _is_named_nearby(part: str, text: str, span: tuple[int, int]) -> bool:
    """``Claire Dupont (cdupont@…)``"""
    around = words(left_of(text, span[0], _NEAR)) + words(right_of(text, span[1], _NEAR))
    for before, word in zip(["", *around], around, strict=False):
        if len(word) > 3 and word[:1].isupper() and part.endswith(fold(word)) and len(part) - len(word) < 3:
            return before[:1].isupper() or bool(kinds_of(before) & TITLE)
    return False
