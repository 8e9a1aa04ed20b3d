"""What a word that nothing holds may have been meant for: words of the index that are one slip away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lanzarote.search.index import SPELT
from lanzarote.store.bulk import marks, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.store.database import Database

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
