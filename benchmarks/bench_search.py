"""Search in all regions: total, counts by sector and article, the first 20 with what was found marked.

The yardstick is a bare FTS5 query for the top 20: the same words in the same folded texts, in an index as FTS5 makes it
by default, ranked by bm25; it answers with row numbers and nothing else, and looks for whole words where ours looks for
beginnings too. Ours runs as the server runs it, without HTTP: from the address asked to the bytes of the answer.
"""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.findable.api import search_everything
from lanzarote.instance import Instance
from lanzarote.practices import service
from lanzarote.runtime.gc import uncollected
from lanzarote.store.database import SQLITE_PRAGMAS
from lanzarote.translation.folding import asked_words, found_by

from benchmarks.corpus import LANGUAGES, VOCABULARY
from benchmarks.databases import corpus
from benchmarks.figures import Measured, Report, percentile

if TYPE_CHECKING:
    from pathlib import Path

    from lanzarote.practices.model import Document

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
        opened = new_instance(read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{database}"}))
    with opened as instance, closing(_reader(default_index(settings))) as reader:
        taken: dict[str, list[list[float]]] = {"ours": [], "bare FTS5 query": []}
        for turn in range(settings.rounds + 1):
            times: dict[str, list[float]] = {name: [] for name in taken}
            for one in asked[turn:] + asked[:turn]:
                times["ours"].append(_ours(instance, one))
                times["bare FTS5 query"].append(_bare(reader, one))
            if turn:  # the first round warms up
                for name, some in times.items():
                    taken[name].append(some)
    for share in (0.5, 0.99):
        told = f"p{share * 100:.0f}"
        ours, bare = (
            Measured(f"{name}, {told}", "ms", False, [percentile(times, share) for times in rounds])
            for name, rounds in taken.items()
        )
        report.measured += [ours, bare]
        report.claim(f"search, {told}, of a bare FTS5 query", ours, bare, at_most=2.0)
    report.notes.append(f"{len(asked)} questions of one and two words in {len(LANGUAGES)} languages")
    return report


def default_index(settings: Settings) -> Path:
    """The texts of our practices in an index with FTS5's defaults, positions and all, without stems."""
    ours = corpus(settings)
    file = ours.with_name(f"index-{ours.name}")
    if not file.exists():
        part = file.with_suffix(".part")
        with closing(sqlite3.connect(part)) as connection, closing(sqlite3.connect(ours)) as published:
            connection.execute("CREATE VIRTUAL TABLE search_text USING fts5(title, summary, body)")
            rows = published.execute("SELECT pk, document FROM published_practice ORDER BY pk")
            connection.executemany(
                "INSERT INTO search_text (rowid, title, summary, body) VALUES (?, ?, ?, ?)",
                ((pk, *_fields(service.decode(document))) for pk, document in rows),
            )
            connection.commit()
        part.rename(file)
    return file


def _fields(document: Document) -> tuple[str, str, str]:
    rest = [
        text for texts in document.text.values() for name, text in texts.items() if name not in ("title", "summary")
    ]
    rest += [text for evidence in document.evidence for text in evidence.text.values()]
    folded = (" ".join(found_by(" ".join(some))) for some in (document.title.values(), document.summary.values(), rest))
    title, summary, body = folded
    return title, summary, body


def _ours(instance: Instance, question: str) -> float:
    described = search_everything.opt["resource"]
    query = f"q={quote(question)}&facets=sector,article&limit=20".encode()
    begun = time.perf_counter()
    described.answer(described.read(instance, "/api/v1/search", {}, query))
    return (time.perf_counter() - begun) * 1_000


def _bare(reader: sqlite3.Connection, question: str) -> float:
    match = " AND ".join(f'"{term}"' for term in asked_words(question))
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
