"""Looks at the synonyms of a region: each word once, concepts that there are, words that something is found by."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from lanzarote.regions.check_ways import nearest
from lanzarote.regions.walking import values_of, walk
from lanzarote.search.asked import stop_words
from lanzarote.search.thesaurus import concepts
from lanzarote.search.words import SHORTEST_STEMMED, stems
from lanzarote.translation.folding import asked_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.regions.content import Content

FILE = "synonyms.toml"
IN_USE = "synonyms-in-use"
"""The rule of the quality scale that something is found by every word."""


def check_synonyms(content: Content) -> None:
    """Add to ``content.problems`` what is wrong with the synonyms."""
    known: dict[tuple[str, ...], str] = {}
    texts = _Texts(content)
    for key, entry in content.synonyms.items():
        if entry.concept and entry.concept not in concepts():
            told = f"{entry.concept!r} is no concept of the platform's thesaurus; {nearest(entry.concept, concepts())}"
            content.problem(FILE, (key, "concept"), told)
        for lang, words in entry.words.items():
            for number, word in enumerate(words):
                path = (key, "words", lang, number)
                folded = tuple(asked_words(word))
                if not folded:
                    content.problem(FILE, path, f"{word!r} holds no word")
                elif folded in known:
                    where = "here" if known[folded] == key else f"in {known[folded]!r}"
                    told = f"{word!r} is {where} already; a word says one thing, take one of them out"
                    content.problem(FILE, path, told)
                elif not content.unread and not texts.hold(folded, lang):
                    told = f"{word!r} is in no text of this folder; only the other words of its entry find something"
                    content.problem(FILE, path, told, rule=IN_USE)
                known.setdefault(folded, key)


class _Texts:
    """Everything that the folder says, as words."""

    def __init__(self, content: Content) -> None:
        self._content = content

    def hold(self, words: tuple[str, ...], lang: str) -> bool:
        """Whether one text holds all *words*, in any of their forms."""
        wanted = [stems(word, (lang,)) or {word} for word in words if word not in stop_words(lang)]
        return any(all(one & text for one in wanted) for text in self._by_language(lang))

    def _by_language(self, lang: str) -> list[set[str]]:
        if lang not in self._known:
            self._known[lang] = [_forms(text, lang) for text in self._strings]
        return self._known[lang]

    @cached_property
    def _known(self) -> dict[str, list[set[str]]]:
        return {}

    @cached_property
    def _strings(self) -> list[str]:
        return list(_strings(self._content))


def _forms(text: str, lang: str) -> set[str]:
    words = set(asked_words(text))
    return words.union(*(stems(word, (lang,)) for word in words if len(word) >= SHORTEST_STEMMED))


def _strings(content: Content) -> Iterator[str]:
    for file, start, value in values_of(content):
        if file != FILE:
            yield from (found for _, found in walk(value, start) if isinstance(found, str))
    for law in (*content.instruments.values(), *content.provisions.values()):
        yield from (found for _, found in walk(law, ()) if isinstance(found, str))
