"""What a folder of a region, or of national law, holds once it is read; what is wrong in it, by file, key and line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.configuration.toml_lines import line_of
from lanzarote.errors import RegionError
from lanzarote.types import (
    AgeLimit,
    CoverageStatement,
    CriteriaGrid,
    DecisionRule,
    FrameworkHeader,
    Helpline,
    Instrument,
    ListedSource,
    Organisation,
    PracticeField,
    PracticeSeed,
    ProcedureSeed,
    Provision,
    RegionHeader,
    Sector,
    Synonyms,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from lanzarote.regions.declared import Path


ENTRY_FILES: dict[str, Any] = {
    "sectors": Sector,
    "organisations": Organisation,
    "sources": ListedSource,
    "ages": AgeLimit,
    "coverage": CoverageStatement,
    "helplines": Helpline,
    "fields": PracticeField,
    "synonyms": Synonyms,
}
"""Files that hold one table per key."""
WHOLE_FILES: dict[str, Any] = {"criteria": CriteriaGrid, "decision": DecisionRule}
"""Files that hold one value."""
SEEDS: dict[str, Any] = {"practices": PracticeSeed, "procedures": ProcedureSeed}
"""Folders of records, a file each."""
ENTRIES: dict[str, Any] = ENTRY_FILES | {"provisions": Provision} | SEEDS
"""Everything that has a key."""
RENAMABLE = tuple(name for name, kind in ENTRIES.items() if "former" in kind.__struct_fields__)
"""Kinds whose entries may name the keys they had before."""
RETIRABLE = tuple(name for name, kind in ENTRIES.items() if "replaced_by" in kind.__struct_fields__)
"""Kinds whose entries may name what replaced them."""
REGION_FILES = (
    "region.toml",
    "quality.toml",
    *(f"{name}.toml" for name in (*ENTRY_FILES, *WHOLE_FILES)),
    "law",
    "practices",
    "procedures",
    "translations",
)
OWN_WORDS = "translations/region/"
"""Where translations of the folder's own words stand, one ``.po`` file per language."""
QUALITY_FILE = "quality.toml"
"""Which rules of the quality scale do not fit a folder, and why; nothing that is loaded."""
UNREAD = "nothing-unread"
"""The rule of the quality scale that nothing stands in the folder that nobody reads."""
GOING = "nothing-deprecated"
"""The rule of the quality scale that no key is used that will go."""
UNUSABLE = "words-usable"
"""The rule of the quality scale that every word in a file of words can be used."""
CITED = "{number}"
"""What stands for the number in the way an article is cited."""
FRAMEWORK_FILES = ("framework.toml", "quality.toml", "sources.toml", "law", "translations")


class Problem(Struct, frozen=True, kw_only=True):
    """A fault in a region folder: where it is and what to do."""

    file: str
    key: str
    line: int
    message: str
    rule: str = ""
    """The rule of the quality scale that it breaks; empty: the folder cannot be loaded like this."""

    @property
    def warning(self) -> bool:
        return bool(self.rule)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key + ': ' if self.key else ''}{self.message}"


class Law(Struct, kw_only=True):
    """What ``law/*.toml`` holds."""

    instruments: dict[str, Instrument] = {}
    provisions: dict[str, Provision] = {}


class Content(Struct, kw_only=True):
    """Everything a folder says, read and well-formed; ``check`` looks at how it hangs together."""

    header: RegionHeader | FrameworkHeader | None = None
    sectors: dict[str, Sector] = {}
    organisations: dict[str, Organisation] = {}
    sources: dict[str, ListedSource] = {}
    ages: dict[str, AgeLimit] = {}
    coverage: dict[str, CoverageStatement] = {}
    helplines: dict[str, Helpline] = {}
    fields: dict[str, PracticeField] = {}
    synonyms: dict[str, Synonyms] = {}
    criteria: CriteriaGrid | None = None
    decision: DecisionRule | None = None
    instruments: dict[str, Instrument] = {}
    provisions: dict[str, Provision] = {}
    practices: dict[str, PracticeSeed] = {}
    procedures: dict[str, ProcedureSeed] = {}
    problems: list[Problem] = []
    text: dict[str, str] = {}
    """The files as written, to find lines in."""
    law_files: dict[str, str] = {}
    """Provision → the file it stands in; those of national law stand in another folder."""
    borrowed: set[str] = set()
    """Sources of national law."""
    unread: set[str] = set()
    """What could not be read for its faults, such as ``organisations`` or ``organisations.some-key``."""

    @property
    def header_file(self) -> str:
        """The file that makes the folder one of a region, or of national law."""
        return FRAMEWORK_FILES[0] if FRAMEWORK_FILES[0] in self.text else REGION_FILES[0]

    def lacks(self, name: str, key: str) -> bool:
        """Whether there is no such entry; one that is there and has faults of its own is not missed as well."""
        return key not in getattr(self, name) and not {name, f"{name}.{key}"} & self.unread

    def problem(self, file: str, path: Sequence[str | int], message: str, *, rule: str = "") -> None:
        """Note a fault at the key *path* of *file*; with a *rule* it is a warning."""
        self.problems.append(self.at(file, path, message, rule=rule))

    def at(self, file: str, path: Sequence[str | int], message: str, *, rule: str = "") -> Problem:
        """What is wrong at the key *path* of *file*, with its line."""
        line = line_of(self.text[file], path) if file in self.text else 0
        key = ".".join(str(part) for part in self._named(file, path))
        return Problem(file=file, key=key, line=line, message=message, rule=rule)

    def _named(self, file: str, path: Sequence[str | int]) -> Sequence[str | int]:
        """The *path* with a step or measure by its key, not by its place."""
        procedure = self.procedures.get(file.removeprefix("procedures/").removesuffix(".toml"))
        match path:
            case ("steps" | "measures" as name, int(place), *rest) if procedure and file.startswith("procedures/"):
                return (name, getattr(procedure, name)[place].key, *rest)
        return path

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.warning)


def usable(content: Content, name: str) -> Content:
    """Return *content* unless it has errors. Raises RegionError that lists them."""
    if content.errors:
        told = f"The region {name!r} cannot be loaded, its folder has {counted(len(content.errors), 'fault')}:"
        raise RegionError(told, tuple(map(str, content.errors)))
    return content


def counted(number: int, noun: str) -> str:
    """``1 fault``, ``2 faults``"""
    return f"{number} {noun}{'' if number == 1 else 's'}"


# --- Goes through everything a folder says, with file and key of each thing ---


def place_of(content: Content, name: str, key: str) -> tuple[str, Path]:
    """In which file an entry stands, and where in it."""
    if name in SEEDS:
        return f"{name}/{key}.toml", ()
    if name == "provisions":
        return content.law_files.get(key, "law"), (name, key)
    return f"{name}.toml", (key,)


def values_of(content: Content) -> Iterator[tuple[str, Path, Any]]:
    """Every value that stands in the folder, with its file and key; not those of national law."""
    yield content.header_file, (), content.header
    for name in ENTRIES:
        for key, value in getattr(content, name).items():
            borrowed = key in content.borrowed if name == "sources" else key not in content.law_files
            if not (name in ("sources", "provisions") and borrowed):
                yield *place_of(content, name, key), value
    for name in WHOLE_FILES:
        if (value := getattr(content, name)) is not None:
            yield f"{name}.toml", (), value


def facts_of(content: Content) -> Iterator[tuple[str, Path, Any]]:
    """Everything that names sources, at any depth."""
    for file, path, value in values_of(content):
        for inner, found in walk(value, path):
            if isinstance(found, Struct) and hasattr(found, "sources"):
                yield file, inner, found


def texts_of(content: Content) -> Iterator[tuple[str, Path, dict[str, str]]]:
    """Every multilingual label, practices' own texts apart."""
    for file, path, value in values_of(content):
        for inner, found in walk(value, path):
            if (
                isinstance(found, dict)
                and found
                and "answers" not in inner
                and all(isinstance(v, str) for v in found.values())
            ):
                yield file, inner, found


def all_strings(content: Content) -> Iterator[tuple[str, Path, str]]:
    for file, path, value in values_of(content):
        for inner, found in walk(value, path):
            if isinstance(found, str) and len(found) > 5 and inner[-1] not in ("url", "eli", "website", "identifier"):
                yield file, inner, found


def own_provisions(content: Content) -> list[tuple[str, Provision]]:
    """Provisions that stand in the folder itself."""
    return [(key, provision) for key, provision in content.provisions.items() if key in content.law_files]


def walk(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if isinstance(value, Struct):
        for field, encoded in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            yield from walk(getattr(value, field), (*path, encoded))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, key))
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from walk(inner, (*path, number))


# --- What to do about a key, an article or a language that a region folder names and does not have ---

IN_ALL_LANGUAGES = "texts-in-all-languages"
"""The rule of the quality scale that practices and procedures are told in every language."""

SOURCED = "fields-have-sources"
"""The rule of the quality scale that a practice says which source says which field."""


def unread(language: str, languages: Sequence[str]) -> str:
    near = _of_the_country(language, languages)
    meant = f"; did you mean {near!r}?" if near else ""
    return f"{language!r} is not among the languages of this folder ({', '.join(languages)}); nobody reads it{meant}"


def _of_the_country(code: str, languages: Sequence[str]) -> str:
    """Which of *languages* is meant by somebody who wrote the code of its country, such as ``se`` for ``sv``."""
    from babel.languages import get_official_languages

    official = {one.replace("_", "-") for one in get_official_languages(code.upper())}
    spoken = [language for language in languages if language in official]
    return spoken[0] if len(spoken) == 1 else ""


def way_to(content: Content, name: str, key: str) -> str:
    """What to write instead of *key*, which is no entry of the kind *name*: the present key of one that was renamed."""
    entries: Mapping[str, Any] = getattr(content, name)
    present = next((present for present, entry in entries.items() if key in entry.former), None)
    return f"it is a former key of {present!r}: write that" if present else nearest(key, entries)


def nearest(key: str, known: Container[str]) -> str:
    from difflib import get_close_matches

    names = list(known) if isinstance(known, Iterable) else []
    near = get_close_matches(key, names, n=1)
    return f"did you mean {near[0]!r}?" if near else "check its spelling"
