"""Finds the line of a key in a TOML file, which the standard reader does not tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PART = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*""")


def line_of(source: str, path: Sequence[str | int]) -> int:
    """Return the line (from 1) where *path* is written, or of the longest part of it that is.

    Numbers in *path* count the tables of an array: ``("provisions", "x", "versions", 1, "from")``.
    """
    best, best_length = 1, 0
    for number, written in _keys(source):
        length = _shared(written, tuple(path))
        if length > best_length:
            best, best_length = number, length
    return best


def _keys(source: str) -> list[tuple[int, tuple[str | int, ...]]]:
    """All keys as they are written, with their lines; multi-line strings are stepped over."""
    found: list[tuple[int, tuple[str | int, ...]]] = []
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str | int, ...], int] = {}
    inside = ""
    for number, line in enumerate(source.splitlines(), 1):
        if inside:
            inside = "" if inside in line else inside
            continue
        text = line.strip()
        if text.startswith("[["):
            path = _indexed(_split(text[2:].partition("]]")[0]), counts)
            counts[path] = counts.get(path, -1) + 1
            table = (*path, counts[path])
            found.append((number, table))
        elif text.startswith("[") and text.rstrip().endswith("]") and "=" not in text:
            table = _indexed(_split(text[1:].rpartition("]")[0]), counts)
            found.append((number, table))
        elif "=" in text and not text.startswith("#"):
            key, _, value = text.partition("=")
            found.append((number, (*table, *_split(key))))
            for quotes in ('"""', "'''"):
                if value.count(quotes) == 1:
                    inside = quotes
    return found


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _indexed(path: tuple[str, ...], counts: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    """Insert the number of the array table that each part of *path* stands in."""
    whole: tuple[str | int, ...] = ()
    for position, part in enumerate(path):
        whole = (*whole, part)
        if whole in counts and position < len(path) - 1:
            whole = (*whole, counts[whole])
    return whole


def _shared(written: tuple[str | int, ...], wanted: tuple[str | int, ...]) -> int:
    """How much of *wanted* the key *written* leads to; 0 unless it lies on the way."""
    return len(written) if written == wanted[: len(written)] else 0
