"""New practices as Atom feeds, and the page that explains them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from lanzarote.practices import service
from lanzarote.practices.service import facets_of
from lanzarote.store.ids import SHIPPED
from lanzarote.web import exports
from lanzarote.web.routes import page
from lanzarote.web.site import Site, View

if TYPE_CHECKING:
    from lanzarote.practices.model import Card

LONGEST = 50
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""When an empty feed was last changed."""


@page("/{lang:str}/{region:str}/practices.atom", shared="always")
def region_feed(
    request: Request[Any, Any, Any], lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]
) -> Response[bytes]:
    return _answer(site.view(request, lang, region))


@page("/{lang:str}/practices.atom", shared="always")
def feed_of_all(request: Request[Any, Any, Any], lang: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    return _answer(site.view(request, lang))


@page("/{lang:str}/{region:str}/feeds")
def subscribe(
    request: Request[Any, Any, Any], lang: FromPath[str], region: FromPath[str], site: NamedDependency[Site]
) -> Response[str]:
    view = site.view(request, lang, region)
    return view.render("practices/feeds.html", name=view.text(view.vocabulary.name()))


def feed(view: View) -> exports.Feed:
    """The newest practices of the page's region, or of all."""
    region_id = view.region.id if view.region else None
    index = facets_of(view.instance, region_id)
    newest = service.page(view.instance.database, index, filters={}, limit=LONGEST)
    entries = [_entry(view, card) for card in newest.decoded()]
    place = view.say(view.region.name) if view.region else view._("all regions")
    return exports.Feed(
        id=uuid5(SHIPPED, f"{region_id or ''}/feed/practices/{view.lang}").urn,
        title=view._("New practices: %(region)s") % {"region": place},
        subtitle=view._("Practices of co-operation against the sexual abuse and sexual exploitation of children."),
        lang=view.lang,
        href=view.absolute(view.href("practices")),
        self_href=view.absolute(view.href("practices.atom")),
        author=f"{view.instance.settings.name} · {place}",
        rights=view.licence,
        licence=view.licence_href,
        updated=max((entry.updated for entry in entries), default=EPOCH),
        entries=entries,
    )


def _entry(view: View, card: Card) -> exports.Entry:
    header = view.instance.header(card.region)
    title, title_lang = view.text(card.title, card.original)
    summary, summary_lang = view.text(card.summary, card.original)
    terms = view.instance.vocabulary(card.region)
    sectors = [terms.sectors[key] for key in terms.present_keys("sector", card.sectors) if key in terms.sectors]
    return exports.Entry(
        # In each language a text of its own: who reads two feeds must not see one of them only.
        id=uuid5(UUID(card.id), view.lang).urn,
        title=title,
        title_lang=title_lang,
        summary=summary,
        summary_lang=summary_lang,
        href=view.absolute(view.region_href(header, "practices", card.slug)),
        updated=card.updated_at,
        categories=[view.say(sector.name) for sector in sectors],
    )


def _answer(view: View) -> Response[bytes]:
    return Response(exports.write(feed(view)), media_type=exports.MEDIA_TYPE, headers={"Content-Language": view.lang})


handlers = (region_feed, feed_of_all, subscribe)
