"""What no page could show, wherever it came from: packages, files of records and results are held against the same."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from lanzarote.checking import is_date, is_far
from lanzarote.regions.check_entries import ADDRESSES, unfit_address
from lanzarote.regions.walking import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.regions.walking import Path

PARTIAL: Final = ("since", "until", "when", "ratified", "started", "ended")
"""Names of the fields that hold a year, a month or a day."""


def unfit_dates(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where a document has a date that no page can show, and what is wrong with it."""
    yield from far_dates(value, path)
    for where, found in walk(value, path):
        # An answer is of the region's own kind.
        if not isinstance(found, str) or not found or not where or where[-1] not in PARTIAL or "answers" in where:
            continue
        if not is_date(found):
            told = "is not in the calendar; write a year, a month or a day, such as 2014, 2014-06 or 2014-06-02"
            yield where, f"{found!r} {told}"


def far_dates(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Of these, the whole days and moments that no time zone reaches."""
    for where, found in walk(value, path):
        if isinstance(found, date) and is_far(found):
            yield where, f"{found.isoformat()} is in a year that no page can show"


def unfit_addresses(value: Any) -> Iterator[tuple[Path, str]]:
    """Where a document has an address that leads to no page, and what is wrong with it."""
    for where, found in walk(value, ()):
        if isinstance(found, str) and found and where and where[-1] in ADDRESSES and "answers" not in where:
            told = unfit_address(found)
            if told:
                yield where, told
