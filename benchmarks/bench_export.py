"""1,000 practices as an Excel file: as a list, and as a file to be worked on and handed in again.

The yardstick writes the same cells with Python's own csv and packs them with zlib: no sheet, no lists to choose from.
"""

from __future__ import annotations

import csv
import io
import time
import zlib
from typing import TYPE_CHECKING

from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.importing.cells import drafts_of, form_of
from lanzarote.importing.ground import Ground
from lanzarote.importing.kinds import PRACTICES
from lanzarote.records.permissions import Actor, Grant
from lanzarote.types import Table
from lanzarote_spreadsheet.excel_file import write_xlsx
from lanzarote_spreadsheet.excel_form import write_form_xlsx
from lanzarote_spreadsheet.grid import headings, lay_out

from benchmarks.corpus import region_ids
from benchmarks.databases import corpus
from benchmarks.figures import Measured, Report, rotate

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.figures import Settings

TARGET = 2.0


def run(settings: Settings) -> Report:
    """Excel"""
    report = Report("Practices as an Excel file")
    region = region_ids(settings.regions)[0]
    by = Actor(account_id="bench", strong=True, grants=(Grant(role="coordinator", region_id=region),))
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{corpus(settings)}"})) as instance:
        ground = Ground(instance, region, instance.header(region).languages[0], by)
        form = form_of(ground, PRACTICES)
        drafts = tuple(drafts_of(ground, PRACTICES, form))
    titles = tuple(headings(form.told))
    cells = [tuple(row) for row in lay_out(form.told, drafts)]
    table = Table(title=form.told.title, columns=titles, rows=cells, language=form.told.language)
    subjects = {
        "csv and zlib": lambda: _csv(titles, cells),
        "the list": lambda: write_xlsx(table),
        "the file to be worked on": lambda: write_form_xlsx(form.told, drafts),
    }
    taken = rotate({name: _timed(write) for name, write in subjects.items()}, settings.rounds * 2)
    measured = {name: Measured(name, "ms", more_is_better=False, rounds=rounds) for name, rounds in taken.items()}
    report.measured = list(measured.values())
    yardstick = measured.pop("csv and zlib")
    for name, ours in measured.items():
        report.claim(f"{name}, of csv and zlib of the same cells", ours, yardstick, at_most=TARGET)
    filled = sum(bool(cell) for row in cells for cell in row)
    report.notes.append(f"{len(drafts):,} practices in {len(cells):,} rows, {filled:,} cells with something in them")
    return report


def _csv(titles: tuple[str, ...], cells: list[tuple[str, ...]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(titles)
    writer.writerows(cells)
    return zlib.compress(file.getvalue().encode())


def _timed(write: Callable[[], bytes]) -> Callable[[], float]:
    def go() -> float:
        begun = time.process_time()  # nothing here waits: what other work takes of the processor does not count
        write()
        return (time.process_time() - begun) * 1_000

    return go
