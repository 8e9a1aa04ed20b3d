"""The pages about a region in a real browser: for everyone, on every screen, in both languages, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.web.seen import SIDEWAYS, unfold, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATHS = (
    "",
    "/sectors",
    "/sectors/courts",
    "/sectors/city-childhood-services",
    "/cooperation",
    "/cooperation/courts/police",
    "/cooperation/legal-profession/observation",
    "/organisations",
    "/organisations?q=nonsense",
    "/organisations/la-voix-de-l-enfant",
    "/law",
    "/law?article=10",
    "/law/fr-cp-222-22",
    "/ages",
    "/sources",
    "/coverage",
    "/group",
    "/correct",
    "/correct/thanks",
)
PAGES = [f"/{lang}/paris{path}" for lang in ("en", "fr") for path in PATHS]


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_in_light_and_in_dark(page: Page, paris_site: str, path: str) -> None:
    page.goto(paris_site + path)
    unfold(page)
    assert violations(page) == ""


@pytest.mark.parametrize("path", PAGES)
def test_nothing_runs_off_a_screen_of_320_points(page: Page, paris_site: str, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(paris_site + path)
    unfold(page)
    assert page.evaluate(SIDEWAYS) <= 0


@pytest.mark.parametrize("path", ["", "/coverage", "/cooperation", "/law", "/correct"])
def test_nothing_is_cut_off_at_twice_the_size(page: Page, paris_site: str, path: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{paris_site}/fr/paris{path}")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(SIDEWAYS) <= 0


def test_a_reply_is_sent_with_the_keyboard_alone_and_without_script(page: Page, paris_site: str) -> None:
    page.goto(f"{paris_site}/en/paris/correct?about=coverage")
    page.locator("#wrong").focus()
    page.keyboard.type("Write to lea.martin@gmail.com instead.")
    page.get_by_role("button", name="Send to the team").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.locator("#wrong").input_value() == "Write to lea.martin@gmail.com instead."
    assert page.locator("#wrong").get_attribute("aria-invalid") == "true"
    assert violations(page) == ""


def test_a_disclosure_meets_numbers_to_call(page: Page, paris_site: str) -> None:
    page.goto(f"{paris_site}/fr/paris/correct")
    page.locator("#wrong").fill("Je veux signaler un enfant battu.")
    with page.expect_navigation():
        page.locator("form.reply-form button").click()

    assert page.locator("a.call").first.get_attribute("href") == "tel:119"
    assert violations(page) == ""
