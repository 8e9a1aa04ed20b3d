"""Looks at how a region folder hangs together: references, sources, languages, dates, names of persons."""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from msgspec.structs import replace

from lanzarote import guard
from lanzarote.facts.convention import Reference, UnknownReference, common_sectors
from lanzarote.records.days import is_date
from lanzarote.regions.check_entries import check_entries, check_languages, check_procedures
from lanzarote.regions.content import (
    SOURCED,
    UNREAD,
    all_strings,
    facts_of,
    own_provisions,
    texts_of,
    unread,
    values_of,
    way_to,
)
from lanzarote.regions.declared import references_in
from lanzarote.regions.unfit import unfit_dates, unfit_sizes
from lanzarote.translation.formats import cldr_knows, shorter_tag
from lanzarote.types import API_VERSION, FrameworkHeader, PracticeSeed, RegionHeader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.guard import Concern
    from lanzarote.regions.content import Content
    from lanzarote.regions.declared import Path


# --- The time zones that this machine knows, and what a name that is none of them may have meant ---


@cache
def time_zones() -> Set[str]:
    """Their names: to look through their files takes longer than to receive what names one."""
    return available_timezones()


def meant_zones(name: str) -> list[str]:
    """The names of the IANA list that *name* may stand for, by the place that it ends in; at most three."""
    place = name.rpartition("/")[2].strip().casefold()
    if not place:
        return []
    places = {one.rpartition("/")[2].casefold(): one for one in sorted(time_zones(), reverse=True)}
    near = [one for one in places if place in one] or get_close_matches(place, places, n=3, cutoff=0.75)
    return sorted(places[one] for one in near)[:3]


# --- Looks at the dates of a region folder: in the calendar, in order, and past where they must be ---


def check_dates(content: Content) -> None:
    """Add to ``content.problems`` the dates that cannot be."""
    for file, start, value in values_of(content):
        for path, told in unfit_dates(value, start):
            content.problem(file, path, told)
    for key, practice in content.practices.items():
        file = f"practices/{key}.toml"
        _check_order(content, file, ("ended",), practice.started, practice.ended)
        if practice.running in ("ongoing", "ended") and _to_come(practice.started):
            told = f"{practice.started} is still to come, but the practice is {practice.running!r}"
            content.problem(file, ("started",), f"{told}; one of the two is wrong")
    for key, organisation in content.organisations.items():
        _check_order(content, "organisations.toml", (key, "until"), organisation.since, organisation.until)
        if _to_come(organisation.since):
            told = f"{organisation.since} is still to come; list an organisation once it exists"
            content.problem("organisations.toml", (key, "since"), told)


def _check_order(content: Content, file: str, path: Path, begin: str | None, end: str | None) -> None:
    if begin and end and is_date(begin) and is_date(end) and end[: len(begin)] < begin[: len(end)]:
        content.problem(file, path, f"ends ({end}) before it begins ({begin})")


def latest_day() -> date:
    """The day it is where a day begins first: nothing of today is in the future anywhere."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()


def _to_come(text: str | None) -> bool:
    """Whether *text* is later than today, wherever on Earth the region is."""
    return text is not None and is_date(text) and text > latest_day().isoformat()[: len(text)]


# --- The whole folder ---

PAGE_NAMES = frozenset(
    (
        "accessibility",
        "account",
        "activity",
        "api",
        "context",
        "convention",
        "help",
        "legal",
        "office",
        "people",
        "plugins",
        "practices",
        "privacy",
        "roles",
        "search",
        "start",
        "static",
        "system",
        "unsubscribe",
    )
)
"""What stands in addresses where a region's id would stand."""
_INVENTED = re.compile(r"X[A-Z]")
"""Codes of ISO 3166-1 left to users, among them that of Kosovo: for invented and test regions."""
ELSEWHERE: Mapping[str, str] = {"RU-CR": "UA-43", "RU-SEV": "UA-40"}
"""Codes that some write → the code of ISO 3166-2 for the same place."""
NO_COUNTRIES = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "ZZ"))
"""What CLDR has names for, and ISO 3166-1 assigns to no State or territory."""
ROLE_ADDRESS = (
    "This looks like the e-mail address of a person. The team needs one of its own, which begins with what it is for, "
    "such as contact@, group@, team@, office@ or secretariat@."
)


def check(content: Content) -> Content:
    """Add to ``content.problems`` what does not hang together; return *content*."""
    header = content.header
    if isinstance(header, RegionHeader):
        _check_header(content, header)
        known = tuple(filter(guard.knows_identifier, header.personal_identifiers))
        _check_texts(content, header.languages, header.draft, known)
        _check_references(content)
        _check_provisions(content)
        _check_sources(content)
        check_dates(content)
        _check_practices(content, header)
        check_procedures(content, header)
        check_entries(content)
    elif isinstance(header, FrameworkHeader):
        for language in header.draft:
            if language not in header.languages:
                content.problem("framework.toml", ("draft",), strange_draft(language, "law"))
        _check_texts(content, header.languages, header.draft)
        _check_references(content)
        _check_provisions(content)
        _check_sources(content)
        check_entries(content)
    _check_sizes(content)
    return content


def _check_sizes(content: Content) -> None:
    for file, start, value in values_of(content):
        for path, told in unfit_sizes(value, start):
            content.problem(file, path, told)


def _check_header(content: Content, header: RegionHeader) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # a start checks no folder

    offered = ".".join(map(str, API_VERSION))
    try:
        if offered not in SpecifierSet(header.requires_api):
            told = f"this platform offers API {offered}, which {header.requires_api!r} leaves out"
            content.problem("region.toml", ("requires_api",), told)
    except InvalidSpecifier:
        told = f'{header.requires_api!r} is not a range; write for example ">=1,<2"'
        content.problem("region.toml", ("requires_api",), told)
    for key, told in header_faults(header):
        content.problem("region.toml", (key,), told)


def header_faults(header: RegionHeader) -> Iterator[tuple[str, str]]:
    """What no platform could show of a region, whichever way it came: field, and what is wrong with it."""
    from babel import Locale

    if header.id in PAGE_NAMES:
        yield "id", f"{header.id!r} is the address of a page of the platform; choose another id"
    country = header.territory.partition("-")[0]
    known = country in Locale("en").territories and country not in NO_COUNTRIES
    if not known and not _INVENTED.fullmatch(country):
        told = f"{country!r} is no country code of ISO 3166-1; an invented territory takes one from XA to XZ"
        yield "territory", told
    if header.territory in ELSEWHERE:
        yield "territory", f"{header.territory!r} is not in ISO 3166-2, which has {ELSEWHERE[header.territory]} for it"
    if header.time_zone not in time_zones():
        near = meant_zones(header.time_zone)
        way = f"did you mean {' or '.join(near)}?" if near else 'write for example "Europe/Paris"'
        yield "time_zone", f"{header.time_zone!r} is no time zone of the IANA list; {way}"
    for language in (*header.languages, *header.draft):
        if not cldr_knows(language):
            yield "languages", f'{language!r} is no language tag; write for example "fr" or "sr-Cyrl"'
        elif shorter := shorter_tag(language):
            yield "languages", f"{language!r} is written {shorter!r} everywhere; write {shorter!r}"
    for language in header.draft:
        if language not in header.languages and not shorter_tag(language):
            yield "draft", strange_draft(language, "region")
    for module in header.personal_identifiers:
        if not guard.knows_identifier(module):
            there = guard.numbers_of(module.partition(".")[0])
            example = 'the French one, for example, is "fr.nir"'
            way = f"of that country there are: {', '.join(there)}" if there else example
            yield "personal_identifiers", f"python-stdnum has no module {module!r}; {way}"


def strange_draft(language: str, whose: str) -> str:
    return f"{language!r} is not among the {whose}'s languages; add it there, or take it out here"


def _check_texts(
    content: Content, languages: Sequence[str], draft: Sequence[str] = (), identifiers: Sequence[str] = ()
) -> None:
    """Every label in every language; nothing that looks like a person's data anywhere."""
    wanted = [language for language in languages if language not in draft]
    for file, path, text in texts_of(content):
        if missing := [language for language in wanted if language not in text]:
            known = ", ".join(text)
            told = f"has no text in {', '.join(missing)} (only {known}); add it, or list the language under draft"
            content.problem(file, path, told)
        for language in text:
            if language not in languages:
                content.problem(file, (*path, language), unread(language, languages), rule=UNREAD)
    for file, path, written in all_strings(content):
        concerns = _concerns(written, identifiers, of_line=file == "helplines.toml" and path[1:] == ("number",))
        of_team = (file, path) == ("region.toml", ("contact",))
        for code, hard in dict.fromkeys((concern.code, concern.hard) for concern in concerns):
            if hard:
                told = (ROLE_ADDRESS if of_team and code == "email" else guard.REASONS[code]).rstrip(".")
            elif of_team and code == "email":
                continue  # an address is asked for, and this one need not be a person's
            else:
                name = code.replace("-", " ")
                words = ", ".join(f"“{written[one.start : one.end]}”" for one in concerns if one.code == code)
                told = f"{words} may point to a person ({name}); make sure that nobody can be recognised, or reword it"
            content.problem(file, path, told, rule="" if hard else "nobody-recognisable")


def _concerns(text: str, identifiers: Sequence[str], *, of_line: bool) -> list[Concern]:
    """What may tell who somebody is; *of_line*: in the number of a help line, where a telephone is a service's.

    One that looks like a person's mobile is still asked about there, as it is beside words for a service.
    """
    found = list(guard.check_text(text, identifiers=identifiers, guesses=False))
    if not of_line:
        return found
    mobiles = [replace(one, hard=False) for one in found if one.code == "phone" and one.hard]
    return [one for one in found if one.code != "phone"] + mobiles


_ABSENT = (
    ("sources", "is not in sources.toml"),
    ("sectors", "is no sector of sectors.toml"),
    ("organisations", "is no organisation of organisations.toml"),
    ("provisions", "is no provision of law/"),
    ("practices", "is no practice of this region"),
    ("fields", "is no field of fields.toml"),
)
"""What is said of a key by the file where it is not."""


def _check_references(content: Content) -> None:
    """Whatever a key refers to, as its type declares it, is there."""
    for file, start, value in values_of(content):
        for path, name, key in references_in(value, start):
            told = _lacking(content, file.removesuffix(".toml") if name == "same" else name, key, own=name == "same")
            if told:  # an article is named with its list, a partner as a row
                listed = path[: path.index("convention") + 1] if name == "convention" else path
                content.problem(file, listed[:-1] if listed[0] == "partners" and not start else listed, told)
    for article in content.coverage:
        if told := _lacking(content, "convention", article):
            content.problem("coverage.toml", (article,), told)


def _lacking(content: Content, name: str, key: str, *, own: bool = False) -> str:
    """What to write instead of *key*; empty where there is what it names. *own*: in the file that names it."""
    if name == "convention":
        try:
            Reference.parse(key)
        except UnknownReference as error:
            return str(error)
        return ""
    if name == "common":
        common = [sector.key for sector in common_sectors()]
        return "" if key in common else f"{key!r} is no common sector; the common ones are: {', '.join(common)}"
    if not content.lacks(name, key):
        return ""
    return f"{key!r} {'is no entry of this file' if own else dict(_ABSENT)[name]}; {way_to(content, name, key)}"


def _check_provisions(content: Content) -> None:
    for key, provision in own_provisions(content):
        file, last = content.law_files[key], None
        for number, version in enumerate(provision.versions):
            place = ("provisions", key, "versions", number)
            if version.since and version.until and version.until <= version.since:
                told = f"ends ({version.until}) before it begins ({version.since})"
                content.problem(file, (*place, "until"), told)
            if number and (version.since is None or (last and version.since < last)):
                told = "put versions oldest first, without overlap; give this one its day in force"
                content.problem(file, (*place, "from"), told)
            last = version.until or version.since


def _check_sources(content: Content) -> None:
    used = {key for _, _, value in values_of(content) for _, name, key in references_in(value) if name == "sources"}
    for file, path, fact in facts_of(content):
        if getattr(fact, "verified", False) and not fact.sources:
            content.problem(file, (*path, "verified"), "is said to be verified, but names no source it was read in")
    for key in content.sources:
        kept = key in used or key in content.borrowed or content.sources[key].until
        if not kept and not content.unread:
            told = "no fact uses this source; give it an until if a published package had it, or take it out"
            content.problem("sources.toml", (key,), told, rule="sources-in-use")


def _check_practices(content: Content, header: RegionHeader) -> None:
    for key, practice in content.practices.items():
        file = f"practices/{key}.toml"
        check_languages(content, header, file, practice)
        if not practice.sources:
            content.problem(file, ("sources",), "a practice is documented from public sources; name at least one")
        if practice.ended and practice.running not in ("ended", "unknown"):
            content.problem(file, ("running",), f"is {practice.running!r} but has an end; one of the two is wrong")
        _check_field_sources(content, file, practice)


def _check_field_sources(content: Content, file: str, practice: PracticeSeed) -> None:
    filled = practice.filled
    for name in practice.field_sources:
        if name not in filled:
            told = "this field is empty; write it, or take its sources out"
            content.problem(file, ("field_sources", name), told, rule=UNREAD)
    for name in practice.editorial:
        if name not in filled:
            content.problem(file, ("editorial",), f"{name} is empty; write it, or take it out", rule=UNREAD)
    lacking = [name for name in filled if name not in practice.field_sources]
    if lacking and len({*practice.sources, *(one.key for one in practice.own_sources)}) > 1:
        told = f"does not say which of its sources say {', '.join(lacking)}; add them under [field_sources]"
        content.problem(file, ("field_sources" if practice.field_sources else "sources",), told, rule=SOURCED)
