"""The office's figures of a region that it receives are those of the region's own pages, and lead to its records."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from lanzarote.app import create_app
from lanzarote.instance import Instance
from lanzarote.office import by_region, masks, service, tallies
from lanzarote.practices.service import facets_of
from lanzarote.records.records import now
from lanzarote.results import destinations, enrolling
from lanzarote.results.receiving import receive
from lanzarote.store.database import ALL
from lanzarote.territory.coverage import cover
from litestar.testing import TestClient

from tests.core.office import logs


@pytest.fixture
def receiving(there: Instance, empty_office: Instance) -> Instance:
    with there.database.write("paris") as session:
        card = enrolling.card_of(session, there.settings, "paris", by="test", at=now())
    one = enrolling.read_card(card)
    with empty_office.database.write("paris") as session:
        enrolling.enrol(session, one, one.public.fingerprint, by="test", at=now())
    with there.database.read("paris") as session:
        start = destinations.start_of(session, "paris")
        data = b"".join(destinations.batches(session, there.settings, "paris", start))
    receive(empty_office.database, BytesIO(data), came="file")
    return empty_office


def test_the_account_of_a_received_region_is_a_recount(receiving: Instance) -> None:
    with receiving.database.read(ALL) as session:
        assert dict(tallies.kept(session, "paris")) == dict(tallies.recount(session, "paris"))


def test_coverage_is_that_of_the_regions_own_page(there: Instance, receiving: Instance) -> None:
    today = there.today("paris")
    counts = facets_of(there, "paris").counts({}, facets=("article",))["article"]
    own = {
        line.article.number: (line.practices.count, line.provisions.count)
        for line in cover(there.vocabulary("paris"), counts, today).lines
    }
    figures = service.figures(receiving.database, ["paris"], by_region.COVERAGE)
    ours = {
        row.article: (cell.practices, cell.provisions)
        for row in by_region.coverage(figures, today)
        for cell in [row.cells.get("paris", by_region.UNKNOWN)]
    }
    assert ours == own
    assert sum(practices for practices, _ in own.values()) > 10


def test_figures_are_those_of_the_search_that_they_lead_to(there: Instance, receiving: Instance) -> None:
    totals = service.totals(receiving)
    counts = facets_of(there, "paris").counts({})
    for measure in ("common", "domain", "target", "standing", "running", "article"):
        ours = {line[1]: n for line, n in totals.items() if line[0] == measure}
        assert (measure, ours) == (measure, counts[measure])
    assert totals["banks", "both", ""] == counts["side"]["both"]
    assert facets_of(receiving, None).counts({})["region"] == {"paris": 18}


def test_every_link_behind_a_figure_leads_somewhere(receiving: Instance) -> None:
    with TestClient(create_app(receiving), base_url="http://lanzarote.test") as client:
        for page in ("", "/coverage", "/sectors", "/co-operation", "/trends", "/regions"):
            html = client.get(f"/en/office{page}").text
            main = html.partition("<main")[2].partition("</main>")[0]
            links = sorted({href.replace("&amp;", "&") for href in re.findall(r'href="(/[^"#]+)', main)})
            some = links[:: max(1, len(links) // 25)]
            assert {client.get(href).status_code for href in some} == {200}, page


def test_search_finds_the_practices_of_every_region_and_narrows_by_region(receiving: Instance) -> None:
    logs.add_region(receiving.database, "vilnius", "LT-57")
    with TestClient(create_app(receiving), base_url="http://lanzarote.test") as client:
        found = client.get("/api/v1/search?q=enfants&region=paris&kind=practice").json()
        assert found["total"] == there_are(receiving, "enfants")
        assert client.get("/api/v1/search?q=enfants&region=vilnius").json()["total"] == 0
        assert client.get("/fr/search?region=paris").status_code == 200


def there_are(instance: Instance, words: str) -> int:
    with TestClient(create_app(instance), base_url="http://lanzarote.test") as client:
        total: int = client.get(f"/api/v1/regions/paris/practices?q={words}").json()["total"]
    assert total > 0
    return total


def test_an_erased_result_leaves_no_trace_in_the_account(receiving: Instance) -> None:
    [record_id] = service.records_behind(receiving.database, "paris", "practice")[:1]
    logs.tell(receiving.database, "paris", [logs.told("practice", record_id, None, "erase")])
    with receiving.database.read(ALL) as session:
        assert record_id not in masks.numbered(session, "paris")
        assert tallies.kept(session, "paris")["practice", "", ""] == 17
