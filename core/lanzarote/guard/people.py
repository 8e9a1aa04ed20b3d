"""What is said behind a name of the part somebody came to have in a case: ``a été mis en examen``, ``victime de``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lanzarote.guard import lexicon as lex
from lanzarote.guard.children import age_in_words
from lanzarote.guard.lexicon import all_of, either, german_roles, kinds_in, kinds_of, left_of, right_of, words, written
from lanzarote.guard.names import CAPITALISED, LIKELY, NO, OF, POSSIBLE, ROLES, STOP, SURE, Left, Name, read_name
from lanzarote.guard.normalise import Finding
from lanzarote.translation.folding import fold

_PART = re.compile(
    (
        rf"(?: \(\w{{1,12}}\))?,? (?:(?:{either('became')}) (?:(?:{either('became_between')})(?: |(?<=['’]))){{0,2}})?"
        rf"(?:(?P<said>{either('heldphrase')})\b|(?P<word>[^\W\d_]+(?:-[^\W\d_]+)*))"
    )
    .replace("\\ ", " ")
    .replace(" ", "[ \\n]"),
    re.IGNORECASE,
)
"""Only what is suffered: who has accused somebody says so in other words than who was accused."""
_OTHERS = all_of("authors")
"""Who wrote something is called so too."""


def came_to_have_part(text: str, end: int) -> bool:
    """Whether the one whose name ends at *end* is said to be a victim, accused, charged or held."""
    match = _PART.match(text, end)
    if match is None:
        return False
    word = match["word"]
    return word is None or (bool(kinds_of(word) & (lex.PARTY | lex.CHARGED)) and fold(word) not in _OTHERS)


# --- Whether somebody named is a child, or has a part in a case ---


def has_part(text: str, name: Name, left: Left) -> bool:
    """Whether the one named is a child, or has a part in a case."""
    sureness = SURE if left.title is not None else name.sureness
    if name.kinds & lex.LITTLE and not name.kinds & ROLES:
        return sureness >= SURE
    if name.kinds & (lex.SURNAMED | lex.CASE) and not name.kinds & ROLES:
        return sureness >= (POSSIBLE if name.kinds & lex.SURNAMED else SURE)
    if name.kinds & (ROLES | lex.KIN):
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
    if not left.sign and kinds_of(left.nearest) & (lex.SCHOOL | lex.STREET | lex.ORGANISATION):
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
    return any(kinds_of(word) & lex.OFFICIAL for word in words(right_of(text, end, 34))[:3])


def _is_charged(text: str, name: Name) -> bool:
    """``Mr Dawson was charged``, ``police arrested Kevin Marsh``"""
    following = _SENTENCE_END.split(right_of(text, name.end, 64))[0]
    before = words(left_of(text, name.start, 24))[-1:]
    if name.sureness < LIKELY and not (before and kinds_of(before[0]) & lex.OFFICIAL):
        return False
    return any(kinds_of(word) & lex.CHARGED for word in words(following)[:8] + before)


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
    if kinds & lex.SURNAMED:
        return POSSIBLE if not left.sign else SURE
    if kinds & ROLES:
        if left.sign == ":" or left.title is not None:
            return POSSIBLE
        if left.capital and (german or not left.leads):
            return LIKELY
        return POSSIBLE if not left.sign or (left.sign != "(" and _is_closed(text, name.end)) else LIKELY
    if kinds & lex.PARENTS:
        return LIKELY if left.of else SURE
    if kinds & lex.KIN:
        if left.of:
            return LIKELY if german else POSSIBLE
        if left.sign and not german and not left.capital and _is_closed(text, name.end):
            return POSSIBLE
        return LIKELY if left.sign or left.title is not None else SURE
    if kinds & lex.LITTLE:
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
        if kinds & lex.OFFICIAL or fold(word) in OF or fold(word) in _OTHER_PREPOSITIONS:
            return False
        if kinds & (ROLES | (lex.PUPIL if sureness == SURE else 0)):
            return not kinds & lex.LITTLE
        if kinds & lex.KIN:
            return bool(kinds_in(right_of(text, match.start(1), 44)) & ROLES)
    return False


_OTHER_PREPOSITIONS = all_of("preposition")


# --- Whether of somebody who has only a first name it is told what only children or families do ---

_POSSESSED = re.compile(r"[’']s[ \n]([^\W\d_]+)(?:[ \n]([^\W\d_]+))?")
_OWNED = re.compile(r" ([^\W\d_]+)")

_ARE_NOT_CALLED_SO = all_of("notcalled")


def tells(text: str, name: Name, left: Left) -> bool:
    """``Karim a révélé``, ``Tyler's mother``: a first name alone, as only children are called."""
    kinds = kinds_of(left.nearest)
    if not left.sign and (
        fold(left.nearest) in _ARE_NOT_CALLED_SO
        or kinds & (lex.ORGANISATION | lex.SCHOOL | lex.STREET | lex.NOTNAME | lex.OFFICIAL)
    ):
        return False
    if _is_somebodys(text, name):
        return True
    if not name.only_given or (left.nearest and not left.sign and fold(left.nearest) not in _BEFORE_A_NAME):
        return False
    return _told(text, name.end) or _is_talked_about(text, name)


_SUFFERED = all_of("suffered")
_LETTERS = re.compile(r"[^\W\d_]+")
_PLACED = re.compile(either("placed"), re.IGNORECASE)
_BORN = re.compile(
    r"[ \n]?[,(–-]?[ \n]?(?:née?|born|geboren|nat[oa]|nacid[oa]|nascid[oa]|urodzon[ya]|народжен(?:ий|а)|"
    r"γεννημέν(?:ος|η))[ \n](?:(?:en|in|im|nel|em|w|в|у|το)[ \n])?(?:200[6-9]|20[1-9]\d)(?!\d)"
)
"""A year of birth of somebody who is a child now, or was one lately."""


def is_told_of(text: str, name: Name, left: Left) -> bool:
    """``Emma Martin a été violée``, ``M. Moreau a agressé sa fille``, ``Lucas Moreau, né en 2014``: a whole name."""
    if left.official or not (name.given or name.kinds & lex.TITLE):
        return False
    if not left.sign and kinds_of(left.nearest) & (lex.ORGANISATION | lex.SCHOOL | lex.STREET):
        return False
    if _BORN.match(text, name.end):
        return True
    following = STOP.split(right_of(text, name.end, 60))[0]
    if following[:1] not in (" ", "\n"):
        return False
    return not _SUFFERED.isdisjoint(map(fold, _LETTERS.findall(following)[:7])) or bool(_PLACED.search(following))


_BEFORE_A_NAME = all_of("conjunction")


def _is_talked_about(text: str, name: Name) -> bool:
    """``Maëlle ne veut plus aller chez son père``: a first name that does something, in a sentence about a family."""
    if name.words != 1 or not re.match(r"[ \n][^\W\d_]", text[name.end : name.end + 2]) or text[name.end + 1].isupper():
        return False
    return bool(
        kinds_in(STOP.split(right_of(text, name.end, 70))[0])
        & (lex.CHILD | lex.KIN | lex.PARTY | lex.PUPIL | lex.SCHOOL)
    )


def _is_somebodys(text: str, name: Name) -> bool:
    if (
        (match := _POSSESSED.match(text, name.end))
        and name.words <= 2
        and (kinds_of(match[1]) | kinds_of(match[2] or "")) & lex.KIN
    ):
        return True
    match = _OWNED.match(text, name.end) if text[name.end - 1] == "s" else None
    if match is None or not match[1].istitle() or not kinds_of(match[1]) & lex.KIN:
        return False
    return bool(kinds_of(text[name.start : name.end - 1]) & lex.GIVEN)


def owns_somebody(written: str) -> bool:
    """``Sophies Vater``"""
    first, _, second = written.partition(" ")
    return first[-1] == "s" and bool(kinds_of(first[:-1]) & lex.GIVEN and kinds_of(second) & lex.KIN)


def _told(text: str, end: int) -> bool:
    following = STOP.split(right_of(text, end, 50))[0]
    return following[:1] in (" ", "\n") and any(kinds_of(word) & lex.TOLD for word in words(following)[:4])


# --- Names of children, victims and accused: by a school, by the part they have in a case, by what they told ---

_LEADING = ROLES | lex.CHILDREN | lex.PARTIES | lex.KIN | lex.PARENTS | lex.LITTLE | lex.NAMED | lex.TITLE
_LOOKED_FOR = (
    _LEADING | lex.UNIT | lex.NUMBER | lex.CASE | lex.CHARGED | lex.SURNAMED | lex.OFFICIAL | lex.AGAINST | lex.KNOWN
)
_FOLLOWING = ROLES | lex.NUMBER | lex.KIN | lex.PUPIL
_BEFORE_NAMES = ROLES | lex.KIN | lex.LITTLE | lex.TITLE | lex.CASE | lex.SURNAMED
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
    if kinds & lex.GIVEN or (sign == "." and (end - start < 3 or kinds & lex.TITLE)):
        return True
    several = sign in _BLANKS and text[end + 1 : end + 2].isupper()
    if several:
        if kinds & _BEFORE_NAMES or (word[-1] == "s" and kinds_of(word[:-1]) & lex.GIVEN):
            return True
    elif kinds & lex.NEVER_A_NAME:
        return False
    sign_before = text[start - 2 : start - 1]
    if sign_before == "." and before in _BLANKS:
        abbreviated = text[max(0, start - 8) : start].rsplit(maxsplit=1)[-1]
        if kinds_of(abbreviated) & lex.TITLE:
            return True  # sig. Marchetti
    if before in _JOINING and sign_before not in _ENDS:
        nearest = text[max(0, start - 24) : start].split()[-3:]
        # Behind an article it may be the third.
        for place in range(len(nearest) - 1, -1, -1):
            near = kinds_of(nearest[place])
            if near & _LOOKED_FOR or (several and near & lex.ABOUT):
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
    return any(kinds_of(word) & (lex.CHARGED | lex.PARTY) for word in text[end : end + 60].split(None, 8)[:8])


def _judged(text: str, start: int, end: int) -> Iterator[Finding]:
    if owns_somebody(text[start:end]):
        yield "person-in-case", start, end, False
        return
    name = read_name(text, start, end)
    if name is None or name.sureness == NO or _is_of_a_law_or_street(text, start, end):
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


_LAW_BEFORE = re.compile(rf"\b(?:{either('law')})\b[^.!?;:\n«“„\"]{{0,16}}[«“„\"][ \u00a0]?\Z", re.IGNORECASE)
_LAW_BEHIND = re.compile(rf"(?:[’']s)?[ \n](?:{'|'.join(sorted(map(str.capitalize, written('lawbehind'))))})\b")
_STREETS = all_of("streetbehind")


def _is_of_a_law_or_street(text: str, start: int, end: int) -> bool:
    """``la loi dite « Emma »``, ``Emma's Law``, ``St John Street``: what is named after somebody."""
    *_, last = text[start:end].split()
    if fold(last) in _STREETS and " " in text[start:end]:
        return True
    return bool(_LAW_BEHIND.match(text, end) or _LAW_BEFORE.search(text, max(0, start - _LAW_NEAR), start))


_LAW_NEAR = 32


def _with_title(text: str, name: Name, start: int) -> int:
    """The title belongs to the name that is pointed at, the role does not."""
    return text.rfind(" ", start, name.start - 1) + 1 or start if name.kinds & lex.TITLE else name.start


_AROUND = 64
_ABBREVIATIONS = all_of("noinitials")
_ALONE = re.compile(r" ?[,(–-]| [a-zà-ÿа-яα-ωά-ώ]")


def _is_by_a_school(text: str, name: Name) -> bool:
    """Whether initials, or a first name with one, stand near a school."""
    written = text[name.start : name.end]
    if name.words > 3 or name.kinds & lex.TITLE or not written.endswith("."):
        return False
    if len(written) == 2 and not _ALONE.match(text, name.end):
        return False
    around = left_of(text, name.start, _AROUND) + " | " + right_of(text, name.end, _AROUND)
    kinds = kinds_in(around)
    if "".join(filter(str.isalpha, fold(written))) in _ABBREVIATIONS and not kinds & lex.CHILD:
        return False
    return bool(kinds & (lex.SCHOOL | lex.PUPIL))


def _is_official(text: str, name: Name) -> bool:
    """Whether they act in a function: a judge, the head of a school."""
    near = 0
    for word in words(left_of(text, name.start, 26))[-1:] + words(right_of(text, name.end, 34))[:3]:
        near |= kinds_of(word)
    return bool(near & lex.OFFICIAL) and not near & (lex.CHILD | lex.PUPIL | lex.KIN)
