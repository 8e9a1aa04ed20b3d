"""Regions beside each other: two to four side by side in the order of their names, and all on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.evaluation.documents import IndicatorRelease
from lanzarote.evaluation.measures import MEASURES
from lanzarote.facts.convention import FOUR_PS
from lanzarote.facts.states import atlas, states
from lanzarote.office import by_region, desk, listing, service, totals
from lanzarote.office.desk import Cell, Head, Line, sheet
from lanzarote.runtime.reading import decoded
from lanzarote.translation import format_number
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lanzarote.evaluation.documents import IndicatorNumber
    from lanzarote.facts.states import Atlas
    from lanzarote.office.desk import Named, Sheet
    from lanzarote.office.service import Figures
    from lanzarote.web.site import View


# --- The map of the member States: where regions work, and how much they documented. Its table says the same ---

STEPS = (1, 10, 50, 200)
"""From so many practices on, a State is drawn a shade deeper."""


class Drawn(Struct, frozen=True, kw_only=True):
    """A State on the map."""

    code: str
    name: Markup
    path: str
    x: int
    y: int
    small: bool
    depth: int
    """0: nobody works there; 5: a region is here that has released no practice."""
    practices: int
    href: str


class Map(Struct, frozen=True, kw_only=True):
    atlas: Atlas
    drawn: tuple[Drawn, ...]
    here: int
    """States in which a region works."""
    steps: tuple[int, ...] = STEPS


def draw(view: View, every: Sequence[Named], practices: Figures) -> Map:
    """The States, those without a region too: that nobody works there yet is shown."""
    regions: dict[str, list[Named]] = {}
    for one in every:
        regions.setdefault(one.region.state, []).append(one)
    numbers = practices.numbers("practice")
    drawn = []
    for code, shape in atlas().states.items():
        here = regions.get(code, [])
        count = sum(numbers.get(one.id, 0) for one in here)
        drawn.append(
            Drawn(
                code=code,
                name=totals.state_name(view, states()[code].name),
                path=shape.path,
                x=shape.x,
                y=shape.y,
                small=shape.small,
                depth=depth_of(count) if here else 0,
                practices=count,
                href=href_of(view, code, here),
            )
        )
    return Map(atlas=atlas(), drawn=tuple(drawn), here=sum(one.depth > 0 for one in drawn))


def depth_of(practices: int) -> int:
    """
    >>> [depth_of(n) for n in (0, 1, 9, 10, 1000)]
    [5, 1, 1, 2, 4]
    """
    return sum(practices >= step for step in STEPS) or 5


def href_of(view: View, code: str, here: Sequence[Named]) -> str:
    if not here:
        return ""
    if len(here) == 1:
        return view.region_href(here[0].region.header)
    return regions_href(view, code)


def regions_href(view: View, code: str) -> str:
    """The regions of a State, and no other."""
    return view.instance_href("office", "regions", query={"state": code})


def practices_href(view: View, code: str) -> str:
    """The practices of the regions of a State."""
    return view.instance_href("office", "records", query={"of": "practice", "state": code})


def map_sheet(view: View, drawn: Map, every: Sequence[Named]) -> Sheet:
    """The same as a table."""
    _ = view._
    regions: dict[str, int] = {}
    for one in every:
        regions[one.region.state] = regions.get(one.region.state, 0) + 1
    lines = [
        Line(
            head=Head(label=one.name, href=one.href),
            cells=(
                Cell(regions[one.code], regions_href(view, one.code))
                if one.code in regions
                else Cell(word=_("nobody yet"), kind="unknown"),
                Cell(one.practices, practices_href(view, one.code))
                if one.code in regions
                else Cell(word=_("unknown"), kind="unknown"),
            ),
        )
        for one in sorted(drawn.drawn, key=lambda one: view.sort_key(one.name))
    ]
    return sheet(
        view,
        key="states",
        title=_("Member States, regions that work there, practices released"),
        about=_("Name of the State"),
        columns=(Head(label=_("Regions here")), Head(label=_("Practices"))),
        lines=tuple(lines),
    )


# --- Two to four regions side by side. In the order of their names: no place is better than another ---

FEWEST: Final = 2
MOST: Final = 4
BESIDE_RECORDS: Final = (
    *("common", "domain", "target", "standing", "banks", "begun", "article", "provision", "stated"),
    *("action", "party", "endorsed"),
)
"""Measures that are compared besides how many records there are of each kind."""


class IndicatorLine(Struct, frozen=True, kw_only=True):
    """An indicator of a region's own, which nothing elsewhere can be held beside."""

    region: Markup
    title: Markup
    latest: str
    href: str
    """Its page, if it has a value."""
    period: str


class Choice(Struct, frozen=True, kw_only=True):
    """Regions to choose from: all there are, or those of a State."""

    state: Markup | None
    regions: tuple[Named, ...]
    open: bool
    """Whether they are shown at once: one of them is chosen, or there are no others."""


def choices(view: View, every: Sequence[Named], chosen: Sequence[Named]) -> list[Choice]:
    """By State where there are more than a reader goes through."""
    if len(every) <= desk.MOST:
        return [Choice(state=None, regions=tuple(every), open=True)]
    states: dict[str, list[Named]] = {}
    for one in every:
        states.setdefault(one.region.state, []).append(one)
    found = [
        Choice(
            state=listing.state_called(view, code),
            regions=tuple(some),
            open=any(one.region.state == code for one in chosen),
        )
        for code, some in states.items()
    ]
    return sorted(found, key=lambda one: view.sort_key(one.state or ""))


def chosen(view: View, every: Sequence[Named]) -> tuple[Named, ...]:
    """The regions that the address asks for; those that are not here are left out."""
    asked = view.request.query_params.getall("region", [])
    return tuple(one for one in every if one.id in asked)[:MOST]


def sheets(view: View, figures: Figures, regions: Sequence[Named]) -> list[Sheet]:
    query = [("region", one.id) for one in regions]
    return [
        _summary(view, figures, regions, query),
        _practices(view, figures, regions, query, "sectors", view._("Practices by common sector"), "common"),
        _practices(view, figures, regions, query, "domains", view._("Practices by domain"), "domain"),
        _practices(view, figures, regions, query, "targets", view._("Practices by target group"), "target"),
        _counted(view, regions, query),
    ]


def _summary(view: View, figures: Figures, regions: Sequence[Named], query: Any) -> Sheet:
    _ = view._
    covered = by_region.coverage(figures, view.today)

    def records(measure: str, a: str | None = None) -> Callable[[Named], Cell]:
        def cell(one: Named) -> Cell:
            n = figures.all_of(measure, one.id) if a is None else figures.numbers(measure, a).get(one.id, 0)
            return desk.records_cell(view, n, measure, a, None, one.id)

        return cell

    def articles(kind: str) -> Callable[[Named], Cell]:
        def cell(one: Named) -> Cell:
            n = sum(row.cell(one.id).kind == kind for row in covered)
            return Cell(n, view.region_href(one.region.header, "coverage"))

        return cell

    others = listing.counted(view.instance.kinds)
    del others["practice"]
    told: list[tuple[str, Callable[[Named], Cell]]] = [
        (
            _("Practices"),
            lambda one: desk.list_cell(view, one, figures.numbers("practice").get(one.id, 0)),
        ),
        (
            _("Practices with public and civil-society partners"),
            lambda one: desk.list_cell(view, one, figures.numbers("banks", "both").get(one.id, 0), side="both"),
        ),
        (
            _("Practices assessed by the group"),
            lambda one: desk.list_cell(
                view, one, figures.numbers("standing", "assessed").get(one.id, 0), standing="assessed"
            ),
        ),
        (_("Articles of the Convention with a practice or a provision"), articles("some")),
        (_("Articles about which nothing is known yet"), articles("unknown")),
        *((_(label), records(measure)) for measure, label in others.items()),
    ]
    return _sheet(view, regions, query, "summary", _("What is documented"), _("Counted"), told)


def _practices(
    view: View, figures: Figures, regions: Sequence[Named], query: Any, key: str, title: str, measure: str
) -> Sheet:
    if measure == "common":
        names: dict[str, Any] = dict(totals.sector_names(view))
    else:
        values = FOUR_PS if measure == "domain" else totals.TARGETS
        names = {value: labels.say(measure, value, view.translator) for value in values}

    def cell_of(value: str) -> Callable[[Named], Cell]:
        def cell(one: Named) -> Cell:
            n = figures.numbers(measure, value).get(one.id, 0)
            return desk.search_cell(view, n, region=one.id, **{measure: value})

        return cell

    told = [(name, cell_of(value)) for value, name in names.items()]
    return _sheet(view, regions, query, key, title, view._("Practices about"), told)


def _counted(view: View, regions: Sequence[Named], query: Any) -> Sheet:
    """Indicators that the platform counts in the same way everywhere."""
    _ = view._
    found = {one.id: {said.measure: said for said in indicators(view, one) if said.measure} for one in regions}
    measures = [key for key in MEASURES if any(key in said for said in found.values())]

    def cell_of(measure: str) -> Callable[[Named], Cell]:
        def cell(one: Named) -> Cell:
            said = found[one.id].get(measure)
            if said is None or said.latest is None:
                return Cell(word=_("not measured"), kind="unknown")
            word = f"{number(view, said.latest)} ({said.latest.period})"
            return Cell(word=word, href=_indicator_href(view, one, said))

        return cell

    told = [(_(MEASURES[measure].title), cell_of(measure)) for measure in measures]
    empty = _("None of these regions measures what another one measures too.")
    return _sheet(
        view, regions, query, "indicators", _("Indicators counted in the same way"), _("Indicator"), told, empty=empty
    )


def _sheet(
    view: View, regions: Sequence[Named], query: Any, key: str, title: str, about: str, told: Any, **more: Any
) -> Sheet:
    return sheet(
        view,
        query=query,
        key=key,
        title=title,
        about=about,
        columns=tuple(desk.region_head(view, one) for one in regions),
        lines=tuple(Line(head=Head(label=label), cells=tuple(cell(one) for one in regions)) for label, cell in told),
        **more,
    )


def indicators(view: View, one: Named) -> list[IndicatorRelease]:
    """The indicators that a region has released, with their values as far as they may be shown."""
    database = view.instance.database
    ids = service.records_behind(database, one.id, "indicator")
    found = [decoded(body, IndicatorRelease) for _, _, body in service.documents(database, one.id, ids)]
    return sorted(found, key=lambda said: said.slug)


def own_indicators(view: View, regions: Sequence[Named]) -> tuple[IndicatorLine, ...]:
    """What each region measures by itself."""
    return tuple(
        IndicatorLine(
            region=one.name,
            title=_title(view, said),
            latest=number(view, said.latest) if said.latest else view._("no value yet"),
            href=_indicator_href(view, one, said) if said.latest else "",
            period=said.latest.period if said.latest else "",
        )
        for one in regions
        for said in indicators(view, one)
        if not said.measure
    )


def _indicator_href(view: View, one: Named, said: IndicatorRelease) -> str:
    return view.region_href(one.region.header, "indicators", said.slug)


def _title(view: View, said: IndicatorRelease) -> Markup:
    titles = {lang: words.title for lang, words in said.text.items() if words.title}
    return labels.written(*view.text(titles, said.original), view.lang) if titles else escape(said.slug)


def number(view: View, shown: IndicatorNumber) -> str:
    """A number as it came: counts of people are rounded, and small ones hidden."""
    if shown.hidden:
        return view._("1 to 7, exact number withheld")
    if shown.value is None:
        return view._("no value yet")
    told = format_number(shown.value, view.lang)
    return view._("about %(number)s") % {"number": told} if shown.rounded else told
