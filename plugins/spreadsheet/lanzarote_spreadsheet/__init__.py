"""Every list as a spreadsheet, and practices and the directory out of one: CSV and Excel files out and in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote import Exporter, Importer, hookimpl

from lanzarote_spreadsheet.csv_file import write_csv
from lanzarote_spreadsheet.csv_form import read_form_csv, write_form_csv
from lanzarote_spreadsheet.excel_file import write_xlsx
from lanzarote_spreadsheet.excel_form import write_form_xlsx
from lanzarote_spreadsheet.excel_reading import read_form_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterable

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@hookimpl
def exporters() -> Iterable[Exporter]:
    return (
        Exporter(format="csv", label="CSV", media_type="text/csv", extension="csv", write=write_csv),
        Exporter(
            format="xlsx",
            label="Excel",
            media_type=EXCEL,
            extension="xlsx",
            write=write_xlsx,
        ),
    )


@hookimpl
def importers() -> Iterable[Importer]:
    return (
        Importer(
            format="xlsx",
            label="Excel",
            media_type=EXCEL,
            extensions=("xlsx", "xlsm"),
            write=write_form_xlsx,
            read=read_form_xlsx,
        ),
        Importer(
            format="csv",
            label="CSV",
            media_type="text/csv",
            extensions=("csv", "tsv", "txt"),
            write=write_form_csv,
            read=read_form_csv,
        ),
    )
