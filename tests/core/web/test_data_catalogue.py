"""The catalogue for data portals: read by a parser that is not ours, and true in every address."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.office.tallies import catch_up
from rdflib import DCAT, DCTERMS, FOAF, RDF, SKOS, Graph, Literal, Namespace, URIRef

from tests.core.accounts.team import instance_like
from tests.core.quiet import QuietClient

if TYPE_CHECKING:
    from pathlib import Path

    from lanzarote.instance import Instance

HOST = "http://lanzarote.test"
PATH = "/catalog.jsonld"
HERE = f"{HOST}{PATH}"
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
MANDATORY = {
    DCAT.Catalog: {DCTERMS.title, DCTERMS.description, DCTERMS.publisher},
    DCAT.Dataset: {DCTERMS.title, DCTERMS.description},
    DCAT.Distribution: {DCAT.accessURL},
    DCAT.DataService: {DCTERMS.title, DCAT.endpointURL},
    FOAF.Agent: {FOAF.name},
}
"""Class → properties that DCAT-AP 3 does not do without."""


def read(client: QuietClient, path: str = PATH) -> Graph:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/ld+json")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the parser's own doing
        return Graph().parse(data=answer.text, format="json-ld")


@pytest.fixture(scope="module")
def client(paris: Instance) -> QuietClient:
    return QuietClient(create_app(paris))


@pytest.fixture(scope="module")
def found(client: QuietClient) -> Graph:
    return read(client)


def one(graph: Graph, name: str) -> URIRef:
    return URIRef(f"{HERE}#{name}")


def test_what_is_mandatory_is_there(found: Graph) -> None:
    for kind, wanted in MANDATORY.items():
        nodes = set(found.subjects(RDF.type, kind))
        assert nodes, kind
        missing = {(node, name) for node in nodes for name in wanted if found.value(node, name, any=True) is None}
        assert missing == set(), kind
    known: tuple[Any, ...] = (DCAT, DCTERMS, FOAF, RDF, SKOS)
    unknown = [name for name in {*found.predicates()} if not any(name in names for names in known)]
    assert {*unknown} <= {VCARD.fn, VCARD.hasURL, VCARD.hasEmail}


def test_titles_are_in_every_language_of_the_region(found: Graph) -> None:
    practices = one(found, "paris-practices")
    assert set(found.objects(practices, DCTERMS.title)) == {
        Literal("Pratiques – Paris", lang="fr"),
        Literal("Practices – Paris", lang="en"),
    }
    ends = {str(language).rpartition("/")[2] for language in found.objects(practices, DCTERMS.language)}
    assert ends == {"FRA", "ENG"}
    assert found.value(practices, DCTERMS.modified) is not None


def test_every_distribution_answers_with_what_it_says(client: QuietClient, found: Graph) -> None:
    distributions = set(found.subjects(RDF.type, DCAT.Distribution))
    told = {"text/csv", "application/json"}
    assert len(distributions) > 30
    for node in distributions:
        address, kind = str(found.value(node, DCAT.accessURL)), str(found.value(node, DCAT.mediaType))
        answer = client.get(address.removeprefix(HOST))
        assert answer.status_code == 200, address
        assert (
            kind == "https://www.iana.org/assignments/media-types/" + answer.headers["content-type"].partition(";")[0]
        )
        assert answer.headers["access-control-allow-origin"] == "*"
        assert str(found.value(node, DCTERMS.license)) == "https://creativecommons.org/licenses/by/4.0/"
        told -= {kind.partition("media-types/")[2]}
    assert told == set()


def test_pages_and_the_api_are_where_it_says(client: QuietClient, found: Graph) -> None:
    service = one(found, "api")
    assert str(found.value(service, DCAT.endpointURL)) == f"{HOST}/api/v1"
    described = str(found.value(service, DCAT.endpointDescription))
    assert client.get(described.removeprefix(HOST)).json()["openapi"].startswith("3.1")
    for address in {str(href) for href in found.objects(None, DCAT.landingPage)}:
        assert client.get(address.removeprefix(HOST)).status_code == 200, address
    served = set(found.objects(service, DCAT.servesDataset))
    assert one(found, "paris-practices") in served
    assert served < set(found.subjects(RDF.type, DCAT.Dataset))


def test_who_runs_the_site_is_named_and_its_addresses_are_below_its_path(paris: Instance, tmp_path: Path) -> None:
    more = {"OFFICE": "on", "OPERATOR": "A <working> group", "CONTACT": "data@example.org"}
    with instance_like(paris, tmp_path, BASE_URL=f"{HOST}/lanzarote", **more) as instance:
        catch_up(instance.database)
        client = QuietClient(create_app(instance))
        graph = read(client)
        assert [str(name) for name in graph.objects(None, FOAF.name)] == ["A <working> group"]
        assert {str(mail) for mail in graph.objects(None, VCARD.hasEmail)} == {"mailto:data@example.org"}
        own = {str(node) for triple in graph for node in triple if str(node).startswith(HOST)}
        assert [node for node in own if not node.startswith(f"{HOST}/lanzarote/")] == []
        assert f"{HOST}/lanzarote/fr/office/coverage?format=csv" in own
        assert client.get("/fr/office/coverage?format=csv").status_code == 200


def test_use_this_data_leads_there(client: QuietClient) -> None:
    for lang in ("fr", "en"):
        assert f'<a href="{PATH}" type="application/ld+json">{HERE}</a>' in client.get(f"/{lang}/api").text


def test_what_changes_shows(own_paris: Instance) -> None:
    client = QuietClient(create_app(own_paris))
    assert "paris-practices" in client.get(PATH).text
    own_paris.enable("paris", on=False)
    assert "paris" not in client.get(PATH).text
