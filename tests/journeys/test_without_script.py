"""Whoever has no script, no mouse, no large screen or no sharp eyes reads and writes all the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.journeys.machine import sideways

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance
    from playwright.sync_api import Browser, Page, Route

REGION = "/fr/paris"
PAGES = (
    "/fr",
    "/fr/search?q=hopital",
    "/fr/practices?q=police",
    "/fr/convention",
    "/fr/convention/10",
    "/fr/context",
    "/fr/legal",
    "/fr/privacy",
    "/fr/accessibility",
    "/fr/plugins",
    "/fr/api",
    REGION,
    *(
        f"{REGION}/{path}"
        for path in (
            "practices",
            "practices?q=hopital&side=both",
            "practices/uaped",
            "practices/uaped/versions",
            "practices/uaped/versions/1",
            "shortlist?p=uaped&p=nenuphar",
            "sectors",
            "sectors/education",
            "cooperation",
            "organisations",
            "organisations/la-voix-de-l-enfant",
            "law",
            "law/fr-cp-222-23-1",
            "ages",
            "coverage",
            "sources",
            "group",
            "help",
            "correct?about=/fr/paris/practices/uaped",
            "feeds",
        )
    ),
)
CUT_OFF = """
    [...document.querySelectorAll("main *")].filter(one => one.checkVisibility() && one.children.length === 0)
        .filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === "hidden")
        .filter(one => !one.closest(".visually-hidden, .table-scroll, svg")).map(one => one.outerHTML)
"""
LETTERS = "parseFloat(getComputedStyle(document.querySelector('main p, main td, main li')).fontSize)"
IDLE_BUTTONS = """
    [...document.querySelectorAll("button")].filter(one => one.checkVisibility() && !one.form).length > 0
"""
FOCUS = """() => {
    const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
    return {
        name: at.outerHTML.slice(0, 120),
        seen: at.checkVisibility() && box.width > 0 && box.bottom > 0 && box.top < innerHeight,
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        body: at === document.body,
    };
}"""


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page on which no script runs."""
    with browser.new_context(java_script_enabled=False) as context:
        context.set_default_timeout(10_000)
        yield context.new_page()


def test_every_page_can_be_read_without_script(plain: Page, paris_site: str) -> None:
    faults = {}
    for path in PAGES:
        answer = plain.goto(paris_site + path)
        found = {
            "refused": answer is None or answer.status != 200,
            "no heading": not plain.locator("h1").is_visible(),
            "nothing to read": len(plain.locator("main").inner_text()) < 200,
            "a button that needs a script": plain.evaluate(IDLE_BUTTONS),
        }
        if any(found.values()):
            faults[path] = found

    assert faults == {}


def test_searching_narrowing_and_choosing_needs_no_script(plain: Page, paris_site: str) -> None:
    plain.set_viewport_size({"width": 390, "height": 844})
    plain.goto(f"{paris_site}{REGION}")
    plain.get_by_text("Menu", exact=True).click()
    plain.get_by_role("navigation").get_by_role("link", name="Pratiques").first.click()
    plain.wait_for_url("**/practices")
    every = plain.locator(".card").count()

    plain.get_by_role("searchbox").fill("hôpitâl")
    plain.get_by_role("button", name="Rechercher").click()
    plain.wait_for_url("**q=*")
    found = plain.locator(".card").count()
    assert 0 < found < every
    plain.locator("details.fold > summary").click()
    both = plain.locator("input[name=side][value=both]")
    if not both.is_visible():
        plain.locator("details.facet", has=both).locator("summary").click()
    both.check()
    told = int(re.findall(r"\d+", both.locator("xpath=..").locator(".count").inner_text())[-1])
    plain.locator(".facets button").click()
    plain.wait_for_url("**side=both*")

    assert plain.locator(".card").count() == told < found
    assert "q=h" in plain.url
    plain.get_by_role("link", name=re.compile("^Ajouter à ma sélection")).first.click()
    plain.get_by_role("link", name=re.compile("^Ajouter à ma sélection")).first.click()
    plain.locator(".shortlist-bar a").click()
    plain.wait_for_url("**p=*")
    assert plain.get_by_role("columnheader").count() == 2
    assert "p=" in plain.url


@pytest.fixture
def own_site(own_paris: Instance) -> Iterator[tuple[Instance, str]]:
    """A site that may be written to."""
    from tests.core.conftest import serving

    with serving(own_paris) as address:
        yield own_paris, address


def test_a_reply_is_written_put_right_and_sent_without_script(plain: Page, own_site: tuple[Instance, str]) -> None:
    from lanzarote.records.tasks import open_tasks

    def waiting() -> list[Any]:
        with instance.database.read("paris") as session:
            return [task.told() for task in open_tasks(session)]

    instance, address = own_site
    plain.goto(f"{address}{REGION}/practices/uaped")
    plain.get_by_role("link", name="Corriger ou répondre").first.click()
    plain.locator("[name=right]").fill("Il y en a une autre.")
    plain.evaluate("document.querySelectorAll('[required]').forEach(field => field.required = false)")
    plain.get_by_role("button", name="Envoyer").click()

    expect(plain.locator(".error-summary")).to_be_visible()
    assert plain.title().startswith("À corriger")
    assert plain.locator("[name=right]").input_value() == "Il y en a une autre."
    assert waiting() == []
    plain.locator(".error-summary a").first.click()
    plain.locator("[name=wrong]").fill("La deuxième phrase ne dit pas ce que dit la source.")
    plain.get_by_role("button", name="Envoyer").click()

    plain.wait_for_url("**/thanks")
    [task] = waiting()
    assert "La deuxième phrase ne dit pas ce que dit la source." in str(task)
    assert plain.context.cookies() == []


def test_the_first_stop_of_the_keyboard_skips_to_the_content(page: Page, paris_site: str) -> None:
    page.goto(f"{paris_site}{REGION}/practices")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    assert page.evaluate(FOCUS)["seen"]

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("Boolean(document.activeElement.closest('main'))")


@pytest.mark.parametrize(
    "path", [REGION, f"{REGION}/practices", f"{REGION}/practices/uaped", f"{REGION}/cooperation", f"{REGION}/help"]
)
@pytest.mark.parametrize("width", [1280, 390])
def test_wherever_the_keyboard_goes_the_eye_can_follow(page: Page, paris_site: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    page.goto(paris_site + path)
    lost = []
    for _ in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["body"]:
            break
        if not (at["seen"] and at["ring"]):
            lost.append(at)

    assert lost == []


def test_the_menu_of_a_phone_and_the_facets_open_with_the_keyboard(page: Page, paris_site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{paris_site}{REGION}/practices")
    for fold, inside in (
        (".menu > summary", ".menu nav a"),
        ("details.fold > summary", "details.facet summary"),
    ):
        page.locator(fold).focus()
        expect(page.locator(inside).first).to_be_hidden()
        page.keyboard.press("Enter")
        expect(page.locator(inside).first).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.locator(inside).first).to_be_focused()


def test_every_page_fits_a_narrow_screen_and_letters_of_twice_the_size(page: Page, paris_site: str) -> None:
    faults = {}
    for path in PAGES:
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(paris_site + path)
        narrow = sideways(page), page.evaluate(CUT_OFF)
        page.set_viewport_size({"width": 1280, "height": 800})
        usual = page.evaluate(LETTERS)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        large = sideways(page), page.evaluate(CUT_OFF), page.evaluate(LETTERS) >= 1.7 * usual
        if (narrow, large) != ((0, []), (0, [], True)):
            faults[path] = narrow, large

    assert faults == {}


def test_leaving_the_page_for_a_child_leaves_no_way_back(page: Page, paris_site: str) -> None:
    def elsewhere(route: Route) -> None:
        route.fulfill(body="<h1>Elsewhere</h1>", content_type="text/html")

    page.route("https://fr.wikipedia.org/**", elsewhere)
    page.goto(f"{paris_site}{REGION}")
    page.goto(f"{paris_site}{REGION}/help")
    length = page.evaluate("history.length")

    page.get_by_role("link", name="Quitter cette page").click()
    page.wait_for_url("https://fr.wikipedia.org/")
    assert page.evaluate("history.length") == length
    page.go_back()

    assert page.url == f"{paris_site}{REGION}"


def test_without_script_the_child_leaves_all_the_same(plain: Page, paris_site: str) -> None:
    plain.route("https://fr.wikipedia.org/**", lambda route: route.fulfill(body="Elsewhere"))
    plain.goto(f"{paris_site}{REGION}/help")
    plain.get_by_role("link", name="Quitter cette page").click()

    plain.wait_for_url("https://fr.wikipedia.org/")
