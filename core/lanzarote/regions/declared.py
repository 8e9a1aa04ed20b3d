"""What a value holds that its type declares: keys of entries, dates, addresses of pages.

``Meta(extra={"refers": "sectors"})`` in a type of ``types`` marks a key, ``Meta(extra={"is": "address"})`` a text of a
form of its own. Checks and readers follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec import Struct, inspect

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
Which = Literal["refers", "is"]


class Declared(NamedTuple):
    path: Path
    mark: str
    """Of a key, where the entry has to be: ``sectors``; ``convention``, ``common`` for what all regions share."""
    value: Any


_Find = Callable[[Any, Path], Iterable[Declared]]


def references_in(value: Any, path: Path = ()) -> Iterator[Declared]:
    """Every key in *value* that names something else, list by list and table by table.

    What tells of one record may rest on a document that only this record cites: that is named by nobody else.
    """
    own = {source.key for source in getattr(value, "own_sources", ())}
    for one in _found(value, path, "refers"):
        if not (one.mark == "sources" and one.value in own and one.path != (*path, "sources")):
            yield one


def forms_in(value: Any, path: Path = ()) -> Iterable[Declared]:
    """Every day and moment in *value* (``date``), ``partial-date``, ``planned-date`` and ``address`` of a page."""
    return _found(value, path, "is")


def _found(value: Any, path: Path, which: Which) -> Iterable[Declared]:
    find = _of_struct(type(value), which) if isinstance(value, Struct) else _in_anything if which == "is" else None
    return find(value, path) if find else ()


@cache
def _of_struct(kind: type[Struct], which: Which) -> _Find | None:
    told: Any = inspect.type_info(kind)
    finds = [(one.name, one.encode_name, find) for one in told.fields if (find := _finder(one.type, which))]

    def within(value: Any, path: Path) -> Iterator[Declared]:
        for name, written, find in finds:
            yield from find(getattr(value, name), (*path, written))

    return within if finds else None


def _finder(told: inspect.Type, which: Which, mark: str = "") -> _Find | None:
    """What finds in a value of this type what is declared; None where there can be nothing."""
    match told:
        case inspect.Metadata():
            return _finder(told.type, which, (told.extra or {}).get(which, ""))
        case inspect.StrType() if mark:
            return lambda value, path: (Declared(path, mark, value),)
        case inspect.DateType() | inspect.DateTimeType() | inspect.AnyType() if which == "is":
            return _in_anything
        case inspect.StructType():
            return _of_struct(told.cls, which)
        case inspect.UnionType():
            find = next(filter(None, (_finder(one, which) for one in told.types)), None)
            return partial(_where_there, find) if find else None
        case inspect.VarTupleType():
            return _of_many(None, _finder(told.item_type, which))
        case inspect.DictType():
            return _of_many(_finder(told.key_type, which), _finder(told.value_type, which))
    return None


def _where_there(find: _Find, value: Any, path: Path) -> Iterable[Declared]:
    return () if value is None else find(value, path)


def _of_many(of_key: _Find | None, of_value: _Find | None) -> _Find | None:
    """A key is found in its list or table; what holds others has a place of its own."""

    def within(values: Any, path: Path) -> Iterator[Declared]:
        for place, value in values.items() if isinstance(values, dict) else enumerate(values):
            yield from of_key(place, path) if of_key else ()
            yield from of_value(value, path if isinstance(value, str) else (*path, place)) if of_value else ()

    return within if of_key or of_value else None


def _in_anything(value: Any, path: Path) -> Iterator[Declared]:
    """The days and moments in what may be of any type, such as an answer to a region's own question."""
    if isinstance(value, date):
        yield Declared(path, "date", value)
    elif isinstance(value, dict | list | tuple):
        for place, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _found(inner, (*path, place), "is")
