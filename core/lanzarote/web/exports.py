"""Every list as a file, in the formats that installed packages write."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from litestar import Response
from msgspec.structs import replace

from lanzarote.errors import FormatFailed, NotFound
from lanzarote.translation import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanzarote.plugins import Host, Package
    from lanzarote.types import Exporter, Table
    from lanzarote.web.site import View

LONGEST = 30.0
"""Seconds after which writing a file has failed: whoever asked for it waits, and others with them."""
PARAMETER = "format"
"""In the address of a list: ``?format=csv``."""


def download(view: View, table: Table, format: str) -> Response[Any]:
    """Answer with *table* as a file. Raises NotFound that lists the formats there are."""
    for package, exporter in view.instance.host.offered("exporters"):
        if exporter.format == format:
            name = f"{file_name(view)}.{exporter.extension}"
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Language": table.language}
            data = _written(view.instance.host, package, exporter, _plain(table))
            return Response(data, media_type=exporter.media_type, headers=headers)
    known = ", ".join(exporter.format for exporter in view.instance.host.exporters) or "none"
    raise NotFound(f"This list cannot be downloaded as {format[:40]!r}; formats there are: {known}.")


def _written(host: Host, package: Package, exporter: Exporter, table: Table) -> bytes:
    """What *exporter* makes of *table*. Raises FormatFailed, which names its package."""
    try:
        data = host.ask(package.name, partial(exporter.write, table), LONGEST)
        if not isinstance(data, bytes):
            raise TypeError(f"returned {type(data).__name__} where bytes are expected")
    except (Exception, SystemExit) as error:
        known = f"{package.distribution} {package.version}".strip() or package.name
        raise FormatFailed(f"The package {known} could not write this list as {exporter.label}.") from error
    return data


def _plain(table: Table) -> Table:
    """*table* with nothing but strings for words, as packages expect them."""
    columns = tuple(map(plain, table.columns))
    rows = [tuple(map(plain, row)) for row in table.rows]  # here: the package works in another thread
    return replace(table, title=plain(table.title), columns=columns, rows=rows, note=plain(table.note))


def file_name(view: View) -> str:
    """Name of the file without its ending: what the address says, and the day.

    ``/fr/paris/practices`` becomes ``lanzarote-paris-practices-fr-2026-11-24``.
    """
    lang, *parts = view.request.url.path.strip("/").split("/")
    safe = [re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")[:40] for part in (*parts, lang)]
    return "-".join(("lanzarote", *filter(None, safe), view.today.isoformat()))


def download_links(view: View, query: Sequence[tuple[str, str]] = ()) -> list[dict[str, str]]:
    """The list at this address in every format there is, for ``ui.downloads``; *query* is what narrows it."""
    path = view.request.url.path
    return [
        {
            "label": exporter.label,
            "href": f"{path}?{urlencode([*query, (PARAMETER, exporter.format)])}",
            "type": exporter.media_type,
        }
        for exporter in view.instance.host.exporters
    ]
