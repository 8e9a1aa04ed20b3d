"""Full dates of birth: a date beside a word of birth, in the order and with the signs of any language.

In rows that are pasted from a list or a table the word stands in the header, or nothing says it but what is beside the
date: a name, and a letter for the sex, a class or a word for a child.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from babel import Locale, localedata

from lanzarote.guard import lexicon as lex
from lanzarote.guard.children import name_before_date
from lanzarote.guard.lexicon import (
    all_of,
    either,
    kinds_in,
    kinds_of,
    kinds_of_people,
    languages,
    languages_of,
    left_of,
    listed_with_language,
    words,
    written,
)
from lanzarote.guard.normalise import Finding, Run
from lanzarote.translation.folding import fold

_MONTH = r"(?:[^\W\d_]{3,15}\.?|X?[IV]{1,4})"
_OF = r"(?:(?:de|del|of|di)[ \n]|d[’'])?"
_DATE = re.compile(
    # 3/3/2012, 3.3.12, 03 03 2012, 2012-03-03, also with blanks around the signs
    r"\d{1,2}[ \n]?([./\- ])[ \n]?\d{1,2}[ \n]?\1[ \n]?(?:\d{4}|[’']?\d\d)(?!\d)"
    r"|\d{4} ?([./-]) ?\d{1,2} ?\2 ?\d{1,2}(?!\d)"
    # 3 mars 2012, 3rd of March 2012, 3. März 2012, 3 de marzo de 2012, 3-mar-2012, 3.III.2012
    rf"|\d{{1,2}}(?:er|st|nd|rd|th|º|ª|°|ης|η|-?го|-?ше|ú|u)?[.]?[ \n/-]{{0,2}}"
    rf"{_OF}{_MONTH},?[. \n/-]{{1,2}}{_OF}(?:\d{{4}}|[’']\d\d|(?<=[-/.’'])\d\d)(?!\d)"
    # (March) 3, 2012
    r"|\d{1,2}(?:st|nd|rd|th)?,[ \n]?\d{4}(?!\d)|\d{1,2}(?:st|nd|rd|th) \d{4}(?!\d)"
    # 2012. március 3.
    rf"|\d{{4}}\. ?{_MONTH}[ \n]\d{{1,2}}"
    # 03032012
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d(?!\d)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.!?;](?=\s)|\"[,:\[\]{}]+\"")
"""Of a text, and of one text among others in JSON."""
_WINDOW = 60
_FURTHEST = 8
"""Words between that of birth and the date."""
_PERSON = lex.CHILD | lex.CHILDREN | lex.PARTY | lex.PARTIES | lex.KIN | lex.TITLE | lex.GIVEN | lex.LITTLE
_OLDEST = 100
_SOON = 3
_OLD = 60
"""Who was born longer ago and is dead belongs to history."""


def births(text: str, runs: Iterable[Run], *, most_beside: int) -> Iterator[Finding]:
    """Full dates near a word of birth, unless it is an association that was born; then those beside a name.

    *most_beside*: so many of the latter are enough.
    """
    done = beside = 0
    headed: list[tuple[int, int]] | None = None
    year = datetime.now(UTC).year
    for start, end, figures in runs:
        if start < done or (len(figures) < 4 and text[end : end + 1] not in _IN_DATES):
            continue
        if not (match := _DATE.match(text, start)) or (
            start and (text[start - 1].isalnum() or text[start - 1] in "/=")
        ):
            continue
        if headed is None:
            headed = list(_rows_below_a_header(text))
        if _is_of_history(text, match, year):
            continue
        row = bisect_right(headed, (start, len(text))) - 1
        if (
            _tells_birth(text, start, match.end())
            or (row >= 0 and start < headed[row][1])
            or _stands_in_a_row(text, start, match.end())
            or _stands_behind_somebody(text, match, year)
        ):
            done = match.end()
            yield "birth-date", start, done, True
        elif beside < most_beside and (first := name_before_date(text, start, match.end())) is not None:
            done, beside = match.end(), beside + 1
            yield "birth-date", first, done, False


_IN_DATES = frozenset(" .,\n-/º°ªηú")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def _is_of_history(text: str, date: re.Match[str], this_year: int) -> bool:
    year = _YEAR.search(date[0])
    if year is None:
        return False
    age = this_year - int(year[0])
    if not 0 <= age <= _OLDEST:
        return True
    after = text[date.end() : date.end() + 40]
    return age > _OLD and ("†" in after or not _words().died.isdisjoint(_WORD.findall(_lower(after))))


def _tells_birth(text: str, start: int, end: int) -> bool:
    known = _words()
    if text[end : end + 2].strip()[:1] not in _ENDS and known.after.match(_lower(text[end : end + 36])):
        return True
    written = left_of(text, start, _WINDOW)
    before = _lower(written)
    said = _WORD.findall(_SENTENCE_END.split(before)[-1])
    nearest = said[-_FURTHEST:]
    shorts = before[-26:]
    if before[-1:] != '"' and (short := known.short.search(shorts)) and _fits(short, text, start):
        return True
    if known.of_birth.isdisjoint(nearest):
        return False
    place = _place_of_birth(nearest)
    if place is None or not known.after_a_day.isdisjoint(nearest[place + 1 :][-_SOON:]):
        return False
    if not known.another.isdisjoint(nearest[place + 1 :]):
        return False  # they died that day, or it is the end of a period
    return not _is_of_a_body(_SENTENCE_END.split(written)[-1])


def _is_of_a_body(said: str) -> bool:
    """Whether it is a charity or a meeting that was born, and nobody."""
    body = kinds_in(said) & (lex.ORGANISATION | lex.SCHOOL) or not all_of("bornthing").isdisjoint(
        map(fold, words(said))
    )
    return bool(body) and not kinds_of_people(said) & _PERSON


_ENDS = frozenset((".", ";", ":", '"', ")"))


def _lower(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).casefold()


class _Words(NamedTuple):
    """What the word lists say of birth."""

    born: frozenset[str]
    born_with: dict[str, frozenset[str]]
    """What has to follow a word that is another without it: ``ne le``, ``nata il``. Haste leaves accents out."""
    of_birth: frozenset[str]
    after_a_day: frozenset[str]
    """Children born after a day are counted, not named."""
    after: re.Pattern[str]
    """What says it behind the date."""
    short: re.Pattern[str]
    """An abbreviation right before the date; those of a single letter are a group."""
    of_language: dict[str, frozenset[str]]
    """The languages in which a letter says it."""
    died: frozenset[str]
    another: frozenset[str]
    """What makes a date behind a birth another one."""
    sexes: frozenset[str]


_SHORT, _SHORTEST = 1, 4


@cache
def _words() -> _Words:
    with_others: dict[str, set[str]] = {}
    for one in written("bornwith"):
        word, _, following = one.partition("+")
        with_others.setdefault(word, set()).add(following)
    born = written("born")
    long: list[str] = []
    dotted: list[str] = []
    brief: dict[str, set[str]] = {}
    for language, one in listed_with_language("bornshort"):
        bare = re.sub(r"[\W_]", "", one)
        if len(bare) <= _SHORT:
            brief.setdefault(one, set()).add(language)
        elif {one.removesuffix("."), fold(one).removesuffix(".")} & (with_others.keys() | born):
            dotted.append(re.escape(one))
        else:
            long.append(one)
    dates = _any_of(written("birthdate"))
    after = _any_of(written("bornafter"))
    long = [one for one in long if one not in written("birthdate")]
    several = "|".join((*dotted, _any_of(long)))
    alone = (re.escape(_bare(one)) + r"(?=\s)" for one in brief if one[:1].isalpha())
    single = "|".join((*map(_spelt, brief), *sorted(set(alone))))
    born |= {plain for word in born if len(plain := fold(word)) >= _SHORTEST and plain not in with_others}
    return _Words(
        born,
        needed := {word: frozenset(following) for word, following in with_others.items()},
        born | needed.keys(),
        written("afterday"),
        re.compile(
            rf"(?:['’]\w{{1,4}})?[\s,]*(?:{after}|(?:ihren |seinen )?(?:\d+\. )?geburtstag)\b|[\s,–-]*\((?:{dates})\b"
            rf"|[\s,]*(?:comme|as|als|como|come|jako|як|ως) (?:(?:sa|his|her|their|the) )?(?:{dates})\b"
        ),
        re.compile(
            rf"(?:^|[\s(,;|\"–-])(?:(?P<long>{several})|(?P<date>{dates})|(?P<brief>{single}))(?![^\W\d_])\s?(?:[:=–-]\s?)?"
            r"(?:am |dn\. |(?:w )?dni[au] |le |el |op |il |den |στις |ar an |dne )?"
            r"(?:(?:a|à|in|em|en|w|i) [^\W\d_]{2,20},? (?:il |le |el |a )?)?(?:[^\W\d_]{3,9}\.? )?$"
        ),
        {_bare(one): frozenset(languages) for one, languages in brief.items()},
        written("died"),
        written("died") | written("between"),
        all_of("sex"),
    )


def _any_of(listed: Iterable[str]) -> str:
    """What finds any of the words, the longest first, and as haste writes them: without their accents."""
    spelt = {_spelt(form) for word in listed for form in (word, fold(word) if len(word) >= _SHORTEST else word)}
    return "|".join(sorted(spelt, key=lambda one: (-len(one), one)))


def _bare(short: str) -> str:
    return re.sub(r"[\s.]", "", short)


def _spelt(words: str) -> str:
    """What finds *words* with or without the blanks and points of an abbreviation; the last point of a short one stays.

    >>> re.fullmatch(_spelt("d.o.b."), "d. o. b") is not None, re.fullmatch(_spelt("n."), "n") is not None
    (True, False)
    """
    spelt = re.escape(words.replace("_", " ")).replace(r"\ ", " ?").replace(r"\.", r"\.? ?")
    spelt = spelt.removesuffix(" ?") if words.endswith(".") else spelt
    return spelt.removesuffix("?") if words.endswith(".") and len(_bare(words)) == 1 else spelt


def _fits(short: re.Match[str], text: str, start: int) -> bool:
    """Whether so short an abbreviation says it here: in its language, behind a sign or beside somebody."""
    brief, long = short["brief"], short["long"]
    if short["date"]:
        return any(sign in short.string for sign in ".*:(;/")
    begins = short.start("long" if brief is None else "brief")
    place = start - (len(short.string) - begins)
    before = _SENTENCE_END.split(left_of(text, place, _WINDOW))[-1]
    said = words(before)[-_BESIDE:]
    beside_child = any(kinds_of(word) & lex.CHILD for word in said) and not any(
        kinds_of(word) & _PAPER for word in said
    )
    if long is not None:
        return len(long) != _SHORTEST_OF_SEVERAL or text[place : place + len(long)].isupper() or beside_child
    opened = short.string[:begins].rstrip()[-1:]
    if brief.startswith("*"):
        return opened in ("", *_OPENING, ",") or beside_child
    around = text[max(0, start - _AROUND) : start + _AROUND]
    if _words().of_language.get(_bare(brief), frozenset()).isdisjoint(languages_of(around)):
        return False
    if "." not in brief:
        return beside_child and bool(kinds_of(said[-1]) & lex.CHILD)
    if kinds_of_people(before) & _PERSON & ~lex.TITLE:
        return beside_child or not any(kinds_of(word) & _PAPER for word in said)
    return opened in _OPENING and not kinds_in(before) & (lex.ORGANISATION | lex.REFERENCE)


_BESIDE = 3
_PAPER = lex.REFERENCE | lex.ORGANISATION
_SHORTEST_OF_SEVERAL = 2
"""Letters without a point that may be a word."""
_AROUND = 200
_OPENING = ("(", ";", "|")
_IN = frozenset(("a", "à", "in"))


def _place_of_birth(said: list[str]) -> int | None:
    known = _words()
    for place, word in enumerate(said):
        if word in known.born:
            return place
        if needed := known.born_with.get(word):
            following = said[place + 1 :]
            if not following:
                return place if "" in needed else None
            if following[0] in needed or (following[0] in _IN and following[-1] in needed):
                return place
    return None


# --- dates in words ---

_BEFORE_YEAR, _BEFORE_MONTH, _AFTER_YEAR = 40, 100, 60
_NO_DAY = frozenset(("en", "in", "im", "em", "w", "у", "в", "í", "i", "á", "nel", "τον"))
_SMALL = frozenset(("de", "del", "of", "di", "the"))


def births_in_words(text: str) -> Iterator[Finding]:
    """``née le douze mars deux mille quatorze``: the thousands of a year behind a month, beside a word of birth."""
    low = _lower(text)
    parts, thousands = _thousands()
    if not any(part in low for part in parts):
        return  # nearly every text: seeing that is quick
    known = _words()
    for match in thousands.finditer(text):
        first = max(0, match.start() - _BEFORE_YEAR)
        said = list(_WORD.finditer(text, first, match.end()))
        months = [place for place, word in enumerate(said) if _lower(word[0]) in _months()]
        if not months or not (day := [one for one in said[: months[-1]] if _lower(one[0]) not in _SMALL]):
            continue
        if _lower(day[-1][0]) in _NO_DAY:
            continue
        month = said[months[-1]]
        before = _SENTENCE_END.split(left_of(text, month.start(), _BEFORE_MONTH))[-1]
        after = _SENTENCE_END.split(text[match.end() : match.end() + _AFTER_YEAR])[0]
        said_before, said_after = (_WORD.findall(_lower(part)) for part in (before, after))
        if known.born.isdisjoint(said_after) and _place_of_birth(said_before) is None:
            continue
        if not _is_of_a_body(before):
            yield "birth-date", day[-1].start(), match.end(), True


@cache
def _thousands() -> tuple[tuple[str, ...], re.Pattern[str]]:
    """The words for a thousand, and what finds them in a text, also at the end of a longer word."""
    whole = "|".join(word for word in either("thousand").split("|") if word[:2] != r"\*")
    compounds = "|".join(word[2:] for word in either("thousand").split("|") if word[:2] == r"\*")
    found = re.compile(rf"(?:\b(?:{whole})|{compounds})\w*", re.IGNORECASE)
    return tuple(word.lstrip("*") for word in written("thousand")), found


@cache
def _months() -> frozenset[str]:
    """The names of the months in all languages that have a word list."""
    found: set[str] = set()
    for language in languages():
        if Locale.negotiate([language], localedata.locale_identifiers()):
            for form in ("format", "stand-alone"):
                found.update(map(str.casefold, Locale(language).months[form]["wide"].values()))
    return frozenset(name for name in found if name.isalpha())


# --- what only follows somebody ---

_BEHIND = re.compile(r"([^\W\d_]+)(?:[ \n]([^\W\d_]+))?(?: ?\(|, )$")
_CLOSED = re.compile(r" ?[),;]")
_YOUNGEST, _LONGEST_BEHIND = 3, 40
_MONTH_IN_WORDS = re.compile(r"(?!\b[IVX]+\b)[^\W\d_]{3,}", re.IGNORECASE)
"""As behind the title of what was published that day."""


def _stands_behind_somebody(text: str, date: re.Match[str], this_year: int) -> bool:
    """``la victime (8.7.2012)``, ``Schülerin, 14.02.2011,``, ``le petit Yanis (17/05/2016)``: no day of a hearing."""
    year = _YEAR.search(date[0])
    if not _CLOSED.match(text, date.end()) or (year and this_year - int(year[0]) < _YOUNGEST):
        return False
    behind = _BEHIND.search(text, max(0, date.start() - _LONGEST_BEHIND), date.start())
    if behind is None or (behind[0][-1] == "(") != (text[date.end() : date.end() + 2].strip()[:1] == ")"):
        return False
    *before, last = [kinds_of(word) for word in behind.groups() if word]
    if (
        last & (lex.CHILD | lex.PARTY)
        and not _MONTH_IN_WORDS.search(date[0])
        and not last & (lex.OFFICIAL | lex.SCHOOL | lex.UNIT)
    ):
        return True
    return bool(last & lex.GIVEN and before and before[0] & (lex.CHILD | lex.LITTLE))


# --- rows of a list or a table ---

_LONGEST_ROW, _LONGEST_HEADER, _LONGEST_CELL, _FEWEST_CELLS, _MOST_CELLS = 240, 160, 5, 3, 16
_HEADER_END = frozenset(".!?")
_IN_ROW = lex.CHILD | lex.PUPIL | lex.SCHOOL | lex.PARTY | lex.KIN | lex.LIVES


def _rows_below_a_header(text: str) -> Iterator[tuple[int, int]]:
    """Where the rows stand below a line such as ``Name;First name;Born;Class``."""
    if "\n" not in text:
        return
    known = _words()
    place, below = 0, False
    for line in text.split("\n"):
        if any(map(str.isdecimal, line)):
            if below:
                yield place, place + len(line)
        elif len(line) <= _LONGEST_HEADER and line.strip()[-1:] not in _HEADER_END:
            said = _lower(line)
            below = not known.of_birth.isdisjoint(_WORD.findall(said)) or any(
                known.short.search(f"{cell.strip()} ") for cell in re.split(r"[;|,\t]", said)
            )
        else:
            below = False
        place += len(line) + 1


def _stands_in_a_row(text: str, start: int, end: int) -> bool:
    """``MARTIN;Léa;12/03/2015;F;CM1``: a name, the date, and what only lists of children or clients have."""
    first = text.rfind("\n", max(0, start - _LONGEST_ROW), start) + 1
    last = text.find("\n", end, end + _LONGEST_ROW)
    before = text[first or max(0, start - _LONGEST_ROW) : start]
    after = text[end : last if last >= 0 else end + _LONGEST_ROW]
    sign = next((sign for sign in (";", "|", "\t", ",") if sign in before[-3:] or sign in after[:2]), "")
    if sign:
        if before.count(sign) + after.count(sign) > _MOST_CELLS:
            return False
        cells = [cell.strip() for cell in (*before.split(sign)[:-1], *after.split(sign)[1:])]
        if cells:  # a sentence may stand before the row, or behind it
            cells[0], cells[-1] = (
                " ".join(cells[0].split()[-_FEWEST_CELLS:]),
                " ".join(cells[-1].split()[:_FEWEST_CELLS]),
            )
        if before.split(sign)[-1].strip() or after.split(sign)[0].strip():
            return False  # the date has no cell of its own
        if len(cells) < _FEWEST_CELLS - 1 or any(len(cell.split()) > _LONGEST_CELL for cell in cells):
            return False
        return _tells_of_somebody(cells) and any(_is_sex(cell) or kinds_in(cell) & _IN_ROW for cell in cells)
    # blanks between the columns
    following = after.split(maxsplit=1)[:1]
    name = before.split()[-3:]
    return bool(
        following
        and after[:1] == " "
        and _is_sex(following[0])
        and (len(after.split()) == 1 or after.split()[1][:1].isupper() or after.split()[1][:1].isdecimal())
        and _tells_of_somebody([" ".join(name)])
    )


def _tells_of_somebody(cells: Iterable[str]) -> bool:
    """Whether one of the *cells* is a first name, or first name and family name."""
    for cell in cells:
        parts = [part for part in cell.split() if part[:1].isalpha()]
        if len(parts) == 1 and kinds_of(parts[0]) == lex.GIVEN:
            return True
        if parts and len(parts) <= _FEWEST_CELLS and all(part[:1].isupper() for part in parts):
            kinds = [kinds_of(part) for part in parts]
            if any(one & lex.GIVEN for one in kinds) and not any(
                one & (lex.ORGANISATION | lex.SCHOOL | lex.OFFICIAL) for one in kinds
            ):
                return True
    return False


def _is_sex(cell: str) -> bool:
    return fold(cell) in _words().sexes
