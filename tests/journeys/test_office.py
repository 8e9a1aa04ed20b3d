"""A central office: two regions on PostgreSQL behind two processes, read as pages and as data, backed up, moved."""

from __future__ import annotations

import csv
import io
import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest
from msgspec import Struct

from tests.conftest import pg_database, sqlalchemy_url
from tests.journeys.machine import Machine, Site
from tests.regions.second import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

SECOND = "second-region"


class Office(Struct, frozen=True):
    machine: Machine
    database: str
    one: Site
    """Two processes of one instance."""
    other: Site

    def lanzarote(self, *words: str) -> str:
        return self.machine.lanzarote(*words, DATABASE_URL=self.database)


@pytest.fixture(scope="session")
def office(machine: Callable[[str], Machine], pip: list[str | Path], pg_admin_url: str) -> Iterator[Office]:
    made = machine("office")
    made.install(pip, PACKAGE)
    with pg_database(pg_admin_url) as name:
        # As psql and the guide write it, without the name of a driver.
        url = sqlalchemy_url(pg_admin_url, name).replace("postgresql+psycopg://", "postgresql://")
        made.lanzarote("load", "paris", SECOND, DATABASE_URL=url)
        with made.running(DATABASE_URL=url) as one, made.running(DATABASE_URL=url) as other:
            yield Office(made, url, one, other)


def ask(address: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - the address of our own server
            return int(answer.status), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def status(address: str) -> int:
    return ask(address)[0]


def read(address: str) -> Any:
    code, body = ask(address)
    assert code == 200, body
    return json.loads(body)


def walk(site: Site, path: str) -> list[Any]:
    """All items of a list, from part to part."""
    items: list[Any] = []
    totals = set()
    place: str | None = path
    while place:
        part = read(site.address + place.removeprefix(site.address))
        assert part["items"]
        items += part["items"]
        totals.add(part["total"])
        place = part["next"]
    assert totals == {len(items)}
    return items


def practices(site: Site) -> dict[str, list[Any]]:
    return {region: walk(site, f"/api/v1/regions/{region}/practices?limit=100") for region in ("paris", SECOND)}


def test_a_start_on_a_full_database_loads_nothing(office: Office) -> None:
    for site in (office.one, office.other):
        assert "Loading" not in site.said
        assert f"{site.address}/uk/{SECOND}" in site.said
        name, _, host = office.database.partition("@/")[2].partition("?host=")
        assert f"database {name} on {unquote(host)}" in site.said
        assert "postgresql://" not in site.said  # nor who may open it


def test_what_is_loaded_and_enabled_is_listed(office: Office) -> None:
    listed = [line.split() for line in office.lanzarote("region", "list").splitlines()]

    assert [line[:2] for line in listed] == [["iceland", "not"], ["paris", "enabled"], [SECOND, "enabled"]]


def test_what_one_process_disables_is_gone_from_the_next_answer_of_all_others(office: Office) -> None:
    paths = (f"/uk/{SECOND}", f"/api/v1/regions/{SECOND}/practices", f"/uk/{SECOND}/practices")
    places = [site.address + path for site in (office.one, office.other) for path in paths]
    lists = [f"{site.address}/api/v1/regions" for site in (office.one, office.other)]
    for _ in range(2):  # the second answer comes from memory
        assert {place: status(place) for place in places} == dict.fromkeys(places, 200)

    office.lanzarote("region", "disable", SECOND)
    disabled = {place: status(place) for place in places}
    regions = [[region["id"] for region in read(place)["items"]] for place in lists]
    office.lanzarote("region", "enable", SECOND)

    assert disabled == dict.fromkeys(places, 404)
    assert regions == [["paris"], ["paris"]]
    assert {place: status(place) for place in places} == dict.fromkeys(places, 200)


def test_a_walk_with_cursors_sees_every_practice_once(office: Office) -> None:
    whole = [practice["id"] for items in practices(office.one).values() for practice in items]
    lists = (f"/api/v1/regions/{region}/practices?limit=4" for region in practices(office.one))
    walked = [practice["id"] for path in lists for practice in walk(office.other, path)]

    assert len(walked) > 8
    assert len(set(walked)) == len(walked)
    assert set(walked) == set(whole)


def test_words_are_found_in_every_region_and_script(office: Office) -> None:
    found = {
        words: {hit["practice"]["region"] for hit in walk(office.one, f"/api/v1/search?q={quote(words)}&kind=practice")}
        for words in ("HOPITAL", "ЇЖАЧОК")
    }

    assert found == {"HOPITAL": {"paris"}, "ЇЖАЧОК": {SECOND}}


@pytest.mark.parametrize("lang", ["fr", "uk"])
def test_the_list_of_all_regions_leads_to_every_practice_whatever_its_language(office: Office, lang: str) -> None:
    code, table = ask(f"{office.one.address}/{lang}/practices?format=csv")
    addresses = [row[-1] for row in csv.reader(io.StringIO(table.decode("utf-8-sig")))][1:]

    assert code == 200
    assert any("/paris/" in address for address in addresses)
    assert any(f"/{SECOND}/" in address for address in addresses)
    assert {status(address) for address in addresses} == {200}


def test_a_backup_moves_the_instance_to_a_machine_with_sqlite(
    office: Office, machine: Callable[[str], Machine]
) -> None:
    backup = office.machine.home / "all.zip"
    office.lanzarote("backup", str(backup))
    alone = machine("alone")  # without the package of the second region: its records need it no more
    alone.lanzarote("restore", backup)

    with alone.running() as site:
        assert "Loading" not in site.said
        assert practices(site) == practices(office.one)
        assert status(f"{site.address}/uk/{SECOND}/practices") == 200
    assert "its package is not installed" in alone.lanzarote("doctor")


def test_a_reader_searches_all_regions_at_once(page: Page, office: Office) -> None:
    page.goto(f"{office.other.address}/fr")
    links = {link.get_attribute("href") for link in page.locator("main a").all()}
    assert {"/fr/paris", f"/uk/{SECOND}"} <= links
    page.goto(f"{office.other.address}/fr/practices")
    everything = page.locator(".card").count()
    page.get_by_role("searchbox").fill("шкільнии")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/practices?q=*")

    title = page.locator(".card-title a").first
    assert everything > 1
    assert title.get_attribute("href") == f"/uk/{SECOND}/practices/shkilnyi-lyst"
    assert page.locator(".card-title").first.get_attribute("lang") == "uk"
    title.click()
    page.wait_for_url("**/practices/shkilnyi-lyst*")
    assert page.locator("html").get_attribute("lang") == "uk"
