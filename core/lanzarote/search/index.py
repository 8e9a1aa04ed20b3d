"""The full-text index: the same folded words, the same answers, on SQLite (FTS5) and PostgreSQL (GIN).

A hit in the title comes before a hit in the summary, and that before a hit elsewhere; within each, the newest first.
The order needs no scores, so that it can be explained and is the same everywhere.
"""

from __future__ import annotations

from bisect import bisect_left
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from lanzarote.folding import found_by
from lanzarote.rows import copy_rows, marks, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from lanzarote.database import Database

TIERS = 3
APART = 1 << 40
"""On SQLite a text stands in the index once for each tier, under numbers so far apart: one query finds all tiers."""
MOST_BYTES = 1_000_000
"""A tsvector holds one mebibyte of words; the last words of a text that has more are not found on PostgreSQL."""

_numbers = msgspec.json.Decoder(list[int]).decode


class Entry(Struct, frozen=True, kw_only=True):
    """A text to be found, by the row number it is found under."""

    pk: int
    region_id: str
    title: str
    summary: str
    body: str
    fresh: bool = False
    """It has its row number since just now: what may stand there is of no use."""


def index(session: Session, entries: Sequence[Entry]) -> None:
    """Put *entries* into the index, replacing what stood under their row numbers."""
    if not entries:
        return
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        standing = _standing(connection, [entry.pk for entry in entries if not entry.fresh])
        _index_sqlite(connection, sorted(row for entry in entries for row in _rows(entry)), standing)
    else:
        remove(session, [entry.pk for entry in entries])
        rows = ((entry.pk, entry.region_id, _vector(*_folded(entry))) for entry in entries)
        copy_rows(session, "search_text", ("pk", "region", "words"), rows)


def remove(session: Session, pks: Iterable[int]) -> None:
    """Take rows out of the index."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        sql = "DELETE FROM search_text WHERE rowid = ?"
        rows = sorted((pk + tier * APART,) for pk in pks for tier in range(TIERS))  # in order, as they are written
        if rows:
            connection.exec_driver_sql(sql, rows)
    else:
        connection.exec_driver_sql("DELETE FROM search_text WHERE pk = ANY(%s)", ([*pks],))


def _standing(connection: Connection, pks: Sequence[int]) -> dict[int, str]:
    """What the index of SQLite holds under these row numbers, in all tiers."""
    standing: dict[int, str] = {}
    for some in pieces([pk + tier * APART for tier in range(TIERS) for pk in pks]):
        sql = f"SELECT rowid, words FROM search_text WHERE rowid IN {marks(some)}"  # noqa: S608 (only marks go in)
        standing |= dict(map(tuple, connection.exec_driver_sql(sql, tuple(some)).all()))
    return standing


def _index_sqlite(connection: Connection, rows: Sequence[tuple[int, str, str]], standing: Mapping[int, str]) -> None:
    """Write *rows*, which are in order, or they would be written in tiny pieces; those that stand already stay."""
    other = [row for row in rows if standing.get(row[0]) != row[2]]
    if other:
        connection.exec_driver_sql("INSERT OR REPLACE INTO search_text (rowid, region, words) VALUES (?, ?, ?)", other)


def scrub(session: Session) -> None:
    """Write the index anew without what was taken out of it: SQLite keeps removed words until it merges its pieces."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search_text (search_text) VALUES ('optimize')")


def find(database: Database, terms: Sequence[str], region_id: str | None = None) -> tuple[Sequence[int], ...]:
    """Row numbers that hold all *terms* (as beginnings of words), by tier: title, title or summary, anywhere."""
    if not terms:
        return ((),) * TIERS
    if database.sqlite:
        return _find_sqlite(database, terms, region_id)
    return tuple(_find_postgres(database, terms, region_id, weights) for weights in ("A", "AB", ""))


def region_token(region_id: str) -> str:
    """One word for a region; its id may hold hyphens."""
    return "r" + sha256(region_id.encode()).hexdigest()[:12]


def _find_sqlite(database: Database, terms: Sequence[str], region_id: str | None) -> tuple[Sequence[int], ...]:
    beginnings = " AND ".join(f'"{term}"*' for term in terms)
    match = f"words : ({beginnings})"
    if region_id is not None:
        match = f'region : "{region_token(region_id)}" AND {match}'
    # A frequent word has tens of thousands of rows: one text of numbers is read much faster than as many rows.
    sql = "SELECT json_group_array(rowid) FROM search_text WHERE search_text MATCH ?"
    [(found,)] = database.all_rows(sql, match)
    rows = _numbers(found)  # FTS5 gives them in ascending order
    lead, title = bisect_left(rows, APART), bisect_left(rows, 2 * APART)
    return [row - 2 * APART for row in rows[title:]], [row - APART for row in rows[lead:title]], rows[:lead]


def _find_postgres(database: Database, terms: Sequence[str], region_id: str | None, weights: str) -> list[int]:
    query = " & ".join(f"'{term}':*{weights}" for term in terms)
    sql, values = "SELECT pk FROM search_text WHERE words @@ ?::tsquery", [query]
    if region_id is not None:
        sql, values = f"{sql} AND region = ?", [query, region_id]
    return [pk for (pk,) in database.all_rows(sql, *values)]


def _rows(entry: Entry) -> Iterator[tuple[int, str, str]]:
    """(row number, region, words) of the whole text, of title and summary, of the title."""
    region, (title, summary, body) = region_token(entry.region_id), _folded(entry)
    yield entry.pk, region, f"{title} {summary} {body}"
    yield entry.pk + APART, region, f"{title} {summary}"
    yield entry.pk + 2 * APART, region, title


def _folded(entry: Entry) -> tuple[str, str, str]:
    return " ".join(found_by(entry.title)), " ".join(found_by(entry.summary)), " ".join(found_by(entry.body))


def _vector(title: str, summary: str, body: str) -> str:
    """A tsvector written by hand, so that PostgreSQL cannot split words in another way than SQLite."""
    said = [[word[:200] for word in text.split()] for text in (title, summary, body)]
    weights: dict[str, str] = {}
    for words, weight in zip(reversed(said), "DBA", strict=True):
        weights |= dict.fromkeys(words, weight)
    if sum(map(len, weights)) * 4 + len(weights) * 8 > MOST_BYTES:
        weights = _first(weights, dict.fromkeys(word for words in said for word in words))
    return " ".join(f"'{word}':1{weight}" for word, weight in weights.items())


def _first(weights: Mapping[str, str], words: Iterable[str]) -> dict[str, str]:
    """Those of *words*, in this order, for which there is room."""
    found: dict[str, str] = {}
    room = MOST_BYTES
    for word in words:
        room -= len(word.encode()) + 8
        if room < 0:
            break
        found[word] = weights[word]
    return found
