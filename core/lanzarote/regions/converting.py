"""Turns what a TOML file holds into values; each of its faults is told, with its key and what to do."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct, inspect

from lanzarote.runtime.reading import converted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")
Path = tuple[str | int, ...]
UNKNOWN = "Object contains unknown field "
MOST = 50
"""Faults told of one value; a file of another kind altogether would have hundreds."""

_IN_WORDS = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "a table",
    "array": "a list [ … ]",
    "date": "a day without quotes (2014-06-02)",
    "datetime": "a day with a time",
}
_PATTERNS = (
    ("[a-z0-9]+(-[a-z0-9]+)*", "a key is made of small letters a to z, digits and single hyphens"),
    (r"\d{4}(-\d{2}", 'a date here is text: "2014", "2014-06" or "2014-06-02"'),
    ("[a-z]{2,3}(-[A-Z][a-z]{3})", 'a language is written such as "fr" or "sr-Cyrl"'),
    (r"[1-9]\d?(\.[1-9]", 'a reference to the Convention is text such as "10", "10.3" or "18.1.a"'),
    (r"P([1-9]\d{0,2}[DWMY]", 'a duration is a code such as "P1D": one day; "PT24H": 24 hours; "P2W": two weeks'),
    ("[0-9a-f]{8}(-[0-9a-f]", "an id is the one that the platform gave, such as 0190163d-8694-739b-aea5-966c26f8ad91"),
    ("[A-Z]{2}(-[A-Z0-9]", 'a territory is a code of ISO 3166 such as "FR" or "FR-75C"'),
)

_PLAIN = (inspect.StrType, inspect.LiteralType)
_LISTS = (inspect.ListType, inspect.VarTupleType)


class Fault(Struct, frozen=True):
    path: Path
    told: str


class Written(Struct, frozen=True):
    """Where a value was written."""

    text: str = ""
    """The whole file."""
    language: str = "en"
    """One that the region is described in."""

    def in_braces(self, path: Path) -> bool:
        """Whether the table at *path* has no heading of its own in the file."""
        name = re.escape(next((part for part in reversed(path) if isinstance(part, str)), ""))
        heading = rf'^\s*\[[^\]\n]*(?<![\w-]){name}(?![\w-])"?\s*\]'
        return bool(self.text) and not re.search(heading, self.text, re.MULTILINE)


_NOWHERE = Written()


def convert(data: Any, kind: type[T], at: Path = (), written: Written = _NOWHERE) -> tuple[T | None, list[Fault]]:
    """Read *data*, which stands *at* a key of its file, as *kind*; the value is None when there are faults."""
    faults: list[Fault] = []
    try:
        return converted(data, kind), faults
    except msgspec.ValidationError:
        data = deepcopy(data)
    out = _TakenOut()
    misspelt: set[Path] = set()
    while len(faults) < MOST:
        try:
            converted(data, kind)
            break
        except msgspec.ValidationError as error:
            message, path = _locate(error, data, kind)
            missing = message.split("`")[1] if message.startswith("Object missing") else None
            place = out.original(path)
            lacking = place if missing is None else (*place, missing)
            if message.startswith(UNKNOWN):
                known = _free(_fields(kind, path[:-1]), _at(data, path[:-1]), str(path[-1]))
                faults.append(Fault(place, _teach_place(path, kind, known, written)))
                misspelt.update((*place[:-1], name) for name in meant(str(path[-1]), known))
            elif lacking not in misspelt and not out.explain(message, lacking):
                value, wanted = _at(data, path), _type_at(kind, path)
                wrong = _brackets(message, (*at, *place), value, wanted) or _text_alone(path, value, wanted, written)
                faults.append(Fault(place, wrong or _teach(message, path, kind)))
            # Without the fault, the next one shows.
            if not out.take(data, path):
                break
    return None, faults


class _TakenOut:
    """What was taken out of a value so that further faults show."""

    def __init__(self) -> None:
        self._places: list[Path] = []
        self._elements: dict[Path, list[int]] = {}

    def take(self, data: Any, path: Path) -> bool:
        """Take *path* out of *data*; return False when nothing can be."""
        place = self.original(path)
        try:
            del _at(data, path[:-1])[path[-1]]
        except (KeyError, IndexError, TypeError):
            return False
        self._places.append(place)
        if isinstance(path[-1], int):
            self._elements.setdefault(place[:-1], []).append(int(place[-1]))
        return True

    def explain(self, message: str, place: Path) -> bool:
        """Whether something is missing at *place* only because its fault was told already."""
        lacks = message.startswith("Object missing") or "of length >=" in message
        return lacks and any(one[: len(place)] == place for one in self._places)

    def original(self, path: Path) -> Path:
        """Where *path* was before elements of lists were taken out."""
        place: Path = ()
        for part in path:
            if isinstance(part, int):
                for gone in sorted(self._elements.get(place, ())):
                    part += gone <= part
            place = (*place, part)
        return place


# Where


def _locate(error: msgspec.ValidationError, data: Any, kind: type[Any]) -> tuple[str, Path]:
    """The message and the exact place, with the key of a mapping that msgspec leaves open as ``[...]``."""
    message, _, place = str(error).partition(" - at ")
    on_key = place.startswith("`key` in ")
    parts = re.findall(
        r"\[(\.\.\.|\d+)\]|\.?([^.\[\]`$]+)", place.removeprefix("`key` in ").strip("`").removeprefix("$")
    )
    path: Path = ()
    for index, name in parts:
        path = (*path, name or (index if index == "..." else int(index)))
    if on_key:
        path = (*path, "...")
    for position, part in enumerate(path):
        if part == "...":
            path = (*path[:position], _culprit(str(error), data, kind, path[:position]), *path[position + 1 :])
    if message.startswith(UNKNOWN):
        path = (*path, message.split("`")[1])
    return message, path


def _culprit(said: str, data: Any, kind: type[Any], path: Path) -> str:
    """The key in the mapping at *path* that makes the same error when it stands there alone."""
    mapping = _at(data, path)
    for key, value in mapping.items():
        alone = deepcopy(data)
        _put(alone, path, {key: value})
        try:
            converted(alone if path else {key: value}, kind)
        except msgspec.ValidationError as error:
            if str(error) == said:
                return str(key)
    return "…"


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _put(data: Any, path: Path, value: Any) -> None:
    if path:
        _at(data, path[:-1])[path[-1]] = value


# What to do


def _teach(message: str, path: Path, kind: type[Any]) -> str:
    if message.startswith("Object missing required field "):
        return f"it lacks the key {message.split('`')[1]!r}; add it"
    if message.startswith("Invalid enum value "):
        tables = _of(inspect.DictType, _type_at(kind, path[:-1]))
        if keys := [one.key_type.values for one in tables if isinstance(one.key_type, inspect.LiteralType)]:
            return teach_unknown(str(path[-1]), [str(one) for one in keys[0]])
        found = next(iter(_of(inspect.LiteralType, _type_at(kind, path))), None)
        choices = ", ".join(map(str, found.values)) if found else ""
        return f"{message.removeprefix('Invalid enum value ')} is none of: {choices}"
    if "matching regex" in message:
        plain = message.replace("\\\\", "\\")
        return next((told for pattern, told in _PATTERNS if pattern in plain), message[0].lower() + message[1:])
    if message == "Expected `bool`, got `str`":
        return "write true or false, in small letters and without quotes"
    if "RFC3339" in message:
        return "a day without quotes is needed here, such as 2014-06-02"
    if re.match("Expected `int` [<>]=", message):
        return _teach_range(kind, path)
    if length := re.match(r"Expected `(\w+)` of length (>=|<=) (\d+)", message):
        return _teach_length(*length.groups())
    if wrong := re.match(r"Expected `([^`]+)`, got `(\w+)`", message):
        wanted = [_IN_WORDS.get(one, one) for one in wrong[1].split(" | ") if one != "null"]
        return f"{' or '.join(wanted)} is needed here, not {_IN_WORDS.get(wrong[2], wrong[2])}"
    return message[0].lower() + message[1:]


def _brackets(message: str, place: Path, value: Any, wanted: list[inspect.Type]) -> str:
    """What to do where the heading at *place* has one bracket and needs two, or the other way round; empty elsewhere.

    TOML makes a table of ``[partners]``, and a list of tables of ``[[partners]]``.
    """
    heading = ".".join(_written(part) for part in place if isinstance(part, str))
    if not heading or not message.startswith("Expected `"):
        return ""
    if isinstance(value, dict) and any(_of(inspect.StructType, _items_of(wanted, *_LISTS))):
        return (
            f"a list of tables is needed here, not one table: write [[{heading}]], with two brackets on each side, "
            f"above each, or {_written(place[-1])} = [{{ … }}]"
        )
    if not (isinstance(value, list) and value and all(isinstance(one, dict) for one in value)):
        return ""
    if any(_of(inspect.StructType, _items_of(wanted, inspect.DictType))):
        return (
            f"tables with keys are needed here, not a list of tables: write [{heading}.…], with one bracket on each "
            "side and the key behind the dot"
        )
    if any(isinstance(one, inspect.StructType | inspect.DictType) for one in wanted):
        return f"one table is needed here, not a list of tables: write [{heading}] once, with one bracket on each side"
    return ""


def _text_alone(path: Path, value: Any, wanted: list[inspect.Type], written: Written) -> str:
    """What to write where a text at *path* stands for a text in each language, or for a table of one; else empty."""
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    if not name or not isinstance(value, str) or any(isinstance(one, _PLAIN) for one in wanted):
        return ""
    if any(isinstance(inner, inspect.StrType) for inner in _items_of(wanted, inspect.DictType)):
        return f'a text in each language is needed here: write {_written(name)}.{written.language} = "…"'
    if path[-1] == name:
        return ""
    for found in _of(inspect.StructType, wanted):
        needed = [field.encode_name for field in found.fields if field.required]
        if len(needed) == 1:
            return f"this is a list of tables: write {_written(name)} = [{{ {needed[0]} = {json.dumps(value)} }}]"
    return ""


def _written(part: str | int) -> str:
    """A key as TOML has it."""
    return str(part) if re.fullmatch(r"[\w-]+", str(part), re.ASCII) else f'"{part}"'


def _free(fields: Iterable[str], there: dict[str, Any], stranger: str) -> list[str]:
    """Those of *fields* that *stranger* may be: not *there* yet, or a table as it is, of which it may be a part."""
    part = isinstance(there[stranger], dict)
    return [name for name in fields if name not in there or (part and isinstance(there[name], dict))]


def meant(name: str, known: Iterable[str]) -> list[str]:
    """The key that *name* may be a misspelling of, if there is one."""
    return get_close_matches(name, list(known), n=1)


def _teach_place(path: Path, kind: type[Any], known: list[str], written: Written) -> str:
    """What to do about an unknown key at *path*: it may have slipped below a heading that it does not belong to."""
    name, heading = str(path[-1]), ".".join(part for part in path[:-1] if isinstance(part, str))
    if not heading or meant(name, known):
        return teach_unknown(name, known)
    told = teach_unknown(name, known)
    braces = written.in_braces(path[:-1])
    if isinstance(path[-2], int):
        told = f"{name!r} is not a key inside {heading}, which has: {', '.join(_fields(kind, path[:-1]))}"
        if not braces:
            told += f". What is written below a [[{heading}]] belongs to it, up to the next heading"
    if name not in _fields(kind, ()):
        return told
    return f"{told}; it is a key of the whole: write it {'outside the braces' if braces else 'above the first heading'}"


def teach_unknown(name: str, known: list[str]) -> str:
    """What to do about the key *name*, which is none; *known* are those that are not there yet."""
    if near := meant(name, known):
        return f"{name!r} is not a key here; did you mean {near[0]!r}?"
    if not known:
        return f"{name!r} is not a key here"
    if name.isdigit():
        return f'{name!r} is not a key here; put a reference that is a key in quotes: ["10.2"]'
    return f"{name!r} is not a key here; there are: {', '.join(known)}"


def _teach_range(kind: type[Any], path: Path) -> str:
    found = next(_of(inspect.IntType, _type_at(kind, path)))
    return f"a whole number from {found.ge} to {found.le} is needed here"


def _teach_length(what: str, sign: str, number: str) -> str:
    if sign == ">=":
        return "this must not be empty"
    return f"is longer than the {number} {'characters' if what == 'str' else 'entries'} there may be"


# What the kinds say of themselves


def _fields(kind: type[Any], path: Path) -> list[str]:
    return [field.encode_name for found in _of(inspect.StructType, _type_at(kind, path)) for field in found.fields]


def _type_at(kind: type[Any], path: Path) -> list[inspect.Type]:
    """What may stand at *path* in a value of *kind*."""
    found = list(_plain(inspect.type_info(kind)))
    for part in path:
        found = [inner for one in found for inner in _inside(one, part)]
    return found


def _inside(kind: inspect.Type, part: str | int) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            if field.encode_name == part:
                yield from _plain(field.type)
    elif isinstance(kind, inspect.DictType):
        yield from _plain(kind.value_type)
    elif isinstance(kind, _LISTS):
        yield from _plain(kind.item_type)


def _items_of(wanted: list[inspect.Type], *kinds: type[inspect.Type]) -> list[inspect.Type]:
    """What stands in the lists, or the mappings, that may stand there."""
    return [item for one in wanted if isinstance(one, kinds) for item in _inside(one, "")]


def _plain(kind: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _plain(one)
    elif isinstance(kind, inspect.Metadata):
        yield from _plain(kind.type)
    else:
        yield kind


def _of(wanted: type[T], found: list[inspect.Type]) -> Iterator[T]:
    return (one for one in found if isinstance(one, wanted))
