"""A regional team on a machine of its own, with wheels, an empty folder and a browser: what its guide says."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from dev import ROOT
from tests.journeys.machine import Machine, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page, Route

PAGES_OF_A_PDF = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="session")
def team(machine: Callable[[str], Machine]) -> Machine:
    return machine("team")


@pytest.fixture(scope="session")
def first(team: Machine) -> Iterator[Site]:
    """The first start; it runs while the pages are read."""
    with team.running("run", "--region", "paris", "--port", "0") as site:  # another region is installed as well
        yield site


def test_nothing_of_the_repository_is_on_the_machine(team: Machine) -> None:
    ours = [path for path in team.paths() if path.startswith(str(ROOT)) and "site-packages" not in path]

    assert ours == []
    assert all(not path.startswith(str(ROOT)) for path in team.paths() if "lanzarote/__init__.py" in path)


def test_the_first_start_loads_paris_and_says_what_to_try(first: Site) -> None:
    assert "Loading paris" in first.said
    for path in ("/fr/paris", "/en/paris", "/fr/paris/practices", "/en/convention", "/api/v1/openapi.json"):
        assert re.search(rf"{re.escape(first.address + path)}$", first.said, re.MULTILINE), path


def test_a_practice_is_found_by_a_misspelt_accent_and_read_in_both_languages(page: Page, first: Site) -> None:
    page.goto(first.address)
    page.goto(f"{first.address}/fr/paris")
    page.get_by_role("navigation", name="Navigation principale").get_by_role("link", name="Pratiques").click()
    page.get_by_role("searchbox").fill("unite d'accueil pédiâtrique")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    page.locator(".card-title a", has_text="Unités d’accueil pédiatriques").click()
    page.wait_for_url("**/practices/uaped*")

    assert page.url.startswith(f"{first.address}/fr/paris/practices/uaped")
    assert page.locator("h1").inner_text() == "Unités d’accueil pédiatriques enfants en danger (UAPED)"
    assert page.locator("html").get_attribute("lang") == "fr"
    french = page.locator("main").inner_text()

    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/en/paris/**")

    assert page.url.startswith(f"{first.address}/en/paris/practices/uaped")
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Hospital reception units" in page.locator("h1").inner_text()
    assert page.locator("main").inner_text() != french
    assert page.locator("main [lang=fr] p").count() == 0


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_practice_prints_on_a_few_pages(page: Page, first: Site, lang: str) -> None:
    page.goto(f"{first.address}/{lang}/paris/practices/uaped")
    pressed = page.evaluate(
        "() => new Promise(done => { window.print = () => done(true); document.querySelector('[data-print]').click() })"
    )
    pdf = page.pdf(format="A4")
    page.emulate_media(media="print")

    assert pressed
    assert len(PAGES_OF_A_PDF.findall(pdf)) <= 3
    assert not page.get_by_role("navigation").first.is_visible()
    assert page.locator("h1").is_visible()
    assert page.get_by_text(f"{first.address}/{lang}/paris/practices/uaped").is_visible()


def test_the_sources_of_a_practice_can_be_followed(page: Page, first: Site) -> None:
    asked: list[str] = []

    def elsewhere(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="read")

    page.route(re.compile(r"^https://"), elsewhere)
    page.goto(f"{first.address}/fr/paris/practices/uaped")
    links = page.locator(".sources a")
    targets = [link.get_attribute("href") for link in links.all()]
    assert asked == []  # reading asks nobody else

    links.first.click()
    page.wait_for_url(re.compile(r"^https://"))

    assert len(targets) == 27
    assert asked == targets[:1]


def test_the_list_is_taken_away_as_csv_and_as_a_spreadsheet(page: Page, first: Site, tmp_path: Path) -> None:
    page.goto(f"{first.address}/fr/paris/practices?q=hopital")
    shown = page.locator(".card").count()
    files = {}
    for kind in ("CSV", "Excel"):
        with page.expect_download() as begun:
            page.locator(".downloads").get_by_role("link", name=kind).click()
        files[kind] = tmp_path / begun.value.suggested_filename
        begun.value.save_as(files[kind])

    rows = list(csv.reader(io.StringIO(files["CSV"].read_text("utf-8-sig"))))
    with zipfile.ZipFile(files["Excel"]) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert [file.suffix for file in files.values()] == [".csv", ".xlsx"]
    assert 0 < shown == len(rows) - 1
    assert sheet.count("<row ") == len(rows)


def test_after_a_stop_the_next_start_loads_nothing_and_keeps_what_was_said(
    page: Page, first: Site, team: Machine
) -> None:
    page.goto(f"{first.address}/fr/paris/correct?about=/fr/paris/practices/uaped")
    page.locator("textarea").first.fill("Le nombre d’unités est passé à une autre valeur.")
    page.get_by_role("button", name="Envoyer").click()
    page.locator("form textarea").first.wait_for(state="detached")
    assert page.locator("form textarea").count() == 0
    assert "Stopped." in first.stop()

    with team.running() as second:
        assert "Loading" not in second.said
        assert "Upgrading" not in second.said
        page.goto(f"{second.address}/fr/paris/practices/uaped")
        assert page.get_by_role("link", name="Version 1").count() == 1
        second.stop()
    assert "Le nombre d’unités est passé à une autre valeur." in team.lanzarote("tasks", "paris")


def test_the_data_is_backed_up_examined_and_exported(team: Machine) -> None:
    team.lanzarote("load", "paris")  # whatever ran before: loading again changes nothing
    [backup] = re.findall(r"\S+\.zip\b", team.lanzarote("backup"))
    examined = team.lanzarote("doctor")
    told = team.lanzarote("export", "paris", "-o", "paris.jsonl")

    assert zipfile.is_zipfile(team.home / backup)
    assert [line for line in examined.splitlines() if line.startswith("!")] == []
    assert "region paris: enabled" in examined
    lines = (team.home / "paris.jsonl").read_text("utf-8").splitlines()
    records = [line for line in lines if line.startswith('{"created_at"')]
    assert told == f"{len(records)} records written to paris.jsonl\n"
