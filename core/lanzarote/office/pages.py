"""The public pages of the central office: what all regions together have documented, and releases to cite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response
from litestar.params import FromPath
from msgspec.structs import replace

from lanzarote.errors import Conflict
from lanzarote.facts.convention import convention
from lanzarote.facts.states import compiled_on
from lanzarote.office import by_region, comparing, desk, listing, releases, service, totals
from lanzarote.office.comparing import draw, map_sheet
from lanzarote.office.desk import Named, Sheet, answer
from lanzarote.records.days import why_no_date
from lanzarote.records.received import SAMPLES
from lanzarote.records.validation import NO_DAY, Fault, Faulty
from lanzarote.translation import N_, date_told
from lanzarote.translation.typed_dates import is_iso_day, typed_date
from lanzarote.types import Table
from lanzarote.web.asking import Asked, Data, Lang, OurSite
from lanzarote.web.exports import PARAMETER, download, download_links
from lanzarote.web.refusals import NOTHING, Refusal, refusal, text_of
from lanzarote.web.routes import form, page, private, see_other

if TYPE_CHECKING:
    from markupsafe import Markup

    from lanzarote.office.releases import Told
    from lanzarote.web.site import View


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
    figures = _figures(view, shown, by_region.COVERAGE)
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
    figures = _figures(view, shown, by_region.SECTORS)
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
        figures = service.figures(view.instance.database, [chosen.id], by_region.CO_OPERATION)
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
    measures = (*comparing.BESIDE_RECORDS, *listing.counted(view.instance.kinds))
    figures = service.figures(view.instance.database, [one.id for one in regions], measures) if enough else None
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
    figures = _figures(view, shown, tuple(listing.counted(view.instance.kinds)))
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


def _records(view: View, query: dict[str, str]) -> str:
    return view.instance_href("office", "records", query=query)


def _figures(view: View, shown: desk.Desk, measures: tuple[str, ...]) -> service.Figures:
    return service.figures(view.instance.database, shown.ids, measures) if shown.ids else service.Figures({})


# --- Releases to cite: the list, one of them as it was frozen, and the form with which the office freezes another ---

PLACE = "/{lang:str}/office/releases"
UNSURE = N_("Say that you are sure: frozen figures can never be changed or withdrawn.")


@page(PLACE)
def list_releases(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """Every release, the newest first."""
    return show_list(desk.view_of(site, request, lang))


@form(PLACE, may="signed-in")
def freeze(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    """Freeze the figures of a day."""
    view = desk.view_of(site, request, lang)
    desk.require_of_office(view.actor)
    given = text_of(data, "day")
    if not data.get("sure"):
        return show_list(
            view, given=given, refused=refusal(view, Faulty([Fault(field="sure", text=UNSURE)])), status=422
        )
    try:
        told = releases.release(
            view.instance, releases.read_day(typed_date(given, view.lang)), by=view.actor.account_id
        )
    except (releases.NotADay, Conflict) as error:
        typed = typed_date(given, view.lang)
        text = str(error) if isinstance(error, Conflict) or is_iso_day(typed) else why_no_date(typed, NO_DAY)
        refused = refusal(view, Faulty([Fault(field="day", text=text)]))
        return show_list(view, given=given, refused=refused, status=409 if isinstance(error, Conflict) else 422)
    return see_other(view.instance_href("office", "releases", told.day.isoformat()))


@page(PLACE + "/{day:str}", shared="files")
def show_release(request: Asked, lang: Lang, day: FromPath[str], site: OurSite) -> Response[Any]:
    """The figures of a day as they were frozen."""
    view = desk.view_of(site, request, lang)
    told = releases.release_of(view.instance.database, day)
    if request.query_params.get("table") == "all":
        return download(view, everything(view, told), request.query_params.get("format", "csv"))
    figures, together = told.frozen.as_figures(), told.frozen.together()
    part = desk.part(view, regions_of(view, told))
    shown, query = part.shown, desk.query_of(part)
    on = date_told(told.day, view.lang)
    address = view.absolute(view.path)
    names, here = names_then(view, told), view.instance.headers()
    return answer(
        view,
        "office/release.html",
        lambda: [
            *totals.overview(view, together, linked=False),
            unlinked(by_region.coverage_sheet(view, figures, shown, told.day, query=query)),
            unlinked(by_region.sectors_sheet(view, figures, shown, query=query)),
            by_region.co_operation_sheet(view, together, linked=False),
            *(unlinked(one) for one in by_region.decided_sheets(view, figures, together, shown, query=query)),
        ],
        told=told,
        all_real=not any(head.region.startswith(SAMPLES) for head in told.frozen.heads),
        on=on,
        address=address,
        together=together,
        inputs=[
            (names[head.region], view.region_href(here[head.region]) if head.region in here else "", head)
            for head in sorted(told.frozen.heads, key=lambda head: view.sort_key(names[head.region]))
        ],
        whole=download_links(view, [("table", "all")]),
        **desk.frame(view, "releases", part),
    )


def show_list(view: View, *, given: str = "", refused: Refusal = NOTHING, status: int = 200) -> Response[Any]:
    may = desk.is_of_office(view.actor)
    shown = view.render(
        "office/releases.html",
        status=status,
        releases=[(one, date_told(one.day, view.lang)) for one in releases.all_releases(view.instance.database)],
        may=may,
        given=given or view.today.isoformat(),
        refused=refused,
        **desk.frame(view, "releases"),
    )
    return private(shown) if may else shown


def regions_of(view: View, told: Told) -> tuple[Named, ...]:
    """The regions of a release, as far as they are here still; those that are gone keep their numbers in the file."""
    here = {one.header.id: one for one in service.regions_here(view.instance)}
    names = names_then(view, told)
    return desk.in_order(view, (Named(region=here[id], name=name) for id, name in names.items() if id in here))


def names_then(view: View, told: Told) -> dict[str, Markup]:
    """How the regions of a release were called, by id."""
    return desk.names_apart(view, {head.region: head.name for head in told.frozen.heads})


def unlinked(one: Sheet) -> Sheet:
    """*one* without links: they would lead to what there is today."""
    return replace(
        one,
        columns=tuple(replace(head, href="") for head in one.columns),
        lines=tuple(
            replace(
                line,
                head=replace(line.head, href=""),
                cells=tuple(replace(cell, href="", more_href="") for cell in line.cells),
            )
            for line in one.lines
        ),
    )


def everything(view: View, told: Told) -> Table:
    """Every number of a release."""
    _ = view._
    note = _("Frozen as of %(day)s; %(address)s; digest %(digest)s")
    return Table(
        title=_("Figures as of %(day)s") % {"day": told.day.isoformat()},
        columns=(_("Region"), _("Measure"), _("Of what"), _("And"), _("Number")),
        rows=list(told.frozen.figures),
        language=view.lang,
        note=note % {"day": told.day.isoformat(), "address": view.absolute(view.path), "digest": told.digest},
    )
