"""What all pages of the office share: whether there is one, which regions a page is about, tables of figures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlencode

from markupsafe import Markup, escape
from msgspec import Struct
from msgspec.structs import replace

from lanzarote.errors import NotFound, NotPermitted
from lanzarote.office import service
from lanzarote.results.sending_api import require_office
from lanzarote.translation import N_, as_text, in_language
from lanzarote.types import Table
from lanzarote.web.exports import PARAMETER, download, download_links
from lanzarote.web.forms import whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from litestar import Response

    from lanzarote.office.service import Region
    from lanzarote.records.permissions import Actor
    from lanzarote.types import RegionHeader
    from lanzarote.web.asking import Asked
    from lanzarote.web.site import Site, View


# --- A table of figures: the same for a page, which also draws it, and for a file ---

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
    """The heading of a narrow column; the label is read out beside it."""
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
    return replace(made, downloads=tuple(links), most=max(numbers, default=0), nothing=nothing)


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


# --- Which regions a page is about, and where the records behind a figure are listed ---

MOST: Final = 50
"""So many regions stand on one page."""
ANY: Final = "*"
"""In the address of records: whatever their first word is."""
PAGES: Final = (
    ("", N_("Overview")),
    ("coverage", N_("Coverage")),
    ("sectors", N_("Sectors")),
    ("co-operation", N_("Co-operation")),
    ("trends", N_("Trends")),
    ("improvements", N_("Improvements and pilots")),
    ("compare", N_("Side by side")),
    ("regions", N_("Regions")),
    ("reports", N_("Reports")),
    ("releases", N_("Releases to cite")),
)


class Named(Struct, frozen=True, kw_only=True):
    """A region in the reader's words."""

    region: Region
    name: Markup
    """With its id behind it where another region here is called the same."""

    @property
    def id(self) -> str:
        return self.region.header.id


def invented(view: View, every: Sequence[Named]) -> str:
    """What a reader has to know if regions are counted that are made up; nothing if none is."""
    count = sum(one.region.invented for one in every)
    said = view.translator.ngettext(
        "%(num)s of these regions is invented, as a sample. All figures count it with the others.",
        "%(num)s of these regions are invented, as samples. All figures count them with the others.",
        count,
    )
    return said % {"num": count} if count else ""


class Desk(Struct, frozen=True, kw_only=True):
    """Regions in the order of their names, of which a page shows some."""

    every: tuple[Named, ...]
    shown: tuple[Named, ...]
    number: int
    """Of the page."""
    state: str = ""
    """Code of the State, whose regions alone are meant; empty: those of all."""

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.shown)

    @property
    def pages(self) -> int:
        return -(-len(self.every) // MOST)


def view_of(site: Site, request: Asked, lang: str) -> View:
    """The page that is asked for. Raises NotFound on an instance that is no office."""
    require_office(site.instance)
    return site.view(request, lang)


def is_of_office(actor: Actor) -> bool:
    return any(grant.role == "office" for grant in actor.counting)


def require_of_office(actor: Actor) -> None:
    """Raise NotPermitted unless the reader has the role of the central office, with a second factor."""
    if not is_of_office(actor):
        raise NotPermitted(N_("Only the central office does this. It needs that role, and a second factor."))


def named(view: View) -> tuple[Named, ...]:
    """All regions here in the order of their names; none is before another for any other reason."""

    def read() -> tuple[Named, ...]:
        here = service.regions_here(view.instance)
        names = names_apart(view, {one.id: one.header.name for one in here})
        return in_order(view, (Named(region=one, name=names[one.id]) for one in here))

    return view.instance.kept(f"office-names-{view.lang}", None, read)


def name_of(view: View, header: RegionHeader) -> Markup:
    """What a region is called among all that are here."""
    return next((one.name for one in named(view) if one.id == header.id), escape(view.say(header.name)))


def in_order(view: View, found: Iterable[Named]) -> tuple[Named, ...]:
    return tuple(sorted(found, key=lambda one: view.sort_key(one.name)))


def names_apart(view: View, names: Mapping[str, Mapping[str, str]]) -> dict[str, Markup]:
    """Names of regions by id, for this reader: where several read the same, the id follows each of them."""
    told = {region_id: escape(in_language(*view.text(texts), view.lang)) for region_id, texts in names.items()}
    alike = {region_id: _as_read(name) for region_id, name in told.items()}
    counts = Counter(alike.values())
    return {
        region_id: name if counts[alike[region_id]] == 1 else name + Markup(" ({})").format(region_id)
        for region_id, name in told.items()
    }


def _as_read(name: Markup) -> str:
    return " ".join(as_text(name).casefold().split())


def desk(view: View, *, state: str = "") -> Desk:
    """The regions that this page shows, of a State or of all; the address says which part of them."""
    every = named(view)
    of_state = tuple(one for one in every if one.region.state == state)
    # A State without a region is none to choose.
    return part(view, of_state, state) if of_state else part(view, every)


def part(view: View, every: tuple[Named, ...], state: str = "") -> Desk:
    """As many of *every* region as stand on a page; the address says which."""
    number = min(max(page_number(view), 1), max(1, -(-len(every) // MOST)))
    return Desk(every=every, shown=every[(number - 1) * MOST : number * MOST], number=number, state=state)


def page_number(view: View) -> int:
    """Which part of a list the address asks for."""
    return whole_number(view.request.query_params.get("page", ""), 1)


def frame(view: View, current: str, shown: Desk | None = None) -> dict[str, Any]:
    """What the layout of the office's pages relies on."""
    links = [
        {
            "href": view.instance_href("office", *([page] if page else [])),
            "label": view._(label),
            "current": page == current,
        }
        for page, label in PAGES
    ]
    around: dict[str, Any] = {"office_links": links, "desk": shown, "previous": None, "following": None}
    if shown and shown.pages > 1:
        around["previous"] = _leads_to(view, shown, shown.number - 1) if shown.number > 1 else None
        around["following"] = _leads_to(view, shown, shown.number + 1) if shown.number < shown.pages else None
    return around


def _leads_to(view: View, shown: Desk, number: int) -> str:
    of_state = {"state": shown.state} if shown.state else {}
    return f"{view.path}?{urlencode(of_state | {'page': number})}"


def query_of(shown: Desk) -> list[tuple[str, str]]:
    """What says in an address which regions a page is about."""
    return [("page", str(shown.number))] if shown.pages > 1 else []


def region_head(view: View, one: Named) -> Head:
    return Head(label=one.name, href=view.region_href(one.region.header))


# Where the records behind a figure are


def search_cell(view: View, n: int, **choice: str) -> Cell:
    """A number of practices of all regions."""
    return Cell(n, view.instance_href("practices", query=choice) if n else "")


def list_cell(view: View, one: Named, n: int, **choice: str) -> Cell:
    """A number of practices of a region."""
    return Cell(n, view.region_href(one.region.header, "practices", query=choice) if n else "")


def records_cell(
    view: View, n: int, measure: str, a: str | None = None, b: str | None = None, region: str = ""
) -> Cell:
    """A number of any records, of a region or of all; None: whatever it is, an empty word: where nothing is said."""
    if not n:
        return Cell(0)
    return Cell(n, records_href(view, measure, a, b, region))


def records_href(view: View, measure: str, a: str | None, b: str | None, region: str) -> str:
    query = records_query(measure, a, b) | ({"region": region} if region else {})
    return view.instance_href("office", "records", query=query)


def records_query(measure: str, a: str | None, b: str | None) -> dict[str, str]:
    """How an address asks for the records behind a figure.

    >>> records_query("begun", "", None), records_query("begun", None, "promising")
    ({'of': 'begun', 'a': ''}, {'of': 'begun', 'a': '*', 'b': 'promising'})
    """
    if a is None and b is not None:
        a = ANY
    return {name: value for name, value in (("of", measure), ("a", a), ("b", b)) if value is not None}
