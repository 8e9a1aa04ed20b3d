"""Every list as a spreadsheet: CSV and Excel files out of the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote import Exporter, hookimpl

from lanzarote_spreadsheet.csv_file import write_csv
from lanzarote_spreadsheet.excel_file import write_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterable


@hookimpl
def exporters() -> Iterable[Exporter]:
    return (
        Exporter(format="csv", label="CSV", media_type="text/csv", extension="csv", write=write_csv),
        Exporter(
            format="xlsx",
            label="Excel",
            media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            extension="xlsx",
            write=write_xlsx,
        ),
    )
