"""Whether what is to be a role names a person."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from lanzarote.guard.lexicon import GIVEN, NEVER_A_NAME, kinds_of
from lanzarote.stakeholders.contacts import tells_name
from lanzarote.translation import N_

NO_PERSON: Final = N_("This looks like a person’s name. Write the role instead, such as “substitute prosecutor”.")

_PIECES = re.compile(r"[,;:/()\n–—+]| - ")
_WORDS = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_INITIAL = re.compile(r"\b[^\W\d_a-zà-ÿ]\. ?[^\W\d_a-zà-ÿ][^\W\d_]")
_OF: Final = frozenset({"de", "du", "des", "of", "at", "à", "au", "aux", "chez", "saint", "sainte", "st", "ste"})
"""Before a name that is a place's: "hôpital de Marie"."""


def names_person(text: str) -> bool:
    """Whether there is something like a person's name in *text*, a role.

    >>> [names_person(one) for one in ("substitute prosecutor", "Juge des enfants", "DUPONT Jean, juge", "Marie")]
    [False, False, True, True]
    """
    return tells_name(text) or _INITIAL.search(text) is not None or any(map(_in_piece, _PIECES.split(text)))


def _in_piece(piece: str) -> bool:
    words = _WORDS.findall(piece)
    if len(words) == 1:
        return _is_given(words[0])
    return any(
        _is_given(second) and first.casefold() not in _OF and not first.endswith(("’", "'"))
        for first, second in pairwise(words)
    )


def _is_given(word: str) -> bool:
    kinds = kinds_of(word)
    return word[0].isupper() and bool(kinds & GIVEN) and not kinds & NEVER_A_NAME
