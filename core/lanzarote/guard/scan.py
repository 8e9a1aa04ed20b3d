"""Where figures stand in a text: nearly everything that identifies a person has some, and most sentences have none."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

SPACES = " \u00a0\u202f\u2009"
_RUN = re.compile(rf"[0-9][0-9A-Za-z]*(?:[{SPACES}./+\-‐‑–][0-9][0-9A-Za-z]*)*")


class Run(NamedTuple):
    """Figures and letters that stick to them, joined by single separators: ``01 42 34``, ``131052-308T``."""

    start: int
    end: int
    text: str


def runs_of_digits(text: str) -> list[Run]:
    return [Run(match.start(), match.end(), match[0]) for match in _RUN.finditer(text)]


_DISGUISE = re.compile(r"(?![0-9])\d|[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def is_disguised(text: str) -> bool:
    """Whether *text* holds figures of another script, or signs that nobody sees and that could part a number."""
    return not text.isascii() and _DISGUISE.search(text) is not None


def undisguised(text: str) -> tuple[str, list[int]]:
    """*text* with plain figures and without unseen signs, and where each of its characters stands in *text*."""
    seen = [
        (str(unicodedata.decimal(char)) if char.isdecimal() else char, place)
        for place, char in enumerate(text)
        if char.isdecimal() or not _DISGUISE.match(char)
    ]
    return "".join(char for char, _ in seen), [place for _, place in seen]
