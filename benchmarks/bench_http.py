"""The read API over HTTP: a list of 50 narrowed by sector and article, and one practice.

Ours is asked at addresses nobody asked before (its cache is on, and of no use), then again at a few it knows. The
yardsticks: a Litestar handler that returns the same bytes, and FastAPI with the SQLAlchemy ORM over plain joins.
Generator and server share the machine: where the generator is the limit, fast subjects look closer than they are.
"""

from __future__ import annotations

import sqlite3
import urllib.request
from itertools import combinations, product
from typing import TYPE_CHECKING
from urllib.parse import quote

from benchmarks import servers
from benchmarks.corpus import ARTICLES, LIKELY, SECTORS, region_ids
from benchmarks.databases import corpus, plain
from benchmarks.figures import Measured, Report, rotate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.figures import Settings

API = "/api/v1"
KNOWN = 50
"""Addresses that are asked again and again."""
UNIT = "requests/s"


def lists(regions: int) -> list[str]:
    """Addresses of lists: one sector or one of two sectors, and an article."""
    sectors = [(key,) for key in SECTORS[:LIKELY]] + list(combinations(SECTORS[:LIKELY], 2))
    return [
        f"/regions/{region}/practices?{'&'.join(f'sector={key}' for key in chosen)}&article={article}&limit=50"
        for chosen, article, region in product(sectors, ARTICLES[:LIKELY], region_ids(regions))
    ]


def details(database: Path) -> list[str]:
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT region_id, slug FROM published_practice ORDER BY record_id DESC").fetchall()
    return [f"/regions/{region}/practices/{quote(slug)}" for region, slug in rows]


def run(settings: Settings) -> Report:
    """HTTP: uncached, unchanged"""
    database = corpus(settings)
    every_list, every_detail = lists(settings.regions), details(database)
    report = Report("HTTP, one process, 64 connections")
    with servers.ours(database) as (port, _), servers.fastapi(plain(settings)) as (fastapi_port, _):
        bodies = {
            "/list": _body(settings, port, every_list.pop(), "list.json"),
            "/one": _body(settings, port, every_detail.pop(), "one.json"),
        }
        with servers.bare_litestar(bodies) as (bare_port, _):
            for name, addresses in (("list", every_list), ("one", every_detail)):
                _measure(report, settings, name, addresses, (port, bare_port, fastapi_port))
    report.notes.append("uncached: each address is asked once; unchanged: the same ones again and again")
    return report


def _measure(report: Report, settings: Settings, name: str, addresses: list[str], ports: tuple[int, int, int]) -> None:
    ours, bare, fastapi = ports
    known, fresh = addresses[:KNOWN], iter(_shares(addresses[KNOWN:], settings.rounds + 1))
    others = addresses[:5_000]

    def ask(port: int, paths: list[str]) -> Callable[[], float]:
        return lambda: float(servers.ask(port, paths, again=True, seconds=settings.seconds)["per_second"])

    def uncached() -> float:
        told = servers.ask(ours, [API + path for path in next(fresh)], again=False, seconds=settings.seconds)
        return float(told["per_second"])

    taken = rotate(
        {
            "uncached": uncached,
            "unchanged": ask(ours, [API + path for path in known]),
            "bare": ask(bare, [f"/{name}"]),
            "fastapi": ask(fastapi, others),
        },
        settings.rounds,
    )
    told = {"uncached": "ours, uncached", "unchanged": "ours, unchanged", "bare": "bare Litestar, same bytes"}
    rows = {
        key: Measured(f"{name}: {told.get(key, 'FastAPI, ORM, joins')}", UNIT, True, rounds)
        for key, rounds in taken.items()
    }
    report.measured += rows.values()
    new, again, litestar, orm = rows.values()
    report.claim(f"{name}, uncached, of bare Litestar", new, litestar, at_least=0.06 if name == "list" else 0.15)
    report.claim(f"{name}, unchanged, of bare Litestar", again, litestar, at_least=0.6)
    report.claim(f"{name}, uncached, of FastAPI", new, orm, at_least=5 if name == "list" else 2)
    report.claim(f"{name}, unchanged, of FastAPI", again, orm, at_least=40 if name == "list" else 5)


def _shares(addresses: list[str], count: int) -> list[list[str]]:
    """As many addresses for each round, no address in two."""
    size = len(addresses) // count
    return [addresses[start : start + size] for start in range(0, size * count, size)]


def _body(settings: Settings, port: int, path: str, name: str) -> Path:
    """The bytes that ours answers, for the bare handler to return."""
    file = settings.folder / name
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{API}{path}") as answer:
        file.write_bytes(answer.read())
    return file
