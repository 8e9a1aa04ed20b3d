"""What stands near a number, an account or a profile and tells whose it is: a person's, or a body's that has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from lanzarote.guard.lexicon import (
    ALL_KINDS,
    CHILD,
    KIN,
    OFFICIAL,
    ORGANISATION,
    PARTY,
    PHONE,
    PRIVATE,
    SCHOOL,
    SERVICE,
    TITLE,
    all_of,
    kinds_of,
    left_of,
    right_of,
)
from lanzarote.translation.folding import fold

PERSON = CHILD | PARTY | KIN | TITLE | PRIVATE
OFFICE = SERVICE | SCHOOL | ORGANISATION
_SENTENCE_END = re.compile(r"(?<=\w\w\w)[.!?](?= [^\W\d_a-z])|\n(?=[-–•*])|\"[,:\[\]{}]+\"")
"""Of a text, and of one text among others in JSON."""


_WORD = re.compile(r"[^\W\d_][^\W_]*(?:[-'’·][^\W_]+)*\.?")


_WORD_OR_SIGN = re.compile(rf"{_WORD.pattern}|[;:,(|]")
BREAK = 1 << len(ALL_KINDS)
"""Stands for a sign among the kinds of words."""


def words_of(text: str) -> list[str]:
    """The words of *text* that are no figures."""
    return _WORD.findall(text)


def kinds_in_order(text: str) -> list[int]:
    """The kinds of the words of *text*, and a `BREAK` for each sign between them."""
    return [BREAK if word in _SIGNS else kinds_of(word) for word in _WORD_OR_SIGN.findall(text)]


_SIGNS = frozenset(";:,(|")


def sentence_before(text: str, start: int, width: int) -> str:
    """The beginning of the sentence that goes on at *start*, whole words of at most *width* signs."""
    return _SENTENCE_END.split(left_of(text, start, width))[-1]


def sentence_after(text: str, end: int, width: int) -> str:
    return _SENTENCE_END.split(right_of(text, end, width))[0]


_FEWEST_OF_ACRONYM = 3


def nearest_first(before: str, after: str) -> Iterator[int]:
    """The kinds of the words around a number, those before it first and the nearest of them first."""
    around = _WORD_OR_SIGN.findall(before)
    shouted = sum(map(str.isupper, around)) * 2 > len(around) > 1
    for place in reversed(range(len(around))):
        word = around[place]
        if word in _SIGNS:
            yield BREAK
            continue
        kinds = kinds_of(word)
        if not kinds:
            if not shouted and _is_acronym(word):
                kinds = SERVICE
            elif word.lower() in _ends_of_parties() and _is_of_party(around, place):
                kinds = PARTY
        elif kinds & SERVICE and place and kinds_of(around[place - 1]) & KIN and "'" in fold(word):
            continue  # "famille d'accueil" is a family
        yield kinds
    yield BREAK
    yield from kinds_in_order(after)


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


_NEXT = 3


def whose_word(kinds: Sequence[int], persons: int = PERSON | OFFICIAL) -> int:
    """The kinds of the nearest word for a person or a body; of ``the school of the child`` it is the school."""
    for place, one in enumerate(kinds):
        if one & (persons | OFFICE):
            if one & persons and not one & (OFFICE | PRIVATE):
                for other in kinds[place + 1 : place + 1 + _NEXT]:
                    if other & (PRIVATE | PHONE | BREAK):
                        break
                    if other & OFFICE and not other & persons:
                        return other
            return one
    return 0
