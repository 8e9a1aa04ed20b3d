"""New practices as Atom feeds, and a practice as schema.org tells it to search engines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import msgspec
from litestar import Response
from markupsafe import Markup

from lanzarote.practices import service
from lanzarote.practices.service import facets_of
from lanzarote.store.ids import SHIPPED
from lanzarote.translation import as_text
from lanzarote.web import exports
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.labels import label
from lanzarote.web.routes import page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.practices.model import Card
    from lanzarote.practices.reading import Reading
    from lanzarote.web.site import View


# For search engines


_UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def describe(view: View, reading: Reading) -> dict[str, Any]:
    """The page is a work about what is done; who is named in it is mentioned, and has not written it."""
    document, region = reading.document, view.region
    address = view.absolute(view.href("practices", document.slug))
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": address,
        "url": address,
        "headline": reading.title.text,
        "description": reading.summary.text,
        "inLanguage": reading.summary.lang,
        "version": document.version,
        "datePublished": view.day_of(document.updated_at).isoformat(),
        "dateModified": view.day_of(document.updated_at).isoformat(),
        "isAccessibleForFree": True,
        "license": view.licence_href,
        "creativeWorkStatus": label("standing", document.standing, view.translator),
        "about": [*_sectors(view, reading), *_audiences(view, reading)],
        "mentions": _partners(view, reading),
        "isBasedOn": [
            {"@type": "CreativeWork", "name": as_text(source.title)} | ({"url": source.url} if source.url else {})
            for source in reading.sources
        ],
    }
    if region is not None:
        place = {"@type": "AdministrativeArea", "name": view.say(region.name), "identifier": region.territory}
        told["spatialCoverage"] = place
    if document.started:
        end = document.ended or (".." if document.running == "ongoing" else "")
        told["temporalCoverage"] = f"{document.started}/{end}" if end else document.started
    if reading.translated_from:
        told["translationOfWork"] = {
            "@type": "Article",
            "@id": view.absolute(view.href("practices", document.slug, lang=document.original)),
            "inLanguage": document.original,
        }
    return {key: value for key, value in told.items() if value != []}


def script(told: Mapping[str, Any]) -> Markup:
    """*told* for a data block: nothing in it can end the block or be taken for markup."""
    return Markup(msgspec.json.encode(told, enc_hook=str).decode().translate(_UNSAFE))  # noqa: S704 (made safe by _UNSAFE)


def _sectors(view: View, reading: Reading) -> list[dict[str, str]]:
    terms = view.vocabulary
    keys = (terms.present_key("sector", key) for key in reading.document.sectors)
    return [{"@type": "Thing", "name": view.say(terms.sectors[key].name)} for key in keys if key in terms.sectors]


def _audiences(view: View, reading: Reading) -> list[dict[str, str]]:
    groups = reading.document.target_groups
    return [{"@type": "Audience", "audienceType": label("target", group, view.translator)} for group in groups]


def _partners(view: View, reading: Reading) -> list[dict[str, str]]:
    lines = [line for lines in reading.partners.values() for line in lines if "/organisations/" in line.href]
    return [{"@type": "Organization", "name": as_text(line.name), "url": view.absolute(line.href)} for line in lines]


# Feeds


LONGEST = 50
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""When an empty feed was last changed."""


@page("/{lang:str}/{region:str}/practices.atom", shared="always")
def region_feed(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[bytes]:
    return _answer(site.view(request, lang, region))


@page("/{lang:str}/practices.atom", shared="always")
def feed_of_all(request: Asked, lang: Lang, site: OurSite) -> Response[bytes]:
    return _answer(site.view(request, lang))


@page("/{lang:str}/{region:str}/feeds")
def subscribe(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[str]:
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
