"""Databases that are written once, then copied: by all processes of a run, and by the runs of the next half hour.

Loading Paris takes longer than most tests. What was prepared is kept in the cache folder of pytest, under a name that
says what it was made from: a change of a source, of what is installed, or a new day, and it is made again.
``--cache-clear`` forgets it.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from dev import MEMBERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TESTS = Path(__file__).parent
SOURCES = (
    *MEMBERS,
    TESTS / "regions" / "second",
    TESTS / "core" / "conftest.py",
    TESTS / "conftest.py",
    Path(__file__),
)
HALF_AN_HOUR = 30 * 60
"""Its records were written by the clock: a database of long ago says other things of jobs that wait, of what is new."""


@dataclass(frozen=True)
class Prepared:
    """What is kept in *folder* (nothing where there is none), made from what *made_from* stands for."""

    folder: Path | None
    made_from: str = ""

    def put(self, name: str, folder: Path, make: Callable[[Path], object]) -> Path:
        """``template.sqlite`` in *folder*, as *make* writes it: copied from the kept one of that name, if it holds."""
        file = folder / "template.sqlite"
        if self.folder is None:
            make(file)
            return file
        ready = self.folder / f"{name}.{self.made_from}.sqlite"
        # A lock that ends with the process that holds it, on every system.
        with closing(sqlite3.connect(self.folder / f"{name}.lock", timeout=600)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            if ready.exists() and 0 <= time.time() - ready.stat().st_mtime < HALF_AN_HOUR:
                shutil.copy(ready, file)
                return file
            for old in self.folder.glob(f"{name}.*.*"):
                old.unlink()
            make(file)
            if not [*folder.glob(f"{file.name}-*")]:  # else it is open somewhere, and more than this file
                half = ready.with_suffix(".half")
                shutil.copy(file, half)
                half.replace(ready)
        return file


def fingerprint(sources: Iterable[Path] = SOURCES) -> str:
    """Stands for all that *sources* hold, for what is installed here, and for today."""
    read = blake2b(f"{sys.version} {datetime.now(UTC):%Y-%m-%d}".encode(), digest_size=8)
    for source in sources:
        for file in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if file.is_file() and file.suffix != ".pyc":
                read.update(f"\n{file}\n".encode())
                read.update(file.read_bytes())
    for place in map(Path, sys.path):
        read.update(f"\n{place.absolute()} {place.stat().st_mtime_ns if place.is_dir() else 0}".encode())
    return read.hexdigest()
