"""States: what the shipped facts say of them, gaps and all, and their shapes on the map."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.facts.convention import Reference, Source, is_under
from lanzarote.runtime.reading import converted, decoded

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(Struct, frozen=True, kw_only=True):
    """A State of which facts are kept. What is None or empty was not seen; nothing is guessed."""

    code: str
    name_en: str
    name_fr: str
    coe_accession_year: int | None = None
    coe_accession: date | None = None
    coe_accession_note: str = ""
    cets201_party: bool = False
    cets201_signed_on: date | None = None
    cets201_signed_year: int | None = None
    cets201_ratified_on: date | None = None
    cets201_ratified_month: str = ""
    cets201_ratified_year: int | None = None
    cets201_acceded_on: date | None = None
    cets201_acceded_source: str = ""
    cets201_ratified_source: str = ""
    cets201_ratified_verified: bool = True
    cets201_deposit_month_derived: str = ""
    """Computed from the entry into force (article 45, paragraph 4); nobody saw it."""
    cets201_in_force_on: date | None = None
    cets201_in_force_source: str = ""
    cets201_in_force_verified: bool = False
    cets201_note: str = ""
    languages: tuple[str, ...] = ()
    role: str = ""
    """What it is to the Council of Europe, unless it is a member State."""
    source: tuple[str, ...] = ()

    @property
    def name(self) -> dict[str, str]:
        return {"en": self.name_en, "fr": self.name_fr}


class Reservation(Struct, frozen=True, kw_only=True):
    """What a State does not apply, or applies within limits, as it was listed on one day; later ones are unknown."""

    state: str
    under: str
    """The paragraph that allows it, as in ``24(3)``."""
    articles: tuple[str, ...]
    """What it limits, as in ``20(1)e``."""
    summary_en: str
    summary_fr: str
    as_of: date
    source: str
    verified: bool

    @property
    def summary(self) -> dict[str, str]:
        return {"en": self.summary_en, "fr": self.summary_fr}

    @property
    def limits(self) -> tuple[Reference, ...]:
        return tuple(map(_reference, self.articles))

    @property
    def allowed_by(self) -> Reference:
        return _reference(self.under)


class Shape(Struct, frozen=True, kw_only=True):
    path: str
    x: int
    y: int
    """Its middle, where a number stands."""
    small: bool = False
    """It is drawn as a circle, or nobody would see it."""


class Atlas(Struct, frozen=True, kw_only=True):
    """What ``docs/make_map.py`` drew."""

    credit: str
    width: int
    height: int
    states: dict[str, Shape]
    kosovo: str
    others: str


class _Facts(Struct, frozen=True):
    revised_on: date
    as_of: str
    state: tuple[State, ...]
    other: tuple[State, ...]
    cets201_reservation: tuple[Reservation, ...]
    sources: dict[str, Source]


@cache
def _facts() -> _Facts:
    document = tomllib.loads((files("lanzarote") / "data" / "states.toml").read_text("utf-8"))
    for key, source in document["sources"].items():
        source["key"] = key
    return converted(document, _Facts)


@cache
def states() -> Mapping[str, State]:
    """The member States by their code."""
    return {one.code: one for one in _facts().state}


@cache
def others() -> Mapping[str, State]:
    """States that are no members and have to do with the Convention, by their code."""
    return {one.code: one for one in _facts().other}


@cache
def parties() -> tuple[State, ...]:
    """States bound by the Convention, whether members or not."""
    return tuple(one for one in (*states().values(), *others().values()) if one.cets201_party)


def reservations() -> tuple[Reservation, ...]:
    return _facts().cets201_reservation


def reserved_by(state: str) -> tuple[str, ...]:
    """References to what the reservations of *state* limit."""
    return tuple(str(limit) for one in reservations() if one.state == state for limit in one.limits)


def reservations_about(article: int) -> tuple[Reservation, ...]:
    """Those that limit *article* or a part of it."""
    return tuple(one for one in reservations() if any(is_under(limit, article) for limit in one.limits))


def sources() -> Mapping[str, Source]:
    return _facts().sources


def compiled_on() -> date:
    """When the facts were put together, or last revised."""
    return _facts().revised_on


def _reference(text: str) -> Reference:
    return Reference.parse(text.replace("(", ".").replace(")", ".").rstrip("."))


@cache
def atlas() -> Atlas:
    return decoded((files("lanzarote") / "data" / "map.json").read_bytes(), Atlas)
