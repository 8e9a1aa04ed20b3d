"""Paris, another region and the central office, each on a machine of its own: results, figures, a practice on its way.

Paris sends over the net; the other region has no machine that is always there, and sends files.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import ExitStack
from io import BytesIO
from itertools import combinations
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from lanzarote.cli import main
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.facts.convention import common_sectors
from lanzarote.instance import Instance
from lanzarote.practices.service import facets_of
from lanzarote.records.records import now
from lanzarote.results import destinations, enrolling
from pypdf import PdfReader

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

    def __init__(
        self, paris: Instance, second: Instance, office: Instance, sites: dict[str, str], post: pytest.MonkeyPatch
    ) -> None:
        self.paris, self.second, self.office, self.sites = paris, second, office, sites
        self._environment = post

    def enrol(self, here: Instance, region_id: str, there: Instance) -> None:
        """By a card that is mailed, and a fingerprint that is told by telephone."""
        with here.database.write(region_id) as session:
            card = enrolling.card_of(session, here.settings, region_id, by="test", at=now())
        one = enrolling.read_card(card)
        with there.database.write(region_id) as session:
            enrolling.enrol(session, one, one.public.fingerprint, by="test", at=now())

    def mail(self, here: Instance, region_id: str, there: Instance) -> None:
        """A file that is made in one place and received in another."""
        file = there.settings.data / f"{region_id}.results"
        with here.database.read(region_id) as session:
            begun = destinations.start_of(session, region_id)
            file.write_bytes(b"".join(destinations.batches(session, here.settings, region_id, begun)))
        with self._environment.context() as machine:
            machine.setenv("LANZAROTE_DATABASE_URL", there.settings.database_url)
            machine.setenv("LANZAROTE_DATA", str(there.settings.data))
            machine.setenv("LANZAROTE_OFFICE", "on" if there.settings.office else "")
            assert main(["results", "receive", str(file)]) == 0

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
def places(
    paris_template: Path, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Places]:
    with ExitStack() as stack:
        made: dict[str, Instance] = {}
        for name, template in (("paris", paris_template), ("second", sqlite_template), ("office", sqlite_template)):
            place = tmp_path / name
            place.mkdir()
            given = {"LANZAROTE_DATABASE_URL": copy_of(template, place), "LANZAROTE_DATA": str(place)}
            given["LANZAROTE_OFFICES_NEARBY"] = "on"
            office = {"LANZAROTE_OFFICE": "on"} if name == "office" else {}
            host = both_regions() if name == "second" else None
            made[name] = stack.enter_context(new_instance(read_settings(given | office), host))
        made["second"].load(SECOND)
        sites = {name: stack.enter_context(serving(instance)) for name, instance in made.items()}
        here = Places(made["paris"], made["second"], made["office"], sites, monkeypatch)
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
    return [places.read(site, f"{path}/{card['slug']}") for card in listed(places, site, region_id, "practices")]


def recounted(places: Places) -> dict[str, Counter[Any]]:
    """What the office ought to say, counted from the regions' own sites and nothing else."""
    counts: dict[str, Counter[Any]] = {
        name: Counter() for name in ("common", "article", "practices", "partner", "pair", "sides", "improvements")
    }
    for site, region_id in (("paris", PARIS), ("second", SECOND)):
        commons = {one["key"]: one["common"] for one in listed(places, site, region_id, "sectors")}
        bodies: dict[str, list[str]] = {}
        for body in listed(places, site, region_id, "stakeholders"):
            bodies |= dict.fromkeys((body["id"], body["key"]), body["organisation"]["sectors"])
        for practice in practices_of(places, site, region_id):
            counts["practices"][region_id] += 1
            counts["sides"][frozenset({"public", "civil-society"}.intersection(practice["sides"]))] += 1
            counts["common"].update(
                (region_id, one) for one in {c for key in practice["sectors"] for c in commons[key]}
            )
            counts["article"].update(
                (region_id, one) for one in {ref.partition(".")[0] for ref in practice["convention"]}
            )
            partners = {c for one in practice["partners"] for key in sectors_of(one, bodies) for c in commons[key]}
            counts["partner"].update(partners)
            counts["pair"].update(frozenset(two) for two in combinations(partners, 2))
        counts["improvements"].update(one["state"] for one in listed(places, site, region_id, "improvements"))
    return counts


def listed(places: Places, site: str, region_id: str, room: str) -> list[dict[str, Any]]:
    told = places.read(site, f"/api/v1/regions/{region_id}/{room}?limit=100")
    assert told["next"] is None
    items: list[dict[str, Any]] = told["items"]
    return items


def sectors_of(partner: dict[str, Any], bodies: dict[str, list[str]]) -> list[str]:
    if named := partner.get("organisation"):
        return bodies[named]
    return [partner["sector"]] if partner.get("sector") else []


def test_results_arrive_and_a_practice_travels(places: Places, page: Page) -> None:
    places.everybody_sends()
    told_alike(places)

    record_id, practice = adopted(places.second)
    assert record_id != practice
    the_other_site_shows_it(places, practice)
    places.everybody_sends()
    wanted = told_alike(places)
    the_trail_is_visible(places)
    the_plenary_reads_of_it(places, wanted["practices"])

    page.goto(f"{places.sites['office']}/fr/office")
    assert page.locator("main svg").count() >= 1
    assert page.locator("main table").count() >= 1
    page.goto(f"{places.sites['office']}/fr/office/coverage")
    assert "Paris" in page.locator("main").inner_text()


def told_alike(places: Places) -> dict[str, Counter[Any]]:
    """The office's matrices, map and totals are those of an independent recount, which is returned."""
    wanted = recounted(places)
    regions = places.read("office", "/api/v1/office/regions")["items"]
    assert {one["id"]: one["practices"] for one in regions} == dict(wanted["practices"])
    keys = [one.key for one in common_sectors()]
    for row in places.read("office", "/api/v1/office/sectors")["items"]:
        assert row["common"] == {key: wanted["common"][row["region"], key] for key in keys}
    for row in places.read("office", "/api/v1/office/coverage?limit=100")["items"]:
        for cell in row["regions"]:
            assert cell["practices"] == wanted["article"][cell["region"], str(row["article"])], (row["article"], cell)
    for row in places.read("office", "/api/v1/office/co-operation")["items"]:
        assert row["practices"] == wanted["partner"][row["sector"]], row
        assert row["together"] == {
            key: wanted["pair"][frozenset((row["sector"], key))] for key in keys if key != row["sector"]
        }
    assert facets_of(places.office).size == wanted["practices"].total()
    the_overview_says(places.read("office", "/en/office"), wanted)
    return wanted


def the_overview_says(page: str, wanted: dict[str, Counter[Any]]) -> None:
    """Its totals, and the map: its table has every State."""
    [strip] = re.findall(r'<ul class="state" role="list">(.*?)</ul>', page, re.DOTALL)
    assert [int(one) for one in re.findall(r"<strong>(\d+)</strong>", strip)] == [
        len(wanted["practices"]),
        wanted["practices"].total(),
        wanted["sides"][frozenset({"public", "civil-society"})],
        wanted["improvements"]["adopted"] + wanted["improvements"]["completed"],
    ]
    [details] = re.findall(r"<details>\s*<summary>The same as a table</summary>(.*?)</details>", page, re.DOTALL)
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in details.split("<tr")[2:]]
    states = {name: told for name, *told in ([re.sub(r"<[^>]*>", "", cell).strip() for cell in row] for row in rows)}
    assert len(states) == 46
    # The other region's country is invented, and no member State.
    assert {name: told for name, told in states.items() if told != ["nobody yet", "unknown"]} == {
        "France": ["1", str(wanted["practices"][PARIS])]
    }


def the_other_site_shows_it(places: Places, practice: str) -> None:
    """As a practice of its own, which says where it comes from."""
    [card] = [one for one in listed(places, "second", SECOND, "practices") if one["id"] == practice]
    told = places.read("second", f"/api/v1/regions/{SECOND}/practices/{card['slug']}")
    assert (told["derived"]["region"], told["region"]) == (PARIS, SECOND)
    origin = rf'href="/\w+/{PARIS}/practices/{slug_of(places.paris, SLUG)}"'
    assert re.search(origin, places.read("second", f"/uk/{SECOND}/practices/{card['slug']}"))


def the_trail_is_visible(places: Places) -> None:
    """At the origin, where it went, and at the office."""
    slug = slug_of(places.paris, SLUG)
    name = places.second.header(SECOND).name["uk"]
    for site in ("paris", "office", "second"):
        assert name in places.read(site, f"/fr/paris/practices/{slug}/travels"), site
    transfers = places.read("office", f"/api/v1/regions/{SECOND}/transfers")["items"]
    assert [one["state"] for one in transfers] == ["adopted"]


def the_plenary_reads_of_it(places: Places, practices: Counter[str]) -> None:
    """On paper: how many practices each region has released, and all together."""
    name = places.second.header(SECOND).name["uk"]
    said = {"fr": "pratiques sont publiées", "en": "practices are published"}
    for lang, words in said.items():
        place = f"/{lang}/office/reports/plenary"
        answer = httpx.get(f"{places.sites['office']}{place}?format=pdf", timeout=60)
        assert answer.status_code == 200
        paper = " ".join(" ".join(one.extract_text() for one in PdfReader(BytesIO(answer.content)).pages).split())
        assert f"Paris FR {practices[PARIS]} " in paper
        assert f"{name} XU {practices[SECOND]} " in paper
        assert f"{practices.total()} {words}" in paper
        assert "Paris" in places.read("office", place)
