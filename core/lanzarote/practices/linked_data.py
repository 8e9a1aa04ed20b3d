"""A practice as schema.org tells it to search engines and to whoever collects open data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from markupsafe import Markup

from lanzarote.translation import as_text
from lanzarote.web.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.practices.reading import Reading
    from lanzarote.web.site import View

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
