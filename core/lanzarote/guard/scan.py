"""Where figures stand in a text: nearly everything that identifies a person has some, and most sentences have none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

UPPER = "".join(chr(code) for code in range(0x41, 0x588) if chr(code).isupper())
"""Capitals of Latin, Greek, Cyrillic and Armenian; Georgian has none."""

_REST_OF_RUN = r"[0-9A-Za-z]*(?:[ ./+\-‐‑–][0-9][0-9A-Za-z]*)*"
_RUN = re.compile(f"[0-9]{_REST_OF_RUN}")
# One pass for both: looking through the text is what takes time.
_RUN_OR_CAPITAL = re.compile(rf"[0-9{UPPER}](?:(?<=[0-9]){_REST_OF_RUN}|(?<![0-9])[^\W\d_]*)")
_BETWEEN = re.compile(r"[ \n./+\-‐‑–—_·,:()\[\]]{1,3}|[ \n][A-Z]{1,2}")
_WIDEST = 3


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
