"""A linear classifier that reads sentences: can somebody be recognised from it, does its writer need help.

It knows what rules cannot list: kinship with a rare function in a place, a photograph of the twins, a survivor who
never spoke of it. A sentence is a set of features: its words, their parts of three to five letters, neighbouring words,
and pairs of the kinds of words that ``lexicon`` knows (kin, official, name …), which are the same in all languages.
Each feature has a weight for each of `OUTPUTS`, learnt from the texts in ``training/texts`` by
``training/train.py``. The score is the sum of the weights over the square root of the number of features, so that
it does not depend on the length of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, cached_property, lru_cache
from hashlib import blake2b
from importlib.resources import files
from itertools import pairwise
from math import log2, sqrt
from typing import Final, NamedTuple
from zlib import crc32

from lanzarote.guard.lexicon import KINDS, kinds_of
from lanzarote.translation.folding import fold

OUTPUTS: Final = ("recognisable", "disclosure")
BITS: Final = 18
"""Features are told apart by so many bits of a checksum."""
SCALE: Final = 32.0
"""Weights are kept as whole numbers from -127 to 127: so many times what they are."""
_PARTS = range(3, 6)
"""Letters in a part of a word."""
_LONGEST_WORD = 24
LONGEST_SENTENCE: Final = 80
"""Words; where a text has no full stop for longer, it is cut."""
_REACH = 4
"""A kind of word is paired with the kinds of so many words before it."""
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[.!?…:;,()\"«»„“?/@#+-]|\n+")
_ENDS = frozenset(".!?…")
_OPENS = frozenset('.!?…:"«„“')
_ABBREVIATION = 3
"""A full stop behind fewer letters ends no sentence."""
_ADULT = 18
_FEWEST = 4
"""Shorter sentences say too little for a guess; what has a shape in them is found by rules."""


RECOGNISABLE: Final = 0.15
DISCLOSURE: Final = 0.0
"""Scores above which a sentence that stands alone counts."""
UNLIKELY: Final = -0.25
"""Below this, a sentence tells of no harm, though its words are those of a cry: *nobody knows who keeps the list*."""
_HIGHER: Final = 0.08
_MOST_LOOKS: Final = 31
"""Where a text has twice as many windows, each has to say so much more: of many, one seems to tell something by chance.
Beyond so many no more is asked, so that nobody who needs help is overheard in a long letter."""


class _Read:
    """The words of one sentence; what they say is looked at only where no text said the same before."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tokens
        self.digest = blake2b("\0".join(tokens).encode(errors="surrogatepass"), digest_size=16).digest()

    @cached_property
    def features(self) -> frozenset[int]:
        return features_of(self._tokens)


class Sentence(NamedTuple):
    start: int
    end: int
    words: int
    read: tuple[_Read, ...]
    """One sentence, or two that follow each other."""

    @property
    def features(self) -> frozenset[int]:
        return frozenset().union(*(one.features for one in self.read))

    def score(self, output: int) -> float:
        """What it speaks for the *output*, a place in `OUTPUTS`; known where a text said the same before."""
        key = b"".join([bytes((output,)), *[one.digest for one in self.read]])
        if (known := _scores.get(key)) is None:
            if len(_scores) >= _REMEMBERED:
                _scores.clear()
            known = _scores[key] = score(self.features, output)
        return known


_REMEMBERED = 16_384
_scores: dict[bytes, float] = {}
"""Of what was read last: a text is sent again and again with little that is new. It holds no word of it."""


def recognisable(text: str) -> Iterator[Sentence]:
    """The sentences of *text*, or two that follow each other, from which somebody may be recognised."""
    end = 0
    read = list(windows(text))
    least = RECOGNISABLE + more_to_say(len(read))
    for one in read:
        if one.start >= end and one.words >= _FEWEST and one.score(0) > least:
            yield one
            end = one.end


def tells_of_harm(text: str) -> bool:
    """Whether the writer of *text* seems to tell of harm to themselves or to somebody they know, or to need help."""
    read = list(windows(text))
    least = DISCLOSURE + more_to_say(len(read))
    return any(one.words >= _FEWEST and one.score(1) > least for one in read)


def may_tell_of_harm(sentence: Sentence, *, of: int) -> bool:
    """Whether nothing speaks clearly against it, as nothing does in a very short one; one *of* so many windows."""
    said = sentence.score(OUTPUTS.index("disclosure"))
    return sentence.words < _FEWEST or said > UNLIKELY + more_to_say(of)


def more_to_say(windows: int) -> float:
    """How much more has to be said in one of so many *windows* than where there is nothing else."""
    return _HIGHER * log2(min(windows, _MOST_LOOKS) or 1)


def windows(text: str) -> Iterator[Sentence]:
    """Each sentence, and then it together with the one before."""
    before = None
    for one in sentences(text):
        yield one
        if before is not None:
            yield Sentence(before.start, one.end, before.words + one.words, before.read + one.read)
        before = one


def score(features: frozenset[int], output: int) -> float:
    """What the features speak for the *output*, a place in `OUTPUTS`."""
    weights = _weights()[output]
    return sum([weights[one] for one in features]) / (SCALE * sqrt(len(features) or 1))


@cache
def _weights() -> tuple[memoryview, ...]:
    """Read when a text first asks for them."""
    read = memoryview((files("lanzarote.guard") / "classifier.bin").read_bytes()).cast("b")
    return tuple(read[place << BITS : (place + 1) << BITS] for place in range(len(OUTPUTS)))


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of *text* with their features, in order."""
    tokens: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        line = token[0][0] == "\n"
        if not line:
            tokens.append(token)
        if tokens and (line or len(tokens) == LONGEST_SENTENCE or _ends_sentence(text, tokens)):
            yield _sentence(tokens)
            tokens = []
    if tokens:
        yield _sentence(tokens)


def _ends_sentence(text: str, tokens: Sequence[re.Match[str]]) -> bool:
    """Whether the last of *tokens* does: ``Dr.``, ``M.`` and ``2.3`` don't."""
    last = tokens[-1]
    if last[0] not in _ENDS or not (last.end() == len(text) or text[last.end()].isspace()):
        return False
    return last[0] != "." or len(tokens) > 1 and len(tokens[-2][0]) >= _ABBREVIATION  # noqa: RUF021 (reads well)


def _sentence(tokens: Sequence[re.Match[str]]) -> Sentence:
    texts = [token[0] for token in tokens]
    words = sum([text[0].isalpha() for text in texts])
    return Sentence(tokens[0].start(), tokens[-1].end(), words, (_Read(texts),))


def features_of(tokens: Sequence[str]) -> frozenset[int]:
    """The numbers of the features of a sentence that consists of *tokens*: words, runs of figures, signs."""
    found = {_number("", "")}  # of every sentence: what speaks for nothing yet
    shapes: list[str] = ["^"]
    kinds: list[tuple[str, ...]] = []
    opens = True
    for token in tokens:
        if token[0].isalpha():
            word = _word(token)
            found.update(word.parts)
            shape = "w" if opens and len(token) > 1 else word.shape
            shapes.append(word.folded if shape == "w" else shape)
            found.add(_number("shape", shape))
            here = word.kinds
            if shape == "I" or (shape == "C" and here in ((), ("given",))):  # nothing else that we know
                here = (*here, f"X{shape}")
            opens = False
        elif token[0].isdecimal():
            figures = _figures(token)
            shapes.append(figures)
            found.add(_number("w", figures))
            here = ("age",) if figures == "#age" else ()
            opens = False
        else:
            shapes.append(token)
            found.add(_number("w", token))
            opens = token in _OPENS
            continue
        for kind in here:
            found.add(_number("k", kind))
            for before in kinds[-_REACH:]:
                found.update([_number(f"p{one}", kind) for one in before])
        kinds.append(here)
    shapes.append("$")
    found.update([_number(left, right) for left, right in pairwise(shapes)])
    found.update([_number(f"_{left}", right) for left, right in zip(shapes, shapes[2:], strict=False)])
    return frozenset(found)


class _Word(NamedTuple):
    folded: str
    shape: str
    """I: an initial; A: all in capitals; C: with a capital; w: any other."""
    parts: tuple[int, ...]
    kinds: tuple[str, ...]


@lru_cache(maxsize=8192)
def _word(token: str) -> _Word:
    folded = fold(token)[:_LONGEST_WORD]
    marked = f"<{folded}>"
    parts = {marked[at : at + length] for length in _PARTS for at in range(len(marked) - length + 1)}
    shape = "w" if not token[0].isupper() else "I" if len(token) == 1 else "A" if token.isupper() else "C"
    known = kinds_of(token)
    return _Word(
        folded,
        shape,
        (_number("w", folded), *(_number("", part) for part in parts)),
        tuple(kind for place, kind in enumerate(KINDS) if known >> place & 1),
    )


@lru_cache(maxsize=32_768)
def _number(sort: str, feature: str) -> int:
    """The number of a feature among the weights."""
    return crc32(f"{sort} {feature}".encode()) & ((1 << BITS) - 1)


def _figures(token: str) -> str:
    if len(token) <= len("17"):
        return "#age" if 0 < int(token) < _ADULT else "#small"
    return "#year" if len(token) == len("2012") and token[:2] in ("19", "20") else "#number"
