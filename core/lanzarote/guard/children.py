"""What tells of one child: a name with an age or a date beside it, the address of a home."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from lanzarote.guard import lexicon as lex
from lanzarote.guard.lexicon import (
    all_of,
    either,
    kinds_in,
    kinds_of,
    kinds_of_people,
    left_of,
    right_of,
    words,
    written,
)
from lanzarote.guard.names import (
    CAPITALISED,
    LIKELY,
    NO,
    OF,
    POSSIBLE,
    SURE,
    WORDS,
    Left,
    Name,
    begins_sentence,
    read_name,
)
from lanzarote.guard.normalise import UPPER, Finding, Run
from lanzarote.translation.folding import fold

# --- Names beside an age: ``Léa, 9 ans``, ``Tom (12)``, ``Anna is 14 years old``, ``die 9-jährige Lena`` ---

_AGE = re.compile(r"(\d{1,3})(?![\d.,]\d|\d|\.[ \n]\d)(?:([ \n-]?)([^\W\d_]{1,14}(?:/o|[ -](?:old|alt|ans?)\b)?))?")
# "Lyon, 10 ans après" and "Assises, 15 ans de réclusion" count years, not somebody's age.
_NOT_AGES = re.compile(rf"[ \n](?:d[e’'](?! (?:moins|plus))|{either('notage')})", re.IGNORECASE)
_ENDS_CLAUSE = re.compile(r"[.,;)!]|$| (?:and|und|en|et|och|og|και|e|i|y|та|і|when|als|when|quand)\b")
_WINDOW = 44
_OLDEST_CHILD, _OLDEST = 25, 110
_SMALLEST_ALONE = 4
"""Smaller figures in brackets count something."""
_BETWEEN = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*|[,:;(–-]|\S")
_CONNECTING = all_of("connecting")
_MOST_BETWEEN = 7
_LAST_WORD = re.compile(r"([^\W\d_]{3,})[,:]? ?\(?$")


def ages(text: str, runs: Iterable[Run]) -> Iterator[Finding]:
    """Names with an age in figures."""
    for start, _, figures in runs:
        if len(figures) > 3 and (figures[:4].isdecimal() or not (figures[1].isalpha() or figures[2].isalpha())):
            continue
        match = _AGE.match(text, start)
        if match is None or match[1][0] == "0" or _continues(text, start):
            continue
        unit = match[3] is not None and _is_unit(match[3], text[match.end() : match.end() + 1])
        bare = not unit and _stands_alone(text, start, match.end(1))
        if not (unit or bare or kinds_of(_last_word(text, start)) & lex.AGED):
            continue
        if not (unit and _NOT_AGES.match(text, match.end())) and int(match[1]) <= _OLDEST:
            yield from _named(text, match, unit, bare)


def _continues(text: str, start: int) -> bool:
    """Whether the figures go on from a decimal point, a paragraph, a house number."""
    before = text[start - 1 : start]
    return before in tuple("./°№#§-–") or (before == "," and text[start - 2 : start - 1].isdecimal())


def _is_unit(word: str, sign: str) -> bool:
    word = word.partition(" ")[0].partition("/")[0]
    return bool(kinds_of(word + "." if sign == "." and len(word) < 3 else word) & lex.UNIT)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """``(12)`` and ``, 12,``"""
    return (
        (text[start - 1 : start], text[end : end + 1]) in (("(", ")"), ("(", ","), ("[", "]"))
        or (
            text[start - 2 : start] == ", "
            and (text[end : end + 1] in (",", ";", ".", ")", "") or text[end : end + 2] == " (")
        )
        or (_ENDS_CLAUSE.match(text, end) is not None and bool(kinds_of(_last_word(text, start)) & lex.HAS))
    )


def _last_word(text: str, end: int) -> str:
    before = text[max(0, end - 12) : end].replace("(", " ").split()
    return before[-1].strip(",:") if before else ""


def _named(text: str, age: re.Match[str], unit: bool, bare: bool) -> Iterator[Finding]:
    start, number = age.start(), int(age[1])
    end = age.end() if unit else age.end(1)
    if text[end : end + 1] in (")", "]") and (bare or "(" in text[max(0, start - 12) : start]):
        end += 1
    name = _name_before(text, start)
    if name and kinds_of(_last_word(text, name.start)) & (lex.STREET | lex.SCHOOL | lex.ORGANISATION):
        return
    if name and _is_likely(text, name, age, unit, number):
        yield "name-with-age", name.start, end, False
    elif unit and (found := CAPITALISED.match(text, _after_sign(text, end))):
        after = read_name(text, *found.span())
        joined = age[2] not in (" ", "\n") or not age[3].islower() or len(age[3]) > 6
        if (
            after
            and after.sureness >= (POSSIBLE if joined and text[end : end + 1] == " " else SURE)
            and number <= _OLDEST_CHILD
        ):
            yield "name-with-age", start, after.end, False


def _after_sign(text: str, end: int) -> int:
    return end + 2 if text[end : end + 1] == "," else end + 1


def _name_before(text: str, start: int) -> Name | None:
    """The name that stands before the age with nothing between but signs and words such as ``aged``, ``who is``."""
    first = max(0, start - _WINDOW)
    window = text[first:start]
    if first:
        cut = re.match(r"\S*\s?", window)
        first += cut.end() if cut else 0
    found = None
    for found in CAPITALISED.finditer(text, first, start):  # noqa: B007
        pass
    if found and (not found.start() or not text[found.start() - 1].isalnum()):
        between = text[found.end() : start]
        if _connects(between):
            name = read_name(text, *found.span())
            if name and name.sureness > NO and (between.strip() or name.given):
                return name
    # Haste leaves capitals out.
    if (match := _LAST_WORD.search(window)) and match[1].islower():
        kinds = kinds_of(match[1])
        if kinds & lex.GIVEN and not kinds & ~lex.GIVEN:
            begin = start - len(window) + match.start(1)
            return Name(begin, begin + len(match[1]), True, False, 1, 0, False, False, SURE)
    return None


def _connects(between: str) -> bool:
    tokens = _BETWEEN.findall(between)
    return len(tokens) <= _MOST_BETWEEN and all(
        token in (",", ":", "(", "–", "-") or kinds_of(token) & (lex.HAS | lex.AGED) or fold(token) in _CONNECTING
        for token in tokens
    )


def _is_likely(text: str, name: Name, age: re.Match[str], unit: bool, number: int) -> bool:
    sureness = name.sureness
    if unit and len(age[3]) < 2 and sureness < SURE:
        return False
    if not unit and number < _SMALLEST_ALONE and not kinds_in(text[name.end : age.start()]) & lex.AGED:
        return False
    if number > _OLDEST_CHILD and sureness < LIKELY:
        return bool(
            kinds_in(left_of(text, name.start, 30) + right_of(text, age.end(), 30)) & (lex.PEOPLE | lex.TOLD | lex.CASE)
        )
    between = text[name.end : age.start()]
    if unit or (kinds_in(between) & lex.AGED and (sureness > POSSIBLE or "," in between or "(" in between)):
        return True
    if number > _OLDEST_CHILD - 7:
        return sureness == SURE and name.words > 1 and not name.initials and text[age.start() - 2] == ","
    return sureness == SURE or bool(
        kinds_in(left_of(text, name.start, 40) + right_of(text, age.end(), 40)) & (lex.PEOPLE | lex.TOLD | lex.CASE)
    )


def age_in_words(text: str, name: Name) -> int | None:
    """Where the age behind *name* ends, when it is told in words: ``Léa, neuf ans``, ``Isla was nine when …``."""
    end = name.end
    if text[end : end + 1] not in (",", " ", "(", ":"):
        return None
    place, told = end, 0
    for number, match in enumerate(re.finditer(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|[^\s\w]", text[end : end + 44])):
        word = match[0]
        if number > _MOST_BETWEEN:
            return None
        if told:
            if kinds_of(word) & lex.UNIT:
                return end + match.end()
            break
        if word in (",", ":", "(", "–", "-"):
            continue
        kinds = kinds_of(word)
        if kinds & lex.NUMBER:
            told, place = lex.NUMBER | _had(text[name.end : end + match.start()]), end + match.end()
            # "un", "une", "ein": an article as well
            if len(word) < 4 and word not in ("six", "dix", "dos", "due", "two", "ten", "dwa", "два", "zes", "elf"):
                told &= ~lex.HAS
        elif not kinds & (lex.HAS | lex.AGED) and fold(word) not in _CONNECTING:
            return None
    return place if told & (lex.HAS | lex.AGED) and name.given else None


def _had(between: str) -> int:
    return kinds_in(between) & (lex.HAS | lex.AGED) or (lex.HAS if between.strip() == "," else 0)


# --- Names with a full date beside them, as lists of children have them: ``Lucas Martin 12/03/2015`` ---

_SIGNS_BETWEEN = " \n,;:|(–—/-"
_MOST_SIGNS_BETWEEN = 3
_MONTH_FIRST = re.compile(r"\d{1,2}(?:st|nd|rd|th)?,[ \n]?\d{4}")
_BEFORE_DATE = 48
_LONGEST_LEFT = 30
_YEAR = re.compile(r"\d{4}")
_EARLIEST = 1_930
"""Born before that year nobody is a party to a case: it is the date of something else."""
_NOT_THEIRS = lex.OFFICIAL | lex.ORGANISATION | lex.SCHOOL | lex.STREET
_ARTICLE = re.compile(rf"[,;:–—(-] ?(?:{either('beforedate')}) \Z")
"""``Lucas Martin, le 3 mars 2015``"""
_LONGEST_ARTICLE = 8
_WRITINGS = all_of("writing")
"""What somebody has written bears their name and its day."""
_SIGNED_BY = all_of("signedby")


def name_before_date(text: str, start: int, end: int) -> int | None:
    """Where the name begins that only a sign parts from the date at *start* … *end*, if it is somebody's.

    A title before it, a function or *by* make it that of who signed or wrote something on that day.
    """
    if american := _MONTH_FIRST.match(text, start):
        start = _month_before(text, american.start())
    said = _ARTICLE.search(text, max(0, start - _LONGEST_ARTICLE), start)
    start = said.start() + 1 if said else start
    first, last = max(0, start - _BEFORE_DATE), _end_of_name(text, start)
    if last == start or not first < last or text[last - 1].isdecimal():
        return None
    found = None
    for found in CAPITALISED.finditer(text, first, last):  # noqa: B007
        pass
    if found is None or found.end() != last or (found.start() and text[found.start() - 1].isalnum()):
        return None
    name = read_name(text, *found.span())
    if name is None or not name.given or name.words < 2 or name.sureness < SURE or name.kinds & lex.TITLE:
        return None
    if said and not begins_sentence(text, found.start()):
        return None  # something with them was on that day
    if not _is_year_of_birth(text[start:end]) or _is_somebody_elses(text, *found.span()):
        return None
    return name.start


def _first_name_in(text: str, start: int, end: int) -> int:
    """Where the first name begins: what they wrote may have a capital too."""
    return next((match.start() for match in WORDS.finditer(text, start, end) if kinds_of(match[0]) & lex.GIVEN), start)


def _month_before(text: str, start: int) -> int:
    """Where ``May 3, 2014`` begins, of which only ``3, 2014`` was found."""
    return max(text.rfind(" ", 0, start - 1), text.rfind("\n", 0, start - 1)) + 1


def _end_of_name(text: str, start: int) -> int:
    last = start
    while last and start - last < _MOST_SIGNS_BETWEEN and text[last - 1] in _SIGNS_BETWEEN:
        last -= 1
    return last


def _is_year_of_birth(date: str) -> bool:
    year = _YEAR.search(date)
    return year is None or _EARLIEST <= int(year[0]) <= datetime.now(UTC).year


def _is_somebody_elses(text: str, start: int, end: int) -> bool:
    """Whether the day is that of something the one named there has signed, written or done in a function."""
    near = words(left_of(text, start, _LONGEST_LEFT))[-2:]
    if any(kinds_of(word) & (_NOT_THEIRS | lex.TITLE) or fold(word) in _SIGNED_BY for word in near):
        return True
    before = [fold(word) for word in (*near, *words(text[start : _first_name_in(text, start, end)]))][-2:]
    return len(before) > 1 and before[1] in OF and before[0].rpartition("'")[2] in _WRITINGS


# --- Postal addresses where a child lives; those of houses that receive children pass ---

_NUMBER = re.compile(
    r"\d{1,4}(?:[ \n]?(?:bis|ter|quater)\b| ?[A-Zb-zА-Я](?![\w’'])|a\b|[/-]\d{1,4}[a-z]?| ?-[А-ЯA-Z]\b)?"
)
_COMPOUND = re.compile(
    rf"((?:(?:Am|An der|Auf der|Im|In der|Zur|Zum) )?[{UPPER}][^\W\d_]*(?:-[{UPPER}][^\W\d_]*)*\.?),? ?$"
)
_GOES_ON = re.compile(r"\d| \d{3}(?!\d)")
"""A number of more figures than a house has: ``116 006``."""
_LEFT = 48
_MOST_WORDS = 6
_STREET_NAME = re.compile(
    rf"(?:[ \n](?:de la |de l[’']|des |du |de |la |le |les |d[’']|l[’'])?[{UPPER}0-9][\w’'-]*){{1,3}}"
)
_PARTICLES = all_of("streetparticle")
_SENTENCE_END = re.compile(r"[.!?;](?= [^\W\d_a-zа-я])|\n(?=\n)")
_BEFORE_ADDRESS, _AFTER_ADDRESS = 110, 72


def home_addresses(text: str, runs: Iterable[Run]) -> Iterator[Finding]:
    """``La mineure habite 12 rue des Lilas``, ``Emma Durand, 12 rue des Lilas``"""
    told: int | None = None
    for run in runs:
        if not _may_be_house(text, run.start, run.text):
            continue
        match = _NUMBER.match(text, run.start)
        if match is None or _GOES_ON.match(text, match.end()):
            continue
        if told is None:
            told = kinds_in(text)
        span = _address(text, *match.span(), lives=bool(told & lex.LIVES))
        # Most texts with an address tell of nobody.
        if span and ((told & lex.PEOPLE and _is_home(text, *span)) or _is_behind_a_name(text, span[0])):
            yield "address-of-minor", *span, False


def _may_be_house(text: str, start: int, figures: str) -> bool:
    """Before a house number stands the end of a name, or behind it the beginning of one."""
    if start and text[start - 1] not in " \n,.º°№:(":
        return False
    if figures[:4].isdecimal() and len(figures) > 3:
        return False
    last = text[max(0, start - 24) : start].split()[-1:]
    if last and (last[0][0].isupper() or last[0].strip(",").lower() in _NUMBERING):
        return True
    following = _FOLLOWING.match(text, start)
    return following is not None and (following[1][0].isupper() or bool(kinds_of(following[1]) & lex.STREET))


_NUMBERING = written("housenumber")
_FOLLOWING = re.compile(r"\d{1,4}(?:[ \n]?(?:bis|ter|quater|[A-Za-z])\b)?,?[ \n]([^\W\d_]+\.?)")


def _address(text: str, start: int, end: int, *, lives: bool) -> tuple[int, int] | None:
    """The street that the house number *start* … *end* belongs to; *lives*: somewhere it says that somebody does."""
    return _street_after(text, start, end) or _street_before(text, start, end, lives=lives)


def _street_after(text: str, start: int, end: int) -> tuple[int, int] | None:
    """``12, rue des Lilas``, ``14 Larch Road``"""
    if text[end : end + 1] not in (" ", ",", "\n"):
        return None
    for place, match in enumerate(_WORD.finditer(text, end, end + 40)):
        if match.start() > end + 2 and not place:
            return None
        if kinds_of(match[0]) & (lex.ROAD if place else lex.STREET):
            name = _STREET_NAME.match(text, match.end()) if not place else None
            return start, name.end() if name else match.end() - match[0].endswith(".")
        # In English the name stands between.
        if place == 3 or not match[0][0].isupper():
            return None
    return None


def _street_before(text: str, start: int, end: int, *, lives: bool) -> tuple[int, int] | None:
    """``calle Mayor 12``, ``ul. Lipowa 12``, ``Lindenstraße 12``"""
    offset = max(0, start - _LEFT)
    before = [match for match in _WORD.finditer(text, offset, start) if match[0].lower() not in _NUMBERING]
    for place, match in enumerate(reversed(before[-_MOST_WORDS:])):
        kinds = kinds_of(match[0])
        if kinds & lex.STREET:
            return match.start(), end
        if not place and kinds & lex.STREETEND and match[0][0].isupper():
            return match.start(), end
        if not (match[0][0].isupper() or match[0].lower() in _PARTICLES):
            break
    # Streets that are only a name: Am Mühlbach 7a, Kwiatowa 101, Αριστοτέλους 7
    name = _COMPOUND.search(text[offset:start]) if lives and before and text[start - 1] in " \n" else None
    if name and kinds_in(left_of(text, offset + name.start(), 40)) & lex.LIVES:
        return offset + name.start(), end
    return None


_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*(?:\.|/)?|[nN][°º]|№")


_NAME_WINDOW = 64
_ONLY_SIGNS = re.compile(r"[ \n]?[,:(–-]?[ \n]?")


def _is_behind_a_name(text: str, start: int) -> bool:
    """``Emma Durand, ``, ``Emma Durand habite au ``: a whole name, of a person and not of a hall or a school."""
    offset = max(0, start - _NAME_WINDOW)
    spans = [match.span() for match in CAPITALISED.finditer(text, offset, start)]
    name = read_name(text, *spans[-1]) if spans else None
    if name is None or name.words < _WHOLE_NAME or name.sureness < SURE:
        return False
    if not kinds_of(text[name.start : name.end].split(maxsplit=1)[0]) & lex.GIVEN:
        return False  # Espace Simone Veil
    between = text[name.end : start]
    if not _ONLY_SIGNS.fullmatch(between) and (len(between.split()) > _MOST_WORDS or not kinds_in(between) & lex.LIVES):
        return False
    return not _is_named_after(text, name.start)


def _is_named_after(text: str, start: int) -> bool:
    """``le gymnase Jean Dame``, ``collège Anne Frank``: something that bears the name which begins at *start*."""
    left = Left(text, start)
    if left.sign or not left.nearest:
        return False
    kinds = kinds_of(left.nearest)
    if left.official or kinds & (lex.ORGANISATION | lex.SCHOOL | lex.STREET | lex.SERVICE):
        return True
    noun = re.search(r"([^\W\d_]+[ \n]|[^\W\d_][’'])[^\W\d_]+[ \n]$", text[max(0, start - _WINDOW) : start])
    return bool(noun and fold(noun[1]).strip(" \n’'") in _ARTICLES and not kinds & (lex.PEOPLE | lex.TITLE))


_ARTICLES = {one.strip("’'") for one in all_of("article")}
_WHOLE_NAME = 2
"""Words of it."""


def _is_home(text: str, start: int, end: int) -> bool:
    before = _SENTENCE_END.split(left_of(text, start, _BEFORE_ADDRESS))[-1]
    after = _SENTENCE_END.split(right_of(text, end, _AFTER_ADDRESS))[0]
    people = kinds_of_people(before) | kinds_of_people(after)
    if not people & lex.PEOPLE:
        return False
    kinds = (kinds_in(before) | kinds_in(after)) & ~lex.PEOPLE | people & lex.PEOPLE
    if kinds & lex.LIVES:
        return True
    if not kinds & (lex.CHILD | lex.PARTY | lex.KIN):
        return False  # many children are received somewhere, not at home there
    return bool(kinds & lex.PRIVATE and kinds & (lex.CHILD | lex.PARTY)) or not kinds & (lex.SERVICE | lex.ORGANISATION)
