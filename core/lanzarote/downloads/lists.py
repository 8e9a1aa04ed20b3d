"""A long list as a file, made in the background: its rows are read, then a package writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from lanzarote.downloads.service import STEP
from lanzarote.runtime.reading import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from lanzarote.instance import Instance

    Row = tuple[str | int | float | date | None, ...]

KIND: Final = "list"
WRITING: Final = 60
"""Progress while the file is written, which nobody reports."""
TOLD: Final = WRITING - STEP
"""So many per cent are done when all rows are read; a whole step before what is recorded next."""
LONGEST: Final = 300.0
"""Seconds that a package may take over it."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which list, narrowed how, in which language and format."""

    region: str
    language: str
    of: str
    query: tuple[tuple[str, str], ...]
    format: str


def make(instance: Instance, asked: bytes, progress: Callable[[int], None]) -> bytes:
    """Raises NotFound, FormatFailed."""
    from lanzarote.downloads.subjects import subject_of  # only now: a start does without
    from lanzarote.web.exports import exporter_of, written
    from lanzarote.web.labels import Voice

    wanted = decoded(asked, Wanted)
    voice = Voice(instance, wanted.language, instance.header(wanted.region))
    subject = subject_of(wanted.of)
    exporter = exporter_of(instance.host, wanted.format)
    table = subject.table(voice, wanted.query)
    count = max(subject.count(voice, wanted.query), 1)
    told = replace(table, rows=_counted(table.rows, count, progress))
    return written(instance.host, exporter, told, LONGEST)


def _counted(rows: Iterable[Row], count: int, progress: Callable[[int], None]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        yield row
        progress(min(TOLD * number // count, TOLD))
    progress(WRITING)
