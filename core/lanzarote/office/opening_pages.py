"""Opening the method in a new region: which pilots are judged, what a new team gets, and what each region rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from litestar import Response
from litestar.response import Redirect

from lanzarote.errors import NotFound
from lanzarote.office import desk, opening, opening_reading
from lanzarote.records.records import now
from lanzarote.records.validation import NO_CHOICE
from lanzarote.web.asking import Asked, Data, Lang, OurSite
from lanzarote.web.refusals import NOTHING, Refusal, text_of
from lanzarote.web.routes import PRIVATE, form, page, private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.office.model import Basis
    from lanzarote.web.site import View

PLACE: Final = "/{lang:str}/office/openings"


@page(PLACE, may="results.receive")
def openings(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """All regions that are known here, with what each rests on."""
    view = desk.view_of(site, request, lang)
    return show(view, done="done" in request.query_params)


@form(PLACE, may="results.receive")
def say(request: Asked, lang: Lang, site: OurSite, data: Data) -> Response[Any]:
    """Write down what a region rests on."""
    view = desk.view_of(site, request, lang)
    given = {name: text_of(data, name) for name in ("region", "basis", "after")}
    region_id, basis, after = given.values()
    if region_id not in {one.id for one in opening.known(view.instance.database)}:
        raise NotFound("No such region is here, nor enrolled.")
    if basis not in ("pilot", "opened"):
        return show(view, given=given, fault=view._(NO_CHOICE))
    if basis == "opened" and not after:
        return show(view, given=given, fault=view._(opening.NO_PILOT))
    try:
        by = view.actor.account_id
        opening.say(view.instance, region_id, cast("Basis", basis), after=after, by=by, at=now())
    except opening.NotOpened as error:
        return show(view, given=given, fault=opening_reading.why_not(view, error), status=409)
    number = opening_reading.part(view, (), 1, asked=region_id).number
    where = view.instance_href("office", "openings", query={"page": number, "done": 1})
    return Redirect(f"{where}#region-{region_id}", status_code=303, headers=dict(PRIVATE))


def show(
    view: View, *, done: bool = False, given: Mapping[str, str] | None = None, fault: str = "", status: int = 400
) -> Response[Any]:
    """*given*: what was said of a region and is refused, because of *fault*."""
    asked = given["region"] if given else ""
    page_asked = view.request.query_params.get("page", "1")
    number = int(page_asked) if page_asked.isascii() and page_asked.isdecimal() and len(page_asked) < 5 else 1
    pilots = opening_reading.judged(view)
    part = opening_reading.part(view, pilots, number, asked=asked, given=given, fault=fault)
    return private(
        view.render(
            "office/openings.html",
            status=status if fault else 200,
            pilots=pilots,
            extended=any(one.outcome == "extend" for one in pilots),
            part=part,
            done=done,
            refused=Refusal(errors=({"field": f"basis-{asked}", "text": fault},)) if fault else NOTHING,
            here=view.instance_href("office", "openings"),
            sources_href=view.instance_href("office", "sources"),
            previous=_part(view, part.number - 1) if part.number > 1 else None,
            following=_part(view, part.number + 1) if part.number < part.pages else None,
            canonical=None,
            feeds=(),
        )
    )


def _part(view: View, number: int) -> str:
    return view.instance_href("office", "openings", query={"page": number})


handlers = (openings, say)
