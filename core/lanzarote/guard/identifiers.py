"""Personal identity numbers of Europe, recognised by their form and checked by python-stdnum.

A kind of number is looked for everywhere when an ordinary number can hardly pass for it: it holds a date of birth and a
check digit, or a form of its own. The others (a Dutch BSN is any nine figures in eleven) are looked for only where the
region names them, or beside a word such as "BSN". Beside its word a number is found however it is cut into groups.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from heapq import merge
from importlib.resources import files
from itertools import accumulate, islice
from keyword import iskeyword
from operator import itemgetter
from typing import NamedTuple

from msgspec import Struct, toml
from msgspec.structs import replace

from lanzarote.guard.normalise import Run
from lanzarote.guard.person_numbers import LOOKS, numbers_of_somebody
from lanzarote.translation.folding import fold

_GAP = r"[ \n./\-‐‑–_·]{0,2}"
# Not inside an address of the web, a longer code, a decimal number or an international telephone number.
_BEFORE = r"(?<![\w/=#&+.,%\-])"
_AFTER = r"(?![\w/]|[.,\-]\d)"
_APART = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"
_FIGURES_APART = "(?<![0-9])", "(?![0-9])"
_CHAIN = re.compile(r"(?<![0-9A-Za-z])[0-9]{1,7}+([^0-9A-Za-z]{1,3}+)[0-9]{1,7}+(?:\1[0-9]{1,7}+)++")
"""Groups of figures that always the same signs part."""
_CHAINED = frozenset({11, 13, 15})
"""How many figures they have in all."""
_LONGEST_CUT_UP = 100
"""Figures that each stand alone: more of them are a table, where one in some hundred places fits by chance."""
FEWEST_DIGITS = 7
_DIGIT = re.compile("[0-9]")
_FIGURES = re.compile("[0-9]+")
_PARTS = re.compile(r"[^ \n./\-‐‑–_·]")
_GROUP = re.compile("[0-9A-Za-z]+")
_SEPARATORS = re.compile(r"[^0-9A-Za-z]+")
_MOST_FIGURES = 20
_MOST_GROUPS = 40
_LABEL_DISTANCE = 40
_LABEL_AFTER = 16


class Kind(Struct, frozen=True):
    """A kind of personal number: how it is written, and the words that announce it."""

    figures: int
    """How many there are at least."""
    form: str
    """``_`` stands for what may part groups."""
    name: str = ""
    """That of python-stdnum, or one of our own when only the form can be checked."""
    labels: tuple[str, ...] = ()
    everywhere: bool = False
    """It is looked for without a word that announces it."""
    sure: bool = False
    """The figures fit together so rarely by chance that neighbours excuse none."""
    checked: bool = True
    """python-stdnum knows it."""


class _Listed(Struct):
    everywhere: dict[str, Kind]
    announced: dict[str, Kind]


_MONTH, _DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
"""That they are none excuses most figures before anything is computed."""


def _kinds() -> Iterator[Kind]:
    listed = toml.decode((files("lanzarote.guard") / "personal_numbers.toml").read_bytes(), type=_Listed)
    for everywhere, kinds in ((True, listed.everywhere), (False, listed.announced)):
        for name, kind in kinds.items():
            form = kind.form.replace("<month>", _MONTH).replace("<day>", _DAY)
            labels = tuple(map(fold, kind.labels))
            yield replace(kind, name=name, form=form, labels=labels, everywhere=everywhere)


_KINDS = tuple(_kinds())
_BY_NAME = {kind.name: kind for kind in _KINDS} | {"sk.rc": next(kind for kind in _KINDS if kind.name == "cz.rc")}
_SHORT_LABEL = 5
"""Shorter ones also are parts of other words."""


def _whole(label: str) -> str:
    return rf"\b{re.escape(label)}" + (r"\b" if len(label) <= _SHORT_LABEL and label[-1].isalpha() else "")


_LABELS = re.compile(
    "|".join(sorted({_whole(label) for kind in _KINDS for label in kind.labels}, key=len, reverse=True))
)
_NAME = re.compile(r"[a-z]{2}_?\.[a-z][a-z0-9_]*")
_ANY_FORM = r"[A-Z]{0,3}[0-9](?:_[0-9A-Z]){6,19}"


def knows_identifier(name: str) -> bool:
    """Whether *name*, such as ``fr.nir``, is a kind of number that can be checked."""
    return _is_valid(name) is not None


def identifiers_of(country: str) -> tuple[str, ...]:
    """Kinds of personal numbers of a country (ISO 3166-1) that the guard can check, by name: ``("is.kennitala",)``."""
    begin = f"{country.lower()}."
    return tuple(kind.name for kind in _KINDS if kind.name.startswith(begin) and knows_identifier(kind.name))


def numbers_of(country: str) -> tuple[str, ...]:
    """All kinds of numbers of a country that can be checked, of persons or not: ``("pt.cc", "pt.nif")``."""
    from importlib import import_module
    from pkgutil import iter_modules

    if not re.fullmatch("[a-z]{2}", country):
        return ()
    try:
        place = import_module(f"stdnum.{country}{'_' * iskeyword(country)}").__path__
    except ImportError:
        return ()
    return tuple(name for one in iter_modules(place) if knows_identifier(name := f"{country}.{one.name}"))


@cache
def _is_valid(name: str) -> Callable[[str], bool] | None:
    if not _NAME.fullmatch(name):
        return None
    from stdnum.util import get_cc_module

    country, _, kind = name.partition(".")
    module = get_cc_module(country.removesuffix("_"), kind)
    check: Callable[[str], bool] | None = getattr(module, "is_valid", None)
    return _quietly(check) if check else None


def _quietly(check: Callable[[str], bool]) -> Callable[[str], bool]:
    def is_valid(number: str) -> bool:
        try:
            return check(number)
        except (LookupError, ValueError):
            return False  # a check that stumbles over figures of no place

    return is_valid


def _is_number(kind: Kind, written: str) -> bool:
    """Some are told by a sign within them, others are not read with the blanks people put in."""
    bare = _SEPARATORS.sub("", written)
    look = LOOKS.get(kind.name)
    return (look is None or look(bare)) and (_is_right(kind, written) or (bare != written and _is_right(kind, bare)))


def _is_right(kind: Kind, number: str) -> bool:
    if not kind.checked:
        return True
    valid = _is_valid(kind.name)
    return valid is not None and valid(number)


@cache
def _pattern(form: str, *, sure: bool = False) -> re.Pattern[str]:
    before, after = (_FIGURES_APART if "[A-Z" not in form else _APART) if sure else (_BEFORE, _AFTER)
    return re.compile(before + form.replace("_", _GAP) + after)


@cache
def _ungrouped(form: str) -> re.Pattern[str]:
    return re.compile(_bare(form), re.IGNORECASE)


@cache
def _ahead(form: str) -> re.Pattern[str]:
    """The form at any place, also where another number has begun."""
    return re.compile(f"(?=({_bare(form)}))", re.IGNORECASE)


def _bare(form: str) -> str:
    """The form without what parts its groups; a hyphen between two signs of a set is none."""
    return _PARTING.sub(lambda match: match[1] or "", form)


_PARTING = re.compile(r"\[[-+ ]+\]\??|\\\.\?|_\??|(\[[^]]+\])|[-/ ]")


def personal_numbers(
    text: str,
    runs: Sequence[Run],
    identifiers: Sequence[str] = (),
    *,
    figures: int,
    most: int,
    known: Sequence[int] = (),
) -> list[tuple[int, int]]:
    """Where personal numbers stand in *text*, which has so many *figures*; *most* of them are enough.

    *known* are places where telephone numbers of persons begin: a word for somebody makes no other number of them.
    """
    found: set[tuple[int, int]] = set()
    for run in runs:
        if len(found) > most:
            break
        if (count := len(_DIGIT.findall(run.text))) >= FEWEST_DIGITS - 1:
            found.update(islice(_in_run(text, run, count, tuple(identifiers)), most))
    if figures >= min(_CHAINED):
        found.update(islice(numbers_in_chains(text), most))
    if len(found) < most:
        others = [run for run in runs if bisect_left(known, run.start) == bisect_left(known, run.end)]
        found.update(islice(numbers_of_somebody(text, others, _is_valid), most))
    return list(_outermost(found)) if found else []


def _outermost(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """In their order, without those that lie within another."""
    reached = -1
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end > reached:
            reached = end
            yield start, end


def _in_run(text: str, run: Run, count: int, identifiers: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    labelled: frozenset[str] | None = None
    groups: list[_Joined] | None = None
    # An Italian code has six letters before its figures, a Spanish one a letter after them.
    first, last = max(0, run.start - 10), run.end + 6
    wanted, any_of_them = _wanted(identifiers, min(count, _MOST_FIGURES))
    may_be = any_of_them.search(text, first, last) is not None
    for kind, pattern in wanted:
        if kind.labels:
            if labelled is None:
                labelled = _labelled(text, run)
            if not labelled.isdisjoint(kind.labels):
                groups = _cut_up(text, run) if groups is None else groups
                for one in groups:
                    for start, end, _ in one.numbers(kind):
                        if _is_right(kind, one.text[start:end]):
                            yield one.starts[start], one.ends[end]
            elif not kind.everywhere:
                continue
        if kind.everywhere and not may_be:
            continue
        for match in pattern.finditer(text, first, last):
            if _is_number(kind, match[0]):
                yield match.span()


def _labelled(text: str, run: Run) -> frozenset[str]:
    """The words that announce a number around the run."""
    before = fold(text[max(0, run.start - _LABEL_DISTANCE) : run.start])
    around = f"{before} | {fold(text[run.end : run.end + _LABEL_AFTER])}"
    return frozenset(_LABELS.findall(around))


class _Joined(NamedTuple):
    """Groups of figures and letters, read without what parts them."""

    text: str
    starts: dict[int, int]
    """Where in it each group begins, and where that is in the text as written."""
    ends: dict[int, int]

    def numbers(self, kind: Kind) -> Iterator[tuple[int, int, Kind]]:
        """Where a number of the *kind* may begin and end with a group, as far as a first look tells."""
        look = LOOKS.get(kind.name)
        shorter = _ungrouped(kind.form) if kind.form.endswith("?") else None
        for match in _ahead(kind.form).finditer(self.text):
            if look and not look(match[1]):
                continue
            start, end = match.span(1)
            if start in self.starts:
                if end in self.ends:
                    yield start, end, kind
                if shorter and end - 1 in self.ends and shorter.fullmatch(self.text, start, end - 1):
                    yield start, end - 1, kind


def _join(groups: Sequence[re.Match[str]]) -> _Joined:
    written = [group[0] for group in groups]
    reached = list(accumulate(map(len, written), initial=0))
    starts, ends = [group.start() for group in groups], [group.end() for group in groups]
    return _Joined(
        "".join(written), dict(zip(reached, starts, strict=False)), dict(zip(reached[1:], ends, strict=True))
    )


def _cut_up(text: str, run: Run) -> list[_Joined]:
    """The groups of the run, as far as nothing but what may part a number stands between them."""
    parted: list[list[re.Match[str]]] = []
    done = -1
    for group in islice(_GROUP.finditer(text, max(0, run.start - 2), min(len(text), run.end + 3)), _MOST_GROUPS):
        if done < 0 or _PARTS.search(text, done, group.start()):
            parted.append([])
        parted[-1].append(group)
        done = group.end()
    return [_join(groups) for groups in parted]


@cache
def _wanted(
    identifiers: tuple[str, ...], count: int
) -> tuple[tuple[tuple[Kind, re.Pattern[str]], ...], re.Pattern[str]]:
    """The kinds that *count* figures can hold, and what finds any that is looked for everywhere.

    Those that the region names are.
    """
    named = []
    for name in identifiers:
        if not knows_identifier(name):
            raise ValueError(f"{name[:40]!r} is not a kind of number that python-stdnum knows, such as fr.nir")
        named.append(replace(_BY_NAME.get(name) or Kind(0, _ANY_FORM), name=name, everywhere=True))
    kinds = (*named, *(kind for kind in _KINDS if kind.name not in identifiers))
    wanted = tuple((kind, _pattern(kind.form, sure=kind.sure)) for kind in kinds if kind.figures <= count)
    everywhere = "|".join(pattern.pattern for kind, pattern in wanted if kind.everywhere)
    return wanted, re.compile(everywhere or "(?!)")


def numbers_in_chains(text: str) -> Iterator[tuple[int, int]]:
    """Numbers that are cut up with whatever signs: the sure kinds anyhow, the others figure by figure."""
    for chain in _CHAIN.finditer(text):
        groups = _join(list(_FIGURES.finditer(text, *chain.span())))
        single = len(groups.starts) == len(groups.text) <= _LONGEST_CUT_UP
        done = 0
        for start, end, kind in merge(*map(groups.numbers, _chained(single=single)), key=itemgetter(0, 1)):
            if start >= done and _is_right(kind, groups.text[start:end]):
                done = end
                yield groups.starts[start], groups.ends[end]


@cache
def _chained(*, single: bool) -> tuple[Kind, ...]:
    """Kinds of figures alone, long enough and with a check of their own; all of them if each figure stands alone."""
    return tuple(
        kind
        for kind in _KINDS
        if kind.everywhere and kind.figures >= min(_CHAINED) and kind.checked and (single or kind.sure)
    )
