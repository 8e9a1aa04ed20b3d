"""Whether somebody named is a child, or has a part in a case."""

from __future__ import annotations

import re

from lanzarote.guard.case_roles import came_to_have_part
from lanzarote.guard.lexicon import (
    CASE,
    CHARGED,
    KIN,
    LITTLE,
    OFFICIAL,
    ORGANISATION,
    PARENTS,
    PUPIL,
    SCHOOL,
    STREET,
    SURNAMED,
    all_of,
    german_roles,
    kinds_in,
    kinds_of,
    left_of,
    right_of,
    words,
)
from lanzarote.guard.names import LIKELY, POSSIBLE, SURE, Name
from lanzarote.guard.preceding_words import OF, ROLES, Left
from lanzarote.translation.folding import fold


def has_part(text: str, name: Name, left: Left) -> bool:
    """Whether the one named is a child, or has a part in a case."""
    sureness = SURE if left.title is not None else name.sureness
    if name.kinds & LITTLE and not name.kinds & ROLES:
        return sureness >= SURE
    if name.kinds & (SURNAMED | CASE) and not name.kinds & ROLES:
        return sureness >= (POSSIBLE if name.kinds & SURNAMED else SURE)
    if name.kinds & (ROLES | KIN):
        alone = name.role_first and not german_roles(left_of(text, name.start, 24))
        if sureness >= (POSSIBLE if alone else LIKELY):
            return True
    if left.kinds and sureness >= _wanted(text, name, left):
        return True
    if left.case and name.only_given:
        return True
    wanted = SURE if left.loosely else POSSIBLE if left.against and name.words == 1 else LIKELY
    if left.reported and sureness >= wanted and fold(text[name.start : name.end]) not in _NOBODY:
        return True
    whole = sureness == SURE and name.given and name.words > 1
    if whole and (left.file or _FILE_OF.match(text, name.end)) and not _acts_in_function(text, name.end):
        return True
    if not left.sign and kinds_of(left.nearest) & (SCHOOL | STREET | ORGANISATION):
        return False
    if sureness >= LIKELY and came_to_have_part(text, name.end):
        return True
    return _part_after(text, name.end, sureness) or (sureness >= POSSIBLE and _is_charged(text, name))


_NOBODY = all_of("nobody", "platform")
"""Against whom a complaint is made when nobody knows who it was, and against what else one is made."""
_FILE_OF = re.compile(
    r"(?:[’']s)?[ \n](?:case|case file|file|referral)\b(?![ \n-](?:worker|study|studies|manager|law|on)\b)"
)
"""``the Emily Thompson case``"""


def _acts_in_function(text: str, end: int) -> bool:
    """``Marie Dupont, directrice d'école``"""
    return any(kinds_of(word) & OFFICIAL for word in words(right_of(text, end, 34))[:3])


def _is_charged(text: str, name: Name) -> bool:
    """``Mr Dawson was charged``, ``police arrested Kevin Marsh``"""
    following = _SENTENCE_END.split(right_of(text, name.end, 64))[0]
    before = words(left_of(text, name.start, 24))[-1:]
    if name.sureness < LIKELY and not (before and kinds_of(before[0]) & OFFICIAL):
        return False
    return any(kinds_of(word) & CHARGED for word in words(following)[:8] + before)


_SENTENCE_END = re.compile(r"[.!?;:()]")
_CLAUSE_END = re.compile(r"[.!?;,:()]")


def _wanted(text: str, name: Name, left: Left) -> int:
    """How sure it must be that it is a name at all."""
    german = left.capital and german_roles(left.word)
    kinds = left.kinds
    if left.named:
        return POSSIBLE
    if name.article and left.sign and left.title is None:
        return SURE + 1
    if left.official:
        return SURE + 1
    if kinds & SURNAMED:
        return POSSIBLE if not left.sign else SURE
    if kinds & ROLES:
        if left.sign == ":" or left.title is not None:
            return POSSIBLE
        if left.capital and (german or not left.leads):
            return LIKELY
        return POSSIBLE if not left.sign or (left.sign != "(" and _is_closed(text, name.end)) else LIKELY
    if kinds & PARENTS:
        return LIKELY if left.of else SURE
    if kinds & KIN:
        if left.of:
            return LIKELY if german else POSSIBLE
        if left.sign and not german and not left.capital and _is_closed(text, name.end):
            return POSSIBLE
        return LIKELY if left.sign or left.title is not None else SURE
    if kinds & LITTLE:
        return LIKELY if german or german_roles(left.word) else SURE if left.capital else POSSIBLE
    return SURE  # several children or victims


def _is_closed(text: str, end: int) -> bool:
    """Whether what was opened by a sign before the name is closed behind it."""
    return text[end : end + 2].strip()[:1] in (",", ".", ")", ";", "–", "-", "")


_ARTICLE = r"(?:(?:the|alleged|le|la|der|die|das|el|il|o|a|de|η|ο|το|un|une|an?)\b|l[’'])"
_NEXT = re.compile(
    rf"(?:[ \n]?\(\d{{1,3}}\))?[ \n]?[,(–-] ?(?:{_ARTICLE}[ \n]?){{0,2}}([^\W\d_]+)"
    r"(?P<examen> en (?:examen|cause)\b)?(?P<aged> (?:de|of|von|di|van|aged) \d)?"
)


def _part_after(text: str, end: int, sureness: int) -> bool:
    """``Jean D., prévenu``, ``Mme X (victime)``"""
    match = _NEXT.match(text, end)
    if match is None or sureness < (POSSIBLE if match["aged"] else LIKELY):
        return False
    if match["examen"]:
        return True
    for word in words(_CLAUSE_END.split(text[match.start(1) : match.start(1) + 44])[0])[:3]:
        kinds = kinds_of(word)
        if kinds & OFFICIAL or fold(word) in OF or fold(word) in _OTHER_PREPOSITIONS:
            return False
        if kinds & (ROLES | (PUPIL if sureness == SURE else 0)):
            return not kinds & LITTLE
        if kinds & KIN:
            return bool(kinds_in(right_of(text, match.start(1), 44)) & ROLES)
    return False


_OTHER_PREPOSITIONS = all_of("preposition")
