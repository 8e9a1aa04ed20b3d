"""Public pages: the indicators with their figures, and the report of the pilot's evaluation."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.response import Redirect

from lanzarote.evaluation import evaluation_reading, indicator_reading, public
from lanzarote.web.asking import Asked, Lang, OurSite, Region, Slug
from lanzarote.web.exports import download, download_links
from lanzarote.web.routes import page


@page("/{lang:str}/{region:str}/indicators", shared="files")
def indicators(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What the pilot is measured by, with values over time."""
    view = site.view(request, lang, region)
    found = public.indicators(view.instance, view.region_id)
    told = sorted((indicator_reading.tell(view, one) for one in found), key=lambda one: view.sort_key(one.plain))
    if wanted := request.query_params.get("format"):
        note = view._("Counts of people: 1 to 7 are hidden, everything else is rounded to the nearest five.")
        title = view._("Indicators of the pilot")
        return download(view, indicator_reading.table(view, told, title, note), wanted)
    return view.render("evaluation/indicators.html", indicators=told, one=None, downloads=download_links(view))


@page("/{lang:str}/{region:str}/indicators/{slug:str}")
def indicator(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """One indicator."""
    view = site.view(request, lang, region)
    found = public.indicator(view.instance, view.region_id, slug)
    if found.slug != slug:
        return Redirect(view.href("indicators", found.slug), status_code=301)
    told = indicator_reading.tell(view, found)
    return view.render("evaluation/indicators.html", indicators=[told], one=told, downloads=())


@page("/{lang:str}/{region:str}/evaluation")
def evaluation(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The evaluation of the pilot whose decision is in force."""
    view = site.view(request, lang, region)
    told = [evaluation_reading.tell(view, one) for one in public.evaluations(view.instance, view.region_id)]
    if not told:
        return view.render("evaluation/none.html")
    return view.render("evaluation/report.html", report=told[0], others=told[1:], here="", list_href="")


@page("/{lang:str}/{region:str}/evaluation/{slug:str}")
def report(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """One evaluation, in force or not."""
    view = site.view(request, lang, region)
    if gone := public.withdrawn_at(view.instance, view.region_id, slug):
        day = view.day_of(gone.on)
        return view.render("evaluation/withdrawn.html", status=410, when=day, why=gone.reason)
    found = public.evaluation(view.instance, view.region_id, slug)
    if found.slug != slug:
        return Redirect(view.href("evaluation", found.slug), status_code=301)
    told = evaluation_reading.tell(view, found)
    return view.render("evaluation/report.html", report=told, others=(), here="", list_href="")


handlers = (indicators, indicator, evaluation, report)
