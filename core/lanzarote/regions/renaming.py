"""Reads what a record names as if it had always named it by its present key: a renamed entry changes no record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from lanzarote.records.records import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMING = {
    "sectors": "sectors",
    "sector": "sectors",
    "sources": "sources",
    "legal_basis": "provisions",
    "basis": "provisions",
    "organisation": "organisations",
    "merged_into": "organisations",
}
"""Field of a record → the file whose keys stand in it; pages follow a former key of these to the present one."""
_FIELDS = "field_sources"
"""A table of lists of sources, whose keys are fields."""
_ANSWERS = "answers"
"""A table whose keys are those of the region's own fields."""
_WORDS = "text"
"""What is written there names nothing."""


def former_of(entries: Mapping[str, Any]) -> dict[str, str]:
    """Former key → present key."""
    return {former: key for key, entry in entries.items() for former in entry.former}


def with_present_keys(body: bytes, present: Mapping[str, Mapping[str, str]]) -> bytes:
    """The *body* of a record with present keys; the same bytes when it names nothing by another."""
    if not any(present.values()):
        return body
    return encode(_followed(msgspec.json.decode(body), present))


def _followed(value: Any, present: Mapping[str, Mapping[str, str]]) -> Any:
    if isinstance(value, list):
        return [_followed(one, present) for one in value]
    if not isinstance(value, dict):
        return value
    followed: dict[str, Any] = {}
    for name, inner in value.items():
        if name == _WORDS:
            followed[name] = inner
        elif name == _ANSWERS and isinstance(inner, dict):
            followed[name] = {present["fields"].get(key, key): answer for key, answer in inner.items()}
        elif name == _FIELDS and isinstance(inner, dict):
            followed[name] = {field: _renamed(keys, present["sources"]) for field, keys in inner.items()}
        elif name in NAMING:
            followed[name] = _renamed(inner, present[NAMING[name]])
        else:
            followed[name] = _followed(inner, present)
    return followed


def _renamed(named: Any, present: Mapping[str, str]) -> Any:
    if isinstance(named, list):
        return [present.get(one, one) if isinstance(one, str) else one for one in named]
    return present.get(named, named) if isinstance(named, str) else named
