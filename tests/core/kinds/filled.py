"""A content of any kind, with something in each of its fields; read off its type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import inspect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.kinds.kind import Kind

CODES = (
    "k",
    "2031-05",
    "2031-05-12",
    "14:00",
    "P1M",
    "fr",
    "00000000-0000-7000-8000-000000000000",
    "own-1",
    "10",
    "https://www.example.org/",
)
"""What strings that have to look in some way can be: the first that fits."""


def content_of(kind: Kind[Any, Any], text: str) -> dict[str, Any]:
    """As a program sends it: *text* in each place where a person writes words."""
    said: dict[str, Any] = filled(inspect.type_info(kind.content), text)
    return said | {"original": "fr"} if "original" in said else said


def filled(kind: Any, text: str) -> Any:
    match kind:
        case inspect.Metadata():
            return filled(kind.type, text)
        case inspect.StructType():
            return {field.encode_name: filled(field.type, text) for field in kind.fields}
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.StrType():
            return text if kind.pattern is None else code_like(kind.pattern)
        case inspect.DictType():
            name = kind.key_type.values[0] if isinstance(kind.key_type, inspect.LiteralType) else "fr"
            return {name: filled(kind.value_type, text)}
        case inspect.AnyType():
            return text
        case inspect.DateType():
            return "2031-05-12"
        case inspect.BoolType():
            return True
        case inspect.IntType() | inspect.FloatType():
            return 1
        case inspect.UnionType():
            return filled(next(one for one in kind.types if not isinstance(one, inspect.NoneType)), text)
        case inspect.DateTimeType():
            return "2031-05-12T09:00:00Z"
    return [filled(kind.item_type, text)]


def code_like(pattern: str) -> str:
    found = [one for one in CODES if re.search(pattern, one)]
    assert found, pattern
    return found[0]


def texts_in(said: Any, text: str, place: str = "") -> Iterator[str]:
    """Where *text* stands, as errors name it: ``guests[0].brings.fr``."""
    if said == text:
        yield place
    elif isinstance(said, dict):
        for name, one in said.items():
            yield from texts_in(one, text, f"{place}.{name}".strip("."))
    elif isinstance(said, list):
        for number, one in enumerate(said):
            yield from texts_in(one, text, f"{place}[{number}]")
