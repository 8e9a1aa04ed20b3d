"""Reports of the office say what regions have released, lead to it, and can be read aloud from paper."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.office import by_region, service
from lanzarote.practices.documents import PracticeRelease
from lanzarote.records.changelog_state import released_now
from lanzarote.records.records import decode
from lanzarote.reports import writing
from lanzarote.reports.writing import REPORTS
from lanzarote.results import enrolling
from litestar.testing import TestClient

from tests.conftest import copy_of
from tests.regions.writing import region_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLACE = "/office/reports"


@pytest.fixture(scope="module")
def office(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Paris, and beside it three invented regions, of which no report tells."""
    folder = tmp_path_factory.mktemp("office")
    settings = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, folder), "LANZAROTE_OFFICE": "on"}
    with new_instance(read_settings(settings | {"LANZAROTE_DATA": str(folder)})) as instance:
        enrolling.add(instance)
        yield instance


@pytest.fixture(scope="module")
def reader(office: Instance) -> Iterator[TestClient[Any]]:
    with TestClient(create_app(office), base_url="http://lanzarote.test") as client:
        yield client


def read(reader: TestClient[Any], path: str) -> str:
    answer = reader.get(path)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("kind", REPORTS)
def test_each_is_a_page_and_a_tagged_pdf_in_both_languages(reader: TestClient[Any], kind: str, lang: str) -> None:
    assert f'href="/{lang}{PLACE}/{kind}"' in read(reader, f"/{lang}{PLACE}")
    assert f'href="/{lang}{PLACE}/{kind}?format=pdf"' in read(reader, f"/{lang}{PLACE}/{kind}")
    answer = reader.get(f"/{lang}{PLACE}/{kind}?format=pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert f"{kind}-{lang}-" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("kind", REPORTS)
def test_of_a_region_that_has_published_nothing_no_heading_stands_alone(
    sqlite_url: str, tmp_path: Path, kind: str
) -> None:
    with region_package(tmp_path) as package:
        settings = {"LANZAROTE_DATABASE_URL": sqlite_url, "LANZAROTE_OFFICE": "on", "LANZAROTE_DATA": str(tmp_path)}
        with new_instance(read_settings(settings), package.host()) as instance:
            instance.load("testland")
            with TestClient(create_app(instance), base_url="http://lanzarote.test") as reader:
                html = read(reader, f"/en{PLACE}/{kind}")
    [article] = re.findall(r'<article class="prose">.*?</article>', html, re.DOTALL)
    assert "<h2" in article
    assert re.findall(r"<h2[^>]*>[^<]*</h2>\s*(?:<h2|<ul[^>]*>\s*</ul>|</article>)", article) == []


@pytest.mark.parametrize("kind", REPORTS)
def test_whatever_it_claims_leads_to_its_records(reader: TestClient[Any], kind: str) -> None:
    [article] = re.findall(r'<article class="prose">.*?</article>', read(reader, f"/en{PLACE}/{kind}"), re.DOTALL)
    links = set(re.findall(r'href="http://lanzarote\.test([^"]+)"', article.replace("&amp;", "&")))
    assert len(links) > 10
    assert {link: reader.get(link).status_code for link in links if reader.get(link).status_code != 200} == {}


def test_the_committees_report_names_every_practice_under_its_articles(
    reader: TestClient[Any], office: Instance
) -> None:
    text = read(reader, f"/fr{PLACE}/committee")
    parts = re.split(r"<h2>Article (\d+)", text)
    told = {int(number): part for number, part in zip(parts[1::2], parts[2::2], strict=True)}
    with office.database.read("paris") as session:
        practices = released_now(session, "paris", kinds=["practice"])
    assert len(practices) == 18
    for one in practices:
        said = decode(one.body, PracticeRelease)
        for article in {int(ref.partition(".")[0]) for ref in said.practice.convention}:
            assert f"/paris/practices/{said.slug}" in told[article]


def test_the_committees_report_keeps_apart_what_the_coverage_matrix_keeps_apart(
    reader: TestClient[Any], office: Instance
) -> None:
    figures = service.figures(office.database, list(office.headers()), by_region.COVERAGE)
    rows = by_region.coverage(figures, datetime.now(UTC).date())
    kinds = {row.article: {cell.kind for cell in row.cells.values()} for row in rows}
    law_alone = {
        row.article
        for row in rows
        if "some" in kinds[row.article] and not any(cell.practices for cell in row.cells.values())
    }
    assert {3, 11, 18, 21} <= law_alone
    told = _by_heading(read(reader, f"/en{PLACE}/committee"))
    silent = _by_heading(read(reader, f"/en{PLACE}/plenary"), "In no region is anything documented or stated")
    assert told.get(writing.NO_PRACTICE, set()) == law_alone
    assert told.get(writing.STATED_ONLY, set()) == {one for one, some in kinds.items() if some and "some" not in some}
    apart = {row.article for row in rows if row.otherwise.kind == "not-applicable"}
    assert {38, 45, 50} <= apart
    unknown = {one for one, some in kinds.items() if not some} - apart
    assert told.get(writing.UNDOCUMENTED, set()) == silent.get("", set()) == unknown


@pytest.mark.parametrize("kind", ["plenary", "committee"])
def test_no_report_calls_a_gap_what_no_region_can_practise(reader: TestClient[Any], kind: str) -> None:
    html = read(reader, f"/en{PLACE}/{kind}")

    assert "Denunciation" not in html
    assert "No region can practise articles 1, 3, 38–50" in html


def _by_heading(html: str, after: str = "") -> dict[str, set[int]]:
    """The articles that are listed under each heading; or those in the first list after some words."""
    if after:
        html = f"<h2></h2>{html.partition(after)[2].partition('</ul>')[0]}"
    parts = re.split(r"<h2>(.*?)</h2>", html)
    items = {
        title: re.findall(r"<li>(?:<a[^>]*>)?Article (\d+)", part)
        for title, part in zip(parts[1::2], parts[2::2], strict=True)
    }
    return {title: {int(one) for one in found} for title, found in items.items()}


def test_a_list_that_is_cut_says_how_many_there_are_and_leads_to_all_of_them(
    office: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "RECORDS", 1)
    with TestClient(create_app(office), base_url="http://lanzarote.test") as reader:
        html = read(reader, f"/en{PLACE}/committee").replace("&amp;", "&")
        cut = re.findall(r'<li><a href="http://lanzarote.test([^"]+)">[^<]+: 1 of (\d+) records are listed here', html)
        assert "/en/office/records?of=article&a=5&region=paris" in dict(cut)
        assert [href for href, n in cut if f"{n} records" not in read(reader, href)] == []


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_sheet_for_the_european_day_prints_every_number_and_what_answers_there(
    office: Instance, reader: TestClient[Any], lang: str
) -> None:
    html = read(reader, f"/{lang}{PLACE}/european-day")
    tables = re.findall(r"<caption>([^<]+)</caption>(.*?)</table>", html, re.DOTALL)
    rows = {
        place: re.findall(
            r'<th scope="row"><a href="((?:tel|sms):[^"]+)">[^<]+</a></th><td>(?:<span[^>]*>)?([^<]+)<', body
        )
        for place, body in tables
    }

    lines = office.vocabulary("paris").helplines.values()
    assert rows["Paris"] == [
        (f"{'sms' if one.text_messages else 'tel'}:{one.number.replace(' ', '')}", one.name[lang])
        for one in lines
        if one.number
    ]
    assert {"fr": "Envoyer un SMS au 114", "en": "Send a text message to 114"}[lang] in html
    assert ["tel:112", "tel:116111", "tel:116000"] in [[tel for tel, _ in of_place] for of_place in rows.values()]


def test_an_office_without_regions_says_so(tmp_path: Path) -> None:
    with new_instance(read_settings({"LANZAROTE_DATA": str(tmp_path), "LANZAROTE_OFFICE": "on"})) as empty:
        empty.migrate()
        with TestClient(create_app(empty), base_url="http://lanzarote.test") as client:
            for kind in REPORTS:
                assert "No region has released results here yet." in read(client, f"/en{PLACE}/{kind}")
                assert client.get(f"/en{PLACE}/{kind}?format=pdf").content.startswith(b"%PDF")
            assert client.get(f"/en{PLACE}/nothing").status_code == 404


def test_where_there_is_no_office_there_are_no_reports(client: TestClient[Any]) -> None:
    assert client.get(f"/en{PLACE}").status_code == 404
