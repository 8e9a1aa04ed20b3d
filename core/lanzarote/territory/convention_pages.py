"""The Convention, article by article, and the frameworks around it."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from lanzarote.errors import NotFound
from lanzarote.facts import convention as data
from lanzarote.facts.states import compiled_on, reservations
from lanzarote.facts.states import sources as state_sources
from lanzarote.territory import convention_reading as reading
from lanzarote.translation import N_
from lanzarote.web.routes import page
from lanzarote.web.site import Site


@page("/{lang:str}/convention")
def show_convention(request: Request[Any, Any, Any], lang: FromPath[str], site: NamedDependency[Site]) -> Response[str]:
    view = site.view(request, lang)
    convention = data.convention()
    parties, parties_read_in = reading.bound(view)
    return view.render(
        "territory/convention.html",
        convention=convention,
        facts=convention.facts,
        purposes=reading.purposes(view),
        chapters=reading.chapters(view),
        unseen=reading.unseen(view),
        sources=reading.sources(view, convention.sources, convention.facts.sources),
        parties=parties,
        parties_read_in=parties_read_in,
        compiled_on=compiled_on(),
        reserved_as_of=max(one.as_of for one in reservations()),
    )


@page("/{lang:str}/convention/{reference:str}")
def show_article(
    request: Request[Any, Any, Any], lang: FromPath[str], reference: FromPath[str], site: NamedDependency[Site]
) -> Response[str] | Redirect:
    view = site.view(request, lang)
    convention = data.convention()
    try:
        wanted = data.Reference.parse(reference)
    except data.UnknownReference:
        raise NotFound(N_("The Convention has articles 1 to 50; there is no other.")) from None
    if str(wanted) != str(wanted.article):
        return Redirect(view.instance_href("convention", wanted.article), status_code=302)
    article = convention.article(wanted.article)
    chapter = convention.chapter(article.chapter)
    neighbours = {near.number: reading.article_line(view, near) for near in convention.articles}
    return view.render(
        "territory/article.html",
        article=article,
        heading=reading.heading(view, article.heading, article.heading_verified),
        chapter=reading.chapter_line(view, chapter),
        convention=convention,
        mentions=[view.say(convention.mentions[key]) for key in article.mentions],
        evidence=reading.evidence(view, article.number),
        previous=neighbours.get(article.number - 1),
        following=neighbours.get(article.number + 1),
        sources=reading.sources(view, convention.sources, article.sources),
        reserved=reading.reserved(view, article.number),
        reserved_as_of=max(one.as_of for one in reservations()),
        reserved_in=state_sources()[reservations()[0].source],
        asked=reading.asked(view, article.number),
    )


@page("/{lang:str}/context")
def show_context(request: Request[Any, Any, Any], lang: FromPath[str], site: NamedDependency[Site]) -> Response[str]:
    view = site.view(request, lang)
    return view.render("territory/context.html", frameworks=data.frameworks())


@page("/{lang:str}/context/{key:str}")
def show_framework(
    request: Request[Any, Any, Any], lang: FromPath[str], key: FromPath[str], site: NamedDependency[Site]
) -> Response[str]:
    view = site.view(request, lang)
    frameworks = data.frameworks()
    try:
        shown = frameworks.page(key)
    except data.UnknownPage:
        raise NotFound(N_("There is no such page about the context.")) from None
    return view.render(
        "territory/framework.html",
        frameworks=frameworks,
        shown=shown,
        sections=reading.sections(view, shown),
        sources=reading.sources(view, frameworks.sources, shown.sources),
    )


handlers = (show_convention, show_article, show_context, show_framework)
