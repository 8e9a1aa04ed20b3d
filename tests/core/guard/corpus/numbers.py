"""Personal numbers that belong to nobody but pass the check of python-stdnum."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from itertools import product

from stdnum import iban
from stdnum.util import get_cc_module


def personal_number(kind: str, chance: random.Random) -> str:
    """A number of the *kind*, in one of the ways people write it."""
    country, _, name = kind.partition(".")
    module = get_cc_module(country, name)
    assert module is not None
    body, ending, ways = _KINDS[kind]
    while True:
        made = body(chance)
        valid = [number for number in (made + end for end in ending()) if module.is_valid(number)]
        if valid:
            return chance.choice(ways)(chance.choice(valid))


_ACCOUNTS = {
    "fr": "FR 23",
    "de": "DE 18",
    "en": "GB NWBK 14",
    "es": "ES 20",
    "it": "IT X 22",
    "nl": "NL ABNA 10",
    "pt": "PT 21",
}


def account_number(language: str, chance: random.Random) -> str:
    """An IBAN that belongs to nobody but passes the check of python-stdnum, in one of the ways people write it."""
    country, *bank, count = _ACCOUNTS.get(language, _ACCOUNTS["de"]).split()
    while True:
        account = "".join(bank) + "".join(chance.choices(string.digits, k=int(count)))
        number = country + iban.calc_check_digits(f"{country}00{account}") + account
        if iban.is_valid(number):
            groups = [number[place : place + 4] for place in range(0, len(number), 4)]
            return chance.choice((number, " ".join(groups), "-".join(groups)))


def _digits(count: int) -> Callable[[random.Random], str]:
    return lambda chance: "".join(chance.choices(string.digits, k=count))


def _day(chance: random.Random, order: str) -> str:
    """A date of birth: ``ymd`` or ``dmy``."""
    parts = {"y": chance.randint(40, 99), "m": chance.randint(1, 12), "d": chance.randint(1, 28)}
    return "".join(f"{parts[part]:02}" for part in order)


def _figures(count: int) -> Callable[[], Iterator[str]]:
    return lambda: map("".join, product(string.digits, repeat=count))


def _letters() -> Iterator[str]:
    return iter(string.ascii_uppercase)


def _cut(*lengths: int, by: str = " ") -> Callable[[str], str]:
    def cut(number: str) -> str:
        parts, start = [], 0
        for length in lengths:
            parts.append(number[start : start + length])
            start += length
        return by.join((*parts, number[start:])) if number[start:] else by.join(parts)

    return cut


def _nir(chance: random.Random) -> str:
    first = chance.choice("12") + f"{chance.randint(0, 99):02}{chance.randint(1, 12):02}"
    return (
        first
        + f"{chance.choice((13, 33, 59, 69, 75, 93, 99)):02}{chance.randint(1, 400):03}{chance.randint(1, 500):03}"
    )


def _idnr(chance: random.Random) -> str:
    figures = chance.sample(string.digits, 10)
    figures[9] = figures[chance.randrange(8)]  # one figure twice, one never
    chance.shuffle(figures)
    return "".join(figures)


def _fiscale(chance: random.Random) -> str:
    name = "".join(chance.choices("BCDFGLMNPRSTV", k=6))
    born = f"{chance.randint(40, 99)}{chance.choice('ABCDEHLMPRST')}{chance.randint(1, 28):02}"
    return f"{name}{born}H{chance.randint(100, 999)}"


def _whole(number: str) -> str:
    return number


_Kind = tuple[Callable[[random.Random], str], Callable[[], Iterator[str]], tuple[Callable[[str], str], ...]]
_KINDS: dict[str, _Kind] = {
    "fr.nir": (_nir, _figures(2), (_whole, _cut(1, 2, 2, 2, 3, 3), _cut(13), _cut(1, 2, 2, 2, 3, 3, by="."))),
    "gb.nhs": (_digits(9), _figures(1), (_whole, _cut(3, 3), _cut(3, 3, by="-"))),
    "ie.pps": (_digits(7), _letters, (_whole,)),
    "de.idnr": (_idnr, _figures(1), (_whole, _cut(2, 3, 3))),
    "at.vnr": (lambda c: f"{c.randint(100, 999)}0{_day(c, 'dmy')}", lambda: iter([""]), (_whole, _cut(4))),
    "ch.ssn": (lambda c: "756" + _digits(9)(c), _figures(1), (_whole, _cut(3, 4, 4, by="."), _cut(3, 4, 4))),
    "es.dni": (_digits(8), _letters, (_whole, _cut(8, by="-"), lambda n: f"{n[:2]}.{n[2:5]}.{n[5:8]}-{n[8]}")),
    "es.nie": (lambda c: c.choice("XYZ") + _digits(7)(c), _letters, (_whole, _cut(1, 7, by="-"))),
    "it.codicefiscale": (_fiscale, _letters, (_whole, str.lower, _cut(6, 5, 4))),
    "pt.cc": (lambda c: f"{_digits(8)(c)}{c.randint(0, 9)}ZZ", _figures(1), (_whole, _cut(8, 1))),
    "nl.bsn": (_digits(8), _figures(1), (_whole, _cut(4, 2), _cut(4, 2, by="."))),
    "be.nn": (
        lambda c: _day(c, "ymd") + f"{c.randint(1, 900):03}",
        _figures(2),
        (_whole, lambda n: f"{n[:2]}.{n[2:4]}.{n[4:6]}-{n[6:9]}.{n[9:]}", _cut(6, 3)),
    ),
    "pl.pesel": (lambda c: _day(c, "ymd") + _digits(4)(c), _figures(1), (_whole,)),
    "ua.rntrc": (lambda c: f"{c.randint(20000, 42000)}{_digits(4)(c)}", _figures(1), (_whole,)),
    "gr.amka": (lambda c: _day(c, "dmy") + _digits(4)(c), _figures(1), (_whole,)),
}
