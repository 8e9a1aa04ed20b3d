"""The reports of the central office as pages, and the same as PDF."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.params import FromPath

from lanzarote.errors import NotFound
from lanzarote.office import desk
from lanzarote.reports.writing import REPORTS, paper
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Lang, OurSite
from lanzarote.web.exports import as_pdf, file_name
from lanzarote.web.routes import page

PLACE = "/{lang:str}/office/reports"


@page(PLACE)
def reports(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """The reports that there are."""
    view = desk.view_of(site, request, lang)
    found = [
        {
            "href": view.instance_href("office", "reports", one.key),
            "title": view._(one.title),
            "about": view._(one.about),
        }
        for one in REPORTS.values()
    ]
    return view.render("reports/reports.html", reports=found, **desk.frame(view, "reports"))


@page(PLACE + "/{report:str}", shared="files")
def report(request: Asked, lang: Lang, report: FromPath[str], site: OurSite) -> Response[Any]:
    """One report, as a page or as PDF."""
    view = desk.view_of(site, request, lang)
    kind = REPORTS.get(report)
    if kind is None:
        raise NotFound(N_("There is no such report."))
    written = paper(view, kind)
    if view.request.query_params.get("format") == "pdf":
        headers = {"Content-Disposition": f'attachment; filename="{file_name(view)}.pdf"'}
        return Response(as_pdf(written), media_type="application/pdf", headers=headers)
    href = f"{view.request.url.path}?format=pdf"
    kinds = [str(one.__struct_config__.tag) for one in written.blocks]
    return view.render("reports/report.html", paper=written, kinds=kinds, pdf=href, **desk.frame(view, "reports"))


handlers = [reports, report]
