"""The page *Use this data*: what to copy to show, take, follow or ask for what is published here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from lanzarote.types import RegionHeader
from lanzarote.web.oembed import piece_of
from lanzarote.web.routes import page
from lanzarote.web.site import Site, View

SHOWN = 5
"""So many records an example asks for."""
_JAVASCRIPT = """\
<script type="module">
const answer = await fetch("{address}");
const {{ items }} = await answer.json();
for (const one of items) console.log(one.{name}["{lang}"], one.{id});
</script>
"""
_PYTHON = """\
import json
from urllib.request import urlopen

with urlopen("{address}") as answer:
    for one in json.load(answer)["items"]:
        print(one["{name}"].get("{lang}"), one["{id}"])
"""


class Example(Struct, frozen=True, kw_only=True):
    """A question that the API answers."""

    told: str
    href: str


class Showing(Struct, frozen=True, kw_only=True):
    """A page of which other sites can show a piece."""

    told: str
    href: str
    """Of the page."""


@page("/{lang:str}/api")
async def reuse(request: Request[Any, Any, Any], lang: FromPath[str], site: NamedDependency[Site]) -> Response[str]:
    """What may be done with the data, and how; ``page`` names the one that somebody wants to show."""
    view = await sync_to_thread(site.view, request, lang)
    showings = await sync_to_thread(_showings, view)
    wanted = request.query_params.get("page") or (showings[0].href if showings else "")
    here = wanted.startswith("/") and not wanted.startswith("//")  # that would be the name of a host in a link
    piece = await piece_of(request, site, view.absolute(wanted)) if here else None
    return await sync_to_thread(_show, view, showings, wanted, piece)


def _show(view: View, showings: list[Showing], wanted: str, piece: Any) -> Response[str]:
    header = _region(view)
    asked = f"/api/v1/regions/{header.id}/practices" if header else "/api/v1/convention/articles"
    name, number = ("title", "slug") if header else ("heading", "number")
    address = view.absolute(f"{asked}?{urlencode({'limit': SHOWN})}")
    lang = view.lang if not header or view.lang in header.languages else header.languages[0]
    filled = {"address": address, "name": name, "lang": lang, "id": number}
    return view.render(
        "reuse.html",
        examples=_examples(view, header),
        formats=[one.label for one in view.instance.host.exporters],
        places=_places(view),
        showings=showings,
        page_href=wanted,
        piece=piece,
        curl=f'curl "{address}"',
        javascript=_JAVASCRIPT.format(**filled),
        python=_PYTHON.format(**filled),
        cite_href=view.absolute(view.region_href(header, "practices") if header else view.instance_href()),
        cited=view.say(header.name) if header else "",
        read_on=datetime.now(UTC).date(),
        canonical=view.absolute(view.path),
    )


def _region(view: View) -> RegionHeader | None:
    """The region that examples are of."""
    return view.frame or next(iter(view.instance.headers().values()), None)


def _showings(view: View) -> list[Showing]:
    _ = view._
    found = []
    if header := _region(view):
        region = {"region": view.say(header.name)}
        found += [
            Showing(told=_("%(region)s: the practices") % region, href=view.region_href(header, "practices")),
            Showing(
                told=_("%(region)s: the practices about Article 10") % region,
                href=view.region_href(header, "practices", query={"article": "10"}),
            ),
            Showing(
                told=_("%(region)s: who works with whom") % region,
                href=view.region_href(header, "cooperation"),
            ),
            Showing(
                told=_("%(region)s: coverage of the Convention") % region,
                href=view.region_href(header, "coverage"),
            ),
        ]
    if view.instance.settings.office:
        found += [
            Showing(told=_("All regions: the map"), href=view.instance_href("office")),
            Showing(told=_("All regions: coverage of the Convention"), href=view.instance_href("office", "coverage")),
            Showing(told=_("All regions: sectors"), href=view.instance_href("office", "sectors")),
        ]
    return found


def _examples(view: View, header: RegionHeader | None) -> list[Example]:
    """Addresses that answer on this very instance."""
    _ = view._
    found = [
        Example(told=_("The regions"), href="/api/v1/regions"),
        Example(told=_("Article 10 of the Convention"), href="/api/v1/convention/articles/10"),
        Example(told=_("The common sectors"), href="/api/v1/convention/common-sectors"),
    ]
    if header:
        root = f"/api/v1/regions/{header.id}"
        found += [
            Example(told=_("Practices that answer Article 10"), href=f"{root}/practices?article=10&limit=5"),
            Example(told=_("Organisations named in the sources"), href=f"{root}/stakeholders?limit=5"),
            Example(told=_("Provisions of local law"), href=f"{root}/provisions?limit=5"),
            Example(told=_("What is documented for each article"), href=f"{root}/coverage"),
        ]
    return found


def _places(view: View) -> list[tuple[tuple[str, str], str]]:
    """Each region's list of practices."""
    headers = view.instance.headers().values()
    return [(view.text(one.name, one.languages[0]), view.region_href(one, "practices")) for one in headers]


handlers = (reuse,)
