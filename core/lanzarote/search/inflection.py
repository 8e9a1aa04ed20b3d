"""Forms of words: whether two words are one, in the languages that have stems and in those that have none."""

from __future__ import annotations

import re
from typing import Final

from lanzarote.search.asked import WITHOUT_STEMS
from lanzarote.search.words import ALGORITHMS, SHORTEST_STEMMED, stem

BEGINNING: Final = 4
"""So many letters at least tell a word of a language without stems."""
ENDING: Final = 2
"""So many letters at the end of such a word may be others in another of its forms."""
LONG: Final = 9
"""Words of so many letters lose one more."""
LONGEST_ENDING: Final = 4
SOFTENED: Final = {"k": "g", "p": "b", "t": "d"}
"""What the last letter of a Turkish word becomes before a vowel: çocuk, çocuğun."""
TURKISH_ENDING: Final = re.compile(
    "(?:l[ae]r)?(?:[iu]?[mn](?:[iu]z)?|s?[iu]|l[ae]r[iu])?"  # plural; whose it is
    "(?:n?[iu]n?|[yn]?[aeiu]|n?[dt][ae]n?(?:ki)?|y?l[ae]|s[iu]z|l[iu]k?)?"  # case; with, without
)
"""Folded."""


def common_form(word: str, lang: str) -> tuple[str, str]:
    return lang, stem(word, lang) if lang in ALGORITHMS and len(word) >= SHORTEST_STEMMED else word


def beginning_of(word: str, lang: str) -> str:
    """What all forms of *word* begin with; in Irish that changes, too."""
    return (stem(word, lang) if lang == "ga" else word)[: BEGINNING - 1]


def is_form(asked: str, word: str, lang: str) -> bool:
    """Whether *asked* is a form of *word*."""
    if asked == word:
        return True
    if len(asked) < SHORTEST_STEMMED or len(word) < SHORTEST_STEMMED:
        return False
    if lang == "tr" and _is_turkish_form(asked, word):
        return True
    if lang in WITHOUT_STEMS:
        same = word[: max(BEGINNING, len(word) - (ENDING if len(word) < LONG else ENDING + 1))]
        return asked.startswith(same) and len(asked) <= len(word) + LONGEST_ENDING
    if lang not in ALGORITHMS:
        return False
    one, other = stem(asked, lang), stem(word, lang)
    # The stemmer leaves an iota to some Greek genitives.
    return one == other or (lang == "el" and one.removesuffix("ι") == other.removesuffix("ι"))


def _is_turkish_form(asked: str, word: str) -> bool:
    """Whether *asked* is *word* with Turkish endings. The stemmer needs letters that folding takes away (ı, ğ)."""
    if asked[: len(word) - 1] != word[:-1] or len(word) < BEGINNING:
        return False
    last = asked[len(word) - 1 : len(word)]
    return last in (word[-1], SOFTENED.get(word[-1])) and TURKISH_ENDING.fullmatch(asked[len(word) :]) is not None
