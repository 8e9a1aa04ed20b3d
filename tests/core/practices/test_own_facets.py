"""A region's own questions narrow its list: on its page, in its addresses and in its API; nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lanzarote.app import create_app
from lanzarote.records.records import Draft, create, encode
from litestar.testing import TestClient

from tests.regions.writing import RegionPackage, region_package

MONEY: dict[str, Any] = {
    "type": "choices",
    "facet": True,
    "label": {"en": "Paid by", "fr": "Payé par"},
    "choices": [
        {"key": "city", "name": {"en": "The city", "fr": "La ville"}},
        {"key": "state", "name": {"en": "The State", "fr": "L’État"}},
        {"key": "lottery", "name": {"en": "A lottery", "fr": "Une loterie"}, "until": date(2020, 1, 1)},
        {"key": "nobody", "name": {"en": "Nobody", "fr": "Personne"}, "until": date(2020, 1, 1)},
    ],
}
NIGHT = {"type": "yes-no", "facet": True, "label": {"en": "Open at night", "fr": "Ouvert la nuit"}}
QUIET = {"type": "yes-no", "label": {"en": "Quiet", "fr": "Calme"}}
WORDS = {"type": "text", "label": {"en": "Words", "fr": "Mots"}}
ANSWERS: dict[str, dict[str, Any]] = {
    "a": {"money": ["city"], "night": True, "quiet": True, "words": "city"},
    "b": {"money": ["city", "state"], "night": False},
    "c": {"money": ["lottery"], "night": False, "quiet": False},
    "d": {},
}
SECTORS = {
    key: {"common": ["judicial"], "side": "public", "name": {"en": key.title(), "fr": key.title()}}
    for key in ("courts", "schools")
}
FIELDS = {"money": MONEY, "night": NIGHT, "quiet": QUIET, "words": WORDS}
LIST = "/api/v1/regions/testland/practices"


@pytest.fixture
def package(tmp_path: Path) -> Iterator[RegionPackage]:
    with region_package(tmp_path) as package:
        practices = {
            key: {"answers": answers, "sectors": ["schools" if key in "bc" else "courts"]}
            for key, answers in ANSWERS.items()
        }
        package.write(fields=FIELDS, practices=practices, sectors=SECTORS)
        yield package


@pytest.fixture
def site(package: RegionPackage, database_url: str) -> Iterator[TestClient[Any]]:
    with package.instance(database_url) as instance:
        instance.load("testland")
        with TestClient(create_app(instance), base_url="http://lanzarote.test") as client:
            yield client


def counts(client: TestClient[Any], query: str = "") -> dict[str, int]:
    """What the API counts of the region's own questions."""
    answer = client.get(f"{LIST}?facets=field{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, int] = answer.json()["counts"]["field"]
    return found


def slugs(client: TestClient[Any], query: str) -> set[str]:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.text
    return {item["slug"] for item in answer.json()["items"]}


def groups(html: str) -> dict[str, list[tuple[str, str, int, bool]]]:
    """What the page offers to narrow the list by: legend → (value, label, count, chosen) of each choice."""
    found: dict[str, list[tuple[str, str, int, bool]]] = {}
    for legend, inside in re.findall(
        r'<legend class="visually-hidden">(.*?)</legend>(.*?)</fieldset>', html, re.DOTALL
    ):
        choice = r'name="field" value="(.*?)"( checked)?><span>(.*?)</span><span class="count">.*?</span>(\d+)</span>'
        told = [(value, label, int(n), bool(on)) for value, on, label, n in re.findall(choice, inside)]
        if told:
            found[legend] = told
    return found


def test_the_list_of_the_region_offers_its_own_questions_with_counts(site: TestClient[Any]) -> None:
    assert groups(site.get("/en/testland/practices").text) == {
        "Paid by": [
            ("money:city", "The city", 2, False),
            ("money:state", "The State", 1, False),
            ("money:lottery", "A lottery (no longer used)", 1, False),
        ],
        "Open at night": [("night:yes", "Yes", 1, False), ("night:no", "No", 2, False)],
    }


def test_they_are_asked_in_the_language_of_the_page(site: TestClient[Any]) -> None:
    page = site.get("/fr/testland/practices?field=money:city").text
    asked = {legend: [label for _, label, _, _ in choices] for legend, choices in groups(page).items()}
    assert asked == {
        "Payé par": ["La ville", "L’État", 'Une loterie (<span lang="en">no longer used</span>)'],
        "Ouvert la nuit": ['<span lang="en">Yes</span>', '<span lang="en">No</span>'],
    }


def test_answers_to_one_question_are_any_of_them_and_to_several_all(site: TestClient[Any]) -> None:
    assert slugs(site, "field=money:city") == {"a", "b"}
    assert slugs(site, "field=money:city&field=money:lottery") == {"a", "b", "c"}
    assert slugs(site, "field=money:city&field=night:no") == {"b"}
    assert slugs(site, "field=money:lottery") == {"c"}
    assert slugs(site, "field=money:nobody") == set()  # no longer used, and never given
    for unknown in ("money:somebody", "nothing:city"):
        answer = site.get(f"{LIST}?field={unknown}")
        assert answer.status_code == 400
        assert "it is one of: money:city, money:state, " in answer.json()["detail"]


def test_they_combine_with_the_other_questions(site: TestClient[Any]) -> None:
    assert slugs(site, "field=money:city&sector=schools") == {"b"}
    assert counts(site, "&sector=schools") == {"money:city": 1, "money:state": 1, "money:lottery": 1, "night:no": 2}
    sectors = site.get(f"{LIST}?facets=sector&field=night:no").json()["counts"]
    assert sectors == {"sector": {"schools": 2}}
    page = site.get("/en/testland/practices?field=money:city&sector=schools").text
    assert 'id="practice-b"' in page
    assert 'id="practice-a"' not in page
    assert groups(page)["Paid by"][0] == ("money:city", "The city", 1, True)


def test_a_question_counts_beside_the_answers_to_the_others(site: TestClient[Any]) -> None:
    assert counts(site, "&field=money:state") == {"money:city": 2, "money:state": 1, "money:lottery": 1, "night:no": 1}
    assert counts(site, "&field=night:yes") == {"money:city": 1, "night:yes": 1, "night:no": 2}


def test_what_is_no_facet_narrows_nothing(site: TestClient[Any]) -> None:
    assert not [value for value in counts(site) if value.startswith(("quiet", "words"))]
    assert site.get(f"{LIST}?field=quiet:yes").status_code == site.get(f"{LIST}?field=words:city").status_code == 400


@pytest.mark.parametrize("value", ["money", "money:", ":city", "Money:city", "a:b:c", "money:city%0A"])
def test_a_value_that_is_no_answer_is_refused_by_the_api_and_finds_nothing_on_the_page(
    site: TestClient[Any], value: str
) -> None:
    assert site.get(f"{LIST}?field={value}").status_code == 400
    assert site.get(f"/en/testland/practices?field={value}").status_code == 200


def test_each_answer_that_was_chosen_can_be_taken_away(site: TestClient[Any]) -> None:
    page = site.get("/en/testland/practices?field=money:city&field=night:no").text
    removed = re.findall(r'<li><a href="([^"]*)" rel="nofollow"><span[^>]*>Remove: (.*?), </span>(.*?)</a>', page)
    assert removed == [
        ("/en/testland/practices?field=night%3Ano", "Paid by", "The city"),
        ("/en/testland/practices?field=money%3Acity", "Open at night", "No"),
    ]


def test_the_list_of_all_regions_does_not_ask_them(site: TestClient[Any]) -> None:
    assert groups(site.get("/en/practices").text) == {}
    page = site.get("/en/practices?field=money:city").text
    assert all(f"/testland/practices/{slug}" in page for slug in ANSWERS)
    assert site.get("/api/v1/search?q=practice&field=money:city").status_code == 400
    assert site.get("/api/v1/search?q=practice&facets=field").status_code == 400


def test_an_answer_under_a_former_key_counts_under_the_present_one(package: RegionPackage, sqlite_url: str) -> None:
    body = {"original": "en", "text": {"en": {"title": "Of the team", "summary": "Its own."}}, "scope": "local"}
    body |= {"running": "ongoing", "sectors": ["courts"], "answers": {"money": ["state"], "night": True}}
    with package.instance(sqlite_url) as instance:
        instance.load("testland")
        with instance.database.write("testland") as session:
            draft = Draft(kind="practice", slug="own", body=encode(body), status=b"{}", publish=True)
            create(session, "testland", [draft], by="team")
    package.write(fields={"funding": MONEY | {"former": ["money"]}, "night": NIGHT | {"facet": False}}, sectors=SECTORS)
    with package.instance(sqlite_url) as instance:
        instance.load("testland")
        with TestClient(create_app(instance)) as client:
            told = counts(client)
            assert told["funding:state"] == 2
            assert not [value for value in told if not value.startswith("funding:")]
            assert slugs(client, "field=money:state") == slugs(client, "field=funding:state") == {"own", "b"}
