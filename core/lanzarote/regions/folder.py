"""Reads a region folder, or a folder of national law, into checked values; every fault names file, key and line."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct

from lanzarote.regions.lines import line_of
from lanzarote.types import (
    FORMAT,
    AgeLimit,
    CoverageStatement,
    CriteriaGrid,
    DecisionRule,
    FrameworkHeader,
    Helpline,
    Instrument,
    Organisation,
    PracticeField,
    PracticeSeed,
    Provision,
    RegionHeader,
    Sector,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.resources.abc import Traversable

T = TypeVar("T")

ENTRY_FILES: dict[str, Any] = {
    "sectors": Sector,
    "organisations": Organisation,
    "sources": Source,
    "ages": AgeLimit,
    "coverage": CoverageStatement,
    "helplines": Helpline,
    "fields": PracticeField,
}
"""Files that hold one table per key."""
WHOLE_FILES: dict[str, Any] = {"criteria": CriteriaGrid, "decision": DecisionRule}
"""Files that hold one value."""
KNOWN_FILES = {"region.toml", "framework.toml"} | {f"{name}.toml" for name in (*ENTRY_FILES, *WHOLE_FILES)}


class Problem(Struct, frozen=True, kw_only=True):
    """A fault in a region folder: where it is and what to do."""

    file: str
    key: str
    line: int
    message: str
    warning: bool = False

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
    sources: dict[str, Source] = {}
    ages: dict[str, AgeLimit] = {}
    coverage: dict[str, CoverageStatement] = {}
    helplines: dict[str, Helpline] = {}
    fields: dict[str, PracticeField] = {}
    criteria: CriteriaGrid | None = None
    decision: DecisionRule | None = None
    instruments: dict[str, Instrument] = {}
    provisions: dict[str, Provision] = {}
    practices: dict[str, PracticeSeed] = {}
    problems: list[Problem] = []
    text: dict[str, str] = {}
    """The files as written, to find lines in."""

    def problem(self, file: str, path: Sequence[str | int], message: str, *, warning: bool = False) -> None:
        """Note a fault at the key *path* of *file*."""
        line = line_of(self.text[file], path) if file in self.text else 0
        key = ".".join(str(part) for part in path)
        self.problems.append(Problem(file=file, key=key, line=line, message=message, warning=warning))

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.warning)


def read_region(folder: Traversable) -> Content:
    """Read a region folder. Faults are collected in ``problems``; nothing is raised for what the folder says."""
    content = _read(folder, "region.toml", RegionHeader)
    for name, kind in ENTRY_FILES.items():
        setattr(content, name, _entries(content, folder, f"{name}.toml", kind))
    for name, kind in WHOLE_FILES.items():
        data = _toml(content, folder / f"{name}.toml", f"{name}.toml")
        setattr(content, name, _convert(content, f"{name}.toml", (), data, kind) if data else None)
    _read_law(content, folder)
    for file in _files(folder / "practices"):
        name = f"practices/{file.name}"
        data = _toml(content, file, name)
        seed = _convert(content, name, (), data, PracticeSeed) if data is not None else None
        if seed is not None:
            content.practices[file.name.removesuffix(".toml")] = seed
    _note_strangers(content, folder)
    return content


def read_framework(folder: Traversable) -> Content:
    """Read a folder of national law: ``framework.toml``, ``sources.toml``, ``law/*.toml``."""
    content = _read(folder, "framework.toml", FrameworkHeader)
    content.sources = _entries(content, folder, "sources.toml", Source)
    _read_law(content, folder)
    return content


def read_header(folder: Traversable) -> RegionHeader:
    """Read ``region.toml`` alone, for listings. Raises ValueError."""
    data = tomllib.loads((folder / "region.toml").read_text("utf-8"))
    return msgspec.convert(data, RegionHeader)


def read_framework_header(folder: Traversable) -> FrameworkHeader | None:
    """Read ``framework.toml`` alone; None when it cannot be used."""
    try:
        return msgspec.convert(tomllib.loads((folder / "framework.toml").read_text("utf-8")), FrameworkHeader)
    except (OSError, ValueError):
        return None


def add_law(content: Content, framework: Content) -> None:
    """Let the region use the provisions and sources of *framework*."""
    assert isinstance(framework.header, FrameworkHeader)
    named = f"law {framework.header.id}: "
    content.problems += [msgspec.structs.replace(one, file=named + one.file) for one in framework.problems]
    for key, source in framework.sources.items():
        if content.sources.setdefault(key, source) != source:
            content.problem(
                "sources.toml", (key,), f"the law {framework.header.id} has another source of this key; rename yours"
            )
    for key, provision in framework.provisions.items():
        if content.provisions.setdefault(key, provision) is not provision:
            content.problem("law", (key,), f"the law {framework.header.id} has a provision of this key; rename yours")
    for key, instrument in framework.instruments.items():
        content.instruments.setdefault(key, instrument)


def _read(folder: Traversable, name: str, kind: Any) -> Content:
    content = Content(problems=[], text={})
    data = _toml(content, folder / name, name)
    if data is None:
        if not content.problems:
            content.problem(name, (), f"there is no {name}; every such folder begins with it")
        return content
    if data.get("format") != FORMAT:
        content.problem(name, ("format",), f"format is {data.get('format')!r}; this platform reads format = {FORMAT}")
        return content
    content.header = _convert(content, name, (), data, kind)
    return content


def _entries(content: Content, folder: Traversable, name: str, kind: type[T]) -> dict[str, T]:
    entries: dict[str, T] = {}
    for key, data in (_toml(content, folder / name, name) or {}).items():
        value = _convert(content, name, (key,), data, kind)
        if _fits_key(content, name, (key,), key) and value is not None:
            entries[key] = value
    return entries


def _read_law(content: Content, folder: Traversable) -> None:
    for file in _files(folder / "law"):
        name = f"law/{file.name}"
        data = _toml(content, file, name)
        if data is None:
            continue
        if strange := sorted(set(data) - {"instrument", "provisions"}):
            content.problem(name, (strange[0],), "a law file holds [instrument] and [provisions.…] only")
        instrument = _convert(content, name, ("instrument",), data.get("instrument", {}), Instrument)
        if instrument is None:
            continue
        content.instruments[instrument.key] = instrument
        for key, table in data.get("provisions", {}).items():
            provision = _convert(content, name, ("provisions", key), table, Provision)
            if provision is not None and _fits_key(content, name, ("provisions", key), key):
                if key in content.provisions:
                    content.problem(name, ("provisions", key), "this key is used in another law file; keys are unique")
                content.provisions[key] = msgspec.structs.replace(provision, instrument=instrument.key)


def _files(folder: Traversable) -> list[Traversable]:
    if not folder.is_dir():
        return []
    return sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)


def _toml(content: Content, file: Traversable, name: str) -> dict[str, Any] | None:
    if not file.is_file():
        return None
    try:
        content.text[name] = file.read_text("utf-8")
        return tomllib.loads(content.text[name])
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8; save the file as UTF-8"
    except tomllib.TOMLDecodeError as error:
        message = f"not readable as TOML: {error}"
        if "at line" in (told := str(error)):
            line = int(told.partition("at line ")[2].split(",")[0])
            content.problems.append(Problem(file=name, key="", line=line, message=message))
            return None
    content.problem(name, (), message)
    return None


def _convert(content: Content, name: str, path: tuple[str | int, ...], data: Any, kind: type[T]) -> T | None:
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at ")
        inner = _inner_path(place.strip("`"), data)
        if message.startswith("Object contains unknown field "):
            inner = (*inner, message.split("`")[1])
        content.problem(name, (*path, *inner), _teach(message))
        return None


def _inner_path(place: str, data: Any) -> tuple[str | int, ...]:
    """Turn msgspec's ``$.versions[0].title[...]`` into keys."""
    parts: list[str | int] = []
    for part in place.removeprefix("$").replace("[", ".[").split("."):
        if part and part not in ("[", "]") and not part.startswith("[."):
            parts.append(int(part[1:-1]) if part.startswith("[") and part[1:-1].isdigit() else part)
    return tuple(part for part in parts if not (isinstance(part, str) and part.startswith("[")))


def _teach(message: str) -> str:
    known = {
        "Object missing required field ": "it lacks the key {}; add it",
        "Object contains unknown field ": "{} is not a key of this format; see the region format page for those there are",
    }
    for start, lesson in known.items():
        if message.startswith(start):
            return lesson.format(message.removeprefix(start))
    if "matching regex" in message and "[a-z0-9]+(-[a-z0-9]+)*" in message:
        return "a key is made of small letters a to z, digits and single hyphens"
    if "matching regex" in message and r"\d{4}" in message:
        return 'a date here is text: "2014", "2014-06" or "2014-06-02"'
    return message[0].lower() + message[1:]


def _fits_key(content: Content, name: str, path: tuple[str, ...], key: str) -> bool:
    kind = "ArticleReference" if name == "coverage.toml" else "Key"
    try:
        msgspec.convert(key, getattr(_types(), kind))
    except msgspec.ValidationError:
        content.problem(name, path, f"{key!r} is not a key: small letters a to z, digits and single hyphens")
        return False
    return True


def _types() -> Any:
    from lanzarote import types

    return types


def _note_strangers(content: Content, folder: Traversable) -> None:
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml") and file.name not in KNOWN_FILES:
            content.problem(file.name, (), "the platform does not know this file and does not read it", warning=True)


def folder_digest(folders: Sequence[Traversable]) -> str:
    """Digest of all facts in *folders*: tells whether an upgrade is due without reading them as values."""
    from hashlib import sha256

    total = sha256()
    for folder in folders:
        for name, data in sorted(_bytes(folder, "").items()):
            total.update(sha256(name.encode() + b"\0" + data).digest())
    return total.hexdigest()


def _bytes(folder: Traversable, prefix: str) -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    for file in folder.iterdir():
        if file.is_dir():
            found.update(_bytes(file, f"{prefix}{file.name}/"))
        elif file.name.endswith(".toml"):
            found[prefix + file.name] = file.read_bytes()
    return found
