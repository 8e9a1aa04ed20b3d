"""An instance with two regions that share no language: every link leads somewhere, and help is never far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings

from tests.core.web.reading import PageRead, client_of
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from litestar.testing import TestClient


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[TestClient[Any]]:
    from tests.conftest import copy_of

    url = copy_of(sqlite_template, tmp_path_factory.mktemp("both"))
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url}), both_regions()) as instance:
        instance.load("paris")
        instance.load("second-region")
        with client_of(instance) as client:
            yield client


def read(client: TestClient[Any], path: str) -> PageRead:
    answer = client.get(path)
    assert answer.status_code == 200
    return PageRead(answer.text)


@pytest.mark.parametrize(("accepted", "place"), [("fr", "/fr"), ("uk", "/uk"), ("de", "/en"), ("en-GB", "/en")])
def test_the_front_leads_to_the_list_of_regions(both: TestClient[Any], accepted: str, place: str) -> None:
    answer = both.get("/", headers={"accept-language": accepted}, follow_redirects=False)

    assert answer.headers["location"] == place


def test_a_region_is_linked_in_a_language_it_is_written_in(both: TestClient[Any]) -> None:
    french = [link["href"] for link in read(both, "/fr").links]
    ukrainian = [link["href"] for link in read(both, "/uk").links]

    assert {"/fr/paris", "/uk/second-region"} <= set(french)
    assert {"/fr/paris", "/uk/second-region"} <= set(ukrainian)


def test_the_name_of_a_region_in_another_language_says_so(both: TestClient[Any]) -> None:
    assert '<span lang="uk">Вигаданий край</span>' in both.get("/fr").text


@pytest.mark.parametrize("lang", ["en", "fr", "uk"])
def test_pages_of_no_region_are_there_in_every_language(both: TestClient[Any], lang: str) -> None:
    for path in ("", "/convention", "/convention/10", "/context", "/context/instruments", "/legal", "/api", "/help"):
        page = read(both, f"/{lang}{path}")
        assert page.lang == lang
        assert page.title.endswith("– Lanzarote")


@pytest.mark.parametrize("lang", ["en", "fr", "uk"])
def test_help_begins_with_numbers_and_leads_to_each_place(both: TestClient[Any], lang: str) -> None:
    start, help_page = read(both, f"/{lang}"), read(both, f"/{lang}/help")
    paris = "/fr/paris/help" if lang == "uk" else f"/{lang}/paris/help"

    assert f"/{lang}/help" in [link["href"] for link in start.links]
    assert {paris, "/uk/second-region/help"} <= {link["href"] for link in help_page.links}
    assert help_page.forms == 0
    # Nobody named a place: first what holds in many countries.
    called = [link["href"] for link in help_page.links if link["href"].startswith("tel:")]
    assert called[:3] == ["tel:112", "tel:116111", "tel:116000"]
    assert {"tel:119", "tel:000001"} <= set(called)


def test_a_region_has_only_its_own_lines(both: TestClient[Any]) -> None:
    page = read(both, "/uk/second-region/help")

    assert {link["href"] for link in page.links if "tel:" in link["href"]} == {"tel:000001", "tel:000002"}


def test_an_article_tells_of_every_region(both: TestClient[Any]) -> None:
    page = read(both, "/fr/convention/10")
    links = [link["href"] for link in page.links]

    assert "Вигаданий край" in page.words
    assert "/fr/paris/practices?article=10" in links


def test_every_region_has_a_sitemap(both: TestClient[Any]) -> None:
    index = both.get("/sitemap.xml").text

    assert "http://lanzarote.test/sitemap/second-region-1.xml" in index
    pages = both.get("/sitemap/second-region-1.xml").text
    assert "http://lanzarote.test/uk/second-region/help" in pages
    assert "/fr/second-region" not in pages


def test_the_feed_of_all_regions_has_the_practices_of_each(both: TestClient[Any]) -> None:
    feed = both.get("/fr/practices.atom").text

    assert "http://lanzarote.test/fr/paris/practices/" in feed
    assert "http://lanzarote.test/uk/second-region/practices/" in feed


@pytest.mark.parametrize("path", ["/fr/second-region", "/en/second-region/help", "/uk/paris"])
def test_a_region_is_not_there_in_a_language_it_is_not_written_in(both: TestClient[Any], path: str) -> None:
    assert both.get(path).status_code == 404
