"""Names that people go by on a network or in a game: ``Instagram: lucas_martin12``, ``pseudo lulu_2012``.

Only what no word looks like is taken for one: letters with figures, a low line or a point in them. Those of an
organisation pass, as its pages do.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence

from lanzarote.guard.births import Finding
from lanzarote.guard.lexicon import HAS, NAMED, all_of, kinds_of, words
from lanzarote.guard.nearby_words import PERSON, sentence_after, sentence_before
from lanzarote.guard.profiles import whose_handle
from lanzarote.guard.scan import Run
from lanzarote.translation.folding import fold

_HANDLE = re.compile(r"(?<![\w@./:#-])@?[^\W\d_](?:[\w.-]{1,29}\w)?(?:#\d{4})?(?![\w@/])")
_SHORTEST, _LONGEST = 5, 32
_IN_HANDLES = "_.#-@"
_CLINGING = frozenset(f"{string.ascii_letters}_#")
_NETWORKS = all_of("network")
_PASSED_OVER = all_of("handlefiller")
_ALSO_PASSED_OVER = HAS | NAMED | PERSON
_NEAR, _MOST_BETWEEN = 48, 4
_BEHIND = re.compile(r"[ \n](?:on|sur|auf|en|su|no|op|na|σε|в|у)[ \n](\w+)")


def may_be_handles(text: str, runs: Sequence[Run]) -> list[int]:
    """Places within what may be such a name: a low line, or figures that cling to letters. Most texts have none."""
    places = [run.start for run in runs if run.start and text[run.start - 1] in _CLINGING]
    place = text.find("_")
    while place >= 0:
        places.append(place)
        place = text.find("_", place + 1)
    return places


def handles(text: str, places: Sequence[int]) -> Iterator[Finding]:
    """What stands behind the name of a network or a word such as *pseudo*."""
    done = first = last = -1
    for place in sorted(places):
        if place < done:
            continue
        if place >= last:
            first = last = place
            while first and (text[first - 1].isalnum() or text[first - 1] in _IN_HANDLES):
                first -= 1
            while last < len(text) and (text[last].isalnum() or text[last] in _IN_HANDLES):
                last += 1
        match = _HANDLE.match(text, start := max(first, place - _LONGEST))
        if match is None or match.end() <= place or not _may_be_handle(match[0]):
            continue
        if not _is_announced(text, *match.span()):
            continue
        done = match.end()
        if whose_handle(match[0].partition("#")[0], text, start, done) is not None:
            yield "profile", start, done, False


def _may_be_handle(written: str) -> bool:
    """CM2 and v1.2 are none."""
    return len(written) >= _SHORTEST and not (written.isupper() and written.isalnum())


def _is_announced(text: str, start: int, end: int) -> bool:
    before = [fold(word) for word in words(sentence_before(text, start, _NEAR))]
    for between, word in enumerate(reversed(before)):
        if word.rpartition("'")[2] in _NETWORKS:
            return True
        if between == _MOST_BETWEEN or not (word in _PASSED_OVER or kinds_of(word) & _ALSO_PASSED_OVER):
            break
    behind = _BEHIND.match(sentence_after(text, end, _NEAR))
    return behind is not None and fold(behind[1]) in _NETWORKS
