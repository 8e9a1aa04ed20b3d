"""Our published practices once more, in plain tables with joins, as one would make them without us.

The FastAPI yardstick reads them; loading and receiving are measured beside writing them. Our own tables keep lists
ready to be sent and have no joins to filter by.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SCHEMA = """
CREATE TABLE practice (
    pk INTEGER PRIMARY KEY, id TEXT NOT NULL, region TEXT NOT NULL, slug TEXT NOT NULL, version INTEGER NOT NULL,
    updated_at TEXT NOT NULL, original TEXT NOT NULL, title JSON NOT NULL, summary JSON NOT NULL, sides JSON NOT NULL,
    standing TEXT NOT NULL, vouching TEXT NOT NULL, strength TEXT NOT NULL, running TEXT NOT NULL, scope TEXT NOT NULL,
    started TEXT, ended TEXT, target_groups JSON NOT NULL, domains JSON NOT NULL, convention JSON NOT NULL, cost TEXT,
    agreement TEXT NOT NULL, text JSON NOT NULL, partners JSON NOT NULL, legal_basis JSON NOT NULL,
    evidence JSON NOT NULL, related JSON NOT NULL, sources JSON NOT NULL, verified INTEGER NOT NULL
);
CREATE UNIQUE INDEX practice_slug ON practice (region, slug);
CREATE INDEX practice_order ON practice (region, updated_at);
CREATE TABLE practice_sector (
    practice INTEGER NOT NULL REFERENCES practice, position INTEGER NOT NULL, sector TEXT NOT NULL,
    PRIMARY KEY (practice, position)
);
CREATE INDEX practice_sector_key ON practice_sector (sector, practice);
CREATE TABLE practice_article (
    practice INTEGER NOT NULL REFERENCES practice, article INTEGER NOT NULL, PRIMARY KEY (practice, article)
);
CREATE INDEX practice_article_key ON practice_article (article, practice);
"""
PLAIN = (
    "id", "region", "slug", "version", "updated_at", "original", "standing", "vouching", "strength", "running", "scope",
    "started", "ended", "cost", "agreement", "verified",
)  # fmt: skip
WHOLE = (
    "title", "summary", "sides", "target_groups", "domains", "convention", "text", "partners", "legal_basis",
    "evidence", "related", "sources",
)  # fmt: skip
COLUMNS = {
    "practice": ("pk", *PLAIN, *WHOLE),
    "practice_sector": ("practice", "position", "sector"),
    "practice_article": ("practice", "article"),
}


Rows = dict[str, list[tuple[Any, ...]]]
"""By table, in the order of its columns."""


def rows_of(bodies: Iterable[tuple[int, bytes | str]]) -> Rows:
    """Documents of published practices, each with its number, as rows of these tables."""
    found: Rows = {"practice": [], "practice_sector": [], "practice_article": []}
    for pk, body in bodies:
        document = json.loads(body)
        document["verified"] = int(document["verified"])
        plain = [document[name] for name in PLAIN]
        found["practice"].append((pk, *plain, *(json.dumps(document[name], ensure_ascii=False) for name in WHOLE)))
        found["practice_sector"] += [(pk, position, sector) for position, sector in enumerate(document["sectors"])]
        articles = {int(reference.partition(".")[0]) for reference in document["convention"]}
        found["practice_article"] += [(pk, article) for article in articles]
    return found


def copy(ours: Path, theirs: Path) -> None:
    """Copy the published practices of *ours* into the yardstick's tables."""
    target = sqlite3.connect(theirs)
    target.executescript(SCHEMA)
    write(target, published(ours))
    target.execute("PRAGMA journal_mode=WAL")
    target.execute("ANALYZE")
    target.close()


def published(ours: Path) -> Rows:
    with closing(sqlite3.connect(ours)) as source:
        return rows_of(source.execute("SELECT pk, document FROM published_practice"))


def write(target: sqlite3.Connection, rows: Rows) -> None:
    """In one transaction."""
    with target:
        for table, some in rows.items():
            target.executemany(insert(table), some)


def insert(table: str) -> str:
    columns = COLUMNS[table]
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
