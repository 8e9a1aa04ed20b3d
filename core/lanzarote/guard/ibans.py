"""Numbers of bank accounts that belong to a person; that to which an organisation asks to give passes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lanzarote.guard.births import Finding
from lanzarote.guard.lexicon import (
    CHILD,
    KIN,
    ORGANISATION,
    PARTY,
    PRIVATE,
    SCHOOL,
    SERVICE,
    TITLE,
    kinds_of,
    left_of,
    right_of,
    words,
)
from lanzarote.guard.phones import SENTENCE_END
from lanzarote.guard.scan import Run

_IBAN = re.compile(r"[A-Za-z]{2}[ .-]?\d\d(?:[ \n.\-‐‑–_]{0,2}[0-9A-Za-z]){11,30}")
_SHORTEST, _LONGEST, _FEWEST_FIGURES = 15, 34, 10
_PERSON = CHILD | PARTY | KIN | TITLE | PRIVATE
_OFFICE = SERVICE | ORGANISATION | SCHOOL
_BEFORE, _AFTER = 70, 40
_OF_ORGANISATIONS = re.compile(
    r"\b(?:siret|siren|rna|kvk|nip|nipc|nif|cif|krs|regon|btw|p\. ?iva|єдрпоу|αφμ|vereinsregister|charity|dons?"
    r"|donations?|donate|spenden?|spendenkonto|donativos?|donaciones|donazion[ei]|doações|donativo|giften|giro|darowizn\w*"
    r"|пожертв\w*|благодійн\w*|δωρε\w*|cotisations?|subventions?|grants?)\b",
    re.IGNORECASE,
)


def bank_accounts(text: str, runs: Iterable[Run]) -> Iterator[Finding]:
    """IBANs whose check digits fit, except those that stand beside a word for an organisation or for gifts."""
    done = 0
    for run in runs:
        if not text[run.start - 2 : run.start - 1].isalpha():
            continue
        start = _country_before(text, run.start)
        if start < done or not (match := _IBAN.match(text, start)):
            continue
        if sum(map(str.isdecimal, match[0])) < _FEWEST_FIGURES:
            continue  # two letters before figures are mostly a word: "en 2013"
        if (end := _end_of_iban(text, *match.span())) and not _is_organisations(text, start, end):
            done = end
            yield "bank-account", start, end, True


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

    number = ""
    for place in range(start, last):
        if text[place].isalnum():
            number += text[place].upper()
        ends = place + 1 == last or not text[place + 1].isalnum()
        if ends and _SHORTEST <= len(number) <= _LONGEST and text[place].isalnum() and iban.is_valid(number):
            return 0 if text[place + 1 : place + 2].isalnum() else place + 1
    return 0


def _is_organisations(text: str, start: int, end: int) -> bool:
    before = SENTENCE_END.split(left_of(text, start, _BEFORE))[-1]
    after = SENTENCE_END.split(right_of(text, end, _AFTER))[0]
    for word in (*reversed(words(before)), *words(after)):
        kinds = kinds_of(word)
        if kinds & _PERSON and not kinds & _OFFICE:
            return False
        if kinds & _OFFICE or _OF_ORGANISATIONS.fullmatch(word):
            return True
    return bool(_OF_ORGANISATIONS.search(before) or _OF_ORGANISATIONS.search(after))
