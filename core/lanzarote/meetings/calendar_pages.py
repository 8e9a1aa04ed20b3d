"""One's own secret calendar addresses, in one's account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from lanzarote.accounts.answers import go, text_of
from lanzarote.meetings import addresses
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.records import now
from lanzarote.web.asking import Asked
from lanzarote.web.routes import form, page, private
from lanzarote.web.site import Site, View

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACE = ("account", "calendars")


@page("/{lang:str}/account/calendars", may="signed-in")
def calendars(request: Asked, lang: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    return _show(site.view(request, lang))


@form("/{lang:str}/account/calendars", may="signed-in", carried=False)
def change(
    request: Asked, lang: FromPath[str], site: NamedDependency[Site], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Make an address for a region, or take the one there is back."""
    view, region_id = site.view(request, lang), text_of(data, "region")
    if text_of(data, "what") == "revoke":
        with view.instance.database.write(INSTANCE) as session:
            addresses.revoke(session, view.actor.account_id, region_id)
        return go(view.instance_href(*PLACE))
    header = view.instance.header(region_id)
    with view.instance.database.write(INSTANCE) as session:
        secret = addresses.make(session, header.id, by=view.actor, at=now())
    href = view.region_href(header, "meetings", "calendar", secret)
    return _show(view, {header.id: f"{view.instance.public_address}{href}"})


def _show(view: View, made: Mapping[str, str] | None = None) -> Response[Any]:
    with view.instance.database.read(INSTANCE) as session:
        known = {row.region_id: row for row in addresses.of_account(session, view.actor.account_id)}
    regions = [
        {
            "id": header.id,
            "name": view.say(header.name),
            "known": known.get(header.id),
            "address": (made or {}).get(header.id, ""),
        }
        for header in view.instance.headers().values()
        if may_somewhere(view.actor, "group.read", header.id) or header.id in known
    ]
    frame: dict[str, Any] = {"canonical": None, "alternates": (), "feeds": ()}
    return private(view.render("meetings/calendars.html", regions=regions, **frame))


handlers = (calendars, change)
