"""Full dates of birth: a date beside a word of birth, in the order and with the signs of any language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from lanzarote.guard.dated import name_before_date
from lanzarote.guard.lexicon import (
    CHILD,
    CHILDREN,
    GIVEN,
    KIN,
    LITTLE,
    ORGANISATION,
    PARTIES,
    PARTY,
    SCHOOL,
    TITLE,
    kinds_in,
    kinds_of_people,
    left_of,
)
from lanzarote.guard.scan import Run
from lanzarote.guard.vocabulary import AFTER_A_DAY, BORN, BORN_AFTER, BORN_BEFORE_ARTICLE, BORN_SHORT

Finding = tuple[str, int, int, bool]
"""(code, start, end, hard)"""

_MONTH = r"(?:[^\W\d_]{3,15}\.?|X?[IV]{1,4})"
_OF = r"(?:(?:de|del|of|di)[ \n]|d[’'])?"
_DATE = re.compile(
    # 3/3/2012, 3.3.12, 03 03 2012, 2012-03-03, also with blanks around the signs
    r"\d{1,2}[ \n]?([./\- ])[ \n]?\d{1,2}[ \n]?\1[ \n]?(?:\d{4}|[’']?\d\d)(?!\d)"
    r"|\d{4} ?([./-]) ?\d{1,2} ?\2 ?\d{1,2}(?!\d)"
    # 3 mars 2012, 3rd of March 2012, 3. März 2012, 3 de marzo de 2012, 3-mar-2012, 3.III.2012
    rf"|\d{{1,2}}(?:er|st|nd|rd|th|º|ª|°|ης|η|-?го|-?ше)?[.]?[ \n/-]{{0,2}}"
    rf"{_OF}{_MONTH},?[. \n/-]{{1,2}}{_OF}\d{{4}}(?!\d)"
    # (March) 3, 2012
    r"|\d{1,2}(?:st|nd|rd|th)?,[ \n]?\d{4}(?!\d)"
    # 2012. március 3.
    rf"|\d{{4}}\. ?{_MONTH}[ \n]\d{{1,2}}"
    # 03032012
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d(?!\d)"
)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.!?;](?=\s)|\"[,:\[\]{}]+\"")
"""Of a text, and of one text among others in JSON."""
_WINDOW = 60
_FURTHEST = 8
"""Words between that of birth and the date."""
_PERSON = CHILD | CHILDREN | PARTY | PARTIES | KIN | TITLE | GIVEN | LITTLE


def births(text: str, runs: Iterable[Run], *, most_beside: int) -> Iterator[Finding]:
    """Full dates near a word of birth, unless it is an association that was born; then those beside a name.

    *most_beside*: so many of the latter are enough.
    """
    done = beside = 0
    for start, end, figures in runs:
        if start < done or (len(figures) < 4 and text[end : end + 1] not in _IN_DATES):
            continue
        if not (match := _DATE.match(text, start)) or (
            start and (text[start - 1].isalnum() or text[start - 1] in "/=")
        ):
            continue
        if _tells_birth(text, start, match.end()):
            done = match.end()
            yield "birth-date", start, done, True
        elif beside < most_beside and (first := name_before_date(text, start, match.end())) is not None:
            done, beside = match.end(), beside + 1
            yield "birth-date", first, done, False


_IN_DATES = frozenset(" .,\n-/º°ªη")


def _tells_birth(text: str, start: int, end: int) -> bool:
    if text[end : end + 2].strip()[:1] not in _ENDS and BORN_AFTER.match(_lower(text[end : end + 36])):
        return True
    written = left_of(text, start, _WINDOW)
    before = _lower(written)
    words = _WORD.findall(_SENTENCE_END.split(before)[-1])
    nearest = words[-_FURTHEST:]
    shorts = before[-26:]
    if ("." in shorts or "*" in shorts or ":" in shorts) and shorts[-1] != '"' and BORN_SHORT.search(shorts):
        return True
    if _WORDS_OF_BIRTH.isdisjoint(nearest):
        return False
    place = _place_of_birth(nearest)
    if place is None or not AFTER_A_DAY.isdisjoint(nearest[place + 1 :][-2:]):
        return False
    written = _SENTENCE_END.split(written)[-1]
    return not kinds_in(written) & (ORGANISATION | SCHOOL) or bool(kinds_of_people(written) & _PERSON)


_ENDS = frozenset((".", ";", ":", '"', ")"))
_WORDS_OF_BIRTH = BORN | BORN_BEFORE_ARTICLE.keys()


def _lower(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).casefold()


_IN = frozenset(("a", "à", "in"))


def _place_of_birth(words: list[str]) -> int | None:
    for place, word in enumerate(words):
        if word in BORN:
            return place
        if needed := BORN_BEFORE_ARTICLE.get(word):
            following = words[place + 1 :]
            if not following:
                return place if word in _NEEDS_NOTHING else None
            if following[0] in needed or (following[0] in _IN and following[-1] in needed):
                return place
    return None


_NEEDS_NOTHING = frozenset(("nee", "nes", "nees"))
