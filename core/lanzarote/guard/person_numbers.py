"""Numbers of persons: of any country beside a word for somebody, French ones without their key, accounts in a bank."""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, reduce
from importlib.resources import files
from operator import mul, or_
from typing import Final

from msgspec import Struct, toml

from lanzarote.guard import lexicon as lex
from lanzarote.guard.lexicon import (
    all_of,
    kinds_in,
    kinds_in_order,
    kinds_of,
    left_of,
    right_of,
    sentence_after,
    sentence_before,
    whose_word,
    words,
)
from lanzarote.guard.names import CAPITALISED, SURE, read_name
from lanzarote.guard.normalise import MONEY, Finding, Run
from lanzarote.translation.folding import fold

# --- A first look at the figures of a personal number, some twenty times quicker than python-stdnum ---
# What fails here is no number of its kind; what passes is for python-stdnum to say. Texts may hold thousands of
# figures.
#
# The weights (``sums`` in personal_numbers.toml) are those that python-stdnum names with each kind.


class Sum(Struct, frozen=True):
    """A weighted sum of the figures that leaves one of *left* when it is divided."""

    weights: tuple[int, ...]
    """The last takes the check digit off: what is left is 0, or says which of the exceptions it is."""
    modulus: int
    left: tuple[int, ...] = (0,)

    def test(self) -> Callable[[str], bool]:
        weights, modulus, left, of_zeros = self.weights, self.modulus, self.left, sum(self.weights) * ord("0")
        return lambda number: (sum(map(mul, number.encode(), weights)) - of_zeros) % modulus in left


def _tested(sums: Sequence[Sum]) -> Callable[[str], bool]:
    """Whether any of the *sums* fits."""
    [test, *others] = [one.test() for one in sums]
    return (lambda number: test(number) or any(other(number) for other in others)) if others else test


class OfPersons(Struct):
    """A kind of python-stdnum that identifies a natural person and checks something."""

    what: str
    signs: tuple[int, ...]
    """How many it has."""


class _Listed(Struct):
    of_persons: dict[str, OfPersons]
    sums: dict[str, tuple[Sum, ...]]


_LISTED = toml.decode((files("lanzarote.guard") / "personal_numbers.toml").read_bytes(), type=_Listed)


def _belgian(number: str) -> bool:
    if not number.isdecimal():
        return False
    key = 97 - int(number[-2:])
    return int(number[:-2]) % 97 == key or int("2" + number[:-2]) % 97 == key


def _french(number: str) -> bool:
    body = number[:13].upper().replace("2A", "19").replace("2B", "18")
    return (body + number[13:]).isdecimal() and 97 - int(body) % 97 == int(number[13:])


def _turkish(number: str) -> bool:
    figures = number.encode()
    return (sum(figures[:10]) - figures[10] - 9 * ord("0")) % 10 == 0 and _of_nine(number)


_of_nine = Sum((3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 0), 10).test()
_DOUBLED: Final = bytes.maketrans(b"0123456789", b"0246813579")


def _luhn(number: str) -> bool:
    figures = number.encode()[::-1]
    return (sum(figures[::2]) + sum(figures[1::2].translate(_DOUBLED)) - ord("0") * len(figures)) % 10 == 0


_OF_PENSION: Final = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
"""Of the figures, the letter read as two: those that the German pension insurance names."""


def _german_pension(number: str) -> bool:
    letter = ord(number[8].upper()) - ord("A") + 1
    figures = [int(figure) for figure in f"{number[:8]}{letter:02}{number[9:11]}"]
    products = [figure * weight for figure, weight in zip(figures, _OF_PENSION, strict=True)]
    return sum(one // 10 + one % 10 for one in products) % 10 == int(number[11])


LOOKS: Final[Mapping[str, Callable[[str], bool]]] = {name: _tested(sums) for name, sums in _LISTED.sums.items()} | {
    "fr.nir": _french,
    "de.rvnr": _german_pension,
    "be.nn": _belgian,
    "be.bis": _belgian,
    "gr.amka": _luhn,
    "tr.tckimlik": _turkish,
}
"""By the name of the kind; each is given as many figures as its form has, without what parts them."""


# --- Numbers of persons of any country, beside a word for such a number or for somebody ---
# Many of them are any nine or ten figures of which one in eleven fits by chance: alone they tell nothing. Beside *ID*
# or *identifiant* they do, and beside a child, a mother or a beneficiary, unless what stands there counts or names
# something else.


OF_PERSONS: Final[Mapping[str, OfPersons]] = _LISTED.of_persons
_BEFORE, _AFTER = 64, 40
_NEAR_BEFORE, _NEAR_AFTER = 7, 4
"""Words between somebody and their number."""
_FEWEST, _MOST = 9, 18
_SEVERAL = 8
"""Runs of figures, before each of which is looked at it is asked whether there is any word for somebody at all."""
_FEWEST_SIGNS = 7
"""Of a run: letters may go before it and behind."""
_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{4}|\d{4}([./-])\d{1,2}\2\d{1,2}")
_MOST_LOOKED_AT = 64
"""So many figures beside somebody are looked at in a text: who puts them right is shown the next ones."""
_SEPARATORS = re.compile(r"[^0-9A-Za-z]+")
_SOMEBODY = lex.PERSON | lex.PUPIL | lex.SOMEBODY
_BESIDE = 3


def numbers_of_somebody(
    text: str, runs: Sequence[Run], is_valid: Callable[[str], Callable[[str], bool] | None]
) -> Iterator[tuple[int, int]]:
    """Where such numbers stand. *is_valid* gives the check of a kind."""
    if len(runs) > _SEVERAL and not kinds_in(text) & (_SOMEBODY | lex.IDNUMBER):
        return
    looked = 0
    for run in runs:
        if looked == _MOST_LOOKED_AT:
            return
        if len(run.text) < _FEWEST_SIGNS or not _is_somebodys(text, run.start, run.end):
            continue
        looked += 1
        candidates = _candidates(text, run)
        for start, end, number in candidates:
            if any(
                ((look := LOOKS.get(name)) is None or look(number)) and (check := is_valid(name)) and check(number)
                for name in _by_length().get(len(number), ())
            ):
                yield start, end
                break


@cache
def _by_length() -> dict[int, list[str]]:
    found = defaultdict(list)
    for name, kind in OF_PERSONS.items():
        for length in kind.signs:
            found[length].append(name)
    return dict(found)


_GROUPS = re.compile(r"[0-9A-Za-z]+(?:[ ./\-][0-9A-Za-z]*[0-9][0-9A-Za-z]*)*(?: [A-Z]{1,2}(?![\w]))?")


def _candidates(text: str, run: Run) -> Iterator[tuple[int, int, str]]:
    """The figures of a run, as far as only single signs part them; then each of its groups alone."""
    first = run.start
    while first and run.start - first < _MOST and text[first - 1].isalnum() and text[first - 1].isascii():
        first -= 1
    if first and text[first - 1] in "+/=#&@_-":
        return
    for whole in _GROUPS.finditer(text, first, min(len(text), run.end + 3)):
        number = _SEPARATORS.sub("", whole[0]).upper()
        if _DATE.match(whole[0]):
            continue
        if _FEWEST <= len(number) <= _MOST:
            yield whole.start(), whole.end(), number
        if len(number) != len(whole[0]):
            for group in whole[0].split(" "):
                bare = _SEPARATORS.sub("", group).upper()
                if _FEWEST <= len(bare) <= _MOST:
                    at = text.index(group, whole.start())
                    yield at, at + len(group), bare


def _is_somebodys(text: str, start: int, end: int) -> bool:
    if not _LETTER.search(text, max(0, start - _BEFORE), end + _AFTER) or MONEY.match(text, end):
        return False
    kinds = kinds_in_order(sentence_before(text, start, _BEFORE))
    following = kinds_in_order(sentence_after(text, end, _AFTER))[:_NEAR_AFTER]
    said = reduce(or_, kinds, 0)
    if any(one & lex.OTHERNUMBER and not one & lex.IDNUMBER for one in kinds):
        return False
    if any(one & lex.IDNUMBER and not one & lex.OTHERNUMBER for one in (*kinds, *following)):
        return bool(said & _SOMEBODY or not said & lex.ORGANISATION)
    if any(one & lex.FILE for one in kinds[-_NEAR_BEFORE:]):
        return False
    nearest = (*reversed(kinds[-_NEAR_BEFORE:]), lex.BREAK, *following)
    if any(one & (lex.CASE | lex.UNIT | lex.REFERENCE) for one in nearest[:_BESIDE]):
        return False
    if said & lex.OTHERNUMBER and said & lex.GIVEN and not said & lex.OFFICE:
        return True  # the tax number of somebody: bodies have one as well
    first = whose_word(nearest, _SOMEBODY)
    return bool(first & _SOMEBODY and not first & lex.OFFICE)


_LETTER = re.compile(r"[^\W\d_]")


# --- French social security numbers without the two figures of their key: thirteen figures that nothing checks ---
# Their groups (sex, year, month, département, commune, order) tell them from other numbers. In one piece only a person
# standing near makes it sure; a code of a product passes, and of the rest one is asked.

_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[12]([ .\-]?)\d\d\1(?:0[1-9]|1[0-2])\1(?:0[1-9]|[1-8]\d|9[0-57-9]|2[AB])\1"
    r"(?!000)\d{3}\1(?!000)\d{3}(?![0-9A-Za-z]|[ .\-/,]{1,2}\d)"
)
_FIGURES = 13
_SOMEBODY_NAMED = lex.PERSON | lex.PUPIL | lex.LITTLE | lex.GIVEN
_FAR_BEFORE, _FAR_AFTER = 70, 40
_NO_PERSON_AROUND = "/=#&_@"


def numbers_without_key(text: str, runs: Iterable[Run]) -> Iterator[Finding]:
    """Numbers in their groups, or in one piece beside a person, hard; others in one piece are asked about."""
    for run in runs:
        if run.text[0] not in "12" or len(run.text) < _FIGURES or (match := _NUMBER.match(text, run.start)) is None:
            continue
        if match[1]:
            yield "personal-number", *match.span(), True
        elif text[match.start() - 1 : match.start()] not in tuple(_NO_PERSON_AROUND):
            before, after = (
                sentence_before(text, match.start(), _FAR_BEFORE),
                sentence_after(text, match.end(), _FAR_AFTER),
            )
            if kinds_in(before) & _SOMEBODY_NAMED or kinds_in(after) & _SOMEBODY_NAMED:
                yield "personal-number", *match.span(), True
            elif not kinds_in(before) & lex.OTHERNUMBER and not _is_of_a_product(match[0]):
                yield "personal-number", *match.span(), False


def _is_of_a_product(number: str) -> bool:
    from stdnum import ean

    return ean.is_valid(number)


# --- Numbers of bank accounts that belong to a person; that to which an organisation asks to give passes ---

_IBAN = re.compile(r"[A-Za-z]{2}[ .-]?\d\d(?:[ \n.\-‐‑–_]{0,2}[0-9A-Za-z]){11,30}")
_FEWEST_FIGURES = 10
_COUNTRY_AND_KEY = 4
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
    before = sentence_before(text, start, _FAR_BEFORE)
    after = sentence_after(text, end, _FAR_AFTER)
    if owner := _owner(words(before)) or _owner(["iban", *words(after)], _OWNED_AFTER):
        return None if owner == "organisation" else True
    if not _is_organisations(before, after):
        nobody = not (kinds_in(before) | kinds_in(after)) & lex.PERSON
        return None if nobody and _is_paid_at_work(text, start, end) else True
    return False if _names_somebody(before) or _names_somebody(after) else None


_OWNED_AFTER = 3
"""Words in which it is said behind the number: ``de Mme Durand``."""


def _owner(said: list[str], most: int = _MADE_OUT_TO) -> str:
    """``IBAN de l'association``, ``the mother's account``: the last of them counts."""
    for place in range(len(said) - 1, -1, -1):
        if fold(said[place]) in _ACCOUNT:
            owning = said[max(0, place - 2) : place] if place and fold(said[place - 1]).endswith("'s") else []
            if any(kinds_of(word) & lex.GIVEN and word[0].isupper() for word in owning):
                return "person"
            owning = owning[-1:]
            if told := _told_owner(owning) or _told_owner(said[place + 1 :][:most]):
                return told
    return ""


def _told_owner(following: list[str]) -> str:
    for at, word in enumerate(following):
        kinds, folded = kinds_of(word), fold(word)
        if kinds & (lex.OFFICE | lex.ORGACCOUNT):
            return "organisation"
        if kinds & lex.PERSON or (word[0].isupper() and at and _is_first_name(word)):
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
        if kinds & lex.PERSON and not kinds & lex.OFFICE:
            return False
        if kinds & (lex.OFFICE | lex.ORGACCOUNT):
            return True
    return bool((kinds_in(before) | kinds_in(after)) & lex.ORGACCOUNT)


def _is_paid_at_work(text: str, start: int, end: int) -> bool:
    """Whether invoices, suppliers or a budget are spoken of around it, and nobody is named beside it."""
    around = left_of(text, start, _PAID_NEAR) + " | " + right_of(text, end, _PAID_NEAR)
    beside = sentence_before(text, start, _FAR_BEFORE), sentence_after(text, end, _FAR_AFTER)
    return bool(kinds_in(around) & lex.ORGACCOUNT) and not any(map(_names_somebody, beside))


_PAID_NEAR = 240


def _names_somebody(clause: str) -> bool:
    """Whether a person is named in it, and not only what an organisation is named after: ``fondation Paul Durand``."""
    for match in CAPITALISED.finditer(clause):
        name = read_name(clause, *match.span())
        if name is None or name.sureness < SURE or not (name.kinds & lex.TITLE or (name.given and name.words > 1)):
            continue
        named = [word for word in words(clause[: name.start]) if fold(word) not in _PASSED_OVER][-1:]
        if not (named and kinds_of(named[0]) & lex.OFFICE and clause[: name.start][-1:] == " "):
            return True
    return False
