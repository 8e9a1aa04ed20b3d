"""What has no room on a page or in a database, wherever it came from: packages and results are held against the same.

Whoever writes here has less room: nothing that a region can write and release is refused where it arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from lanzarote.records.validation import GREATEST_NUMBER, is_unshowable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lanzarote.regions.walking import Path

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
