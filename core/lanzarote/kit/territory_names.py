"""What territories are called: a name leads to its code only where it is that name, in whatever language."""

from __future__ import annotations

import gettext
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from lanzarote.translation.folding import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

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
