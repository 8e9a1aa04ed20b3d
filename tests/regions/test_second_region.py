"""A region that is not Paris: one language, another script, four plural forms, its own law; both on one instance.

Everything about it is invented; see tests/regions/second.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.practices.service import facets_of
from lanzarote.records.records import Draft, create, encode
from lanzarote.store.database import Database
from lanzarote.translation import plural_categories
from lanzarote.types import Practice, PracticeText
from litestar.testing import TestClient

from tests.core.web.reading import PageRead, client_of
from tests.regions.second import both_regions

HOME = "/uk/second-region"
ROOMS = (
    "", "/practices", "/practices/yizhak-u-sudi", "/practices/shkilnyi-lyst", "/practices/yizhak-u-sudi/versions",
    "/practices/yizhak-u-sudi/versions/1", "/shortlist", "/sectors", "/sectors/sudy", "/cooperation", "/organisations",
    "/organisations/вигаданий-суд-озерного", "/law", "/law/xu-vk-7", "/ages", "/coverage", "/sources", "/group",
    "/help", "/correct", "/feeds",
)  # fmt: skip
RESOURCES = (
    "", "/practices", "/practices/yizhak-u-sudi", "/stakeholders", "/sectors", "/provisions", "/ages", "/helplines",
    "/sources", "/coverage", "/mandates",
)  # fmt: skip
OF_PARIS = re.compile(r"paris|franc|french|\bASE\b|\b119\b|\bfr-[a-z]+-\d", re.IGNORECASE)
FRENCH_LETTERS = re.compile("[éèêëàâçùûôîœ«]\\w*")


@pytest.fixture(scope="module")
def instance(module_database_url: str) -> Iterator[Instance]:
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": module_database_url}), both_regions()) as instance:
        instance.load("paris")
        instance.load("second-region")
        yield instance


@pytest.fixture(scope="module")
def both(instance: Instance) -> Iterator[TestClient[Any]]:
    with client_of(instance) as client:
        yield client


def read(client: TestClient[Any], path: str) -> PageRead:
    answer = client.get(quote(path, safe="/?=&%"))
    assert answer.status_code == 200, path
    return PageRead(answer.text)


# The package


def test_its_folder_has_no_fault(instance: Instance) -> None:
    assert instance.content("second-region").problems == []


def test_both_regions_are_loaded_and_no_package_is_blamed(instance: Instance) -> None:
    assert instance.loaded() == {"paris": True, "second-region": True}
    assert {package.name: package.fault for package in instance.host.ask_all().packages} == {
        "abbreviations": "", "compendium": "", "i18n": "", "iceland": "", "oidc": "", "paris": "",
        "second-region": "", "spreadsheet": "", "webhook": "",
    }  # fmt: skip
    assert instance.upgrades_due() == []


def test_a_package_beside_it_does_not_make_its_upgrade_due(instance: Instance) -> None:
    with new_instance(instance.settings) as without_the_second:
        assert "second-region" not in without_the_second.installed
        assert without_the_second.upgrades_due() == []


# Its pages


@pytest.mark.parametrize("room", ROOMS)
def test_its_pages_speak_its_language_and_know_nothing_of_paris(both: TestClient[Any], room: str) -> None:
    html = both.get(quote(HOME + room)).text
    page = PageRead(html)
    assert page.lang == "uk"
    assert {tag.get("hreflang") for tag in page.heads if tag.get("rel") == "alternate" and "hreflang" in tag} == {"uk"}
    assert "Вигаданий край" in page.title
    assert OF_PARIS.findall(html) == []
    assert FRENCH_LETTERS.findall(re.sub("«[^»]*»", "", page.words)) == []
    assert 'lang="fr"' not in html


@pytest.mark.parametrize("room", ROOMS)
def test_the_help_strip_has_its_own_lines_on_every_page(both: TestClient[Any], room: str) -> None:
    page = read(both, HOME + room)
    assert {link["href"] for link in page.links if link["href"].startswith("tel:")} == {"tel:000001", "tel:000002"}


def test_paris_keeps_its_lines_and_languages(both: TestClient[Any]) -> None:
    page = read(both, "/fr/paris/practices")
    called = {link["href"] for link in page.links if link["href"].startswith("tel:")}
    assert "tel:119" in called
    assert not called & {"tel:000001", "tel:000002"}
    offered = {tag.get("hreflang") for tag in page.heads if tag.get("rel") == "alternate" and "hreflang" in tag}
    assert offered == {"fr", "en"}


def test_its_navigation_is_said_with_its_own_words(both: TestClient[Any]) -> None:
    said = both.get(HOME).text
    for room, word in (("practices", "Практики"), ("sectors", "Сектори"), ("organisations", "Організації")):
        assert f'<a href="{HOME}/{room}">{word}</a>' in said


@pytest.mark.parametrize("language", ["fr", "en", "de", "ru"])
def test_it_is_not_there_in_another_language(both: TestClient[Any], language: str) -> None:
    assert both.get(f"/{language}/second-region").status_code == 404
    assert both.get("/uk/paris").status_code == 404


# Its plurals


def test_it_has_four_plural_forms(instance: Instance) -> None:
    translator = instance.translations.translator("uk")
    assert plural_categories("uk") == ("one", "few", "many", "other")
    said = {
        n: translator.ngettext("%(num)s practice", "%(num)s practices", n) for n in (0, 1, 2, 5, 11, 12, 21, 22, 25)
    }
    assert {n: text % {"num": n} for n, text in said.items()} == {
        0: "0 практик", 1: "1 практика", 2: "2 практики", 5: "5 практик", 11: "11 практик", 12: "12 практик",
        21: "21 практика", 22: "22 практики", 25: "25 практик",
    }  # fmt: skip


@pytest.fixture
def growing(sqlite_url: str) -> Iterator[tuple[Database, TestClient[Any]]]:
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": sqlite_url}), both_regions()) as instance:
        instance.load("second-region")
        with client_of(instance) as client:
            yield instance.database, client


def test_a_page_counts_as_the_language_does(growing: tuple[Database, TestClient[Any]]) -> None:
    database, client = growing
    counted = {"?q=їжак": "1 практика", "": "2 практики"}
    text = PracticeText(title="Вигадана вправа", summary="Її немає.")
    practice = Practice(original="uk", text={"uk": text}, scope="local", running="ongoing", sectors=("sudy",))
    said = {query: words for query, words in counted.items() if words in read(client, f"{HOME}/practices{query}").words}
    assert said == counted
    for size, words in ((5, "5 практик"), (21, "21 практика"), (22, "22 практики")):
        with database.write("second-region") as session:
            more = size - client.get("/api/v1/regions/second-region/practices?limit=1").json()["total"]
            draft = Draft(kind="practice", slug="v", body=encode(practice), status=b"{}", publish=True)
            create(session, "second-region", [draft] * more, by="team")
        page = read(client, f"{HOME}/practices")
        assert re.search(rf"\b{words}\b", page.words), (size, page.words)


# Found however it is written


@pytest.mark.parametrize(
    "words",
    [
        "їжак",
        "іжак",
        "ЇЖАК",
        "Їжаку"[:4],
        "ерж",
        "ёрж",
        "Ёрж Їжак",
        "тихій",
        "тихіи",
        "ТИХІЙ суду",
        "тих",
        "і\u0308жак",
    ],
)
def test_its_practice_is_found_however_its_letters_are_written(both: TestClient[Any], words: str) -> None:
    found = both.get("/api/v1/regions/second-region/practices", params={"q": words}).json()
    assert [item["slug"] for item in found["items"]] == ["yizhak-u-sudi"]
    page = both.get(f"{HOME}/practices", params={"q": words}).text
    assert f'href="{HOME}/practices/yizhak-u-sudi' in page
    assert f'href="{HOME}/practices/shkilnyi-lyst' not in page


def test_a_partner_is_found_too(both: TestClient[Any]) -> None:
    found = both.get("/api/v1/regions/second-region/practices", params={"q": "затишок"}).json()
    assert [item["slug"] for item in found["items"]] == ["yizhak-u-sudi"]


# Its own questions


def test_its_list_is_narrowed_by_its_own_questions_in_its_own_words(both: TestClient[Any]) -> None:
    page = both.get(f"{HOME}/practices").text
    choice = r'name="field" value="(.*?)"><span>(.*?)</span><span class="count">.*?(\d+)</span></label>'
    offered = re.findall(choice, page)
    assert offered[:2] == [
        ("koshty:hromada", "Вигадана громада", "2"),
        ("koshty:stara-skrynia", 'Стара вигадана скриня (<span lang="en">no longer used</span>)', "1"),
    ]
    assert [(value, count) for value, _, count in offered[2:]] == [("unochi:yes", "1"), ("unochi:no", "1")]
    narrowed = both.get(f"{HOME}/practices?field=koshty:hromada&field=unochi:yes&format=csv").text
    assert "Їжак" in narrowed
    assert "Шкільний лист" not in narrowed
    assert slugs(both, "second-region", field="unochi:no") == {"shkilnyi-lyst"}


def test_no_other_list_asks_them(both: TestClient[Any]) -> None:
    for path in ("/uk/practices", "/en/paris/practices", "/fr/practices?field=unochi:yes"):
        assert 'name="field"' not in both.get(path).text
    assert slugs(both, "paris", field="unochi:yes") == set()


# Beside Paris


def slugs(client: TestClient[Any], region: str, **query: str) -> set[str]:
    items: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        part = client.get(
            f"/api/v1/regions/{region}/practices", params=query | ({"cursor": cursor} if cursor else {})
        ).json()
        items += part["items"]
        cursor = part["next"]
    assert {item["region"] for item in items} <= {region}
    return {item["slug"] for item in items}


def test_each_list_has_its_own_practices(both: TestClient[Any]) -> None:
    mine, theirs = slugs(both, "second-region"), slugs(both, "paris")
    assert mine == {"yizhak-u-sudi", "shkilnyi-lyst"}
    assert len(theirs) > 10
    assert not mine & theirs
    assert slugs(both, "paris", q="їжак") == slugs(both, "second-region", q="Trousseau") == set()
    assert slugs(both, "paris", q="enfant") != set()


@pytest.mark.parametrize("room", RESOURCES)
def test_its_data_know_nothing_of_paris(both: TestClient[Any], room: str) -> None:
    answer = both.get(f"/api/v1/regions/second-region{room}")
    assert answer.status_code == 200
    assert OF_PARIS.findall(json.dumps(answer.json(), ensure_ascii=False)) == []


@pytest.mark.parametrize("room", RESOURCES)
def test_the_data_of_paris_know_nothing_of_it(both: TestClient[Any], room: str) -> None:
    path = room.replace("/yizhak-u-sudi", "/pare")
    answer = both.get(f"/api/v1/regions/paris{path}")
    assert answer.status_code == 200
    assert "second-region" not in answer.text
    assert not re.search("[а-яіїєґ]{4}", answer.text.lower())


@pytest.mark.parametrize(
    "path",
    [
        "/uk/second-region/practices/pare", "/uk/second-region/sectors/courts", "/uk/second-region/organisations/acpe",
        "/uk/second-region/law/fr-cp-225-12-1", "/fr/paris/practices/yizhak-u-sudi", "/fr/paris/sectors/sudy",
        "/fr/paris/law/xu-vk-7", "/api/v1/regions/second-region/practices/pare",
        "/api/v1/regions/paris/practices/yizhak-u-sudi",
    ],
)  # fmt: skip
def test_nothing_of_the_other_region_is_behind_its_addresses(both: TestClient[Any], path: str) -> None:
    assert both.get(path).status_code == 404


def test_facets_offer_only_what_the_region_has(instance: Instance) -> None:
    mine, theirs, every = (facets_of(instance, region) for region in ("second-region", "paris", None))
    assert set(mine.masks["sector"]) == {"sudy", "shkoly", "hromady"}
    assert not set(mine.masks["sector"]) & set(theirs.masks["sector"])
    assert set(mine.masks["region"]) == {"second-region"}
    assert every.size == mine.size + theirs.size
    assert every.counts({}, facets=("region",)) == {"region": {"second-region": mine.size, "paris": theirs.size}}


def test_feeds_and_sitemaps_keep_them_apart(both: TestClient[Any]) -> None:
    for region, own, foreign in (("second-region", "uk", "paris"), ("paris", "fr", "second-region")):
        for address in (f"/{own}/{region}/practices.atom", f"/sitemap/{region}-1.xml"):
            said = both.get(address).text
            assert f"/{own}/{region}/" in said
            assert foreign not in said


def test_a_search_in_all_regions_finds_both(both: TestClient[Any]) -> None:
    page = read(both, "/uk/search?q=їжак")
    assert any(link["href"].startswith(f"{HOME}/practices/yizhak-u-sudi") for link in page.links)
    assert not any("/paris/practices/" in link["href"] for link in page.links)


def test_a_disabled_region_is_nowhere_and_the_other_stays(instance: Instance, both: TestClient[Any]) -> None:
    paths = [HOME, f"{HOME}/practices", f"{HOME}/practices/yizhak-u-sudi", f"{HOME}/practices.atom"]
    paths += [
        "/api/v1/regions/second-region",
        "/api/v1/regions/second-region/practices",
        "/sitemap/second-region-1.xml",
    ]
    instance.enable("second-region", on=False)
    try:
        wait_until(lambda: both.get(HOME).status_code == 404)
        assert {path: both.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)
        for path in ("/uk", "/en", "/uk/search?q=їжак", "/sitemap.xml", "/api/v1/regions", "/fr/practices.atom"):
            assert "second-region" not in both.get(quote(path, safe="/?=")).text, path
        assert both.get("/fr/paris/practices").status_code == 200
    finally:
        instance.enable("second-region")
        wait_until(lambda: both.get(HOME).status_code == 200)
    assert {path: both.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def wait_until(holds: Any) -> None:
    import time

    deadline = time.monotonic() + 5  # PostgreSQL's notice takes its time
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
