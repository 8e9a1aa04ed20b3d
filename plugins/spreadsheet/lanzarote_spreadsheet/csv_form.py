"""CSV to be filled in, and read back however spreadsheet programs save it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from lanzarote import ImportReading

from lanzarote_spreadsheet.csv_file import disarm, rearm
from lanzarote_spreadsheet.grid import Line, TooMuch, bounded, headings, lay_out, take_in
from lanzarote_spreadsheet.words import problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lanzarote import ImportDraft, ImportForm

SEPARATORS: Final = (",", ";", "\t")
LONGEST_CELL: Final = 100_000
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def write_form_csv(form: ImportForm, drafts: Iterable[ImportDraft]) -> bytes:
    """With the separator that programs of the language expect, and nothing that one would calculate."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter="," if form.language == "en" else ";")
    writer.writerow(map(disarm, headings(form)))
    writer.writerows(map(disarm, row) for row in lay_out(form, drafts))
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8", "replace")


def read_form_csv(content: bytes, form: ImportForm) -> ImportReading:
    text = _decoded(content)
    if text is None:
        return ImportReading(problems=(problem("no-text"),))
    try:
        for separator in _likely(text):
            if reading := take_in(form, bounded(_lines(text, separator))):
                return reading
    except TooMuch:
        return ImportReading(problems=(problem("too-large"),))
    except csv.Error:
        return ImportReading(problems=(problem("damaged"),))
    return ImportReading(problems=(problem("no-headings"),))


def _decoded(content: bytes) -> str | None:
    """*content* as text; None if it is none."""
    for mark, codec in _MARKS:
        if content.startswith(mark):
            return _read(content, codec)
    if b"\0" in content:
        return None
    # What Excel calls "CSV" in France is Windows-1252; hardly any text of that is UTF-8 by chance.
    return _read(content, "utf-8") or _read(content, "cp1252")


def _read(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return None


def _likely(text: str) -> list[str]:
    """Separators, the one first that stands most often in the first line; Excel may say it itself."""
    first = text.lstrip().partition("\n")[0]
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return [first[4]]
    return sorted(SEPARATORS, key=first.count, reverse=True)


def _lines(text: str, separator: str) -> Iterator[Line]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for number, cells in enumerate(reader, 1):  # as a spreadsheet program counts them: a cell may hold several lines
        yield Line(number, tuple(rearm(cell) for cell in cells))
