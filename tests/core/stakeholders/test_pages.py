"""The directory of Paris: who is cited, narrowed by what a reader asks."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest
from litestar.testing import TestClient

from tests.core.web.reading import PageRead

LIST = "/en/paris/organisations"


@pytest.fixture(scope="module")
def shipped() -> Mapping[str, Any]:
    return tomllib.loads((files("lanzarote_region_paris") / "region" / "organisations.toml").read_text("utf-8"))


def names(client: TestClient[Any], query: str = "") -> list[str]:
    answer = client.get(f"{LIST}?{query}&format=csv")
    assert answer.status_code == 200
    return [row[0] for row in csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))][1:]


def test_every_organisation_of_the_package_is_listed_once_in_the_file(
    client: TestClient[Any], shipped: Mapping[str, Any]
) -> None:
    assert sorted(names(client)) == sorted(one["name"]["en"] for one in shipped.values())


def test_on_the_page_an_organisation_stands_under_each_of_its_sectors(
    client: TestClient[Any], shipped: Mapping[str, Any]
) -> None:
    entries = re.findall(r'<li class="entry"', client.get(LIST).text)
    assert len(entries) == sum(len(one["sectors"]) for one in shipped.values())


def test_nobody_is_called_a_member(client: TestClient[Any], shipped: Mapping[str, Any]) -> None:
    words = PageRead(client.get(LIST).text).words
    assert words.count("Cited in a public source") == sum(len(one["sectors"]) for one in shipped.values())
    assert "Taking part in the group" not in words


@pytest.mark.parametrize(("facet", "value"), [("side", "public"), ("scope", "local"), ("sector", "police")])
def test_a_choice_shows_as_many_as_it_announces(
    client: TestClient[Any], shipped: Mapping[str, Any], facet: str, value: str
) -> None:
    field = {"sector": "sectors"}.get(facet, facet)
    expected = [one["name"]["en"] for one in shipped.values() if value == one[field] or value in one[field]]
    page = client.get(LIST).text
    [announced] = re.findall(rf'name="{facet}" value="{value}"><span>.*?</span>(\d+)</span>', page)
    assert sorted(names(client, f"{facet}={value}")) == sorted(expected)
    assert int(announced) == len(expected)


def test_a_choice_does_not_empty_the_other_answers_of_its_question(client: TestClient[Any]) -> None:
    page = client.get(LIST, params={"side": "public"}).text
    [announced] = re.findall(r'name="side" value="civil-society"><span>.*?</span>(\d+)</span>', page)
    assert int(announced) == len(names(client, "side=civil-society"))


def test_choices_of_one_question_add_and_of_two_narrow(client: TestClient[Any]) -> None:
    public, civil = names(client, "side=public"), names(client, "side=civil-society")
    assert sorted(names(client, "side=public&side=civil-society")) == sorted(public + civil)
    both = names(client, "side=public&scope=national")
    assert set(both) == set(public) & set(names(client, "scope=national"))
    assert both


@pytest.mark.parametrize("asked", ["ENFANT BLEU", "l'enfant bleu", "Enfànt Bleu", "bleu enfan"])
def test_a_name_is_found_however_it_is_written(client: TestClient[Any], asked: str) -> None:
    found = names(client, f"q={asked}")
    assert "L’Enfant Bleu" in found
    assert found == names(client, "q=enfant bleu")


@pytest.mark.parametrize("asked", ["aphp", "ap hp", "AP-HP", "A.P.H.P."])
def test_an_acronym_is_found_with_and_without_its_hyphen(client: TestClient[Any], asked: str) -> None:
    assert "Greater Paris University Hospitals (AP-HP)" in names(client, f"q={asked}")


def test_what_is_asked_in_french_is_found_on_the_english_page(client: TestClient[Any]) -> None:
    assert names(client, "q=tribunal judiciaire") == ["Paris Judicial Court"]


def test_a_list_that_is_empty_says_what_to_do(client: TestClient[Any]) -> None:
    page = PageRead(client.get(LIST, params={"q": "nonsense"}).text)
    assert "No organisation fits what you asked for." in page.words
    assert LIST in {link["href"] for link in page.links}


def test_an_unknown_choice_fits_nobody_and_is_shown_as_text(client: TestClient[Any]) -> None:
    answer = client.get(LIST, params={"sector": "<b>nobody</b>"})
    assert answer.status_code == 200
    assert "<b>nobody</b>" not in answer.text
    assert "&lt;b&gt;nobody&lt;/b&gt;" in answer.text
    assert names(client, "sector=nobody") == []


@pytest.mark.parametrize("query", ["&".join(f"sector=x{n}" for n in range(61)), "side=" + "x" * 121])
def test_more_than_any_link_of_ours_asks_for_is_refused(client: TestClient[Any], query: str) -> None:
    assert client.get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["q=%00", "q=" + "é" * 600, "q=%F0%9F%98%80", "sector=&side=", "format="])
def test_hostile_questions_are_answered(client: TestClient[Any], query: str) -> None:
    assert client.get(f"{LIST}?{query}").status_code == 200


def test_a_format_that_is_not_there_is_explained(client: TestClient[Any]) -> None:
    answer = client.get(LIST, params={"format": "pdf"})
    assert answer.status_code == 404
    assert "csv" in answer.text


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_list_reads_well(client: TestClient[Any], lang: str) -> None:
    page = PageRead(client.get(f"/{lang}/paris/organisations").text)
    assert page.lang == lang
    assert page.empty == []
    assert len(page.ids) == len(set(page.ids))


def test_every_organisation_has_a_page_in_both_languages_with_a_way_to_reply(client: TestClient[Any]) -> None:
    places = {link["href"] for link in PageRead(client.get(LIST).text).links if link["href"].startswith(f"{LIST}/")}
    assert len(places) == 40
    for place in places:
        for path in (place, place.replace("/en/", "/fr/")):
            page = PageRead(client.get(path).text)
            assert page.empty == []
            assert any("/correct?about=organisations%2F" in link["href"] for link in page.links)
