"""The pages that belong to no feature in a real browser: for everyone, on every screen, with the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.web.seen import BOTH_LANGUAGES, all_open, barriers

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

PATHS = (
    "",
    "/convention",
    "/convention/10",
    "/context",
    "/context/instruments",
    "/context/lanzarote-committee",
    "/legal",
    "/privacy",
    "/accessibility",
    "/plugins",
    "/api",
    "/paris/help",
    "/paris/help/worried",
    "/paris/help/happened",
    "/paris/help/fear",
    "/paris/help/now",
    "/paris/feeds",
    "/nothing-here",
)
SIZES_OF_TEXT = """
    Object.fromEntries([...document.querySelectorAll("main :is(h1, h2, h3, p, li, a, th, td, button, .lede, .call)")]
        .map(one => [one.tagName.toLowerCase() + (one.className && "." + one.className), one])
        .map(([name, one]) => [name, parseFloat(getComputedStyle(one).fontSize)]))
"""
TOO_SMALL = """
    [...document.querySelectorAll(".leave, .call, .button, summary")].filter(target => target.checkVisibility())
        .filter(target => target.getBoundingClientRect().height < 44).map(target => target.outerHTML)
"""


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_nothing_stands_in_the_way_of_anybody(page: Page, paris_site: str, lang: str) -> None:
    found = {path: barriers(page, f"{paris_site}/{lang}{path}", TOO_SMALL) for path in PATHS}
    all_open(found)


@pytest.mark.parametrize("path", ["/fr", "/fr/paris", "/fr/paris/practices", "/fr/paris/help", "/fr/convention/10"])
def test_who_doubles_the_size_of_text_gets_every_word_twice_as_large(page: Page, paris_site: str, path: str) -> None:
    page.goto(paris_site + path)
    for width in (390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("document.documentElement.style.fontSize = ''")
        before: dict[str, float] = page.evaluate(SIZES_OF_TEXT)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        after: dict[str, float] = page.evaluate(SIZES_OF_TEXT)

        assert "h1" in before
        assert {name: after[name] / size for name, size in before.items()} == pytest.approx(
            dict.fromkeys(before, 2), rel=0.02
        ), width


def test_a_number_to_call_is_in_sight_at_once_on_a_phone(page: Page, paris_site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{paris_site}/fr/paris/help")

    first = page.locator(".call").first

    assert first.inner_text().strip().endswith("119")
    box = first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 844


def test_the_way_out_stays_in_reach_and_leaves_no_way_back(page: Page, paris_site: str) -> None:
    def elsewhere(route: Route) -> None:
        route.fulfill(body="<h1>Elsewhere</h1>", content_type="text/html")

    page.route("https://fr.wikipedia.org/**", elsewhere)
    page.goto(f"{paris_site}/fr/convention")
    page.goto(f"{paris_site}/fr/paris/help")
    page.mouse.wheel(0, 3000)
    leave = page.get_by_role("link", name="Quitter cette page")

    assert leave.is_visible()
    leave.click()
    page.wait_for_url("https://fr.wikipedia.org/")
    page.go_back()

    assert page.url == f"{paris_site}/fr/convention"


def test_the_page_for_a_child_stores_nothing(page: Page, paris_site: str) -> None:
    page.goto(f"{paris_site}/fr/paris/help")

    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_worried_reader_reaches_their_page_with_the_keyboard(page: Page, paris_site: str) -> None:
    page.goto(f"{paris_site}/fr/paris/help")
    link = page.get_by_role("link", name="Un enfant m’inquiète")

    for _ in range(12):
        page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")

    page.wait_for_url("**/help/worried")
    heading, way_out = page.locator("h1").bounding_box(), page.locator(".leave").bounding_box()
    assert heading is not None
    assert way_out is not None
    assert heading["y"] >= way_out["y"] + way_out["height"]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_what_a_child_reads_takes_two_screens_of_a_phone(page: Page, paris_site: str, lang: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{paris_site}/{lang}/paris/help")
    beside = """
        [".brand-text", ".brand svg", ".doors"].filter(one => {
            const box = document.querySelector(one).getBoundingClientRect()
            const leave = document.querySelector(".leave").getBoundingClientRect()
            return box.right > leave.left && box.left < leave.right && box.top < leave.bottom && box.bottom > leave.top
        })
    """

    assert page.evaluate("document.documentElement.scrollHeight") <= 2 * 844
    assert page.evaluate(beside) == []


@pytest.mark.parametrize("path", ["/fr/paris", "/en/paris", "/en"])
def test_the_languages_stand_beside_the_name_and_the_ways_in_one_row(page: Page, paris_site: str, path: str) -> None:
    page.goto(f"{paris_site}{path}")
    for width in (960, 1000, 1180, 1280, 1312, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        name, ways, languages = (
            page.locator(f".site-header {one}").bounding_box() for one in (".brand", ".site-nav", ".languages")
        )
        assert name
        assert ways
        assert languages
        assert (languages["y"], ways["height"]) == (name["y"], name["height"]), width


def test_links_that_lead_on_from_the_first_page_are_of_one_size(page: Page, paris_site: str) -> None:
    page.goto(f"{paris_site}/en/paris")
    look = "links => links.map(one => getComputedStyle(one)).map(one => one.fontSize + ' ' + one.fontWeight)"
    for width in (375, 1000, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        found = page.eval_on_selector_all(".ways a, .home-help > p a, .home-mandate > p a", look)
        assert (len(found), len(set(found))) == (8, 1), width
