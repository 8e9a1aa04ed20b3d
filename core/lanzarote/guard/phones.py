"""Numbers of telephones that belong to a person rather than to a service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Literal

from lanzarote.folding import fold
from lanzarote.guard.births import Finding
from lanzarote.guard.lexicon import KIN, OFFICIAL, PHONE, PRIVATE, SERVICE, kinds_of, left_of, words
from lanzarote.guard.near import OFFICE, PERSON, sentence_after, sentence_before
from lanzarote.guard.scan import UPPER, Run

_MOBILE_ABROAD = re.compile(
    r"33[67]|447|491[567]|34[67]|393|324[5-9]|316|48(?:4[5]|5[0137]|6[069]|7[2389]|88)|3069|3519|3538[35679]|436[4-9]|"
    r"417[5-9]|467|47[49]|354[678]|3584|35850|420[67]|3526|407|3859|380(?:39|50|6[3678]|73|9[1-9])|905|9955|4219|"
    r"36[2357]0|3598[789]|3816|386[3-7]|3706|3712|3725|3556|3897|3876|3826|3737|374[4579]|99[45]5|79|37529|37533|37544|"
    r"377[46]|45(?:2|3[01]|4[0-2]|5[0-3]|6[01]|71|81|9)|356[79]|3579|423[67]|212[67]|2135|2162|2217|22[35]0[15-7]"
)
_FREE_OF_CHARGE = re.compile(r"800|338|4480|4930|49800|34[89]00|39800|3280|31[89]0|48800|351800|30800|116")
_COUNTRIES = re.compile(r"3[0-469]|35\d|37\d|38\d|4[013-9]|42[0-3]|7|90|99\d|21\d|22\d|1")
_FRENCH = re.compile(r"\d\d([ .\-]?)(?:\d\d\1){3}\d\d")
_SHORTEST, _LONGEST = 8, 15
_OTHER_FIGURES = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4}|(?:19|20)\d\d[ –/-]+(?:19|20)\d\d")
_GROUP = re.compile("[0-9]+")


def phones(text: str, runs: Iterable[Run]) -> Iterator[Finding]:
    """Numbers of mobile telephones, and those of a fixed line that is a person's. Helplines and offices pass."""
    for run in runs:
        if _OTHER_FIGURES.fullmatch(run.text):
            continue
        done = -1
        groups = list(_GROUP.finditer(text, run.start, run.end))[:24]
        for place, first in enumerate(groups):
            if first.start() < done or not _may_begin(text, first.start()) or _DATE.match(text, first.start()):
                continue
            if place and len(first[0]) == 4 == len(groups[place - 1][0]):
                continue  # a number of an account
            if _YEAR.fullmatch(first[0]) and not _with_sign(text, first.start()) < first.start():
                continue
            if found := _longest(text, groups[place:]):
                kind, end = found
                done = end
                start = _with_sign(text, first.start())
                if (hard := _whose(text, start, end, kind)) is not None:
                    yield "phone", start, end, hard


Line = Literal["mobile", "fixed", "likely"]
"""likely: the figures alone could be something else."""


def _longest(text: str, groups: Sequence[re.Match[str]]) -> tuple[Line, int] | None:
    figures, found = "", None
    start = groups[0].start()
    abroad = text[start - 1 : start] == "+" or text[max(0, start - 2) : start] == "+("
    last = groups[0].end()
    for group in groups:
        if _NOT_WITHIN.search(text, last, group.start()):
            break
        last = group.end()
        figures += group[0]
        if len(figures) > _LONGEST + 2:
            break
        if len(figures) < _SHORTEST:
            continue
        after = text[group.end() : group.end() + 2]
        if after[:1].isalpha() or (after[:1] in ".,-" and after[1:].isdecimal()):
            continue
        if line := _line(figures, abroad, text[start : group.end()]):
            found = line, group.end()
    return found


def _line(figures: str, abroad: bool, written: str) -> Line | None:
    if not abroad and figures.startswith("00"):
        abroad, figures = True, figures[2:]
    if abroad:
        if not 9 <= len(figures) <= _LONGEST or _FREE_OF_CHARGE.match(figures) or not _COUNTRIES.match(figures):
            return None
        return "mobile" if _MOBILE_ABROAD.match(re.sub("^(..|...)0(?=[1-9])", r"\1", figures, count=1)) else "fixed"
    return _national(figures, written)


_NATIONAL: tuple[tuple[Line, str], ...] = (
    (
        "mobile",
        r"0[67]\d{8}|07\d{9}|01(?:5[1-9]|6[023]|7\d)\d{7,8}|06[4-9]\d{7,9}|08[3567]\d{7}|05[0-5]\d{8}|69\d{8}|89\d{9}",
    ),
    ("fixed", r"0[1-9]\d{6,9}|2[1-9]\d{8}"),
    ("likely", r"[2-9]\d{8}|3\d{8,9}|(?!20)[2-9]\d{7}"),
)
_NATIONAL_LINES = tuple((line, re.compile(form)) for line, form in _NATIONAL)
_FREE_AT_HOME = re.compile(
    r"08(?:0\d|1\d|2\d|4\d|7\d)\d{3,7}|0?900\d{3,7}|80[0-9]\d{4,7}|1800\d{6,7}|116\d{3}|90[0-2]\d{6}"
)
_ITALIAN = re.compile(r"3\d\d[ /.\-]\d{2,3}[ .]?\d{2,4}[ .]?\d{0,3}")
_BELGIAN = re.compile(r"04[5-9]\d[ ./]\d\d[ .]?\d\d[ .]?\d\d")
_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d\d)(?!\d|[./-]\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NOT_WITHIN = re.compile(r"[A-Za-z,:_\[\]]|\)\(")
_BRITISH = re.compile(r"01\d\d \d{3} \d{4}")
_UKRAINIAN = re.compile(r"0(?:39|50|6[3678]|73|9[1-9])\d{7}")


def _national(figures: str, written: str) -> Line | None:
    if len(figures) < _SHORTEST or written.count("/") > 1 or _FREE_AT_HOME.fullmatch(figures):
        return None
    if (_ITALIAN.fullmatch(written) and len(figures) == 10) or _BELGIAN.fullmatch(written):
        return "mobile"
    if _BRITISH.fullmatch(written):
        return "fixed"
    if _UKRAINIAN.fullmatch(figures) and not _FRENCH.fullmatch(written):
        return "mobile"
    for line, form in _NATIONAL_LINES:
        if form.fullmatch(figures):
            return line
    return None


def _may_begin(text: str, start: int) -> bool:
    before = text[start - 1 : start]
    return not (before.isalnum() or (before and before in "/=_-.#&@§")) or (
        before == "-" and not text[start - 2 : start - 1].isalnum()
    )


def _with_sign(text: str, start: int) -> int:
    while start and text[start - 1] in "+(":
        start -= 1
    return start


_PERSON = PERSON | OFFICIAL
_BEFORE, _OTHER_BEFORE, _AFTER = 70, 40, 28
_GROUPED, _MOST_GROUPS = 11, 4
_OTHER = re.compile(
    r"\b(?:siret|siren|rna|iban|bic|isbn|issn|doi|krs|nip|regon|kvk|btw|vat|tva|cif|nipc|nif|ean|p\. ?iva|єдрпоу|αφμ"
    r"|єдр|ref|réf|rcs|company no|charity|konto|dossier n|numero di|register|arrêt|judgment)\b|\b(?:n°|no\.?|nr\.?) ?$"
    r"|registr",
    re.IGNORECASE,
)


def _whose(text: str, start: int, end: int, line: Line) -> bool | None:
    """Whether the number surely is (or only may be) that of a person; None when it is a service's, or no telephone."""
    before = left_of(text, start, _BEFORE)
    if line != "mobile" and _OTHER.search(before[-_OTHER_BEFORE:]):
        return None
    before = sentence_before(text, start, _BEFORE)
    after = sentence_after(text, end, _AFTER)
    telling = [kinds for kinds in _nearest_first(before, after) if kinds]
    told = reduce(or_, telling, SERVICE if "@" in before + after else 0)
    if line == "likely" and not told & _announcing(text[start:end]):
        return None
    first = next((kinds for kinds in telling if kinds & (_PERSON | OFFICE)), 0)
    of_service = bool(first & OFFICE and not first & _PERSON)
    if line == "mobile":
        return None if of_service and _ROMAN.fullmatch(text, start, end) else not of_service
    if first & _PERSON & ~OFFICIAL:
        return not told & SERVICE or bool(first & PRIVATE)
    if told & OFFICE:
        return None
    return _is_mobile_somewhere(text[start:end]) if line == "likely" else False


def _announcing(number: str) -> int:
    """What has to stand near figures that could be anything: a word for a telephone, or at least for a person."""
    return PHONE if len(number) < _GROUPED or len(_GROUP.findall(number)) > _MOST_GROUPS else PHONE | _PERSON


_ROMAN = re.compile(r"0[67][ /-]\d{7,8}")
"""In the Netherlands a mobile number, in Rome or Torre Annunziata that of an office."""


_ACRONYM = re.compile(rf"[{UPPER}]{{3,}}")


def _nearest_first(before: str, after: str) -> Iterator[int]:
    """The kinds of the words around a number, those before it first."""
    around = words(before)
    for place in reversed(range(len(around))):
        word = around[place]
        kinds = kinds_of(word)
        # "famille d'accueil" is a family
        if not (kinds & SERVICE and place and "'" in fold(word) and kinds_of(around[place - 1]) & KIN):
            yield kinds or (SERVICE if _ACRONYM.fullmatch(word) else 0)
    yield from map(kinds_of, words(after))


def _is_mobile_somewhere(number: str) -> bool:
    return _MOBILE_AT_HOME.fullmatch("".join(_GROUP.findall(number))) is not None


_MOBILE_AT_HOME = re.compile(r"[67]\d{8}|9[1236]\d{7}|(?:45|5[0137]|60|66|69|7[2389]|88)\d{7}|3\d{8,9}|[49]\d{7}")
