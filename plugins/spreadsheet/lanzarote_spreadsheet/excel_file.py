"""Excel workbooks: the list on the first sheet, what it is and where it comes from on the last."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lanzarote import Table
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

ROWS = 1_048_575
"""Rows that Excel can hold on one sheet, under the titles."""
LONGEST_TEXT = 32_767
NARROWEST, WIDEST = 8, 60
FIRST_DAY = date(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was: earlier days are written as text."""

_OPTIONS = {
    "in_memory": True,
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_xlsx(table: Table) -> bytes:
    """Titles are frozen, dates are dates, nothing is a formula or a link; a list too long goes on on further sheets."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped] # only who downloads one waits for it

    file = io.BytesIO()
    with Workbook(file, _OPTIONS) as workbook:
        workbook.set_properties({"title": _text(table.title), "comments": _text(table.note)})
        workbook.set_custom_property("Language", table.language)
        sheets = _Sheets(workbook, table)
        for row in table.rows:
            sheets.add(row)
        sheets.finish()
        _write_note(workbook, table)
    return file.getvalue()


class _Sheets:
    """The sheets of one list; another is begun when one is full."""

    def __init__(self, workbook: Workbook, table: Table) -> None:
        self._workbook = workbook
        self._table = table
        self._title = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._plain = workbook.add_format({"text_wrap": True, "valign": "top"})
        self._day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"})
        self._moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left", "valign": "top"})
        self._count = self._used = 0
        self._widths: list[int] = []
        self._begin()

    def add(self, row: tuple[str | int | float | date | None, ...]) -> None:
        if self._used == ROWS:
            self.finish()
            self._begin()
        self._used = used = self._used + 1
        write, plain, widths = self._sheet.write_string, self._plain, self._widths
        for column, value in enumerate(row):
            if not value and value != 0:
                continue
            if isinstance(value, str):  # most cells are text: no step is taken for one that it has no need of
                text = value if value.isascii() and len(value) <= LONGEST_TEXT else _text(value)
                write(used, column, text, plain)
                if column < len(widths) and widths[column] < WIDEST:
                    self._widen(column, _longest_line(text))
            else:
                self._write(used, column, value)

    def finish(self) -> None:
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, min(max(width + 2, NARROWEST), WIDEST))
        if self._table.columns:
            self._sheet.autofilter(0, 0, self._used, len(self._table.columns) - 1)

    def _begin(self) -> None:
        self._count += 1
        self._used = 0
        self._widths = [0] * len(self._table.columns)
        self._sheet: Worksheet = self._workbook.add_worksheet(_sheet_name(self._table.title, self._count))
        self._sheet.freeze_panes(1, 0)
        self._sheet.repeat_rows(0)
        self._sheet.set_landscape()
        for column, title in enumerate(map(_text, self._table.columns)):
            self._sheet.write_string(0, column, title, self._title)
            self._widen(column, _longest_line(title))

    def _write(self, row: int, column: int, value: float | date | None) -> None:
        if isinstance(value, (int, float)):
            if isfinite(value):
                self._sheet.write_number(row, column, value, self._plain)
        elif isinstance(value, date):
            self._write_date(row, column, value)

    def _write_date(self, row: int, column: int, value: date) -> None:
        if (value.year, value.month) < (FIRST_DAY.year, FIRST_DAY.month):
            self._sheet.write_string(row, column, value.isoformat(), self._plain)
            self._widen(column, 10)
            return
        shown = self._day
        if isinstance(value, datetime):
            shown = self._moment
            value = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        self._sheet.write_datetime(row, column, value, shown)
        self._widen(column, 10 if shown is self._day else 16)

    def _widen(self, column: int, width: int) -> None:
        if column < len(self._widths):
            self._widths[column] = max(self._widths[column], width)


def _write_note(workbook: Workbook, table: Table) -> None:
    sheet = workbook.add_worksheet(_free_name(workbook, "Note"))
    sheet.set_column(0, 0, 100)
    bold, plain = workbook.add_format({"bold": True}), workbook.add_format({"text_wrap": True, "valign": "top"})
    told: list[tuple[str, Any]] = [(table.title, bold), (table.note, plain), (table.licence, plain)]
    for row, (text, shown) in enumerate((text, shown) for text, shown in told if text):
        sheet.write_string(row, 0, _text(text), shown)


def _longest_line(text: str) -> int:
    return max(map(len, text.splitlines()), default=0)


def _text(text: str) -> str:
    """What a cell can hold; what is left out is marked."""
    if not text.isascii():  # half a character is none that could be written
        text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _sheet_name(title: str, number: int) -> str:
    """Excel allows 31 characters, not these, no apostrophe at either end, and keeps "History" for itself."""
    tail = f" ({number})" if number > 1 else ""
    name = " ".join(re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", _text(title)).split())
    name = name[: 31 - len(tail)].strip("' ") or "1"
    return (f"{name} -" if name.lower() == "history" else name) + tail


def _free_name(workbook: Workbook, name: str) -> str:
    taken = {sheet.get_name().lower() for sheet in workbook.worksheets()}
    return name if name.lower() not in taken else f"{name} (2)"
