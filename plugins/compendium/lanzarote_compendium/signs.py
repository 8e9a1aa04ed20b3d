"""Texts as they can be set: no sign that no face has, no word that no line holds, no control characters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import msgspec

LONGEST: Final = 28
"""Signs after which a word without a break may be broken."""
_SAID: Final = re.compile(r'"(\w+)":"((?:[^"\\]|\\.)*+)"')
_LONG: Final = re.compile(rf"\S{{{LONGEST + 1},}}")
_BREAK: Final = "\u200b"
_FAMILY: Final = re.compile(r'font-family="[^"]*"')
FACES: Final = "Compendium Sans, Noto Sans Georgian, Noto Sans Armenian, Noto Naskh Arabic, Compendium Symbols"
"""For pictures, whose own faces are those of the pages."""
UNSEEN: Final = set("\n\t\u200b\u200c\u200d\u200e\u200f\u00ad\u2060")
AS_THEY_ARE: Final = frozenset({"href", "url", "address", "type", "lang", "language", "side", "kind", "id"})
"""Codes and addresses: nothing of them is set."""


def fit(data: str) -> str:
    """*data*, which is JSON, with each text in it as it can be set.

    What stands under a name is found without reading all of it: quotes within a text are escaped in JSON.
    """
    return _SAID.sub(_fitted, data)


def _fitted(found: re.Match[str]) -> str:
    name, said = found[1], found[2]
    if name in AS_THEY_ARE:
        return found[0]
    text = msgspec.json.decode(f'"{said}"', type=str) if "\\" in said else said
    fitting = _in_our_faces(text) if name == "svg" else settable(text)
    return found[0] if fitting is text else f'"{name}":{msgspec.json.encode(fitting).decode()}'


def _in_our_faces(svg: str) -> str:
    return _FAMILY.sub(f'font-family="{FACES}"', settable(svg, breaks=False))


@lru_cache(maxsize=10_000)  # labels are the same in every record
def settable(text: str, *, breaks: bool = True) -> str:
    """*text* with a word for each sign that no face has.

    >>> settable("a\\x00b 😀")
    'ab [grinning face]'
    """
    if not (text.isascii() and text.isprintable()) and (unknown := set(text) - _covered()):
        text = "".join(_instead(sign) if sign in unknown else sign for sign in text)
    if not breaks or len(text) <= LONGEST or max(map(len, text.split()), default=0) <= LONGEST:
        return text
    return _LONG.sub(lambda found: _broken(found[0]), text)


def _broken(word: str) -> str:
    """Such as an address: it breaks after a stroke rather than anywhere."""
    pieces = re.findall(rf".{{1,{LONGEST}}}?(?:[/?&=._-]+|$)|.{{{LONGEST}}}", word)
    return _BREAK.join(pieces) if "".join(pieces) == word else word


def _instead(sign: str) -> str:
    if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"):
        return ""
    return f"[{unicodedata.name(sign, f'U+{ord(sign):04X}').lower()}]"


@cache
def _covered() -> frozenset[str]:
    """Every sign that one of our faces has, and those that nobody sees."""
    ranges = (files("lanzarote_compendium") / "fonts" / "covered.txt").read_text("ascii").split()
    pairs = [one.split("-") for one in ranges]
    signs = {chr(sign) for first, last in pairs for sign in range(int(first, 16), int(last, 16) + 1)}
    return frozenset(signs - {"\0", "\r"} | UNSEEN)
