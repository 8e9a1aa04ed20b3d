"""Where a long list is asked for as a file. Nothing is made by following a link: only by the button."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response

from lanzarote.downloads.asking import Order, answer
from lanzarote.downloads.lists import KIND, Wanted
from lanzarote.downloads.subjects import subject_of
from lanzarote.practices.facet_choices import address
from lanzarote.stakeholders.senders import Senders
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.exports import OF, PARAMETER, exporter_of, making_href
from lanzarote.web.routes import form, page, private
from lanzarote.web.site import View

PLACE: Final = "/{lang:str}/{region:str}/downloads"
SENDERS: Final = Senders(most=20)


@page(PLACE)
def long_list(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """How long the list is, and the button that has it made."""
    view = site.view(request, lang, region)
    return _show(view, _wanted(view))


@form(PLACE, may="public")
def ask(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Have the list made."""
    view = site.view(request, lang, region)
    wanted = _wanted(view)
    exporter = exporter_of(view.instance.host, wanted.format)
    order = Order(kind=KIND, of=wanted.of, language=wanted.language, wanted=wanted, exporter=exporter)
    return answer(view, order, SENDERS, lambda why: _show(view, wanted, busy=why))


def _wanted(view: View) -> Wanted:
    """What the address asks for. Raises NotFound, TooMuch."""
    given = view.request.query_params
    of, format = given.get(OF, ""), given.get(PARAMETER, "")
    narrowed = subject_of(of).narrowed(given.multi_items())
    exporter_of(view.instance.host, format)
    return Wanted(region=view.region_id, language=view.lang, of=of, query=tuple(narrowed), format=format)


def _show(view: View, wanted: Wanted, *, busy: str = "") -> Response[Any]:
    exporter = exporter_of(view.instance.host, wanted.format)
    shown = view.render(
        "downloads/list.html",
        status=429 if busy else 200,
        count=subject_of(wanted.of).count(view, wanted.query),
        label=exporter.label,
        action=making_href(view, wanted.of, wanted.query, wanted.format),
        back=address(view.href(wanted.of), wanted.query),
        busy=busy,
    )
    return private(shown)
