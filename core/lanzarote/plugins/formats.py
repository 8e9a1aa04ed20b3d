"""Files that packages write in the formats that they bring."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from lanzarote.errors import FormatFailed
from lanzarote.plugins.packages import CallFailed
from lanzarote.plugins.processes import TookTooLong

if TYPE_CHECKING:
    from lanzarote.plugins.host import Host
    from lanzarote.types import DocumentExporter, Exporter, Importer

log = logging.getLogger("lanzarote.plugins")


def written_by(
    host: Host, format: Exporter | Importer | DocumentExporter, *given: Any, seconds: float, what: str
) -> bytes:
    """The file that the package which brought *format* writes of *given*. Raises FormatFailed, which names it.

    *what* it is, as the reader is told: ``this list``.
    """
    write: Any = format.write
    try:
        data: bytes = write(*given, seconds=seconds)
    except CallFailed as error:
        told = f"The package {host.bringing(format).known} could not write {what} as {format.label}"
        log.error("%s: %s.", told, error)
        # What it raised is for the log alone: a place in the code tells a reader nothing.
        raise FormatFailed(f"{told}: {error}." if isinstance(error, TookTooLong) else f"{told}.") from None
    return data
