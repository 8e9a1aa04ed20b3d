"""Records as rows, the same in every format: headings, then a row for each record.

What a record says more than once (its partners, its figures) takes further rows, which repeat its number and leave the
rest empty: such a file can be sorted, and nothing is lost.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from lanzarote import ImportAnswer, ImportDraft, ImportPlace, ImportReading

from lanzarote_spreadsheet.words import problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote import ImportForm, ImportProblem
    from lanzarote.types import ImportColumn

NUMBER: Final = "number"
"""The first column: which rows are one record. It is no field of the record."""
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 400
MOST_CELLS: Final = 1_000_000
LOOKED_AT: Final = 20
"""Rows among which the headings are looked for."""
_LIKE_THOUSANDS: Final = re.compile(r"-?[0-9]{1,3}\.[0-9]{3}")
_INDEXED: Final = re.compile(r"([a-z_]+)\[(\d{1,3})\]\.(.+)")


class Line(NamedTuple):
    """A row of a file as it is read: its number, and its cells from the first column on."""

    row: int
    cells: tuple[str, ...]
    faults: Mapping[int, str] = {}
    """Column → code of what is the matter with a cell."""
    numbers: frozenset[int] = frozenset()
    """Columns whose cell holds a number and no text."""


class TooMuch(Exception):
    """There is no room for so many rows or cells."""


def headings(form: ImportForm) -> list[str]:
    """As people read them."""
    return [form.words.get(NUMBER, NUMBER), *(column.titles[form.language] for column in form.columns)]


def fields(form: ImportForm) -> list[str]:
    """As the platform knows them, whatever the language."""
    return [NUMBER, *(column.field for column in form.columns)]


def lay_out(form: ImportForm, drafts: Iterable[ImportDraft]) -> Iterator[list[str]]:
    """The rows under the headings."""
    at = {field: place for place, field in enumerate(fields(form))}
    for number, draft in enumerate(drafts, 1):
        rows = [[""] * len(at)]
        for answer in draft.answers:
            match = _INDEXED.fullmatch(answer.field)
            field, line = (f"{match[1]}.{match[3]}", int(match[2])) if match else (answer.field, 0)
            if field in at:
                while len(rows) <= line:
                    rows.append([""] * len(at))
                rows[line][at[field]] = answer.text
        for row in rows:
            row[0] = str(number)
            yield row


def take_in(form: ImportForm, lines: Iterable[Line], sheet: str = "") -> ImportReading | None:
    """What *lines* say; None where the headings are not among the first of them."""
    rows = iter(lines)
    known = _known(form)
    first: list[Line] = []
    for line in rows:
        if _is_headings(line, known):
            return _Reader(form, known, sheet).read(line, rows)
        first.append(line)
        if len(first) == LOOKED_AT:
            break
    return None


def headings_among(form: ImportForm, lines: Iterable[Line]) -> int:
    """How many headings stand in the row of headings; 0: there is none among the first *lines*."""
    known = _known(form)
    first = islice(lines, LOOKED_AT)
    return next((sum(_plain(cell) in known for cell in one.cells) for one in first if _is_headings(one, known)), 0)


def _known(form: ImportForm) -> dict[str, str]:
    """Heading in any language, and the field itself, by a former name too → field."""
    known = {_plain(field): field for field in fields(form)}
    known[_plain(form.words.get(NUMBER, NUMBER))] = NUMBER
    for words in _NUMBERS:
        known.setdefault(_plain(words), NUMBER)
    for column in form.columns:
        for title in column.titles.values():
            known.setdefault(_plain(title), column.field)
        for former in column.former:
            known.setdefault(_plain(former), column.field)
    return known


_NUMBERS: Final = ("No.", "N°", "Nº", "Nr.")


def _is_headings(line: Line, known: Mapping[str, str]) -> bool:
    written = [cell for cell in map(_plain, line.cells) if cell]
    return len(written) > 1 and sum(cell in known for cell in written) * 2 > len(written)


def _plain(text: str) -> str:
    """*text* as headings are compared: however their letters are made, and whatever blanks stand in them."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class _Reader:
    def __init__(self, form: ImportForm, known: Mapping[str, str], sheet: str) -> None:
        self._known, self._sheet = known, sheet
        self._columns: Mapping[str, ImportColumn] = {column.field: column for column in form.columns}
        self._most = form.most or MOST_ROWS
        self._fields: list[str] = []
        self._records: list[_Record] = []
        self._by_number: dict[str, _Record] = {}

    def read(self, heads: Line, lines: Iterator[Line]) -> ImportReading:
        """What *lines* say, as far as nothing is wrong with their headings. Raises TooMuch."""
        self._fields = [self._known.get(_plain(cell), "") for cell in heads.cells]
        problems = list(self._in_headings(heads))
        beneath = True
        for line in lines:
            if beneath and _is_headings(line, self._known):
                continue  # the headings once as the platform knows them, once in words
            beneath = False
            if not problems:
                problems += self._without_heading(line)
            if problems:
                break
            self._take(line)
            if len(self._records) > self._most:
                raise TooMuch
        if problems:
            return ImportReading(problems=tuple(problems[:50]))
        own = tuple(field for field in self._fields if field and field != NUMBER)
        return ImportReading(fields=own, drafts=tuple(record.draft() for record in self._records))

    def _in_headings(self, heads: Line) -> Iterator[ImportProblem]:
        seen: set[str] = set()
        for column, (cell, field) in enumerate(zip(heads.cells, self._fields, strict=True), 1):
            at = {"sheet": self._sheet, "row": heads.row, "column": column}
            if cell.strip() and not field:
                yield problem("unknown-heading", **at)
            elif field and field in seen:
                yield problem("heading-twice", **at)
            seen.add(field)

    def _without_heading(self, line: Line) -> Iterator[ImportProblem]:
        for column, cell in enumerate(line.cells, 1):
            if cell.strip() and (column > len(self._fields) or not self._fields[column - 1]):
                yield problem("no-heading", sheet=self._sheet, row=line.row, column=column)

    def _take(self, line: Line) -> None:
        cells = [
            (field, cell, column)
            for column, (field, cell) in enumerate(zip(self._fields, line.cells, strict=False), 1)
            if field and (cell.strip() or column in line.faults)
        ]
        said = [one for one in cells if one[0] != NUMBER]
        if not said:
            return
        record = self._record_of(line, next((cell.strip() for field, cell, _ in cells if field == NUMBER), ""), said)
        record.begin_row()
        for field, cell, column in said:
            place = ImportPlace(sheet=self._sheet, row=line.row, column=column)
            if column in line.faults:
                record.problems.append(problem(line.faults[column], sheet=self._sheet, row=line.row, column=column))
            else:
                told = self._columns[field]
                sure = told.kind == "number" and column in line.numbers
                record.say(field, _as_decimals(cell) if sure else cell, place, told.group)

    def _record_of(self, line: Line, number: str, said: Sequence[tuple[str, str, int]]) -> _Record:
        number = number.removesuffix(".0")
        known = self._by_number.get(number)
        if number and known:
            return known
        record = _Record(ImportPlace(sheet=self._sheet, row=line.row))
        if not number and all(self._columns[field].group for field, _, _ in said):
            record.problems.append(problem("nothing-before", sheet=self._sheet, row=line.row))
        self._records.append(record)
        if number:
            self._by_number[number] = record
        return record


def _as_decimals(number: str) -> str:
    """*number*, which a program wrote, so that nobody takes its point for one between thousands: 1.234 as 1.2340."""
    return f"{number}0" if _LIKE_THOUSANDS.fullmatch(number) else number


class _Record:
    """A record while its rows are read."""

    def __init__(self, place: ImportPlace) -> None:
        self._place = place
        self._answers: dict[str, ImportAnswer] = {}
        self._lines: dict[str, int] = {}
        """Group → how many of its rows were met."""
        self._open: set[str] = set()
        self.problems: list[ImportProblem] = []

    def begin_row(self) -> None:
        self._open.clear()

    def say(self, field: str, text: str, place: ImportPlace, group: str) -> None:
        if group:
            if group not in self._open:
                self._open.add(group)
                self._lines[group] = self._lines.get(group, -1) + 1
            field = f"{group}[{self._lines[group]}].{field[len(group) + 1 :]}"
        elif (before := self._answers.get(field)) is not None:
            if before.text.strip() != text.strip():
                at = {"sheet": place.sheet, "row": place.row, "column": place.column}
                self.problems.append(problem("two-records", **at))
            return
        self._answers[field] = ImportAnswer(field=field, text=text, place=place)

    def draft(self) -> ImportDraft:
        return ImportDraft(place=self._place, answers=tuple(self._answers.values()), problems=tuple(self.problems))


def bounded(lines: Iterable[Line]) -> Iterator[Line]:
    """*lines* as far as there is room. Raises TooMuch."""
    cells = 0
    for count, line in enumerate(lines):
        cells += len(line.cells)
        if count > MOST_ROWS or len(line.cells) > MOST_COLUMNS or cells > MOST_CELLS:
            raise TooMuch
        yield line
