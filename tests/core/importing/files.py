"""Files that people hand in, and what becomes of them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from lanzarote.importing import service
from lanzarote.importing.ground import Ground
from lanzarote.importing.kinds import KINDS
from lanzarote.records.permissions import Actor, Grant
from openpyxl import load_workbook

if TYPE_CHECKING:
    from lanzarote.importing.planning import Plan
    from lanzarote.instance import Instance

WRITER = Actor(account_id="ana", grants=(Grant(role="contributor", region_id="paris"),))
COORDINATOR = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id="paris"),), strong=True)

Row = dict[str, Any]
PRACTICE: Row = {
    "text.fr.title": "Une salle d’audition partagée",
    "text.fr.summary": "Police, hôpital et association entendent l’enfant au même endroit.",
    "sectors": "courts",
    "partners.sector": "courts",
    "partners.side": "public",
    "scope": "local",
}
ENTRY: Row = {
    "name.fr": "Maison de l’audition",
    "role.fr": "Accueille les auditions filmées.",
    "sectors": "courts",
    "side": "public",
    "scope": "local",
}


def ground(instance: Instance, lang: str = "fr", by: Actor = COORDINATOR) -> Ground:
    return Ground(instance, "paris", lang, by)


def csv_of(*rows: Row, columns: tuple[str, ...] = ()) -> bytes:
    """A file with the fields of *rows* as headings, and all columns of a group that one of them belongs to."""
    names = dict.fromkeys((*columns, *(name for row in rows for name in row)))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, tuple(names), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def whole(instance: Instance, *rows: Row, kind: str = "practices") -> bytes:
    """A template filled with *rows*, each under the columns that it names."""
    place = ground(instance)
    importer = service.importer_for(place, "a.xlsx")
    assert importer is not None
    book = load_workbook(io.BytesIO(service.file_of(place, KINDS[kind], importer, filled=False)))
    return with_rows(book, *rows)


def all_there_is(instance: Instance, kind: str = "practices", lang: str = "fr", by: Actor = COORDINATOR) -> Any:
    """Everything there is, as a workbook to be worked on."""
    place = ground(instance, lang, by)
    importer = service.importer_for(place, "a.xlsx")
    assert importer is not None
    return load_workbook(io.BytesIO(service.file_of(place, KINDS[kind], importer, filled=True)))


def columns_of(book: Any) -> dict[str, int]:
    """Field → number of its column."""
    return {cell.value: cell.column for cell in book.worksheets[0][1]}


def row_of(book: Any, **wanted: str) -> int:
    """The first row in which the fields say what is *wanted*."""
    at, sheet = columns_of(book), book.worksheets[0]
    rows = range(3, sheet.max_row + 1)
    named = {name.replace("__", "."): value for name, value in wanted.items()}
    return next(row for row in rows if all(sheet.cell(row, at[name]).value == value for name, value in named.items()))


def write(book: Any, row: int, **cells: Any) -> None:
    at = columns_of(book)
    for name, value in cells.items():
        book.worksheets[0].cell(row, at[name.replace("__", ".")]).value = value


def with_rows(book: Any, *rows: Row) -> bytes:
    """*book* with *rows* beneath what stands in it."""
    at, sheet = columns_of(book), book.worksheets[0]
    for number, row in enumerate(rows, sheet.max_row + 1):
        for name, value in row.items():
            sheet.cell(number, at[name]).value = value
        if "number" not in row:
            sheet.cell(number, at["number"]).value = f"new {number}"
    return saved(book)


def saved(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def plan_of(
    instance: Instance,
    content: bytes,
    *,
    name: str = "a.xlsx",
    kind: str = "practices",
    lang: str = "fr",
    by: Actor = COORDINATOR,
) -> Plan:
    return service.plan_of(ground(instance, lang, by), KINDS[kind], name, content)


def said(plan: Plan) -> list[str]:
    """Everything that is wrong."""
    return [told.text for told in (*plan.problems, *(told for row in plan.rows for told in row.problems))]
