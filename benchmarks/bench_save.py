"""Saving a practice with everything on, beside a bare commit of one row with the same durability.

Ours guards every text, checks the sheet, writes version, audit, who wrote it and whom it names. *And published* is what
three buttons do, in one transaction: saved, submitted, published, with change log, lists and search index. The
yardstick opens a transaction on a table of its own, writes one short row and commits: the same SQLite, the same
settings, the same disk.
"""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import time
from contextlib import closing
from typing import TYPE_CHECKING

from lanzarote.store.database import SQLITE_PRAGMAS

from benchmarks.figures import Measured, Report, rotate
from benchmarks.saving import REGION, Writer, opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.figures import Settings


def run(settings: Settings) -> Report:
    """Saving"""
    report = Report("Saving a practice, p50")
    folder = settings.folder / "save"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    times = 20 if settings.quick else 60
    with opened(folder / "ours.sqlite") as instance, closing(_bare(folder / "bare.sqlite")) as connection:
        instance.migrate()
        instance.load(REGION)
        writer = Writer(instance)

        def commit() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO row (text) VALUES ('one row')")
            connection.execute("COMMIT")

        taken = rotate(
            {
                "a version": lambda: median_of(writer.save, times),
                "a version, and published": lambda: median_of(writer.save_and_publish, times),
                "one row, bare": lambda: median_of(commit, times * 2),
            },
            settings.rounds,
        )
    version, published, bare = (Measured(name, "ms", False, rounds) for name, rounds in taken.items())
    report.measured += [version, published, bare]
    report.claim("saving a version, of a bare commit", version, bare, at_most=15)
    report.notes.append("publishing is three steps in one here: saved, submitted, published")
    return report


def _bare(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    return connection


def median_of(do: Callable[[], None], times: int) -> float:
    """Milliseconds."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        do()
        taken.append((time.perf_counter() - begun) * 1_000)
    return statistics.median(taken)
