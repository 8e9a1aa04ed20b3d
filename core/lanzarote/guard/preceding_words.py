"""What stands before a name: a role, a title, a member of a family."""

from __future__ import annotations

import re

from lanzarote.guard.lexicon import (
    ABOUT,
    AGAINST,
    CASE,
    CHILD,
    CHILDREN,
    FILE,
    HAS,
    KIN,
    KNOWN,
    LITTLE,
    NAMED,
    NUMBER,
    OFFICIAL,
    ORGANISATION,
    PARENTS,
    PARTIES,
    PARTY,
    REPORT,
    SCHOOL,
    TITLE,
    UNIT,
    all_of,
    kinds_of,
    left_of,
    words,
)
from lanzarote.translation.folding import fold

ROLES = CHILD | PARTY
_FUNCTION = OFFICIAL | KNOWN
_SEVERAL = CHILDREN | PARTIES
_SOMEBODY = ROLES | _SEVERAL | KIN | PARENTS | LITTLE
_NO_FUNCTION = _SOMEBODY | TITLE | NAMED | CASE | SCHOOL | ORGANISATION
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
        if (short := _ABBREVIATED.search(before)) and kinds_of(short[1]) & TITLE:
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
            if (self.about or self.function) and kinds & _SOMEBODY and not kinds & (CASE | REPORT | ABOUT):
                if not self.unknown:
                    return
                self.unknown -= 1
                continue
            if kinds & _SOMEBODY and not (kinds & NAMED and not kinds & ROLES):
                self.kinds, self.word, self.capital = kinds, folded, word[:1].isupper()
                rest = before[: match.start()].strip(" «“„\"–-•*\n’'").lower()
                self.leads = not rest or rest in _FILLERS
                self.of = self.of and bool(kinds & (KIN | PARENTS))
                near = words(before[: match.start()])[-2:]
                self.official = any(kinds_of(one) & OFFICIAL for one in near)
                return
            if kinds & UNIT and len(word) > _LONGEST_UNIT and (self.named or match.end() == len(before.rstrip())):
                self.kinds, self.word = CHILD, folded  # die neunjährige Lena
                return
            if self.about and kinds & (CASE | REPORT):
                self.reported = True
                return
            if kinds & CASE and (self.of or not self.sign or (kinds & FILE and self.sign == ":")):
                self.case, self.file = not self.function, bool(kinds & FILE) and not self.function
                return
            if kinds & TITLE and len(word) > 1:
                self.title = offset + match.start()
            elif kinds & NAMED:
                self.named = True
            elif folded in OF:
                self.of = True
            elif kinds & ABOUT and not self.named:
                self.about, self.against = True, bool(kinds & AGAINST) and (self.function or self.nearest == word)
                self.loosely = folded in _LOOSELY
                self.unknown = _MOST_OF_A_REPORT
            elif folded in _FILLERS or kinds & (NUMBER | UNIT | HAS) or word.isdecimal():
                self.unknown = 3 if folded in _IS and self.nearest == word else self.unknown
                continue
            elif self.unknown:
                self.unknown -= 1
            elif folded in _PRONOUNS and self.named:
                self.kinds, self.word = CHILD, folded  # elle s'appelle
                return
            elif not self.named or kinds & (SCHOOL | ORGANISATION):
                return
