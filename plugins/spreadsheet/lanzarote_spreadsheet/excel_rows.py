"""The rows of a sheet, put into the workbook that xlsxwriter makes around them.

Cell by cell that writer takes most of the time of a long list (``benchmarks/bench_export.py``); formats, widths,
filters, lists to choose from and everything else of a workbook are its own. The cells are as it writes them itself
where it keeps no memory: text in its place, never a formula, never a link.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

LONGEST_TEXT: Final = 32_767
TEXT, DAY, MOMENT = range(3)
"""Places of the formats that a sheet is given."""
_DAY_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 (a workbook knows no time zones)
_ODD: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_STYLE: Final = re.compile(r' s="(\d+)"')
_EXTENT: Final = re.compile(r'<dimension ref="[^"]*"/>')

Value = str | int | float | date | None


class Rows:
    """The rows of one sheet under its headings."""

    def __init__(self, sheet: Worksheet, number: int, first: int, formats: Sequence[Format]) -> None:
        """*number* of the sheet among all, from 1; *first* row, from 0; *formats*: of text, and of days and moments."""
        self.part = f"xl/worksheets/sheet{number}.xml"
        self._first = first
        self._rows: list[Sequence[Value]] = []
        # How the writer calls these formats is seen in a row of examples, in the place of which the rows are put.
        for column, shown in enumerate(formats):
            sheet.write_blank(first, column, None, shown)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Sequence[Value]) -> None:
        self._rows.append(row)

    def put_into(self, xml: str) -> str:
        """The sheet *xml* with the rows in it."""
        begin = xml.index(f'<row r="{self._first + 1}"')
        end = xml.index("</row>", begin) + len("</row>")
        styles = _STYLE.findall(xml[begin:end])
        names = [column_name(column) for column in range(max(map(len, self._rows), default=1))]
        written = "".join(_row(self._first + 1 + place, row, names, styles) for place, row in enumerate(self._rows))
        # How far a sheet reaches may be left out, and what the writer says of it is true no longer.
        return _EXTENT.sub("", xml[:begin], count=1) + written + xml[end:]


def filled(content: bytes, sheets: Iterable[Rows]) -> bytes:
    """The workbook *content* with the rows of its sheets."""
    by_part = {sheet.part: sheet for sheet in sheets}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            if (sheet := by_part.get(part.filename)) is not None:
                # Half a character is none that could be written.
                data = sheet.put_into(data.decode()).encode("utf-8", "replace")
            new.writestr(part, data)
    return file.getvalue()


def fitting(text: str) -> str:
    """What a cell can hold of *text*; what is left out is marked."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def column_name(column: int) -> str:
    """What a column is called, counted from 0.

    >>> column_name(0), column_name(25), column_name(26)
    ('A', 'Z', 'AA')
    """
    before, last = divmod(column, 26)
    return (column_name(before - 1) if before else "") + chr(65 + last)


def _row(number: int, row: Sequence[Value], names: Sequence[str], styles: Sequence[str]) -> str:
    cells = [
        _cell(f"{names[column]}{number}", value, styles) for column, value in enumerate(row) if value not in ("", None)
    ]
    return f'<row r="{number}">{"".join(cells)}</row>' if cells else ""


def _cell(place: str, value: Any, styles: Sequence[str]) -> str:
    if isinstance(value, str):
        text = _escaped(value)
        return f'<c r="{place}" s="{styles[TEXT]}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    style, number = TEXT, value
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        style, number = MOMENT if isinstance(value, datetime) else DAY, (moment - _DAY_ZERO) / timedelta(days=1)
    return f'<c r="{place}" s="{styles[style]}"><v>{number:.16G}</v></c>'


def _escaped(text: str) -> str:
    """*text* as an element holds it, control characters as workbooks write them."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if "_x" in text or not text.isprintable():
        text = _ODD.sub(lambda match: "_x005F_" if match[0] == "_" else f"_x{ord(match[0]):04X}_", text)
    return text
