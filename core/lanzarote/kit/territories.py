"""What is known of a territory before anybody writes about it: ISO 3166, CLDR, the facts on States. Gaps stay gaps."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from msgspec import Struct

from lanzarote.errors import RegionError
from lanzarote.facts.states import State, others, states
from lanzarote.kit.territory_names import LIST_OF_CODES, MOST_TOLD, codes_called, part_called, pycountry
from lanzarote.regions.check import NO_COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        f"{country} stands for the whole."
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
