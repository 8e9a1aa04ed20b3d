"""Which dated backups stay when a new one was made: the newest of each of the last days, and of the last weeks."""

from __future__ import annotations

import re
import time
from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DATED: Final = re.compile(r"lanzarote-(\d{4}-\d\d-\d\d)-\d{6}-\d{6}\.zip")
"""Names that the platform gives; a file with another name is never removed."""
LEFT_OVER: Final = 24 * 3600
"""Seconds after which half a backup is that of a process which was killed."""


class Keep(Struct, frozen=True):
    """How many backups stay."""

    daily: int = 0
    weekly: int = 0


def outdated(names: Iterable[str], keep: Keep) -> list[str]:
    """Those of *names* that need not stay, the oldest first. The newest always stays.

    >>> names = [f"lanzarote-2027-03-{day:02}-030000-000000.zip" for day in range(1, 11)]
    >>> [name[10:20] for name in names if name not in outdated(names, Keep(daily=2, weekly=2))]
    ['2027-03-07', '2027-03-09', '2027-03-10']
    """
    dated = [(day, name) for name in sorted(names, reverse=True) if (day := _day(name))]
    days: dict[date, str] = {}
    weeks: dict[tuple[int, int], str] = {}
    for day, name in dated:
        days.setdefault(day, name)
        weeks.setdefault(day.isocalendar()[:2], name)
    kept = {name for _, name in dated[:1]} | {*[*days.values()][: keep.daily], *[*weeks.values()][: keep.weekly]}
    return [name for _, name in reversed(dated) if name not in kept]


def remove_outdated(folder: Path, keep: Keep) -> int:
    """Remove the backups in *folder* that need not stay, and halves that killed processes left; return how many."""
    gone = [folder / name for name in outdated((path.name for path in folder.iterdir()), keep)]
    for path in gone:
        path.unlink()
    for part in folder.glob(".lanzarote-*.zip.*"):
        if time.time() - part.stat().st_mtime > LEFT_OVER:
            part.unlink(missing_ok=True)
    return len(gone)


def _day(name: str) -> date | None:
    found = DATED.fullmatch(name)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
