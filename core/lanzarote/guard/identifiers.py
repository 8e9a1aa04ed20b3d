"""Personal identity numbers of Europe, recognised by their form and checked by python-stdnum.

A kind of number is looked for everywhere when an ordinary number can hardly pass for it: it holds a date of birth and a
check digit, or a form of its own. The others (a Dutch BSN is any nine figures in eleven) are looked for only where the
region names them, or beside a word such as "BSN".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from msgspec import Struct

from lanzarote.folding import fold
from lanzarote.guard.scan import SPACES, Run

_GAP = rf"[{SPACES}.\-‐‑–]?"
_GAPS = re.compile(_GAP.removesuffix("?"))
# Not inside an address of the web, a longer code, a decimal number or an international telephone number.
_BEFORE = r"(?<![\w/=#&+.,%\-])"
_AFTER = r"(?![\w/]|[.,\-]\d)"
_FEWEST_DIGITS = 7
_DIGIT = re.compile("[0-9]")
_MOST_FIGURES = 20
_LABEL_DISTANCE = 40


class Kind(Struct, frozen=True):
    """A kind of personal number: how it is written, and the words that announce it if it is looked for only there."""

    name: str
    figures: int
    """How many there are at least."""
    form: str
    labels: tuple[str, ...] = ()

    @property
    def everywhere(self) -> bool:
        return not self.labels


_KINDS = (
    Kind("fr.nir", 14, r"[1-478]_\d\d_\d\d_(?:\d\d|2[AB])_\d{3}_\d{3}_\d\d"),
    Kind("be.nn", 11, r"\d\d_\d\d_\d\d_\d{3}_\d\d"),
    Kind("es.dni", 8, r"\d{8}[- ]?[A-Z]"),
    Kind("es.nie", 7, r"[XYZ][- ]?\d{7}[- ]?[A-Z]"),
    Kind("it.codicefiscale", 7, r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]"),
    Kind("pt.cc", 9, r"\d{8} ?\d ?[A-Z]{2}\d"),
    Kind("ie.pps", 7, r"\d{7}[A-W][A-IW]?"),
    Kind("fi.hetu", 9, r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]"),
    Kind("se.personnummer", 10, r"(?:19|20)?\d{6}[-+]\d{4}"),
    Kind("no.fodselsnummer", 11, r"\d{6}[- ]?\d{5}"),
    Kind("is.kennitala", 10, r"[0-3]\d{5}-\d{4}"),  # those of organisations begin with 4 to 7
    Kind("lv.pvn", 11, r"[0-3]\d{5}-\d{5}"),
    Kind("ee.ik", 11, r"[1-8]\d{10}"),
    Kind("lt.asmens", 11, r"[3-6]\d{10}"),
    Kind("pl.pesel", 11, r"\d{11}"),
    Kind("cz.rc", 10, r"\d{6}/\d{4}"),
    Kind("si.emso", 13, r"\d{13}"),
    Kind("ro.cnp", 13, r"(?!97[89])[1-9]\d{12}"),  # 978 and 979 are books
    Kind("gr.amka", 11, r"\d{11}"),
    Kind("tr.tckimlik", 11, r"[1-9]\d{10}"),
    Kind("ch.ssn", 13, r"756_\d{4}_\d{4}_\d\d"),
    Kind("at.vnr", 10, r"\d{4} ?\d{6}", ("svnr", "vsnr", "versicherungsnummer")),
    Kind("bg.egn", 10, r"\d{10}", ("егн", "egn")),
    Kind("bg.pnf", 10, r"\d{10}", ("лнч", "lnch")),
    Kind(
        "de.idnr", 11, r"\d\d_\d{3}_\d{3}_\d{3}", ("idnr", "steuer-id", "steueridentifikationsnummer", "steuernummer")
    ),
    Kind("dk.cpr", 10, r"\d{6}[- ]?\d{4}", ("cpr", "personnummer")),
    Kind("gb.nhs", 10, r"\d{3}_\d{3}_\d{4}", ("nhs",)),
    Kind("hr.oib", 11, r"\d{11}", ("oib",)),
    Kind("nl.bsn", 9, r"\d{4}_\d\d_\d{3}", ("bsn", "burgerservicenummer", "sofinummer")),
    Kind("ua.rntrc", 10, r"\d{10}", ("рнокпп", "іпн", "ідентифікаціинии", "податковии номер")),
)
_BY_NAME = {kind.name: kind for kind in _KINDS} | {"sk.rc": next(kind for kind in _KINDS if kind.name == "cz.rc")}
_NAME = re.compile(r"[a-z]{2}_?\.[a-z][a-z0-9_]*")
_ANY_FORM = r"[A-Z]{0,3}[0-9](?:_[0-9A-Z]){6,19}"


def knows_identifier(name: str) -> bool:
    """Whether *name*, such as ``fr.nir``, is a kind of number that can be checked."""
    return _is_valid(name) is not None


@cache
def _is_valid(name: str) -> Callable[[str], bool] | None:
    if not _NAME.fullmatch(name):
        return None
    from stdnum.util import get_cc_module

    country, _, kind = name.partition(".")
    module = get_cc_module(country.removesuffix("_"), kind)
    return getattr(module, "is_valid", None)


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(_BEFORE + form.replace("_", _GAP) + _AFTER)


def personal_numbers(text: str, runs: Iterable[Run], identifiers: Sequence[str] = ()) -> list[tuple[int, int]]:
    """Where personal numbers stand in *text*."""
    found: set[tuple[int, int]] = set()
    for run in runs:
        if len(run.text) >= _FEWEST_DIGITS and (count := len(_DIGIT.findall(run.text))) >= _FEWEST_DIGITS:
            found.update(_in_run(text, run, count, tuple(identifiers)))
    return sorted(found)


def _in_run(text: str, run: Run, count: int, identifiers: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    before: str | None = None
    # An Italian code has six letters before its figures, a Spanish one a letter after them.
    first, last = max(0, run.start - 8), run.end + 6
    for kind, pattern in _wanted(identifiers, min(count, _MOST_FIGURES)):
        for match in pattern.finditer(text, first, last):
            valid = _is_valid(kind.name)
            # Written apart in whatever way: python-stdnum knows fewer of them than people do.
            number = _GAPS.sub("", match[0]) if "_" in kind.form else match[0]
            if valid is None or not valid(number):
                continue
            if not kind.everywhere:
                before = before or fold(text[max(0, match.start() - _LABEL_DISTANCE) : match.start()])
                if not any(label in before for label in kind.labels):
                    continue
            yield match.span()


@cache
def _wanted(identifiers: tuple[str, ...], count: int) -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    """The kinds that *count* figures can hold; those that the region names are looked for everywhere."""
    named = []
    for name in identifiers:
        if not knows_identifier(name):
            raise ValueError(f"{name[:40]!r} is not a kind of number that python-stdnum knows, such as fr.nir")
        known = _BY_NAME.get(name)
        named.append(Kind(name, known.figures if known else 0, known.form if known else _ANY_FORM))
    kinds = (*named, *(kind for kind in _KINDS if kind.name not in identifiers))
    return tuple((kind, _pattern(kind.form)) for kind in kinds if kind.figures <= count)
