"""A visitor looks for a practice to take up: with a mouse, on the keyboard alone, without scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

"""Paris as it is served; fixtures that pytest finds by their names."""


class Words(NamedTuple):
    """What stands on the pages in one language."""

    lang: str
    practices: str
    search: str
    typed: str
    title: str
    other_language: str
    other_title: str
    add: str
    compare: str
    more: str
    not_stated: str


FRENCH = Words(
    lang="fr",
    practices="Pratiques",
    search="Rechercher",
    typed="HÔPITAL",
    title="Unités d’accueil pédiatriques enfants en danger (UAPED)",
    other_language="English",
    other_title="Hospital reception units for children in danger (UAPED)",
    add="Ajouter à ma sélection",
    compare="Comparer",
    more="Ajouter d’autres pratiques",
    not_stated="Non précisé dans les sources",
)
ENGLISH = Words(
    lang="en",
    practices="Practices",
    search="Search",
    typed="hopital",
    title=FRENCH.other_title,
    other_language="français",
    other_title=FRENCH.title,
    add="Add to shortlist",
    compare="Compare",
    more="Add more practices",
    not_stated="Not stated in the sources",
)


@pytest.mark.parametrize("words", [FRENCH, pytest.param(ENGLISH, marks=pytest.mark.long)], ids=lambda words: words.lang)
def test_a_visitor_finds_reads_prints_and_compares(page: Page, paris_site: str, words: Words) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{paris_site}/{words.lang}/paris")
    page.get_by_role("navigation").get_by_role("link", name=words.practices, exact=True).first.click()
    expect(page.locator("html")).to_have_attribute("lang", words.lang)

    page.get_by_role("searchbox").fill(words.typed)
    page.get_by_role("button", name=words.search, exact=True).click()
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_role("link", name=words.title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words.title)

    page.get_by_role("link", name=words.other_language, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words.other_title)
    page.go_back()

    source = page.locator("#sources a").first
    expect(source).to_have_attribute("href", re.compile("^https://"))
    expect(source).to_have_attribute("rel", re.compile("noopener"))
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) <= 3

    page.get_by_role("link", name=words.add).click()
    expect(page).to_have_url(re.compile(r"\?p=uaped$"))
    page.get_by_role("navigation", name=re.compile("You are here|ici", re.IGNORECASE)).get_by_role("link").first.click()
    page.get_by_role("link", name=words.add).first.click()
    page.get_by_role("link", name=re.compile(f"^{words.compare}")).click()
    expect(page.get_by_role("columnheader")).to_have_count(2)
    expect(page.get_by_text(words.not_stated).first).to_be_visible()
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize("words", [pytest.param(FRENCH, marks=pytest.mark.long), ENGLISH], ids=lambda words: words.lang)
def test_a_visitor_needs_nothing_but_the_keyboard(page: Page, paris_site: str, words: Words) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{paris_site}/{words.lang}/paris/practices")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # to the content
    tab_to(page, "input[type=search]")
    page.keyboard.type(words.typed)
    page.keyboard.press("Enter")
    page.wait_for_url("**?q=*")

    tab_to(page, "input[name=side][value=both]")
    page.keyboard.press("Space")
    tab_to(page, ".facets button")
    page.keyboard.press("Enter")
    page.wait_for_url("**side=both*")
    tab_to(page, ".card-title a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/practices/*")
    tab_to(page, ".practice-actions a")
    page.keyboard.press("Enter")
    page.wait_for_url("**p=*")
    tab_to(page, ".shortlist-bar a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/shortlist?p=*")
    tab_to(page, ".table-scroll")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on *selector*, as a reader without a mouse would; it must be seen there."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate("document.activeElement.checkVisibility()")
            return
    pytest.fail(f"the keyboard never reached {selector}")


def test_a_visitor_without_scripts_does_the_same(browser: Browser, paris_site: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{paris_site}/fr/paris/practices?q=pediatriques")
        page.get_by_role("link", name=FRENCH.title, exact=True).click()
        page.get_by_role("link", name=FRENCH.add).click()
        page.locator(".shortlist-bar a").click()

        expect(page.get_by_role("columnheader")).to_have_count(1)
        expect(page.get_by_role("button", name="Imprimer")).to_be_hidden()
