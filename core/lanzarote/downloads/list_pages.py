"""Where a long list is asked for as a file. Nothing is made by following a link: only by the button."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Response
from litestar.response import Redirect

from lanzarote.database import ALL
from lanzarote.downloads import service
from lanzarote.downloads.lists import KIND, Wanted
from lanzarote.downloads.subjects import subject_of
from lanzarote.practices.asking import address
from lanzarote.stakeholders.senders import Senders
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.exports import OF, PARAMETER, exporter_of, making_href, named
from lanzarote.web.routes import PRIVATE, form, page, private
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
    client = request.client
    if SENDERS.admit(client.host if client else ""):
        return _show(view, wanted, busy=view._("You have asked for many documents within the hour."))
    _, exporter = exporter_of(view.instance.host, wanted.format)
    name = f"{named(view, wanted.region, wanted.of, wanted.language)}.{exporter.extension}"
    with view.instance.database.write(ALL) as session:
        asked = msgspec.json.encode(wanted)
        try:
            made = service.ask(session, wanted.region, KIND, asked, name=name, media_type=exporter.media_type)
        except service.Crowded as error:
            return _show(view, wanted, busy=view._(str(error)))
    return Redirect(view.href("downloads", made), status_code=303, headers=PRIVATE)


def _wanted(view: View) -> Wanted:
    """What the address asks for. Raises NotFound, TooMuch."""
    given = view.request.query_params
    of, format = given.get(OF, ""), given.get(PARAMETER, "")
    narrowed = subject_of(of).narrowed(given.multi_items())
    exporter_of(view.instance.host, format)
    return Wanted(region=view.region_id, language=view.lang, of=of, query=tuple(narrowed), format=format)


def _show(view: View, wanted: Wanted, *, busy: str = "") -> Response[Any]:
    _, exporter = exporter_of(view.instance.host, wanted.format)
    answer = view.render(
        "downloads/list.html",
        status=429 if busy else 200,
        count=subject_of(wanted.of).count(view, wanted.query),
        label=exporter.label,
        action=making_href(view, wanted.of, wanted.query, wanted.format),
        back=address(view.href(wanted.of), wanted.query),
        busy=busy,
    )
    if busy:
        answer.headers["Retry-After"] = "3600"
    return private(answer)


handlers = (long_list, ask)
