"""Pages of practices: the list of a region and of all, one practice, its versions, the shortlist."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from lanzarote.practices import listing
from lanzarote.practices.asking import EVERYWHERE, IN_REGION, LONGEST_QUERY, Question, address, read_question
from lanzarote.practices.facet_choices import chips, groups
from lanzarote.practices.tables import listing_table
from lanzarote.web.exports import download, download_links
from lanzarote.web.routes import page
from lanzarote.web.site import Site, View

Asked = Request[Any, Any, Any]


@page("/{lang:str}/{region:str}/practices")
def practices(request: Asked, lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """The practices of a region."""
    view = site.view(request, lang, region)
    question = read_question(request.query_params, IN_REGION)
    return show_list(
        view, question, IN_REGION, view._("Practices in %(region)s") % {"region": view.say(view.vocabulary.name())}
    )


@page("/{lang:str}/search")
def search(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """The practices of all regions."""
    view = site.view(request, lang)
    return show_list(view, read_question(request.query_params, EVERYWHERE), EVERYWHERE, view._("Practices everywhere"))


def show_list(view: View, question: Question, facets: tuple[str, ...], heading: str) -> Response[Any]:
    if question.format:
        return download(view, listing_table(view, question, heading), question.format)
    piece, index = listing.ask(view, question, facets)
    path = view.request.url.path
    return view.render(
        "practices/list.html",
        heading=heading,
        question=question,
        path=path,
        listing=listing.present(view, question, piece, index),
        groups=groups(view, question, piece.counts),
        chips=chips(view, question, path),
        reset_href=address(path, question.words() + question.picks()),
        words_href=address(path, question.words() + question.picks()),
        shortlist_href=address(view.href("shortlist"), question.picks()),
        downloads=download_links(view, question.words() + question.choices()),
        longest_query=LONGEST_QUERY,
    )


handlers = (practices, search)
