"""Public pages of what a group decided: the list, and one improvement as it was decided on."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect

from lanzarote.improvements import actions_entry, public, reading, service
from lanzarote.improvements.decision_reading import tell_decision
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.routes import page
from lanzarote.web.site import View


@page("/{lang:str}/{region:str}/improvements")
def improvements(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What the group of a region decided to do differently, or not to."""
    view = site.view(request, lang, region)
    return view.render(
        "improvements/list.html", groups=reading.groups(view, public.every(view.instance, view.region_id))
    )


@page("/{lang:str}/{region:str}/improvements/{slug:str}")
def improvement(request: Asked, lang: Lang, region: Region, slug: FromPath[str], site: OurSite) -> Response[Any]:
    """One improvement, in the text that was decided on."""
    view = site.view(request, lang, region)
    if gone := public.withdrawn_at(view.instance, view.region_id, slug):
        return withdrawn(view, gone)
    found = public.one_at(view.instance, view.region_id, slug)
    document = found.document
    if document.slug != slug:
        return Redirect(view.href("improvements", document.slug), status_code=301)
    return view.render(
        "improvements/improvement.html",
        one=reading.tell(view, document),
        team=reading.team_links(view, document),
        actions=actions_entry.public_actions(view, document.actions),
        decision=tell_decision(view, document.decision, found.meeting),
    )


def withdrawn(view: View, gone: service.Withdrawn) -> Response[Any]:
    """Answer at the address of an improvement that the public read, and reads no more."""
    day = view.day_of(gone.on)
    about = f"improvements/{gone.slug}"
    why = view.text(gone.reason) if gone.reason else ("", view.lang)
    return view.render("improvements/withdrawn.html", status=410, when=day, why=why, about=about)


handlers = (improvements, improvement)
