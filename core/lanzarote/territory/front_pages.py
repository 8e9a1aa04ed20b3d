"""The way in, and the start page of the whole instance."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from lanzarote.facts.convention import convention
from lanzarote.practices.service import facets_of
from lanzarote.territory.convention_reading import Said, purposes
from lanzarote.web.routes import page
from lanzarote.web.site import Site, View


class RegionLine(Struct, frozen=True, kw_only=True):
    """A region on the start page."""

    href: str
    name: Said
    description: Said
    practices: int
    organisations: int
    help_href: str


@page("/")
def front(request: Request[Any, Any, Any], site: NamedDependency[Site]) -> Redirect:
    """Lead to the start page in the reader's language: the region's, where there is only one."""
    region = site.only_region
    if region:
        path = f"/{site.negotiate(request, region.languages)}/{region.id}"
    else:
        path = f"/{site.negotiate(request, site.languages)}"
    return Redirect(path, status_code=302, headers={"Vary": "Accept-Language", "Cache-Control": "no-store"})


@page("/{lang:str}")
def home(request: Request[Any, Any, Any], lang: FromPath[str], site: NamedDependency[Site]) -> Response[str]:
    view = site.view(request, lang)
    facts = convention().facts
    return view.render("territory/front.html", regions=regions(view), convention=facts, purposes=purposes(view))


def regions(view: View) -> list[RegionLine]:
    """The regions the public may read, by name."""
    headers = sorted(view.instance.headers().values(), key=lambda header: view.sort_key(header.name))
    return [
        RegionLine(
            href=view.region_href(header),
            name=view.text(header.name, header.languages[0]),
            description=view.text(header.description, header.languages[0]),
            practices=facets_of(view.instance, header.id).size,
            organisations=len(view.instance.directory(header.id)),
            help_href=view.region_href(header, "help"),
        )
        for header in headers
    ]


handlers = (front, home)
