"""What is asked: the words of a question as groups of alternatives, without those that stand in every sentence.

A record holds a group if it holds one of its alternatives, and an alternative if it holds all of its words. A word is
held in any of its forms. Where nothing holds a word at all, what begins with it counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lanzarote.search.words import ALGORITHMS, PLATFORM, before_number, joined, stems
from lanzarote.translation.folding import asked_words, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TALK, GENERAL, OFTEN, TELLING = range(4)
"""How much a word tells: nothing; little, since it stands in texts on any subject; little of this one; what it says."""
BARE, NUMBERED = 1, 2
ENDS_OPEN: Final = "*"
"""At the end of what words begin with."""
Form = tuple[str, ...]
"""Words and stems in the index, any of which is a form of the word asked for."""
Alternatives = tuple[tuple[Form, ...], ...]
"""Phrases, any of which will do; of a phrase all words, in any form."""
MOST_GROUPS: Final = 10
LONGEST: Final = 500
"""Letters of a question that are read."""
SENTENCE: Final = 7
"""So many words at least are a sentence."""
LONGEST_WORD: Final = 40
OPEN_FROM: Final = 5
"""So long are words of languages without stems that are found by a beginning shorter than themselves."""
WITHOUT_STEMS: Final = frozenset({"is", "uk"})
LANGUAGES: Final = (*PLATFORM, *sorted(WITHOUT_STEMS))
_NUMBER: Final = re.compile(r"\d+(?:[-. ]+\d+)*(?:[-.][a-z](?![^\W_]))?(?![^\W_])")
_YEAR: Final = re.compile("(?:19|20)[0-9]{2}")
_GAP: Final = re.compile("[-. ]+")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]+")


class Said(Struct, frozen=True, kw_only=True):
    """A thing that is asked for, and how else it is said."""

    written: tuple[str, ...]
    """Folded words of the question."""
    others: Alternatives = ()
    related: Alternatives = ()
    """What is looked for where nothing says the thing itself."""
    tells: int = TELLING
    named: bool = False
    """The thesaurus knows it as a thing of the subject."""
    meant: bool = False
    """The words mean it together: it is not what they say."""
    abroad: bool = False
    """The question is in a language in which no text is written."""


Meaning = Callable[[Sequence[str]], Iterable[Said]]
"""Words of a question, folded → the things that they name."""


class Group(Struct, frozen=True, kw_only=True):
    """One of the things asked for."""

    written: tuple[str, ...]
    """Folded words of the question that it stands for."""
    stages: tuple[Alternatives, ...]
    """What holds it; if nothing does, the next."""
    tells: int = TELLING
    named: bool = False
    meant: bool = False
    abroad: bool = False
    """As of ``Said``."""
    law: int = 0
    """It is the number of an article: nothing else answers. ``BARE``: many books of law have one of that number."""


class Question(Struct, frozen=True, kw_only=True):
    """What is looked for."""

    groups: tuple[Group, ...] = ()
    lang: str = ""
    sentence: bool = False
    """It is as long as a whole sentence."""
    book: frozenset[str] = frozenset()
    """Words beside the one for a code or a treaty: they tell which."""

    def __bool__(self) -> bool:
        return bool(self.groups)


def apart(words: Sequence[str]) -> Iterable[Said]:
    """Each word for itself, as where no thesaurus says which mean the same."""
    return (Said(written=(word,)) for word in words)


def read(text: str, lang: str = "", meaning: Meaning = apart, *, instead: Mapping[str, str] = {}) -> Question:
    """The question that *text* asks, of a reader of *lang*.

    *meaning*: which words mean the same. *instead*: what is read in the place of a word.

    >>> [group.written for group in read("Comment signaler un enfant en danger ?").groups]
    [('signaler',), ('enfant',), ('danger',)]
    """
    groups: dict[tuple[str, ...], Group] = {}
    words: list[str] = []
    for piece in _pieces(fold(text[:LONGEST])):
        if isinstance(piece, Group):
            groups |= _grouped(words, lang, meaning)
            words = []
            groups[piece.written] = piece
        else:
            words.append(instead.get(piece, piece)[:LONGEST_WORD])
    groups |= _grouped(words, lang, meaning)
    telling = [group for group in groups.values() if not _says_nothing(group)] or list(groups.values())
    first = sorted(telling, key=lambda group: -group.tells)[:MOST_GROUPS]  # of a long question, what tells most
    every = asked_words(fold(text[:LONGEST]))
    return Question(
        groups=tuple(group for group in telling if group in first),
        lang=lang,
        sentence=len(every) >= SENTENCE,
        book=frozenset(_named_beside(every)),
    )


def _named_beside(words: Sequence[str]) -> Iterator[str]:
    """Words before and after each that stands for a book of law."""
    telling = [word for word in words if word not in stop_words() and word.isalpha() and len(word) > 1]
    for place, word in enumerate(telling):
        if word in books():
            yield from telling[max(place - 1, 0) : place]
            yield from telling[place + 1 : place + 2]


def _pieces(folded: str) -> Iterator[str | Group]:
    """Words and numbers, in their order."""
    done = 0
    for match in _NUMBER.finditer(folded):
        start = match.start()
        art, letter, begins = before_number(folded, done, start)
        if start > done and not letter and folded[start - 1].isalnum():
            continue  # covid19 is a word
        yield from asked_words(folded[done:begins])
        yield _number(folded[begins : match.end()], match[0], letter, art=art)
        done = match.end()
    yield from asked_words(folded[done:])


def _number(written: str, said: str, letter: str, *, art: bool) -> Group:
    parts = _GAP.split(said)
    spellings = [joined(parts)]
    if set(_GAP.findall(said)) <= {" ", "."}:
        spellings.append("".join(parts))
    stages = [["art" + letter + spellings[0]]] if art else []
    stages += [[letter + spellings[0]]] if letter else []
    stages.append(spellings)
    told: list[Alternatives] = [tuple(((one,),) for one in dict.fromkeys(stage)) for stage in stages]
    law = art or bool(letter) or ("-" in said and len(parts[0]) > 2 and not _YEAR.fullmatch(parts[0]))
    if len(parts) > 1 and not (law and "-" in said):
        told.append((tuple((part,) for part in parts),))
        told += [(((joined(parts[:n]),),),) for n in range(len(parts) - 1, 0, -1)]
    tells = (
        OFTEN if said.isdecimal() and (len(said) < 3 or _YEAR.fullmatch(said)) and not letter and not art else TELLING
    )
    return Group(
        written=(written.strip(),),
        stages=tuple(dict.fromkeys(told)),
        tells=tells,
        law=(BARE if art and len(parts) == 1 and not letter else NUMBERED) if law else 0,
    )


def _grouped(words: Sequence[str], lang: str, meaning: Meaning) -> dict[tuple[str, ...], Group]:
    groups = {}
    for said in meaning(words):
        asked = tuple(forms(word, lang) for word in said.written)
        begun = tuple((f"{word}{ENDS_OPEN}",) for word in said.written)
        begins = not said.meant and not said.abroad
        stages = ((*(() if said.meant else (asked,)), *said.others), said.related, (begun,) if begins else ())
        if not any(stages):
            continue
        groups[said.written] = Group(
            written=said.written,
            stages=tuple(stage for stage in stages if stage),
            tells=said.tells,
            named=said.named,
            meant=said.meant,
            abroad=said.abroad,
        )
    return groups


def forms(word: str, lang: str = "") -> Form:
    """The word and what stands in the index for its other forms."""
    languages = PLATFORM if lang in PLATFORM or lang not in ALGORITHMS else (*PLATFORM, lang)
    found = dict.fromkeys((word, *sorted(stems(word, languages))))
    if len(word) >= OPEN_FROM and (lang in WITHOUT_STEMS or _CYRILLIC.fullmatch(word)):
        found[word[: max(OPEN_FROM - 1, len(word) - 2)] + ENDS_OPEN] = None
    return tuple(found)


def forms_in(word: str, lang: str) -> Form:
    """The word and what stands in the index for its other forms, if it is of *lang*."""
    if lang in WITHOUT_STEMS and len(word) >= OPEN_FROM:
        return word, word[: max(OPEN_FROM - 1, len(word) - 2)] + ENDS_OPEN
    return tuple(dict.fromkeys((word, *stems(word, (lang,)))))


def _says_nothing(group: Group) -> bool:
    [word, *more] = group.written
    return not more and (word in stop_words() or (len(word) == 1 and not word.isdigit()))


@cache
def stop_words(lang: str = "") -> frozenset[str]:
    """Words that stand in every sentence; of all languages where none is named: which a question is in, nobody says."""
    if not lang:
        return frozenset(word for one in LANGUAGES for word in stop_words(one))
    file = files("lanzarote.search") / "stopwords" / f"{lang}.txt"
    return frozenset(fold(file.read_text("utf-8")).split()) if file.is_file() else frozenset()


@cache
def books() -> frozenset[str]:
    """Words, folded, for a code or a treaty."""
    return frozenset((files("lanzarote.search") / "books.txt").read_text("utf-8").split())
