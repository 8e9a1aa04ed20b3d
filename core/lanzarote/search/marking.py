"""Marks what was looked for where it stands in a text: whole words, in any of their forms."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from lanzarote.search.asked import ENDS_OPEN, Alternatives
from lanzarote.search.words import ALGORITHMS, SHORTEST_STEMMED, stem
from lanzarote.translation.folding import JOINER, Span, bare, excerpt, found_in, mark, spelt, without_elisions

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Pieces = list[tuple[str, bool]]
_NUMBER: Final = re.compile(r"(?:art)?[lrd]?\d+(?:x[\da-z]+)*")
_BETWEEN: Final = r"[-. ]{1,2}"
SPACED_FROM: Final = 5
"""A number of so many figures may be written in groups."""


class Sought:
    """What was looked for: for each group of the question, what holds it."""

    def __init__(self, groups: Sequence[Alternatives] = ()) -> None:
        self.groups = groups
        self._words: dict[str, set[int]] = {}
        self._open: list[tuple[str, int]] = []
        self._phrases: list[tuple[int, int, int]] = []
        """(first number of its words, one behind the last, group)"""
        self._group_of: list[int] = []
        """For each number that stands for a word looked for, its group."""
        numbers: dict[str, int] = {}
        for group, phrases in enumerate(groups):
            for phrase in phrases:
                first = len(self._group_of)
                for form in phrase:
                    number = len(self._group_of)
                    self._group_of.append(group)
                    for token in form:
                        if token.endswith(ENDS_OPEN):
                            self._open.append((token[:-1], number))
                        else:
                            self._words.setdefault(token, set()).add(number)
                            if token[-1:].isdigit() and _NUMBER.fullmatch(token):
                                numbers.setdefault(_as_written(token), number)
                if len(phrase) > 1:
                    self._phrases.append((first, len(self._group_of), group))
        self._numbers = re.compile("|".join(f"({one})" for one in numbers)) if numbers else None
        self._number_of = list(numbers.values())
        # What any form begins with: most texts of a list hold nothing of it, which is seen at once.
        self._signs: Collection[str] = {_sign(token) for token in self._words} | {token for token, _ in self._open}
        # One that begins with another says nothing more.
        ordered: list[str] = []
        for one in sorted(self._signs):
            if not ordered or not one.startswith(ordered[-1]):
                ordered.append(one)
        self._signs = ordered
        begins = "|".join(map(spelt, ordered)) or "(?!)"
        self._candidates = re.compile(rf"(?=(?:{begins}))([^\W_]+)(?:{JOINER}{{1,2}}[^\W_]+)*")

    def __bool__(self) -> bool:
        return bool(self.groups)

    def mark(self, text: str, lang: str) -> Pieces:
        """Cut *text* of the language *lang* into pieces, those marked that were looked for."""
        return mark(text, lambda folded: self._find(folded, lang))

    def excerpt(self, text: str, lang: str, width: int = 220) -> Pieces:
        """The most telling part of *text*, marked."""
        return excerpt(text, lambda folded: self._find(folded, lang), width)

    def held(self, text: str, lang: str) -> set[int]:
        """Numbers of the groups that *text* holds."""
        return {group for _, _, group in found_in(text, lambda folded: self._find(folded, lang))}

    @cached_property
    def as_written(self) -> Sought:
        """The same in the words of the question alone."""
        return Sought([group[:1] for group in self.groups])

    def _find(self, folded: str, lang: str) -> list[Span]:
        letters = bare(folded)
        if not any(sign in letters for sign in self._signs):
            return []
        found: list[tuple[int, int, Collection[int]]] = []
        parted = without_elisions(folded)
        candidate = self._candidates.search(parted)
        while candidate:
            start, end = candidate.span()
            one = candidate[0]
            numbers = () if one.isalnum() else self._numbers_of(bare(one), lang)
            if not numbers:
                end = candidate.end(1)
                numbers = self._numbers_of(candidate[1], lang)
            if numbers:
                found.append((start, end, numbers))
            candidate = self._candidates.search(parted, end)
        if self._numbers:
            known = [(start, end) for start, end, _ in found]
            found += (
                (*match.span(), {self._number_of[(match.lastindex or 1) - 1]})
                for match in self._numbers.finditer(folded)
                if not any(start < match.end() and match.start() < end for start, end in known)
            )
            found.sort(key=lambda one: one[0])
        if not self._phrases:
            return [(start, end, self._group_of[min(numbers)]) for start, end, numbers in found]
        return [(start, end, group) for start, end, numbers in found for group in self._groups(numbers, found)[:1]]

    def _numbers_of(self, word: str, lang: str) -> set[int]:
        numbers = self._words.get(word, set())
        if len(word) >= SHORTEST_STEMMED and lang in ALGORITHMS and word.isalpha():
            numbers = numbers | self._words.get(stem(word, lang), set())
        if self._open:
            numbers = numbers | {number for begins, number in self._open if word.startswith(begins)}
        return numbers

    def _groups(self, numbers: Collection[int], found: Sequence[tuple[int, int, Collection[int]]]) -> list[int]:
        """Groups that are held by these words looked for; a phrase only where all of it is there."""
        held: set[int] | None = None
        groups = set()
        for number in numbers:
            phrase = next((one for one in self._phrases if one[0] <= number < one[1]), None)
            if phrase is None:
                groups.add(self._group_of[number])
                continue
            if held is None:
                held = {one for _, _, some in found for one in some}
            if held.issuperset(range(*phrase[:2])):
                groups.add(phrase[2])
        return sorted(groups)


def _as_written(number: str) -> str:
    """How a number of the index may be written: 706x52 as 706-52, 116000 as 116 000."""
    figures = number.removeprefix("art").lstrip("lrd")
    if "x" in figures:
        said = _BETWEEN.join(figures.split("x"))
    elif len(figures) >= SPACED_FROM:
        said = "[ .]?".join(figures)
    else:
        said = figures
    return rf"(?<![^\W_])[lrd]?{said}(?![^\W_])"


def _sign(token: str) -> str:
    """Letters that stand in any text that holds a form of *token*."""
    if _NUMBER.fullmatch(token):
        return re.split("x", token.removeprefix("art").lstrip("lrd"))[0][:2]
    return token[: max(3, len(token) - 1)]
