"""What the central office counts, beside reading it, beside counting it anew as one would, and beside a bare commit.

The office has the logs of all regions with the corpus's practices in them, and Paris, whose practices change. *Three
matrices*: coverage, sectors by regions, co-operation, of all regions, from the database to the numbers of every cell.
The naive way groups tables made for it, with an index on every key: one row for each practice and article, sector,
partner. *A status change* is a decision about a published practice of Paris with everything that goes with it.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import ExitStack, closing
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec
from lanzarote.app import create_app
from lanzarote.composition import KINDS, new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.office import by_region, service, tallies
from lanzarote.office.lines import lines_of
from lanzarote.practices.documents import PracticeRelease
from lanzarote.practices.model import PracticeStatus
from lanzarote.records import changelog, records
from lanzarote.records.changelog import Saved
from lanzarote.records.kinds import Sectors
from lanzarote.records.records import Record, encode, now
from lanzarote.regions.vocabulary import ReleasedTerm, VocabularyRelease
from lanzarote.store.bulk import marks
from lanzarote.store.database import ALL, SQLITE_PRAGMAS
from litestar.testing import TestClient
from sqlalchemy import select

from benchmarks import corpus
from benchmarks.bench_save import _bare, median_of
from benchmarks.figures import Measured, Report, percentile, rotate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from benchmarks.figures import Settings

MILLION = (1_012, 1_000)
"""With ``--million`` all of it once more, of so many regions with so many practices each: 5 GB of disk, 20 minutes."""
PAGES = ("", "/coverage", "/sectors", "/co-operation", "/trends", "/improvements", "/regions", "/records?of=pair")
TURNS = 5
"""So often each page is asked for in a round."""
MADE_UP = 300
"""So many practices are made up for a region; the others are the same under other ids."""


def run(settings: Settings) -> Report:
    """The office"""
    report = Report("What the office counts")
    folder = settings.folder / "office"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    sizes = [(settings.regions, settings.each)]
    if settings.million:
        sizes.append((60, 300) if settings.quick else MILLION)
    with ExitStack() as opened:
        offices: dict[str, Instance] = {}
        for regions, each in sizes:
            name = f"{regions:,} × {each:,}"
            offices[name] = opened.enter_context(_office(folder / f"ours-{regions}.sqlite"))
            with closing(_plain(folder / f"plain-{regions}.sqlite")) as plain:
                begun = time.perf_counter()
                _fill(offices[name], regions, each, plain)
                report.notes.append(f"{name} entries taken in {time.perf_counter() - begun:.0f} s")
                _compare(report, name, offices[name], plain, regions, settings)
            _change(report, name, offices[name], folder / f"bare-{regions}.sqlite", settings)
        _pages(report, settings, offices)
    return report


def _compare(
    report: Report, name: str, instance: Instance, plain: sqlite3.Connection, count: int, settings: Settings
) -> None:
    regions = corpus.region_ids(count)
    database = instance.database
    shown = (*by_region.COVERAGE, *by_region.SECTORS)
    of_each = f"SELECT region_id, measure, a, b, n FROM summary WHERE measure IN {marks(shown)} AND n <> 0"
    of_all = f"SELECT measure, a, b, n FROM summary_total WHERE measure IN {marks(by_region.CO_OPERATION)} AND n <> 0"

    def ours() -> object:
        figures = service.figures(database, regions, shown)
        together = service.as_figures(service.totals(instance))
        today = now().date()
        return by_region.coverage(figures, today), by_region.sectors(figures, regions), by_region.co_operation(together)

    def reading() -> object:
        return database.all_rows(of_each, *shown), database.all_rows(of_all, *by_region.CO_OPERATION)

    def reading_all() -> object:
        return database.all_rows("SELECT region_id, measure, a, b, n FROM summary")

    def naive() -> object:
        return [plain.execute(sql).fetchall() for sql in NAIVE]

    def anew() -> None:
        with database.write(ALL) as session:
            tallies.sum_anew(session)

    once = {
        "three matrices": lambda: _taken(ours, 9),
        "reading the same numbers": lambda: _taken(reading, 9),
        "three matrices, GROUP BY": lambda: _taken(naive, 1),
        "reading all numbers": lambda: _taken(reading_all, 9),
        "all numbers anew, from the masks": lambda: median_of(anew, 1),
    }
    taken = rotate(once, settings.rounds)
    matrix, read, grouped, all_read, rebuilt = (
        Measured(f"{what}, {name}", "ms", False, took) for what, took in taken.items()
    )
    report.measured += [matrix, read, grouped, all_read, rebuilt]
    report.claim(f"three matrices, of reading the same numbers, {name}", matrix, read, at_most=1.2)
    report.claim(f"GROUP BY, of the three matrices, {name}", grouped, matrix, at_least=60)
    report.claim(f"all numbers anew, of reading all numbers, {name}", rebuilt, all_read, at_most=15)
    begun = time.perf_counter()
    with database.write(ALL) as session:
        tallies.rebuild(session, regions[0])
    report.notes.append(
        f"one region counted anew from its log, all of its texts read: {time.perf_counter() - begun:.2f} s"
    )


def _taken(answer: Callable[[], object], times: int) -> float:
    """Milliseconds until there is an answer, which is not looked at."""

    def ask() -> None:
        answer()

    return median_of(ask, times)


def _change(report: Report, name: str, instance: Instance, beside: Path, settings: Settings) -> None:
    times = 20 if settings.quick else 60
    with instance.database.read("paris") as session:
        query = select(Record.id).where(Record.kind == "practice", Record.state == "published")
        ids = list(session.scalars(query.order_by(Record.id)))
    turn = iter(range(1_000_000))

    def change() -> None:
        number = next(turn)
        with instance.database.write("paris") as session:
            record = session.get_one(Record, ("paris", ids[number % len(ids)]))
            status = records.decode(record.status, PracticeStatus)
            standing = "declared" if status.standing == "documented" else "documented"
            changed = encode(msgspec.structs.replace(status, standing=standing))
            records.decide(session, record, changed, "decide", by="bench", at=now())

    with closing(_bare(beside)) as connection:

        def commit() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO row (text) VALUES ('one row')")
            connection.execute("COMMIT")

        taken = rotate(
            {
                "a status change": lambda: median_of(change, times),
                "one row, bare": lambda: median_of(commit, times * 2),
            },
            settings.rounds,
        )
    ours, bare = (Measured(f"{what}, {name}", "ms", False, took) for what, took in taken.items())
    report.measured += [ours, bare]
    report.claim(f"a status change, of a bare commit, {name}", ours, bare, at_most=15)


def _pages(report: Report, settings: Settings, offices: dict[str, Instance]) -> None:
    """The offices are asked in turn, page by page: whatever else the machine does, it does to all of them."""
    measured = {name: Measured(f"pages of {name}, p95", "ms", False) for name in offices}
    with ExitStack() as opened:
        clients = {
            name: opened.enter_context(TestClient(create_app(office), base_url="http://lanzarote.test"))
            for name, office in offices.items()
        }
        for number in range(settings.rounds + 1):
            taken: dict[str, list[float]] = {name: [] for name in clients}
            for page in PAGES * TURNS:
                for name, client in clients.items():
                    taken[name].append(_taken_by(client, page))
            for name, times in taken.items():
                if number:
                    measured[name].rounds.append(percentile(times, 0.95))
    report.measured += measured.values()
    if len(measured) == 2:
        small, large = measured.values()
        report.claim(f"{large.name}, of those of {next(iter(offices))}", large, small, at_most=1.5)


def _taken_by(client: TestClient[Any], page: str) -> float:
    """Milliseconds; nothing is kept from one asking to the next."""
    begun = time.perf_counter()
    answer = client.get(f"/en/office{page}")
    if answer.status_code != 200:
        raise RuntimeError(f"{page}: {answer.status_code}")
    return (time.perf_counter() - begun) * 1_000


# What is counted


def _office(file: Path) -> Instance:
    env = {"LANZAROTE_DATABASE_URL": f"sqlite:///{file}", "LANZAROTE_DATA": str(file.parent)}
    instance = new_instance(read_settings(env | {"LANZAROTE_OFFICE": "on", "LANZAROTE_CACHE": "off"}))
    instance.migrate()
    instance.load("paris")
    return instance


def _fill(instance: Instance, regions: int, each: int, plain: sqlite3.Connection) -> None:
    terms = VocabularyRelease(
        vocabulary="sector",
        entries=tuple(
            ReleasedTerm(key=key, retired=False, body=msgspec.Raw(encode(one))) for key, one in corpus.sectors().items()
        ),
    )
    sectors = Sectors(
        common={key: one.common for key, one in corpus.sectors().items()},
        sides={key: one.side for key, one in corpus.sectors().items()},
    )
    for number, region_id in enumerate(corpus.region_ids(regions)):
        corpus.add_region(instance, corpus.header(region_id, number))
        language = corpus.LANGUAGES[number % len(corpus.LANGUAGES)]
        made = [_release(one) for one in islice(corpus.practices(language, region_id), min(MADE_UP, each))]
        with instance.database.write(region_id) as session:
            changelog._write_changes(session, region_id, [_saved(region_id, "vocabulary", "sector", encode(terms))])
            for start in range(0, each, 500):
                some = [
                    _saved(region_id, "practice", f"{region_id}-{at:07}", made[at % len(made)])
                    for at in range(start, min(each, start + 500))
                ]
                changelog._write_changes(session, region_id, some)
            changelog.bump_revision(session, region_id)
        _plainly(plain, region_id, [made[at % len(made)] for at in range(each)], sectors)


def _release(practice: object) -> bytes:
    return encode(PracticeRelease(slug="x", published_at=corpus.FIRST, practice=practice, status=PracticeStatus()))  # type: ignore[arg-type]


def _saved(region_id: str, kind: str, record_id: str, body: bytes) -> Saved:
    return Saved(
        region_id=region_id, kind=kind, record_id=record_id, verb="publish", version=1, at=corpus.FIRST, body=body
    )


NAIVE = (
    "SELECT region, article, count(DISTINCT practice) FROM of_article GROUP BY region, article",
    "SELECT region, common, count(DISTINCT practice) FROM of_common GROUP BY region, common",
    "SELECT one.common, other.common, count(DISTINCT one.region || one.practice) FROM of_partner AS one "
    "JOIN of_partner AS other ON other.region = one.region AND other.practice = one.practice "
    "AND other.common >= one.common GROUP BY one.common, other.common",
)


def _plain(file: Path) -> sqlite3.Connection:
    """Tables such as one would make for GROUP BY."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    for table, column in (("of_article", "article"), ("of_common", "common"), ("of_partner", "common")):
        connection.execute(
            f"CREATE TABLE {table} (region TEXT, practice INTEGER, {column} TEXT, "
            f"PRIMARY KEY (region, practice, {column})) WITHOUT ROWID"
        )
        connection.execute(f"CREATE INDEX {table}_by ON {table} (region, {column}, practice)")
    return connection


def _plainly(plain: sqlite3.Connection, region_id: str, made: Sequence[bytes], sectors: Sectors) -> None:
    tables = {"article": "of_article", "common": "of_common", "partner": "of_partner"}
    plain.execute("BEGIN")
    for measure, table in tables.items():
        plain.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?)",
            ((region_id, at, a) for at, body in enumerate(made) for a in _of(body, measure, sectors)),
        )
    plain.execute("COMMIT")


def _of(body: bytes, measure: str, sectors: Sectors) -> Iterator[str]:
    return (a for of, a, _ in lines_of(KINDS, "practice", body, sectors) if of == measure)
