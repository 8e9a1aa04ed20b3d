"""The public pages of the central office: what all regions together have documented."""

from __future__ import annotations

from typing import Any

from litestar import Response

from lanzarote.facts.convention import convention
from lanzarote.facts.states import compiled_on
from lanzarote.office import by_region, comparing, desk, listing, matrices, releases, service, totals
from lanzarote.office.map import draw, map_sheet
from lanzarote.office.sheets import answer
from lanzarote.web.asking import Asked, Lang, OurSite
from lanzarote.web.exports import PARAMETER
from lanzarote.web.routes import page

OFFICE = "/{lang:str}/office"


@page(OFFICE, shared="files", embed=740)
def overview(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """All regions together: how many, where, and what they have released."""
    view = desk.view_of(site, request, lang)
    every = desk.named(view)
    database = view.instance.database
    practices = service.figures(database, [one.id for one in every], ["practice"]) if every else service.Figures({})
    together = service.as_figures(service.totals(view.instance))
    drawn = draw(view, every, practices)
    return answer(
        view,
        "office/overview.html",
        lambda: [map_sheet(view, drawn, every), *totals.overview(view, together)],
        map=drawn,
        together=together,
        every=every,
        invented=desk.invented(view, every),
        released=releases.newest(database),
        **desk.frame(view, ""),
    )


@page(f"{OFFICE}/coverage", shared="files", embed=600)
def coverage(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """What is documented for each article of the Convention in each region."""
    view = desk.view_of(site, request, lang)
    shown = desk.desk(view)
    figures = _figures(view, shown, matrices.COVERAGE)
    query = desk.query_of(shown)
    return answer(
        view,
        "office/coverage.html",
        lambda: [by_region.coverage_sheet(view, figures, shown.shown, view.today, query=query)],
        statements=tuple(by_region.statements(view, figures, shown.shown)),
        never_practised=convention().never_practised,
        **desk.frame(view, "coverage", shown),
    )


@page(f"{OFFICE}/sectors", shared="files", embed=600)
def sectors(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """Practices by region and common sector."""
    view = desk.view_of(site, request, lang)
    shown = desk.desk(view)
    figures = _figures(view, shown, matrices.SECTORS)
    query = desk.query_of(shown)
    return answer(
        view,
        "office/sectors.html",
        lambda: [by_region.sectors_sheet(view, figures, shown.shown, query=query)],
        **desk.frame(view, "sectors", shown),
    )


@page(f"{OFFICE}/co-operation", shared="files", embed=600)
def co_operation(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """Which common sectors have partners in the same practices, in all regions or in one."""
    view = desk.view_of(site, request, lang)
    every = desk.named(view)
    asked = request.query_params.get("region", "")
    chosen = next((one for one in every if one.id == asked), None)
    if chosen:
        figures = service.figures(view.instance.database, [chosen.id], matrices.CO_OPERATION)
    else:
        figures = service.as_figures(service.totals(view.instance))
    region = chosen.id if chosen else ""
    query = [("region", region)] if region else []
    return answer(
        view,
        "office/co-operation.html",
        lambda: [by_region.co_operation_sheet(view, figures, region=region, query=query)],
        every=every,
        chosen=chosen,
        pairs=len(figures.measure("pair")),
        **desk.frame(view, "co-operation"),
    )


@page(f"{OFFICE}/trends", shared="files")
def trends(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """When practices began, for whom, in which domain, and how strong their evidence is."""
    view = desk.view_of(site, request, lang)
    together = service.as_figures(service.totals(view.instance))
    return answer(
        view,
        "office/trends.html",
        lambda: totals.trends(view, together),
        together=together,
        every=desk.named(view),
        **desk.frame(view, "trends"),
    )


@page(f"{OFFICE}/improvements", shared="files")
def improvements(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """What groups decided and tried: improvements, actions, procedures, pilots."""
    view = desk.view_of(site, request, lang)
    shown = desk.desk(view)
    figures = _figures(view, shown, by_region.DECIDED)
    together = service.as_figures(service.totals(view.instance))
    query = desk.query_of(shown)
    return answer(
        view,
        "office/improvements.html",
        lambda: by_region.decided_sheets(view, figures, together, shown.shown, query=query),
        **desk.frame(view, "improvements", shown),
    )


@page(f"{OFFICE}/compare", shared="files")
def compare(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """Two to four regions side by side."""
    view = desk.view_of(site, request, lang)
    every = desk.named(view)
    regions = comparing.chosen(view, every)
    enough = len(regions) >= comparing.FEWEST
    figures = (
        service.figures(view.instance.database, [one.id for one in regions], comparing.COMPARED) if enough else None
    )
    return answer(
        view,
        "office/compare.html",
        lambda: comparing.sheets(view, figures, regions) if figures else [],
        every=every,
        choices=comparing.choices(view, every, regions),
        chosen=regions,
        chosen_ids={one.id for one in regions},
        enough=enough,
        own=comparing.own_indicators(view, regions) if enough else (),
        **desk.frame(view, "compare"),
    )


@page(f"{OFFICE}/regions", shared="files")
def regions(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """The regions that are here, and what is known of their States."""
    view = desk.view_of(site, request, lang)
    state = request.query_params.get("state", "")
    shown = desk.desk(view, state=state)
    figures = _figures(view, shown, listing.COUNTED)
    query = [*([("state", shown.state)] if shown.state else []), *desk.query_of(shown)]
    return answer(
        view,
        "office/regions.html",
        lambda: [listing.regions_sheet(view, shown.shown, figures, query=query)],
        states=listing.by_state(view, shown.shown, figures),
        compiled_on=compiled_on(),
        **desk.frame(view, "regions", shown),
    )


@page(f"{OFFICE}/records", shared="files")
def records(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """The records behind a figure."""
    view = desk.view_of(site, request, lang)
    asked = listing.read_asked(view)
    every = desk.named(view)
    as_file = PARAMETER in request.query_params
    told = listing.behind(view, asked, every, listing.MOST_IN_FILE if as_file else None)
    after, before = asked.start + listing.MOST, asked.start - listing.MOST
    # A file holds all records, if it can; of more, those from this page on.
    whole = told.total <= listing.MOST_IN_FILE
    query = list(asked.query(0 if whole else asked.start).items())
    return answer(
        view,
        "office/records.html",
        lambda: [listing.records_sheet(view, told.found, query=query)],
        most_in_file=None if whole else listing.MOST_IN_FILE,
        found=told.found,
        total=told.total,
        figure=told.figure,
        start=asked.start,
        of_state=listing.state_named(view, asked.state, every),
        of_region=next((one for one in every if one.id == asked.region), None),
        **desk.frame(view, "")
        | {
            "previous": _records(view, asked.query(max(before, 0))) if asked.start else None,
            "following": _records(view, asked.query(after)) if after < told.total else None,
        },
    )


def _records(view: Any, query: dict[str, str]) -> str:
    there: str = view.instance_href("office", "records", query=query)
    return there


def _figures(view: Any, shown: desk.Desk, measures: tuple[str, ...]) -> service.Figures:
    return service.figures(view.instance.database, shown.ids, measures) if shown.ids else service.Figures({})


handlers = (overview, coverage, sectors, co_operation, trends, improvements, compare, regions, records)
