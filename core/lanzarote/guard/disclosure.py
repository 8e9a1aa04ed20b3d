"""Recognises a text in which somebody tells of a child in danger, of what was done to them, or that they want to die.

Such a text must never lie in a list of corrections or in a practice: the writer is shown where help is, and nothing is
kept. A correction that sounds like a disclosure costs a second attempt, the reverse much more.

What people say in so many words is in ``phrases/<language>.txt``, one expression a line, folded as the text is;
``<harm>`` stands for the words of harm of that language, ``<child>`` for the age of a child, and ``<fault>`` for what
must not follow: who reports a mistake in an address tells of nobody. A line that begins with ``?`` is said at work too
(*help me with this paragraph*): it counts unless the classifier takes its sentence for an ordinary one. For the rest,
who is harmed is named near the harm; and the classifier knows what lists do not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from lanzarote.guard import lexicon as lex
from lanzarote.guard.classifier import (
    OUTPUTS,
    UNLIKELY,
    may_tell_of_harm,
    score,
    sentences,
    tells_of_harm,
    windows,
)
from lanzarote.guard.lexicon import kinds_of, listed
from lanzarote.translation.folding import fold

_LOST_APOSTROPHES = (
    (re.compile(r"\bj ?(?=(?:ai|avais|etais|en|aimerais|ose)\b)"), "j'"),
    (re.compile(r"\bm (?=(?:a|ont|avait|avaient)\b)"), "m'"),
    (re.compile(r"\bma (?=(?:viol|touch|frapp|forc|agress|abus|harcel|menac|batt)\w*)"), "m'a "),
    (re.compile(r"\bi ?'?m\b"), "i am"),
    (re.compile(r"\bi'?ve\b"), "i have"),
)
# No quotation reaches beyond where another of its kind opens: however many are never closed, each is read once.
_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|„[^„“”]*[“”]|\"[^\"]*\"")
_CLAUSE = re.compile(r"[.!?;\n]+")
_WORD = re.compile(r"[^\W_]+")
_CHILD_AGE = r"(?:[3-9]|1[0-7])"
_SOMEBODY = lex.KIN | lex.PARENTS | lex.CHILD | lex.KNOWN
_CLOSE, _NEAR, _IN_SENTENCE = 3, 6, 14
_PRONOUNS = frozenset(("i", "je", "j", "ich", "ik", "we", "nous", "wir", "wij"))
_NEEDS_PRONOUN = frozenset(word for language in ("en", "fr", "de", "nl") for word in listed(language, "saw"))
_CYRILLIC_APOSTROPHE = re.compile("(?<=[а-яёіїєґ])'(?=[а-яёіїєґ])")


def reads_like_disclosure(*texts: str) -> bool:
    """Whether one of *texts* seems to tell of a child in danger.

    >>> reads_like_disclosure("Je veux signaler un voisin"), reads_like_disclosure("Je veux signaler une erreur")
    (True, False)
    """
    own = [_own_words(text) for text in texts]
    return any(map(tells_of_harm, own)) or any(
        _says_so(text, plain) or any(map(_tells, _CLAUSE.split(plain)))
        for text, plain in zip(own, map(_plain, own), strict=True)
    )


def may_be_disclosure(text: str) -> bool:
    """Whether *text* leans towards one, however short it is. For searches, which are short."""
    return any(score(one.features, OUTPUTS.index("disclosure")) > UNLIKELY for one in windows(text))


def telling(text: str) -> list[str]:
    """The sentences of *text* that make it read like a disclosure; all of it where none does alone.

    >>> telling("We met in March. I want to report a neighbour.")
    ['I want to report a neighbour.']
    """
    if not reads_like_disclosure(text):
        return []
    read = (text[one.start : one.end] for one in sentences(text))
    return [one for one in read if reads_like_disclosure(one)] or [text.strip()]


def _own_words(text: str) -> str:
    """*text* without what it quotes, which tells nothing of the writer; all of it where it does nothing but quote."""
    rest = _QUOTED.sub(" ", text)
    return rest if len(_WORD.findall(rest)) > _CLOSE else text


def _plain(text: str) -> str:
    """*text* as the phrases expect it: folded, single blanks, the apostrophes that haste leaves out put back."""
    text = _CYRILLIC_APOSTROPHE.sub("", re.sub(r"[^\S\n]+", " ", fold(text)).replace("·", ""))
    for pattern, whole in _LOST_APOSTROPHES:
        text = pattern.sub(whole, text)
    return text


def _says_so(text: str, plain: str) -> bool:
    if _has(plain, _phrases().alone):
        return True
    doubtful = _phrases().doubtful
    if not _has(plain, doubtful):
        return False
    read = list(windows(text))
    return any(_has(_plain(text[one.start : one.end]), doubtful) for one in read if may_tell_of_harm(one, of=len(read)))


def _has(plain: str, phrases: Sequence[re.Pattern[str]]) -> bool:
    plain = " ".join(plain.split())
    return any(pattern.search(plain) for pattern in phrases)


class _Phrases(NamedTuple):
    alone: tuple[re.Pattern[str], ...]
    """What says by itself that somebody needs help."""
    doubtful: tuple[re.Pattern[str], ...]
    """What is said at work, too."""


@cache
def _phrases() -> _Phrases:
    """Compiled when the first text comes: it takes longer than starting may."""
    alone, doubtful = [], []
    for file in (files("lanzarote.guard") / "phrases").iterdir():
        language = file.name.partition(".")[0]
        lines = file.read_text("utf-8").splitlines()
        alone.append(_compiled(language, [line for line in lines if not line.startswith("? ")]))
        if asked := [line.removeprefix("? ") for line in lines if line.startswith("? ")]:
            doubtful.append(_compiled(language, asked))
    return _Phrases(tuple(alone), tuple(doubtful))


def _compiled(language: str, expressions: Sequence[str]) -> re.Pattern[str]:
    faults = "|".join(map(re.escape, listed(language, "fault")))
    harms = "|".join(map(re.escape, listed(language, "harm")))
    text = "|".join(map(fold, expressions))
    kids = "|".join(map(re.escape, listed(language, "child")))
    text = text.replace("<kid>", rf"(?:{kids})")
    text = text.replace("<child>", _CHILD_AGE).replace("<harm>", rf"(?:{harms})\b")
    text = text.replace("<fault>", rf"\b(?!(?:\W+\w+){{0,5}}?\W+(?:{faults})\b)")
    return re.compile(rf"\b(?:{text})")


def _tells(clause: str) -> bool:
    """Whether harm is told of the writer, or of somebody the writer knows or saw."""
    words = _WORD.findall(clause)
    kinds = [kinds_of(word) for word in words]
    harms = [place for place, one in enumerate(kinds) if one & lex.HARM]
    lewd = [place for place, one in enumerate(kinds) if one & lex.LEWD]
    if not harms and not lewd:
        return False
    me = [place for place, one in enumerate(kinds) if one & lex.ME]
    if _are_near(me, harms, _CLOSE) or _are_near(me, lewd, _NEAR):
        return True
    told = [place for place, one in enumerate(kinds) if one & lex.TOLD]
    confided = [place for place in me if _are_near([place], told, _CLOSE)]
    mine = [place for place, one in enumerate(kinds) if one & lex.MY and _names_somebody(kinds, place)]
    seen = [place for place, one in enumerate(kinds) if one & lex.SAW and _is_own_word(words, place)]
    if seen and (not any(one & (_SOMEBODY | lex.CHILDREN) for one in kinds) or any(one & lex.FAULT for one in kinds)):
        seen = []
    return _are_near([*confided, *mine, *seen], sorted([*harms, *lewd]), _IN_SENTENCE)


def _are_near(some: Sequence[int], others: Sequence[int], distance: int) -> bool:
    """Whether one of *some* stands at most so far from one of *others*, which are in order."""
    for one in some:
        place = bisect_left(others, one - distance)
        if place < len(others) and others[place] <= one + distance:
            return True
    return False


def _is_own_word(words: Sequence[str], place: int) -> bool:
    """``I know``, ``creo que``: said of oneself."""
    return words[place] not in _NEEDS_PRONOUN or not _PRONOUNS.isdisjoint(words[max(0, place - 2) : place])


def _names_somebody(kinds: Sequence[int], place: int) -> bool:
    """``my little brother``; in Greek ``ο θείος μου``"""
    for one in kinds[place + 1 : place + 3]:
        if one & _SOMEBODY and not one & lex.FAULT:
            return True
        if not one & lex.LITTLE:
            break
    return bool(place and kinds[place - 1] & _SOMEBODY and kinds[place] & lex.MY)
