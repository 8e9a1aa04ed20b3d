"""The search over everything: what it shows first, what it says of each thing, and where it stays quiet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from lanzarote.instance import Instance
from litestar.testing import TestClient

from tests.core.practices.signed_in import site_of


@pytest.fixture(scope="module")
def client(everywhere: Instance) -> Iterator[TestClient[Any]]:
    with site_of(everywhere) as client:
        yield client


def ask(client: TestClient[Any], words: str, path: str = "/en/paris/search", **more: str) -> str:
    answer = client.get(path, params={"q": words, **more})
    assert answer.status_code == 200
    return answer.text


def found(page: str) -> list[tuple[str, str]]:
    """Kind and address of each result, in their order."""
    row = re.compile(r'<li>\s*<ul class="tags"[^>]*><li><span class="tag">(.*?)</span>.*?<a href="([^"]+)"', re.DOTALL)
    return row.findall(page.partition('class="found-list"')[2])


def test_everything_is_found_and_says_its_kind(client: TestClient[Any]) -> None:
    assert found(ask(client, "706-52"))[0] == ("Provision of the law", "/en/paris/law/fr-cpp-706-52")
    assert found(ask(client, "article 35 lanzarote"))[0] == ("Article of the Convention", "/en/convention/35")
    assert ("Practice", "/en/paris/practices/uaped") in found(ask(client, "barnahus"))
    assert ("Organisation", "/en/paris/organisations/hopital-robert-debre") in found(ask(client, "Robert-Debré"))
    assert ("Provision of the law", "/en/paris/law/fr-cp-227-22-1") in found(ask(client, "grooming", "/en/search"))


def test_all_words_come_first_then_some_with_which(client: TestClient[Any]) -> None:
    page = ask(client, "court dogs zzzzqqq")
    assert "These hold some of your words" in page
    assert found(page)[0] == ("Practice", "/en/paris/practices/court-dogs")
    assert re.search(r'Holds: <mark lang="">court</mark>, <mark lang="">dogs</mark>', page)
    assert "These hold some of your words" not in ask(client, "court dogs").partition("court-dogs")[0]


CRIES = ["signaler un enfant en danger", "my daughter was touched", "хлопчика бє вітчим, що робити", "g peur", "119"]


@pytest.mark.parametrize("words", CRIES)
def test_who_needs_help_is_led_to_whom_to_call_without_a_trace_of_the_words(
    client: TestClient[Any], words: str
) -> None:
    page = client.get("/fr/paris/search", params={"q": words}, follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (303, "/fr/paris/help/now")
    assert "no-store" in page.headers["cache-control"]

    page = client.get(page.headers["location"])
    main = page.text.partition("<main")[2]
    assert main.index('href="tel:119"') < main.index('href="tel:17"')
    assert "data-leave" in page.text
    assert "/fr/paris/search?results=yes" in page.text


@pytest.mark.parametrize("words", CRIES[:2])
def test_who_wants_results_has_them_below_whom_to_call_and_no_word_stands_in_a_headline(
    client: TestClient[Any], words: str
) -> None:
    page = ask(client, words, results="yes")
    assert words not in page.partition("<main")[0]
    main = page.partition("<main")[2]
    assert main.index('class="help-first"') < main.index('href="tel:119"') < main.index("found-list")
    assert "data-leave" in page
    assert "data-forget" in page, "the address loses the words"
    assert '<input type="hidden" name="results" value="yes">' in page


def test_where_nothing_is_found_the_numbers_stand(client: TestClient[Any]) -> None:
    page = ask(client, "zzzzqqq")
    assert page.partition("<main")[2].index('href="tel:119"') < page.index("Nothing holds these words.")
    assert "<title>Search" in page
    assert "data-leave" in page


@pytest.mark.parametrize("words", ["je suis attiré par les enfants", "pensées pédophiles", "passer à l'acte"])
def test_who_fears_to_offend_is_led_to_the_line_for_that(client: TestClient[Any], words: str) -> None:
    page = client.get("/fr/paris/search", params={"q": words})
    assert page.url.path == "/fr/paris/help/fear"
    main = page.text.partition("<main")[2]
    assert main.index("tel:0806231063") < main.index("tel:17")


def test_an_adult_who_was_abused_is_led_to_a_page_of_their_own(client: TestClient[Any]) -> None:
    page = client.get("/en/paris/search", params={"q": "I was abused as a child"})
    assert page.url.path == "/en/paris/help/happened"
    assert "tel:0806231063" not in page.text.partition("<main")[2]


@pytest.mark.parametrize("words", ["training on reporting", "grooming", "signalement protocole", "helpline practices"])
def test_professionals_see_results_first(client: TestClient[Any], words: str) -> None:
    page = client.get("/en/paris/search", params={"q": words})
    assert page.url.path == "/en/paris/search"
    assert "help-first" not in page.text


@pytest.mark.parametrize(
    "words", ["weather tomorrow", "prix de l’immobilier à Paris", "recette tarte aux pommes", "train tickets to lyon"]
)
def test_where_nothing_fits_there_is_nothing_rather_than_noise(client: TestClient[Any], words: str) -> None:
    page = ask(client, words)
    assert "Nothing holds these words." in page
    assert found(page) == []


def test_a_slip_is_mended_and_said_with_the_way_to_what_was_written(client: TestClient[Any]) -> None:
    page = ask(client, "infromation préoccupante", "/fr/paris/search")
    assert "Aucun texte ne contient «\u202finfromation\u202f»" in page
    assert 'as_written=yes"' in page
    assert "Recherche faite" not in ask(client, "infromation préoccupante", "/fr/paris/search", as_written="yes")


def test_results_can_be_narrowed_to_a_kind_and_back(client: TestClient[Any]) -> None:
    page = ask(client, "prostitution", kind="provision")
    assert {kind for kind, _ in found(page)} == {"Provision of the law"}
    assert '<a href="/en/paris/search?q=prostitution" rel="nofollow" aria-current="true">' in page


def test_pages_follow_each_other_without_gap(client: TestClient[Any]) -> None:
    seen, page = [], ask(client, "enfant")
    for _ in range(30):
        seen += [one for one in found(page) if one[0] != "Helpline"]  # all of them stand on one page
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if not following:
            break
        page = client.get(following[1].replace("&amp;", "&")).text
    assert len(seen) == len(set(seen))
    assert len(seen) > 40


def test_the_home_pages_lead_here_and_old_addresses_to_the_list(client: TestClient[Any]) -> None:
    assert 'action="/en/search"' in client.get("/en").text
    assert 'action="/en/paris/search"' in client.get("/en/paris").text
    old = client.get("/en/search?q=police&region=paris", follow_redirects=False)
    assert (old.status_code, old.headers["location"]) == (301, "/en/practices?q=police&region=paris")


def test_what_is_searched_for_is_shown_as_text(client: TestClient[Any]) -> None:
    assert "<script>alert" not in ask(client, "<script>alert(1)</script> enfant")
