"""What no page could show or no database keep, wherever it came from: packages, files and results alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct, inspect

from lanzarote.records.validation import GREATEST_NUMBER, is_date, is_far, is_unshowable, unfit_year
from lanzarote.regions.check_entries import ADDRESSES, unfit_address

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from lanzarote.regions.content import Path


# --- check sizes ---
# What has no room on a page or in a database, wherever it came from: packages and results are held against the same.
# Whoever writes here has less room: nothing that a region can write and release is refused where it arrives.

LONGEST_TEXT: Final = 20_000
LONGEST_LINE: Final = 1_000
LINES: Final = frozenset({"name", "publisher", "title", "unit", "url", "official_url", "website"})
"""Names of the fields that hold a line and no text."""


def unfit_sizes(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where in *value* a text is too long or a number too great, and what is wrong with it."""
    yield from _unfit(msgspec.to_builtins(value), path, _too_long)


def unfit_contents(value: Any) -> Iterator[tuple[Path, str]]:
    """As ``unfit_sizes``, and where there are letters that not every database keeps, or that no page shows."""
    yield from _unfit(msgspec.to_builtins(value), (), _unfit_text)


def _unfit(value: Any, path: Path, unfit: Callable[[str, int], str]) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        if told := unfit(value, _room(path)):
            yield path, told
    elif isinstance(value, dict):
        for key, inner in value.items():
            if told := unfit(key, LONGEST_LINE):
                yield path, f"a name in it {told}"
            else:
                yield from _unfit(inner, (*path, key), unfit)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _unfit(inner, (*path, number), unfit)
    elif isinstance(value, int | float) and not abs(value) <= GREATEST_NUMBER:
        most = f"{GREATEST_NUMBER:,}"
        yield path, f"is a number that no page can show: write one from -{most} to {most}"


def _too_long(text: str, room: int) -> str:
    return f"has {len(text):,} letters, and there is room for {room:,}: shorten it" if len(text) > room else ""


def _unfit_text(text: str, room: int) -> str:
    if is_unshowable(text):
        return "has characters that cannot be kept or shown: type it again instead of pasting it"
    return _too_long(text, room)


def _room(path: Path) -> int:
    """Letters that a text at *path* may have, which ends with its field or with the language that it is in there."""
    is_line = "answers" not in path and not LINES.isdisjoint(path[-2:])
    return LONGEST_LINE if is_line else LONGEST_TEXT


# --- check values ---
# What no page could show, wherever it came from: packages, files of records and results are held against the same.

PARTIAL: Final = frozenset({"since", "until", "when", "ratified", "started", "ended"})
"""Names of the fields that hold a year, a month or a day."""
DONE: Final = frozenset({"started", "ended"})
"""Of these, when something is done: nobody plans it further ahead than anything else."""
_NAMED: Final = PARTIAL | frozenset(ADDRESSES)


def unfit_values(value: Any) -> Iterator[tuple[Path, str]]:
    """Where a document has a date or an address that no page can show, and what is wrong with it."""
    for where, found in _told(value, _NAMED):
        told = _unfit_date(where, found) or (unfit_address(found) if _is_named(where, found, ADDRESSES) else "")
        if told:
            yield where, told


def unfit_dates(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where a document has a date that no page can show, and what is wrong with it."""
    for where, found in _told(value, PARTIAL, path):
        if told := _unfit_date(where, found):
            yield where, told


def far_dates(value: Any) -> Iterator[tuple[Path, str]]:
    """Of these, the whole days and moments that no time zone reaches."""
    for where, found in _told(value, ()):
        if told := _unfit_date(where, found):
            yield where, told


def _unfit_date(where: Path, found: str | date) -> str:
    if isinstance(found, date):
        return f"{found.isoformat()} is in a year that no page can show" if is_far(found) else ""
    if not _is_named(where, found, PARTIAL):
        return ""
    if is_date(found):
        return _far_ahead(found) if where[-1] in DONE else ""
    return f"{found!r} is not in the calendar; write a year, a month or a day, such as 2014, 2014-06 or 2014-06-02"


def _far_ahead(when: str) -> str:
    for fault in unfit_year("", when, datetime.now(UTC).date()):
        return f"{when} is after {fault.value}, and nothing is planned so far ahead; look at the year"
    return ""


def _is_named(where: Path, found: str | date, names: Collection[str]) -> bool:
    return isinstance(found, str) and where[-1] in names


def _told(value: Any, names: Collection[str], path: Path = ()) -> Iterable[tuple[Path, Any]]:
    """Every day and moment in *value*, and every text in a field of *names*; an answer is of the region's own kind."""
    if isinstance(value, date):
        return [(path, value)]
    found: list[tuple[Path, Any]] = []
    _gather(value, () if "answers" in path else names, path, found)
    return found


def _gather(value: Any, names: Collection[str], path: Path, found: list[tuple[Path, Any]]) -> None:
    """Add them to *found*: every entry of results that comes is gone through, so texts nobody asks for cost no step."""
    for key, inner in _inside(value):
        if isinstance(inner, str):
            if inner and key in names:
                found.append(((*path, key), inner))
        elif isinstance(inner, (Struct, dict, tuple)):
            _gather(inner, () if key == "answers" else names, (*path, key), found)
        elif isinstance(inner, date):
            found.append(((*path, key), inner))


def _inside(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, Struct):
        return [(told, getattr(value, name)) for told, name in _telling(type(value))]
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, tuple) else ()


@cache
def _telling(kind: type[Struct]) -> tuple[tuple[str, str], ...]:
    """The fields in which something can stand that is asked for, each as it is written and as it is called here."""
    told: Any = inspect.type_info(kind)
    return tuple((one.encode_name, one.name) for one in told.fields if _may_tell(one, frozenset()))


def _may_tell(field: inspect.Field, above: frozenset[type]) -> bool:
    return field.encode_name in _NAMED or _may_hold(field.type, above)


def _may_hold(told: inspect.Type, above: frozenset[type]) -> bool:
    """Whether a value of the type can be or hold a day, a moment or one of the named texts; *above*: what holds it."""
    match told:
        case inspect.StructType():
            inner = above | {told.cls}
            return told.cls not in above and any(_may_tell(one, inner) for one in told.fields)
        case inspect.UnionType():
            return any(_may_hold(one, above) for one in told.types)
        case inspect.TupleType():
            return any(_may_hold(one, above) for one in told.item_types)
        case inspect.VarTupleType():
            return _may_hold(told.item_type, above)
        case inspect.DictType():
            return _may_hold(told.value_type, above)
        case inspect.StrType() | inspect.BoolType() | inspect.IntType() | inspect.FloatType() | inspect.NoneType():
            return False
        case inspect.LiteralType() | inspect.EnumType() | inspect.BytesType():
            return False
    return True  # whatever else there may be is looked into
