"""What packages write in the formats that they bring."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lanzarote.errors import FormatFailed
from lanzarote.plugins.faults import place_of
from lanzarote.plugins.watching import TookTooLong

if TYPE_CHECKING:
    from collections.abc import Callable

    from lanzarote.plugins.host import Host
    from lanzarote.types import DocumentExporter, Exporter, Importer

log = logging.getLogger("lanzarote.plugins")


def written_by(
    host: Host,
    format: Exporter | Importer | DocumentExporter,
    call: Callable[[], object],
    seconds: float,
    *,
    what: str,
) -> bytes:
    """The file that *call*, of the package that brought *format*, returns. Raises FormatFailed, which names it.

    *what* it is, as the reader is told: ``this list``.
    """
    package = host.bringing(format)
    try:
        data = host.ask(package.name, call, seconds)
        if not isinstance(data, bytes):
            raise TypeError(f"returned {type(data).__name__} where bytes are expected")
    except TookTooLong as late:
        told = f"The package {package.known} could not write {what} as {format.label}: {late}."
        log.error("%s", told)
        raise FormatFailed(told) from None
    except (Exception, SystemExit) as error:
        told = f"The package {package.known} could not write {what} as {format.label}"
        place = place_of(error, host.module_of(package.name)) or "not in its own code"
        log.error("%s: %s (%s).", told, type(error).__name__, place)
        # Without what it raised: that may quote what only the team reads.
        raise FormatFailed(f"{told}.") from None
    return data
