"""The page for a child or a witness: numbers to call, nothing asked, nothing kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.core.web.reading import PageRead

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from litestar.testing import TestClient


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_line_of_the_region_can_be_called(client: TestClient[Any], paris: Instance, lang: str) -> None:
    page = PageRead(client.get(f"/{lang}/paris/help").text)

    called = {link["href"] for link in page.links if link["href"].startswith("tel:")}

    numbers = {line.number for line in paris.vocabulary("paris").helplines.values() if line.number}
    assert called == {f"tel:{number.replace(' ', '')}" for number in numbers}
    assert "tel:119" in called


def test_the_line_for_children_comes_first(client: TestClient[Any]) -> None:
    page = PageRead(client.get("/fr/paris/help").text)

    first = next(link["href"] for link in page.links if link["href"].startswith("tel:"))

    assert first == "tel:119"


def test_a_child_is_spoken_to_in_the_familiar_form(client: TestClient[Any]) -> None:
    page = PageRead(client.get("/fr/paris/help").text)
    to_a_child, to_others = page.words.split("Appelez", 1)[0], page.words

    assert page.headings == ["Tu es un enfant ?"]
    assert "Ce n’est pas ta faute" in to_a_child
    assert "Vous vous inquiétez pour un enfant" in to_others


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
    answer = client.get("/fr/help", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (302, "/fr/paris/help")


def test_search_engines_may_find_it(client: TestClient[Any]) -> None:
    page = PageRead(client.get("/fr/paris/help").text)

    assert page.named(name="robots") == []
    assert "/fr/paris/help<" in client.get("/sitemap/paris-1.xml").text
