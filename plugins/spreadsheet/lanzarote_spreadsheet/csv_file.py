"""CSV by RFC 4180, in UTF-8 with a byte order mark so that Excel reads the accents; no cell is a formula."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from lanzarote import Table

_SIGNS = "=+-@＝＋－＠"
_SEPARATORS = ";\t\r\n"
# A cell begins at the start of the value, and again where a program that takes ";", a tab or a line break for the end
# of a cell would begin one. Blanks and quotes before the sign do not stop every program from calculating.
_BEGINNING = re.compile(r"(?:\A|[;\t\r\n])[\s;\"'\u00ad\u200b-\u200f\u2060\ufeff]*+")

_LEADING = re.compile(r"'*[\t\r\n\0]")
"""Apostrophes count with what follows them: one more is put before, so that one can be taken off again."""
_DISARMED = re.compile(r"(\A|[;\t\r\n])'(?=(?:[^\S\t\r\n]|[\"'\u00ad\u200b-\u200f\u2060\ufeff])*+[=+\-@＝＋－＠])")


def write_csv(table: Table) -> bytes:
    """Numbers stay numbers and dates are ISO 8601; text that a spreadsheet would calculate gets an apostrophe."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([disarm(title) for title in table.columns])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8", "replace")


def disarm(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula.

    >>> disarm("=1+1"), disarm("2 > 1"), disarm("Paris;=1+1")
    ("'=1+1", '2 > 1', "Paris;'=1+1")
    """
    disarmed = _BEGINNING.sub(_disarm_beginning, text)
    return "'" + disarmed if _LEADING.match(disarmed) else disarmed


def rearm(text: str) -> str:
    """Take off what ``disarm`` put on.

    >>> rearm(disarm("=1+1")), rearm("'=1+1"), rearm("l'école")
    ('=1+1', '=1+1', "l'école")
    """
    return _DISARMED.sub(r"\1", text[1:] if text.startswith("'") and _LEADING.match(text) else text)


def _disarm_beginning(match: re.Match[str]) -> str:
    before, sign = match[0], match.string[match.end() : match.end() + 1]
    if not sign or sign not in _SIGNS:
        return before
    start = max(map(before.rfind, _SEPARATORS)) + 1
    return f"{before[:start]}'{before[start:]}"


def _cell(value: str | float | date | None) -> str | float:
    if isinstance(value, str):
        return disarm(value)
    if value is None or isinstance(value, (int, float)):
        return "" if value is None else value
    return value.isoformat()
