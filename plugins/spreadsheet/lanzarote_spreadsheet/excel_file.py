"""Excel workbooks: the list on the first sheet, what it is and where it comes from on the last."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from math import ceil, isfinite
from typing import TYPE_CHECKING, Any

from lanzarote_spreadsheet.excel_rows import Rows, filled, fitting

if TYPE_CHECKING:
    from lanzarote import Table
    from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

ROWS = 1_048_575
"""Rows that Excel can hold on one sheet, under the titles."""
NARROWEST, WIDEST = 8, 60
A4 = 9
ACROSS = 220
"""Signs across a printed page that can still be read; a wider list takes several pages side by side."""
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
    return filled(file.getvalue(), sheets.all)


class _Sheets:
    """The sheets of one list; another is begun when one is full."""

    def __init__(self, workbook: Workbook, table: Table) -> None:
        self._workbook = workbook
        self._table = table
        self._title = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        plain = workbook.add_format({"text_wrap": True, "valign": "top"})
        day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"})
        moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left", "valign": "top"})
        self._formats = (plain, day, moment)
        self._widths: list[int] = []
        self.all: list[Rows] = []
        self._begin()

    def add(self, row: tuple[str | int | float | date | None, ...]) -> None:
        if len(self.all[-1]) == ROWS:
            self.finish()
            self._begin()
        values = [fitting(value) if isinstance(value, str) else _as_written(value) for value in row]
        self.all[-1].add(values)
        for column, (value, width) in enumerate(zip(values, self._widths, strict=False)):
            if value and width < WIDEST:
                self._widths[column] = max(width, _width(value))

    def finish(self) -> None:
        widths = [min(max(width + 2, NARROWEST), WIDEST) for width in self._widths]
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)
        self._sheet.fit_to_pages(max(ceil(sum(widths) / ACROSS), 1), 0)
        if self._table.columns:
            self._sheet.autofilter(0, 0, len(self.all[-1]), len(self._table.columns) - 1)

    def _begin(self) -> None:
        titles = [_text(title) for title in self._table.columns]
        number = len(self.all) + 1
        self._widths = [_width(title) for title in titles]
        self._sheet: Worksheet = self._workbook.add_worksheet(_sheet_name(self._table.title, number))
        self._sheet.freeze_panes(1, 0)
        self._sheet.repeat_rows(0)
        self._sheet.repeat_columns(0)  # what a row is about, on each page side by side
        self._sheet.set_landscape()
        self._sheet.set_paper(A4)
        for column, title in enumerate(titles):
            self._sheet.write_string(0, column, title, self._title)
        self.all.append(Rows(self._sheet, number, 1, self._formats))


def _as_written(value: float | date | None) -> str | float | date | None:
    """Numbers and dates as a workbook can hold them."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        early = (value.year, value.month) < (FIRST_DAY.year, FIRST_DAY.month)
        return value.isoformat() if early else value
    return value if value is not None and isfinite(value) else None


def _width(value: str | float | date) -> int:
    if isinstance(value, str):
        return max(map(len, value.splitlines()), default=0)
    if isinstance(value, date):
        return 16 if isinstance(value, datetime) else 10
    return len(f"{value:.16G}")


def _write_note(workbook: Workbook, table: Table) -> None:
    sheet = workbook.add_worksheet(_free_name(workbook, "Note"))
    sheet.set_column(0, 0, 100)
    bold, plain = workbook.add_format({"bold": True}), workbook.add_format({"text_wrap": True, "valign": "top"})
    told: list[tuple[str, Any]] = [(table.title, bold), (table.note, plain), (table.licence, plain)]
    for row, (text, shown) in enumerate((text, shown) for text, shown in told if text):
        sheet.write_string(row, 0, _text(text), shown)


def _text(text: str) -> str:
    """What a cell can hold, half characters replaced; what is left out is marked."""
    return fitting(text.encode("utf-8", "replace").decode())


def _sheet_name(title: str, number: int) -> str:
    """Excel allows 31 characters, not these, no apostrophe at either end, and keeps "History" for itself."""
    tail = f" ({number})" if number > 1 else ""
    name = " ".join(re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", _text(title)).split())
    name = name[: 31 - len(tail)].strip("' ") or "1"
    return (f"{name} -" if name.lower() == "history" else name) + tail


def _free_name(workbook: Workbook, name: str) -> str:
    taken = {sheet.get_name().lower() for sheet in workbook.worksheets()}
    return name if name.lower() not in taken else f"{name} (2)"
