"""Words are found however they are written: one folding for what is indexed and for what is asked.

No search engine folds Greek tonos and final sigma, Cyrillic ё, Polish ł, Turkish ı and Georgian capitals alike, so text
is folded here before any engine sees it. Folding is symmetrical and never shown to a reader. It is deliberately coarse:
й finds и and ö finds o, because a reader who lacks a key of the keyboard must still find the practice.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache

_LETTERS = {
    "ł": "l", "ı": "i", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ŋ": "n", "ħ": "h", "ŧ": "t",
    "ə": "e",
}  # fmt: skip
_APOSTROPHES = "'’‘‛ʼʻʽʹ′`´"
_DASHES = "-‐‑‒–—―−"

# What no normal form decomposes. Old Georgian capitals go where the modern ones go; they stand in the same order.
_TABLE = (
    _LETTERS
    | dict.fromkeys(_APOSTROPHES, "'")
    | dict.fromkeys(_DASHES, "-")
    | {chr(0x2D00 + i): chr(0x10D0 + i) for i in range(0x26)}
)

_INVISIBLE = {"Cf", "Me"}
_WORD = re.compile(r"[^\W_]+")
JOINER = "[-.']"
_COMPOUND = re.compile(rf"[^\W_]+(?:{JOINER}{{1,2}}[^\W_]+)*")
_ELIDED = re.compile(r"'(?<=(?<![^\W_])[cdjlmnst]')|'(?<=qu')")  # l'enfant, lorsqu'il; not aujourd'hui
_JOINT = re.compile(rf"{JOINER}(?<=[^\W_]{JOINER}){JOINER}?(?=[^\W_])")
_INITIALS = re.compile(rf"[^\W\d_](?:{JOINER}{{1,2}}[^\W\d_])+")
_CATALAN_DOT = re.compile("(?<=l)·(?=l)")  # col·lectiu; elsewhere the dot separates, as in éducateur·rice
_MEMORY = 20_000

Span = tuple[int, int, int]
"""Where a word begins and ends that was asked for, and the number of the term it was found by."""
Finder = Callable[[str], list[Span]]


def _vanishes(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Mn":
        # Vowel signs of Indic scripts have class 0 and are letters in all but name; variation selectors are not.
        return unicodedata.combining(char) != 0 or char == "\u034f" or "\ufe00" <= char <= "\ufe0f"
    return category in _INVISIBLE


def _fold_char(char: str) -> str:
    """Fold one character, again and again until nothing changes, so that folding twice is folding once."""
    before, after = "", char
    while before != after:
        before = after
        pieces = (_TABLE.get(c, c) for c in before)
        plain = "".join(c for c in unicodedata.normalize("NFKD", "".join(pieces)) if not _vanishes(c))
        after = "".join(_digit(_TABLE.get(c, c)) for c in plain.casefold())
    return after


def _digit(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


class _Characters(dict[int, str]):
    """Folds of single characters, worked out when first met; bounded, since a hostile text may hold every character."""

    def __init__(self) -> None:
        self.uneven: set[str] = set()
        """Characters met that become none or several."""

    def __missing__(self, code: int) -> str:
        folded = _fold_char(chr(code))
        if len(folded) != 1:
            self.uneven.add(chr(code))
        if len(self) < _MEMORY:
            self[code] = folded
        return folded


_characters = _Characters()


class _CodePage:
    """The same folding for texts that fit in one byte a character: about ten times faster than str.translate."""

    def __init__(self, codec: str) -> None:
        self._codec = codecs.lookup(codec)
        table, gone, longer = bytearray(range(256)), bytearray(), []
        for byte in range(256):
            try:
                char = bytes([byte]).decode(codec)
            except UnicodeDecodeError:
                continue
            folded = _fold_char(char)
            try:
                encoded = folded.encode(codec)
            except UnicodeEncodeError:
                longer.append((bytes([byte]), folded))
                continue
            if len(encoded) == 1:
                table[byte] = encoded[0]
            elif encoded:
                longer.append((bytes([byte]), folded))
            else:
                gone.append(byte)
        self.table, self.gone = bytes(table), bytes(gone)
        self.longer = [(byte.decode(codec), folded) for byte, folded in longer]
        uneven = "".join(bytes([b]).decode(codec) for b in gone) + "".join(c for c, _ in self.longer)
        self.uneven = re.compile(f"[{re.escape(uneven)}]")

    def fold(self, text: str) -> str | None:
        """Return None when *text* does not fit."""
        try:
            packed, _ = self._codec.encode(text)
        except UnicodeEncodeError:
            return None
        folded, _ = self._codec.decode(packed.translate(self.table, self.gone))
        if not folded.isascii():
            for char, plain in self.longer:
                if char in folded:
                    folded = folded.replace(char, plain)
        return folded


_CODECS = ("cp1252", "cp1251", "cp1253", "cp1250", "cp1254")
_LIKELY_CODEC = {0x01: "cp1250", 0x03: "cp1253", 0x04: "cp1251"}
"""By block of 256 characters."""
_BLOCKS = frozenset({0x00, 0x01, 0x02, 0x03, 0x04, 0x20, 0x21})
"""No other block has a character of one of these code pages."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


@cache
def _code_pages(block: int) -> tuple[_CodePage, ...]:
    """Code pages that a text may fit whose first letter beyond ASCII stands in *block*, the likely one first."""
    likely = _LIKELY_CODEC.get(block, _CODECS[0])
    return tuple(_code_page(codec) for codec in sorted(_CODECS, key=lambda codec: codec != likely))


@cache
def _code_page(codec: str) -> _CodePage:
    return _CodePage(codec)


def fold(text: str) -> str:
    """Fold *text* for comparison.

    >>> fold("Œuvre de l’été"), fold("ΠΑΙΔΊ ΠΑΙΔΙΆΣ"), fold("Łódź ѐ Straße")
    ("oeuvre de l'ete", 'παιδι παιδιασ', 'lodz е strasse')
    """
    if text.isascii():
        return text.replace("`", "'").lower()
    return _join_catalan(_fold_any(text)[0])


def _fold_any(text: str) -> tuple[str, _CodePage | None]:
    first = _BEYOND_ASCII.search(text)
    block = ord(first[0]) >> 8 if first else 0
    for page in _code_pages(block) if block in _BLOCKS else ():
        if (folded := page.fold(text)) is not None:
            return folded, page
    return text.translate(_characters), None


def _join_catalan(folded: str) -> str:
    return _CATALAN_DOT.sub("", folded) if "·" in folded else folded


def _traced(text: str, folded: str, page: _CodePage | None) -> tuple[str, Sequence[int]]:
    origins = _origins(text, page)
    if "·" in folded:
        dots = [match.start() for match in _CATALAN_DOT.finditer(folded)]
        origins = list(origins)
        for dot in reversed(dots):
            del origins[dot]
        folded = _join_catalan(folded)
    return folded, origins


def _origins(text: str, page: _CodePage | None) -> Sequence[int]:
    if page is None:
        if _characters.uneven.isdisjoint(text):
            return range(len(text))
        return [i for i, char in enumerate(text) for _ in _characters[ord(char)]]
    origins: list[int] = []
    done = 0
    for match in page.uneven.finditer(text):
        here = match.start()
        origins.extend(range(done, here))
        origins.extend([here] * len(_characters[ord(text[here])]))
        done = here + 1
    if not done:
        return range(len(text))
    origins.extend(range(done, len(text)))
    return origins


def words(text: str) -> list[str]:
    """The folded words of *text*; apostrophes, hyphens and underscores separate.

    >>> words("L’enfant de la CRIP 75")
    ['l', 'enfant', 'de', 'la', 'crip', '75']
    """
    return _WORD.findall(fold(text))


def found_by(text: str) -> list[str]:
    """The words *text* is found by: its own, and every compound in one piece, as readers type it.

    >>> found_by("L’AP-HP et la C.R.I.P.")
    ['l', 'ap', 'hp', 'et', 'la', 'c', 'r', 'i', 'p', 'aphp', 'crip']
    """
    folded = fold(text)
    found, parted = _WORD.findall(folded), without_elisions(folded)
    if _JOINT.search(parted):
        wholes = (bare(one) for one in _COMPOUND.findall(parted) if not one.isalnum())
        found += (whole for whole in wholes if not whole.isdecimal())  # 10.3 is not 103
    return found


def without_elisions(folded: str) -> str:
    """*folded* with a blank for every apostrophe that stands between two words (l'enfant) and joins none."""
    return _ELIDED.sub(" ", folded) if "'" in folded else folded


def bare(folded: str) -> str:
    """*folded* without what joins words: three times as fast as any single step that takes them all."""
    return folded.replace("-", "").replace(".", "").replace("'", "")


def asked_words(text: str) -> list[str]:
    """The folded words of a question; initials are one word.

    >>> asked_words("l'A.P.H.P. à Hôtel-Dieu")
    ['l', 'aphp', 'a', 'hotel', 'dieu']
    """
    compounds = _COMPOUND.findall(without_elisions(fold(text)))
    return [word for one in compounds for word in ([bare(one)] if _INITIALS.fullmatch(one) else _WORD.findall(one))]


def mark(text: str, find: Finder) -> list[tuple[str, bool]]:
    """Cut *text* into pieces, marked where *find* finds something in the folded text."""
    return _cut(text, found_in(text, find), 0, len(text))


def excerpt(text: str, find: Finder, width: int = 220) -> list[tuple[str, bool]]:
    """The most telling *width* characters of *text*, cut between words, marked as by `mark`."""
    spans = found_in(text, find)
    start = _best_start(spans, width)
    end = min(len(text), start + width)
    if start:
        space = text.rfind(" ", max(0, start - width // 4), start)
        start = space + 1 if space >= 0 else start
    if end < len(text):
        space = text.rfind(" ", start + width // 2, end)
        end = space if space >= 0 else end
    pieces = _cut(text, [span for span in spans if span[0] >= start and span[1] <= end], start, end)
    before = [("… ", False)] if start else []
    after = [(" …", False)] if end < len(text) else []
    return before + pieces + after


def _best_start(spans: Sequence[Span], width: int) -> int:
    """Where a window sees most different terms, the earliest of equals; a little text is left before the first."""
    best, best_start = 0, 0
    starts = [span[0] for span in spans[:500]]
    for first, start in enumerate(starts):
        last = bisect_left(starts, start + width * 3 // 4)
        seen = len({span[2] for span in spans[first:last]})
        if seen > best:
            best, best_start = seen, start
    return 0 if best_start < width // 2 else best_start - width // 5


def found_in(text: str, find: Finder) -> list[Span]:
    """Where in *text* stands what *find* finds in it folded."""
    folded, page = (fold(text), None) if text.isascii() else _fold_any(text)
    matches = find(_join_catalan(folded))
    if not matches or text.isascii():
        return matches
    _, origins = _traced(text, folded, page)
    if isinstance(origins, range):
        return matches
    found: list[Span] = []
    done = 0
    for begin, finish, number in matches:
        # Marks that folding dropped belong to the letter before them.
        end = origins[finish] if finish < len(origins) else len(text)
        start = max(origins[begin], done)
        end = max(end, origins[finish - 1] + 1)
        if start < end:
            found.append((start, end, number))
            done = end
    return found


def spelt(word: str) -> str:
    """*word* at the beginning of a word, in one piece or as a compound; it begins with a letter, which is fast."""
    first = rf"{word[0]}(?<![^\W_]{word[0]})"
    return ("" if word.isdecimal() else f"{JOINER}{{0,2}}").join([first, *list(word[1:])])


def _cut(text: str, spans: Sequence[Span], start: int, end: int) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    for begin, finish, _ in spans:
        if begin > start:
            pieces.append((text[start:begin], False))
        pieces.append((text[begin:finish], True))
        start = finish
    if start < end:
        pieces.append((text[start:end], False))
    return pieces
