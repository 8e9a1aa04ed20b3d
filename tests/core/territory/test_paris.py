"""What the pages say of Paris is what its package and its law say, counted here a second time."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import combinations
from typing import Any

import pytest
from litestar.testing import TestClient

from tests.core.web.reading import PageRead

PACKAGE = files("lanzarote_region_paris")


def toml(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


@pytest.fixture(scope="module")
def practices() -> Mapping[str, Any]:
    """The practices that are shown."""
    shipped = {file.name: toml(file) for file in (PACKAGE / "region" / "practices").iterdir()}
    return {name: practice for name, practice in shipped.items() if practice.get("publish", True)}


@pytest.fixture(scope="module")
def provisions() -> Mapping[str, Any]:
    return {
        key: one for file in (PACKAGE / "law_fr" / "law").iterdir() for key, one in toml(file)["provisions"].items()
    }


def rows(client: TestClient[Any], path: str) -> list[list[str]]:
    answer = client.get(f"/en/paris{path}{'&' if '?' in path else '?'}format=csv")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def article(ref: str) -> str:
    return ref.partition(".")[0]


def test_the_start_tells_the_numbers_of_the_package(
    client: TestClient[Any], practices: Mapping[str, Any], provisions: Mapping[str, Any]
) -> None:
    words = PageRead(client.get("/en/paris").text).words
    organisations = toml(PACKAGE / "region" / "organisations.toml")
    assert f"{len(practices)} practices documented" in words
    assert f"{len(organisations)} organisations cited in public sources" in words
    assert f"{len(provisions)} provisions of the law summarised" in words
    assert "Documented from public sources, not assessed." in words


def test_the_start_names_the_three_objectives_and_where_help_is(client: TestClient[Any]) -> None:
    page = PageRead(client.get("/fr/paris").text)
    for objective in toml(PACKAGE / "region" / "region.toml")["mandates"][0]["objectives"]:
        assert " ".join(objective["text"]["fr"].split()) in page.words
    assert "tel:119" in {link["href"] for link in page.links}


def partner_sectors(practice: Mapping[str, Any]) -> set[str]:
    """Sectors in which the partners that a practice names work."""
    organisations = toml(PACKAGE / "region" / "organisations.toml")
    found: set[str] = set()
    for partner in practice.get("partners", ()):
        named = organisations.get(partner.get("organisation"), {}).get("sectors")
        found.update(named or [partner["sector"]])
    return found


def test_pairs_of_sectors_are_counted_by_the_partners_of_the_practices(
    client: TestClient[Any], practices: Mapping[str, Any]
) -> None:
    names = {key: one["name"]["en"] for key, one in toml(PACKAGE / "region" / "sectors.toml").items()}
    expected: dict[tuple[str, str], int] = {}
    for practice in practices.values():
        for pair in combinations(partner_sectors(practice), 2):
            a, b = sorted(names[key] for key in pair)
            expected[a, b] = expected.get((a, b), 0) + 1

    header, *body = rows(client, "/cooperation")
    told = {
        (row[0], column): int(count)
        for row in body
        for column, count in zip(header[1:], row[1:], strict=True)
        if row[0] < column and count != "0"
    }
    assert told == expected


def test_a_sector_that_a_practice_only_concerns_is_no_partner_of_it(client: TestClient[Any]) -> None:
    page = PageRead(client.get("/en/paris/cooperation/anti-exploitation/education").text)
    assert [link for link in page.links if link["href"].startswith("/en/paris/practices/")] == []


def test_sectors_without_a_partner_are_named_beside_the_picture(client: TestClient[Any]) -> None:
    words = PageRead(client.get("/en/paris/cooperation").text).words
    assert "Not drawn, since no published practice names a partner of theirs yet: City out-of-school" in words


def test_a_pair_leads_to_its_practices(client: TestClient[Any], practices: Mapping[str, Any]) -> None:
    page = PageRead(client.get("/en/paris/cooperation/courts/police").text)
    expected = sum({"courts", "police"} <= partner_sectors(one) for one in practices.values())
    listed = {link["href"] for link in page.links if link["href"].startswith("/en/paris/practices/")}
    assert len(listed) == expected > 1


def test_a_pair_has_one_address_and_every_link_leads_to_it(client: TestClient[Any]) -> None:
    answer = client.get("/en/paris/cooperation/police/courts", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, "/en/paris/cooperation/courts/police")
    pairs = {
        tuple(link["href"].split("/")[4:6])
        for path in ("/cooperation", "/sectors/courts", "/sectors/police", "/sectors/health")
        for link in PageRead(client.get(f"/en/paris{path}").text).links
        if link["href"].startswith("/en/paris/cooperation/")
    }
    assert pairs
    assert {pair for pair in pairs if list(pair) != sorted(pair)} == set()


def test_what_a_sector_has_a_partner_in_is_not_passed_off_as_what_concerns_it(client: TestClient[Any]) -> None:
    """Some practices name a partner from health and are filed under other sectors."""
    html = client.get("/en/paris/cooperation").text
    [own] = set(re.findall(r'<td class="cell own">(<a|\d)', re.sub(r">\d+<", ">1<", html)))
    assert own == "1"
    assert "the list of a sector’s practices may be longer or shorter" in PageRead(html).words
    sector = PageRead(client.get("/en/paris/sectors/health").text).words
    assert "some of them may mainly concern other sectors" in sector


def test_the_picture_and_the_table_say_the_same(client: TestClient[Any]) -> None:
    html = client.get("/en/paris/cooperation").text
    body = rows(client, "/cooperation")[1:]
    pairs = sum(count != "0" for row in body for count in row[1:]) - sum(
        row[1 + place] != "0" for place, row in enumerate(body)
    )
    assert len(re.findall(r'<path class="arc ', html)) == pairs // 2


def test_coverage_counts_the_provisions_and_practices_that_name_an_article(
    client: TestClient[Any], practices: Mapping[str, Any], provisions: Mapping[str, Any]
) -> None:
    told = {row[0]: (int(row[3]), int(row[5])) for row in rows(client, "/coverage")[1:]}
    for number in map(str, range(1, 51)):
        law = sum(
            number in {article(link["ref"]) for link in one["versions"][-1].get("convention", [])}
            for one in provisions.values()
        )
        done = sum(number in set(map(article, one.get("convention", []))) for one in practices.values())
        assert told[number] == (law, done), number


@pytest.mark.parametrize("number", ["10", "14", "18"])
def test_a_number_of_the_coverage_leads_to_as_many_rows(client: TestClient[Any], number: str) -> None:
    told = {row[0]: (int(row[3]), int(row[5])) for row in rows(client, "/coverage")[1:]}
    lists = (f"/law?article={number}", f"/practices?article={number}")
    assert tuple(len(rows(client, path)[1:]) for path in lists) == told[number]


def test_what_is_covered_is_counted_among_the_articles_to_which_it_can_apply(client: TestClient[Any]) -> None:
    states = [(row[4], row[6]) for row in rows(client, "/coverage")[1:]]
    law, practices = (sum(pair[side] != "not applicable" for pair in states) for side in (0, 1))
    assert law != practices
    page = PageRead(client.get("/en/paris/coverage").text)
    assert f"of {law} articles with a provision" in page.words
    assert f"of {practices} articles with a practice" in page.words


def test_nothing_is_called_none_that_nobody_looked_for(client: TestClient[Any]) -> None:
    states = {state for row in rows(client, "/coverage")[1:] for state in (row[4], row[6])}
    assert states == {"documented", "unknown", "not applicable"}


def test_a_sector_without_an_organisation_invites_to_complete_it(client: TestClient[Any]) -> None:
    page = PageRead(client.get("/en/paris/sectors/city-childhood-services").text)
    assert "That does not mean there is none." in page.words
    assert "/en/paris/correct?about=sectors%2Fcity-childhood-services" in {link["href"] for link in page.links}


def test_every_sector_of_the_package_has_its_line(client: TestClient[Any]) -> None:
    assert [row[0] for row in rows(client, "/sectors")[1:]] == list(toml(PACKAGE / "region" / "sectors.toml"))


def test_sources_of_drafts_alone_are_not_told(client: TestClient[Any], practices: Mapping[str, Any]) -> None:
    drafts = [toml(PACKAGE / "region" / "practices" / f"{name}.toml") for name in ("home-incest", "trocadero-outreach")]
    assert not any(draft.get("publish", True) for draft in drafts)
    whole = "".join(
        file.read_text("utf-8")
        for folder in ("region", "law_fr", "law_fr/law")
        for file in (PACKAGE / folder).iterdir()
        if file.name.endswith(".toml") and file.name != "sources.toml"
    ) + "".join((PACKAGE / "region" / "practices" / name).read_text("utf-8") for name in practices)
    only = {key for draft in drafts for key in draft["sources"] if f'"{key}"' not in whole}
    told = {row[0] for row in rows(client, "/sources")[1:]}
    assert only
    assert told & only == set()


def test_the_law_says_of_how_much_the_text_has_still_to_be_re_read(
    client: TestClient[Any], provisions: Mapping[str, Any]
) -> None:
    newest = [one["versions"][-1] for one in provisions.values()]
    waiting = sum("recheck" in one for one in newest)
    both = sum("recheck" in one and not one.get("verified") for one in newest)
    words = PageRead(client.get("/en/paris/law").text).words
    assert f"of {waiting} the official text has still to be re-read" in words
    assert words.count("not yet re-checked") == waiting - both, "what is not verified says that alone"


def test_the_law_is_found_by_number_and_by_word(client: TestClient[Any]) -> None:
    found = [row[0] for row in rows(client, "/law?q=222-22")[1:]]
    assert found[0] == "Art. 222-22, Criminal Code (France)"
    assert {name for name in found if "222-22" not in name} == set()
    assert {row[0] for row in rows(client, "/law?q=SIGNALEMENT")[1:]}
    assert len(rows(client, "/law?instrument=fr-cp")[1:]) == 31


def test_the_group_says_what_was_not_found_and_what_is_a_proposal(client: TestClient[Any]) -> None:
    words = PageRead(client.get("/en/paris/group").text).words
    for told in ("Looked for, not found", "Department of the Seine", "25 October 2007", "1 January 2011"):
        assert told in words
    assert words.count("A proposal of the editors, not adopted") == 2
    assert "Reservations aboutArticle 20.1.e, Article 20.1.f, Article 23, Article 24.2" in words


def test_ages_name_their_provisions(client: TestClient[Any]) -> None:
    page = PageRead(client.get("/en/paris/ages").text)
    ages = toml(PACKAGE / "region" / "ages.toml")
    links = {link["href"] for link in page.links}
    assert {f"/en/paris/law/{key}" for one in ages.values() for key in one["provisions"]} <= links
    assert [row[2] for row in rows(client, "/ages")[1:]] == [str(one["years"]) for one in ages.values()]


def test_a_provision_that_was_not_verified_is_not_said_to_be_in_force(client: TestClient[Any]) -> None:
    words = PageRead(client.get("/en/paris/law/fr-cpp-2-3").text).words
    assert "Whether it is in force, and since when, was not verified" in words
    assert "In force; since" not in words
    assert "The version of 10 February 2010, one of those that were read; follow the list of versions." in words


def test_a_provision_leads_to_the_law_and_says_what_its_address_opens(
    client: TestClient[Any], practices: Mapping[str, Any], provisions: Mapping[str, Any]
) -> None:
    codes = {toml(file)["instrument"].get("url") for file in (PACKAGE / "law_fr" / "law").iterdir()}
    law = {link["href"] for link in PageRead(client.get("/en/paris/law").text).links}
    own = {one["url"] for one in provisions.values() if "url" in one}
    assert own | codes - {None} <= law
    for key, told in {
        "fr-cp-222-22": "official text of the article (legifrance.gouv.fr)",
        "fr-casf-226-3": "official text of its chapter (legifrance.gouv.fr)",
        "fr-decret-2023-829": "official text of the act (legifrance.gouv.fr)",
        "fr-cp-434-3": "official text of the whole instrument (legifrance.gouv.fr)",
    }.items():
        assert told in PageRead(client.get(f"/en/paris/law/{key}").text).words
    table = rows(client, "/law?q=222-22")
    address, leads = (table[0].index(name) for name in ("Official text", "What it leads to"))
    assert table[1][address] == provisions["fr-cp-222-22"]["url"]
    assert table[1][leads] == "official text of the article. The version in force since 8 November 2025."
    listed = client.get("/api/v1/regions/paris/provisions", params={"limit": 100}).json()["items"]
    assert {one["key"]: one["url"] for one in listed if one["url"]} == {
        key: one["url"] for key, one in provisions.items() if "url" in one
    }
    rests = next(key for key, one in practices.items() if "fr-casf-226-3" in one.get("legal_basis", ()))
    page = PageRead(client.get(f"/en/paris/practices/{rests.removesuffix('.toml')}").text)
    assert provisions["fr-casf-226-3"]["url"] in [link["href"] for link in page.links]


def test_official_addresses_are_named_first_and_the_copy_that_was_read_is_named_as_such(
    client: TestClient[Any],
) -> None:
    sources = toml(PACKAGE / "law_fr" / "sources.toml")
    law = sources["loi-2021-478"]
    html = (
        client.get("/en/paris/law/fr-cp-222-23-1").text.partition('id="source-loi-2021-478"')[2].partition("</li>")[0]
    )
    assert re.findall('href="([^"]*)"', html) == [law["official_url"], law["url"]]
    assert "legifrance.gouv.fr · read in a copy:" in re.sub("<[^>]*>", "", html)
    listed = rows(client, "/sources")
    places = [listed[0].index(name) for name in ("Key", "Address", "Copy that was read")]
    assert [law_ for law_ in ([row[at] for at in places] for row in listed) if law_[0] == "loi-2021-478"] == [
        ["loi-2021-478", law["official_url"], law["url"]]
    ]
    kinds = [row[listed[0].index("Kind")] for row in listed[1:]]
    assert list(dict.fromkeys(kinds))[:2] == ["official document", "copy of an official document"]


@pytest.mark.parametrize("path", ["/en/paris/law", "/en/paris/organisations", "/en/paris/practices", "/en/practices"])
@pytest.mark.parametrize("signs", ["'", "🐶", "?!"])
def test_a_search_for_signs_says_that_there_was_no_word_in_it(client: TestClient[Any], path: str, signs: str) -> None:
    words = PageRead(client.get(path, params={"q": signs}).text).words
    assert "There is no word to look for in what you wrote; this is the whole list." in words
    assert "There is no word to look for" not in PageRead(client.get(path, params={"q": "child"}).text).words
