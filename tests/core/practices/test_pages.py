"""The list of practices and one practice, as an anonymous reader asks for them."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

if TYPE_CHECKING:
    from litestar.testing import TestClient


def titles(html: str) -> list[str]:
    """Titles of the cards, without marks."""
    found = re.findall(r'<h2 class="card-title"[^>]*><a[^>]*>(.*?)</a>', html)
    return [unescape(re.sub(r"<[^>]+>", "", title)) for title in found]


def slugs(html: str) -> list[str]:
    return re.findall(r'<li class="card" id="practice-([^"]+)"', html)


def count(html: str, name: str, value: str) -> int | None:
    """The number beside a choice."""
    found = re.search(rf'name="{name}" value="{value}".*?–\s*</span>(\d+)', html, re.DOTALL)
    return int(found[1]) if found else None


@pytest.fixture
def ask(client: TestClient[Any]) -> Any:
    def ask(address: str, status: int = 200) -> str:
        answer = client.get(address, follow_redirects=False)
        assert answer.status_code == status, answer.text
        return str(answer.text)

    return ask


@pytest.mark.parametrize("words", ["hopital", "HÔPITAL", "hôpitaux"])
def test_a_word_is_found_however_it_is_written(ask: Any, words: str) -> None:
    found = slugs(ask(f"/fr/paris/practices?q={words}"))

    assert found[0] == "hospital-cells-2014"  # the word is in its title
    assert "uaped" in found


def test_what_was_found_is_marked_in_title_and_summary(ask: Any) -> None:
    page = ask("/fr/paris/practices?q=hopitaux")

    assert "<mark>hôpitaux</mark> pédiatriques" in page


def test_what_was_found_elsewhere_is_quoted_with_the_name_of_its_field(ask: Any) -> None:
    page = ask("/fr/paris/practices?q=insonorisés")

    assert slugs(page)[:2] == ["salles-melanie", "uaped"]
    assert re.search(r'card-found"><span class="where">[^<]+</span> <span>.*<mark>insonorisés</mark>', page)


@pytest.mark.parametrize("words", ["aphp", "APHP", "A.P.H.P."])
def test_an_acronym_is_found_without_its_hyphen(ask: Any, words: str) -> None:
    page = ask(f"/fr/paris/practices?q={words}")

    assert {"hospital-cells-2014", "uaped"} <= set(slugs(page))
    assert set(re.findall("<mark>(.*?)</mark>", page)) == {"AP-HP"}


def test_what_was_found_in_another_language_says_so(ask: Any) -> None:
    page = ask("/fr/paris/practices?q=practitioners")

    assert "court-dogs" in slugs(page)
    assert re.search(r'<span lang="en">[^\n]*<mark>practitioners</mark>', page)
    assert "anglais" in page


def test_counts_tell_what_a_choice_would_show(ask: Any) -> None:
    page = ask("/en/paris/practices?domain=prosecution")
    told = count(page, "side", "both")

    assert told
    assert len(slugs(ask("/en/paris/practices?domain=prosecution&side=both"))) == told


def test_choices_of_one_question_add_up_and_questions_combine(ask: Any) -> None:
    ended = slugs(ask("/en/paris/practices?running=ended"))
    unknown = slugs(ask("/en/paris/practices?running=unknown"))
    either = slugs(ask("/en/paris/practices?running=ended&running=unknown"))
    both = slugs(ask("/en/paris/practices?running=ended&sector=courts"))

    assert sorted(either) == sorted(ended + unknown)
    assert set(both) < set(either)


def test_a_choice_can_be_taken_away(ask: Any) -> None:
    page = ask("/en/paris/practices?q=police&running=ended&running=unknown")
    links = re.findall(r'<li><a href="([^"]+)" rel="nofollow"><span class="visually-hidden">Remove', page)

    assert [parse_qsl(urlsplit(unescape(link)).query) for link in links] == [
        [("q", "police"), ("running", "unknown")],
        [("q", "police"), ("running", "ended")],
    ]


def test_nothing_found_says_what_to_do(ask: Any) -> None:
    page = ask("/en/paris/practices?q=xylophone")

    assert slugs(page) == []
    assert "No practice holds all of these words." in page
    assert "Show every practice" in page


@pytest.mark.parametrize(
    "query",
    [
        "q=%3Cscript%3Ealert(1)%3C/script%3E",
        "sector=%22%3E%3Cimg+src=x%3E",
        "unknown=1&q=",
        "q=%00%C3%BF",
        "sector=nowhere",
        "article=9999999999",
        "article=%C2%B2",
        "q=" + "a" * 4000,
        "p=%3Cb%3E",
        "cursor=2.0.0.0.0.0.0.1",
    ],
)
def test_whatever_the_address_says_a_page_comes_and_nothing_in_it_is_markup(ask: Any, query: str) -> None:
    page = ask(f"/fr/paris/practices?{query}")

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>" not in page


def test_a_long_question_is_cut_and_says_so(ask: Any) -> None:
    page = ask("/en/paris/practices?q=police" + "+x" * 300)

    assert "Only the first 200 characters were searched for." in page


def test_too_many_choices_are_refused(ask: Any) -> None:
    ask("/en/paris/practices?" + "&".join(f"sector=s{n}" for n in range(51)), status=400)
    ask("/en/paris/practices?sector=" + "s" * 200, status=400)
    ask("/en/paris/shortlist?" + "&".join(f"p=s{n}" for n in range(13)), status=400)


@pytest.mark.parametrize("cursor", ["zz", "1.2", "9.1.1", "0.1.1.1", "0.99999999999999999999.1", "%F0%9F%98%80"])
def test_a_cursor_of_somebody_else_is_refused(ask: Any, cursor: str) -> None:
    ask(f"/en/paris/practices?cursor={cursor}", status=400)


def test_the_list_downloads_as_it_is_narrowed(ask: Any) -> None:
    text = ask("/en/paris/practices?format=csv&running=ended").removeprefix("\ufeff")
    rows = [row for row in csv.reader(io.StringIO(text)) if "Ended" in row[1:10]]
    [shown] = titles(ask("/en/paris/practices?running=ended"))

    assert [row[0] for row in rows] == [shown]


def test_an_unknown_format_names_those_there_are(ask: Any) -> None:
    page = ask("/en/paris/practices?format=zip", status=404)

    assert "csv, xlsx" in page


def test_the_search_of_all_regions_offers_regions_and_common_sectors(ask: Any) -> None:
    page = ask("/en/practices?q=police")

    assert slugs(page)
    assert count(page, "common", "law-enforcement")
    assert 'href="/en/paris/practices/' in page
    assert slugs(ask("/en/practices?q=police&region=nowhere")) == []


def test_a_practice_shows_both_sides_and_both_axes(ask: Any) -> None:
    page = ask("/en/paris/practices/uaped")

    assert "Documented from public sources, not assessed" in page
    assert '<a href="/en/paris/organisations/la-voix-de-l-enfant">La Voix De l’Enfant' in page
    assert ">Greater Paris University Hospitals (AP-HP)</a>" in page
    assert "Vouched for by" in page
    assert "Evidence" in page
    assert "good practice" not in page.lower()


def test_a_missing_side_is_shown(ask: Any) -> None:
    assert "No civil-society partner named in the sources" in ask("/en/paris/practices/umj-minors")


def test_a_partner_may_be_no_more_than_a_sector(ask: Any) -> None:
    page = ask("/en/paris/practices/school-tripartite-agreements")

    assert '<a href="/en/paris/sectors/education">National education</a>' in page
    assert "School authorities, signatories." in page


def test_what_the_sources_do_not_state_is_listed_once(ask: Any) -> None:
    page = ask("/en/paris/practices/uaped")
    [listed] = re.findall(r'<ul class="run-on" role="list">(.*?)</ul>', page)
    missing = re.findall("<li>(.*?)</li>", listed)

    assert "Why it should work" in missing
    assert "Cost" in missing
    assert "For whom" not in missing
    assert page.count("Why it should work") == 1


def test_legal_basis_and_mapping_carry_their_marks(ask: Any) -> None:
    page = ask("/en/paris/practices/umj-minors")

    assert "not yet re-checked" in page
    assert "editorial mapping" in page
    assert 'href="/en/convention/35"' in page


def test_related_practices_follow_their_keys(ask: Any) -> None:
    near = ask("/en/paris/practices/uaped").partition("Related practices")[2]

    assert 'href="/en/paris/practices/umj-minors"' in near
    assert 'href="/en/paris/practices/uaped"' not in near.partition('<footer class="practice-foot">')[0]


def test_every_source_is_linked_and_says_when_it_was_read_where_days_differ(ask: Any) -> None:
    page = ask("/fr/paris/practices/uajv-trousseau")
    [listed] = re.findall(r'<ol class="sources">(.*?)</ol>', page, re.DOTALL)

    assert len(re.findall(r'href="https://[^"]+" rel="external noopener"', listed)) == 4
    assert listed.count("consulté le 24 novembre 2026") + listed.count("consulté le 29 novembre 2026") == 4
    assert "Toutes ont été consultées" not in page


def test_the_day_when_all_sources_were_read_is_told_once(ask: Any) -> None:
    page = ask("/fr/paris/procedures/hospital-cells-2014")
    [listed] = re.findall(r'<ol class="sources">(.*?)</ol>', page, re.DOTALL)

    assert "consulté" not in listed
    assert page.count("Toutes ont été consultées le 24 novembre 2026.") == 1


def test_named_bodies_can_reply(ask: Any) -> None:
    assert 'href="/en/paris/correct?about=practices%2Fuaped"' in ask("/en/paris/practices/uaped")


@pytest.mark.parametrize("slug", ["nowhere", "home-incest", "trocadero-outreach"])
def test_what_is_not_published_is_as_if_it_were_not_there(ask: Any, slug: str) -> None:
    page = ask(f"/en/paris/practices/{slug}", status=404)

    assert "inceste" not in page.lower()


@pytest.mark.parametrize("number", [99, 10**9 + 1, 10**18, 10**40])
def test_a_version_that_no_database_could_hold_is_not_there(ask: Any, number: int) -> None:
    ask(f"/en/paris/practices/uaped/versions/{number}", status=404)


def test_linked_data_tells_work_licence_and_sources(ask: Any) -> None:
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', ask("/fr/paris/practices/uaped"))
    told = json.loads(block)

    assert told["@type"] == "Article"
    assert told["headline"] == "Unités d’accueil pédiatriques enfants en danger (UAPED)"
    assert told["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert told["inLanguage"] == "fr"
    assert told["spatialCoverage"]["identifier"] == "FR-75C"
    assert told["temporalCoverage"] == "1999/.."
    assert len(told["isBasedOn"]) == 27
    assert {one["name"] for one in told["mentions"]} == {
        "La Voix De l’Enfant",
        "Assistance Publique – Hôpitaux de Paris (AP-HP)",
    }
    assert "author" not in told  # whoever is named has written nothing here


def test_the_shortlist_stands_in_the_address(ask: Any) -> None:
    page = ask("/en/paris/practices?p=uaped")
    add = unescape(re.findall(r'class="pick"><a href="([^"]+)"', page)[0])

    assert "On your shortlist" in page
    assert add.startswith("/en/paris/practices?p=uaped&p=")
    assert 'href="/en/paris/shortlist?p=uaped"' in page
    assert 'type="hidden" name="p" value="uaped"' in page


def test_the_shortlist_puts_practices_side_by_side(ask: Any) -> None:
    page = ask("/en/paris/shortlist?p=uaped&p=nenuphar&p=nowhere")

    assert page.index("Hospital reception units") < page.index("Nénuphar")
    assert "Not stated in the sources" in page
    assert "1 practice of this list is no longer public." in page
    assert 'href="/en/paris/shortlist?p=nenuphar"' in page  # takes the first away


def test_an_empty_shortlist_says_how_to_fill_it(ask: Any) -> None:
    assert "There is nothing on your shortlist yet." in ask("/en/paris/shortlist")


def test_the_shortlist_downloads(ask: Any) -> None:
    text = ask("/en/paris/shortlist?p=uaped&format=csv")

    assert "no national evaluation of effects on children or proceedings was read" in text
    assert "http://lanzarote.test/en/paris/practices/uaped" in text


@pytest.mark.parametrize("path", ["shortlist", "practices/uaped/versions", "practices/uaped/versions/1", "correct"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_page_describes_itself_to_those_who_share_it(ask: Any, lang: str, path: str) -> None:
    assert '<meta name="description" content="' in ask(f"/{lang}/paris/{path}")
