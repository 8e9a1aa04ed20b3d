"""Recognises a search in which somebody needs help, so that pages show first whom to call.

A search is short and hurried: *signaler un enfant en danger*, *my daughter was touched*. What tells of harm to the
writer, or asks whom to turn to, asks for help. Words of a trade (*protocol*, *training*) make the same words a
professional's search, and so do a post and a duty (*must a doctor report*). A number too many costs a line; one too
few may cost a child the call.

Who writes *I* or *my*, who types a telephone number, and whatever reads like a disclosure to ``guard`` asks for help
as well, unless there are words of a trade.

The words stand in ``help.toml``, one table for each language; they are read in each language apart.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from lanzarote import guard
from lanzarote.search.words import ALGORITHMS, SHORTEST_STEMMED, stem
from lanzarote.translation.folding import words as words_of

LONGEST: Final = 40
"""So many words of a search are read."""
IN_ANY_FORM: Final = frozenset(("harm", "child", "people", "post", "trade", "role"))
"""What these words say does not change with their endings; *report* asks for something else than *reporting*."""
NEAR: Final = 9
"""Between the writer and the harm there are fewer words."""
_SHORT: Final = 4
"""A shorter word only joins others: *sur*, *of*, *an*."""
OF_MANY: Final = frozenset(
    (
        *("we", "our", "us", "id", "notre", "nous", "nos", "wir", "uns", "unser", "unsere", "nuestra", "nuestro"),
        *("noi", "nostra", "m", "ma", "mes", "mi", "mine"),
    )
)
"""First persons that a working group writes, too, or that are words of another language."""
_NUMBER: Final = re.compile(r"1(?!9\d\d$)\d{2,3}|0\d\d|911|999|3[09]\d\d|116 ?\d{3}|[+0][\d ./()-]{8,18}")
"""A telephone number of a line or of an emergency service, typed alone; *1989* is a year."""
_HAN: Final = re.compile("[\u4e00-\u9fff]")
Phrases = Mapping[str, Sequence[tuple[str, ...]]]
"""By their first word."""


def asks_for_help(text: str) -> bool:
    """Whether somebody who searches for *text* seems to need help.

    >>> asks_for_help("signaler un enfant en danger"), asks_for_help("signalement : protocole")
    (True, False)
    """
    return door_for(text) is not None


def door_for(text: str) -> str | None:
    """The help page for somebody who searches for *text*: None if they seem to need none.

    >>> door_for("I was abused as a child"), door_for("attracted to kids"), door_for("119"), door_for("Barnahus")
    ('happened', 'fear', 'now', None)
    """
    asked = _words(text)[:LONGEST]
    told = [_Read(lang, asked) for lang in _lists()]
    rules = any(one.asks_for_rules() for one in told)
    role = any(one.role for one in told)
    if any(one.fear and not one.trade and not one.role for one in told):
        return "fear"
    if not (
        _NUMBER.fullmatch(text.strip())
        or any(one.needs_help(rules=rules) for one in told)
        or (not rules and not role and _sounds_like_it(text, told))
    ):
        return None
    return "happened" if any(one.past for one in told) else "now"


def _sounds_like_it(text: str, told: Sequence[_Read]) -> bool:
    """Whether it reads like a disclosure although no list holds its words."""
    if any(one.tells_of_somebody() for one in told) and guard.reads_like_disclosure(text):
        return True
    if any(one.trade for one in told):
        return False
    return (
        any(one.speaks_of_itself() for one in told)
        or guard.reads_like_disclosure(text)
        or (guard.may_be_disclosure(text) and not any(one.only_names_it() for one in told))
    )


class _Read:
    """What the words of a search say in one language."""

    def __init__(self, lang: str, words: Sequence[str]) -> None:
        exact, forms = tuple(words), tuple(_form(word, lang) for word in words)
        kinds = {
            kind: _places(forms if kind in IN_ANY_FORM else exact, phrases) for kind, phrases in _lists()[lang].items()
        }
        self.alone = any(
            place == 0 and phrase == exact for place, phrase in _phrases_at(exact, _lists()[lang]["alone"])
        )
        self.fear, self.past = kinds["fear"], kinds["past"]
        self.words = exact
        self.cry, self.me, self.harm, self.child = kinds["cry"], kinds["me"], kinds["harm"], kinds["child"]
        self.danger, self.role = kinds["danger"], kinds["role"]
        self.does, self.people = kinds["does"], kinds["people"]
        self.due, self.post, self.rules = kinds["due"], kinds["post"], kinds["rules"]
        self.act, self.ask, self.aid = kinds["act"], kinds["ask"], kinds["aid"]
        self.trade = [place for place in kinds["trade"] if place not in self.act]  # reporting, and I want to report

    def needs_help(self, *, rules: bool) -> bool:
        """*rules*: it is a question about rules, in whichever language it is one."""
        if self.trade or self.role:
            return False
        if self.cry or self.alone or (self.past and self.harm) or self._is_mine():
            return True
        if self.people or rules:
            return False
        if self.does and self.child:
            return True
        if self.act and (self.harm or self.aid):
            return True
        if self.child and self.danger:
            return True
        return bool((self.harm and (self.aid or (self.ask and self.child))) or (self.ask and self.act and self.me))

    def asks_for_rules(self) -> bool:
        """It asks what somebody with duties must or may do, or for how long: *does a doctor have to report*."""
        return bool(self.rules or (self.due and (self.people or self.post)))

    def tells_of_somebody(self) -> bool:
        """It is of the writer, and does not ask for something else."""
        return bool(self.me and (not self.ask or self.child or self.harm or self.act))

    def speaks_of_itself(self) -> bool:
        """The writer says *I* or *my*."""
        return any(self.words[place] not in OF_MANY for place in self.me)

    def only_names_it(self) -> bool:
        """Nothing but what it is called, and that it was done to a child, as a law says it: *viol sur mineur*."""
        said = {*self.harm, *self.child}
        return bool(self.harm and self.child) and all(
            place in said or len(word) < _SHORT for place, word in enumerate(self.words)
        )

    def _is_mine(self) -> bool:
        """Harm was done to the writer, or to a child whom the writer calls "my"."""
        return any(abs(me - harm) < NEAR for me in self.me for harm in self.harm)


def _places(words: tuple[str, ...], phrases: Phrases) -> list[int]:
    """Where one of *phrases* stands."""
    return [place for place, _ in _phrases_at(words, phrases)]


def _phrases_at(words: tuple[str, ...], phrases: Phrases) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Those of *phrases* that are in *words*, each with its place."""
    for place, word in enumerate(words):
        for phrase in phrases.get(word, ()):
            if words[place : place + len(phrase)] == phrase:
                yield place, phrase


@cache
def _lists() -> Mapping[str, Mapping[str, Phrases]]:
    data = tomllib.loads((files("lanzarote.search") / "help.toml").read_text("utf-8"))
    return {
        lang: {"alone": {}, "fear": {}, "past": {}}
        | {kind: _by_first_word(_phrases(told, kind, lang)) for kind, told in kinds.items()}
        for lang, kinds in data.items()
    }


def _by_first_word(phrases: Iterable[tuple[str, ...]]) -> Phrases:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in dict.fromkeys(phrases):
        found.setdefault(phrase[0], []).append(phrase)
    return found


def _phrases(told: str, kind: str, lang: str) -> list[tuple[str, ...]]:
    phrases = (_words(phrase) for phrase in told.split("|"))
    if kind in IN_ANY_FORM:
        return [tuple(_form(word, lang) for word in phrase) for phrase in phrases]
    return [tuple(phrase) for phrase in phrases]


def _words(text: str) -> list[str]:
    """Those of *text*; in Chinese, which has no blanks, each sign."""
    return words_of(_HAN.sub(r" \g<0> ", text))


def _form(word: str, lang: str) -> str:
    return stem(word, lang) if lang in ALGORITHMS and len(word) >= SHORTEST_STEMMED else word
