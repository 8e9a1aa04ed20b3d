"""The telephone numbers of all States, as `phonenumbers` knows them: which are mobile, fixed, or free of charge.

What phonenumbers says of a country is one pattern for each kind of line. Here they are asked for many countries at
once: how a number is written at home tells nothing of its country.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain, product
from typing import Literal, NamedTuple

from babel.core import Locale, get_global
from babel.languages import get_official_languages
from msgspec import Struct

MEMBERS = (
    *("AL", "AD", "AM", "AT", "AZ", "BE", "BA", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "GE", "DE", "GR"),
    *("HU", "IS", "IE", "IT", "LV", "LI", "LT", "LU", "MT", "MD", "MC", "ME", "NL", "MK", "NO", "PL", "PT", "RO"),
    *("SM", "RS", "SK", "SI", "ES", "SE", "CH", "TR", "UA", "GB"),
)
"""The member States of the Council of Europe, whose numbers are also known as they are written at home."""
_WITH_THEM = {"FR": "GP MQ GF RE YT", "GB": "GG JE IM", "DK": "FO GL", "FI": "AX", "RS": "XK"}
"""Territories with plans of their own, whose people write as those of the State do."""
_FREE = ("toll_free", "shared_cost", "premium_rate", "uan")
_FIXED = ("fixed_line", "voip", "personal_number")
_OTHER_KINDS = (*_FIXED, *_FREE, "pager")
_FREE_MOSTLY = ("0800", "800", "1800", "116")
_DIGITS = "0123456789"
_TOLD_BY = 2
"""Figures that a number begins with, which tell its kind where no other kind begins so."""

Line = Literal["mobile", "fixed", "free", "either", "rather fixed", "rather free"]
"""either: mobile in one country, fixed in another; rather …: that near by, and mobile far away."""


class Plan(Struct, frozen=True):
    """How the numbers of a country look, without its code and without the trunk prefix."""

    country: str
    trunk: str
    """What stands before a number at home, such as 0; none in Italy or Iceland."""
    mobile: str
    fixed: str
    free: str
    """Patterns, compiled when a number first asks for them: most never are."""
    lengths: frozenset[int]
    """Of mobile numbers."""
    only_mobile: frozenset[str]
    """What only mobile numbers begin with: new blocks, and those kept for fiction, are no others."""
    beginnings: dict[str, tuple[Line, ...]]
    """By the first figures: what a number that begins so may be. Looking here first is quicker."""

    def line(self, number: str) -> Line | None:
        """What *number* is; None when there is no such number."""
        first = number[:_TOLD_BY]
        if len(number) in self.lengths and (first in self.only_mobile or number[:1] in self.only_mobile):
            return "mobile"
        for line in self.beginnings.get(first, ()):
            if _compiled(getattr(self, line)).fullmatch(number) and (line != "mobile" or len(number) in self.lengths):
                return line
        return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def plan(country: str) -> Plan | None:
    """The plan of a country, or of what has a code of its own, such as ``001``; None when there is none."""
    from phonenumbers import PhoneMetadata  # takes a while: only texts with figures ask

    known = PhoneMetadata.metadata_for_region(country, None)
    if known is None:
        return None
    patterns = {
        kind: found.national_number_pattern or _NOTHING
        for kind in ("mobile", *_OTHER_KINDS)
        if (found := getattr(known, kind)) is not None
    }
    others = set(chain.from_iterable(_beginnings(patterns.get(kind, _NOTHING)) for kind in _OTHER_KINDS))
    mobile = _beginnings(patterns.get("mobile", _NOTHING))
    beginnings: dict[str, tuple[Line, ...]] = {}
    lines: tuple[tuple[Line, tuple[str, ...]], ...] = (("free", _FREE), ("mobile", ("mobile",)), ("fixed", _FIXED))
    for line, kinds in lines:
        for start in set(chain.from_iterable(_beginnings(patterns.get(kind, _NOTHING)) for kind in kinds)):
            beginnings[start] = (*beginnings.get(start, ()), line)
    return Plan(
        country=country,
        trunk=known.national_prefix or "",
        mobile=patterns.get("mobile", _NOTHING),
        fixed="|".join(patterns.get(kind, _NOTHING) for kind in _FIXED),
        free="|".join(patterns.get(kind, _NOTHING) for kind in _FREE),
        lengths=frozenset(known.mobile.possible_length if known.mobile else ()),
        beginnings=beginnings,
        only_mobile=frozenset(mobile - others | {one[0] for one in mobile} - {one[0] for one in others}),
    )


_NOTHING = "(?!)"


def line_abroad(figures: str) -> Line | None:
    """What a number is that is written with the code of its country, such as ``420601123456``.

    >>> line_abroad("420601123456"), line_abroad("4207700900123"), line_abroad("4407700900123")
    ('mobile', 'fixed', 'mobile')
    """
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    for length in (1, 2, 3):
        countries = COUNTRY_CODE_TO_REGION_CODE.get(int(figures[:length]))
        if countries is None:
            continue
        lines: set[Line | None] = set()
        for one in filter(None, map(plan, countries)):
            number = figures[length:]
            lines.add(one.line(number))
            if one.trunk and number.startswith(one.trunk):
                lines.add(one.line(number.removeprefix(one.trunk)))  # +44 (0)7700 900123
        return next((line for line in ("free", "mobile") if line in lines), "fixed")
    return None


class AtHome(NamedTuple):
    """What a number is that is written without the code of its country."""

    line: Line
    sure: bool
    """In a country that is near, or with a zero before it, as only telephone numbers are written."""
    whole: bool = True
    """With the trunk prefix of that country, or where there is none."""


def line_at_home(figures: str, near: Mapping[str, int]) -> AtHome | None:
    """What *figures* are in the countries *near*, the nearest (0) first, or else in any member State.

    >>> line_at_home("6111234", {"IS": 0})
    AtHome(line='mobile', sure=True, whole=True)
    >>> line_at_home("6111234", {}).sure
    False
    """
    table = _at_home()
    plans = table.get((len(figures), figures[:_TOLD_BY]), ())
    if not plans:
        return None
    told: dict[tuple[bool, int], AtHome] = {}
    for one, trunk in plans:
        if line := one.line(figures[trunk:]):
            rank = near.get(one.country, _NOT_NEAR)
            whole = trunk > 0 or not one.trunk
            before = told.get((not whole, rank))
            told[not whole, rank] = (
                before._replace(line=_of_both(line, before.line, figures))
                if before
                else AtHome(line, (rank < _NOT_NEAR and whole) or figures[0] == "0", whole)
            )
    if not told:
        return None
    nearest = min(told)
    found = told[nearest]
    mobile = {rank for (part, rank), one in told.items() if one.line in ("mobile", "either") and not part}
    if found.line in ("mobile", "either") or not mobile or figures.startswith(_FREE_MOSTLY):
        return found
    if min(mobile) < _NOT_NEAR:
        return found._replace(line="either")
    if found.line == "free":
        return found._replace(line="rather free")
    return found._replace(line="rather fixed") if nearest[1] > _MAIN else found


_MAIN, _NOT_NEAR = 1, 9
ANYWHERE = dict.fromkeys((*MEMBERS, *" ".join(_WITH_THEM.values()).split()), 1)
"""How near countries are where nothing tells which is."""


def _of_both(one: Line, other: Line, figures: str) -> Line:
    if one == other:
        return one
    if "free" in (one, other):
        return "free" if figures.startswith(_FREE_MOSTLY) else one if other == "free" else other
    return "either"


@cache
def _at_home() -> dict[tuple[int, str], tuple[tuple[Plan, int], ...]]:
    """By how many figures there are, and the first of them: the plans they may be of, and how long the trunk is."""
    found: defaultdict[tuple[int, str], dict[tuple[str, int], tuple[Plan, int]]] = defaultdict(dict)
    for country in ANYWHERE:
        one = plan(country)
        if one is None:
            continue
        for length, begins in _lengths_and_beginnings(country):
            for trunk in {one.trunk, ""}:
                key = len(trunk) + length, (trunk + begins)[:_TOLD_BY]
                found[key][country, len(trunk)] = one, len(trunk)
    return {key: tuple(plans.values()) for key, plans in found.items()}


def _lengths_and_beginnings(country: str) -> Iterable[tuple[int, str]]:
    """How many figures the numbers of a country have and what they begin with, blocks that are not open yet too."""
    from phonenumbers import PhoneMetadata

    one = plan(country)
    if one is not None:
        first = [start + digit for start in one.only_mobile if len(start) < _TOLD_BY for digit in _DIGITS]
        yield from product(one.lengths, first)
    known = PhoneMetadata.metadata_for_region(country, None)
    for kind in ("mobile", *_FIXED, *_FREE):
        told = getattr(known, kind)
        if told is not None and told.national_number_pattern:
            yield from product(told.possible_length, _beginnings(told.national_number_pattern))


def countries_near(country: str, languages: Iterable[str]) -> dict[str, int]:
    """How near countries are: *country* itself, where a language is at home, and where else it is spoken.

    In a text that is in none of its languages, *country* is no nearer than where they are at home.

    >>> countries_near("FR", ["el"]), countries_near("FR", [])
    ({'FR': 1, 'GR': 1, 'CY': 2}, {'FR': 0})
    """
    languages = tuple(languages)
    found = {country: 0 if not languages or not _languages(country).isdisjoint(languages) else 1} if country else {}
    for rank, ones in enumerate(zip(*map(_countries_of_language, languages), strict=True), 1):
        for one in chain.from_iterable(ones):
            found.setdefault(one, rank)
    return found


@cache
def _countries_of_language(language: str) -> tuple[list[str], list[str]]:
    """The member State in which a language is at home, and those in which it is official, with their territories."""
    home = get_global("likely_subtags").get(language, "").rpartition("_")[2]
    spoken = [state for state in MEMBERS if language in _languages(state) and state != home]
    home = [home] if home in MEMBERS else []
    return home, [*spoken, *chain.from_iterable(_WITH_THEM.get(state, "").split() for state in (*home, *spoken))]


@cache
def _languages(country: str) -> frozenset[str]:
    found = get_official_languages(country, regional=False, de_facto=True)
    return frozenset(Locale.parse(language).language for language in found)


# --- what a pattern of phonenumbers begins with ---


@cache
def _beginnings(pattern: str) -> frozenset[str]:
    """The first `_TOLD_BY` figures of what *pattern* may match: it has sets, choices and counts, and nothing else."""
    return frozenset(_Reader(pattern).choices()) if pattern != _NOTHING else frozenset()


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._signs = _SIGN.findall(pattern)

    def choices(self) -> set[str]:
        found: set[str] = set()
        while True:
            found |= self._sequence()
            if not self._signs or self._signs[0] == ")":
                return found
            self._signs.pop(0)  # |

    def _sequence(self) -> set[str]:
        found = {""}
        while self._signs and self._signs[0] not in ("|", ")"):
            item = self._item()
            least, most = self._count()
            times = {""}
            for _ in range(least):
                times = _follow(times, item)
            for _ in range(min(most, _TOLD_BY) - least):
                times |= _follow(times, item)
            found = _follow(found, times)
        return found

    def _item(self) -> set[str]:
        sign = self._signs.pop(0)
        if sign == "(?:":
            found = self.choices()
            self._signs.pop(0)
            return found
        if sign == "\\d":
            return set(_DIGITS)
        if sign[0] == "[":
            return set(_digits_of(sign))
        return {sign}

    def _count(self) -> tuple[int, int]:
        if not self._signs or self._signs[0][0] not in "?{":
            return 1, 1
        sign = self._signs.pop(0)
        if sign == "?":
            return 0, 1
        least, _, most = sign[1:-1].partition(",")
        return min(int(least), _TOLD_BY), int(most or least)


_SIGN = re.compile(r"\(\?:|\[[^]]*\]|\\d|\{[^}]*\}|[0-9|)?]")


@cache
def _digits_of(signs: str) -> frozenset[str]:
    """Those of a set such as ``[0-24-8]``."""
    found: set[str] = set()
    for first, last in _RANGE.findall(signs):
        found.update(map(str, range(int(first), int(last or first) + 1)))
    return frozenset(found)


_RANGE = re.compile(r"(\d)(?:-(\d))?")


def _follow(some: set[str], others: set[str]) -> set[str]:
    if all(len(one) == _TOLD_BY for one in some):
        return some
    return {(one + other)[:_TOLD_BY] for one in some for other in others}
