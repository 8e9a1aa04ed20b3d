"""What stands near a number, an account or a profile and tells whose it is: a person's, or a body's that has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from lanzarote.folding import fold
from lanzarote.guard.lexicon import (
    CHILD,
    KIN,
    ORGANISATION,
    PARTY,
    PRIVATE,
    SCHOOL,
    SERVICE,
    TITLE,
    all_of,
    kinds_of,
    left_of,
    right_of,
)

PERSON = CHILD | PARTY | KIN | TITLE | PRIVATE
OFFICE = SERVICE | SCHOOL | ORGANISATION
_SENTENCE_END = re.compile(r"(?<=\w\w\w)[.!?](?= [^\W\d_a-z])|\n(?=[-–•*])|\"[,:\[\]{}]+\"")
"""Of a text, and of one text among others in JSON."""


_WORD = re.compile(r"[^\W\d_][^\W_]*(?:[-'’·][^\W_]+)*\.?")


def words_of(text: str) -> list[str]:
    """The words of *text* that are no figures."""
    return _WORD.findall(text)


def sentence_before(text: str, start: int, width: int) -> str:
    """The beginning of the sentence that goes on at *start*, whole words of at most *width* signs."""
    return _SENTENCE_END.split(left_of(text, start, width))[-1]


def sentence_after(text: str, end: int, width: int) -> str:
    return _SENTENCE_END.split(right_of(text, end, width))[0]


_FEWEST_OF_ACRONYM = 3


def nearest_first(before: str, after: str) -> Iterator[int]:
    """The kinds of the words around a number, those before it first and the nearest of them first."""
    around = words_of(before)
    for place in reversed(range(len(around))):
        word = around[place]
        kinds = kinds_of(word)
        if not kinds:
            if _is_acronym(word):
                kinds = SERVICE
            elif word.lower() in _ends_of_parties() and _is_of_party(around, place):
                kinds = PARTY
        elif kinds & SERVICE and place and kinds_of(around[place - 1]) & KIN and "'" in fold(word):
            continue  # "famille d'accueil" is a family
        yield kinds
    yield from map(kinds_of, words_of(after))


def _is_acronym(word: str) -> bool:
    return word.isupper() and len(word) >= _FEWEST_OF_ACRONYM and word.isalpha()


def _is_of_party(around: list[str], place: int) -> bool:
    """``mis en cause``: three words for somebody who has a part in a case."""
    return fold(" ".join(around[max(0, place - 2) : place + 1])) in _parties_in_words()


@cache
def _parties_in_words() -> frozenset[str]:
    return frozenset(word for word in all_of("party") if " " in word)


@cache
def _ends_of_parties() -> frozenset[str]:
    return frozenset(word.rpartition(" ")[2] for word in _parties_in_words())
