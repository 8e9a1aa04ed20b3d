"""A table of figures: the same for a page, which also draws it, and for a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.translation import N_
from lanzarote.types import Table
from lanzarote.web.exports import PARAMETER, download, download_links

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from litestar import Response

    from lanzarote.web.site import View

    Words = str | Markup

CHOSEN = "table"
"""In the address of a page with several tables: which of them is wanted as a file."""


class Cell(Struct, frozen=True):
    """A number, and where the records behind it are listed; or a word instead."""

    n: int | None = None
    href: str = ""
    word: str = ""
    """Instead of a number, or beside it."""
    kind: str = ""
    """What stands empty: "unknown", "none", "not-applicable"; else nothing."""
    more: int = 0
    """A second number, of provisions."""
    more_href: str = ""


class Head(Struct, frozen=True, kw_only=True):
    """What a column or row is about."""

    label: Any
    href: str = ""
    short: str = ""
    """What stands above a narrow column; the label is told beside it."""
    side: str = ""
    in_file: str = ""
    """What a file says instead of the label, where it says more."""


class Line(Struct, frozen=True, kw_only=True):
    head: Head
    cells: tuple[Cell, ...]
    whole: bool = False
    """It tells all the others together."""


class Sheet(Struct, frozen=True, kw_only=True):
    """One table."""

    key: str
    title: str
    about: str
    """What the lines are."""
    columns: tuple[Head, ...]
    lines: tuple[Line, ...]
    note: str = ""
    look: Literal["plain", "bars", "matrix"] = "plain"
    empty: str = ""
    """What to say where nothing at all was counted."""
    nothing: str = ""
    """What an empty cell says."""
    downloads: tuple[dict[str, str], ...] = ()
    most: int = 0
    """The largest number, for what is drawn."""


def sheet(view: View, *, query: Sequence[tuple[str, str]] = (), **given: Any) -> Sheet:
    """A table of this page, with the addresses of its files."""
    made = Sheet(**given)
    numbers = [cell.n or 0 for line in made.lines if not line.whole for cell in line.cells[:1]]
    links = download_links(view, [*query, (CHOSEN, made.key)])
    nothing = made.nothing or view._("none documented")
    return _with(made, downloads=tuple(links), most=max(numbers, default=0), nothing=nothing)


def _with(made: Sheet, **more: Any) -> Sheet:
    from msgspec.structs import replace

    return replace(made, **more)


def answer(view: View, template: str, sheets: Callable[[], Sequence[Sheet]], **values: Any) -> Response[Any]:
    """The page, or one of its tables as a file. Raises NotFound."""
    asked = view.request.query_params
    made = {one.key: one for one in sheets()}
    if wanted := asked.get(PARAMETER):
        chosen = made.get(asked.get(CHOSEN) or next(iter(made), ""))
        if chosen is None:
            raise NotFound(N_("There is no such table on this page."))
        return download(view, as_table(view, chosen), wanted)
    return view.render(template, sheets=made, **values)


def as_table(view: View, one: Sheet) -> Table:
    double = any(cell.more for line in one.lines for cell in line.cells)
    columns: list[Any] = [one.about]
    for head in one.columns:
        columns.append(_bare(head.label))
        if double:
            columns.append(view._("%(region)s: provisions") % {"region": _bare(head.label)})
    note = view._("What regions document and released; it says nothing about the rest. %(address)s, %(day)s")
    return Table(
        title=one.title,
        columns=tuple(columns),
        rows=[(line.head.in_file or _bare(line.head.label), *_values(line, double)) for line in one.lines],
        language=view.lang,
        licence=view.licence,
        note=note % {"address": view.absolute(view.request.url.path), "day": view.today.isoformat()},
    )


def _bare(words: Any) -> Any:
    """*words* of a page, for a file: without marks of their language."""
    return words.striptags() if isinstance(words, Markup) else words


def _values(line: Line, double: bool) -> list[Any]:
    found: list[Any] = []
    for cell in line.cells:
        found.append(_bare(cell.word) if cell.n is None else cell.n)
        if double:
            found.append(cell.more if cell.n is not None else "")
    return found
