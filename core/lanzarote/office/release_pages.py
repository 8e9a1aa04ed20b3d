"""Releases to cite: the list, one of them as it was frozen, and the form with which the office freezes another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from lanzarote.errors import Conflict
from lanzarote.office import by_region, desk, releases, service, totals
from lanzarote.office.desk import Named
from lanzarote.office.sheets import Sheet, answer
from lanzarote.records.changelog import SAMPLES
from lanzarote.records.validation import NO_DAY, Fault, Faulty
from lanzarote.translation import date_told
from lanzarote.translation.typed_dates import is_iso_day, typed_date
from lanzarote.types import Table
from lanzarote.web.asking import Asked, Data, Lang, OurSite
from lanzarote.web.exports import download, download_links
from lanzarote.web.refusals import NOTHING, Refusal, refusal, text_of
from lanzarote.web.routes import form, page, private

if TYPE_CHECKING:
    from markupsafe import Markup

    from lanzarote.office.releases import Told
    from lanzarote.web.site import View

PLACE = "/{lang:str}/office/releases"


class Input(Struct, frozen=True, kw_only=True):
    """A region, and the head of its log at that time."""

    name: Any
    href: str
    epoch: int
    seq: int
    hash: str
    awaited: int


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
    try:
        told = releases.release(
            view.instance, releases.read_day(typed_date(given, view.lang)), by=view.actor.account_id
        )
    except (releases.NotADay, Conflict) as error:
        text = str(error) if isinstance(error, Conflict) or is_iso_day(typed_date(given, view.lang)) else NO_DAY
        refused = refusal(view, Faulty([Fault(field="day", text=text)]))
        return show_list(view, given=given, refused=refused, status=409 if isinstance(error, Conflict) else 422)
    return Redirect(view.instance_href("office", "releases", told.day.isoformat()), status_code=303)


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
            Input(
                name=names[head.region],
                href=view.region_href(here[head.region]) if head.region in here else "",
                epoch=head.epoch,
                seq=head.seq,
                hash=head.hash,
                awaited=head.awaited,
            )
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
    from msgspec.structs import replace

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


handlers = (list_releases, freeze, show_release)
