"""The pages of practices in a real browser: for everyone, on every screen, on paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lanzarote.practices.service import all_cards

from tests.core.web.seen import BOTH_LANGUAGES, SIDEWAYS, all_open, barriers

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from playwright.sync_api import Page

PATHS = (
    "/paris/practices",
    "/paris/practices?q=hopital&side=both&p=uaped",
    "/paris/practices?q=xylophone",
    "/paris/practices/uaped",
    "/paris/practices/helpline-119?p=uaped",
    "/paris/practices/school-tripartite-agreements",
    "/paris/practices/uaped/versions",
    "/paris/practices/uaped/versions/1",
    "/paris/shortlist",
    "/paris/shortlist?p=uaped&p=nenuphar&p=helpline-119",
    "/search?q=police",
    "/search?q=signaler+un+enfant+en+danger",
    "/paris/search?q=protocole+zzz",
    "/practices?q=police",
)
UNDER_THE_BUTTON = """
    [...document.querySelectorAll(".facets :is(label, label input, summary)")].filter(one => one.checkVisibility())
        .filter(one => {
            const bar = document.querySelector(".facets > .buttons").getBoundingClientRect();
            const box = one.getBoundingClientRect();
            return box.bottom > bar.top + 1 && box.top < bar.bottom - 1;
        }).map(one => one.outerHTML)
"""
SMALLER_THAN_8_POINTS = """
    [...document.body.querySelectorAll("*:not(.visually-hidden)")].filter(one => one.checkVisibility()).flatMap(one => [
        [one, null, [...one.childNodes].some(child => child.nodeType === 3 && child.data.trim())],
        ...["::before", "::after"].map(part => [one, part, /"[^"]*\\w/.test(getComputedStyle(one, part).content)]),
    ]).filter(([one, part, says]) => says && parseFloat(getComputedStyle(one, part).fontSize) < 8 * 96 / 72 - 0.01)
        .map(([one, part]) => `${part || ""} ${one.outerHTML}`)
"""


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_nothing_stands_in_the_way_of_anybody(page: Page, paris_site: str, lang: str) -> None:
    found = {path: barriers(page, f"{paris_site}/{lang}{path}") for path in PATHS}
    all_open(found)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_practice_of_paris_fits_on_a_few_pages(page: Page, paris: Instance, paris_site: str, lang: str) -> None:
    slugs = [card.slug for card in all_cards(paris.database, "paris")]
    sheets = {}
    for slug in slugs:
        page.goto(f"{paris_site}/{lang}/paris/practices/{slug}")
        paper = page.pdf(prefer_css_page_size=True)
        sheets[slug] = len(re.findall(rb"/Type\s*/Page\b", paper))

    assert max(sheets.values()) <= 3
    assert len(slugs) == 18


@pytest.mark.parametrize("slug", ["helpline-119", "uaped"])
def test_nothing_on_the_sheet_is_too_small_to_read(page: Page, paris_site: str, slug: str) -> None:
    page.goto(f"{paris_site}/fr/paris/practices/{slug}")
    page.emulate_media(media="print")

    assert page.evaluate(SMALLER_THAN_8_POINTS) == []


def test_on_paper_there_are_addresses_and_no_buttons(page: Page, paris_site: str) -> None:
    page.goto(f"{paris_site}/fr/paris/practices/uaped")
    page.emulate_media(media="print")

    assert not page.get_by_role("button", name="Imprimer").is_visible()
    assert page.get_by_text(f"{paris_site}/fr/paris/practices/uaped", exact=True).is_visible()
    shown = page.locator("#sources a").first.evaluate("link => getComputedStyle(link, '::after').content")
    assert "https://" in shown


def test_linked_data_does_not_offend_the_page_s_own_policy(page: Page, paris_site: str) -> None:
    """The fixture fails the test when the browser complains about the policy."""
    page.goto(f"{paris_site}/en/paris/practices/uaped")

    assert page.locator('script[type="application/ld+json"]').count() == 1


def test_the_comparison_scrolls_inside_itself_and_keeps_its_questions_in_view(page: Page, paris_site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{paris_site}/en/paris/shortlist?p=uaped&p=nenuphar&p=helpline-119&p=pare")
    table = page.get_by_role("region", name="Side by side")
    table.evaluate("region => { region.scrollLeft = 400 }")

    assert page.evaluate(SIDEWAYS) <= 0
    head = page.get_by_role("rowheader", name="Summary").bounding_box()
    assert head is not None
    assert head["x"] >= 0


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_nothing_lies_over_the_questions_before_anything_is_chosen(
    page: Page, paris_site: str, lang: str, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{paris_site}/{lang}/paris/practices")
    page.evaluate("document.querySelector('.fold').open = true")

    for scrolled in range(0, 1200, 200):
        page.evaluate(f"scrollTo(0, {scrolled})")
        assert page.evaluate(UNDER_THE_BUTTON) == []


def test_a_question_with_the_focus_is_never_under_the_button(page: Page, paris_site: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{paris_site}/fr/paris/practices?sector=courts")
    page.locator(".facets input").first.focus()

    for _ in range(24):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.facets input, .facets summary')"):
            assert page.evaluate(f"{UNDER_THE_BUTTON}.includes(document.activeElement.outerHTML)") is False
    assert page.locator(".facets button").bounding_box()["y"] < 800  # type: ignore[index]
