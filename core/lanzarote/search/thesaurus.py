"""Which words mean the same: the platform's thesaurus (``thesaurus.toml``) and the synonyms that a region adds to it.

A concept has words in many languages. Whoever asks with one of them finds what is said with any other. Words of a
question are recognised in all languages and in all forms, the longest phrase first; they are looked for in the
languages of the texts alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from msgspec import Struct

from lanzarote.runtime.reading import converted
from lanzarote.search.asked import GENERAL, LANGUAGES, OFTEN, TALK, TELLING, Said, forms_in, stop_words
from lanzarote.search.inflection import beginning_of, common_form, is_form
from lanzarote.search.turns import meant_together
from lanzarote.translation.folding import asked_words, fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from lanzarote.search.asked import Alternatives
    from lanzarote.types import Synonyms

CHILD: Final = "child"
NEGATIONS: Final = frozenset(
    ["non", "not", "no", "nicht", "nao", "nie", "niet", "gan", "не", "без", "ohne", "sans", "without"]
)


class Concept(Struct, frozen=True, kw_only=True):
    """Words that find each other."""

    words: Mapping[str, tuple[str, ...]]
    """Language → words and phrases, as one writes them."""
    related: tuple[str, ...] = ()
    """Concepts that are looked for where nothing says this one."""
    asked: Mapping[str, tuple[str, ...]] = {}
    """What is meant where somebody asks, and says other things as well in a text: it is not looked for."""
    general: bool = False
    """It says little of the subject alone: a school, the police."""
    anywhere: bool = False
    """Texts on any subject have it, a training or a lawyer: a question that names it need not be about this one."""
    shared: tuple[str, ...] = ()
    """Words, folded, that another concept has as well."""


class _Phrase(NamedTuple):
    words: tuple[str, ...]
    """Folded; without words that stand in every sentence unless *literal*."""
    lang: str
    concept: str
    literal: bool
    """There would be one word left without these: it is recognised as it is written, and not looked for."""
    looked_for: bool
    regional: bool = False


class _Match(NamedTuple):
    size: int
    start: int
    end: int
    exact: bool
    concept: str
    lang: str


class Phrases:
    """Phrases, found by what they begin with and by their concept."""

    def __init__(self, phrases: Iterable[_Phrase]) -> None:
        # Stems take long: they are worked out for likely phrases, not for all.
        self.by_beginning: dict[str, dict[str, list[_Phrase]]] = {}
        """Language → what first words begin with → phrases."""
        self.of_concept: dict[str, list[_Phrase]] = {}
        for phrase in phrases:
            begun = self.by_beginning.setdefault(phrase.lang, {})
            begun.setdefault(beginning_of(phrase.words[0], phrase.lang), []).append(phrase)
            self.of_concept.setdefault(phrase.concept, []).append(phrase)

    def beginning(self, lang: str, beginning: str) -> Sequence[_Phrase]:
        return self.by_beginning.get(lang, {}).get(beginning, ())


class Concepts(dict[str, Concept]):
    """Concepts by key, with what is read of their words once, however many regions add words of their own."""

    @cached_property
    def named(self) -> Phrases:
        return Phrases(_phrases(self, "words"))

    @cached_property
    def asked(self) -> Phrases:
        """What is meant where somebody asks, and is not looked for."""
        return Phrases(phrase._replace(looked_for=False) for phrase in _phrases(self, "asked"))

    def general(self, lang: str) -> frozenset[tuple[str, str]]:
        """(language, form) of words that say little by themselves."""
        found = self._general.get(lang)
        if found is None:
            words = {one.words[0] for one in self._alone if one.lang == lang and self[one.concept].general}
            found = self._general[lang] = frozenset(common_form(word, lang) for word in words | general_words())
        return found

    @cached_property
    def _general(self) -> dict[str, frozenset[tuple[str, str]]]:
        return {}

    @cached_property
    def _alone(self) -> tuple[_Phrase, ...]:
        found = chain.from_iterable((*self.named.of_concept.values(), *self.asked.of_concept.values()))
        return tuple(one for one in found if len(one.words) == 1)


class Thesaurus:
    """What *concepts* and *synonyms* say, as one looks for it in texts of *languages*."""

    def __init__(
        self,
        concepts: Concepts,
        synonyms: Mapping[str, Synonyms] = {},
        languages: Collection[str] = LANGUAGES,
        places: Iterable[str] = (),
    ) -> None:
        """*places*: names of the regions, which tell nothing there."""
        self.concepts, self._languages = concepts, frozenset(languages)
        self._own = Phrases(_own_phrases(concepts, synonyms))
        self._all = (concepts.named, self._own, concepts.asked)
        self._known_forms: dict[str, Alternatives] = {}
        self._general = general_words()
        self._places = frozenset(word for place in places for word in asked_words(place))

    def alternatives(self, words: Sequence[str]) -> tuple[Said, ...]:
        """For each of *words*, folded, what means the same; a word of a phrase finds what the phrase finds.

        >>> [said.written for said in platform().alternatives(["cybergrooming", "im", "netz"])]
        [('cybergrooming',), ('im',), ('netz',)]
        """
        matches = list(self._matches(words))
        spoken = _spoken(words, matches)
        abroad = bool(spoken) and spoken.isdisjoint(self._languages)
        named, alone = self._named(matches, len(words))
        said = [self._said(word, named[place], alone[place], abroad=abroad) for place, word in enumerate(words)]
        return (*said, *self._meant(words, named, spoken))

    def meant(self, words: Sequence[str], keys: Iterable[str]) -> tuple[Said, ...]:
        """The concepts *keys*, as what *words* mean."""
        others = self._looked_for(keys)
        return (Said(written=tuple(words), others=others, named=True, meant=True),) if others else ()

    def _meant(self, words: Sequence[str], named: Sequence[Collection[str]], spoken: Collection[str]) -> Iterator[Said]:
        for places, concepts in meant_together(words, named, spoken):
            yield from self.meant([words[place] for place in places], concepts)

    def concepts_of(self, words: Sequence[str]) -> list[str]:
        """What *words* name, in their order."""
        named, _ = self._named(list(self._matches(words)), len(words))
        return list(dict.fromkeys(concept for some in named for concept in some))

    def _said(self, word: str, named: Collection[str], alone: Collection[str], *, abroad: bool) -> Said:
        more = [key for key in alone if key not in named and not self._is_general(key)]
        keys = [*named, *more]
        related = dict.fromkeys(
            other for key in keys if key in self.concepts for other in self.concepts[key].related if other not in keys
        )
        return Said(
            written=(word,),
            others=self._looked_for(keys),
            related=self._looked_for(related),
            tells=self._tells(word, keys, in_phrase=bool(set(named) - set(alone))),
            named=any(not self._is_anywhere(key) for key in keys),
            abroad=abroad,
        )

    def _tells(self, word: str, keys: Sequence[str], *, in_phrase: bool) -> int:
        if in_phrase or (keys and word not in self._general):
            return OFTEN if all(map(self._is_general, keys)) else TELLING
        if word in self._places or is_talk(word):
            return TALK
        return GENERAL if word in self._general else TELLING

    def _is_general(self, key: str) -> bool:
        return key in self.concepts and self.concepts[key].general

    def _is_anywhere(self, key: str) -> bool:
        return self._is_general(key) or (key in self.concepts and self.concepts[key].anywhere)

    def _looked_for(self, keys: Iterable[str]) -> Alternatives:
        return tuple(dict.fromkeys(phrase for key in keys for phrase in self.forms_of(key)))

    def forms_of(self, key: str) -> Alternatives:
        """The phrases of a concept in the languages of the texts, the longest first."""
        found = self._known_forms.get(key)
        if found is None:
            phrases = sorted(
                filter(
                    self._is_looked_for,
                    (*self.concepts.named.of_concept.get(key, ()), *self._own.of_concept.get(key, ())),
                ),
                key=lambda one: -len(one.words),
            )
            found = tuple(tuple(forms_in(word, one.lang) for word in one.words) for one in phrases)
            self._known_forms[key] = found
        return found

    def _is_looked_for(self, phrase: _Phrase) -> bool:
        return phrase.looked_for and phrase.lang in self._languages and self._stands_apart(phrase)

    def _stands_apart(self, phrase: _Phrase) -> bool:
        """A text that holds all words of the phrase says it; *information*, *for* and *children* are in most."""
        distinct = set(phrase.words)
        if len(phrase.words) == 1 or phrase.regional:
            return True
        return len(distinct) > 1 and not all(self._is_common(common_form(word, phrase.lang)) for word in distinct)

    def _is_common(self, form: tuple[str, str]) -> bool:
        """Whether (language, form) is of a word that is general by itself."""
        return form in self.concepts.general(form[0]) or form in self._own_common

    @cached_property
    def _own_common(self) -> frozenset[tuple[str, str]]:
        told = {(lang, word) for word in self._places for lang in self._languages}
        for key, phrases in self._own.of_concept.items():
            if self._is_general(key):
                told |= {(one.lang, one.words[0]) for one in phrases if len(one.words) == 1}
        return frozenset(common_form(word, lang) for lang, word in told)

    @cached_property
    def _children(self) -> frozenset[str]:
        """Words for a child, which may stand inside any phrase: the interview of a child as a witness."""
        of = self.concepts[CHILD].words.values() if CHILD in self.concepts else ()
        return frozenset(word for phrases in of for text in phrases for word in asked_words(text))

    def _named(self, matches: Iterable[_Match], count: int) -> tuple[list[Collection[str]], list[Collection[str]]]:
        """For each of *count* words: concepts of the longest phrase that it is in; those that it names by itself."""
        matches = sorted(matches, key=lambda one: (-one.size, one.start, not one.exact))
        named: list[dict[str, None]] = [{} for _ in range(count)]
        alone: list[dict[str, None]] = [{} for _ in range(count)]
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
        for lang in dict.fromkeys((*self.concepts.named.by_beginning, *self._own.by_beginning)):
            every = list(range(len(words)))
            telling = [place for place in every if not _is_small(words[place], lang)]
            without = [place for place in telling if words[place] not in self._children]
            tried = [(telling, False), (every, True), *([(without, False)] if len(without) < len(telling) else ())]
            for places, literal in tried:
                for first, place in enumerate(places):
                    yield from self._matches_at(words, places[first:], place, lang, literal=literal)

    def _matches_at(
        self, words: Sequence[str], places: Sequence[int], start: int, lang: str, *, literal: bool
    ) -> Iterator[_Match]:
        beginning = beginning_of(words[start], lang)
        for phrase in chain.from_iterable(known.beginning(lang, beginning) for known in self._all):
            here = places[: len(phrase.words)]
            asked = tuple(words[place] for place in here)
            if phrase.literal is not literal or len(asked) < len(phrase.words):
                continue
            if all(is_form(one, word, lang) for one, word in zip(asked, phrase.words, strict=True)):
                size = max(len(set(phrase.words) - stop_words(lang)), 2 if literal else 1)
                yield _Match(size, start, here[-1] + 1, asked == phrase.words, phrase.concept, lang)


def _phrases(concepts: Concepts, which: Literal["words", "asked"]) -> Iterator[_Phrase]:
    for key, concept in concepts.items():
        for lang, phrases in getattr(concept, which).items():
            yield from (_phrase(text, lang, key) for text in phrases)


def _own_phrases(concepts: Concepts, synonyms: Mapping[str, Synonyms]) -> Iterator[_Phrase]:
    for key, synonym in synonyms.items():
        joined = synonym.concept if synonym.concept and synonym.concept in concepts else f"+{key}"
        for lang, phrases in synonym.words.items():
            yield from (_phrase(text, lang, joined)._replace(regional=True) for text in phrases)


def _phrase(text: str, lang: str, concept: str) -> _Phrase:
    words = asked_words(text)
    telling = tuple(word for word in words if not _is_small(word, lang) and (len(word) > 1 or word.isdigit()))
    single = len(telling) < min(2, len(words))
    literal = single and len(words) > 1
    return _Phrase(tuple(words) if single else telling, lang, concept, literal, looked_for=not literal)


def _is_small(word: str, lang: str) -> bool:
    """Whether a phrase says the same without *word*."""
    return word in stop_words(lang) and word not in NEGATIONS


def _spoken(words: Sequence[str], matches: Iterable[_Match]) -> frozenset[str]:
    """Languages in which most of *words* are known."""
    known = {lang: {place for place, word in enumerate(words) if word in stop_words(lang)} for lang in LANGUAGES}
    for match in matches:
        known.setdefault(match.lang, set()).update(range(match.start, match.end))
    most = max(map(len, known.values()))
    return frozenset(lang for lang, places in known.items() if most and len(places) == most)


@cache
def concepts() -> Concepts:
    """What the platform's thesaurus says."""
    data = tomllib.loads((files("lanzarote.search") / "thesaurus.toml").read_text("utf-8"))
    return Concepts((key, _concept(table)) for key, table in data.items())


def _concept(table: Mapping[str, Any]) -> Concept:
    names = Concept.__struct_fields__
    return converted(
        {name: value for name, value in table.items() if name in names}
        | {"words": {lang: phrases for lang, phrases in table.items() if lang not in names}},
        Concept,
    )


@cache
def general_words() -> frozenset[str]:
    """Words, folded, that stand in texts on any subject."""
    data = tomllib.loads((files("lanzarote.search") / "general.toml").read_text("utf-8"))
    return frozenset(word for words in data.values() for word in fold(words).split())


def is_talk(word: str) -> bool:
    """Whether *word*, folded, is one with which people talk whatever about.

    >>> is_talk("happened"), is_talk("racontait"), is_talk("hearing")
    (True, True, False)
    """
    return any(common_form(word, lang) in _talk() for lang in LANGUAGES)


@cache
def _talk() -> frozenset[tuple[str, str]]:
    data = tomllib.loads((files("lanzarote.search") / "talk.toml").read_text("utf-8"))
    return frozenset(common_form(word, lang) for lang, words in data.items() for word in fold(words).split())


@cache
def platform() -> Thesaurus:
    """The platform's thesaurus alone."""
    return Thesaurus(concepts())
