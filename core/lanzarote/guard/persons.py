"""What tells of a person in a text: a date of birth, an address, a name with an age, initials near a school."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from lanzarote.folding import fold
from lanzarote.guard.scan import SPACES, Run
from lanzarote.guard.vocabulary import (
    AGE_UNITS,
    BORN,
    BORN_AFTER,
    BORN_BEFORE_ARTICLE,
    FREE_MAIL,
    MOBILE_PREFIXES,
    NO_NAMES,
    ORGANISATIONS,
    ROLES,
    SCHOOLS,
)

Finding = tuple[str, int, int, bool]
"""(code, start, end, hard)"""

_SPACE = rf"[{SPACES}]"
_NUMERIC_DATE = re.compile(r"(?:\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d\d)|\d{4}([./-])\d{1,2}\2\d{1,2})(?!\d)")
_WORDED_DATE = re.compile(
    # 3 mars 2012, 3rd of March 2012, 3. März 2012, 3 de marzo de 2012
    rf"\d{{1,2}}(?:er|st|nd|rd|th|º|ª|-?го)?\.?{_SPACE}+(?:de |of |di )?[^\W\d_]{{3,15}}\.?,?"
    rf"{_SPACE}+(?:de |del |of )?\d{{4}}(?!\d)"
    # (March) 3, 2012 and 3. 3. 2012
    rf"|\d{{1,2}}(?:st|nd|rd|th)?,{_SPACE}*\d{{4}}(?!\d)"
    rf"|\d{{1,2}}\.{_SPACE}\d{{1,2}}\.{_SPACE}\d{{4}}(?!\d)"
)
_YEAR_FIRST = re.compile(rf"\d{{4}}\.{_SPACE}*[^\W\d_]{{3,15}}{_SPACE}+\d{{1,2}}")
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.!?;\n](?=\s)")
_WINDOW = 60


def births(text: str, runs: Iterable[Run]) -> Iterator[Finding]:
    """Full dates near a word of birth. A body may be born too: beside one, the concern is soft."""
    for run in runs:
        if not (end := _end_of_date(text, run)):
            continue
        before = unicodedata.normalize("NFC", text[max(0, run.start - _WINDOW) : run.start]).casefold()
        before = _SENTENCE_END.split(before.replace("geb.", "geb").replace("ur.", "ur").replace("szül.", "szül"))[-1]
        after = text[end : end + 20].casefold()
        if _tells_birth(_WORD.findall(before)[-6:]) or BORN_AFTER.match(after):
            organisation = not ORGANISATIONS.isdisjoint(_WORD.findall(fold(before)))
            yield "birth-date", run.start, end, not organisation


def _tells_birth(words: list[str]) -> bool:
    for place, word in enumerate(words):
        if word in BORN:
            return True
        if (needed := BORN_BEFORE_ARTICLE.get(word)) and not needed.isdisjoint(words[place + 1 :]):
            return True
    return False


def _end_of_date(text: str, run: Run) -> int | None:
    start, length = run.start, len(run.text)
    match: re.Match[str] | None = None
    if length == 4:
        match = _YEAR_FIRST.match(text, start) if text[run.end : run.end + 1] == "." else None
    elif length < 6:
        match = _WORDED_DATE.match(text, start)
    elif length <= 12:
        match = _NUMERIC_DATE.match(text, start)
    return match.end() if match else None


_AGED = r"(?:âgée?|aged|age|edad|età)(?:\s(?:de|di))?"
_NAME_BEFORE_AGE = re.compile(
    rf"(?:^|[^\w.’'-])([^\W\d_]{{2,15}})(?:,?\s(?P<aged>{_AGED})\s|(?:,\s?|\s?(?P<bracket>\())(?P<then>{_AGED}\s)?)$"
)
_NAME_LENGTH = 32
_OLDEST = 25


def ages(text: str, runs: Iterable[Run]) -> Iterator[Finding]:
    """``Léa, 9 ans``, ``Tom (12)``, ``Anna, aged 14``."""
    for run in runs:
        if len(run.text) > 2 or not run.text.isdecimal() or run.text[0] == "0" or int(run.text) > _OLDEST:
            continue
        first = max(0, run.start - _NAME_LENGTH)
        match = _NAME_BEFORE_AGE.search(text[first : run.start])
        if match is None or not match[1].istitle() or fold(match[1]) in NO_NAMES:
            continue
        unit = AGE_UNITS.match(text, run.end)
        alone = match["bracket"] and text[run.end : run.end + 1] == ")" and int(run.text) < 18
        if unit or alone or match["aged"] or match["then"]:
            yield "name-with-age", first + match.start(1), unit.end() if unit else run.end + bool(alone), False


_CAPITAL = "[A-ZÀ-ÞΑ-ΩА-ЯІЇЄҐ]"
_INITIALS = re.compile(rf"(?<![\w.]){_CAPITAL}\.(?:{_SPACE}?{_CAPITAL}\.(?!{_SPACE}?{_CAPITAL}\b)|(?=,))")
_HINT_OF_INITIALS = re.compile(rf"\.(?:,|{_SPACE}?{_CAPITAL}\.)")  # begins with a sign that is rare: quick to look for
_ABBREVIATIONS = {"u.n", "e.u", "u.s", "u.k", "n.b", "p.s", "j.o", "a.m", "p.m"}


def initials(text: str) -> Iterator[Finding]:
    """``L. M., élève au collège``."""
    for hint in _HINT_OF_INITIALS.finditer(text):
        match = _INITIALS.match(text, max(0, hint.start() - 1))
        if match is None or fold(match[0]).rstrip(".").replace(" ", "") in _ABBREVIATIONS:
            continue
        around = text[max(0, match.start() - _WINDOW) : match.end() + _WINDOW]
        if not SCHOOLS.isdisjoint(_WORD.findall(fold(around))):
            yield "initials-with-school", match.start(), match.end(), False


_ADDRESS = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6})")
_LOCAL_PARTS = re.compile(r"[^\W\d_]+")


def addresses(text: str) -> Iterator[Finding]:
    """E-mail addresses, except those of a role; hard where the shape is that of a person's name."""
    for match in _ADDRESS.finditer(text):
        parts = _LOCAL_PARTS.findall(fold(match[1]))
        domain = match[2].lower()
        if not ROLES.isdisjoint(parts):
            continue
        private = domain in FREE_MAIL or not FREE_MAIL.isdisjoint(domain.split("."))
        if not private and any(len(part) > 3 and part in domain for part in parts):
            continue  # crip@crip-ville.example
        yield "email", match.start(), match.end(), private or len(parts) > 1


def mobiles(text: str, runs: Iterable[Run]) -> Iterator[Finding]:
    """Numbers of mobile telephones. Helplines and offices have other prefixes and pass."""
    for run in runs:
        if not 9 <= len(run.text) <= 22:
            continue
        figures = "".join(filter(str.isdecimal, run.text))
        if not 9 <= len(figures) <= 15 or not run.text[-1].isdecimal():
            continue
        plus = run.start > 0 and text[run.start - 1] == "+"
        if not plus and run.start > 0 and (text[run.start - 1].isalnum() or text[run.start - 1] in "/=_-"):
            continue
        if MOBILE_PREFIXES.match(f"+{figures}" if plus else figures):
            yield "phone", run.start - plus, run.end, False
