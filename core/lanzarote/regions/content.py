"""What a folder of a region, or of national law, holds once it is read; what is wrong in it, by file, key and line."""

from __future__ import annotations

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
    from collections.abc import Sequence

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
        count = len(content.errors)
        faults = "1 fault" if count == 1 else f"{count} faults"
        raise RegionError(
            f"The region {name!r} cannot be loaded, its folder has {faults}:", tuple(map(str, content.errors))
        )
    return content
