"""Public pages of what a group decided: the list, and one improvement as it was decided on."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from lanzarote.improvements import actions_reading, reading, service
from lanzarote.improvements.decision_reading import decision_context
from lanzarote.records import Record
from lanzarote.web.routes import page
from lanzarote.web.site import Site, View

Asked = Request[Any, Any, Any]
Lang = FromPath[str]
Region = FromPath[str]
OurSite = NamedDependency[Site]


@page("/{lang:str}/{region:str}/improvements")
def improvements(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What the group of a region decided to do differently, or not to."""
    view = site.view(request, lang, region)
    return view.render("improvements/list.html", groups=reading.groups(view))


@page("/{lang:str}/{region:str}/improvements/{slug:str}")
def improvement(request: Asked, lang: Lang, region: Region, slug: FromPath[str], site: OurSite) -> Response[Any]:
    """One improvement, in the text that was decided on."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        if gone := service.withdrawn_at(session, slug):
            return withdrawn(view, gone)
        found = service.published_at(session, slug)
        decided = decision_context(view, session, session.get_one(Record, (view.region_id, found.id)))
    if found.slug != slug:
        return Redirect(view.href("improvements", found.slug), status_code=301)
    return view.render(
        "improvements/improvement.html",
        one=reading.tell(view, found),
        team=reading.team_links(view, found),
        actions=actions_reading.public_actions(view, found.id),
        **decided,
    )


def withdrawn(view: View, gone: service.Withdrawn) -> Response[Any]:
    """Answer at the address of an improvement that the public read, and reads no more."""
    day = gone.on.astimezone(ZoneInfo(view.vocabulary.header.time_zone)).date()
    about = f"improvements/{gone.slug}"
    why = view.text(gone.reason) if gone.reason else ("", view.lang)
    return view.render("improvements/withdrawn.html", status=410, when=day, why=why, about=about)


handlers = (improvements, improvement)
