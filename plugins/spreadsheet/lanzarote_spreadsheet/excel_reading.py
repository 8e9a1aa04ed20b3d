"""Workbooks as they come: nothing in them is carried out, and what would be too much is refused before it is read."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from lanzarote import ImportReading

from lanzarote_spreadsheet.grid import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    Line,
    TooMuch,
    bounded,
    headings_among,
    take_in,
)
from lanzarote_spreadsheet.words import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote import ImportForm

LARGEST_WHOLE: Final = 64 * 1024 * 1024
"""Of all parts unpacked."""
MOST_PARTS: Final = 500
MOST_OF: Final = {b"<xf ": 70_000, b"<si": MOST_CELLS, b"<c": 2 * MOST_CELLS, b"<row": 10 * MOST_ROWS}
"""How often all parts together may say so: formats (Excel has room for 65,490), texts, cells (and columns), rows. What
is read would take far more memory than its file."""
_PIECE: Final = 256 * 1024
_MACROS: Final = re.compile(r"vbaProject|macrosheets|\.xlm$|activeX", re.IGNORECASE)
_EXTERNAL: Final = re.compile(r"(^|/)(externalLinks|connections\.xml|queryTables|webextensions)", re.IGNORECASE)
_EMBEDDED: Final = re.compile(r"(^|/)embeddings/", re.IGNORECASE)
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[ />]")
_LONGEST_WORD: Final = 64
_ARCHIVES: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_LINE_END: Final = "_x000D_\n"
"""How a workbook has the line break of Windows: nobody reads a return before it."""
_UNDERSCORE: Final = "_x005F_"
"""How it has the first sign of a text that looks like such a code; openpyxl leaves it where text is not shared."""


class Refused(Exception):
    """A workbook that is not read; the text is the code of the reason."""


def read_form_xlsx(content: bytes, form: ImportForm) -> ImportReading:
    """What the sheet says that has the most headings of the template: the lists to choose from have some as well."""
    try:
        return _read(content, form, calculated=require_harmless(content))
    except Refused as refused:
        return ImportReading(problems=(problem(str(refused)),))
    except TooMuch:
        return ImportReading(problems=(problem("too-large"),))


def require_harmless(content: bytes) -> bool:
    """Look at every part of the archive, without keeping any; tell whether there is a formula. Raises Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _look_through(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Refused("not-xlsx") from error
    except Refused:
        raise
    except Exception as error:  # zlib and lzma say in many ways that what they unpack is none
        raise Refused("damaged") from error


def _look_through(archive: zipfile.ZipFile) -> bool:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/workbook.") for name in names):
        raise Refused("not-xlsx")
    if len(parts) > MOST_PARTS:
        raise Refused("too-large")
    if len(set(names)) < len(names):
        raise Refused("damaged")
    for pattern, code in ((_MACROS, "macros"), (_EXTERNAL, "external"), (_EMBEDDED, "embedded")):
        if any(map(pattern.search, names)):
            raise Refused(code)
    left, calculated = LARGEST_WHOLE, False
    counts = dict.fromkeys(MOST_OF, 0)
    for part in parts:
        # What an archive says of itself is not believed: it is unpacked, piece by piece, and counted.
        with archive.open(part) as file:
            head, before = b"", b""
            while piece := file.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise Refused("too-large")
                head = head or piece
                seen = before + piece  # a word may begin in one piece and end in the next
                for word in counts:
                    counts[word] += seen.count(word) - before.count(word)
                    if counts[word] > MOST_OF[word]:
                        raise Refused("too-large")
                _refuse_in(part.filename, head, seen)
                calculated = calculated or _FORMULA.search(seen) is not None
                before = piece[-_LONGEST_WORD:]
    return calculated


def _refuse_in(name: str, head: bytes, seen: bytes) -> None:
    if head.startswith(_ARCHIVES):
        raise Refused("embedded")
    if name.endswith((".xml", ".rels")):
        # Entities could make a text of gigabytes; no spreadsheet program writes any, or anything but UTF-8.
        if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen or head[:2] in (b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0"):
            raise Refused("damaged")
        if name == "[Content_Types].xml" and b"macroEnabled" in seen:
            raise Refused("macros")
        if b'TargetMode="External"' in seen and b"/externalLink" in seen:
            raise Refused("external")


def _read(content: bytes, form: ImportForm, *, calculated: bool) -> ImportReading:
    try:
        written = _opened(content, values=False).worksheets if calculated else ()
        sheets = _opened(content, values=True).worksheets
        counts = [headings_among(form, _lines(sheet, None)) for sheet in sheets]
        if any(counts):
            number = counts.index(max(counts))
            lines = _lines(sheets[number], written[number] if calculated else None)
            if reading := take_in(form, bounded(lines), sheets[number].title):
                return reading
    except TooMuch:
        raise
    except Exception as error:  # whatever a broken part makes of it; what it says may quote the file
        raise Refused("damaged") from error
    return ImportReading(problems=(problem("no-headings"),))


def _opened(content: bytes, *, values: bool) -> Any:
    """The workbook, to be read row by row: a cell in the last corner of a sheet costs nothing. It follows no link."""
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)


def _lines(sheet: Any, written: Any) -> Iterator[Line]:
    """The rows with the values last calculated; *written*: the same sheet with its formulas, where there are any."""
    formulas = _rows(written) if written is not None else repeat(())
    for number, (cells, same) in enumerate(zip(_rows(sheet), formulas, strict=False), 1):
        faults = {column: "error-value" for column, cell in enumerate(cells, 1) if cell.data_type == "e"}
        faults |= {
            column: "no-value"
            for column, (cell, formula) in enumerate(zip(cells, same, strict=False), 1)
            if cell.value is None and formula.data_type == "f"
        }
        texts = [_text(cell.value) for cell in cells]
        while texts and not texts[-1] and len(texts) not in faults:
            texts.pop()
        numbers = frozenset(column for column, cell in enumerate(cells, 1) if isinstance(cell.value, int | float))
        yield Line(number, tuple(texts), faults, numbers)


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what a file says of them need not be true
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS + 1)
    return rows


def _text(value: Any) -> str:
    """What a person reads in the cell, whatever the program made of it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace(_LINE_END, "\n").replace(_UNDERSCORE, "_")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)
