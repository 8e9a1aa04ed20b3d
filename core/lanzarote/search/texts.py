"""An index of few texts, in memory: it answers as the database does."""

from __future__ import annotations

from bisect import bisect_left
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from lanzarote.search.asked import ENDS_OPEN
from lanzarote.search.index import APART, fields_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lanzarote.search.asked import Alternatives
    from lanzarote.search.index import Entry


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
