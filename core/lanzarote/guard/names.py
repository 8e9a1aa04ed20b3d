"""Whether capitalised words may be the name of a person, and how surely."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from lanzarote.guard import lexicon as lex
from lanzarote.guard.lexicon import all_of, first_names, kinds_of, left_of, words, written
from lanzarote.guard.normalise import UPPER
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

_ROLES = lex.CHILD | lex.PARTY | lex.KIN | lex.LITTLE | lex.SURNAMED | lex.CASE
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
                titled = bool(kinds & lex.TITLE)
                first_is_role = first_is_role or (begins and match.start() == start and bool(kinds & ~lex.TITLE))
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
        given=any(kinds & lex.GIVEN and not kinds & lex.NOTNAME for _, kinds in capitals[:2]),
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
    if kinds & lex.TITLE and not (len(word) < 3 and (is_last or following[1:] == ".")):
        return lex.TITLE
    if kinds & _ROLES and not kinds & lex.GIVEN and not is_last:
        return kinds & _ROLES
    if not is_last and not kinds & lex.GIVEN and _ELIDED.match(word):
        return 0
    return None


def _sureness(capitals: list[tuple[str, int]], titled: bool) -> int:
    first, kinds = capitals[0]
    given = bool(kinds & lex.GIVEN) and not kinds & lex.NOTNAME
    if len(capitals) > 1 and not given:
        given = bool(capitals[1][1] & lex.GIVEN) and not kinds & lex.NEVER_A_NAME
    foreign = any(
        kinds & lex.NEVER_A_NAME and not kinds & lex.GIVEN
        for place, (word, kinds) in enumerate(capitals)
        if len(word) > 2 and not _INITIAL.fullmatch(word) and not (given and place and kinds == lex.STREET)
    )
    if titled:
        return (
            NO if kinds & (lex.OFFICIAL | lex.ORGANISATION | lex.SCHOOL | lex.CHILD | lex.PARTY) and not given else SURE
        )
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


# --- What stands before a name: a role, a title, a member of a family ---

ROLES = lex.CHILD | lex.PARTY
_FUNCTION = lex.OFFICIAL | lex.KNOWN
_SEVERAL = lex.CHILDREN | lex.PARTIES
_SOMEBODY = ROLES | _SEVERAL | lex.KIN | lex.PARENTS | lex.LITTLE
_NO_FUNCTION = _SOMEBODY | lex.TITLE | lex.NAMED | lex.CASE | lex.SCHOOL | lex.ORGANISATION
_FILLERS = all_of("filler")
OF = all_of("of")
_SIGNS = ",:–—-("
STOP = re.compile(r"[.!?;](?=[ \n])|\n(?=[-–•*])|\)")
_LONGEST_UNIT = 7
_IS = all_of("is")
_PRONOUNS = all_of("pronoun")
_TOKEN = re.compile(r"[cC]/|[^\W_]+(?:[-·’'][^\W_]+)*\.?|[,:–—(-]")
_WINDOW = 56
_LOOSELY = all_of("loosely")
_MOST_OF_A_REPORT = 4
"""Words between it and what it is about: ``plainte déposée hier soir contre``."""


_ABBREVIATED = re.compile(r"([^\W\d_]{1,6}\.)[ \n]$")


class Left:
    """``la victime, Mme``, ``un élève prénommé``, ``la mère de``, ``un garçon de 9 ans,``"""

    def __init__(self, text: str, start: int) -> None:
        self.kinds = 0
        """Those of the nearest word for a person."""
        self.word = ""
        self.capital = False
        self.leads = False
        """That word begins the sentence, or only an article stands before it."""
        self.sign = ""
        """What parts it from the name."""
        self.of = self.named = self.case = self.about = False
        self.reported = False
        """A complaint or a report is about it: ``plainte contre``, ``report about``."""
        self.against = False
        """It is against it, and right before the name: ``plainte contre``."""
        self.loosely = False
        """Only ``pour``, ``for`` says so: one may be made for anything."""
        self.file = False
        """It is what a file is called by: ``dossier``, ``signalement de``."""
        self.function = False
        """What they do stands before the name: ``plainte contre l'entraîneur``."""
        self.official = False
        """It goes with a function: ``juge des enfants``, ``the victim's lawyer``."""
        self.title: int | None = None
        self.nearest = ""
        self.unknown = 0
        """How many words more may stand between: ``l'autore del reato è``."""
        before = left_of(text, start, _WINDOW)
        if (short := _ABBREVIATED.search(before)) and kinds_of(short[1]) & lex.TITLE:
            self.title = start - len(before) + short.start()
            before = before[: short.start()]
            start = self.title
        before = STOP.split(before)[-1]
        self._read(before, start - len(before))

    def _read(self, before: str, offset: int) -> None:
        for match in reversed(list(_TOKEN.finditer(before))):
            word = match[0]
            if word in _SIGNS:
                if self.sign and self.sign != ",":
                    return
                self.sign = word
                continue
            self.nearest = self.nearest or word
            kinds, folded = kinds_of(word), fold(word)
            if kinds & _FUNCTION and self.nearest == word and not kinds & _NO_FUNCTION:
                self.function, self.of = True, False
                continue
            if (self.about or self.function) and kinds & _SOMEBODY and not kinds & (lex.CASE | lex.REPORT | lex.ABOUT):
                if not self.unknown:
                    return
                self.unknown -= 1
                continue
            if kinds & _SOMEBODY and not (kinds & lex.NAMED and not kinds & ROLES):
                self.kinds, self.word, self.capital = kinds, folded, word[:1].isupper()
                rest = before[: match.start()].strip(" «“„\"–-•*\n’'").lower()
                self.leads = not rest or rest in _FILLERS
                self.of = self.of and bool(kinds & (lex.KIN | lex.PARENTS))
                near = words(before[: match.start()])[-2:]
                self.official = any(kinds_of(one) & lex.OFFICIAL for one in near)
                return
            if kinds & lex.UNIT and len(word) > _LONGEST_UNIT and (self.named or match.end() == len(before.rstrip())):
                self.kinds, self.word = lex.CHILD, folded  # die neunjährige Lena
                return
            if self.about and kinds & (lex.CASE | lex.REPORT):
                self.reported = True
                return
            if kinds & lex.CASE and (self.of or not self.sign or (kinds & lex.FILE and self.sign == ":")):
                self.case, self.file = not self.function, bool(kinds & lex.FILE) and not self.function
                return
            if kinds & lex.TITLE and len(word) > 1:
                self.title = offset + match.start()
            elif kinds & lex.NAMED:
                self.named = True
            elif folded in OF:
                self.of = True
            elif kinds & lex.ABOUT and not self.named:
                self.about, self.against = True, bool(kinds & lex.AGAINST) and (self.function or self.nearest == word)
                self.loosely = folded in _LOOSELY
                self.unknown = _MOST_OF_A_REPORT
            elif folded in _FILLERS or kinds & (lex.NUMBER | lex.UNIT | lex.HAS) or word.isdecimal():
                self.unknown = 3 if folded in _IS and self.nearest == word else self.unknown
                continue
            elif self.unknown:
                self.unknown -= 1
            elif folded in _PRONOUNS and self.named:
                self.kinds, self.word = lex.CHILD, folded  # elle s'appelle
                return
            elif not self.named or kinds & (lex.SCHOOL | lex.ORGANISATION):
                return


# --- Names typed in haste, without their capitals: they are given them, so that all the rest reads them as names ---
# Only a first name that is no other word is taken for one, and only with another word beside it that may be a name,
# behind a word such as *child* or before an age: hardly any sentence has that.

_WORD = re.compile(r"(?<![\w@./#-])[^\W\d_]+(?:[-’'‑][^\W\d_]{2,})*(?![\w@/])")
_PARTICLES = all_of("particle")
_SHORTEST = 3
_ALSO_WORDS = all_of("alsoword")
"""First names that somewhere are words as well: the one beside them has to be a name too."""
_NO_NAMES = written("notgiven")
"""Common words that only without their accents are a first name: Icelandic *or* is not the Turkish Eda."""
_FIGURE_NEXT = re.compile(r"\W{1,3}(?:[^\W\d_]{1,6} )?\d")
"""An age or a date follows."""
_AGE_MAY_FOLLOW = re.compile(r",?[ \n](?:\d|\w)")
_AGE_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_LONGEST_AGE = 40
_BEFORE = lex.CHILD | lex.PARTY | lex.LITTLE | lex.NAMED


def with_capitals(text: str) -> str:
    """*text*, names in lower case written as names; every place stays what it was."""
    found = list(_WORD.finditer(text))
    places = [place for at, _ in enumerate(found) for place in _named_at(text, found, at)]
    if not places:
        return text
    letters = list(text)
    for place in places:
        if len(upper := letters[place].upper()) == 1:
            letters[place] = upper
    return "".join(letters)


def may_name_somebody(text: str) -> bool:
    """Whether a word of *text* is a first name without its capital. Hardly any is; so it is looked for by the byte."""
    plainly = text.encode("utf-8", "surrogatepass").translate(_PLAINLY, _LATIN_1)
    if _OTHER in plainly:
        words = fold(text).replace("-", " ").replace("'", " ").split()
        return not first_names().isdisjoint(words)
    return not _first_names_in_bytes().isdisjoint(plainly.split())


_OTHER = b"\x01"
"""A letter of another alphabet than Latin-1."""
_LATIN_1 = b"\xc3"


def _table() -> bytes:
    """Letters of Latin-1 in UTF-8 without their accents, once the first of their bytes is gone; signs are blanks."""
    table = bytearray(range(256))
    for code in (*range(0x80, 0x100), *b"-'([:,"):
        table[code] = 0x20
    for code in range(0xE0, 0x100):
        plain = fold(chr(code)).encode("ascii", "ignore")
        table[code - 0x40] = plain[0] if len(plain) == 1 else 0x20
    for code in (*range(0xC4, 0xCA), *range(0xCC, 0xE0), 0xE1):
        table[code] = _OTHER[0]
    return bytes(table)


_PLAINLY = _table()


@cache
def _first_names_in_bytes() -> frozenset[bytes]:
    return frozenset(name.encode() for name in first_names() if name.isascii())


def _named_at(text: str, found: list[re.Match[str]], at: int) -> list[int]:
    """Where the parts of a name in lower case begin whose first name is the word number *at*."""
    word = found[at]
    if not _is_first_name(word[0]):
        return []
    sure = fold(word[0]) not in _ALSO_WORDS
    family, between = at + 1, word.end()
    while family < len(found) and fold(found[family][0]) in _PARTICLES and family < at + 3:
        between = found[family].end()
        family += 1
    if (
        family < len(found)
        and _adjoins(text, word.end(), found[family].start(), between)
        and _may_be_family(found[family][0], sure=sure or _FIGURE_NEXT.match(text, found[family].end()) is not None)
    ):
        return _parts(word) + _parts(found[family])
    if sure and _AGE_MAY_FOLLOW.match(text, word.end()) and _age_follows(text, word.end()):
        return _parts(word)
    before = found[at - 1] if at else None
    if (
        sure
        and before
        and kinds_of(before[0]) & _BEFORE
        and text[before.end() : word.start()].strip(" \n") in ("", ":")
    ):
        return _parts(word)
    return []


def _age_follows(text: str, end: int) -> bool:
    """``lucas a 9 ans``, ``lena, neun jahre alt``, ``tom, aged nine``"""
    told = number = False
    for match in _AGE_WORDS.finditer(text, end, end + _LONGEST_AGE):
        kinds = kinds_of(match[0])
        if number:
            return bool(kinds & lex.UNIT) or told
        if match[0].isdecimal() or kinds & lex.NUMBER:
            number = True
        elif kinds & (lex.HAS | lex.AGED):
            told = told or bool(kinds & lex.AGED)
        else:
            return False
    return number and told


def _adjoins(text: str, end: int, start: int, between: int) -> bool:
    return start - between == 1 and not any(sign in text[end:start] for sign in ".,;:()")


def _is_first_name(word: str) -> bool:
    if len(word) < _SHORTEST or not word[0].islower() or word in _NO_NAMES:
        return False
    kinds = kinds_of(word)
    return bool(kinds & lex.GIVEN) and not kinds & ~lex.GIVEN


def _may_be_family(word: str, *, sure: bool) -> bool:
    kinds = kinds_of(word)
    if len(word) < _SHORTEST or kinds & ~(lex.GIVEN | lex.LITTLE):
        return False
    return sure or bool(kinds & lex.GIVEN)


def _parts(word: re.Match[str]) -> list[int]:
    """Where the word begins, and each part behind a hyphen."""
    return [word.start(), *(word.start() + sign.end() for sign in re.finditer("[-‑]", word[0]))]
