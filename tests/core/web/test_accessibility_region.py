"""The pages about a region in a real browser: for everyone, on every screen, in both languages, light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.web.seen import BOTH_LANGUAGES, all_open, barriers, violations

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


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_nothing_stands_in_the_way_of_anybody(page: Page, paris_site: str, lang: str) -> None:
    found = {path: barriers(page, f"{paris_site}/{lang}/paris{path}") for path in PATHS}
    all_open(found)


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
