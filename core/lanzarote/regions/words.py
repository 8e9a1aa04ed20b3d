"""Words: the platform's in every language, and those of a region folder, as a translator sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec.structs import replace

from lanzarote.regions.claims import region_catalogues
from lanzarote.regions.content import OWN_WORDS, RENAMABLE, UNREAD, UNUSABLE, Problem, counted, texts_of
from lanzarote.regions.folder import read_header
from lanzarote.translation import CatalogueError, Translations, plain
from lanzarote.translation.catalogues import ENGLISH_IS_OURS, SOURCE_LANGUAGE, faults_in, is_language, load
from lanzarote.types import Catalogue, ProcedureText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from lanzarote.plugins import Host
    from lanzarote.regions.claims import InstalledRegions
    from lanzarote.regions.content import Content
    from lanzarote.regions.declared import Path as Place
    from lanzarote.types import PracticeSeed, ProcedureSeed


FOLDER: Final = "region"
"""Where a package has its region, if it cannot be asked."""
SHOWN: Final = 60
"""Signs of a message that are told."""


def words_of(host: Host, installed: InstalledRegions, here: Mapping[str, str]) -> Translations:
    """Those of all packages, and of the regions that are *here*, which are said on the pages of each alone.

    *here*: region → the distribution that it was loaded from, if any. Packages that come with the platform count before
    the others. A catalogue that cannot be used is left aside by name.
    """
    brought: dict[str, str] = {}

    def sound(name: str, catalogues: Iterable[Catalogue]) -> Iterator[Catalogue]:
        for catalogue in catalogues:
            if _may_be_read(host, name, catalogue):
                brought.setdefault(str(catalogue.path), name)
                yield catalogue

    packages = host.contributed("catalogues")
    shared = [one for package, catalogue in packages for one in sound(package.name, (catalogue,))]
    regional: dict[str, list[Catalogue]] = {}
    for region_id, name, folder in _folders(host, installed, here):
        try:
            regional.setdefault(region_id, []).extend(sound(name, region_catalogues(folder)))
        except Exception as error:  # the folder is the package's, and may be anything
            host.leave_aside(name, f"the translations cannot be read: {error}")

    def blame(catalogue: Catalogue, fault: str) -> None:
        host.leave_aside(brought[str(catalogue.path)], f"the catalogue {fault}; its messages are shown in English")

    def clash(path: str, messages: Sequence[str]) -> None:
        where = "on the pages of its own region" if path in of_regions else "on all pages"
        host.remark(brought[path], f"the catalogue {path} {in_other_words(messages)}: its own are said {where}")

    of_regions = {str(one.path) for own in regional.values() for one in own}
    return Translations(shared, blame, regional, clash)


def in_other_words(messages: Sequence[str]) -> str:
    """What is told of a catalogue that says *messages* otherwise than others.

    >>> in_other_words(["Practices", "Search"])
    'says 2 messages in other words than other catalogues ("Practices", "Search")'
    """
    named = ", ".join(f'"{plain(one[:SHOWN])}"' for one in messages[:3])
    more = ", …" if len(messages) > 3 else ""
    return f"says {counted(len(messages), 'message')} in other words than other catalogues ({named}{more})"


def _folders(
    host: Host, installed: InstalledRegions, here: Mapping[str, str]
) -> Iterator[tuple[str, str, Traversable]]:
    """The regions that are *here*, the package of each, and its folder."""
    seen = {one.header.id: one for one in installed.imported()}
    for region_id, distribution in here.items():
        # For one that is received no package is looked at.
        if one := installed.known(region_id) if distribution else seen.get(region_id):
            yield region_id, one.package.name, one.region.path
        elif distribution:
            yield from ((region_id, name, folder) for name, folder in _left(host, region_id, distribution))


def _left(host: Host, region_id: str, distribution: str) -> Iterator[tuple[str, Path]]:
    """The folder of a region whose package is not used."""
    for name, place in host.places(distribution):
        folder = place / FOLDER
        if folder.is_dir() and _may_be(region_id, folder):
            yield name, folder


def _may_be(region_id: str, folder: Path) -> bool:
    try:
        return read_header(folder).id == region_id
    except Exception:  # the folder is the package's, and may be anything; its words may be sound
        return True


def _may_be_read(host: Host, name: str, catalogue: Catalogue) -> bool:
    """A language is offered for what is there; whether its words can be used is known when they are read."""
    if not is_language(catalogue.language):
        told = f"{catalogue.path.name} is not named after a language, such as fr.po"
    elif catalogue.language == SOURCE_LANGUAGE:
        told = f"the catalogue {catalogue.path} is not used: {ENGLISH_IS_OURS}"
    elif not catalogue.path.is_file():
        told = f"the catalogue {catalogue.path} is not there; its messages are shown in English"
    else:
        return True
    host.leave_aside(name, told)
    return False


# --- own words ---
# The words of a region folder, or of one of national law, as a translator sees them, and ``translations/region/*.po``.
# What stands in the TOML files comes first; a translation counts only while the text that it translates stays as it
# was.


class Word(NamedTuple):
    """A text of the folder in the language that it was written in."""

    place: str
    """File and key; stays the same whatever the text says."""
    text: str
    languages: frozenset[str]
    """In which it is there."""
    former: tuple[str, ...] = ()
    """Its places under former keys, where its translations may still stand."""

    @property
    def key(self) -> tuple[str, str]:
        return self.place, self.text


def own_words(content: Content) -> Iterator[Word]:
    """Every label, and every text of practices and procedures."""
    for (place, *former), texts in _labels(content):
        yield Word(place, _original(content, texts), frozenset(texts), tuple(former))
    for (file, *former), seed in _told(content):
        original = seed.text.get(seed.original)
        for name in original.__struct_fields__ if original else ():
            if text := getattr(original, name):
                there = frozenset(language for language, one in seed.text.items() if getattr(one, name))
                yield Word(f"{file} text.{name}", text, there, tuple(f"{one} text.{name}" for one in former))


def present_places(words: Iterable[Word]) -> dict[str, str]:
    """Place under a former key → place under the present one."""
    return {former: word.place for word in words for former in word.former}


def lost_words(before: Content, after: Content) -> Iterator[tuple[Word, str]]:
    """Texts of *before* that *after* still has, and a language that it speaks and in which they are no longer there."""
    now = list(own_words(after))
    present, there = present_places(now), {word.place: word for word in now}
    spoken = after.header.languages if after.header else ()
    for word in own_words(before):
        if found := there.get(present.get(word.place, word.place)):
            yield from ((found, one) for one in spoken if one in word.languages - found.languages)


def read_own_words(content: Content, folder: Traversable) -> Iterator[tuple[str, dict[tuple[str, str], str]]]:
    """Language, and translations by place and text; a file that cannot be used is noted as a fault."""
    words = folder / "translations" / "region"
    files = sorted(words.iterdir(), key=lambda file: file.name) if words.is_dir() else []
    for file in files:
        name, language = f"{OWN_WORDS}{file.name}", file.name.removesuffix(".po")
        if not file.name.endswith(".po") or (content.header and language not in content.header.languages):
            told = f"is not read; its name is a language of {content.header_file}, such as fr.po"
            content.problem(name, (), told, rule=UNREAD)
            continue
        own = Catalogue(language=language, path=file, domain="region")
        try:
            entries = load(own)
        except CatalogueError as error:
            content.problems += (
                Problem(file=name, key="", line=fault.line, message=fault.told) for fault in error.faults
            )
            continue
        content.problems += (
            Problem(file=name, key="", line=fault.line, message=fault.told, rule=UNUSABLE) for fault in faults_in(own)
        )
        yield language, {entry.key: entry.forms[0] for entry in entries}


def add_translations(content: Content, folder: Traversable) -> None:
    """Add to *content* what is translated beside the TOML files."""
    # As the TOML files say it: a translation that is added here is the original of no other.
    labels = [(places, texts, _original(content, texts)) for places, texts in _labels(content)]
    for language, translated in read_own_words(content, folder):
        for places, texts, original in labels:
            if language not in texts and (found := _found(translated, places, original)):
                texts[language] = found
        for files, seed in _told(content):
            _add_texts(files, seed, language, translated)


def _found(translated: Mapping[tuple[str, str], str], places: Iterable[str], original: str) -> str:
    """The translation that stands at the first of *places*; empty when there is none."""
    return next((found for place in places if (found := translated.get((place, original)))), "")


def _add_texts(
    files: Sequence[str], seed: PracticeSeed | ProcedureSeed, language: str, translated: dict[tuple[str, str], str]
) -> None:
    original: Any = seed.text.get(seed.original)
    there: Any = seed.text.get(language)
    found = {
        name: said
        for name in (original.__struct_fields__ if original else ())
        if (said := _found(translated, (f"{file} text.{name}" for file in files), getattr(original, name) or ""))
        and not (there and getattr(there, name))
    }
    texts: dict[str, Any] = seed.text
    if there and found:
        texts[language] = replace(there, **found)
    elif found and (isinstance(original, ProcedureText) or {"title", "summary"} <= set(found)):
        texts[language] = type(original)(**found)


def _labels(content: Content) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Places of each label, the present one first."""
    for file, path, texts in texts_of(content):
        yield [f"{name} {'.'.join(map(str, inner))}" for name, inner in _under_all_keys(content, file, path)], texts


def _told(content: Content) -> Iterator[tuple[list[str], PracticeSeed | ProcedureSeed]]:
    """Files of each practice and procedure, the present one first."""
    seeds: dict[str, PracticeSeed | ProcedureSeed] = {
        **{f"practices/{key}.toml": practice for key, practice in content.practices.items()},
        **{f"procedures/{key}.toml": procedure for key, procedure in content.procedures.items()},
    }
    for file, seed in seeds.items():
        yield [name for name, _ in _under_all_keys(content, file, ())], seed


def _under_all_keys(content: Content, file: str, path: Place) -> Iterator[tuple[str, Place]]:
    """File and key of what an entry says: under its present key, then under those that it had before."""
    yield file, path
    kind, _, rest = file.removesuffix(".toml").partition("/")
    if kind in ("practices", "procedures"):
        yield from ((f"{kind}/{key}.toml", path) for key in getattr(content, kind)[rest].former)
        return
    kind, depth = ("provisions", 1) if path[:1] == ("provisions",) else (kind, 0)
    if kind in RENAMABLE and len(path) > depth:
        entry = getattr(content, kind).get(path[depth])
        yield from ((file, (*path[:depth], key, *path[depth + 1 :])) for key in (entry.former if entry else ()))


def _original(content: Content, texts: dict[str, str]) -> str:
    """In the first language of the folder that it has."""
    order = content.header.languages if content.header else ()
    return next((texts[one] for one in order if one in texts), next(iter(texts.values())))
