"""Finds the line of a key in a TOML file, which the standard reader does not tell."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r'''
    (?P<blank>[ \t\r]+|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<mark>[\[\]{},=.])
    |(?P<word>[^\s\[\]{},=.\#"']+)
    ''',
    re.VERBOSE | re.DOTALL,
)


def line_of(source: str, path: Sequence[str | int]) -> int:
    """Return the line (from 1) where *path* is written, or of the longest part of it that is.

    Numbers in *path* count the elements of a list, or the tables of an array of tables:
    ``("provisions", "x", "versions", 1, "from")``.
    """
    wanted = tuple(path)
    best, best_length = 1, 0
    for line, written in written_keys(source):
        length = _shared(written, wanted)
        if length > best_length:
            best, best_length = line, length
    return best


@lru_cache(maxsize=32)
def written_keys(source: str) -> tuple[tuple[int, Path], ...]:
    """All keys in *source* with their lines, as far as it is TOML."""
    reader = _Reader(source)
    with suppress(IndexError, RecursionError):  # then the rest is no TOML, as its reader tells better
        reader.read()
    return tuple(reader.found)


def opened(source: str) -> int:
    """The line of the last bracket or brace that is still open at the end of *source*; 0 when none is.

    >>> opened('[courts]\\nsides = [\\n  "public",\\n')
    2
    """
    lines: list[int] = []
    for _, text, line in _tokens(source):
        if text in ("[", "{"):
            lines.append(line)
        elif text in ("]", "}") and lines:
            lines.pop()
    return lines[-1] if lines else 0


def _shared(written: Path, wanted: Path) -> int:
    """How much of *wanted* the key *written* leads to; 0 when it leads elsewhere."""
    shorter = min(len(written), len(wanted))
    return shorter if written[:shorter] == wanted[:shorter] else 0


def _tokens(source: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and line of each, without blanks and comments."""
    line = 1
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup or ""
        if kind != "blank":
            yield kind, match[0], line
        line += match[0].count("\n")


class _Reader:
    def __init__(self, source: str) -> None:
        self._tokens = list(_tokens(source))
        self._at = 0
        self._counts: dict[Path, int] = {}
        self.found: list[tuple[int, Path]] = []

    def read(self) -> None:
        table: Path = ()
        while self._at < len(self._tokens):
            kind, text, line = self._tokens[self._at]
            if text == "[" and kind == "mark":
                table = self._header(line)
            elif kind in ("word", "string"):
                self._pair(table)
            self._at += 1
            while self._at < len(self._tokens) and self._tokens[self._at - 1][0] != "newline":
                self._at += 1  # whatever stands behind it on this line

    def _header(self, line: int) -> Path:
        """``[a.b]`` or ``[[a.b]]``."""
        self._at += 1
        array = self._text() == "["
        self._at += array
        path = self._key()
        whole: Path = ()
        for position, part in enumerate(path):
            whole = (*whole, part)
            if whole in self._counts and position < len(path) - 1:
                whole = (*whole, self._counts[whole])
        if array:
            self._counts[whole] = self._counts.get(whole, -1) + 1
            whole = (*whole, self._counts[whole])
        self.found.append((line, whole))
        return whole

    def _pair(self, table: Path) -> None:
        """``a.b = value``."""
        line = self._tokens[self._at][2]
        path = (*table, *self._key())
        self.found.append((line, path))
        if self._text() == "=":
            self._at += 1
            self._value(path)

    def _key(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            kind, text, _ = self._tokens[self._at]
            if kind not in ("word", "string"):
                return tuple(parts)
            parts.append(text[1:-1] if kind == "string" else text)
            self._at += 1
            if self._text() != ".":
                return tuple(parts)
            self._at += 1

    def _value(self, path: Path) -> None:
        """Step over a value; note the keys inside it. Ends behind it."""
        text = self._text()
        if text == "[":
            self._list(path)
        elif text == "{":
            self._at += 1
            while self._text() != "}":
                if self._tokens[self._at][0] in ("word", "string"):
                    self._pair(path)
                else:
                    self._at += 1
            self._at += 1
        else:
            while self._at < len(self._tokens) and self._text() not in ("\n", ",", "]", "}"):
                self._at += 1

    def _list(self, path: Path) -> None:
        self._at += 1
        number = 0
        while self._text() != "]":
            if self._text() == ",":
                number += 1
                self._at += 1
            elif self._tokens[self._at][0] == "newline":
                self._at += 1
            else:
                before = self._at
                self.found.append((self._tokens[before][2], (*path, number)))
                self._value((*path, number))
                self._at += self._at == before  # a brace that closes nothing: no TOML, as its reader tells better
        self._at += 1

    def _text(self) -> str:
        kind, text, _ = self._tokens[self._at]
        return "" if kind == "string" else text
