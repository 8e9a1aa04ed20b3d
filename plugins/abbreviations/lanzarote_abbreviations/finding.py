"""Finds abbreviations in capitals, in any script that has them, and whether they are spelt out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_INTERNATIONAL = "EU UE UN ONU UNO ONZ NGO ONG NRO INGO OING CETS STCE UNICEF UNESCO WHO OMS ILO OIT OECD OCDE"
_IN_OTHER_SCRIPTS = "ΕΕ ΟΗΕ ΜΚΟ ΠΟΥ ЄС ЕС ООН НУО НПО ВООЗ ВОЗ"
_IN_EVERY_DICTIONARY = "CD CV DVD GPS HIV PDF SMS TV URL USA USB VIH WC"
KNOWN = frozenset(f"{_INTERNATIONAL} {_IN_OTHER_SCRIPTS} {_IN_EVERY_DICTIONARY}".split())
"""What readers everywhere know."""
LONGEST = 8
"""Letters of an abbreviation: what is longer is a word that somebody shouts."""
NEAR = 200
"""Characters before brackets that are looked at."""

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LAST_WORD = re.compile(r"((?:[^\W_]|-){1,40})\s{0,3}$")
_BRACKETS = re.compile(r"\(([^()\n]{1,200})")
_DOTTED = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,}")
_ROMAN = re.compile(r"X{0,3}(IX|IV|V?I{0,3})")
_PLURAL = re.compile(r"(.{2,})s")


def unexplained(texts: Mapping[str, str], *, also: str = "") -> Iterator[tuple[str, str]]:
    """Place and abbreviation, for each that none of *texts* spells out, where it stands first.

    *also*: a text that is not looked through, but may spell it out.

    >>> list(unexplained({"a": "Saisir la CRIP et l’ASE.", "b": "L’aide sociale à l’enfance (ASE) décide."}))
    [('a', 'CRIP')]
    """
    plain = {place: _undotted(text) for place, text in texts.items()}
    known = spelt_out("\n".join((*plain.values(), _undotted(also))))
    told: set[str] = set()
    for place, text in plain.items():
        found = tuple(abbreviations(text))
        if found and _is_shouted(text):
            continue
        for short in found:
            if short not in told and short not in known:
                yield place, short
            told.add(short)


def abbreviations(text: str) -> Iterator[str]:
    """The abbreviations in *text* that not everybody knows.

    >>> list(abbreviations("L’AP-HP et les CMP, au XIXe siècle et en 2024, avec deux ONGs de l’UE (article IV)."))
    ['AP-HP', 'CMP']
    """
    for chunk in text.split():
        if chunk[1:].islower():  # as nearly all are; an abbreviation has two capitals
            continue
        for word in _WORD.findall(chunk):
            for part in (word,) if _is_short(_singular(word)) else word.split("-"):
                short = _singular(part)
                if _is_short(short) and short not in KNOWN and not _ROMAN.fullmatch(short):
                    yield short


def spelt_out(text: str) -> frozenset[str]:
    """Abbreviations of which *text* says somewhere what they stand for, in words before or behind them.

    >>> sorted(spelt_out("l’aide sociale à l’enfance (ASE), la CRIP (cellule de recueil)"))
    ['ASE', 'CRIP']
    >>> spelt_out("l’ASE (2024). Puis (CRIP) suit.")
    frozenset()
    """
    found: set[str] = set()
    for match in _BRACKETS.finditer(text):
        before = text[max(0, match.start() - NEAR) : match.start()]
        before = re.split(r"[()\n]", before)[-1]
        inside = _WORD.search(match[1])
        if inside and _is_short(short := _singular(inside[0])) and _says_something(before):
            found.add(short)
        outside = _LAST_WORD.search(before)
        if outside and _is_short(short := _singular(outside[1])) and _says_something(match[1]):
            found.add(short)
    return frozenset(found)


def _says_something(words: str) -> bool:
    """At least two words that are no abbreviations themselves, in the same sentence."""
    clause = re.split(r"[.;:!?]", words.strip())[-1]
    return sum(1 for word in _WORD.findall(clause) if len(word) > 1 and not word.isupper() and word.isalpha()) >= 2


def _is_short(word: str) -> bool:
    if not word.isupper():
        return False
    letters = [sign for sign in word if sign.isalpha()]
    return 2 <= len(letters) <= LONGEST and word[0].isalpha() and all(sign.isupper() for sign in letters)


def _singular(word: str) -> str:
    match = _PLURAL.fullmatch(word)
    return match[1] if match and _is_short(match[1]) else word


def _undotted(text: str) -> str:
    """*text* with "A.S.E." written as "ASE"."""
    return _DOTTED.sub(lambda match: match[0].replace(".", ""), text)


def _is_shouted(text: str) -> bool:
    """Most of it is in capitals: then capitals mean nothing."""
    words = [word for word in _WORD.findall(text) if len(word) > 1]
    shouted = sum(1 for word in words if word.isupper())
    if shouted < 2:
        return False
    cased = sum(1 for word in words if word.upper() != word.lower())
    return cased > 3 and shouted * 2 > cased
