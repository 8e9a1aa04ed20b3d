"""How much room regions take on PostgreSQL, table by table, and what partitions cost or save.

An office receives regions of 100 practices each: 10, then 300. *Rows and bytes* are what PostgreSQL says of its tables,
with indexes, after VACUUM. Then a few pages, nothing kept in memory, on the tables as they are, by hash and by list of
the region.
"""

from __future__ import annotations

import shutil
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.records.records import Record, now
from lanzarote.results import destinations, enrolling
from lanzarote.results.receiving import receive
from lanzarote.store import partitions
from lanzarote.store.database import migrate
from litestar.testing import TestClient
from sqlalchemy import select

from benchmarks import postgres
from benchmarks.bench_save import median_of
from benchmarks.corpus import LANGUAGES, VOCABULARY, build, region_ids
from benchmarks.figures import Measured, Report, rotate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.figures import Settings

SIZES = (10, 300)
EACH = 100
NAME = "lz_growth"
_ROOM = """
    SELECT relname, greatest(reltuples, 0), pg_total_relation_size(oid) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
    """


def run(settings: Settings) -> Report:
    """Growing"""
    sizes, each = ((2, 4), 5) if settings.quick else (SIZES, EACH)
    report = Report(f"Growing: regions of {each} practices on PostgreSQL")
    folder = settings.folder / "growth"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    source = build(folder / "source.sqlite", sizes[-1], each)
    with postgres.server() as admin:
        postgres.drop(admin, NAME)
        url = postgres.create(admin, NAME)
        migrate(postgres.url_of(admin, NAME))
        with _office(postgres.url_of(admin, NAME), folder) as office:
            before, found = 0, _room(url)
            for count in sizes:
                for region_id, card, data in _results(source, folder, region_ids(sizes[-1])[before:count]):
                    with office.database.write(region_id) as session:
                        enrolling.enrol(session, card, card.public.fingerprint, by="bench", at=now())
                    receive(office.database, BytesIO(data), came="file")
                empty, found = found, _room(url)
                report.notes += _told(empty, found, count - before, count)
                before = count
            _compare(report, office, settings)
        postgres.drop(admin, NAME)
    return report


def _office(url: str, folder: Path) -> Instance:
    given = {"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(folder / "office"), "LANZAROTE_OFFICE": "on"}
    given |= {"LANZAROTE_CACHE": "off"}
    return new_instance(read_settings(given))


def _results(source: Path, folder: Path, regions: tuple[str, ...]) -> Iterator[tuple[str, enrolling.Card, bytes]]:
    """The card of each region, and all its results."""
    given = {"LANZAROTE_DATABASE_URL": f"sqlite:///{source}", "LANZAROTE_DATA": str(folder / "region")}
    settings = read_settings(given)
    with new_instance(settings) as instance:
        for region_id in regions:
            with instance.database.write(region_id) as session:
                card = enrolling.read_card(enrolling.card_of(session, settings, region_id, by="bench", at=now()))
            with instance.database.read(region_id) as session:
                start = destinations.start_of(session, region_id)
                yield region_id, card, b"".join(destinations.batches(session, settings, region_id, start))


def _room(url: str) -> dict[str, tuple[int, int]]:
    """Rows and bytes of each table."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        return {name: (int(rows), room) for name, rows, room in connection.execute(_ROOM).fetchall()}


def _told(
    before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]], added: int, count: int
) -> Iterator[str]:
    grown = {name: (rows - before[name][0], room - before[name][1]) for name, (rows, room) in after.items()}
    rows, room = (sum(one[part] for one in grown.values()) for part in (0, 1))
    each = f"{rows / added:,.0f} rows and {room / added / 1024:,.0f} kB"
    yield f"with {count:,} regions, each of the last {added:,} added {each}:"
    for name, (some, taken) in sorted(grown.items(), key=lambda one: -one[1][1]):
        if taken > room / 200:
            large = "" if name in partitions.LARGE else ", not partitioned"
            yield f"  {name}: {some / added:,.0f} rows, {taken / added / 1024:,.1f} kB{large}"


def _compare(report: Report, office: Instance, settings: Settings) -> None:
    """One list and one change on tables that are spread in three ways."""
    regions = tuple(sorted(office.loaded()))
    here, word = regions[len(regions) // 2], VOCABULARY[LANGUAGES[len(regions) // 2 % len(LANGUAGES)]].known[150]
    layouts = {
        "one table each": partitions.Layout(),
        "32 partitions by hash": partitions.Layout("hash", parts=32),
        "a partition for each region": partitions.Layout("list", regions=regions),
    }
    pages = {
        "list of a region": f"/en/{here}/practices",
        "one practice": "",
        "search in all regions": f"/en/search?q={quote(word)}",
        "regions compared": "/en/office/coverage",
    }
    with office.database.read(here) as session:
        slugs = session.scalars(select(Record.slug).where(Record.kind == "practice").order_by(Record.id)).all()
    pages["one practice"] = f"/en/{here}/practices/{slugs[0]}"
    for name, layout in layouts.items():
        try:
            partitions.apply(office.database, layout, lambda _: None)
        except partitions.NotPartitioned as error:
            report.notes.append(f"{name}: {error}")
            continue
        with TestClient(create_app(office), base_url="http://lanzarote.test") as client:
            asked: dict[str, Callable[[], float]] = {
                what: partial(_asked, client, address) for what, address in pages.items()
            }
            asked["numbers for what is published next"] = lambda: median_of(lambda: _next_number(office), 20)
            taken = rotate(asked, settings.rounds)
        report.measured += [Measured(f"{what}, {name}", "ms", False, rounds) for what, rounds in taken.items()]


def _asked(client: TestClient[Any], address: str) -> float:
    def ask() -> None:
        if (status := client.get(address).status_code) != 200:
            raise RuntimeError(f"{address}: {status}")

    return median_of(ask, 10)


def _next_number(office: Instance) -> None:
    """The highest number in the one index of the search, which every publication asks for."""
    office.database.all_rows("SELECT max(pk) FROM published_practice")
