"""The page on which the office says what regions rest on: for everyone, and by keyboard alone, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.instance import Instance
from lanzarote.records.permissions import Grant

from tests.core.accounts.team import Team
from tests.core.conftest import serving
from tests.core.evaluation.piloting import PARIS
from tests.core.office.test_opening import NEW, judge, site
from tests.core.web.seen import BOTH_LANGUAGES, SIDEWAYS, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

__all__ = ["site"]
WORDS = {
    "en": ("Not said yet.", "Choose the region after whose pilot this one is opened.", "Recorded."),
    "fr": (
        "Pas encore dit.",
        "Choisissez le territoire après le pilote duquel celui-ci est ouvert.",
        "Enregistré.",
    ),
}


@pytest.fixture
def office(site: Instance) -> Instance:
    judge(site)
    return site


@pytest.fixture(params=[pytest.param(1280, marks=pytest.mark.long), 320])
def page(office: Instance, browser: Browser, request: Any) -> Iterator[tuple[Page, str]]:
    """A page of somebody of the office, and the address of the site."""
    with serving(office) as address:
        team = Team(office, None)
        begun = team.session(team.person("office", Grant(role="office")), strong=True)
        context = browser.new_context(viewport={"width": request.param, "height": 900})
        context.add_cookies([{"name": "lanzarote-session", "value": begun.token, "url": address}])
        opened = context.new_page()
        yield opened, address
        context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until *selector* has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is never reached")


def accessible(page: Page) -> None:
    assert violations(page) == ""
    assert page.evaluate(SIDEWAYS) <= 0


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_it_is_said_by_keyboard_alone(page: tuple[Page, str], lang: str) -> None:
    opened, address = page
    unsaid, fault, done = WORDS[lang]
    opened.goto(f"{address}/{lang}/office/openings")
    line = f"#region-{NEW}"
    assert unsaid in opened.locator(line).inner_text()
    accessible(opened)
    tab_to(opened, f"{line} summary")
    opened.keyboard.press("Enter")
    tab_to(opened, f"{line} input[name=basis]")
    opened.keyboard.press("ArrowDown")
    assert opened.locator(f"{line} input[value=opened]").is_checked()
    tab_to(opened, f"{line} button")
    with opened.expect_navigation():
        opened.keyboard.press("Enter")

    assert fault in opened.locator(line).inner_text()
    assert opened.locator(f"{line} details").get_attribute("open") is not None
    assert opened.locator(f"{line} input[value=opened]").is_checked(), "what was chosen is still there"
    accessible(opened)
    tab_to(opened, f"a[href='#basis-{NEW}']")
    tab_to(opened, f"{line} select")
    opened.keyboard.press("ArrowDown")
    assert opened.locator(f"{line} select").input_value() == PARIS
    tab_to(opened, f"{line} button")
    with opened.expect_navigation():
        opened.keyboard.press("Enter")

    assert done in opened.locator("main").inner_text()
    assert unsaid not in opened.locator(line).inner_text()
    assert opened.evaluate("document.documentElement.lang") == lang
    assert opened.url.endswith(line)
    opened.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    accessible(opened)
