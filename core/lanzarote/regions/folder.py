"""Reads a region folder, or a folder of national law, into checked values; every fault names file, key and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from lanzarote.regions.content import (
    CITED,
    ENTRY_FILES,
    FRAMEWORK_FILES,
    GOING,
    OWN_WORDS,
    REGION_FILES,
    UNREAD,
    WHOLE_FILES,
    Content,
    Problem,
)
from lanzarote.regions.converting import Written, convert, meant, teach_unknown
from lanzarote.regions.toml_files import Unreadable, read_toml
from lanzarote.runtime.reading import converted
from lanzarote.store.ids import slugify
from lanzarote.types import (
    FORMAT,
    ArticleReference,
    FrameworkHeader,
    Instrument,
    Key,
    Language,
    ListedSource,
    PracticeSeed,
    ProcedureSeed,
    Provision,
    RegionHeader,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from importlib.resources.abc import Traversable

    from lanzarote.types import Deprecated


# --- Keys of TOML files that will go: they are read as before, and whoever writes them is told until when ---

Path = tuple[str | int, ...]


def keys_that_go(value: Any, data: Any) -> Iterator[tuple[Path, Deprecated]]:
    """Keys of *data*, as it stands in a file, that the classes of *value*, which was made of it, call deprecated."""
    if isinstance(value, Struct) and isinstance(data, Mapping):
        going: Mapping[str, Deprecated] = getattr(type(value), "deprecated", {})
        for field in _fields(type(value)):
            key = field.encode_name
            if key in data:
                if field.name in going:
                    yield (key,), going[field.name]
                yield from _inside(key, getattr(value, field.name), data[key])
    elif isinstance(value, Mapping) and isinstance(data, Mapping):
        for key, inner in value.items():
            if key in data:
                yield from _inside(key, inner, data[key])
    elif isinstance(value, list | tuple) and isinstance(data, list):
        for number, (inner, given) in enumerate(zip(value, data, strict=False)):
            yield from _inside(number, inner, given)


@cache
def _fields(kind: type[Struct]) -> tuple[FieldInfo, ...]:
    """Of a class, looked at once: its annotations are read anew each time."""
    return fields(kind)


def _inside(key: str | int, value: Any, data: Any) -> Iterator[tuple[Path, Deprecated]]:
    for path, told in keys_that_go(value, data):
        yield (key, *path), told


# --- The folder ---

T = TypeVar("T")


def read_region(folder: Traversable, *, translated: bool = True) -> Content:
    """Read a region folder. Faults are collected in ``problems``; nothing is raised for what the folder says.

    *translated*: with the translations of its texts that stand in ``translations/region/``.
    """
    content = _read(folder, "region.toml", RegionHeader)
    for name, kind in ENTRY_FILES.items():
        setattr(content, name, _entries(content, folder, f"{name}.toml", kind))
    _note_language(content)
    for name, kind in WHOLE_FILES.items():
        data = _toml(content, folder / f"{name}.toml", f"{name}.toml")
        setattr(content, name, _convert(content, f"{name}.toml", (), data, kind) if data else None)
    _read_law(content, folder)
    content.practices = _seeds(content, folder, "practices", PracticeSeed)
    content.procedures = _seeds(content, folder, "procedures", ProcedureSeed)
    _note_strangers(content, folder, REGION_FILES)
    return _with_own_words(content, folder) if translated else content


def read_framework(folder: Traversable, *, translated: bool = True) -> Content:
    """Read a folder of national law: ``framework.toml``, ``sources.toml``, ``law/*.toml``, and its translations."""
    content = _read(folder, "framework.toml", FrameworkHeader)
    content.sources = _entries(content, folder, "sources.toml", ListedSource)
    _note_language(content)
    _read_law(content, folder)
    _note_strangers(content, folder, FRAMEWORK_FILES)
    return _with_own_words(content, folder) if translated else content


def _with_own_words(content: Content, folder: Traversable) -> Content:
    if (folder / "translations" / "region").is_dir():
        from lanzarote.regions.words import add_translations  # goes through what is read here

        add_translations(content, folder)
    return content


def read_header(folder: Traversable) -> RegionHeader:
    """Read ``region.toml`` alone, for listings. Raises ValueError."""
    data = tomllib.loads((folder / "region.toml").read_text("utf-8"))
    return converted(data, RegionHeader)


def read_framework_header(folder: Traversable) -> FrameworkHeader | None:
    """Read ``framework.toml`` alone; None when it cannot be used."""
    try:
        return converted(tomllib.loads((folder / "framework.toml").read_text("utf-8")), FrameworkHeader)
    except (OSError, ValueError):
        return None


def add_law(content: Content, framework: Content) -> None:
    """Let the region use the provisions and sources of *framework*."""
    assert isinstance(framework.header, FrameworkHeader)
    for key, source in framework.sources.items():
        if key not in content.sources:
            content.borrowed.add(key)
        if content.sources.setdefault(key, source) != source:
            content.problem(
                "sources.toml", (key,), f"the law {framework.header.id} has another source of this key; rename yours"
            )
    for key, provision in framework.provisions.items():
        if content.provisions.setdefault(key, provision) is not provision:
            told = f"the law {framework.header.id} has a provision of this key; rename yours"
            content.problem(content.law_files.get(key, "law"), ("provisions", key), told)
    for key, instrument in framework.instruments.items():
        content.instruments.setdefault(key, instrument)


def _read(folder: Traversable, name: str, kind: Any) -> Content:
    content = Content(problems=[], text={}, law_files={}, borrowed=set(), unread=set())
    data = _toml(content, folder / name, name)
    if data is None:
        if not content.problems:
            content.problem(name, (), f"there is no {name}; every such folder begins with it")
        return content
    if "format" not in data:
        if near := meant("format", data):
            content.problem(name, tuple(near), teach_unknown(near[0], ["format"]))
        else:
            content.problem(name, (), f"it lacks the key 'format'; write format = {FORMAT}")
        return content
    if data["format"] != FORMAT:
        content.problem(name, ("format",), f"format is {data['format']!r}; this platform reads format = {FORMAT}")
        return content
    content.header = _convert(content, name, (), data, kind)
    return content


def _entries(content: Content, folder: Traversable, name: str, kind: type[T]) -> dict[str, T]:
    entries: dict[str, T] = {}
    for key, data in (_toml(content, folder / name, name) or {}).items():
        if not isinstance(data, dict):
            content.problem(name, (key,), f"each entry is a table of its own, with one bracket on each side: [{key}]")
            continue
        value = _convert(content, name, (key,), data, kind)
        if _fits_key(content, name, (key,), key) and value is not None:
            entries[key] = value
        else:
            # The key as it was meant, so that whoever names it is not blamed for it.
            content.unread |= {f"{name.removesuffix('.toml')}.{one}" for one in (key, slugify(key))}
    return entries


def _seeds(content: Content, folder: Traversable, room: str, kind: type[T]) -> dict[str, T]:
    """What stands in a folder of its own, each in the file of its key."""
    seeds: dict[str, T] = {}
    for file in _files(content, folder, room):
        name, key = f"{room}/{file.name}", file.name.removesuffix(".toml")
        data = _toml(content, file, name)
        seed = _convert(content, name, (), data, kind) if data is not None else None
        if _fits_key(content, name, (), key) and seed is not None:
            seeds[key] = seed
        else:
            content.unread.add(f"{room}.{key}")
    return seeds


def _note_language(content: Content) -> None:
    """Note for each source the language it is described in; it may be used where another language comes first."""
    if content.header:
        first = content.header.languages[0]
        described = {key: source.language or first for key, source in content.sources.items()}
        content.sources = {
            key: msgspec.structs.replace(one, language=described[key]) for key, one in content.sources.items()
        }


def _read_law(content: Content, folder: Traversable) -> None:
    for file in _files(content, folder, "law"):
        name = f"law/{file.name}"
        data = _toml(content, file, name)
        if data is None:
            continue
        absent = [key for key in ("instrument", "provisions") if key not in data]
        strangers = sorted(set(data) - {"instrument", "provisions"})
        for strange in strangers:
            told = "a law file holds [instrument] and [provisions.…] only"
            content.problem(name, (strange,), teach_unknown(strange, absent) if meant(strange, absent) else told)
        if "instrument" not in data:
            if not any("instrument" in meant(strange, absent) for strange in strangers):
                told = "it lacks [instrument], the code or act that its provisions belong to; add it"
                content.problem(name, (), told)
            continue
        instrument = _convert(content, name, ("instrument",), data["instrument"], Instrument)
        provisions = data.get("provisions", {})
        if not isinstance(provisions, dict):
            told = "provisions are tables of their own, with one bracket on each side: [provisions.some-key]"
            content.problem(name, ("provisions",), told)
            continue
        read = _read_provisions(content, name, provisions)
        if instrument is None:
            continue
        if instrument.key in content.instruments:
            content.problem(
                name, ("instrument", "key"), "another law file describes this instrument; put them together"
            )
        _check_citations(content, name, instrument)
        content.instruments[instrument.key] = instrument
        for key, provision in read.items():
            content.provisions[key] = msgspec.structs.replace(provision, instrument=instrument.key)


def _check_citations(content: Content, name: str, instrument: Instrument) -> None:
    """Whatever stands in braces beside the number would be read as it is on every page that cites the instrument."""
    for language, form in instrument.cite.items():
        strange = dict.fromkeys(one for one in re.findall(r"\{[^{}]*\}|[{}]", form) if one != CITED)
        if strange:
            alone = not strange.keys().isdisjoint("{}")
            wrong = "a brace opens or closes nothing" if alone else f"{', '.join(strange)} is no field here"
            told = f'{wrong}; there is one field, {CITED}, where the number goes, as in "art. {CITED}"'
            content.problem(name, ("instrument", "cite", language), told)


def _read_provisions(content: Content, name: str, tables: dict[str, Any]) -> dict[str, Provision]:
    read: dict[str, Provision] = {}
    for key, table in tables.items():
        place = ("provisions", key)
        provision = _convert(content, name, place, table, Provision)
        if provision is not None and _fits_key(content, name, place, key):
            if provision.instrument:
                content.problem(name, (*place, "instrument"), "is filled in by the platform; leave it out")
            if key in content.law_files:
                content.problem(name, place, f"this key is in {content.law_files[key]} too; keys are unique")
            content.law_files[key] = name
            read[key] = provision
        else:
            content.unread.add(f"provisions.{key}")
    return read


def _files(content: Content, folder: Traversable, name: str) -> list[Traversable]:
    """The TOML files of a folder inside the region's."""
    inside = folder / name
    if not inside.is_dir():
        if inside.is_file():
            content.problem(name, (), f"is a file; {name}/ is a folder of TOML files")
        return []
    files = sorted(inside.iterdir(), key=lambda file: file.name)
    for file in files:
        if _looks_like_toml(file.name) and not file.name.endswith(".toml"):
            content.problem(f"{name}/{file.name}", (), "is not read; its name must end in .toml", rule=UNREAD)
        elif file.is_dir():
            if not _hidden(file.name):
                content.problem(f"{name}/{file.name}", (), f"folders in {name}/ are not read", rule=UNREAD)
        elif not file.name.endswith(".toml") and not _hidden(file.name):
            content.problem(f"{name}/{file.name}", (), _NO_FACTS, rule=UNREAD)
    return [file for file in files if file.name.endswith(".toml") and not file.is_dir()]


def _toml(content: Content, file: Traversable, name: str) -> dict[str, Any] | None:
    try:
        found = read_toml(file)
    except Unreadable as fault:
        content.problems.append(Problem(file=name, key=fault.key, line=fault.line, message=fault.told))
        content.unread.add("provisions" if name.startswith("law/") else name.removesuffix(".toml"))
        return None
    if found is None:
        return None
    content.text[name], data = found
    return data


def _convert(content: Content, name: str, path: tuple[str | int, ...], data: Any, kind: type[T]) -> T | None:
    value, faults = convert(data, kind, path, Written(content.text.get(name, ""), _language(content, data)))
    for fault in faults:
        content.problem(name, (*path, *fault.path), fault.told)
    for place, going in keys_that_go(value, data):
        content.problem(name, (*path, *place), str(going), rule=GOING)
    return value


def _language(content: Content, data: Any) -> str:
    """One that the region is described in; as long as its header is not read, the first that *data* names."""
    named = data.get("languages") if isinstance(data, dict) else None
    languages = content.header.languages if content.header else named
    first = languages[0] if isinstance(languages, list | tuple) and languages else ""
    return first if isinstance(first, str) and not convert(first, Language)[1] else "en"


def _looks_like_toml(name: str) -> bool:
    return name.lower().endswith((".toml", ".tml", ".toml.txt"))


def _hidden(name: str) -> bool:
    """What programs leave beside the files of people (``.DS_Store``, ``__pycache__``), and what people read there."""
    return name.startswith((".", "__", "README"))


_NO_FACTS = "nobody reads it: a folder has .toml and .po files, and no pictures; take it out"


def _fits_key(content: Content, name: str, path: tuple[str, ...], key: str) -> bool:
    reference = name == "coverage.toml"
    _, faults = convert(key, ArticleReference if reference else Key)
    if faults:
        content.problem(name, path, f"{key!r} cannot be a key here: {faults[0].told}")
    return not faults


def _note_strangers(content: Content, folder: Traversable, known: Collection[str]) -> None:
    """Warn of what looks as if it belonged here and is not read."""
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        stem = file.name.partition(".")[0]
        if file.name in known or _hidden(file.name):
            continue
        if not (_looks_like_toml(file.name) or file.is_dir()):
            content.problem(file.name, (), _NO_FACTS, rule=UNREAD)
            continue
        near = get_close_matches(stem, [name.partition(".")[0] for name in known], n=1)
        meant = next((name for name in known if near and name.partition(".")[0] == near[0]), "")
        told = "the platform does not know this file and does not read it"
        content.problem(file.name, (), f"{told}{f'; did you mean {meant}?' if meant else ''}", rule=UNREAD)


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
        elif (file.name.endswith(".toml") or prefix == OWN_WORDS) and file.is_file():
            found[prefix + file.name] = file.read_bytes()
    return found
