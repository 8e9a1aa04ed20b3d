"""The pages of an invented region: what is shown, what is not, and what is told of what is gone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from lanzarote.instance import Instance
from lanzarote.records import records
from lanzarote.records.records import Record
from litestar.testing import TestClient
from sqlalchemy import select

from tests.core.territory.invented import EVIL
from tests.core.web.reading import PageRead

PAGES = (
    "",
    "/sectors",
    "/sectors/courts",
    "/sectors/almshouses",
    "/sectors/schools",
    "/cooperation",
    "/cooperation/courts/shelters",
    "/cooperation/courts/schools",
    "/organisations",
    "/organisations/invented-court",
    "/law",
    "/law/xt-1",
    "/sources",
    "/coverage",
    "/group",
    "/ages",
    "/correct",
)


def read(reader: TestClient[Any], path: str, lang: str = "en") -> PageRead:
    answer = reader.get(f"/{lang}/testland{path}")
    assert answer.status_code == 200, answer.text
    return PageRead(answer.text)


def rows(reader: TestClient[Any], path: str) -> list[list[str]]:
    answer = reader.get(f"/en/testland{path}{'&' if '?' in path else '?'}format=csv")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@contextmanager
def changed(land: Instance, key: str, what: Any) -> Iterator[None]:
    """Change a record for the length of a test."""
    with land.database.write("testland") as session:
        what(session, session.scalars(select(Record).where(Record.key == key)).one())
    yield


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_something_everywhere_and_only_once(reader: TestClient[Any], lang: str, path: str) -> None:
    page = read(reader, path, lang)
    assert page.lang == lang
    assert len(page.headings) == 1
    assert page.empty == []
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("path", PAGES)
def test_hostile_texts_stay_texts(reader: TestClient[Any], path: str) -> None:
    html = reader.get(f"/en/testland{path}").text
    assert EVIL not in html
    assert "javascript:" not in html


def test_hostile_texts_are_shown_as_they_were_written(reader: TestClient[Any]) -> None:
    assert EVIL in read(reader, "/organisations").words
    assert EVIL in read(reader, "/group").words
    assert EVIL in read(reader, "/sources").words


def test_an_address_that_is_no_web_address_is_no_link(reader: TestClient[Any], land: Instance) -> None:
    [slug] = [one.slug for one in land.directory("testland") if one.key == "shelter"]
    page = read(reader, f"/organisations/{slug}")
    assert "Website" not in page.words


# Sources


def test_sources_are_those_that_something_public_rests_on(reader: TestClient[Any]) -> None:
    told = {row[0] for row in rows(reader, "/sources")[1:]}
    assert told == {"invented", "hostile", "of-evidence", "of-statement"}
    words = read(reader, "/sources").words
    assert "Read for a figure" in words
    assert "Read for a draft only" not in words


def test_a_source_of_a_draft_is_listed_once_the_draft_is_published(reader: TestClient[Any], land: Instance) -> None:
    def publish(session: Any, record: Record) -> None:
        records.publish(session, record, by="team")

    def withdraw(session: Any, record: Record) -> None:
        records.withdraw(session, record, by="team")

    with changed(land, "held", publish):
        assert "Read for a draft only" in read(reader, "/sources").words
    with changed(land, "held", withdraw):
        assert "Read for a draft only" not in read(reader, "/sources").words


# Sectors


def test_a_sector_without_an_organisation_is_shown_and_invites(reader: TestClient[Any]) -> None:
    page = read(reader, "/sectors/schools")
    assert page.headings == ["Écoles"]
    assert "/en/testland/correct?about=sectors%2Fschools" in {link["href"] for link in page.links}
    assert "No organisation is recorded yet." in read(reader, "/sectors").words


def test_a_name_in_another_language_says_so(reader: TestClient[Any]) -> None:
    assert '<span lang="fr">Écoles</span>' in reader.get("/en/testland/sectors").text


def test_a_retired_sector_is_marked_stands_last_and_names_its_follower(reader: TestClient[Any]) -> None:
    assert [row[0] for row in rows(reader, "/sectors")[1:]] == ["courts", "shelters", "schools", "almshouses"]
    page = read(reader, "/sectors/almshouses")
    assert "This sector is no longer used" in page.words
    assert "/en/testland/sectors/shelters" in {link["href"] for link in page.links}


def test_a_renamed_sector_leads_to_its_present_address(reader: TestClient[Any]) -> None:
    answer = reader.get("/en/testland/sectors/tribunals", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, "/en/testland/sectors/courts")


def test_what_a_sector_counts_is_what_its_links_lead_to(reader: TestClient[Any]) -> None:
    key, *_, organisations, practices, _ = rows(reader, "/sectors")[1]
    assert (key, organisations, practices) == ("courts", "2", "2")
    assert len(rows(reader, "/organisations?sector=courts")[1:]) == 2
    assert len(rows(reader, "/practices?sector=courts")[1:]) == 2


# Co-operation


def test_former_keys_count_for_the_present_sector(reader: TestClient[Any]) -> None:
    header, *body = rows(reader, "/cooperation")
    counts = {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in body}
    assert counts["Courts"]["Shelters"] == "1"
    assert counts["Courts"]["Courts"] == "1"  # of the two that concern it, one has a partner of it


def test_a_draft_joins_nobody(reader: TestClient[Any]) -> None:
    page = read(reader, "/cooperation/courts/schools")
    assert "No published practice names partners of both." in page.words


def test_two_sectors_lead_to_the_practices_with_partners_of_both(reader: TestClient[Any]) -> None:
    for path in ("/cooperation/courts/shelters", "/cooperation/shelters/tribunals"):
        page = read(reader, path)
        assert "/en/testland/practices/shared" in {link["href"] for link in page.links}
        assert "1 published practice names partners of both." in page.words


def test_a_sector_no_longer_used_and_named_nowhere_is_not_in_the_table(reader: TestClient[Any]) -> None:
    assert rows(reader, "/cooperation")[0] == ["Sector", "Courts", "Écoles", "Shelters"]


@pytest.mark.parametrize("path", ["/cooperation/courts/courts", "/cooperation/courts/nobody", "/cooperation/a/b"])
def test_no_two_sectors_no_page(reader: TestClient[Any], path: str) -> None:
    assert reader.get(f"/en/testland{path}").status_code == 404


# Organisations


def test_an_organisation_says_that_it_was_only_cited(reader: TestClient[Any]) -> None:
    page = read(reader, "/organisations/invented-court")
    assert "Cited in public sources. It was not asked, and is not a member of the group." in page.words
    assert "Tribunal inventé" in page.words
    assert "/en/testland/correct?about=organisations%2Finvented-court" in {link["href"] for link in page.links}


def test_a_practice_that_names_it_by_a_former_key_is_found(reader: TestClient[Any]) -> None:
    page = read(reader, "/organisations/invented-court")
    assert "/en/testland/practices/shared" in {link["href"] for link in page.links}


def test_a_merged_organisation_names_the_one_it_is_in(reader: TestClient[Any], land: Instance) -> None:
    [slug] = [one.slug for one in land.directory("testland") if one.key == "shelter"]
    page = read(reader, "/organisations/old-almshouse")
    assert "Taken over by another organisation" in page.words
    assert f"/en/testland/organisations/{slug}" in {link["href"] for link in page.links}


def test_a_former_address_leads_on_and_an_erased_one_says_so(reader: TestClient[Any], land: Instance) -> None:
    def rename(session: Any, record: Record) -> None:
        records.rename(session, record, "almshouse-renamed", by="test")
        records.publish(session, record, by="team")

    def erase(session: Any, record: Record) -> None:
        records.erase(session, record, by="team")

    with changed(land, "almshouse", rename):
        answer = reader.get("/en/testland/organisations/old-almshouse", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (301, "/en/testland/organisations/almshouse-renamed")
    with changed(land, "almshouse", erase):
        assert reader.get("/en/testland/organisations/old-almshouse").status_code == 410
        assert reader.get("/en/testland/organisations/almshouse-renamed").status_code == 410
        assert "Old almshouse" not in read(reader, "/organisations").words


@pytest.mark.parametrize(
    "path",
    ["/organisations/nobody", "/sectors/nobody", "/law/nobody", "/organisations/%00", "/sectors/..%2f..", "/law/'"],
)
def test_what_is_not_there_is_not_found(reader: TestClient[Any], path: str) -> None:
    assert reader.get(f"/en/testland{path}").status_code == 404


# Law


def test_a_provision_shows_its_wordings_newest_first(reader: TestClient[Any]) -> None:
    page = read(reader, "/law/xt-1")
    assert page.headings == ["The wording of today"]
    assert page.words.index("In force since 1 January 2020") < page.words.index("In force until 31 December 2019")
    assert "Act of 2019" in page.words
    assert "Read in a copy." in page.words


@pytest.mark.parametrize("path", ["/law", "/law/xt-1"])
def test_by_what_a_law_is_known_stands_there_and_is_a_link_where_it_is_an_address(
    reader: TestClient[Any], path: str
) -> None:
    page = read(reader, path)
    assert "https://law.example/eli/xt/code · XT 1/1990" in page.words
    assert "https://law.example/eli/xt/code" in [link["href"] for link in page.links]


def test_a_renamed_provision_is_found_by_its_practice_and_by_its_old_address(reader: TestClient[Any]) -> None:
    answer = reader.get("/en/testland/law/xt-old-1", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, "/en/testland/law/xt-1")
    page = read(reader, "/law/xt-1")
    assert {"/en/testland/practices/shared", "/en/testland/ages#full"} <= {link["href"] for link in page.links}


def test_the_law_is_narrowed_by_todays_mapping(reader: TestClient[Any]) -> None:
    assert [row[0] for row in rows(reader, "/law?article=10")[1:]] == ["Art. 1 Code"]
    assert [row[0] for row in rows(reader, "/law?article=10.3")[1:]] == ["Art. 1 Code"]
    assert rows(reader, "/law?article=10.2")[1:] == []
    assert rows(reader, "/law?article=5")[1:] == []


def test_the_law_is_found_by_any_of_its_words(reader: TestClient[Any]) -> None:
    assert [row[0] for row in rows(reader, "/law?q=SCHOOLS+meet")[1:]] == ["Art. 1 Code"]
    assert [row[0] for row in rows(reader, "/law?q=scho")[1:]] == ["Art. 1 Code"]
    assert rows(reader, "/law?q=nonsense")[1:] == []


def test_no_article_of_the_convention_is_a_mistake_that_is_explained(reader: TestClient[Any]) -> None:
    answer = reader.get("/en/testland/law", params={"article": "51"})
    assert answer.status_code == 400
    assert "articles go from 1 to 50" in answer.text


@pytest.mark.parametrize("article", ["0", "10.99", "'", "<b>", "1" * 5000, "10.3.a.b", "١٠"])
def test_hostile_articles_are_refused(reader: TestClient[Any], article: str) -> None:
    assert reader.get("/en/testland/law", params={"article": article}).status_code == 400


def test_unconfirmed_mappings_and_doubts_are_marked(reader: TestClient[Any]) -> None:
    words = read(reader, "/law").words
    assert "editorial mapping" in words
    assert "not yet re-checked" in words
    assert "not verified" in words


# Coverage


def test_the_three_kinds_of_empty_look_different(reader: TestClient[Any]) -> None:
    html = reader.get("/en/testland/coverage").text
    cells = {
        int(number): re.findall(r'<td class="cell ([a-z0-9-]+)"', row)
        for number, row in re.findall(r'<tr id="article-(\d+)">(.*?)</tr>', html, re.DOTALL)
    }
    assert cells[7] == ["none", "none"]
    assert cells[45] == ["not-applicable", "not-applicable"]
    assert cells[33] == ["unknown", "unknown"]
    assert cells[10] == ["depth-1", "depth-1"]
    assert len(cells) == 50


def test_a_statement_names_who_looked_and_when(reader: TestClient[Any]) -> None:
    words = read(reader, "/coverage").words
    assert "Article 7: looked at on 4 March 2026" in words
    assert "An invented committee" in words
    assert "Looked in two registers." in words
    assert "This says what is documented; it is not an assessment of compliance." in words


def test_every_number_of_the_coverage_leads_to_as_many(reader: TestClient[Any]) -> None:
    page = read(reader, "/coverage")
    links = {link["href"] for link in page.links}
    assert {"/en/testland/law?article=10", "/en/testland/practices?article=10"} <= links
    by_article = {row[0]: row for row in rows(reader, "/coverage")[1:]}
    assert len(rows(reader, "/practices?article=10")[1:]) == int(by_article["10"][5]) == 1
    assert by_article["7"][4] == by_article["7"][6] == "none"


# The start


def test_the_start_counts_what_its_links_show(reader: TestClient[Any]) -> None:
    page = read(reader, "")
    told = {link["href"]: link for link in page.links}
    assert {"/en/testland/practices", "/en/testland/organisations", "/en/testland/law"} <= told.keys()
    assert "2 practices documented" in page.words
    assert "1 of them names both a public and a civil-society partner" in page.words
    assert "2 provisions of the law summarised" in page.words
    assert "tel:123" in told
