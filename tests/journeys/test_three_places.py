"""Paris, another region and the central office, each on a machine of its own: results, figures, a practice on its way.

Paris sends over the net; the other region has no machine that is always there, and sends files.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from io import BytesIO
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from lanzarote.convention import common_sectors
from lanzarote.instance import Instance
from lanzarote.records import now
from lanzarote.results import destinations, enrolling, sending
from lanzarote.results.receiving import receive
from lanzarote.settings import read_settings

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.transfers.travelling import PARIS, SECOND, SLUG, adopted, slug_of
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page


class Places:
    """Three instances that share nothing but what they send each other."""

    def __init__(self, paris: Instance, second: Instance, office: Instance, sites: dict[str, str]) -> None:
        self.paris, self.second, self.office, self.sites = paris, second, office, sites

    def enrol(self, here: Instance, region_id: str, there: Instance) -> None:
        """By a card that is mailed, and a fingerprint that is told by telephone."""
        with here.database.write(region_id) as session:
            card = enrolling.card(session, here.settings, region_id, by="test", at=now())
        one = enrolling.read_card(card)
        with there.database.write(region_id) as session:
            enrolling.enrol(session, one, one.public.fingerprint, by="test", at=now())

    def mail(self, here: Instance, region_id: str, there: Instance) -> None:
        with here.database.read(region_id) as session:
            begun = sending.start_of(session, region_id)
            data = b"".join(sending.batches(session, here.settings, region_id, begun))
        receive(there.database, BytesIO(data), came="file")

    def everybody_sends(self) -> None:
        """Paris over the net; the other region by files, to the office and to Paris, whose practices it takes up."""
        destinations.send(self.paris, PARIS, self.sites["office"])
        for there in (self.office, self.paris):
            self.mail(self.second, SECOND, there)

    def read(self, site: str, path: str) -> Any:
        answer = httpx.get(self.sites[site] + path, timeout=30)
        assert answer.status_code == 200, path
        return answer.json() if path.startswith("/api/") else answer.text


@pytest.fixture
def places(paris_template: Path, sqlite_template: Path, tmp_path: Path) -> Iterator[Places]:
    with ExitStack() as stack:
        made: dict[str, Instance] = {}
        for name, template in (("paris", paris_template), ("second", sqlite_template), ("office", sqlite_template)):
            place = tmp_path / name
            place.mkdir()
            given = {"LANZAROTE_DATABASE_URL": copy_of(template, place), "LANZAROTE_DATA": str(place)}
            given["LANZAROTE_OFFICES_NEARBY"] = "on"
            office = {"LANZAROTE_OFFICE": "on"} if name == "office" else {}
            host = both_regions() if name == "second" else None
            made[name] = stack.enter_context(Instance(read_settings(given | office), host))
        made["second"].load(SECOND)
        sites = {name: stack.enter_context(serving(instance)) for name, instance in made.items()}
        here = Places(made["paris"], made["second"], made["office"], sites)
        for region_id, home, others in (
            (PARIS, here.paris, (here.office, here.second)),
            (SECOND, here.second, (here.office, here.paris)),
        ):
            for there in others:
                here.enrol(home, region_id, there)
        with here.paris.database.write(PARIS) as session:
            destinations.add(session, PARIS, sites["office"], "", by="test", at=now(), nearby=True)
        here.mail(here.paris, PARIS, here.second)
        yield here


def practices_of(places: Places, site: str, region_id: str) -> list[dict[str, Any]]:
    """Every practice as the region's own site publishes it."""
    path = f"/api/v1/regions/{region_id}/practices"
    listed = places.read(site, f"{path}?limit=100")
    assert listed["next"] is None
    return [places.read(site, f"{path}/{card['slug']}") for card in listed["items"]]


def recounted(places: Places) -> dict[str, Counter[Any]]:
    """What the office ought to say, counted from the regions' own sites and nothing else."""
    counts: dict[str, Counter[Any]] = {"common": Counter(), "article": Counter(), "practices": Counter()}
    for site, region_id in (("paris", PARIS), ("second", SECOND)):
        listed = places.read(site, f"/api/v1/regions/{region_id}/sectors?limit=100")["items"]
        sectors = {one["key"]: one["common"] for one in listed}
        for practice in practices_of(places, site, region_id):
            counts["practices"][region_id] += 1
            counts["common"].update(
                (region_id, one) for one in {c for key in practice["sectors"] for c in sectors[key]}
            )
            counts["article"].update(
                (region_id, one) for one in {ref.partition(".")[0] for ref in practice["convention"]}
            )
    return counts


def test_results_arrive_and_a_practice_travels(places: Places, page: Page) -> None:
    places.everybody_sends()
    told_alike(places)

    record_id, practice = adopted(places.second)
    assert record_id != practice
    places.everybody_sends()
    told_alike(places)
    the_trail_is_visible(places)
    the_plenary_reads_of_it(places)

    page.goto(f"{places.sites['office']}/fr/office")
    assert page.locator("main svg").count() >= 1
    assert page.locator("main table").count() >= 1
    page.goto(f"{places.sites['office']}/fr/office/coverage")
    assert "Paris" in page.locator("main").inner_text()


def told_alike(places: Places) -> None:
    """The office's matrices and totals are those of an independent recount."""
    wanted = recounted(places)
    regions = places.read("office", "/api/v1/office/regions")["items"]
    assert {one["id"]: one["practices"] for one in regions} == dict(wanted["practices"])
    keys = [one.key for one in common_sectors()]
    for row in places.read("office", "/api/v1/office/sectors")["items"]:
        assert row["common"] == {key: wanted["common"][row["region"], key] for key in keys}
    for row in places.read("office", "/api/v1/office/coverage?limit=100")["items"]:
        for cell in row["regions"]:
            assert cell["practices"] == wanted["article"][cell["region"], str(row["article"])], (row["article"], cell)
    assert places.office.facets().size == wanted["practices"].total()


def the_trail_is_visible(places: Places) -> None:
    """At the origin, where it went, and at the office."""
    slug = slug_of(places.paris, SLUG)
    name = places.second.header(SECOND).name["uk"]
    for site in ("paris", "office", "second"):
        assert name in places.read(site, f"/fr/paris/practices/{slug}/travels"), site
    transfers = places.read("office", f"/api/v1/regions/{SECOND}/transfers")["items"]
    assert [one["state"] for one in transfers] == ["adopted"]


def the_plenary_reads_of_it(places: Places) -> None:
    site = places.sites["office"]
    for lang in ("fr", "en"):
        answer = httpx.get(f"{site}/{lang}/office/reports/plenary?format=pdf", timeout=60)
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
        assert "Paris" in places.read("office", f"/{lang}/office/reports/plenary")
