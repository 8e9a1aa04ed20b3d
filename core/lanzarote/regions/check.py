"""Looks at how a region folder hangs together: references, sources, languages, dates, names of persons."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from lanzarote import guard
from lanzarote.convention import Reference, UnknownReference, common_sectors
from lanzarote.regions.folder import ENTRY_FILES
from lanzarote.types import API_VERSION, PracticeSeed, RegionHeader

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from lanzarote.regions.folder import Content

PAGE_NAMES = frozenset(
    ("accessibility", "api", "context", "convention", "help", "legal", "plugins", "privacy", "search", "static")
)
"""What stands in addresses where a region's id would stand."""
_USER_ASSIGNED = re.compile(r"^(AA|ZZ|Q[M-Z]|X[A-Z])(-|$)")
"""ISO 3166-1 codes left to users: for invented and test regions."""


def check(content: Content) -> Content:
    """Add to ``content.problems`` what does not hang together; return *content*."""
    if isinstance(content.header, RegionHeader):
        _check_header(content, content.header)
        _check_texts(content, content.header)
        _check_references(content, content.header)
        _check_sources(content)
        _check_dates(content)
        _check_practices(content, content.header)
    return content


def _check_header(content: Content, header: RegionHeader) -> None:
    from babel import Locale, UnknownLocaleError
    from babel.core import get_global

    def wrong(key: str, message: str) -> None:
        content.problem("region.toml", (key,), message)

    if header.id in PAGE_NAMES:
        wrong("id", f"{header.id!r} is the address of a page of the platform; choose another id")
    offered = ".".join(map(str, API_VERSION))
    try:
        if offered not in SpecifierSet(header.requires_api):
            wrong("requires_api", f"this platform offers API {offered}, which {header.requires_api!r} leaves out")
    except InvalidSpecifier:
        wrong("requires_api", f'{header.requires_api!r} is not a range; write for example ">=1,<2"')
    country = header.territory.partition("-")[0]
    known = country in get_global("territory_aliases") or country in Locale("en").territories
    if not known and not _USER_ASSIGNED.match(header.territory):
        wrong("territory", f"{country!r} is no country code of ISO 3166-1")
    if header.time_zone not in available_timezones():
        wrong("time_zone", f'{header.time_zone!r} is no time zone of the IANA list; write for example "Europe/Paris"')
    for language in (*header.languages, *header.draft):
        try:
            Locale.parse(language, sep="-")
        except (UnknownLocaleError, ValueError):
            wrong("languages", f'{language!r} is no language tag; write for example "fr" or "sr-Cyrl"')
    for language in header.draft:
        if language not in header.languages:
            wrong("draft", f"{language!r} is not among the region's languages")
    for module in header.personal_identifiers:
        if not guard.knows_identifier(module):
            wrong(
                "personal_identifiers",
                f'python-stdnum has no module {module!r}; the French one, for example, is "fr.nir"',
            )


def _check_texts(content: Content, header: RegionHeader) -> None:
    """Every label in every language of the region; nothing that looks like a person's data anywhere."""
    wanted = [language for language in header.languages if language not in header.draft]
    for file, path, text in texts_of(content):
        missing = [language for language in wanted if language not in text]
        if missing:
            known = ", ".join(text)
            content.problem(
                file,
                path,
                f"has no text in {', '.join(missing)} (only {known}); add it, or list the language under draft",
            )
    for file, path, written in all_strings(content):
        for concern in guard.check_text(written, identifiers=header.personal_identifiers):
            if concern.hard:
                message = f"looks like personal data ({concern.code}); such data is never recorded here, remove it"
                content.problem(file, path, message)


def _check_references(content: Content, header: RegionHeader) -> None:
    common = {sector.key for sector in common_sectors()}

    def need(file: str, path: tuple[str | int, ...], keys: Iterable[str], known: Container[str], what: str) -> None:
        for key in keys:
            if key not in known:
                content.problem(file, path, f"{key!r} is no {what}; {_nearest(key, known)}")

    need("region.toml", ("leading_sectors",), header.leading_sectors, content.sectors, "sector of sectors.toml")
    for key, sector in content.sectors.items():
        need("sectors.toml", (key, "common"), sector.common, common, "common sector")
        _need_articles(content, "sectors.toml", (key, "convention"), sector.convention)
    for key, organisation in content.organisations.items():
        need("organisations.toml", (key, "sectors"), organisation.sectors, content.sectors, "sector of sectors.toml")
        merged = (organisation.merged_into,) if organisation.merged_into else ()
        need("organisations.toml", (key, "merged_into"), merged, content.organisations, "organisation")
    for key, age in content.ages.items():
        need("ages.toml", (key, "provisions"), age.provisions, content.provisions, "provision of law/")
    for article in content.coverage:
        _need_articles(content, "coverage.toml", (article,), (article,))
    for name in ("sectors", "ages", "helplines", "fields"):
        entries: Mapping[str, Any] = getattr(content, name)
        for key, entry in entries.items():
            if entry.replaced_by:
                need(f"{name}.toml", (key, "replaced_by"), (entry.replaced_by,), entries, "entry of this file")
            for former in set(entry.former) & set(entries):
                content.problem(
                    f"{name}.toml", (key, "former"), f"{former!r} is in use; a former key is never used again"
                )
    for key, provision in content.provisions.items():
        for number, version in enumerate(provision.versions):
            path = ("provisions", key, "versions", number, "convention")
            file = law_file(content, key)
            _need_articles(content, file, path, (link.ref for link in version.convention))


def _check_sources(content: Content) -> None:
    used: set[str] = set()
    for file, path, fact in facts_of(content):
        used.update(fact.sources)
        for key in fact.sources:
            if key not in content.sources:
                content.problem(
                    file, (*path, "sources"), f"{key!r} is not in sources.toml; {_nearest(key, content.sources)}"
                )
        if getattr(fact, "verified", False) and not fact.sources:
            content.problem(file, (*path, "verified"), "is said to be verified, but names no source it was read in")
    for key in content.sources:
        if key not in used and "sources.toml" in content.text and f"[{key}]" in content.text["sources.toml"]:
            content.problem("sources.toml", (key,), "no fact uses this source", warning=True)


def _check_dates(content: Content) -> None:
    for key, provision in content.provisions.items():
        last = None
        for number, version in enumerate(provision.versions):
            path = ("provisions", key, "versions", number, "from")
            if version.since and version.until and version.until <= version.since:
                content.problem(
                    law_file(content, key), path, f"ends ({version.until}) before it begins ({version.since})"
                )
            if number and (version.since is None or (last and version.since < last)):
                content.problem(
                    law_file(content, key),
                    path,
                    "versions stand oldest first and do not overlap; give this one its day in force",
                )
            last = version.until or version.since
    for key, practice in content.practices.items():
        _ordered(content, f"practices/{key}.toml", ("ended",), practice.started, practice.ended)
    for key, organisation in content.organisations.items():
        _ordered(content, "organisations.toml", (key, "until"), organisation.since, organisation.until)


def _check_practices(content: Content, header: RegionHeader) -> None:
    for key, practice in content.practices.items():
        file = f"practices/{key}.toml"
        if practice.original not in practice.text:
            content.problem(
                file, ("original",), f"there is no [text.{practice.original}], the language it was written in"
            )
        for language in header.languages:
            if language not in practice.text and language not in header.draft:
                content.problem(
                    file, ("text",), f"has no text in {language!r}; readers see another language", warning=True
                )
        if not practice.sources:
            content.problem(file, ("sources",), "a practice is documented from public sources; name at least one")
        if practice.ended and practice.running not in ("ended", "unknown"):
            content.problem(file, ("running",), f"is {practice.running!r} but has an end; one of the two is wrong")
        _check_practice_keys(content, file, practice)


def _check_practice_keys(content: Content, file: str, practice: PracticeSeed) -> None:
    pairs: tuple[tuple[str, Iterable[str], Mapping[str, Any], str], ...] = (
        ("sectors", practice.sectors, content.sectors, "sector of sectors.toml"),
        ("legal_basis", practice.legal_basis, content.provisions, "provision of law/"),
        ("related", practice.related, content.practices, "practice of this region"),
        ("answers", practice.answers, content.fields, "field of fields.toml"),
    )
    for field, keys, known, what in pairs:
        for key in keys:
            if key not in known:
                content.problem(file, (field,), f"{key!r} is no {what}; {_nearest(key, known)}")
    for number, partner in enumerate(practice.partners):
        path = ("partners", number)
        if partner.organisation and partner.organisation not in content.organisations:
            nearest = _nearest(partner.organisation, content.organisations)
            content.problem(file, path, f"{partner.organisation!r} is no organisation of organisations.toml; {nearest}")
        if partner.sector and partner.sector not in content.sectors:
            content.problem(
                file,
                path,
                f"{partner.sector!r} is no sector of sectors.toml; {_nearest(partner.sector, content.sectors)}",
            )
        if not (partner.organisation or partner.sector):
            content.problem(file, path, "names neither an organisation nor a sector; give one of them")
    _need_articles(content, file, ("convention",), practice.convention)


def _need_articles(content: Content, file: str, path: tuple[str | int, ...], references: Iterable[str]) -> None:
    for reference in references:
        try:
            Reference.parse(reference)
        except UnknownReference as error:
            content.problem(file, path, str(error))


def _ordered(content: Content, file: str, path: tuple[str, ...], begin: str | None, end: str | None) -> None:
    if begin and end and end[: len(begin)] < begin[: len(end)]:
        content.problem(file, path, f"ends ({end}) before it begins ({begin})")


def _nearest(key: str, known: Container[str]) -> str:
    from difflib import get_close_matches

    names = list(known) if isinstance(known, Iterable) else []
    near = get_close_matches(key, names, n=1)
    return f"did you mean {near[0]!r}?" if near else "check its spelling"


def values_of(content: Content) -> Iterator[tuple[str, tuple[str | int, ...], Any]]:
    """Every value of the folder with its file and key."""
    yield "region.toml", (), content.header
    for name in ENTRY_FILES:
        for key, value in getattr(content, name).items():
            if name != "sources" or f"[{key}]" in content.text.get("sources.toml", ""):
                yield f"{name}.toml", (key,), value
    for name in ("criteria", "decision"):
        if (value := getattr(content, name)) is not None:
            yield f"{name}.toml", (), value
    for key, provision in content.provisions.items():
        yield law_file(content, key), ("provisions", key), provision
    for key, practice in content.practices.items():
        yield f"practices/{key}.toml", (), practice


def facts_of(content: Content) -> Iterator[tuple[str, tuple[str | int, ...], Any]]:
    """Everything that names sources, at any depth."""
    for file, path, value in values_of(content):
        for inner, found in _walk(value, path):
            if isinstance(found, Struct) and hasattr(found, "sources"):
                yield file, inner, found


def texts_of(content: Content) -> Iterator[tuple[str, tuple[str | int, ...], dict[str, str]]]:
    """Every multilingual label, practices' own texts apart."""
    for file, path, value in values_of(content):
        for inner, found in _walk(value, path):
            if (
                isinstance(found, dict)
                and found
                and "answers" not in inner
                and all(isinstance(v, str) for v in found.values())
            ):
                yield file, inner, found


def all_strings(content: Content) -> Iterator[tuple[str, tuple[str | int, ...], str]]:
    for file, path, value in values_of(content):
        for inner, found in _walk(value, path):
            if isinstance(found, str) and len(found) > 5 and inner[-1] not in ("url", "eli", "website", "identifier"):
                yield file, inner, found


def law_file(content: Content, key: str) -> str:
    """The law file a provision stands in."""
    instrument = content.provisions[key].instrument
    for name, text in content.text.items():
        if name.startswith("law/") and (f"[provisions.{key}]" in text or f"[[provisions.{key}.versions]]" in text):
            return name
    return f"law ({instrument})"


def _walk(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield path, value
    if isinstance(value, Struct):
        for field, encoded in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            yield from _walk(getattr(value, field), (*path, encoded))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, (*path, key))
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from _walk(inner, (*path, number))
