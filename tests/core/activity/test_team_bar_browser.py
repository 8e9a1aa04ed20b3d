"""The team's bar in a browser: on a desktop, on a phone under the thumb, by keyboard, on paper, without any script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.conftest import serving
from tests.core.practices.test_assessing_browser import PHONE, Place, closing, place
from tests.core.web.seen import SIDEWAYS, follow, look

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from playwright.sync_api import Browser

__all__ = ["place"]

WORDS = {
    "fr": ("Plus", "Annuaire", "Équipe", "Se déconnecter", "Réunions", "Réglages"),
    "en": ("More", "Directory", "Team", "Sign out", "Meetings", "Settings"),
}


def test_it_leads_from_place_to_place_and_to_the_public_pages_and_back(place: Place) -> None:
    place.practice()
    page = place.enter("head")
    page.goto(f"{place.address}/fr/start")
    look(page, "bar-start")
    assert page.locator(".team-places .tally.mine").inner_text().split() == ["1", "pour", "vous"]
    follow(page, "Réunions", exact=False)
    assert page.url.endswith("/fr/paris/team/meetings")
    follow(page, "Public")
    assert page.url.endswith("/fr/paris/meetings")
    look(page, "bar-public")
    follow(page, "Équipe")
    assert page.url.endswith("/fr/paris/team/meetings")
    page.get_by_role("searchbox").fill("hôpital")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_role("main").get_by_role("link", name="Hôpital Necker").first.is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".team-places").is_visible()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_phone_has_four_places_and_the_rest_behind_one(place: Place, lang: str) -> None:
    more, directory, team, sign_out, _, settings = WORDS[lang]
    page = place.enter("head", PHONE)
    page.goto(f"{place.address}/{lang}/paris/people")
    bar = page.locator(".bottom-bar")
    assert bar.locator("> ul > li").count() == 5
    assert not bar.get_by_role("link", name=directory).is_visible()
    bar.get_by_text(more, exact=True).click()
    assert bar.get_by_role("button", name=sign_out).is_visible()
    assert bar.get_by_role("link", name=settings).get_attribute("aria-current") == "page"
    look(page, f"bar-phone-{lang}")
    with page.expect_navigation():
        bar.get_by_role("link", name=directory).click()
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("paris/team/practices", "paris/practices"):
        page.goto(f"{place.address}/{lang}/{path}")
        assert page.evaluate(SIDEWAYS) == 0
    assert page.get_by_role("link", name=team, exact=True).is_visible()


def test_what_has_the_focus_is_never_under_the_bar_of_a_phone(place: Place) -> None:
    page = place.enter("head", PHONE)
    page.goto(f"{place.address}/fr/paris/team/practices")
    hidden = """() => {
        const bar = document.querySelector(".bottom-bar").getBoundingClientRect()
        const box = document.activeElement.getBoundingClientRect()
        return !document.activeElement.closest(".bottom-bar") && box.bottom > bar.top + 1
    }"""
    page.locator("main a").first.focus()
    for _ in range(25):
        page.keyboard.press("Tab")
        assert not page.evaluate(hidden)


def test_the_account_s_menu_opens_by_keyboard_without_any_script(own_paris: Instance, browser: Browser) -> None:
    with serving(own_paris) as address, closing(Place(own_paris, browser, address)) as place:
        page = place.enter("ana")
        page.route("**/*.js", lambda route: route.abort())
        page.route("**/*.js", lambda route: route.abort())
        page.goto(f"{address}/en/start")
        page.locator(".account > summary").focus()
        page.keyboard.press("Enter")
        assert page.get_by_role("button", name="Sign out").is_visible()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "Your account"
