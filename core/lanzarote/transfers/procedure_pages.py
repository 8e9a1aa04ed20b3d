"""How a procedure has travelled, for everybody; and which procedures of other regions a group can take up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.evaluation.public import verdict_of
from lanzarote.kinds import team as group
from lanzarote.procedures.differences import other_differences, step_differences
from lanzarote.procedures.pages import found_at
from lanzarote.records.permissions import Subject, require
from lanzarote.transfers import origin, service, team_reading
from lanzarote.transfers import procedure_origin as procedures
from lanzarote.transfers.pages import Came, came_from, stop_of, take_up_in
from lanzarote.web.asking import Asked
from lanzarote.web.region_reading import told
from lanzarote.web.routes import page
from lanzarote.web.site import Site, View

if TYPE_CHECKING:
    from lanzarote.procedures.differences import Difference
    from lanzarote.procedures.documents import ProcedureDocument
    from lanzarote.procedures.service import Published
    from lanzarote.types import TransferOrigin


class Line(Struct, frozen=True, kw_only=True):
    """What the page of a procedure says about where it came from and where it went."""

    came: Came | None
    places: int
    trail_href: str
    """Empty: it is no result yet, so that it cannot have travelled."""
    take_up: tuple[tuple[str, str], ...]
    waits: bool
    """It cannot be taken up before its pilot is to be extended."""


class Row(Struct, frozen=True, kw_only=True):
    """A procedure of another region."""

    title: Markup
    region: str
    page_href: str
    href: str
    """Where it is taken up; empty: it has to wait."""


@page("/{lang:str}/{region:str}/procedures/{slug:str}/travels")
def travels(
    request: Asked, lang: FromPath[str], region: FromPath[str], slug: FromPath[str], site: NamedDependency[Site]
) -> Response[Any]:
    """Where a procedure came from, and where it was taken up."""
    view = site.view(request, lang, region)
    known = procedures.released_procedures(view.instance, view.region_id)
    found = next((one for one in known if slug in (one.slug, one.id)), None)
    if found is None:
        there, moved = found_at(view, slug, "travels")
        if there is None:
            return moved
        raise NotFound(origin.NO_PROCEDURE)
    title = _title(view, found)
    waits = _waits(view)
    return view.render(
        "transfers/travels.html",
        kind="procedure",
        title=title,
        plain=str(title.striptags()),
        list_href=view.href("procedures"),
        own_href=team_reading.page_of(view, "procedure", view.region_id, found.slug),
        came=came_from(view, found.derived, "procedure"),
        stops=[stop_of(view, one, found.version) for one in service.travels(view.instance, view.region_id, found.id)],
        reported=(),
        unjudged=waits,
        waits=waits,
        elsewhere_href="",
        take_up=() if waits or not _stands(view, found.id) else take_up_in(view, found.slug, "procedure"),
    )


@page("/{lang:str}/{region:str}/team/transfers/procedures", may="group.write")
def takeable(request: Asked, lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Procedures of all other regions on this site: which can be taken up here, which have to wait."""
    view = site.view(request, lang, region)
    require(view.actor, "group.write", Subject(region_id=view.region_id))
    rows = [
        row for region_id in view.instance.headers() if region_id != view.region_id for row in _rows(view, region_id)
    ]
    return view.render(
        "transfers/team/procedures.html",
        rows=sorted(rows, key=lambda row: (not row.href, view.sort_key(row.region))),
        **group.frame(view, "transfers"),
    )


def line(view: View, found: Published) -> Line | None:
    """For the page of a procedure; None: there is nothing to tell."""
    known = _stands(view, found.id)
    released = any(one.id == found.id for one in procedures.released_procedures(view.instance, view.region_id))
    came = came_from(view, found.status.derived, "procedure")
    if not (came or released):
        return None
    return Line(
        came=came,
        places=len(service.travels(view.instance, view.region_id, found.id)),
        trail_href=view.href("procedures", found.slug, "travels") if released else "",
        take_up=take_up_in(view, found.slug, "procedure") if known else (),
        waits=_waits(view),
    )


def changed_procedure(there: View, said: TransferOrigin) -> tuple[Difference, ...]:
    """The origin as it is released now beside the version that was taken up, step by step; *there*: in its words."""
    known = procedures.released_procedures(there.instance, said.region)
    present = next((one.procedure for one in known if one.id == said.record), None)
    before = procedures.text_of(there.instance, said.region, said.record, said.version)
    if present is None or before is None:
        return ()
    steps = [
        msgspec.structs.replace(each, label=f"{there.say(one.title)} – {each.label}")
        for one in step_differences(there, before, present)
        for each in one.fields
    ]
    return (*steps, *other_differences(there, before, present))


def _rows(view: View, region_id: str) -> list[Row]:
    found = procedures.in_force(view.instance, region_id)
    opened = origin.may_travel("procedure", verdict_of(view.instance, region_id)) if found else False
    return [
        Row(
            title=_title(view, one),
            region=view.say(view.instance.header(region_id).name),
            page_href=team_reading.page_of(view, "procedure", region_id, one.slug),
            href=_take_up_href(view, one) if opened else "",
        )
        for one in found
    ]


def _take_up_href(view: View, one: ProcedureDocument) -> str:
    query = {"from": f"{one.region}/{one.slug}", "kind": "procedure"}
    return view.href("team", "transfers", "new", query=query)


def _title(view: View, one: ProcedureDocument) -> Markup:
    titles = {lang: text.title for lang, text in one.procedure.text.items() if text.title}
    return told(view, titles, one.procedure.original)


def _stands(view: View, record_id: str) -> bool:
    """Whether its parties stand by it today."""
    return any(one.id == record_id for one in procedures.in_force(view.instance, view.region_id))


def _waits(view: View) -> bool:
    return not origin.may_travel("procedure", verdict_of(view.instance, view.region_id))


handlers = (travels, takeable)
