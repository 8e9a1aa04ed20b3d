"""What no page could show or no database keep, wherever it came from: packages, files and results alike."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec

from lanzarote.records.days import is_date, is_far, unfit_year
from lanzarote.records.validation import GREATEST_NUMBER, is_unshowable
from lanzarote.regions.declared import forms_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lanzarote.regions.declared import Path


# --- What has no room on a page or in a database ---
# Forms give less room: nothing that a region can write and release is refused where it arrives.

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


# --- Dates that no calendar has, and addresses of pages that nobody may be led to ---


def unfit_values(value: Any) -> Iterator[tuple[Path, str]]:
    """Where a document has a date or an address that no page can show, and what is wrong with it."""
    for where, form, found in forms_in(value):
        if told := unfit_address(found) if form == "address" and found else _unfit_date(form, found):
            yield where, told


def unfit_dates(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where a document has a date that no page can show, and what is wrong with it."""
    for where, form, found in forms_in(value, path):
        if told := _unfit_date(form, found):
            yield where, told


def _unfit_date(form: str, found: str | date) -> str:
    if isinstance(found, date):
        return f"{found.isoformat()} is in a year that no page can show" if is_far(found) else ""
    if form == "address" or not found:
        return ""
    if is_date(found):
        return _far_ahead(found) if form == "planned-date" else ""
    return f"{found!r} is not in the calendar; write a year, a month or a day, such as 2014, 2014-06 or 2014-06-02"


def _far_ahead(when: str) -> str:
    for fault in unfit_year("", when, datetime.now(UTC).date()):
        return f"{when} is after {fault.value}, and nothing is planned so far ahead; look at the year"
    return ""


def unfit_address(text: str) -> str:
    """Why *text* is no address of a page that everybody may be led to; empty when it is one."""
    try:
        parts = urlsplit(text)
        named = parts.username is not None
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:
        fits = named = False
    if named:
        return "holds a user name or a password, and everybody would read it; write the address without it"
    return "" if fits else f"{text[:80]!r} is no web address; it begins with https:// or http://"
