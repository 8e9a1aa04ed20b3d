"""Which words mean the same: the platform's thesaurus (``thesaurus.toml``) and the synonyms that a region adds to it.

A concept has words in many languages. Whoever asks with one of them finds what is said with any other. Words of a
question are recognised in all languages and in all forms, the longest phrase first; they are looked for in the
languages of the texts alone.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec import Struct

from lanzarote.folding import asked_words, fold
from lanzarote.search.asked import WITHOUT_STEMS, Said, forms_in, stop_words
from lanzarote.search.words import ALGORITHMS, SHORTEST_STEMMED, stem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from lanzarote.search.asked import Alternatives, Form

LANGUAGES: Final = ("fr", "en", "is", "de", "es", "it", "pl", "pt", "ga", "el", "uk", "tr")
"""Every concept has words in these."""
BEGINNING: Final = 4
"""So many letters at least tell a word of a language without stems."""
ENDING: Final = 2
"""So many letters at the end of such a word may be others in another of its forms."""
LONG: Final = 9
"""Words of so many letters lose one more."""
LONGEST_ENDING: Final = 4


class Concept(Struct, frozen=True, kw_only=True):
    """Words that find each other."""

    words: Mapping[str, tuple[str, ...]]
    """Language → words and phrases, as one writes them."""
    related: tuple[str, ...] = ()
    """Concepts that are looked for where nothing says this one."""
    general: bool = False
    """It says nothing of the subject alone: a school, the police."""
    shared: tuple[str, ...] = ()
    """Words, folded, that another concept has as well."""


class Synonym(Struct, frozen=True, kw_only=True):
    """Words that a region adds."""

    words: Mapping[str, tuple[str, ...]]
    concept: str = ""
    """To these of the platform; empty: they find one another."""


class _Phrase(NamedTuple):
    words: tuple[str, ...]
    """Folded; without words that stand in every sentence unless *literal*."""
    lang: str
    concept: str
    literal: bool
    """There would be one word left without these: it is recognised as it is written, and not looked for."""


class _Match(NamedTuple):
    size: int
    start: int
    end: int
    exact: bool
    concept: str


class Thesaurus:
    """What *concepts* and *synonyms* say, as one looks for it in texts of *languages*."""

    def __init__(
        self,
        concepts: Mapping[str, Concept],
        synonyms: Mapping[str, Synonym] = {},
        languages: Collection[str] = LANGUAGES,
        places: Iterable[str] = (),
    ) -> None:
        """*places*: names of the regions, which tell nothing there."""
        self.concepts, self._synonyms, self._languages = concepts, synonyms, frozenset(languages)
        self._general = general_words() | {word for place in places for word in asked_words(place)}

    def alternatives(self, words: Sequence[str]) -> tuple[Said, ...]:
        """For each of *words*, folded, what means the same; a word of a phrase finds what the phrase finds.

        >>> [said.written for said in platform().alternatives(["cybergrooming", "im", "netz"])]
        [('cybergrooming',), ('im',), ('netz',)]
        """
        named, alone = self._named(words)
        return tuple(self._said(word, named[place], alone[place]) for place, word in enumerate(words))

    def concepts_of(self, words: Sequence[str]) -> list[str]:
        """What *words* name, in their order."""
        named, _ = self._named(words)
        return list(dict.fromkeys(concept for some in named for concept in some))

    def _said(self, word: str, named: Collection[str], alone: Collection[str]) -> Said:
        more = [key for key in alone if key not in named and not self._is_general(key)]
        keys = [*named, *more]
        related = dict.fromkeys(
            other for key in keys if key in self.concepts for other in self.concepts[key].related if other not in keys
        )
        return Said(
            written=(word,),
            others=self._looked_for(keys),
            related=self._looked_for(related),
            general=all(map(self._is_general, keys)) if keys else word in self._general,
        )

    def _is_general(self, key: str) -> bool:
        return key in self.concepts and self.concepts[key].general

    def _looked_for(self, keys: Iterable[str]) -> Alternatives:
        return tuple(dict.fromkeys(phrase for key in keys for phrase in self._forms.get(key, ())))

    @cached_property
    def _forms(self) -> Mapping[str, tuple[tuple[Form, ...], ...]]:
        """Concept → its phrases in the languages of the texts, the longest first."""
        found: dict[str, list[_Phrase]] = defaultdict(list)
        for phrase in self._phrases:
            if not phrase.literal and phrase.lang in self._languages:
                found[phrase.concept].append(phrase)
        return {
            key: tuple(
                tuple(forms_in(word, phrase.lang) for word in phrase.words)
                for phrase in sorted(phrases, key=lambda one: -len(one.words))
            )
            for key, phrases in found.items()
        }

    @cached_property
    def _phrases(self) -> tuple[_Phrase, ...]:
        return tuple(_read(self.concepts, self._synonyms))

    @cached_property
    def _by_beginning(self) -> Mapping[str, Mapping[str, list[_Phrase]]]:
        """Language → what first words begin with → phrases. Stems take long: they are worked out for likely ones."""
        found: dict[str, dict[str, list[_Phrase]]] = defaultdict(lambda: defaultdict(list))
        for phrase in self._phrases:
            found[phrase.lang][_beginning(phrase.words[0], phrase.lang)].append(phrase)
        return found

    def _named(self, words: Sequence[str]) -> tuple[list[Collection[str]], list[Collection[str]]]:
        """For each word: concepts of the longest phrase that it is in; those that it names by itself."""
        matches = sorted(self._matches(words), key=lambda one: (-one.size, one.start, not one.exact))
        named: list[dict[str, None]] = [{} for _ in words]
        alone: list[dict[str, None]] = [{} for _ in words]
        taken: dict[int, _Match] = {}
        single: dict[int, bool] = {}
        for match in matches:
            if match.size == 1 and single.setdefault(match.start, match.exact) == match.exact:
                alone[match.start][match.concept] = None
            places = range(match.start, match.end)
            before = {taken.get(place) for place in places}
            first = next(iter(before))
            if before == {None} or (
                first is not None
                and before == {first}
                and (first.start, first.end, first.exact) == (match.start, match.end, match.exact)
            ):
                for place in places:
                    taken.setdefault(place, match)
                    named[place][match.concept] = None
        return list(named), list(alone)

    def _matches(self, words: Sequence[str]) -> Iterator[_Match]:
        for lang in self._by_beginning:
            every = list(range(len(words)))
            telling = [place for place in every if words[place] not in stop_words(lang)]
            for places, literal in ((telling, False), (every, True)):
                for first, place in enumerate(places):
                    yield from self._matches_at(words, places[first:], place, lang, literal=literal)

    def _matches_at(
        self, words: Sequence[str], places: Sequence[int], start: int, lang: str, *, literal: bool
    ) -> Iterator[_Match]:
        for phrase in self._by_beginning[lang].get(_beginning(words[start], lang), ()):
            here = places[: len(phrase.words)]
            asked = tuple(words[place] for place in here)
            if phrase.literal is not literal or len(asked) < len(phrase.words):
                continue
            if all(_is_form(one, word, lang) for one, word in zip(asked, phrase.words, strict=True)):
                size = max(len(set(phrase.words) - stop_words(lang)), 2 if literal else 1)
                yield _Match(size, start, here[-1] + 1, asked == phrase.words, phrase.concept)


def _read(concepts: Mapping[str, Concept], synonyms: Mapping[str, Synonym]) -> Iterator[_Phrase]:
    told: list[tuple[str, Mapping[str, tuple[str, ...]]]] = [(key, one.words) for key, one in concepts.items()]
    for key, synonym in synonyms.items():
        told.append((synonym.concept if synonym.concept in concepts else f"+{key}", synonym.words))
    for key, words in told:
        for lang, phrases in words.items():
            yield from (_phrase(text, lang, key) for text in phrases)


def _phrase(text: str, lang: str, concept: str) -> _Phrase:
    words = asked_words(text)
    telling = tuple(word for word in words if word not in stop_words(lang) and (len(word) > 1 or word.isdigit()))
    literal = len(telling) < min(2, len(words))
    return _Phrase(tuple(words) if literal else telling, lang, concept, literal and len(words) > 1)


def _beginning(word: str, lang: str) -> str:
    """What all forms of *word* begin with; in Irish that changes, too."""
    return (stem(word, lang) if lang == "ga" else word)[: BEGINNING - 1]


def _is_form(asked: str, word: str, lang: str) -> bool:
    """Whether *asked* is a form of *word*."""
    if asked == word:
        return True
    if len(asked) < SHORTEST_STEMMED or len(word) < SHORTEST_STEMMED:
        return False
    if lang in WITHOUT_STEMS:
        same = word[: max(BEGINNING, len(word) - (ENDING if len(word) < LONG else ENDING + 1))]
        return asked.startswith(same) and len(asked) <= len(word) + LONGEST_ENDING
    if lang not in ALGORITHMS:
        return False
    one, other = stem(asked, lang), stem(word, lang)
    # The stemmer leaves an iota to some Greek genitives.
    return one == other or (lang == "el" and one.removesuffix("ι") == other.removesuffix("ι"))


@cache
def concepts() -> Mapping[str, Concept]:
    """What the platform's thesaurus says."""
    data = tomllib.loads((files("lanzarote.search") / "thesaurus.toml").read_text("utf-8"))
    return {key: _concept(table) for key, table in data.items()}


def _concept(table: Mapping[str, Any]) -> Concept:
    words = {lang: tuple(phrases) for lang, phrases in table.items() if lang not in Concept.__struct_fields__}
    told = {name: value for name, value in table.items() if name not in words}
    told |= {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
    return Concept(words=words, **told)


@cache
def general_words() -> frozenset[str]:
    """Words, folded, that stand in texts on any subject."""
    data = tomllib.loads((files("lanzarote.search") / "general.toml").read_text("utf-8"))
    return frozenset(word for words in data.values() for word in fold(words).split())


@cache
def platform() -> Thesaurus:
    """The platform's thesaurus alone."""
    return Thesaurus(concepts())


def alternatives(words: Sequence[str]) -> tuple[Said, ...]:
    """As ``Thesaurus.alternatives``, of the platform alone."""
    return platform().alternatives(words)
