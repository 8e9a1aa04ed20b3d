"""Loading 10,000 practices from a file of JSON lines, as ``lanzarote load FILE`` does.

Ours reads and checks each line, guards every text, writes record, version, audit, change log and public projection, and
keeps the search index. The yardstick is what one would do without us: the same practices, read already, with
``executemany`` into plain tables that have an index on what one filters by.
"""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.exchange.region_file import export_region, load_file
from lanzarote.store.database import SQLITE_PRAGMAS, migrate

from benchmarks.corpus import build
from benchmarks.figures import Measured, Report, rotate
from benchmarks.plain_tables import SCHEMA, published, write

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figures import Settings
    from benchmarks.plain_tables import Rows

PRACTICES = 10_000


def run(settings: Settings) -> Report:
    """Loading"""
    count = 1_000 if settings.quick else PRACTICES
    report = Report(f"Loading {count:,} practices")
    folder = settings.folder / "load"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    empty = folder / "empty.sqlite"
    migrate(f"sqlite:///{empty}")
    file = _file(folder, count)
    rows = published(_load(empty, file, folder / "loaded.sqlite")[1])
    numbers = itertools.count()

    def fresh() -> Path:
        return folder / f"{next(numbers)}.sqlite"

    taken = rotate(
        {
            "ours": lambda: count / _load(empty, file, fresh())[0],
            "executemany into plain tables": lambda: count / plainly(fresh(), rows),
        },
        settings.rounds,
    )
    ours, plain = (Measured(name, "practices/s", True, rounds) for name, rounds in taken.items())
    report.measured += [ours, plain]
    report.claim("load, of executemany into plain tables", ours, plain, at_least=0.10)
    report.notes.append(f"the file has {file.stat().st_size / 1e6:.0f} MB")
    return report


def _file(folder: Path, count: int) -> Path:
    """The practices of one synthetic region, exported."""
    source = build(folder / "source.sqlite", 1, count)
    file = folder / "practices.jsonl"
    with (
        new_instance(read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{source}"})) as instance,
        file.open("wb") as out,
    ):
        export_region(instance, "synthetic-00", out)
    return file


def _load(empty: Path, file: Path, database: Path) -> tuple[float, Path]:
    copy(empty, database)
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{database}"})) as instance:
        begun = time.perf_counter()
        load_file(instance, file)
        return time.perf_counter() - begun, database


def plainly(database: Path, rows: Rows) -> float:
    """Seconds in which plain tables in *database*, which is new, take *rows*, as durably as ours."""
    with closing(sqlite3.connect(database)) as connection:
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(SCHEMA)
        begun = time.perf_counter()
        write(connection, rows)
        lasted = time.perf_counter() - begun
    database.unlink()
    return lasted


def copy(empty: Path, database: Path) -> None:
    for part in empty.parent.glob(f"{empty.name}*"):
        shutil.copy(part, database.with_name(part.name.replace(empty.name, database.name)))
