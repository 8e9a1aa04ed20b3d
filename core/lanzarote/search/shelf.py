"""What a search goes through: a list of records, what was found and remembered of it, how often words may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import and_
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from msgspec import Struct

from lanzarote.search.asked import (
    GENERAL,
    OFTEN,
    TALK,
    Alternatives,
)
from lanzarote.search.index import APART

Correct = Callable[[str, str], Iterable[str]]

OF_MANY: Final = 0.2
"""What more than such a part of all records hold says little: holding nothing else is no answer."""

MANY: Final = 200

MOST_REMEMBERED: Final = 100
"""Of a list of 46,000 records two megabytes."""

MOST_WEIGHT: Final = {TALK: 0, GENERAL: 2, OFTEN: 2}
"""Of words that tell little."""


class List(Protocol):
    """Records in an order of their own, the newest first, each with a position; a set of them is a mask of bits."""

    @property
    def size(self) -> int: ...

    @property
    def all(self) -> int: ...

    @property
    def remembered(self) -> dict[Any, Any]:
        """What holds what was asked for of late: the list is another one as soon as a text is."""

    def hits(self, pks: Sequence[int], less: int = 0) -> int: ...


L = TypeVar("L", bound=List)


class Shelf(Struct, Generic[L], frozen=True):
    """A list, and what tells which of its rows hold words (as ``index.rows_that_hold``)."""

    list: L
    rows: Callable[[Sequence[Alternatives], int], Sequence[int]]
    within: int
    """The records among which one looks."""
    first: int = 0
    """Of the row numbers that these tell, those of the list."""
    last: int = APART - 1


class Held(NamedTuple):
    """Which of a list's records hold something, by place."""

    anywhere: int
    lead: int
    title: int


class Layer(Struct, frozen=True):
    """Records between which only their age decides."""

    held: tuple[int, ...]
    """Numbers of the groups that they hold."""
    place: tuple[int, ...]
    """How many of these meet each of ``CRITERIA``."""
    masks: tuple[int, ...]
    """One for each shelf."""
    whole: bool


class Corrected(Struct, frozen=True):
    """A word that nothing holds, and what was looked for in its place."""

    written: str
    used: str


def both(*held: Held) -> Held:
    """What holds one thing and the others too."""
    return Held(*(reduce(and_, masks) for masks in zip(*held, strict=True)))


def remember(among: List, group: Alternatives, held: Held) -> None:
    if len(among.remembered) >= MOST_REMEMBERED:
        among.remembered.clear()
    among.remembered[group] = held
