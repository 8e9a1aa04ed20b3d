"""Names of children, victims and accused: by a school, by the part they have in a case, by what they told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lanzarote.guard.ages import age_in_words
from lanzarote.guard.births import Finding
from lanzarote.guard.child_accounts import is_told_of, owns_somebody, tells
from lanzarote.guard.lexicon import (
    ABOUT,
    AGAINST,
    CASE,
    CHARGED,
    CHILD,
    CHILDREN,
    GIVEN,
    KIN,
    KNOWN,
    LITTLE,
    NAMED,
    NEVER_A_NAME,
    NUMBER,
    OFFICIAL,
    PARENTS,
    PARTIES,
    PARTY,
    PUPIL,
    SCHOOL,
    SURNAMED,
    TITLE,
    UNIT,
    all_of,
    kinds_in,
    kinds_of,
    left_of,
    right_of,
    words,
)
from lanzarote.guard.names import CAPITALISED, NO, Name, read_name
from lanzarote.guard.preceding_words import ROLES, Left
from lanzarote.guard.roles import has_part
from lanzarote.translation.folding import fold

_LEADING = ROLES | CHILDREN | PARTIES | KIN | PARENTS | LITTLE | NAMED | TITLE
_LOOKED_FOR = _LEADING | UNIT | NUMBER | CASE | CHARGED | SURNAMED | OFFICIAL | AGAINST | KNOWN
_FOLLOWING = ROLES | NUMBER | KIN | PUPIL
_BEFORE_NAMES = ROLES | KIN | LITTLE | TITLE | CASE | SURNAMED
_NO_NAME = "IBAN"
"""In capitals it is no Iban."""
_BLANKS = (" ", "\n")
_JOINING = frozenset(" ’'(«“„\n–-")
_ENDS = frozenset(".!?")
_OPENING = frozenset((",", "(", "’", "'", ":", " (", "\n(", " –", " -"))


def persons(text: str, capitals: Iterable[re.Match[str]]) -> Iterator[Finding]:
    """Names of people who are children or have a part in a case."""
    done = 0
    for match in capitals:
        start, end = match.span()
        before = text[start - 1] if start else ""
        if start < done or before.isalnum():
            continue
        if _is_worth_a_look(text, match[0], start, end, before) and (whole := CAPITALISED.match(text, start)):
            done = whole.end()
            yield from _judged(text, start, done)


def _is_worth_a_look(text: str, word: str, start: int, end: int, before: str) -> bool:
    """Most capitalised words of a text are told here to be nobody."""
    if word == _NO_NAME:
        return False
    kinds = kinds_of(word)
    sign = text[end : end + 1]
    if kinds & GIVEN or (sign == "." and (end - start < 3 or kinds & TITLE)):
        return True
    several = sign in _BLANKS and text[end + 1 : end + 2].isupper()
    if several:
        if kinds & _BEFORE_NAMES or (word[-1] == "s" and kinds_of(word[:-1]) & GIVEN):
            return True
    elif kinds & NEVER_A_NAME:
        return False
    sign_before = text[start - 2 : start - 1]
    if sign_before == "." and before in _BLANKS:
        abbreviated = text[max(0, start - 8) : start].rsplit(maxsplit=1)[-1]
        if kinds_of(abbreviated) & TITLE:
            return True  # sig. Marchetti
    if before in _JOINING and sign_before not in _ENDS:
        nearest = text[max(0, start - 24) : start].split()[-3:]
        # Behind an article it may be the third.
        for place in range(len(nearest) - 1, -1, -1):
            near = kinds_of(nearest[place])
            if near & _LOOKED_FOR or (several and near & ABOUT):
                return True
            if not near and len(nearest[place]) > 4:
                break
    if several and (whole := CAPITALISED.match(text, start)):
        end = whole.end()
        sign = text[end : end + 1]
        if "." in whole[0] or _leads_to_charge(text, end):
            return True
    if sign not in _OPENING and text[end : end + 2] not in _OPENING:
        return False
    if text[end + 1 : end + 2] == "s":
        return True
    return any(kinds_of(one) & _FOLLOWING for one in text[end + 1 : end + 30].split(None, 3)[:3])


def _leads_to_charge(text: str, end: int) -> bool:
    return any(kinds_of(word) & (CHARGED | PARTY) for word in text[end : end + 60].split(None, 8)[:8])


def _judged(text: str, start: int, end: int) -> Iterator[Finding]:
    if owns_somebody(text[start:end]):
        yield "person-in-case", start, end, False
        return
    name = read_name(text, start, end)
    if name is None or name.sureness == NO:
        return
    if name.initials and _is_by_a_school(text, name):
        if not _is_official(text, name):
            yield "initials-with-school", name.start, name.end, False
    elif age := age_in_words(text, name):
        yield "name-with-age", name.start, age, False
    else:
        left = Left(text, start)
        if has_part(text, name, left) or tells(text, name, left) or is_told_of(text, name, left):
            first = left.title if left.title is not None else _with_title(text, name, start)
            yield "person-in-case", first, name.end, False


def _with_title(text: str, name: Name, start: int) -> int:
    """The title belongs to the name that is pointed at, the role does not."""
    return text.rfind(" ", start, name.start - 1) + 1 or start if name.kinds & TITLE else name.start


_AROUND = 64
_ABBREVIATIONS = all_of("noinitials")
_ALONE = re.compile(r" ?[,(–-]| [a-zà-ÿа-яα-ωά-ώ]")


def _is_by_a_school(text: str, name: Name) -> bool:
    """Whether initials, or a first name with one, stand near a school."""
    written = text[name.start : name.end]
    if name.words > 3 or name.kinds & TITLE or not written.endswith("."):
        return False
    if len(written) == 2 and not _ALONE.match(text, name.end):
        return False
    around = left_of(text, name.start, _AROUND) + " | " + right_of(text, name.end, _AROUND)
    kinds = kinds_in(around)
    if "".join(filter(str.isalpha, fold(written))) in _ABBREVIATIONS and not kinds & CHILD:
        return False
    return bool(kinds & (SCHOOL | PUPIL))


def _is_official(text: str, name: Name) -> bool:
    """Whether they act in a function: a judge, the head of a school."""
    near = 0
    for word in words(left_of(text, name.start, 26))[-1:] + words(right_of(text, name.end, 34))[:3]:
        near |= kinds_of(word)
    return bool(near & OFFICIAL) and not near & (CHILD | PUPIL | KIN)
