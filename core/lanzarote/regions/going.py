"""Keys of TOML files that will go: they are read as before, and whoever writes them is told until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import FieldInfo, fields

if TYPE_CHECKING:
    from lanzarote.types import Deprecated

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
