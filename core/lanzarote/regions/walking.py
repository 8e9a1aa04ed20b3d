"""Goes through everything a folder says, with file and key of each thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.regions.content import ENTRY_FILES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.regions.content import Content
    from lanzarote.types import Provision

Path = tuple[str | int, ...]


def values_of(content: Content) -> Iterator[tuple[str, Path, Any]]:
    """Every value that stands in the folder, with its file and key; not those of national law."""
    yield content.header_file, (), content.header
    for name in ENTRY_FILES:
        for key, value in getattr(content, name).items():
            if name != "sources" or key not in content.borrowed:
                yield f"{name}.toml", (key,), value
    for name in ("criteria", "decision"):
        if (value := getattr(content, name)) is not None:
            yield f"{name}.toml", (), value
    for key, provision in own_provisions(content):
        yield content.law_files[key], ("provisions", key), provision
    for key, practice in content.practices.items():
        yield f"practices/{key}.toml", (), practice
    for key, procedure in content.procedures.items():
        yield f"procedures/{key}.toml", (), procedure


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
