"""The Convention and what surrounds it: official wordings, ours, and those that were not seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.facts.convention import convention, frameworks
from lanzarote.practices.service import facets_of

from tests.core.web.reading import PageRead

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from litestar.testing import TestClient


def words(client: TestClient[Any], path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return PageRead(answer.text).words


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_all_chapters_and_articles_are_listed(client: TestClient[Any], lang: str) -> None:
    page = PageRead(client.get(f"/{lang}/convention").text)

    listed = [link["href"] for link in page.links if link["href"].startswith(f"/{lang}/convention/")]

    assert listed[:50] == [f"/{lang}/convention/{number}" for number in range(1, 51)]
    assert all(chapter.title[lang] in page.words for chapter in convention().chapters)
    assert all(article.heading[lang] in page.words for article in convention().articles)


def test_the_convention_says_once_which_headings_were_not_seen_in_french(client: TestClient[Any]) -> None:
    for lang, told in (("en", "Not verified<"), ("fr", "Non vérifié<")):
        html = client.get(f"/{lang}/convention").text
        assert html.count(told) == 1
        assert html.count('class="badge"') == 0
    french, english = (words(client, f"/{lang}/convention") for lang in ("fr", "en"))
    assert (
        "chapitres III–XIII ; intitulés des articles 2, 6–13, 15–17, 19, 21–26, 28–30, 32, 34–36, 38, 41–50" in french
    )
    assert "Not yet read in a copy of the official text" not in english
    assert "*" not in french + english
    assert "Libellé non vérifié" in words(client, "/fr/convention/2")
    assert "Libellé non vérifié" not in words(client, "/fr/convention/1")


def test_a_heading_says_where_it_was_met_outside_the_treaty(client: TestClient[Any]) -> None:
    assert "rencontré comme sujet de la question 6 dans l’ordre du jour français" in words(client, "/fr/convention/9")
    assert "met as the subject" not in words(client, "/en/convention/9")


def row(client: TestClient[Any], path: str, code: str) -> str:
    cells = client.get(path).text.partition(f'<tr id="state-{code}">')[2].partition("</tr>")[0]
    return " ".join(re.sub("<[^>]*>", " ", cells).split())


def test_it_says_since_when_each_state_is_bound_and_with_which_reservations(client: TestClient[Any]) -> None:
    assert client.get("/en/convention").text.count('<tr id="state-') == 48
    assert row(client, "/en/convention", "at").startswith("Austria 25 February 2011 1 June 2011 –")
    assert row(client, "/en/convention", "is").startswith("Iceland September 2012 1 January 2013 –")
    assert row(client, "/fr/convention", "li").startswith("Liechtenstein 2015 – –")
    assert "the day of entry into force was not seen" in words(client, "/en/convention")
    limited = [one for one in ("20.1.e", "20.1.f", "23", "24.2") if one in row(client, "/en/convention", "fr")]
    assert limited == ["20.1.e", "20.1.f", "23", "24.2"]


def test_an_article_says_which_states_limit_it_and_what_the_committee_asks(client: TestClient[Any]) -> None:
    page = PageRead(client.get("/en/convention/23").text)
    assert "Slovenia – Attempt is not made punishable for solicitation." in page.words.replace(
        "Slovenia:", "Slovenia :"
    )
    assert "as listed on 25 March 2015; what was withdrawn or added since was not looked for" in page.words
    assert "Opinion on article 23" in page.words
    assert "/en/context/committee-recommendations#opinions" in [link["href"] for link in page.links]
    assert "Reservations about it" not in words(client, "/en/convention/10")
    assert "National or local co-ordination, co-operation and partnerships" in words(client, "/en/convention/10")


@pytest.mark.parametrize("path", ["/en/convention", "/en/context/lanzarote-committee", "/en/context/one-in-five"])
def test_official_sources_stand_before_copies_and_these_before_what_others_tell(
    client: TestClient[Any], path: str
) -> None:
    ranks = {"official document": 0, "copy of an official document": 1}
    lists = client.get(path).text.split('<ol class="sources">')[1:]
    assert lists
    for one in lists:
        kinds = re.findall(r'<span class="where">.*? · ([^·<]+?)(?: ·|</span>)', one.partition("</ol>")[0], re.DOTALL)
        places = [ranks.get(kind.strip(), 2) for kind in kinds]
        assert places == sorted(places)
        assert len(kinds) == one.partition("</ol>")[0].count("<li")


@pytest.mark.parametrize("page", [one.key for one in frameworks().pages])
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_page_says_once_what_is_not_verified(client: TestClient[Any], page: str, lang: str) -> None:
    html = client.get(f"/{lang}/context/{page}").text

    known = frameworks().page(page)
    doubts = [known.unverified, *(section.unverified for section in known.sections)]
    assert html.count('class="badge"') == 0
    assert html.count({"en": "Not verified<", "fr": "Non vérifié<"}[lang]) == (1 if any(doubts) else 0)


def test_our_own_translations_say_so(client: TestClient[Any]) -> None:
    assert words(client, "/fr/convention").count("notre traduction") == len(convention().facts.our_translation) + 3
    assert "our translation" not in words(client, "/en/convention")


def test_an_article_counts_the_practices_and_the_law_of_every_region(client: TestClient[Any], paris: Instance) -> None:
    page = PageRead(client.get("/en/convention/10").text)
    practices = facets_of(paris, "paris").masks["article"]["10"].bit_count()

    assert f"{practices} practices that answer it" in page.words
    assert "/en/paris/practices?article=10" in [link["href"] for link in page.links]
    assert "/en/paris/law?article=10" in [link["href"] for link in page.links]


def test_the_counts_are_those_of_the_pages_they_lead_to(client: TestClient[Any]) -> None:
    for number in (10, 12, 14, 30):
        article = client.get(f"/en/convention/{number}").text
        answers = client.get("/api/v1/regions/paris/practices", params={"article": number, "limit": 1}).json()
        assert f"{answers['total']} practice" in article


def test_what_nobody_documented_is_said(client: TestClient[Any]) -> None:
    text = words(client, "/en/convention/50")

    assert "No practice is documented yet." in text
    assert "No provision of local law is mapped to it yet." in text


@pytest.mark.parametrize(("number", "near"), [(1, [2]), (25, [24, 26]), (50, [49])])
def test_an_article_leads_to_the_one_before_and_after(client: TestClient[Any], number: int, near: list[int]) -> None:
    page = PageRead(client.get(f"/en/convention/{number}").text)

    found = [link["href"] for link in page.links if link.get("rel") in ("prev", "next")]

    assert found == [f"/en/convention/{one}" for one in near]


@pytest.mark.parametrize("reference", ["10.3", "10.2.a", "18.1.a"])
def test_a_paragraph_leads_to_its_article(client: TestClient[Any], reference: str) -> None:
    answer = client.get(f"/en/convention/{reference}", follow_redirects=False)

    assert answer.status_code == 302
    assert answer.headers["location"] == f"/en/convention/{reference.partition('.')[0]}"


@pytest.mark.parametrize("reference", ["0", "51", "010", "10.9", "ten", "١٠", "1e1", "-1", "9" * 5000, "10%2F3", "%00"])
def test_there_are_fifty_articles_and_no_other(client: TestClient[Any], reference: str) -> None:
    answer = client.get(f"/en/convention/{reference}")

    assert answer.status_code == 404
    assert len(PageRead(answer.text).headings) == 1


@pytest.mark.parametrize("shown", frameworks().pages, ids=lambda page: page.key)
def test_what_was_not_verified_about_a_framework_is_shown(client: TestClient[Any], shown: Any) -> None:
    for lang in ("en", "fr"):
        text = words(client, f"/{lang}/context/{shown.key}")
        doubts = [shown.unverified, *(section.unverified for section in shown.sections)]
        assert " ".join(frameworks().caveat[lang].split()) in text
        assert [doubt[lang] for doubt in doubts if doubt and " ".join(doubt[lang].split()) not in text] == []


def test_an_official_wording_in_english_stays_english_on_a_french_page(client: TestClient[Any]) -> None:
    html = client.get("/fr/context/one-in-five").text

    assert '<span lang="en">ONE in FIVE Campaign to stop sexual violence against children</span>' in html
    assert "Campagne ONE in FIVE pour mettre fin à la violence sexuelle" in html
    assert "notre traduction" in html


def test_there_is_no_other_page_about_the_context(client: TestClient[Any]) -> None:
    assert client.get("/fr/context/elsewhere").status_code == 404
