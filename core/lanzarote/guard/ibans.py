"""Numbers of bank accounts that belong to a person; that to which an organisation asks to give passes."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from functools import cache

from lanzarote.guard.births import Finding
from lanzarote.guard.lexicon import GIVEN, ORGACCOUNT, TITLE, all_of, kinds_in, kinds_of, words
from lanzarote.guard.names import CAPITALISED, SURE, read_name
from lanzarote.guard.nearby_words import OFFICE, PERSON, sentence_after, sentence_before
from lanzarote.guard.scan import Run
from lanzarote.translation.folding import fold

_IBAN = re.compile(r"[A-Za-z]{2}[ .-]?\d\d(?:[ \n.\-‐‑–_]{0,2}[0-9A-Za-z]){11,30}")
_FEWEST_FIGURES = 10
_COUNTRY_AND_KEY = 4
_BEFORE, _AFTER = 70, 40
_ACCOUNT = all_of("account")
_PASSED_OVER = all_of("accountfiller")
_MADE_OUT_TO = 6
"""Words between an account and whose it is."""


def bank_accounts(text: str, runs: Iterable[Run]) -> Iterator[Finding]:
    """IBANs whose check digits fit, hard unless an organisation may be meant; its own, and those for gifts, pass."""
    done = 0
    for run in runs:
        if not text[run.start - 2 : run.start - 1].isalpha():
            continue
        start = _country_before(text, run.start)
        if start < done or not (match := _IBAN.match(text, start)):
            continue
        if sum(map(str.isdecimal, match[0])) < _FEWEST_FIGURES:
            continue  # two letters before figures are mostly a word: "en 2013"
        if (end := _end_of_iban(text, *match.span())) and (hard := _whose(text, start, end)) is not None:
            done = end
            yield "bank-account", start, end, hard


def _country_before(text: str, start: int) -> int:
    """Where the two letters begin that an IBAN has before its figures; -1 if there are none."""
    last = start - 1 if text[start - 1 : start] in (" ", ".", "-") else start
    first = last - 2
    if first < 0 or not (text[first:last].isascii() and text[first:last].isalpha()):
        return -1
    return -1 if text[first - 1 : first].isalnum() else first


def _end_of_iban(text: str, start: int, last: int) -> int:
    """The end of the number that begins at *start*; 0 when nothing up to *last* fits."""
    from stdnum import iban

    number, end = "", start
    long = _length(text[start : start + 2].upper())
    while len(number) < long and end < last:
        piece = _NO_SIGN.sub("", text[end : min(last, end + long - len(number))])
        end = min(last, end + long - len(number))
        number += piece.upper()
    if not long or len(number) < long or text[end : end + 1].isalnum():
        return 0
    left = int("".join(map(_FIGURES_OF.__getitem__, number[4:] + number[:4]))) % 97
    return end if left == 1 and iban.is_valid(number) else 0


_NO_SIGN = re.compile("[^0-9A-Za-z]")
_FIGURES_OF = {sign: str(int(sign, 36)) for sign in string.digits + string.ascii_uppercase}
"""Figures, and what letters stand for."""


@cache
def _length(country: str) -> int:
    """How many signs the numbers of a country have; 0 where there are none."""
    from stdnum import numdb

    [(_, known), *_] = numdb.get("iban").info(country)
    return _COUNTRY_AND_KEY + sum(map(int, re.findall(r"\d+(?=!)", known["bban"]))) if known else 0


def _whose(text: str, start: int, end: int) -> bool | None:
    """Whether it surely is (or only may be) that of a person; None when it is an organisation's.

    Who the account is said to be of decides. Otherwise what stands nearest does, unless a person is named beside the
    organisation: their account may be hers, or that of the organisation she speaks for.
    """
    before = sentence_before(text, start, _BEFORE)
    after = sentence_after(text, end, _AFTER)
    if owner := _owner(words(before)) or _owner(["iban", *words(after)], _OWNED_AFTER):
        return None if owner == "organisation" else True
    if not _is_organisations(before, after):
        return True
    return False if _names_somebody(before) or _names_somebody(after) else None


_OWNED_AFTER = 3
"""Words in which it is said behind the number: ``de Mme Durand``."""


def _owner(said: list[str], most: int = _MADE_OUT_TO) -> str:
    """``IBAN de l'association``, ``the mother's account``: the last of them counts."""
    for place in range(len(said) - 1, -1, -1):
        if fold(said[place]) in _ACCOUNT:
            owning = said[max(0, place - 2) : place] if place and fold(said[place - 1]).endswith("'s") else []
            if any(kinds_of(word) & GIVEN and word[0].isupper() for word in owning):
                return "person"
            owning = owning[-1:]
            if told := _told_owner(owning) or _told_owner(said[place + 1 :][:most]):
                return told
    return ""


def _told_owner(following: list[str]) -> str:
    for at, word in enumerate(following):
        kinds, folded = kinds_of(word), fold(word)
        if kinds & (OFFICE | ORGACCOUNT):
            return "organisation"
        if kinds & PERSON or (word[0].isupper() and at and _is_first_name(word)):
            return "person"
        if folded not in _PASSED_OVER:
            return ""
    return ""


def _is_first_name(word: str) -> bool:
    name = read_name(word, 0, len(word))
    return name is not None and name.given


def _is_organisations(before: str, after: str) -> bool:
    for word in (*reversed(words(before)), *words(after)):
        kinds = kinds_of(word)
        if kinds & PERSON and not kinds & OFFICE:
            return False
        if kinds & (OFFICE | ORGACCOUNT):
            return True
    return bool((kinds_in(before) | kinds_in(after)) & ORGACCOUNT)


def _names_somebody(clause: str) -> bool:
    """Whether a person is named in it, and not only what an organisation is named after: ``fondation Paul Durand``."""
    for match in CAPITALISED.finditer(clause):
        name = read_name(clause, *match.span())
        if name is None or name.sureness < SURE or not (name.kinds & TITLE or (name.given and name.words > 1)):
            continue
        named = [word for word in words(clause[: name.start]) if fold(word) not in _PASSED_OVER][-1:]
        if not (named and kinds_of(named[0]) & OFFICE and clause[: name.start][-1:] == " "):
            return True
    return False
