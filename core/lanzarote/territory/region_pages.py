"""Pages that tell what a region's package says: the group and its mandate, ages and time limits."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from lanzarote.evaluation.public import verdict_of
from lanzarote.territory import group as about_group
from lanzarote.territory.ages import age_lines, age_table
from lanzarote.web.asking import Asked
from lanzarote.web.exports import download, download_links
from lanzarote.web.routes import page
from lanzarote.web.site import Site


@page("/{lang:str}/{region:str}/group")
def group(request: Asked, lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """The working group, its mandate and what is known of its history."""
    view = site.view(request, lang, region)
    verdict = verdict_of(view.instance, view.region_id)
    return view.render("territory/group.html", group=about_group.tell(view), verdict=verdict)


@page("/{lang:str}/{region:str}/ages", shared="files")
def ages(request: Asked, lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Ages and time limits that the law sets."""
    view = site.view(request, lang, region)
    if wanted := request.query_params.get("format"):
        return download(view, age_table(view), wanted)
    return view.render("territory/ages.html", ages=age_lines(view), downloads=download_links(view))


handlers = (group, ages)
