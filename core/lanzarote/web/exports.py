"""Every list as a file, in the formats that installed packages write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from litestar import Response
from msgspec.structs import replace

from lanzarote.errors import NotFound
from lanzarote.plugins.remembered import written_by
from lanzarote.translation import plain
from lanzarote.web.embedding import page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanzarote.plugins import Host
    from lanzarote.types import Exporter, Table
    from lanzarote.web.site import View
    from lanzarote.web.voice import Voice

LONGEST = 30.0
"""Seconds after which writing a file has failed: whoever asked for it waits, and others with them."""
PARAMETER = "format"
"""In the address of a list: ``?format=csv``."""
OF = "of"
"""In the address where a long list is made: which list."""
AT_ONCE = 500
"""Records up to which the page of a list leads to the file itself; of longer lists it is made in the background."""


def download(view: View, table: Table, format: str) -> Response[Any]:
    """Answer with *table* as a file. Raises NotFound that lists the formats there are."""
    exporter = exporter_of(view.instance.host, format)
    name = f"{file_name(view)}.{exporter.extension}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Language": table.language}
    data = written(view.instance.host, exporter, table)
    return Response(data, media_type=exporter.media_type, headers=headers)


def exporter_of(host: Host, format: str) -> Exporter:
    """Raises NotFound that lists the formats there are."""
    for exporter in host.exporters:
        if exporter.format == format:
            return exporter
    known = ", ".join(exporter.format for exporter in host.exporters) or "none"
    raise NotFound(f"This list cannot be downloaded as {format[:40]!r}; formats there are: {known}.")


def written(host: Host, exporter: Exporter, table: Table, within: float = LONGEST) -> bytes:
    """What *exporter* makes of *table*. Raises FormatFailed, which names its package."""
    return written_by(host, exporter, _plain(table), seconds=within, what="this list")


def _plain(table: Table) -> Table:
    """*table* with nothing but strings for words, as packages expect them."""
    columns = tuple(map(plain, table.columns))
    rows = [tuple(map(plain, row)) for row in table.rows]  # here: a package gets no rows that are still to be read
    return replace(table, title=plain(table.title), columns=columns, rows=rows, note=plain(table.note))


def file_name(view: View) -> str:
    """Name of the file without its ending: what the address says, and the day.

    ``/fr/paris/practices`` becomes ``lanzarote-paris-practices-fr-2026-11-24``.
    """
    lang, *parts = page_of(view.request.url.path).strip("/").split("/")
    return named(view, *parts, lang)


def named(voice: Voice, *parts: str) -> str:
    """Name of a file without its ending: *parts*, and the day."""
    safe = [re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")[:40] for part in parts]
    return "-".join(("lanzarote", *filter(None, safe), voice.today.isoformat()))


def is_long(view: View, records: int) -> bool:
    """A file of so many *records* of a region is made in the background."""
    return view.region is not None and records > AT_ONCE


def making_href(view: View, of: str, query: Sequence[tuple[str, str]], format: str) -> str:
    """Where the list *of* records, narrowed by *query*, is made in the background."""
    return f"{view.href('downloads')}?{urlencode([(OF, of), *query, (PARAMETER, format)])}"


def download_links(view: View, query: Sequence[tuple[str, str]] = (), making: str = "") -> list[dict[str, Any]]:
    """The list at this address in every format there is, for ``ui.downloads``; *query* is what narrows it.

    *making*: the list is long, and made in the background under this name.
    """
    path = view.path
    return [
        {"label": exporter.label, "href": making_href(view, making, query, exporter.format), "page": True}
        if making
        else {
            "label": exporter.label,
            "href": f"{path}?{urlencode([*query, (PARAMETER, exporter.format)])}",
            "type": exporter.media_type,
        }
        for exporter in view.instance.host.exporters
    ]
