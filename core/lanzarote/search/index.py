"""The full-text index: the same folded words, the same answers, on SQLite (FTS5) and PostgreSQL (GIN)."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import reduce
from hashlib import sha256
from operator import and_
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lanzarote.runtime.reading import LateDecoder
from lanzarote.search.asked import ENDS_OPEN, Alternatives
from lanzarote.search.words import Words
from lanzarote.store.bulk import copy_rows, marks, pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from lanzarote.store.database import Database


Texts = tuple[tuple[str, str], ...]
"""(language, text) of everything that a field says."""
TIERS: Final = 3
APART: Final = 1 << 40
"""A text stands in the index once for each tier, under numbers so far apart: one query finds all tiers."""
LEAD: Final = APART
"""From here on it is title and summary that hold the words, from ``TITLE`` on the title."""
TITLE: Final = 2 * APART
MOST_BYTES: Final = 1_000_000
"""A tsvector holds one mebibyte of words; the last words of a text that has more are not found on PostgreSQL."""
SPELT: Final = range(4, 31)
"""So long are words that a misspelt one may be taken for."""

_numbers = LateDecoder(list[int])


class Entry(Struct, frozen=True, kw_only=True):
    """A text to be found, by the row number it is found under."""

    pk: int
    region_id: str
    title: Texts
    summary: Texts = ()
    text: Texts = ()
    fresh: bool = False
    """It has its row number since just now: what may stand there is of no use."""


def index(session: Session, entries: Sequence[Entry]) -> None:
    """Put *entries* into the index, replacing what stood under their row numbers."""
    if not entries:
        return
    connection = session.connection()
    read: set[tuple[str, str]] = set()
    told = [(entry, fields_of(entry, read)) for entry in entries]
    if connection.dialect.name == "sqlite":
        standing = _standing(connection, [entry.pk for entry in entries if not entry.fresh])
        _index_sqlite(connection, sorted(row for one in told for row in _rows(*one)), standing)
        if read:  # numbers alone are no words of a language
            connection.exec_driver_sql(
                "INSERT OR IGNORE INTO search_text_word (word, lang) VALUES (?, ?)", sorted(read)
            )
    else:
        remove(session, [entry.pk for entry in entries])
        rows = ((entry.pk, entry.region_id, _vector(*fields)) for entry, fields in told)
        copy_rows(session, "search_text", ("pk", "region", "words"), rows)
        words = sorted(read)  # in one order, or two writers could wait for each other
        connection.exec_driver_sql(
            "INSERT INTO search_text_word (word, lang) SELECT * FROM unnest(%s::text[], %s::text[])"
            " ON CONFLICT DO NOTHING",
            ([word for word, _ in words], [lang for _, lang in words]),
        )


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


def forget_region(session: Session, region_id: str) -> None:
    """Take all of a region out of the index."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        rows = "SELECT rowid FROM search_text WHERE search_text MATCH ?"
        sql = f"DELETE FROM search_text WHERE rowid IN ({rows})"  # noqa: S608 (ours)
        connection.exec_driver_sql(sql, (f'region : "{region_token(region_id)}"',))
    else:
        connection.exec_driver_sql("DELETE FROM search_text WHERE region = %s", (region_id,))


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
    """Leave nothing of what was taken out: SQLite keeps words until it merges its pieces, and both know spellings."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search_text (search_text) VALUES ('optimize')")
        held = "SELECT term FROM search_text_terms"
    else:
        held = "SELECT word FROM ts_stat('SELECT words FROM search_text')"
    connection.exec_driver_sql(f"DELETE FROM search_text_word WHERE word NOT IN ({held})")  # noqa: S608 (ours)


def rows_that_hold(
    database: Database, groups: Sequence[Alternatives], regions: Sequence[str] = (), *, least: int = 0
) -> Sequence[int]:
    """Row numbers of the texts that hold all *groups*, in order; in title and summary from ``LEAD``, in the title
    from ``TITLE`` on. *regions*: in these alone. *least*: no smaller numbers.
    """
    if database.sqlite:
        return _rows_of_sqlite(database, groups, regions, least)
    return _rows_of_postgres(database, groups, regions, least)


def region_token(region_id: str) -> str:
    """One word for a region; its id may hold hyphens."""
    return "r" + sha256(region_id.encode()).hexdigest()[:12]


def _rows_of_sqlite(
    database: Database, groups: Sequence[Alternatives], regions: Sequence[str], least: int
) -> Sequence[int]:
    match = f"words : ({_said(groups, _sqlite_token, ' AND ', ' OR ')})"
    if regions:
        here = " OR ".join(f'"{region_token(region_id)}"' for region_id in regions)
        match = f"region : ({here}) AND {match}"
    # A frequent word has tens of thousands of rows: one text of numbers is read much faster than as many rows.
    sql = "SELECT json_group_array(rowid) FROM search_text WHERE search_text MATCH ? AND rowid >= ?"
    [(found,)] = database.all_rows(sql, match, least)
    return _numbers.decode(found)  # FTS5 gives them in ascending order


def _rows_of_postgres(
    database: Database, groups: Sequence[Alternatives], regions: Sequence[str], least: int
) -> list[int]:
    rows: list[int] = []
    for apart, weights in ((0, ""), (LEAD, "AB"), (TITLE, "A")):
        if apart < least:
            continue
        query = _said(groups, lambda token, among=weights: _postgres_token(token, among), " & ", " | ")  # type: ignore[misc]
        sql, values = "SELECT pk FROM search_text WHERE words @@ ?::tsquery", [query]
        if regions:
            sql, values = f"{sql} AND region IN {marks(regions)}", [query, *regions]
        rows += sorted(pk + apart for (pk,) in database.all_rows(sql, *values))
    return rows


def _said(groups: Sequence[Alternatives], token: Callable[[str], str], both: str, either: str) -> str:
    """*groups* in the words of an engine."""

    def word(tokens: Iterable[str]) -> str:
        return either.join(map(token, tokens))

    told = []
    for group in groups:
        # Most alternatives are single words: flat, since engines bound how deep a question may be.
        single = dict.fromkeys(one for alternative in group if len(alternative) == 1 for one in alternative[0])
        phrases = [f"({both.join(f'({word(one)})' for one in some)})" for some in group if len(some) > 1]
        told.append(f"({either.join([*map(token, single), *phrases])})")
    return both.join(told)


def _sqlite_token(token: str) -> str:
    return f'"{token[:-1]}"*' if token.endswith(ENDS_OPEN) else f'"{token}"'


def _postgres_token(token: str, weights: str) -> str:
    begins = token.endswith(ENDS_OPEN)
    more = ("*" if begins else "") + weights
    return f"'{token.removesuffix(ENDS_OPEN)}'" + (f":{more}" if more else "")


def _rows(entry: Entry, fields: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """(row number, region, words) of the whole text, of title and summary, of the title."""
    region, (title, summary, body) = region_token(entry.region_id), fields
    yield entry.pk, region, f"{title} {summary} {body}"
    yield entry.pk + LEAD, region, f"{title} {summary}"
    yield entry.pk + TITLE, region, title


def fields_of(entry: Entry, read: set[tuple[str, str]] | None = None) -> tuple[str, str, str]:
    """What title, summary and the rest are found by; each word once, where it counts most.

    *read* learns how words are spelt, and in which language.
    """
    told: list[dict[str, None]] = []
    far: dict[str, None] = {}
    seen: set[str] = set()
    for texts in (entry.title, entry.summary, entry.text):
        words = Words()
        for lang, text in texts:
            spelt = words.add(text, lang)
            if read is not None:
                read.update((word, lang) for word in spelt if len(word) in SPELT and word.isalpha())
        told.append(words.found)
        far |= words.far
    told[2] |= far
    for n, words_of in enumerate(told):
        told[n] = {word: None for word in words_of if word not in seen}
        seen |= told[n].keys()
    title, summary, body = (" ".join(words_of) for words_of in told)
    return title, summary, body


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


# --- What a word that nothing holds may have been meant for: words of the index that are one slip away ---

LETTERS: Final = (
    (re.compile("[a-z]+"), "abcdefghijklmnopqrstuvwxyz"),
    (re.compile("[α-ω]+"), "αβγδεζηθικλμνξοπρστυφχψω"),
    (re.compile("[а-яіїєґ]+"), "абвгдежзиклмнопрстуфхцчшщыьэюяієґ"),
)
SOUNDS: Final = (("f", "ph"), ("k", "qu"), ("k", "c"), ("t", "th"), ("i", "y"), ("s", "ss"), ("x", "cc"), ("c", "qu"))
"""Written alike where one does not know."""
MOST_TRIED: Final = 6


def near(database: Database, word: str, lang: str) -> list[str]:
    """Words of the index that *word* may be meant for, the likeliest first: the reader's language leads."""
    if len(word) not in SPELT or not word.isalpha():
        return []
    tried = dict.fromkeys(beginnings(word), 0)
    for one in slips(word):
        tried[one] = 1 if one[0] == word[0] else 2
    tried.pop(word, None)
    known: dict[str, tuple[int, bool, int]] = {}
    for some in pieces(sorted(tried)):
        sql = f"SELECT word, lang FROM search_text_word WHERE word IN {marks(some)}"  # noqa: S608 (only marks go in)
        for one, its in database.all_rows(sql, *some):
            beginning = tried[one] == 0
            rank = (2 if beginning else tried[one], its != lang, -len(one) if beginning else 0)
            known[one] = min(rank, known.get(one, rank))
    return sorted(known, key=lambda one: (known[one], one))[:MOST_TRIED]


def beginnings(word: str) -> Iterator[str]:
    """Shorter words that *word* begins with."""
    shortest = max(5, -(-len(word) * 2 // 3))
    return (word[:length] for length in range(len(word) - 1, shortest - 1, -1))


def slips(word: str) -> set[str]:
    """Words that become *word* by one slip: a letter too many, too few, another, two changed over, a sound.

    >>> {"enfant", "melanie", "nenuphar"} <= slips("enfnat") | slips("mellanie") | slips("nenufar")
    True
    """
    letters = next((letters for script, letters in LETTERS if script.fullmatch(word)), "")
    halves = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    found = {head + tail[1:] for head, tail in halves if tail}
    found |= {head + tail[1] + tail[0] + tail[2:] for head, tail in halves if len(tail) > 1}
    found |= {head + letter + tail[1:] for head, tail in halves if tail for letter in letters}
    found |= {head + letter + tail for head, tail in halves for letter in letters}
    for one, other in (*SOUNDS, *((b, a) for a, b in SOUNDS)):
        found |= {head + other + tail[len(one) :] for head, tail in halves if tail.startswith(one)}
    return {one for one in found if len(one) >= SPELT.start - 1}


# --- An index of few texts, in memory: it answers as the database does ---


class TextIndex:
    """Which of *entries* hold words, and where."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._rows: dict[str, set[int]] = {}
        for entry in entries:
            title, summary, body = fields_of(entry)
            for row, words in ((2, title), (1, f"{title} {summary}"), (0, f"{title} {summary} {body}")):
                for word in words.split():
                    self._rows.setdefault(word, set()).add(entry.pk + row * APART)
        self._words = sorted(self._rows)

    def rows_that_hold(self, groups: Sequence[Alternatives], least: int = 0) -> Sequence[int]:
        """As ``index.rows_that_hold``."""
        held = [set[int]().union(*map(self._phrase, group)) for group in groups]
        return sorted(row for row in reduce(and_, held) if row >= least) if held else ()

    def _phrase(self, phrase: Sequence[Sequence[str]]) -> set[int]:
        return reduce(and_, (set[int]().union(*map(self._token, form)) for form in phrase))

    def _token(self, token: str) -> set[int]:
        if not token.endswith(ENDS_OPEN):
            return self._rows.get(token, set())
        begins = token.removesuffix(ENDS_OPEN)
        first = bisect_left(self._words, begins)
        last = bisect_left(self._words, begins + "\U0010ffff")
        return set[int]().union(*(self._rows[word] for word in self._words[first:last]))
