"""The pages that belong to no feature: whole, in both languages, and leading somewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.facts.convention import frameworks
from lanzarote.practices.service import facets_of

from tests.core.web.reading import PageRead

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from litestar.testing import TestClient

LANGUAGES = ("en", "fr")
PATHS = (
    "",
    "/convention",
    "/convention/1",
    "/convention/10",
    "/convention/50",
    "/context",
    *(f"/context/{page.key}" for page in frameworks().pages),
    "/legal",
    "/privacy",
    "/accessibility",
    "/plugins",
    "/api",
    "/paris/help",
    "/paris/feeds",
)
"""Below the language."""
PAGES = [f"/{lang}{path}" for lang in LANGUAGES for path in PATHS]


def read(client: TestClient[Any], path: str, status: int = 200) -> PageRead:
    answer = client.get(path)
    assert answer.status_code == status, answer.text[:300]
    return PageRead(answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_in_its_language(client: TestClient[Any], path: str) -> None:
    answer = client.get(path)
    page = PageRead(answer.text)

    assert (answer.status_code, page.lang) == (200, path[1:3])
    assert answer.headers["content-language"] == path[1:3]
    assert len(page.headings) == 1
    assert page.title.endswith("– Lanzarote · Paris")
    assert page.empty == []
    assert len(page.ids) == len(set(page.ids))
    assert not re.search(r"%\(|\{\{|\{%|\bNone\b(?!-)|Undefined", page.words)


@pytest.mark.parametrize("path", PATHS)
def test_no_page_says_the_same_words_in_both_languages(client: TestClient[Any], path: str) -> None:
    english, french = (read(client, f"/{lang}{path}") for lang in LANGUAGES)

    assert english.title != french.title
    assert english.words != french.words


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_where_it_is_and_in_which_languages(client: TestClient[Any], path: str) -> None:
    page = read(client, path)

    [canonical] = page.named(rel="canonical")
    alternates = {one["hreflang"]: one["href"] for one in page.named(rel="alternate") if "hreflang" in one}
    assert canonical["href"] == f"http://lanzarote.test{path}"
    assert alternates == {lang: f"http://lanzarote.test/{lang}{path[3:]}" for lang in LANGUAGES}
    [locale] = page.named(property="og:locale")
    assert locale["content"] == {"en": "en_GB", "fr": "fr_FR"}[page.lang]
    [feed] = page.named(type="application/atom+xml")
    assert feed["href"] == f"/{page.lang}/paris/practices.atom"


def test_every_link_on_these_pages_leads_somewhere(client: TestClient[Any]) -> None:
    pages = {path: read(client, path) for path in PAGES}
    wanted = {link["href"]: path for path, page in pages.items() for link in page.links}
    inside = {href: path for href, path in wanted.items() if href.startswith("/")}

    broken = {
        href: (path, status)
        for href, path in inside.items()
        if (status := client.get(href.partition("#")[0], follow_redirects=True).status_code) != 200
    }

    assert len(inside) > 150
    assert broken == {}


def test_every_link_within_a_page_finds_its_place(client: TestClient[Any]) -> None:
    for path in PAGES:
        page = read(client, path)
        inside = {link["href"].removeprefix("#") for link in page.links if link["href"].startswith("#")}
        assert inside <= set(page.ids), path


@pytest.mark.parametrize(
    ("accepted", "place"),
    [
        ("fr-CA, en;q=0.5", "/fr/paris"),
        ("en", "/en/paris"),
        ("uk", "/fr/paris"),
        ("", "/fr/paris"),
        (";;", "/fr/paris"),
    ],
)
def test_the_front_leads_to_the_only_region_in_the_readers_language(
    client: TestClient[Any], accepted: str, place: str
) -> None:
    answer = client.get("/", headers={"accept-language": accepted}, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (302, place)
    assert answer.headers["vary"].lower() == "accept-language"
    assert answer.headers["cache-control"] == "no-store"


def test_the_start_page_counts_what_a_region_documents(client: TestClient[Any], paris: Instance) -> None:
    page = read(client, "/en")

    assert f"{facets_of(paris, 'paris').size} practices documented" in page.words
    assert f"{len(paris.directory('paris'))} organisations named" in page.words


def test_the_legal_notice_says_that_nobody_was_named(client: TestClient[Any]) -> None:
    page = read(client, "/en/legal")

    assert "has not been named yet" in page.words
    assert "not a service of the Council of Europe" in page.words
    assert "CC BY 4.0" in page.words


def test_the_list_of_packages_tells_what_each_brings(client: TestClient[Any]) -> None:
    page = read(client, "/en/plugins")

    assert "lanzarote-region-paris" in page.words
    assert "a region" in page.words


def test_every_example_of_the_api_answers_with_json(client: TestClient[Any]) -> None:
    page = read(client, "/en/api")
    examples = [link["href"] for link in page.links if link["href"].startswith("/api/")]

    answers = [client.get(href) for href in examples]

    assert len(examples) == 8
    assert [answer.status_code for answer in answers] == [200] * 8
    assert all(answer.json() for answer in answers)


def test_no_page_sets_a_cookie_or_fetches_from_elsewhere(client: TestClient[Any]) -> None:
    for path in PAGES:
        answer = client.get(path)
        fetched = re.findall(
            r'<(?:script|img|link rel="(?:stylesheet|preload|icon)")[^>]*(?:src|href)="([^"]+)', answer.text
        )
        assert "set-cookie" not in answer.headers
        assert fetched
        assert [href for href in fetched if not href.startswith("/static/")] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_languages_stand_in_the_same_order_on_every_page(client: TestClient[Any], lang: str) -> None:
    orders = {
        tuple(link["hreflang"] for link in read(client, f"/{lang}{path}").links if "hreflang" in link)[:2]
        for path in ("", "/convention", "/legal", "/paris", "/paris/practices", "/paris/help")
    }
    assert orders == {("fr", "en")}
