"""Pages about a region as a whole: its start, group, ages, sectors, organisations, law, sources, coverage."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect

from lanzarote.evaluation.public import verdict_of
from lanzarote.facts.convention import convention
from lanzarote.territory import law, organisation, references, sectors, start_pages
from lanzarote.territory.coverage import coverage_of, coverage_table
from lanzarote.territory.group import about_ages, about_group, age_table
from lanzarote.territory.start_pages import practice_links
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.exports import download, download_links
from lanzarote.web.region_reading import tell_sources
from lanzarote.web.routes import page


@page("/{lang:str}/{region:str}/group")
def group(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The working group, its mandate and what is known of its history."""
    view = site.view(request, lang, region)
    verdict = verdict_of(view.instance, view.region_id)
    return view.render("territory/group.html", verdict=verdict, **about_group(view))


@page("/{lang:str}/{region:str}/ages", shared="files")
def ages(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Ages and time limits that the law sets."""
    view = site.view(request, lang, region)
    if wanted := request.query_params.get("format"):
        return download(view, age_table(view), wanted)
    return view.render("territory/ages.html", downloads=download_links(view), **about_ages(view))


@page("/{lang:str}/{region:str}")
def start(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The first page of a region."""
    view = site.view(request, lang, region)
    return view.render("territory/home.html", home=start_pages.tell(view))


@page("/{lang:str}/{region:str}/sectors", shared="files")
def list_sectors(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The sectors of a region."""
    view = site.view(request, lang, region)
    if wanted := request.query_params.get("format"):
        return download(view, sectors.sector_table(view), wanted)
    return view.render("territory/sectors.html", lines=sectors.sector_lines(view), downloads=download_links(view))


@page("/{lang:str}/{region:str}/sectors/{key:str}")
def show_sector(request: Asked, lang: Lang, region: Region, key: FromPath[str], site: OurSite) -> Response[Any]:
    """One sector."""
    view = site.view(request, lang, region)
    if (present := view.vocabulary.present_key("sector", key)) != key:
        return Redirect(view.href("sectors", present), status_code=301)
    return view.render("territory/sector.html", detail=sectors.detail(view, key))


@page("/{lang:str}/{region:str}/cooperation", shared="files", embed=640)
def cooperation(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Who works with whom according to the sources."""
    view = site.view(request, lang, region)
    if wanted := request.query_params.get("format"):
        return download(view, sectors.cooperation_table(view), wanted)
    return view.render("territory/cooperation.html", bridges=sectors.cooperation(view), downloads=download_links(view))


@page("/{lang:str}/{region:str}/cooperation/{a:str}/{b:str}")
def two_sectors(
    request: Asked, lang: Lang, region: Region, a: FromPath[str], b: FromPath[str], site: OurSite
) -> Response[Any]:
    """The practices that two sectors share."""
    view = site.view(request, lang, region)
    if (present := sectors.pair_of(*(view.vocabulary.present_key("sector", key) for key in (a, b)))) != (a, b):
        return Redirect(view.href("cooperation", *present), status_code=301)
    return view.render("territory/two_sectors.html", shared=sectors.shared(view, a, b))


@page("/{lang:str}/{region:str}/organisations/{slug:str}")
def show_organisation(request: Asked, lang: Lang, region: Region, slug: FromPath[str], site: OurSite) -> Response[Any]:
    """One organisation of the directory."""
    view = site.view(request, lang, region)
    found = organisation.find(view, slug)
    if isinstance(found, str):
        return Redirect(view.href("organisations", found), status_code=301)
    if isinstance(found, organisation.Withdrawn):
        return view.render("territory/withdrawn.html", status=410, when=found.on, about=f"organisations/{slug}")
    about = organisation.about(view, found)
    return view.render("territory/organisation.html", one=found, team=organisation.team_links(view, found), **about)


@page("/{lang:str}/{region:str}/law", shared="files")
def legal_framework(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The legal framework of a region."""
    view = site.view(request, lang, region)
    question = law.read_question(request.query_params)
    if question.format:
        return download(view, law.law_table(view, question), question.format)
    return view.render(
        "territory/law.html",
        question=question,
        path=request.url.path,
        listing=law.present(view, question),
        downloads=download_links(view, question.pairs()),
    )


@page("/{lang:str}/{region:str}/law/{key:str}")
def show_provision(request: Asked, lang: Lang, region: Region, key: FromPath[str], site: OurSite) -> Response[Any]:
    """One provision with all its wordings."""
    view = site.view(request, lang, region)
    if (present := view.vocabulary.present_key("provision", key)) != key:
        return Redirect(view.href("law", present), status_code=301)
    provision = law.detail(view, key)
    practices = practice_links(view, provision.mentions)
    return view.render("territory/provision.html", provision=provision, practices=practices)


@page("/{lang:str}/{region:str}/sources", shared="files")
def list_sources(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The sources that what is public rests on."""
    view = site.view(request, lang, region)
    if wanted := request.query_params.get("format"):
        return download(view, references.source_table(view), wanted)
    return view.render("territory/sources.html", kinds=references.tell(view), downloads=download_links(view))


@page("/{lang:str}/{region:str}/coverage", shared="files", embed=600)
def coverage(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What is documented for each article of the Convention."""
    view = site.view(request, lang, region)
    if wanted := request.query_params.get("format"):
        return download(view, coverage_table(view), wanted)
    return view.render(
        "territory/coverage.html",
        coverage=coverage_of(view),
        never_practised=convention().never_practised,
        tell_sources=tell_sources,
        downloads=download_links(view),
    )
