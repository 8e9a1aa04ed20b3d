"""The page for a child or a witness: numbers to call, nothing asked, nothing kept."""

from __future__ import annotations

from contextlib import closing
from sqlite3 import connect
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.facts.helplines import european
from lanzarote.instance import Instance

from tests.conftest import copy_of
from tests.core.web.reading import PageRead, client_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from litestar.testing import TestClient


DOORS = ("", "/worried", "/happened", "/fear")
STOP = "tel:0806231063"
"""For people attracted to children."""


def called(client: TestClient[Any], path: str) -> list[str]:
    """What can be called or written to on a page, in its order."""
    answer = client.get(path)
    assert answer.status_code == 200
    return [link["href"] for link in PageRead(answer.text).links if link["href"].startswith(("tel:", "sms:"))]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_line_of_the_region_can_be_called(client: TestClient[Any], paris: Instance, lang: str) -> None:
    numbers = {
        f"{'sms' if line.text_messages else 'tel'}:{line.number.replace(' ', '')}"
        for line in paris.vocabulary("paris").helplines.values()
        if line.number
    }

    on_pages = {one for door in DOORS for one in called(client, f"/{lang}/paris/help{door}")}

    assert on_pages == numbers
    assert {"tel:119", "sms:114"} <= on_pages


def test_where_a_child_reads_stands_no_line_for_people_attracted_to_children(client: TestClient[Any]) -> None:
    pages = {door: STOP in called(client, f"/fr/paris/help{door}") for door in DOORS}

    assert pages == {"": False, "/worried": False, "/happened": False, "/fear": True}


@pytest.mark.parametrize("door", [*DOORS, "/now"])
def test_each_page_leads_to_the_others(client: TestClient[Any], door: str) -> None:
    page = PageRead(client.get(f"/fr/paris/help{door}").text)

    assert [one["href"] for one in page.links if "/paris/help" in one["href"] and one["href"].startswith("/fr")][
        :4
    ] == [f"/fr/paris/help{one}" for one in DOORS]


@pytest.mark.parametrize("door", ["", "/now"])
def test_who_cannot_speak_aloud_can_write(client: TestClient[Any], door: str) -> None:
    links = [one["href"] for one in PageRead(client.get(f"/fr/paris/help{door}").text).links]

    assert links.index("https://www.allo119.gouv.fr") == links.index("tel:119") + 1
    assert links.index("https://3018.fr") == links.index("tel:3018") + 1


@pytest.mark.parametrize("path", ["/fr/help/nobody", "/fr/paris/help/nobody", "/xx/help"])
def test_there_is_no_other_door(client: TestClient[Any], path: str) -> None:
    assert client.get(path).status_code == 404


def test_nothing_leads_from_there_to_packages_or_programs(client: TestClient[Any]) -> None:
    """Not home either by its name alone: whoever reads there has other worries than what runs the site."""
    page = PageRead(client.get("/fr/paris/help").text)

    inside = {one["href"] for one in page.links if one["href"].startswith("/")}
    assert {one for one in inside if "/help" not in one} == {"/fr/paris"}


def test_the_line_for_children_comes_first(client: TestClient[Any]) -> None:
    page = PageRead(client.get("/fr/paris/help").text)

    first = next(link["href"] for link in page.links if link["href"].startswith("tel:"))

    assert first == "tel:119"


def test_a_child_is_spoken_to_in_the_familiar_form(client: TestClient[Any]) -> None:
    child, worried = (PageRead(client.get(f"/fr/paris/help{door}").text) for door in ("", "/worried"))

    assert child.headings == ["Tu es un enfant ?"]
    assert "Ce n’est pas ta faute" in child.words
    assert "vous" not in child.words.lower().split()
    assert worried.headings == ["Vous vous inquiétez pour un enfant ?"]


def test_nothing_is_asked_and_nothing_is_kept(client: TestClient[Any]) -> None:
    answer = client.get("/fr/paris/help")

    assert PageRead(answer.text).forms == 0
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers
    assert "etag" not in answer.headers


def test_where_the_reader_came_from_is_not_carried_on(client: TestClient[Any]) -> None:
    answer = client.get("/fr/paris/help?x=%3Cscript%3Ealert(1)%3C/script%3E&utm_source=somewhere")

    assert answer.status_code == 200
    assert "alert(1)" not in answer.text
    assert "utm_source" not in answer.text


def test_leaving_leads_to_a_page_that_says_nothing(client: TestClient[Any]) -> None:
    page = PageRead(client.get("/fr/paris/help").text)

    [leave] = [link for link in page.links if "data-leave" in link]

    assert (leave["href"], leave["rel"]) == ("https://fr.wikipedia.org/", "noreferrer")


def test_help_without_a_place_leads_to_the_only_region(client: TestClient[Any]) -> None:
    answers = [client.get(f"/fr/help{door}", follow_redirects=False) for door in ("", "/worried")]

    assert [(one.status_code, one.headers["location"]) for one in answers] == [
        (302, "/fr/paris/help"),
        (302, "/fr/paris/help/worried"),
    ]


EUROPE = ["tel:112", "tel:116111", "tel:116000"]


@pytest.fixture(scope="module")
def two_regions(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient[Any]]:
    url = copy_of(paris_template, tmp_path_factory.mktemp("two"))
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as instance:
        instance.load("iceland")
        with client_of(instance) as client:
            yield client


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_without_a_place_the_numbers_of_europe_come_first_and_those_of_each_region_follow(
    two_regions: TestClient[Any], lang: str
) -> None:
    assert called(two_regions, f"/{lang}/help") == [*EUROPE, "tel:112", "tel:119", "tel:3018"]
    assert STOP in called(two_regions, f"/{lang}/help/fear")


@pytest.mark.parametrize("path", ["/fr", "/fr/convention"])
def test_the_strip_on_every_page_without_a_place_says_the_numbers_of_europe(
    two_regions: TestClient[Any], path: str
) -> None:
    assert called(two_regions, path)[:2] == ["tel:112", "tel:116111"]


def test_a_page_with_numbers_of_europe_says_where_they_were_read(two_regions: TestClient[Any]) -> None:
    links = [one["href"] for one in PageRead(two_regions.get("/en/help").text).links]

    read_in = {european().sources[key].url for line in european().lines.values() for key in line.sources}
    assert read_in <= set(links)


PLACES = ("/help", "/paris/help", "/paris/help/worried", "/paris/help/fear")


def test_whom_to_call_is_said_when_the_database_is_away(
    paris_template: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = copy_of(paris_template, tmp_path)
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as instance, client_of(instance) as client:
        client.cookies.set("lanzarote-session", "x" * 43)  # of somebody who works there: nobody looks it up
        before = called(client, "/fr/paris/help")
        instance.database.engine.dispose()
        with closing(connect(url.removeprefix("sqlite:///"))) as connection:
            connection.executescript("PRAGMA foreign_keys=OFF; DROP TABLE region; DROP TABLE session")
        pages = {path: client.get(f"/fr{path}") for path in PLACES}

    assert "tel:119" in before
    assert {path: one.status_code for path, one in pages.items()} == dict.fromkeys(PLACES, 200)
    assert {path: "tel:112" in one.text for path, one in pages.items()} == dict.fromkeys(PLACES, True)
    assert "tel:116111" in pages["/paris/help"].text
    assert "Tu es en danger en ce moment" in pages["/help"].text
    assert pages["/help"].headers["cache-control"] == "no-store"
    assert not [one for one in caplog.records if one.exc_info]


def test_search_engines_may_find_it(client: TestClient[Any]) -> None:
    page = PageRead(client.get("/fr/paris/help").text)

    assert page.named(name="robots") == []
    assert "/fr/paris/help<" in client.get("/sitemap/paris-1.xml").text
