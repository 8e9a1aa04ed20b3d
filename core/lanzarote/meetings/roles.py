"""Whether what is to be a role, or an organisation, names a person."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from lanzarote.guard.lexicon import GIVEN, NEVER_A_NAME, ORGANISATION, SCHOOL, SERVICE, kinds_in, kinds_of
from lanzarote.stakeholders.contacts import tells_name
from lanzarote.translation import N_
from lanzarote.translation.folding import fold

NO_PERSON: Final = N_("This looks like a person’s name. Write the role instead, such as “substitute prosecutor”.")

NO_ORGANISATION: Final = N_(
    "This looks like a person’s name. Write the name of the organisation; if it is called after a person, say also "
    "what it is, such as “association”, “school” or “hospital”."
)

_PIECES = re.compile(r"[,;:/()\n–—+]| - ")
_WORDS = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_INITIAL = re.compile(r"\b[^\W\d_a-zà-ÿ]\. ?[^\W\d_a-zà-ÿ][^\W\d_]")
_OF: Final = frozenset({"de", "du", "des", "of", "at", "à", "au", "aux", "chez", "saint", "sainte", "st", "ste"})
"""Before a name that is a place's: "hôpital de Marie"."""
_BODIES: Final = frozenset({"groupe", "group", "espace", "institut", "institute", "clinique", "clinic", "hospital"})
"""What organisations are, beside what the guard knows; folded."""


def names_person(text: str) -> bool:
    """Whether there is something like a person's name in *text*, a role.

    >>> [names_person(one) for one in ("substitute prosecutor", "Juge des enfants", "DUPONT Jean, juge", "Marie")]
    [False, False, True, True]
    """
    return tells_name(text) or _INITIAL.search(text) is not None or any(map(_in_piece, _PIECES.split(text)))


def names_person_only(text: str) -> bool:
    """Whether a part of *text*, the name of an organisation, is a person's name; many are called after somebody.

    >>> [names_person_only(one) for one in ("Paul Durand", "Collège Jean Moulin", "Mme Durand, association Espoir")]
    [True, False, True]
    """
    return any(names_person(piece) and not _says_what_it_is(piece) for piece in _PIECES.split(text))


def _says_what_it_is(piece: str) -> bool:
    told = kinds_in(piece) & (ORGANISATION | SCHOOL | SERVICE)
    return bool(told) or not _BODIES.isdisjoint(fold(word) for word in _WORDS.findall(piece))


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
