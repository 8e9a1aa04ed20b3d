"""Our published practices once more, in plain tables with joins: what the FastAPI yardstick reads.

Our own tables keep lists ready to be sent and have no joins to filter by.
"""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def copy(ours: Path, theirs: Path) -> None:
    """Copy the published practices of *ours* into the yardstick's tables."""
    source, target = sqlite3.connect(ours), sqlite3.connect(theirs)
    target.executescript(SCHEMA)
    columns = ("pk", *PLAIN, *WHOLE)
    insert = f"INSERT INTO practice ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    for pk, body in source.execute("SELECT pk, document FROM published_practice"):
        document = json.loads(body)
        plain = [document[name] for name in PLAIN]
        target.execute(insert, [pk, *plain, *(json.dumps(document[name], ensure_ascii=False) for name in WHOLE)])
        sectors = [(pk, position, sector) for position, sector in enumerate(document["sectors"])]
        target.executemany("INSERT INTO practice_sector VALUES (?, ?, ?)", sectors)
        articles = {int(reference.partition(".")[0]) for reference in document["convention"]}
        target.executemany("INSERT INTO practice_article VALUES (?, ?)", [(pk, article) for article in articles])
    target.commit()
    target.execute("PRAGMA journal_mode=WAL")
    target.execute("ANALYZE")
    target.close()
    source.close()
