"""Whether capitalised words may be the name of a person, and how surely."""

from __future__ import annotations

import re
from typing import NamedTuple

from lanzarote.guard.lexicon import (
    CASE,
    CHILD,
    GIVEN,
    KIN,
    LITTLE,
    NEVER_A_NAME,
    NOTNAME,
    OFFICIAL,
    ORGANISATION,
    PARTY,
    SCHOOL,
    STREET,
    SURNAMED,
    TITLE,
    all_of,
    kinds_of,
    written,
)
from lanzarote.guard.scan import UPPER
from lanzarote.translation.folding import fold

_CAPITAL = f"[{UPPER}]"
_PART = (
    rf"(?:{_CAPITAL}\.(?:-?{_CAPITAL}\.)*|{_CAPITAL}\w{{1,3}}\.(?=[ \n]{_CAPITAL})"
    rf"|{_CAPITAL}{{2}}\.(?=,|[ \n][^\W\d_{UPPER}])|{_CAPITAL}\w*(?:[-’'‑](?!s\b)\w+)*)"
)
_PARTICLE = rf"(?:(?:{'|'.join(sorted(all_of('particle'), key=len, reverse=True))}) ){{0,2}}"
CAPITALISED = re.compile(rf"{_PART}(?:[ \n]{_PARTICLE}{_PART}|(?<=\.){_PART}){{0,5}}")
WORDS = re.compile(r"[^\s]+")
_INITIAL = re.compile(rf"(?:{_CAPITAL}\.-?){{1,3}}|{_CAPITAL}{{2}}\.")
_ELIDED = re.compile(rf"(?:[CDJLMNST]|Qu)['’](?![{UPPER}])\w")
"""``C’est`` begins a sentence and no name; ``D’Artagnan``, with a capital after the apostrophe, may be one."""
_ARTICLES = all_of("article")
_GERMAN_NOUNS = tuple(written("nounend"))

_ROLES = CHILD | PARTY | KIN | LITTLE | SURNAMED | CASE
SURE, LIKELY, POSSIBLE, NO = 3, 2, 1, 0


class Name(NamedTuple):
    """Capitalised words that stand together, without the role, title and article they begin with."""

    start: int
    end: int
    given: bool
    initials: bool
    """One or more letters stand for words."""
    words: int
    kinds: int
    """What the words before it, of the same sequence, are."""
    role_first: bool
    """A sentence begins with the role: its capital tells nothing."""
    article: bool
    """It begins with an article within a sentence: ``La Mouette``, but also ``De Luca``."""
    sureness: int

    @property
    def only_given(self) -> bool:
        return self.given and (self.words == 1 or (self.initials and self.words == 2))


def read_name(text: str, start: int, end: int) -> Name | None:
    """The name within the capitalised words of a place; None when there are only roles, titles and articles."""
    before, place, titled = 0, start, False
    begins = begins_sentence(text, start)
    first_is_role = False
    parts: list[tuple[str, int]] = []
    for match in WORDS.finditer(text, start, end):
        word = match[0]
        if not parts:
            kinds = _kinds_before_name(word, match.end() == end, text[match.end() + 1 : match.end() + 3])
            if kinds is not None:
                before |= kinds
                titled = bool(kinds & TITLE)
                first_is_role = first_is_role or (begins and match.start() == start and bool(kinds & ~TITLE))
                place = match.end() + 1
                continue
            place = match.start()
        parts.append((word, kinds_of(word)))
    if not parts:
        return None
    article = place > start and not before and not begins
    capitals = [(word, kinds) for word, kinds in parts if word[:1].isupper()]
    return Name(
        start=start if article else place,
        end=end,
        given=any(kinds & GIVEN and not kinds & NOTNAME for _, kinds in capitals[:2]),
        initials=any(_INITIAL.fullmatch(word) for word, _ in capitals),
        words=len(capitals),
        kinds=before,
        role_first=first_is_role,
        article=article,
        sureness=_sureness(capitals, titled),
    )


def begins_sentence(text: str, start: int) -> bool:
    return (
        not text[max(0, start - 8) : start].strip(" \n«“„\"'-–•*").rstrip()
        or text[:start].rstrip(' \n«“„"-–•*(')[-1:] in ".!?:;"
    )


def _kinds_before_name(word: str, is_last: bool, following: str) -> int | None:
    """The kinds of a word that may stand before a name; None when the name begins with it."""
    if (fold(word).rstrip("'") in _ARTICLES and len(word) > 1) or word in ("L’", "L'"):
        return 0
    kinds = kinds_of(word)
    if kinds & TITLE and not (len(word) < 3 and (is_last or following[1:] == ".")):
        return TITLE
    if kinds & _ROLES and not kinds & GIVEN and not is_last:
        return kinds & _ROLES
    if not is_last and not kinds & GIVEN and _ELIDED.match(word):
        return 0
    return None


def _sureness(capitals: list[tuple[str, int]], titled: bool) -> int:
    first, kinds = capitals[0]
    given = bool(kinds & GIVEN) and not kinds & NOTNAME
    if len(capitals) > 1 and not given:
        given = bool(capitals[1][1] & GIVEN) and not kinds & NEVER_A_NAME
    foreign = any(
        kinds & NEVER_A_NAME and not kinds & GIVEN
        for place, (word, kinds) in enumerate(capitals)
        if len(word) > 2 and not _INITIAL.fullmatch(word) and not (given and place and kinds == STREET)
    )
    if titled:
        return NO if kinds & (OFFICIAL | ORGANISATION | SCHOOL | CHILD | PARTY) and not given else SURE
    if any(_INITIAL.fullmatch(word) for word, _ in capitals):
        return NO if foreign else SURE
    if foreign:
        return NO
    if given:
        return SURE
    if len(capitals) > 1:
        nouns = any(word.endswith(_GERMAN_NOUNS) for word, _ in capitals)
        return (
            POSSIBLE
            if nouns or (any(word.isupper() and len(word) > 1 for word, _ in capitals[:1]) and len(first) < 5)
            else LIKELY
        )
    if len(first) < 2 or (first.isupper() and len(first) < 7) or first.endswith(_GERMAN_NOUNS):
        return NO
    return POSSIBLE
