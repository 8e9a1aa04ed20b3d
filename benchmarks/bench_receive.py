"""Receiving the results of a region of 10,000 practices, as ``lanzarote results receive FILE`` does; and once more.

Ours checks signature, chain and schema, guards every text, writes record, version, audit, change log and public
projection, keeps the search index and the account that the office's pages are read from. The yardstick writes the same
rows into the same tables, on SQLite with ``executemany``, on PostgreSQL with ``COPY``. How long that takes without the
index is told beside it.
"""

from __future__ import annotations

import itertools
import shutil
import time
from typing import TYPE_CHECKING

from lanzarote.database import migrate
from lanzarote.instance import Instance
from lanzarote.records import now
from lanzarote.results import enrolling, sending
from lanzarote.results.receiving import receive
from lanzarote.settings import read_settings

from benchmarks import postgres
from benchmarks.bench_load import ALL, _copy, _rows, _write
from benchmarks.corpus import build
from benchmarks.figures import Measured, Report, rotate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.figures import Settings

PRACTICES = 10_000
BESIDE = ("tally_number", "tally_mask", "search_text")
"""What is kept beside the practices' rows, so that they can be found and counted."""
REGION = "synthetic-00"


def run(settings: Settings) -> Report:
    """Receiving"""
    count = 1_000 if settings.quick else PRACTICES
    report = Report(f"Receiving {count:,} practices")
    folder = settings.folder / "receive"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    card, file, again = _files(folder, count)
    empty, bare = folder / "empty.sqlite", folder / "bare.sqlite"
    for place in (empty, bare):
        migrate(f"sqlite:///{place}")
    _enrol(f"sqlite:///{empty}", card)
    full = folder / "full.sqlite"
    _receive(empty, file, full)
    rows = {table: _rows(full, table) for table in (*ALL, *BESIDE)}
    numbers = itertools.count()

    def fresh() -> Path:
        return folder / f"{next(numbers)}.sqlite"

    taken = rotate(
        {
            "ours": lambda: count / _receive(empty, file, fresh()),
            "ours, all of it known": lambda: count / _receive(full, again, fresh()),
            "executemany, the same rows": lambda: count / _write(bare, fresh(), rows, (*ALL, *BESIDE)),
            "executemany, without the search index": lambda: count / _write(bare, fresh(), rows, ALL),
        },
        settings.rounds,
    )
    ours, known, raw, less = (Measured(name, "practices/s", True, rounds) for name, rounds in taken.items())
    report.measured += [ours, known, raw, less]
    report.claim("receive, of executemany of the same rows", ours, raw, at_least=0.10)
    report.claim("receive what is known, of executemany of the same rows", known, raw, at_least=1.0)
    report.notes.append(f"the file has {file.stat().st_size / 1e6:.0f} MB")
    with postgres.server() as admin:
        _on_postgres(report, admin, card, file, settings)
    return report


def _on_postgres(report: Report, admin: str, card: enrolling.Card, file: Path, settings: Settings) -> None:
    """The same once more, where several workers may write at once."""
    for name in ("bare", "office", "full", "turn"):
        postgres.drop(admin, f"lz_{name}")
    for name in ("bare", "office"):
        postgres.create(admin, f"lz_{name}")
        migrate(postgres.url_of(admin, f"lz_{name}"))
    _enrol(postgres.url_of(admin, "lz_office"), card)

    def ours(name: str = "lz_turn") -> float:
        postgres.create(admin, name, "lz_office")
        return _receive_at(postgres.url_of(admin, name), file)

    ours("lz_full")
    rows = postgres.rows_of(postgres.create(admin, "lz_turn", "lz_full"), (*ALL, *BESIDE))
    count = len(rows["published_practice"])

    def once(do: Callable[[], float]) -> float:
        postgres.drop(admin, "lz_turn")
        return count / do()

    def copy(*tables: str) -> float:
        url = postgres.create(admin, "lz_turn", "lz_bare")
        begun = time.perf_counter()
        postgres.copy(url, {table: rows[table] for table in tables})
        return time.perf_counter() - begun

    taken = rotate(
        {
            "ours, PostgreSQL": lambda: once(ours),
            "COPY, the same rows": lambda: once(lambda: copy(*ALL, *BESIDE)),
            "COPY, without the search index": lambda: once(lambda: copy(*ALL)),
        },
        settings.rounds,
    )
    mine, whole, less = (Measured(name, "practices/s", True, rounds) for name, rounds in taken.items())
    report.measured += [mine, whole, less]
    report.claim("receive on PostgreSQL, of COPY of the same rows", mine, whole, at_least=0.3)
    for name in ("bare", "office", "full", "turn"):
        postgres.drop(admin, f"lz_{name}")


def _office(url: str) -> Instance:
    return Instance(read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_OFFICE": "on"}))


def _enrol(url: str, card: enrolling.Card) -> None:
    with _office(url) as office, office.database.write(REGION) as session:
        enrolling.enrol(session, card, card.public.fingerprint, by="bench", at=now())


def _files(folder: Path, count: int) -> tuple[enrolling.Card, Path, Path]:
    """The card of a synthetic region, its results, and the same results exported once more."""
    source = build(folder / "source.sqlite", 1, count)
    url = f"sqlite:///{source}"
    settings = read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(folder / "region")})
    files = folder / "first.results", folder / "again.results"
    with Instance(settings) as instance:
        with instance.database.write(REGION) as session:
            card = enrolling.read_card(enrolling.card(session, settings, REGION, by="bench", at=now()))
        for file in files:
            with instance.database.read(REGION) as session, file.open("wb") as out:
                for data in sending.batches(session, settings, REGION, sending.start_of(session, REGION)):
                    out.write(data)
    return card, *files


def _receive(before: Path, file: Path, database: Path) -> float:
    _copy(before, database)
    return _receive_at(f"sqlite:///{database}", file)


def _receive_at(url: str, file: Path) -> float:
    with _office(url) as office, file.open("rb") as opened:
        begun = time.perf_counter()
        receive(office.database, opened, came="file")
        return time.perf_counter() - begun
