"""What a new region package is to be: asked for one thing after another, and refused kindly."""

from __future__ import annotations

import re
import sys
import unicodedata
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from lanzarote.errors import RegionError
from lanzarote.kit.territories import Known, look_up, script_of
from lanzarote.plugins import Host, installed
from lanzarote.regions.check import PAGE_NAMES, meant_zones, time_zones
from lanzarote.regions.claims import installed_regions
from lanzarote.regions.converting import convert
from lanzarote.regions.folder import read_framework_header
from lanzarote.store.ids import slugify
from lanzarote.translation.formats import cldr_knows, shorter_tag
from lanzarote.types import Key, Language

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Mapping, Sequence


# --- Settles one thing after another: as given on the command line, as answered at the terminal, or as proposed ---

T = TypeVar("T")


class Asking:
    """*at_terminal*: what was not given is asked for; otherwise nothing is asked."""

    def __init__(self, *, at_terminal: bool) -> None:
        self._at_terminal = at_terminal

    def settle(self, question: str, option: str, read: Callable[[str], T], *, given: str = "", proposed: str = "") -> T:
        """What *read* makes of what was *given*, or else answered, or else *proposed*.

        An answer that *read* refuses is explained and asked for again. Raises RegionError for what was given, and when
        there is nothing to go by; *option* says how to give it.
        """
        if given:
            return read(given)
        while self._at_terminal:
            try:
                return read(_answer(question, proposed))
            except RegionError as error:
                print(f"  {error}")
        if not proposed:
            raise RegionError(f"There is nothing to go by for this: {question}. Say it with {option}.")
        return read(proposed)


def person_at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _answer(question: str, proposed: str) -> str:
    try:
        said = input(f"{question}{f' [{proposed}]' if proposed else ''}: ").strip()
    except EOFError:
        raise KeyboardInterrupt from None  # nothing more will be answered
    except UnicodeDecodeError:
        raise RegionError("This is not UTF-8; set the terminal to that encoding, or give the options.") from None
    if not (said or proposed):
        raise RegionError("Nothing is proposed here; please write something. Ctrl+C stops, and nothing is written.")
    return said or proposed


# --- What a new region package is to be: its territory, languages, names, id, time zone and law; refused kindly ---

SPOKEN = ("en", "fr")
"""Languages in which the platform itself has names for sectors."""


class Wanted(Struct, frozen=True, kw_only=True):
    territory: Known
    languages: tuple[str, ...]
    names: dict[str, str]
    """Language → what the territory is called, in each of the languages."""
    iso_named: tuple[str, ...]
    """Languages in which the name is only what ISO 3166-2, or a translation of it, writes."""
    id: str
    time_zone: str
    law: Mapping[str, str]
    """Legal framework → distribution that brings it."""
    law_there: str
    """The installed distribution that brings the law of the State, asked for or not; empty: none does."""

    @property
    def module(self) -> str:
        return module_of(self.id)

    @property
    def distribution(self) -> str:
        return distribution_of(self.id)


def module_of(region_id: str) -> str:
    return f"lanzarote_region_{region_id.replace('-', '_')}"


def distribution_of(region_id: str) -> str:
    return f"lanzarote-region-{region_id}"


def settle(given: Namespace, asking: Asking) -> Wanted:
    """Settle everything, in the order in which one thing proposes the next. Raises RegionError."""
    host = Host().ask_all()
    laws = _laws_there(host)
    told = "Territory (ISO 3166, such as IS or IS-1)"
    known = asking.settle(told, "--territory", look_up, given=given.territory)
    proposed = _languages_to_propose(known)
    languages = asking.settle(
        "Languages, the one you write in first", "--languages", read_languages, given=given.languages, proposed=proposed
    )
    given_names = read_names(given.name, languages)
    guessed = known.names(languages)
    names = {
        language: asking.settle(
            f"Name of the territory in {english_name(language)}",
            f"--name {language}=…",
            read_name,
            given=given_names.get(language, ""),
            proposed=guessed.get(language, ""),
        )
        for language in languages
    }
    region_id = asking.settle(
        "Id, part of every address; it never changes",
        "--id",
        lambda text: read_id(text, host),
        given=given.id,
        proposed=_id_to_propose(known, names),
    )
    zones = f" ({', '.join(known.zones[:8])}{', …' if len(known.zones) > 8 else ''})" if len(known.zones) > 1 else ""
    time_zone = asking.settle(
        f"Time zone{zones}",
        "--time-zone",
        read_zone,
        given=given.time_zone or (known.zones[0] if len(known.zones) == 1 else ""),
    )
    return Wanted(
        territory=known,
        languages=languages,
        names=names,
        iso_named=tuple(
            language
            for language, name in names.items()
            if known.iso_name and guessed.get(language) == name and language not in given_names
        ),
        id=region_id,
        time_zone=time_zone,
        law=read_law(given.law, laws),
        law_there=laws.get(known.country, ""),
    )


def read_languages(text: str) -> tuple[str, ...]:
    languages = tuple(dict.fromkeys(re.split(r"[\s,;]+", text.strip(" \t,;"))))
    for language in languages:
        if convert(language, Language)[1] or not cldr_knows(language):
            raise RegionError(f'{language!r} is no language tag; write such as "is", "fr" or "sr-Cyrl", with commas.')
        if shorter := shorter_tag(language):
            raise RegionError(f"{language!r} is written {shorter!r} everywhere; write {shorter!r}.")
    return languages


def read_names(given: Sequence[str], languages: Sequence[str]) -> dict[str, str]:
    """What ``--name is=Ísland`` says, one after another."""
    names: dict[str, str] = {}
    for one in given:
        language, sign, name = one.partition("=")
        if not sign or not name.strip():
            raise RegionError(f"--name {one!r} names no language; write such as --name en=Iceland.")
        if language not in languages:
            raise RegionError(
                f"--name gives a name in {language!r}, which is none of the languages: {', '.join(languages)}; "
                "add it to --languages, or leave it out."
            )
        names[language] = name
    return names


def read_name(text: str) -> str:
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if strange := next((one for one in name if unicodedata.category(one) in ("Cc", "Co", "Cn", "Cs")), ""):
        raise RegionError(f"The name holds the sign {strange!r}, which nobody can read; leave it out.")
    if not any(one.isalpha() for one in name) or len(name) > 200:
        raise RegionError("A name has letters, and at most 200 of them.")
    return name


def read_id(text: str, host: Host) -> str:
    region_id = text.strip()
    _, faults = convert(region_id, Key)
    if faults:
        near = slugify(region_id)
        meant = f" Did you mean {near}?" if near.isascii() and near != region_id and not convert(near, Key)[1] else ""
        raise RegionError(
            f"{region_id!r} cannot be an id: it is made of small letters a to z, digits and single hyphens, "
            f"at most 64.{meant}"
        )
    if region_id in PAGE_NAMES:
        raise RegionError(f"{region_id!r} is the address of a page of the platform; choose another id.")
    if told := _taken(region_id, host):
        raise RegionError(f"{told}; choose another id, or uninstall that package first.")
    return region_id


def read_zone(text: str) -> str:
    zone = text.strip()
    if zone not in time_zones():
        near = meant_zones(zone)
        meant = f"did you mean {' or '.join(near)}?" if near else "write such as Atlantic/Reykjavik."
        raise RegionError(f"{zone!r} is no time zone of the IANA list; {meant}")
    return zone


def read_law(given: Sequence[str], there: Mapping[str, str]) -> dict[str, str]:
    """Of what is *there*, what was asked for."""
    for code in given:
        if code not in there:
            known = ", ".join(f"{law} ({package})" for law, package in sorted(there.items())) or "none"
            raise RegionError(
                f"No installed package brings the law of {code!r} (there is: {known}); install one that does, or leave "
                "it out and name it in region.toml later."
            )
    return {code: there[code] for code in given}


def english_name(language: str) -> str:
    from babel import Locale

    return Locale.parse(language, sep="-").get_display_name("en") or language


def _laws_there(host: Host) -> dict[str, str]:
    """Legal framework → distribution that brings it."""
    return {
        header.id: package.distribution
        for package, framework in reversed(host.contributed("legal_frameworks"))  # of two, the first counts
        if (header := read_framework_header(framework.path)) is not None
    }


def _languages_to_propose(known: Known) -> str:
    """What is official; and English, unless the platform speaks one of these: with it, the sectors have names."""
    official = list(known.languages)
    return ", ".join(official if set(official) & set(SPOKEN) else [*official, "en"])


def _id_to_propose(known: Known, names: Mapping[str, str]) -> str:
    """A name in Latin letters, or else the code."""
    latin = [name for language, name in names.items() if script_of(language) == "Latn"]
    proposed = [slugify(name) for name in (names.get("en", ""), *latin, known.iso_name) if name]
    return next((one for one in proposed if one.isascii() and not convert(one, Key)[1]), known.code.lower())


def _taken(region_id: str, host: Host) -> str:
    """Who has the id, or a name that the package would have; empty: nobody."""
    if found := installed_regions(host).get(region_id):
        return f"The installed package {found.package.distribution} describes the region {region_id!r} already"
    if other := next((one for one in installed() if one.name == region_id), None):
        return f"The installed package {other.distribution} has the name {region_id!r} already"
    try:
        distribution(distribution_of(region_id))
        return f"{distribution_of(region_id)} is installed here already"
    except PackageNotFoundError:
        pass
    return f"There is a Python package {module_of(region_id)} here already" if find_spec(module_of(region_id)) else ""
