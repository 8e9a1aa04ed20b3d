"""Iceland as the public reads it, in Icelandic that awaits review and in English, beside Paris."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.records.records import Draft, create, encode
from lanzarote.types import Practice, PracticeText

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.web.reading import PageRead, Spoken, client_of
from tests.core.web.seen import SIDEWAYS, violations

if TYPE_CHECKING:
    from litestar.testing import TestClient
    from playwright.sync_api import Page

HOME = "/is/iceland"
ROOMS = (
    "", "/practices", "/practices/barnahus", "/practices/taktu-skrefid", "/procedures", "/procedures/barnahus",
    "/sectors", "/sectors/child-protection", "/cooperation", "/organisations", "/organisations/barnahus", "/law",
    "/law/is-hgl-202", "/ages", "/coverage", "/sources", "/group", "/help", "/correct", "/feeds",
)  # fmt: skip
DRAFT = "eru drög"
"""What every page says of its language until a native reader has gone through it."""


@pytest.fixture(scope="module")
def instance(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    url = copy_of(sqlite_template, tmp_path_factory.mktemp("iceland"))
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as instance:
        instance.load("paris")
        instance.load("iceland")
        yield instance


@pytest.fixture(scope="module")
def client(instance: Instance) -> Iterator[TestClient[Any]]:
    with client_of(instance) as client:
        yield client


def read(client: TestClient[Any], path: str) -> PageRead:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return PageRead(answer.text)


# Languages


def test_a_site_that_runs_speaks_the_words_of_a_region_that_comes_later(sqlite_template: Path, tmp_path: Path) -> None:
    settings = read_settings({"LANZAROTE_DATABASE_URL": copy_of(sqlite_template, tmp_path)})
    with new_instance(settings) as running, new_instance(settings) as loading:
        running.load("paris")
        with client_of(running) as client:
            assert "Pratiques" in read(client, "/fr/paris/practices").words
            assert client.get("/is/iceland").status_code == 404
            loading.load("iceland")
            assert "Starfsvenjur" in read(client, "/is/iceland/practices").words
            assert "Pratiques" in read(client, "/fr/paris/practices").words


@pytest.mark.parametrize("room", ROOMS)
def test_an_icelandic_page_says_that_its_language_is_a_draft(client: TestClient[Any], room: str) -> None:
    answer = client.get(HOME + room)
    assert answer.status_code == 200
    assert PageRead(answer.text).lang == "is"
    assert answer.text.count(DRAFT) == 1


@pytest.mark.parametrize("room", ROOMS)
def test_what_is_not_translated_is_english_and_says_so(client: TestClient[Any], room: str) -> None:
    english = re.compile(r"\b(the(?! Children)|which|that|with|is not)\b")
    said = Spoken(client.get(HOME + room).text)
    assert [words for lang, words in said.pieces if lang == "is" and english.search(words)] == []


@pytest.mark.parametrize("path", ["/en/iceland", "/en/iceland/help", "/fr/paris", "/fr", "/en"])
def test_no_other_language_is_called_a_draft(client: TestClient[Any], path: str) -> None:
    html = client.get(path).text
    assert DRAFT not in html
    assert "is a draft:" not in html
    assert "est un brouillon" not in html


def test_a_child_reads_what_it_needs_before_how_the_words_came_about(client: TestClient[Any]) -> None:
    html = client.get(f"{HOME}/help").text
    assert html.index("<h1>Ert þú barn?") < html.index("Þessi síða spyr þig einskis") < html.index(DRAFT)


def test_pages_of_no_region_are_offered_in_icelandic_only_where_iceland_is_served(
    client: TestClient[Any], sqlite_url: str
) -> None:
    assert client.get("/is").status_code == 200
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": sqlite_url})) as paris, client_of(paris) as without:
        paris.load("paris")
        assert "iceland" in paris.installed
        assert without.get("/is").status_code == 404
        assert 'hreflang="is"' not in without.get("/en").text


# Plurals


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1 starfsvenja"), (2, "2 starfsvenjur"), (11, "11 starfsvenjur"), (21, "21 starfsvenja"),
        (101, "101 starfsvenja"), (111, "111 starfsvenjur"),
    ],
)  # fmt: skip
def test_twenty_one_is_one_and_eleven_is_many(instance: Instance, number: int, words: str) -> None:
    said = instance.translations.translator("is").ngettext("%(num)s practice", "%(num)s practices", number)
    assert said % {"num": number} == words


def test_a_page_counts_as_icelandic_does(sqlite_url: str) -> None:
    practice = Practice(
        original="en",
        text={"en": PracticeText(title="An invented exercise", summary="It is not there.")},
        scope="local",
        running="ongoing",
        sectors=("police",),
    )
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": sqlite_url})) as growing:
        growing.load("iceland")
        with client_of(growing) as asking:
            for size, words in ((7, "7 starfsvenjur"), (11, "11 starfsvenjur"), (21, "21 starfsvenja")):
                with growing.database.write("iceland") as session:
                    more = size - asking.get("/api/v1/regions/iceland/practices?limit=1").json()["total"]
                    draft = Draft(kind="practice", slug="v", body=encode(practice), status=b"{}", publish=True)
                    create(session, "iceland", [draft] * more, by="team")
                assert re.search(rf"\b{words}\b", read(asking, f"{HOME}/practices").words), size


# What is shown


def test_a_practice_shows_the_side_that_no_source_names(client: TestClient[Any]) -> None:
    assert "Engin félagasamtök nefnd í heimildum" in read(client, f"{HOME}/practices/barnahus").words
    assert "Enginn opinber aðili nefndur í heimildum" in read(client, f"{HOME}/practices/verndarar-barna").words


def test_the_procedure_has_a_lane_for_each_body_and_is_endorsed_by_nobody(client: TestClient[Any]) -> None:
    page = read(client, f"{HOME}/procedures/barnahus")
    assert "enginn aðili hefur staðfest lýsinguna" in page.words
    svg = client.get(f"{HOME}/procedures/barnahus/lanes.svg")
    assert svg.status_code == 200
    lanes = ("Barnavernd", "Barnahús", "Lögregla", "Héraðsdóms", "Héraðssaks", "Ríkissaks")
    assert [lane for lane in lanes if lane not in svg.text] == []


def test_a_provision_is_cited_in_both_languages(client: TestClient[Any]) -> None:
    assert "3. mgr. 22. gr. barnaverndarlaga nr. 80/2002" in read(client, f"{HOME}/law/is-bvl-22").words
    assert "Art. 22 (3), Child Protection Act no. 80/2002" in read(client, "/en/iceland/law/is-bvl-22").words


def test_paris_and_iceland_know_nothing_of_each_other(client: TestClient[Any]) -> None:
    assert "Barnahús" not in client.get("/fr/paris/practices").text
    assert client.get("/fr/iceland").status_code == client.get("/is/paris").status_code == 404
    called = {link["href"] for link in read(client, f"{HOME}/practices").links if link["href"].startswith("tel:")}
    assert called == {"tel:112"}


@pytest.mark.parametrize("words", ["barnahús", "BARNAHUS", "Neyðarlínan", "neydarlinan", "Landspítali", "landspitali"])
def test_it_is_found_however_its_letters_are_written(client: TestClient[Any], words: str) -> None:
    found = client.get("/api/v1/regions/iceland/practices", params={"q": words}).json()
    assert found["items"], words


# On a screen


@pytest.fixture(scope="module")
def site(instance: Instance) -> Iterator[str]:
    with serving(instance) as address:
        yield address


@pytest.mark.parametrize("room", ["", "/practices/barnahus", "/procedures/barnahus", "/help", "/law/is-hgl-202"])
def test_an_icelandic_page_fits_a_phone(page: Page, site: str, room: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{site}{HOME}{room}")
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.locator("html").get_attribute("lang") == "is"
    assert page.get_by_text(DRAFT).is_visible()


@pytest.mark.parametrize("room", ["", "/practices/barnahus", "/help"])
def test_axe_finds_nothing_in_light_and_in_dark(page: Page, site: str, room: str) -> None:
    page.goto(f"{site}{HOME}{room}")
    assert violations(page) == ""


def test_a_name_in_the_panel_of_help_is_read_in_one_piece(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}{HOME}")
    name = page.locator(".home-help .call", has_text="Barnavernd Reykjavíkur").bounding_box()
    assert name is not None
    assert name["width"] > 3 * name["height"]
