"""A text as the guard reads it: nothing in it that nobody sees, no letter that only looks like another, single blanks.

Every place in the plain text can be told in the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

_BROAD = re.compile(r"[ \n\t\r\f\v]{2,}|[\t\r\f\v]")
_WORD = re.compile(r"[^\W\d_]+")
_RAISED = re.compile("[²³¹⁰⁴-⁹₀-₉①-⑳⓪]")
"""Figures of another size."""
_SHOW_NOTHING = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u034f"

_LATIN, _CYRILLIC, _GREEK = "aeopcxyiABEKMHOPCTXIYS", "аеорсхуіАВЕКМНОРСТХІУЅ", "αεορϲχυιΑΒΕΚΜΗΟΡϹΤΧΙΥЅ"
_TO_LATIN = str.maketrans(_CYRILLIC + _GREEK + "νκ", _LATIN * 2 + "vk")
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_GREEK = str.maketrans(_LATIN, _GREEK)


class Plain:
    """The plain text, and where each of its places is in the text as written."""

    __slots__ = ("_cuts", "_origins", "_shifts", "text")

    def __init__(self, text: str, origins: Sequence[int] | None) -> None:
        self._origins = origins
        self._cuts: list[int] = []
        self._shifts: list[int] = []
        self.text = self._narrow(text) if _has_broad(text) else text

    def _narrow(self, text: str) -> str:
        pieces, done, length = [], 0, 0
        for match in _BROAD.finditer(text):
            pieces += [text[done : match.start()], "\n" if "\n" in match[0] else " "]
            length += match.start() - done + 1
            done = match.end()
            self._cuts.append(length)
            self._shifts.append(done - length)
        return "".join(pieces) + text[done:]

    @property
    def one_for_one(self) -> bool:
        """Each sign stands where it stood."""
        return self._origins is None and not self._cuts

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The places in the text as written."""
        return self._origin(start), self._origin(end - 1) + 1

    def _origin(self, place: int) -> int:
        if self._cuts and (cut := bisect_right(self._cuts, place)):
            place += self._shifts[cut - 1]
        return self._origins[place] if self._origins is not None else place


def has_other_alphabets(text: str) -> bool:
    """Whether there are Greek or Cyrillic letters in *text*."""
    if text.isascii():
        return False
    written = text.encode("utf-8", "surrogatepass")
    return any(first in written for first in (b"\xce", b"\xcf", b"\xd0", b"\xd1", b"\xd2", b"\xd3"))


def _has_broad(text: str) -> bool:
    if "  " in text or "\t" in text or "\r" in text or "\v" in text or "\f" in text:
        return True
    return "\n" in text and ("\n\n" in text or " \n" in text or "\n " in text)


def plain(text: str) -> Plain:
    """Read *text* plainly.

    >>> plain("N\u200bé  le ３ mars").text
    'Né le 3 mars'
    """
    if (open_text := undisguised(text)) is not None:
        return Plain(open_text, None)
    chars, origins = _seen(text)
    return Plain(_one_alphabet("".join(chars)), origins)


def undisguised(text: str) -> str | None:
    """*text* with common blanks, each where it was; None when something in it does not show, or is not what it seems.

    Good typography is full of other blanks: these are exchanged without a map.
    """
    if text.isascii():
        return text
    if "\u00a0" in text or "\u202f" in text:
        text = text.replace("\u00a0", " ").replace("\u202f", " ")
    return None if _hides_something(text) else text


def _table() -> bytes:
    """What each byte of UTF-8 belongs to: a Latin letter, another alphabet, the rest of a letter, the unusual."""
    table = bytearray(b"." * 256)
    for codes, mark in (
        (range(0x41, 0x5B), "L"),
        (range(0x61, 0x7B), "L"),
        (range(0x80, 0xC0), "-"),
        ((0xCE, 0xCF, *range(0xD0, 0xD5)), "F"),  # Greek, Cyrillic
        ((0xCA, 0xCB, 0xCC, 0xCD, *range(0xD7, 0xE1), *range(0xE3, 0x100)), "!"),
        ((0xE1,), "?"),  # Georgian, but also letters that show nothing
    ):
        for code in codes:
            table[code] = ord(mark)
    return bytes(table)


_MARKS = _table()
_BEYOND = re.compile("[\u1000-\u109f\u1100-\u1c8f\u1cc0-\u1dff]")


def _hides_something(text: str) -> bool:
    """Whether there is more in *text* than shows, or letters of two alphabets in a word. Quick: most texts do not."""
    if not (text.replace("\n", " ") if "\n" in text else text).isprintable():
        return True
    marks = text.encode("utf-8", "surrogatepass").translate(_MARKS)
    if b"!" in marks or "\u2800" in text or _RAISED.search(text):
        return True
    if b"F" in marks and (b"LF" in marks or b"F-L" in marks or marks.count(b"F") * 3 < len(text)):
        return True
    return b"?" in marks and _BEYOND.search(text) is not None


def _is_mostly_latin(text: str) -> bool:
    foreign = sum("\u0370" <= char <= "\u04ff" for char in text)
    return foreign * 2 < sum(map(str.isalpha, text))


def _seen(text: str) -> tuple[list[str], list[int]]:
    """The characters that show, each in its simplest form, and where they stand."""
    chars: list[str] = []
    origins: list[int] = []
    for place, char in enumerate(text):
        if char < "\x7f":
            chars.append(char)
            origins.append(place)
            continue
        for simple in _simple(char):
            over = bool(chars) and unicodedata.combining(simple) != 0
            if over and chars[-1].isdecimal():
                continue  # nothing is written over figures but to part them
            if over and len(whole := unicodedata.normalize("NFC", chars[-1] + simple)) == 1:
                chars[-1] = whole
            else:
                chars.append(simple)
                origins.append(place)
    return chars, origins


@lru_cache(4_096)
def _simple(char: str) -> str:
    """What *char* shows, in its simplest form; nothing when it shows nothing."""
    category = unicodedata.category(char)
    if category in ("Cf", "Me") or char in _SHOW_NOTHING or "\ufe00" <= char <= "\ufe0f":
        return ""
    if category in ("Zs", "Zl", "Zp", "Cc"):
        return " " if category == "Zs" else "\n"
    if category == "Nd" or _RAISED.match(char):
        return unicodedata.normalize("NFKC", char) if category == "No" else str(unicodedata.decimal(char))
    if (
        char in "．＠﹫。｡"
        or "\uff01" <= char <= "\uff5e"
        or "\U0001d400" <= char <= "\U0001d7ff"
        or "①" <= char <= "⓿"
    ):
        return "." if char in "。｡" else unicodedata.normalize("NFKC", char)
    return char


def _one_alphabet(text: str) -> str:
    """*text* with the letters of every word from one alphabet, as far as they look alike."""
    disguised = _is_mostly_latin(text) and not any(map(_is_foreign, _WORD.findall(text)))
    return _WORD.sub(lambda match: _of_one_alphabet(match[0], disguised), text)


def _is_foreign(word: str) -> bool:
    """Whether a word is surely Greek or Cyrillic: a text that has one is not only disguised."""
    return all("\u0370" <= char <= "\u04ff" for char in word) and not word.translate(_TO_LATIN).isascii()


def _of_one_alphabet(word: str, disguised: bool) -> str:
    if word.isascii():
        return word
    foreign = [char for char in word if "\u0370" <= char <= "\u04ff"]
    if not foreign:
        return word
    plainly = word.translate(_TO_LATIN)
    if (disguised or len(foreign) * 2 <= len(word)) and not any("\u0370" <= char <= "\u04ff" for char in plainly):
        return plainly
    if len(foreign) < len(word):
        return word.translate(_TO_CYRILLIC if foreign[0] >= "\u0400" else _TO_GREEK)
    return word


# --- scan ---
# Where figures stand in a text: nearly everything that identifies a person has some, and most sentences have none.

UPPER = "".join(chr(code) for code in range(0x41, 0x588) if chr(code).isupper())
"""Capitals of Latin, Greek, Cyrillic and Armenian; Georgian has none."""

_REST_OF_RUN = r"[0-9A-Za-z]*(?:[ ./+\-‐‑–][0-9][0-9A-Za-z]*)*"
_RUN = re.compile(f"[0-9]{_REST_OF_RUN}")
# One pass for both: looking through the text is what takes time.
_RUN_OR_CAPITAL = re.compile(rf"[0-9{UPPER}](?:(?<=[0-9]){_REST_OF_RUN}|(?<![0-9])[^\W\d_]*)")
_BETWEEN = re.compile(r"[ \n./+\-‐‑–—_·,:()\[\]]{1,3}|[ \n][A-Z]{1,2}")
_WIDEST = 3

Finding = tuple[str, int, int, bool]
"""(code, start, end, hard)"""


class Run(NamedTuple):
    """Figures and letters that stick to them, joined by single separators: ``01 42 34``, ``131052-308T``."""

    start: int
    end: int
    text: str


def runs_of_digits(text: str) -> list[Run]:
    return [Run(match.start(), match.end(), match[0]) for match in _RUN.finditer(text)]


def runs_and_capitals(text: str) -> tuple[list[Run], list[re.Match[str]]]:
    """The runs of digits, and the words that begin with a capital."""
    runs, capitals = [], []
    for match in _RUN_OR_CAPITAL.finditer(text):
        found = match[0]
        if found[0] <= "9":
            runs.append(Run(match.start(), match.end(), found))
        else:
            capitals.append(match)
    return runs, capitals


def telling(text: str, runs: Sequence[Run]) -> list[Run]:
    """The runs that are more than a year: most are not."""
    return [run for run in runs if len(run.text) != 4 or not run.text.isdecimal() or text[run.end : run.end + 1] == "."]


def beside_words(text: str, runs: Sequence[Run]) -> list[Run]:
    """The runs near which there is a word, or a sign that stands for one: whose it is, is said in words."""
    found = []
    known, looked = -1, 0
    for run in runs:
        if known < run.start - _FURTHEST and (
            word := _TELLING.search(text, max(looked, run.start - _FURTHEST), run.end + _FURTHEST)
        ):
            known, looked = word.start(), word.end()
        elif known < run.start - _FURTHEST:
            looked = run.end + _FURTHEST
            continue
        found.append(run)
    return found


MONEY = re.compile(r"[ \n]?(?:[€£$₺%₴]|(?:eur(?:os?)?|chf|kr|zł|pln|tl|грн|usd)\b)", re.IGNORECASE)
"""Behind figures that are an amount."""
_TELLING = re.compile(r"[^\W\d_]|\*")
_FURTHEST = 80


def joined(text: str, runs: Sequence[Run], fewest: int) -> Iterator[Run]:
    """Runs of at least *fewest* signs, those that only a bracket or the end of a line parts taken as one."""
    start = end = -1
    for run in runs:
        if end >= 0 and run.start - end <= _WIDEST and _BETWEEN.fullmatch(text, end, run.start):
            end = run.end
            continue
        if end - start >= fewest:
            yield Run(start, end, text[start:end])
        start, end = run.start, run.end
    if end - start >= fewest:
        yield Run(start, end, text[start:end])
