"""Looks at the dates of a region folder: in the calendar, in order, and past where they must be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from lanzarote.regions.walking import values_of, walk

if TYPE_CHECKING:
    from lanzarote.regions.folder import Content
    from lanzarote.regions.walking import Path

PARTIAL = ("since", "until", "when", "ratified", "started", "ended")
"""Names of the fields that hold a year, a month or a day."""


def check_dates(content: Content) -> None:
    """Add to ``content.problems`` the dates that cannot be."""
    for file, start, value in values_of(content):
        for path, found in walk(value, start):
            # An answer is of the region's own kind, and whole days are read as dates, not as text.
            if isinstance(found, str) and path and path[-1] in PARTIAL and "answers" not in path:
                _check_calendar(content, file, path, found)
    for key, practice in content.practices.items():
        file = f"practices/{key}.toml"
        _check_order(content, file, ("ended",), practice.started, practice.ended)
        if practice.running in ("ongoing", "ended") and _to_come(practice.started):
            told = f"{practice.started} is still to come, but the practice is {practice.running!r}"
            content.problem(file, ("started",), f"{told}; one of the two is wrong")
    for key, organisation in content.organisations.items():
        _check_order(content, "organisations.toml", (key, "until"), organisation.since, organisation.until)
        if _to_come(organisation.since):
            told = f"{organisation.since} is still to come; list an organisation once it exists"
            content.problem("organisations.toml", (key, "since"), told)


def _check_calendar(content: Content, file: str, path: Path, text: str) -> None:
    if not _exists(text):
        told = f"{text!r} is not in the calendar; write a year, a month or a day, such as 2014, 2014-06 or 2014-06-02"
        content.problem(file, path, told)


def _check_order(content: Content, file: str, path: Path, begin: str | None, end: str | None) -> None:
    if begin and end and _exists(begin) and _exists(end) and end[: len(begin)] < begin[: len(end)]:
        content.problem(file, path, f"ends ({end}) before it begins ({begin})")


def _exists(text: str) -> bool:
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def _to_come(text: str | None) -> bool:
    """Whether *text* is later than today, wherever on Earth the region is."""
    if not text or not _exists(text):
        return False
    today = (datetime.now(UTC) + timedelta(hours=14)).date().isoformat()
    return text > today[: len(text)]
