"""The form of an evaluation in a real browser: what the script keeps, two texts made one, rows added and taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.kinds import unsaved
from playwright.sync_api import expect

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.evaluation.piloting import PARIS, begun
from tests.core.practices.test_form_browser import Site, field, status

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOM = "/fr/paris/team/evaluations"


@pytest.fixture(scope="module")
def site(paris_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = read_settings({"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path_factory.mktemp("browsed"))})
    with new_instance(settings) as instance, serving(instance) as address:
        yield Site(instance, address)


@pytest.fixture
def path(site: Site) -> str:
    return f"{ROOM}/{begun(site.instance)}"


def kept(site: Site, path: str, place: str) -> str:
    with site.instance.database.read(PARIS) as session:
        found = unsaved.kept(session, PARIS, path.rpartition("/")[2], by=site.ana)
    return found.typed.entered.one(place) if found else ""


def save(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()


def test_what_is_typed_is_kept_while_signed_out_and_offered_again(page: Page, site: Site, path: str) -> None:
    site.open(page, f"{path}/edit")
    field(page, "text.fr.title").fill("Tapé, non enregistré")
    expect(status(page)).to_have_text(re.compile(r"Gardé à \d\d:\d\d"))
    page.context.clear_cookies()
    field(page, "text.fr.limits").fill("Pendant la coupure")
    expect(status(page)).to_have_text(re.compile("Vous avez été déconnecté"))
    site.sign_in(page, site.ana)
    expect(status(page)).to_have_text(re.compile("Gardé à"), timeout=15_000)
    assert kept(site, path, "text.fr.limits") == "Pendant la coupure"
    page.goto(f"{site.address}{path}/edit")  # everything is kept: nothing is asked
    page.get_by_role("link", name="Continuer").click()
    expect(field(page, "text.fr.title")).to_have_value("Tapé, non enregistré")
    save(page)
    page.wait_for_url("**done=saved")
    assert kept(site, path, "text.fr.title") == ""


def test_what_the_guard_refuses_is_marked_at_its_field(page: Page, site: Site, path: str) -> None:
    site.open(page, f"{path}/edit")
    field(page, "text.fr.limits").fill("Léa, 9 ans, est l’héroïne du film.")
    expect(status(page)).to_have_text(re.compile("sauf les champs signalés"))
    expect(field(page, "text.fr.limits")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Pourquoi cela reste").fill("Un personnage de fiction.")
    expect(status(page)).to_have_text(re.compile(r"^Gardé à \d\d:\d\d\s;"))


def test_two_who_write_at_once_make_one_text(page: Page, site: Site, path: str) -> None:
    other: Any = page.context.new_page()
    site.open(page, f"{path}/edit")
    other.goto(f"{site.address}{path}/edit")
    field(other, "text.fr.title").fill("Le titre du second onglet")
    field(other, "text.fr.limits").fill("Peu de réponses")
    save(other)
    other.wait_for_url("**done=saved")
    field(page, "text.fr.title").fill("Le titre du premier")
    save(page)
    expect(page.locator("h1")).to_have_text(re.compile("autre fenêtre"))
    both = page.locator('[id="text.fr.title"]')
    both.get_by_role("radio").nth(2).check()
    both.get_by_role("textbox").fill("Le titre des deux")
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url("**done=saved")
    page.goto(f"{site.address}{path}/edit")
    expect(field(page, "text.fr.title")).to_have_value("Le titre des deux")
    expect(field(page, "text.fr.limits")).to_have_value("Peu de réponses")


def test_rows_are_added_and_taken_away_without_a_reload(page: Page, site: Site, path: str) -> None:
    site.open(page, f"{path}/edit")
    page.evaluate("window.stays = true")
    page.get_by_role("button", name="Ajouter : Critère").click()
    third = field(page, "criteria[2].question.fr")
    expect(third).to_be_focused()
    third.fill("Les délais ont-ils baissé ?")
    field(page, "criteria[2].met.fr").fill("De moitié")
    expect(status(page)).to_have_text(re.compile("Gardé à"))
    page.get_by_role("button", name="Retirer – Critère 1").click()
    expect(field(page, "criteria[2]").locator("legend")).to_have_text("Critère 2")
    assert page.evaluate("window.stays")
    save(page)
    page.wait_for_url("**done=saved")
    page.goto(f"{site.address}{path}/edit")
    expect(field(page, "criteria[1].question.fr")).to_have_value("Les délais ont-ils baissé ?")
    expect(field(page, "criteria[2]")).to_have_count(0)


def test_the_button_that_saves_is_never_under_the_bar_of_a_phone(page: Page, site: Site, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    site.open(page, f"{path}/edit")
    page.evaluate("scrollTo(0, 900)")
    box = page.get_by_role("button", name="Enregistrer", exact=True).last.bounding_box()
    assert box
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).textContent", middle) == "Enregistrer"
