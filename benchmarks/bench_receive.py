"""Receiving the results of a region of 10,000 practices, as ``lanzarote results receive FILE`` does; and once more.

Ours checks signature, chain and schema, guards every text, writes record, version, audit, change log and public
projection, keeps the search index and the account that the office's pages are read from. The yardstick is what one
would do without us: the same practices, read already, into plain tables that have an index on what one filters by; on
SQLite with ``executemany``, on PostgreSQL with ``COPY``.
"""

from __future__ import annotations

import itertools
import shutil
import time
from typing import TYPE_CHECKING

import psycopg
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.records.records import now
from lanzarote.results import destinations, enrolling
from lanzarote.results.receiving import receive
from lanzarote.store.database import migrate

from benchmarks import postgres
from benchmarks.bench_load import copy, plainly
from benchmarks.corpus import build
from benchmarks.figures import Measured, Report, rotate
from benchmarks.plain_tables import COLUMNS, SCHEMA, published

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.figures import Settings
    from benchmarks.plain_tables import Rows

PRACTICES = 10_000
REGION = "synthetic-00"


def run(settings: Settings) -> Report:
    """Receiving"""
    count = 1_000 if settings.quick else PRACTICES
    report = Report(f"Receiving {count:,} practices")
    folder = settings.folder / "receive"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    card, file, again = _files(folder, count)
    empty = folder / "empty.sqlite"
    migrate(f"sqlite:///{empty}")
    _enrol(f"sqlite:///{empty}", card)
    full = folder / "full.sqlite"
    _receive(empty, file, full)
    rows = published(full)
    numbers = itertools.count()

    def fresh() -> Path:
        return folder / f"{next(numbers)}.sqlite"

    taken = rotate(
        {
            "ours": lambda: count / _receive(empty, file, fresh()),
            "ours, all of it known": lambda: count / _receive(full, again, fresh()),
            "executemany into plain tables": lambda: count / plainly(fresh(), rows),
        },
        settings.rounds,
    )
    ours, known, plain = (Measured(name, "practices/s", True, rounds) for name, rounds in taken.items())
    report.measured += [ours, known, plain]
    report.claim("receive, of executemany into plain tables", ours, plain, at_least=0.10)
    report.claim("receive what is known, of executemany into plain tables", known, plain, at_least=1.0)
    report.notes.append(f"the file has {file.stat().st_size / 1e6:.0f} MB")
    with postgres.server() as admin:
        _on_postgres(report, admin, card, file, rows, settings)
    return report


def _on_postgres(report: Report, admin: str, card: enrolling.Card, file: Path, rows: Rows, settings: Settings) -> None:
    """The same once more, where several workers may write at once."""
    names = ("lz_plain", "lz_office", "lz_turn")
    for name in names:
        postgres.drop(admin, name)
    with psycopg.connect(postgres.create(admin, "lz_plain")) as connection:
        connection.execute(SCHEMA.encode())
    postgres.create(admin, "lz_office")
    migrate(postgres.url_of(admin, "lz_office"))
    _enrol(postgres.url_of(admin, "lz_office"), card)

    def ours() -> float:
        postgres.create(admin, "lz_turn", "lz_office")
        return _receive_at(postgres.url_of(admin, "lz_turn"), file)

    def plainly() -> float:
        url = postgres.create(admin, "lz_turn", "lz_plain")
        begun = time.perf_counter()
        postgres.copy(url, rows, COLUMNS)
        return time.perf_counter() - begun

    def once(do: Callable[[], float]) -> float:
        postgres.drop(admin, "lz_turn")
        return len(rows["practice"]) / do()

    turns = {"ours, PostgreSQL": lambda: once(ours), "COPY into plain tables": lambda: once(plainly)}
    taken = rotate(turns, settings.rounds)
    mine, plain = (Measured(name, "practices/s", True, rounds) for name, rounds in taken.items())
    report.measured += [mine, plain]
    report.claim("receive on PostgreSQL, of COPY into plain tables", mine, plain, at_least=0.3)
    for name in names:
        postgres.drop(admin, name)


def _office(url: str) -> Instance:
    return new_instance(read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_OFFICE": "on"}))


def _enrol(url: str, card: enrolling.Card) -> None:
    with _office(url) as office, office.database.write(REGION) as session:
        enrolling.enrol(session, card, card.public.fingerprint, by="bench", at=now())


def _files(folder: Path, count: int) -> tuple[enrolling.Card, Path, Path]:
    """The card of a synthetic region, its results, and the same results exported once more."""
    source = build(folder / "source.sqlite", 1, count)
    url = f"sqlite:///{source}"
    settings = read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(folder / "region")})
    files = folder / "first.results", folder / "again.results"
    with new_instance(settings) as instance:
        with instance.database.write(REGION) as session:
            card = enrolling.read_card(enrolling.card_of(session, settings, REGION, by="bench", at=now()))
        for file in files:
            with instance.database.read(REGION) as session, file.open("wb") as out:
                for data in destinations.batches(session, settings, REGION, destinations.start_of(session, REGION)):
                    out.write(data)
    return card, *files


def _receive(before: Path, file: Path, database: Path) -> float:
    copy(before, database)
    return _receive_at(f"sqlite:///{database}", file)


def _receive_at(url: str, file: Path) -> float:
    with _office(url) as office, file.open("rb") as opened:
        begun = time.perf_counter()
        receive(office.database, opened, came="file")
        return time.perf_counter() - begun
