"""What a text is found by: its folded words, their stems, and its numbers, each in one piece however it is spaced.

Index, questions and highlights read words here, so that they agree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from lanzarote.translation.folding import fold, found_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ALGORITHMS: Final[Mapping[str, str]] = {
    "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hu": "hungarian",
    "hy": "armenian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "nl": "dutch", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
"""Language → what snowballstemmer calls it. In other languages words are found by their beginnings."""
PLATFORM: Final = ("fr", "en", "de", "es", "it", "pl", "pt", "ga", "el", "tr")
"""Languages of the platform that have stems: a question may be in any of them."""
SHORTEST_STEMMED: Final = 4
IRREGULAR: Final[Mapping[tuple[str, str], str]] = {
    ("en", "children"): "child", ("en", "women"): "woman", ("fr", "travaux"): "travail", ("fr", "yeux"): "oeil",
    ("el", "παιδια"): "παιδι", ("el", "παιδιων"): "παιδι",
}  # fmt: skip
"""(language, form) → the word, where no ending tells."""
ARTICLES: Final = (
    "articles?|arts?|artikel[ns]?|articulos?|articolo|articoli|artigos?|artykul[uy]?|airteagal|alt|madde(?:si)?|"
    "αρθρ[οα]υ?|статт[яиі]|grein|gr|§+"
)
"""Folded words for an article of a law, in every language of the platform."""
_BEFORE: Final = re.compile(
    rf"(?:(?<![^\W_])(?P<art>{ARTICLES})[. ]{{0,3}}(?:(?:n|nr|no)?[°º. ]{{1,2}})?)?"
    r"(?:(?<![^\W_])(?P<letter>[lrd])[. ]{0,2})?$"
)
_LONGEST_BEFORE: Final = 24
_NUMBER: Final = re.compile(r"\d+(?:[-.]\d+)*(?:[-.][a-z](?![^\W_]))?(?![^\W_])")
_SPACED: Final = re.compile(r"\d{1,4}(?: \d{2,4})+(?![^\W_]|[-.]\d)")
_PARTICIPLE: Final = re.compile("(?<=...)ees?$")
_AND_ALSO: Final = re.compile(r"\s*(?:[,;&]|\b(?:et|ou|and|or|to|a|und|bis|y|e|i|oraz|agus|και|та|і|ve|og)\b)\s*")
_DIGIT: Final = re.compile(r"\d")
_PARTS: Final = re.compile("[-.]")
_MEMORY: Final = 20_000
_STEMMING: Final = Lock()
"""A stemmer keeps the word that it works on: two threads would mix theirs, and what came of it would be remembered."""


class Words:
    """What a piece of text is found by, and what it is found by only where place does not count."""

    __slots__ = ("far", "found")

    def __init__(self) -> None:
        self.found: dict[str, None] = {}
        """Words as they are read, their stems and numbers."""
        self.far: dict[str, None] = {}
        """Numbers that stand above those written: 706-52-1 is under 706-52."""

    def add(self, text: str, lang: str) -> Iterable[str]:
        """Take in *text* of the language *lang*; return its words."""
        folded = fold(text)
        if _DIGIT.search(folded):
            folded = self._add_numbers(folded)
        read = dict.fromkeys(found_by(folded))
        self.found |= read
        if lang in ALGORITHMS:
            self.found |= dict.fromkeys(stem(word, lang) for word in read if len(word) >= SHORTEST_STEMMED)
        return read

    def _add_numbers(self, folded: str) -> str:
        """Take numbers of several parts, and those of articles, out of *folded*."""
        left, done = [], 0
        for start, end, spellings in numbers(folded):
            for number, above in spellings:
                self.found[number] = None
                self.far |= dict.fromkeys(above)
            if start >= done:
                left.append(folded[done:start])
                done = end
        return "".join((*left, folded[done:]))


def numbers(folded: str) -> Iterator[tuple[int, int, list[tuple[str, tuple[str, ...]]]]]:
    """Each number in *folded*: which piece of it is no word, and how it is found, each with the numbers it is under.

    >>> [spelt for _, _, spelt in numbers("art. 706-52; code l226-2; 116 000")]  # doctest: +NORMALIZE_WHITESPACE
    [[('art706x52', ('art706',)), ('706x52', ('706',))], [('l226x2', ('l226',)), ('226x2', ('226',))],
     [('116000', ())]]
    """
    articles_until = -1
    for match in _NUMBER.finditer(folded):
        start = match.start()
        art, letter, begins = before_number(folded, 0, start)
        if start and not letter and (folded[start - 1].isalnum() or folded[start - 1] == "."):
            continue
        # Articles 12, 13 and 14: the word stands before the first alone.
        art = art or (articles_until >= 0 and _AND_ALSO.fullmatch(folded, articles_until, begins) is not None)
        articles_until = match.end() if art else -1
        spelt = _spellings(_PARTS.split(match[0]), letter, art=art)
        if spelt:
            # A number that is whole stays where it stands, as a word; after a letter it is no word of its own.
            whole = match[0].isdecimal() and not letter
            yield (start, start, spelt) if whole else (begins, match.end(), spelt)
    for match in _SPACED.finditer(folded):
        if not match.start() or not folded[match.start() - 1].isalnum():
            yield match.start(), match.start(), [(match[0].replace(" ", ""), ())]


def before_number(folded: str, earliest: int, start: int) -> tuple[bool, str, int]:
    """Whether a word for an article stands before the number at *start*, the letter of its book, and where it begins.

    >>> before_number("l'art. l. 226-2", 0, 10)
    (True, 'l', 2)
    """
    before = _BEFORE.search(folded, max(earliest, start - _LONGEST_BEFORE), start)
    return (bool(before["art"]), before["letter"] or "", before.start()) if before else (False, "", start)


def _spellings(parts: list[str], letter: str, *, art: bool) -> list[tuple[str, tuple[str, ...]]]:
    number, above = joined(parts), [joined(parts[:n]) for n in range(1, len(parts))]
    before = dict.fromkeys(((f"art{letter}", "art") if art else ()) + ((letter,) if letter else ()))
    if len(parts) > 1 or letter:
        before[""] = None
    spelt = [(one + number, tuple(one + short for short in above)) for one in before]
    if len(parts) > 2 and all(len(part) == 2 for part in parts):  # 01.42.34.56.78
        spelt.append(("".join(parts), ()))
    spelt += [(part, ()) for part in parts[1:] if len(part) == 4]  # a year
    return spelt


def joined(parts: Iterable[str]) -> str:
    """A number of several parts as one word.

    >>> joined(["226", "2", "1"])
    '226x2x1'
    """
    return "x".join(parts)


def stems(word: str, languages: Iterable[str] = PLATFORM) -> set[str]:
    """What *word* has in common with its other forms, in whichever of these languages it is."""
    if len(word) < SHORTEST_STEMMED or not word.isalpha():
        return set()
    return {stem(word, lang) for lang in languages if lang in ALGORITHMS}


@lru_cache(maxsize=_MEMORY)
def stem(word: str, lang: str) -> str:
    """*word*, folded, without the endings that its language gives it; in *lang* of ``ALGORITHMS``.

    >>> stem("auditions", "fr"), stem("interviewed", "en"), stem("kinder", "de")
    ('audit', 'interview', 'kind')
    """
    word = IRREGULAR.get((lang, word), word)
    if lang == "fr":
        word = _PARTICIPLE.sub("er", word)  # the stemmer looks for the accent, which is folded away
    with _STEMMING:
        stemmed: str = _stemmer(ALGORITHMS[lang]).stemWord(word)
    if lang == "el":
        stemmed = stemmed.removesuffix("ι")  # it leaves one to some genitives
    return stemmed or word


@cache
def _stemmer(algorithm: str) -> Any:
    import snowballstemmer  # takes a while, and many starts look for nothing

    return snowballstemmer.stemmer(algorithm)
