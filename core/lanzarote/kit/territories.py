"""What is known of a territory before anybody writes about it, and what it is called. Gaps stay gaps."""

from __future__ import annotations

import gettext
import re
from difflib import get_close_matches
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from msgspec import Struct

from lanzarote.errors import RegionError
from lanzarote.facts.states import State, others, states
from lanzarote.regions.check import NO_COUNTRIES
from lanzarote.translation.folding import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


# --- What territories are called: a name leads to its code only where it is that name, in whatever language ---

MOST_TOLD = 4
"""Territories of one name that are told; more would be a list, and no answer."""
LIST_OF_CODES = "https://www.iso.org/obp/ui/#search"


def codes_called(name: str, countries: Mapping[str, str]) -> dict[str, str]:
    """Code → English name (of a part: its own, with its State) of what is called exactly *name*.

    *countries*: code → English name. What stands there as it is comes before translations.
    """
    looked_for = fold(name.strip())
    ways: tuple[Callable[[], Iterator[tuple[str, str, str]]], ...] = (
        lambda: chain(((code, told, told) for code, told in countries.items()), _parts(countries)),
        lambda: ((code, said, countries[code]) for code, said in _in_all_languages() if code in countries),
        lambda: _translated_parts(countries),
    )
    for way in ways:
        if found := {code: told for code, said, told in way() if fold(said) == looked_for}:
            return found
    return {}


def part_called(iso_name: str, language: str) -> str:
    """What iso-codes, which translates ISO 3166-2, calls a part of a State in *language*; empty when it does not."""
    if pycountry() is None:
        return ""
    translated = _translation(language.replace("-", "_")).gettext(iso_name)
    return "" if translated == iso_name else translated


def pycountry() -> Any:
    """The library of ISO 3166, or None where it is not installed."""
    try:
        import pycountry
    except ImportError:
        return None
    return pycountry


def _parts(countries: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    library = pycountry()
    for one in library.subdivisions if library else ():
        yield one.code, str(one.name), f"{one.name} ({countries.get(one.country_code, one.country_code)})"


def _translated_parts(countries: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    from babel.languages import get_official_languages

    for code, name, told in _parts(countries):
        for language in get_official_languages(code.partition("-")[0]):
            yield code, _translation(language).gettext(name), told


def _in_all_languages() -> Iterator[tuple[str, str]]:
    from babel import Locale
    from babel.localedata import locale_identifiers

    for language in locale_identifiers():
        if "_" not in language:
            yield from Locale.parse(language).territories.items()


@cache
def _translation(locale: str) -> gettext.NullTranslations:
    return gettext.translation("iso3166-2", pycountry().LOCALES_DIR, languages=[locale], fallback=True)


# --- What is known of a territory: ISO 3166, CLDR, the facts on States. Gaps stay gaps ---

KIT = "pip install 'lanzarote[kit]'"
_CODE = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")
_INVENTED = re.compile(r"X[A-JL-Z]")
"""Codes of ISO 3166-1 that are given to nobody, to try something out with; XK is in use for Kosovo."""


class Known(Struct, frozen=True, kw_only=True):
    """What is known of a territory. What is empty or None is not known."""

    code: str
    country: str
    """The first part of the code."""
    iso_name: str = ""
    """As ISO 3166-2 writes a part of a State."""
    looked_up: bool = True
    """Whether the code was found in ISO 3166; without the library it cannot be looked for."""
    languages: tuple[str, ...] = ()
    """Official ones of the State."""
    zones: tuple[str, ...] = ()
    state: State | None = None

    @property
    def invented(self) -> bool:
        return bool(_INVENTED.fullmatch(self.country))

    def names(self, languages: Sequence[str]) -> dict[str, str]:
        """What the territory is called, where that is known: in a language whose letters the name is written in."""
        found = {language: self._name(language) for language in languages}
        return {language: name for language, name in found.items() if name}

    def _name(self, language: str) -> str:
        from babel import Locale

        if self.code == self.country and not self.invented:
            return str(Locale.parse(language, sep="-").territories.get(self.code, ""))
        if not self.iso_name:
            return ""
        return part_called(self.iso_name, language) or (self.iso_name if script_of(language) == "Latn" else "")


def look_up(code: str) -> Known:
    """What is known of the territory *code*. Raises RegionError, which names what is nearest."""
    written = code.strip().upper()
    found = _CODE.fullmatch(written)
    if not found:
        raise RegionError(f"{code.strip()!r} is no code of ISO 3166; {_called(code)}.")
    country, part = found[1], found[2]
    if _INVENTED.fullmatch(country):
        if part:
            raise RegionError(
                f"{written!r} is no code of ISO 3166; {country} is for a territory that is invented, and has no parts: "
                f"write {country}, or the code of a territory that there is."
            )
        return Known(code=written, country=country)
    _refuse_unknown_country(country)
    iso_name = _part_name(country, written) if part else ""
    state = states().get(country) or others().get(country)
    return Known(
        code=written,
        country=country,
        iso_name=iso_name or "",
        looked_up=iso_name is not None,
        languages=(state.languages if state else ()) or _official(country),
        zones=_zones(country),
        state=state,
    )


def script_of(language: str) -> str:
    """The script in which a language is written, such as ``Latn``; empty when CLDR does not tell."""
    from babel.core import get_global

    parts = language.split("-")
    if len(parts) > 1 and len(parts[1]) == 4:
        return parts[1]
    likely = str(get_global("likely_subtags").get(parts[0], "")).split("_")
    return likely[1] if len(likely) > 1 else ""


def _refuse_unknown_country(country: str) -> None:
    names = _countries()
    if country not in names:
        near = _instead_of(country) or get_close_matches(country, names, n=3, cutoff=0.5)
        meant = "; did you mean " + ", ".join(f"{one} ({names[one]})" for one in near) + "?" if near else ""
        raise RegionError(
            f"{country!r} is no country of ISO 3166-1{meant}{'' if meant else '.'} "
            "To try something out, an invented territory takes a code from XA to XZ."
        )


def _instead_of(country: str) -> list[str]:
    """What CLDR says is meant by a code that is none, such as GB by UK, or is one no longer."""
    from babel.core import get_global

    return [one for one in get_global("territory_aliases").get(country, ()) if one in _countries()]


@cache
def _countries() -> Mapping[str, str]:
    """Code → English name."""
    from babel import Locale

    names = {code: str(name) for code, name in Locale("en").territories.items() if code.isalpha()}
    library = pycountry()
    if library is not None:
        return {one.alpha_2: names.get(one.alpha_2, one.name) for one in library.countries} | {"XK": names["XK"]}
    return {code: name for code, name in names.items() if not _INVENTED.fullmatch(code) and code not in NO_COUNTRIES}


def _called(name: str) -> str:
    """The way out for somebody who wrote a name."""
    found = codes_called(name, _countries())
    if not found:
        return f"write one such as FR or FR-75C; codes are looked up at {LIST_OF_CODES}"
    if len(found) == 1:
        [(code, told)] = found.items()
        return f"the code of {told} is {code}"
    some = ", ".join(f"{code} is {told}" for code, told in list(found.items())[:MOST_TOLD])
    return f"several territories are called that: {some}{', …' if len(found) > MOST_TOLD else ''}"


def refuse_unknown_part(code: str) -> None:
    """Raise RegionError when *code* is a part of a State that ISO 3166-2 does not know, and names what is nearest."""
    country, _, part = code.partition("-")
    if part and country in _countries():
        _part_name(country, code)


def _part_name(country: str, code: str) -> str | None:
    """The name of a part of a State; None when the library is not there to tell. Raises RegionError."""
    library = pycountry()
    if library is None:
        return None
    parts = {one.code: str(one.name) for one in library.subdivisions.get(country_code=country) or ()}
    if code in parts:
        return parts[code]
    where = _countries()[country]
    if not parts:
        raise RegionError(f"{code!r} is not in ISO 3166-2, which names no parts of {where}; write {country}.")
    near = [one for one in parts if one.startswith(code)] or get_close_matches(code, parts, n=4, cutoff=0.3)
    told = ", ".join(f"{one} ({parts[one]})" for one in near[:4])
    raise RegionError(
        f"{code!r} is not in ISO 3166-2, which has {len(parts)} parts of {where}, such as {told}; "
        f"{country} is the code of the whole."
    )


def _official(country: str) -> tuple[str, ...]:
    from babel.languages import get_official_languages

    return tuple(one.replace("_", "-") for one in get_official_languages(country))


def _zones(country: str) -> tuple[str, ...]:
    from babel.core import get_global

    usable = available_timezones()
    return tuple(
        sorted(zone for zone, of in get_global("zone_territories").items() if of == country and zone in usable)
    )
