"""Turns of speech (``turns.toml``): what several things mean together, though none of the words says it."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from lanzarote.search.asked import stop_words
from lanzarote.search.inflection import beginning_of, is_form
from lanzarote.translation.folding import asked_words


class Turn(NamedTuple):
    when: tuple[tuple[str, ...], ...]
    """Concepts and lists of words: of each of these, one must be there."""
    unless: tuple[str, ...]
    """None of these may be there."""
    means: tuple[str, ...]
    """Concepts."""


def meant_together(
    words: Sequence[str], named: Sequence[Collection[str]], spoken: Collection[str]
) -> Iterator[tuple[list[int], list[str]]]:
    """Places of *words* and the concepts that these mean together, beside those that each of them is *named* by.

    *spoken*: languages that the question seems to be in.
    """
    places: dict[str, set[int]] = defaultdict(set)
    for place, keys in enumerate(named):
        for key in keys:
            places[key].add(place)
    for key, found in _listed(words, spoken).items():
        places[key] |= found
    done = {key for keys in named for key in keys}
    for turn in _turns():
        if any(places.get(key) for key in turn.unless):
            continue
        said = [set[int]().union(*(places.get(key, ()) for key in one)) for one in turn.when]
        more = [key for key in turn.means if key not in done]
        if more and all(said) and _apart(said):
            done |= set(more)
            yield sorted(set[int]().union(*said)), more


def _apart(found: Sequence[set[int]]) -> bool:
    """Whether each of these is said by a word of its own."""
    return len(found) == 1 or any(_apart([one - {place} for one in found[1:]]) for place in found[0])


def _listed(words: Sequence[str], spoken: Collection[str]) -> Mapping[str, set[int]]:
    """Places of the words of each list; of one that is small elsewhere, in its language alone."""
    found: dict[str, set[int]] = defaultdict(set)
    for lang, begun in _lists().items():
        for start, word in enumerate(words):
            for key, phrase in begun.get(beginning_of(word, lang), ()):
                if len(phrase) == 1 and word in stop_words() and lang not in spoken:
                    continue
                here = words[start : start + len(phrase)]
                if len(here) == len(phrase) and all(map(is_form, here, phrase, [lang] * len(phrase))):
                    found[key] |= {*range(start, start + len(phrase))}
    return found


@cache
def _turns() -> tuple[Turn, ...]:
    return tuple(
        Turn(
            tuple(tuple(key.strip() for key in one.split("|")) for one in turn["when"]),
            tuple(turn.get("unless", ())),
            tuple(turn["means"]),
        )
        for turn in _file()["turns"]
    )


@cache
def _lists() -> Mapping[str, Mapping[str, list[tuple[str, tuple[str, ...]]]]]:
    """Language → what first words begin with → the list and phrase."""
    found: dict[str, dict[str, list[tuple[str, tuple[str, ...]]]]] = defaultdict(lambda: defaultdict(list))
    for key, words in _file()["words"].items():
        for lang, told in words.items():
            for phrase in told.split("|"):
                folded = tuple(asked_words(phrase))
                found[lang][beginning_of(folded[0], lang)].append((key, folded))
    return found


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads((files("lanzarote.search") / "turns.toml").read_text("utf-8"))
