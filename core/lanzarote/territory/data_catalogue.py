"""What is published as data, for portals that collect such lists: a DCAT-AP 3 catalogue in JSON-LD.

It names the lists that pages offer as files, and where programs ask for the same. Nothing is published by it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from msgspec import Struct

from lanzarote.practices.service import facets_of
from lanzarote.translation import N_, Foreign, pick
from lanzarote.web.asking import Asked, OurSite
from lanzarote.web.exports import PARAMETER
from lanzarote.web.labels import USUAL, licence_address
from lanzarote.web.routes import page
from lanzarote.web.site import Site, absolute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lanzarote.types import RegionHeader

PATH: Final = "/catalog.jsonld"
JSON_LD: Final = "application/ld+json"
CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "title": {"@id": "dcterms:title", "@container": "@language"},
    "description": {"@id": "dcterms:description", "@container": "@language"},
    "name": {"@id": "skos:prefLabel", "@container": "@language"},
    "modified": {"@id": "dcterms:modified", "@type": "xsd:dateTime"},
    **{
        term.partition(":")[2]: {"@id": term, "@type": "@id"}
        for term in (
            "dcat:accessService", "dcat:accessURL", "dcat:downloadURL", "dcat:endpointDescription", "dcat:endpointURL",
            "dcat:landingPage", "dcat:mediaType", "dcat:servesDataset", "dcat:theme", "dcat:themeTaxonomy",
            "dcterms:accessRights", "dcterms:format", "dcterms:language", "dcterms:license", "dcterms:publisher",
            "foaf:homepage", "vcard:hasEmail", "vcard:hasURL",
        )
    },
}  # fmt: skip
"""Stands in the answer itself: who reads it asks nobody else."""
_EUROPE: Final = "http://publications.europa.eu/resource/authority/"
"""Vocabularies that DCAT-AP asks for."""
_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"
_FILE_TYPES: Final = {"csv": "CSV", "xlsx": "XLSX"}
_LANGUAGES: Final = {
    "az": "AZE", "bg": "BUL", "bs": "BOS", "ca": "CAT", "cs": "CES", "cy": "CYM", "da": "DAN", "de": "DEU", "el": "ELL",
    "en": "ENG", "es": "SPA", "et": "EST", "eu": "EUS", "fi": "FIN", "fr": "FRA", "ga": "GLE", "hr": "HRV", "hu": "HUN",
    "hy": "HYE", "is": "ISL", "it": "ITA", "ka": "KAT", "lt": "LIT", "lv": "LAV", "mk": "MKD", "mt": "MLT", "nl": "NLD",
    "pl": "POL", "pt": "POR", "ro": "RON", "ru": "RUS", "sk": "SLK", "sl": "SLV", "sq": "SQI", "sr": "SRP", "sv": "SWE",
    "tr": "TUR", "uk": "UKR",
}  # fmt: skip
"""As the European vocabulary writes them; of others nothing is said."""


class List(Struct, frozen=True):
    """A list that can be taken as a file."""

    path: str
    """Of its page, below the region or the office."""
    title: str
    description: str
    api: str = ""
    """Where programs ask for it, below the region; empty: nowhere."""
    theme: str = "SOCI"


OF_REGION: Final = (
    List(
        "practices",
        N_("Practices"),
        N_(
            "What public institutions and associations do together to protect children from sexual abuse and "
            "exploitation, with sources."
        ),
        "practices",
    ),
    List(
        "organisations",
        N_("Organisations"),
        N_("Institutions and associations that public sources name, by sector."),
        "stakeholders",
    ),
    List(
        "sectors",
        N_("Sectors"),
        N_("The fields of work whose co-operation protects children, and who works in each."),
        "sectors",
    ),
    List(
        "cooperation",
        N_("Who works with whom"),
        N_(
            "According to the sources: which sectors have partners in the same published practices. This counts what "
            "sources document, not how much co-operation there is."
        ),
    ),
    List(
        "law",
        N_("Legal framework"),
        N_("Provisions of the law, summarised and mapped to the articles of the Convention."),
        "provisions",
        "JUST",
    ),
    List(
        "ages",
        N_("Ages and time limits"),
        N_("The ages and time limits that the law of this region sets, with their provisions."),
        "ages",
        "JUST",
    ),
    List(
        "coverage",
        N_("Documented coverage"),
        N_(
            "For each article of the Convention: the provisions and the practices that are documented here. This says "
            "what is documented; it is not an assessment of compliance."
        ),
        "coverage",
        "JUST",
    ),
    List("sources", N_("Sources"), N_("Every document that something shown here was read in."), "sources"),
)
OF_OFFICE: Final = (
    List(
        "coverage",
        N_("Documented coverage of the Convention"),
        N_(
            "For each article and each region: the practices and the provisions of law that are documented as "
            "evidence. It says what is documented; it is not an assessment of compliance."
        ),
        theme="JUST",
    ),
    List(
        "sectors",
        N_("Sectors in every region"),
        N_(
            "How many released practices concern which common sector, region by region. Each region has its own "
            "sectors; the common ones make them comparable."
        ),
    ),
    List(
        "co-operation",
        N_("Co-operation between sectors"),
        N_(
            "Which common sectors have partners in the same released practices. This counts what sources document, not "
            "how much co-operation there is."
        ),
    ),
)
WHAT_IT_IS: Final = N_(
    "You can reuse everything published here in your own work, without asking and without an account."
)


@page(PATH, shared="always")
def catalogue(request: Asked, site: OurSite) -> Response[str]:
    """The catalogue of this instance, in every language at once."""
    made = _Catalogue(site, lambda href: absolute(site.instance, request, href))
    return Response(json.dumps(made.told(), ensure_ascii=False), media_type=JSON_LD)


class _Catalogue:
    def __init__(self, site: Site, address: Callable[[str], str]) -> None:
        """*address*: of a page, as the public reaches it from elsewhere."""
        self._site, self._instance, self._address = site, site.instance, address
        self._here = address(PATH)

    def told(self) -> dict[str, Any]:
        """Regions that are received stand in the catalogue of where they are written."""
        settings, headers = self._instance.settings, self._instance.headers().values()
        written = [header for header in headers if self._instance.origin(header.id) is None]
        sets = [one for header in written for one in self._of_region(header)]
        if settings.office:
            sets += [self._dataset(one, "office", None, self._site.languages) for one in OF_OFFICE]
        publisher = {"@id": f"{self._here}#publisher", "@type": "foaf:Agent"}
        publisher |= {"foaf:name": settings.operator or settings.name}
        moments = [one["modified"] for one in sets if "modified" in one]
        catalogue = {
            "@id": f"{self._here}#catalogue",
            "@type": "dcat:Catalog",
            "title": dict.fromkeys(self._site.languages, settings.name),
            "description": self._in_languages(WHAT_IT_IS, self._site.languages),
            "publisher": publisher,
            "homepage": self._address("/"),
            "language": _languages(self._site.languages),
            "license": licence_address(USUAL),
            "themeTaxonomy": f"{_EUROPE}data-theme",
            "dcat:dataset": sets,
            "dcat:service": self._service(sets),
        }
        return {"@context": CONTEXT, **catalogue, **({"modified": max(moments)} if moments else {})}

    def _of_region(self, header: RegionHeader) -> Iterator[dict[str, Any]]:
        index = facets_of(self._instance, header.id)
        for one in OF_REGION:
            made = self._dataset(one, header.id, header, header.languages)
            if one.path == "practices" and index.size:
                made["modified"] = datetime.fromtimestamp(-index.key(0)[0] / 1_000_000, UTC).isoformat()
            yield made

    def _dataset(
        self, one: List, place: str, header: RegionHeader | None, languages: tuple[str, ...]
    ) -> dict[str, Any]:
        pages = {lang: self._address(f"/{lang}/{place}/{one.path}") for lang in languages}
        title = self._in_languages(one.title, languages, header)
        about: dict[str, Any] = {}
        if header:
            title = {lang: f"{text} – {pick(header.name, lang, None, languages)[0]}" for lang, text in title.items()}
            spatial = {"@type": "dcterms:Location", "dcterms:identifier": header.territory, "name": header.name}
            about = {"dcterms:spatial": spatial}
        licence = licence_address(header.licence if header else USUAL)
        return {
            "@id": f"{self._here}#{place}-{one.path}",
            "@type": "dcat:Dataset",
            "title": title,
            "description": self._in_languages(one.description, languages, header),
            "publisher": f"{self._here}#publisher",
            **self._contact(header),
            **about,
            "theme": f"{_EUROPE}data-theme/{one.theme}",
            "language": _languages(languages),
            "accessRights": f"{_EUROPE}access-right/PUBLIC",
            "landingPage": [*pages.values()],
            "dcat:distribution": [*self._distributions(one, place, pages, licence, in_api=header is not None)],
        }

    def _distributions(
        self, one: List, place: str, pages: dict[str, str], licence: str, *, in_api: bool
    ) -> Iterator[dict[str, Any]]:
        for exporter in self._instance.host.exporters:
            for lang, href in pages.items():
                file = f"{href}?{PARAMETER}={exporter.format}"
                yield {
                    "@type": "dcat:Distribution",
                    "accessURL": file,
                    "downloadURL": file,
                    "mediaType": _MEDIA_TYPES + exporter.media_type.partition(";")[0],
                    **_format(_FILE_TYPES.get(exporter.extension, "")),
                    "language": _languages((lang,)),
                    "license": licence,
                }
        if in_api and one.api:
            yield {
                "@type": "dcat:Distribution",
                "accessURL": self._address(f"/api/v1/regions/{place}/{one.api}"),
                "accessService": f"{self._here}#api",
                "mediaType": f"{_MEDIA_TYPES}application/json",
                **_format("JSON"),
                "language": _languages((*pages,)),
                "license": licence,
            }

    def _service(self, sets: list[dict[str, Any]]) -> dict[str, Any]:
        reached = f"{self._here}#api"
        served = [one["@id"] for one in sets if any(d.get("accessService") for d in one["dcat:distribution"])]
        return {
            "@id": reached,
            "@type": "dcat:DataService",
            "title": dict.fromkeys(self._site.languages, f"{self._instance.settings.name} API"),
            "publisher": f"{self._here}#publisher",
            "endpointURL": self._address("/api/v1"),
            "endpointDescription": self._address("/api/v1/openapi.json"),
            "servesDataset": served,
            "accessRights": f"{_EUROPE}access-right/PUBLIC",
        }

    def _contact(self, header: RegionHeader | None) -> dict[str, Any]:
        """Of the team, or else of who runs the site: a role's address or page, never a person's."""
        contact = (header.contact if header else None) or self._instance.settings.contact
        if not contact:
            return {}
        name = pick(header.name, header.languages[0])[0] if header else self._instance.settings.name
        how = {"hasURL": contact} if contact.startswith("https:") else {"hasEmail": f"mailto:{contact}"}
        return {"dcat:contactPoint": {"@type": "vcard:Kind", "vcard:fn": name, **how}}

    def _in_languages(
        self, text: str, languages: tuple[str, ...], header: RegionHeader | None = None
    ) -> dict[str, str]:
        """*text* in each of *languages* that has words for it, and in English if none has."""
        region = header.id if header else ""
        told = {lang: self._instance.translations.translator(lang, region).gettext(text) for lang in languages}
        return {lang: str(one) for lang, one in told.items() if not isinstance(one, Foreign)} or {"en": text}


def _languages(codes: tuple[str, ...]) -> list[str]:
    return [f"{_EUROPE}language/{_LANGUAGES[code]}" for code in codes if code in _LANGUAGES]


def _format(name: str) -> dict[str, str]:
    return {"format": f"{_EUROPE}file-type/{name}"} if name else {}
