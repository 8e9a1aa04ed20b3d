"""Loading 10,000 practices from a file of JSON lines, as ``lanzarote load FILE`` does.

Ours reads and checks each line, guards every text, writes record, version, audit, change log and public projection, and
keeps the search index. The yardstick writes the same rows with ``executemany`` into the same empty tables, without
reading, checking or indexing anything; the tougher one writes only the rows that hold a practice itself.
"""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lanzarote.database import SQLITE_PRAGMAS, migrate
from lanzarote.instance import Instance
from lanzarote.settings import read_settings
from lanzarote.transport import export_region, load_file

from benchmarks.corpus import build
from benchmarks.figures import Measured, Report, rotate

if TYPE_CHECKING:
    from benchmarks.figures import Settings

PRACTICES = 10_000
ITSELF = ("record", "version", "published_practice")
"""Tables that hold a practice."""
ALL = (*ITSELF, "audit", "change", "change_body")

INDEX_COLUMNS = "(rowid, region, words)"
"""Of the search index, where ``*`` leaves out the number that each row is found by."""


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
    loaded = _load(empty, file, folder / "loaded.sqlite")[1]
    rows = {table: _rows(loaded, table) for table in ALL}
    numbers = itertools.count()

    def fresh() -> Path:
        return folder / f"{next(numbers)}.sqlite"

    taken = rotate(
        {
            "ours": lambda: count / _load(empty, file, fresh())[0],
            "executemany, the same rows": lambda: count / _write(empty, fresh(), rows, ALL),
            "executemany, the practices' own rows": lambda: count / _write(empty, fresh(), rows, ITSELF),
        },
        settings.rounds,
    )
    ours, everything, itself = (Measured(name, "practices/s", True, rounds) for name, rounds in taken.items())
    report.measured += [ours, everything, itself]
    report.claim("load, of executemany of the same rows", ours, everything, at_least=0.10)
    report.claim("load, of executemany of the practices' own rows", ours, itself, at_least=0.10)
    report.notes.append(f"the file has {file.stat().st_size / 1e6:.0f} MB")
    return report


def _file(folder: Path, count: int) -> Path:
    """The practices of one synthetic region, exported."""
    source = build(folder / "source.sqlite", 1, count)
    file = folder / "practices.jsonl"
    with Instance(read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{source}"})) as instance, file.open("wb") as out:
        export_region(instance, "synthetic-00", out)
    return file


def _load(empty: Path, file: Path, database: Path) -> tuple[float, Path]:
    _copy(empty, database)
    with Instance(read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{database}"})) as instance:
        begun = time.perf_counter()
        load_file(instance, file)
        return time.perf_counter() - begun, database


def _write(empty: Path, database: Path, rows: dict[str, list[tuple[Any, ...]]], tables: tuple[str, ...]) -> float:
    _copy(empty, database)
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    begun = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    for table in tables:
        marks = ", ".join("?" * len(rows[table][0]))
        columns = INDEX_COLUMNS if table == "search_text" else ""
        connection.executemany(f"INSERT INTO {table} {columns} VALUES ({marks})", rows[table])
    connection.execute("COMMIT")
    lasted = time.perf_counter() - begun
    connection.close()
    database.unlink()
    return lasted


def _rows(database: Path, table: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(database) as connection:
        columns = INDEX_COLUMNS.strip("()") if table == "search_text" else "*"
        return connection.execute(f"SELECT {columns} FROM {table}").fetchall()


def _copy(empty: Path, database: Path) -> None:
    for part in empty.parent.glob(f"{empty.name}*"):
        shutil.copy(part, database.with_name(part.name.replace(empty.name, database.name)))
