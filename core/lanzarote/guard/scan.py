"""Where figures stand in a text: nearly everything that identifies a person has some, and most sentences have none."""

from __future__ import annotations

import re
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
