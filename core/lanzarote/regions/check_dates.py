"""Looks at the dates of a region folder: in the calendar, in order, and past where they must be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lanzarote.records.validation import is_date
from lanzarote.regions.check_values import unfit_dates
from lanzarote.regions.walking import values_of

if TYPE_CHECKING:
    from lanzarote.regions.content import Content
    from lanzarote.regions.walking import Path


def check_dates(content: Content) -> None:
    """Add to ``content.problems`` the dates that cannot be."""
    for file, start, value in values_of(content):
        for path, told in unfit_dates(value, start):
            content.problem(file, path, told)
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


def _check_order(content: Content, file: str, path: Path, begin: str | None, end: str | None) -> None:
    if begin and end and is_date(begin) and is_date(end) and end[: len(begin)] < begin[: len(end)]:
        content.problem(file, path, f"ends ({end}) before it begins ({begin})")


def _to_come(text: str | None) -> bool:
    """Whether *text* is later than today, wherever on Earth the region is."""
    if not text or not is_date(text):
        return False
    today = (datetime.now(UTC) + timedelta(hours=14)).date().isoformat()
    return text > today[: len(text)]
