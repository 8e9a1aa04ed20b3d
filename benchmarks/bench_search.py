"""Search in all regions: total, counts by sector and article, the first 20 with what was found marked.

The yardstick is a bare FTS5 query on the same index: the same words, ranked by bm25, the row numbers of the top 20 and
nothing else. Our index does without positions (``detail=column``), which bm25 makes up for by reading the texts again;
so the same query on a copy of the index as FTS5 makes it by default is told as well: the tougher one, without a target.
Ours runs as the server runs it, without HTTP: from the address asked to the bytes of the answer.
"""

from __future__ import annotations

import random
import sqlite3
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from lanzarote.database import SQLITE_PRAGMAS
from lanzarote.folding import query_terms
from lanzarote.instance import Instance
from lanzarote.practices.api import search_practices
from lanzarote.settings import read_settings
from lanzarote.uncollected import uncollected

from benchmarks.corpus import LANGUAGES, VOCABULARY
from benchmarks.databases import corpus
from benchmarks.figures import Measured, Report, percentile

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figures import Settings

RARE = 2_500


def questions() -> list[str]:
    """One and two words in every language, frequent and rare ones: some are found in thousands of practices."""
    chance = random.Random("questions")
    asked = []
    for language in LANGUAGES:
        words = VOCABULARY[language].known
        frequent, middling, rare = words[10], words[150], words[RARE]
        asked += [frequent, middling, rare, f"{frequent} {middling}", f"{middling} {rare}", words[0]]
        asked += [" ".join(VOCABULARY[language].some(chance, 2)) for _ in range(4)]
    return asked


def run(settings: Settings) -> Report:
    """Search"""
    database = corpus(settings)
    report = Report("Search: total, counts, first 20, marked")
    asked = questions()
    with uncollected():  # as the server starts
        opened = Instance(read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{database}"}))
    with opened as instance:
        readers = {"same index": _reader(database), "default index": _reader(default_index(settings))}
        taken: dict[str, list[list[float]]] = {name: [] for name in ("ours", *readers)}
        for turn in range(settings.rounds + 1):
            times: dict[str, list[float]] = {name: [] for name in taken}
            for one in asked[turn:] + asked[:turn]:
                times["ours"].append(_ours(instance, one))
                for name, reader in readers.items():
                    times[name].append(_bare(reader, one))
            if turn:  # the first round warms up
                for name, some in times.items():
                    taken[name].append(some)
        for reader in readers.values():
            reader.close()
    for share in (0.5, 0.99):
        told = f"p{share * 100:.0f}"
        mine, *bare = (
            Measured(f"{name}, {told}", "ms", False, [percentile(times, share) for times in rounds])
            for name, rounds in taken.items()
        )
        report.measured += [mine, *bare]
        same, default = bare
        report.claim(f"search, {told}, of a bare query on the same index", mine, same, at_most=2.0)
        ratio = mine.median / default.median
        report.notes.append(f"{told}: {ratio:.2g} of a bare query on an index with FTS5's defaults, which ours is not")
    report.notes.append(f"{len(asked)} questions of one and two words in {len(LANGUAGES)} languages")
    return report


def default_index(settings: Settings) -> Path:
    """The same folded texts in an index with FTS5's defaults."""
    ours = corpus(settings)
    file = ours.with_name(f"index-{ours.name}")
    if not file.exists():
        with sqlite3.connect(file) as connection:
            connection.execute("ATTACH ? AS ours", (str(ours),))
            connection.execute("CREATE VIRTUAL TABLE search_text USING fts5(region, title, summary, body)")
            connection.execute(
                "INSERT INTO search_text (rowid, region, title, summary, body)"
                " SELECT rowid, region, title, summary, body FROM ours.search_text"
            )
        connection.close()
    return file


def _ours(instance: Instance, question: str) -> float:
    described = search_practices.opt["resource"]
    query = f"q={quote(question)}&facets=sector,article&limit=20".encode()
    begun = time.perf_counter()
    described.answer(described.read(instance, "/api/v1/search", {}, query))
    return (time.perf_counter() - begun) * 1_000


def _bare(reader: sqlite3.Connection, question: str) -> float:
    match = " AND ".join(f'"{term}"' for term in query_terms(question))
    sql = "SELECT rowid FROM search_text WHERE search_text MATCH ? ORDER BY rank LIMIT 20"
    begun = time.perf_counter()
    reader.execute(sql, (match,)).fetchall()
    return (time.perf_counter() - begun) * 1_000


def _reader(database: Path) -> sqlite3.Connection:
    """With the same settings as ours."""
    reader = sqlite3.connect(database, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        reader.execute(f"PRAGMA {pragma}")
    return reader
