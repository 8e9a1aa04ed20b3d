"""What every test in a browser does: look at a page as everybody must see it, press a button, follow a link."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHOTS = os.environ.get("LZ_SHOTS", "")
"""A folder for pictures of what is looked at, for whoever wants to see."""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def violations(page: Page) -> str:
    """What axe finds in light, and of what depends on it in dark; nothing when all is well."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    in_light = Axe().run(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    in_dark = Axe().run(page, options={"runOnly": ["color-contrast"]})
    return "".join(found.generate_report() for found in (in_light, in_dark) if found.violations_count)


def look(page: Page, name: str) -> None:
    """Nothing stands in the way of anybody, in light or in dark; nothing moves sideways. Leaves the page in light."""
    assert violations(page) == "", name
    assert page.evaluate(SIDEWAYS) <= 0, name
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{scheme}.png"), full_page=True)


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")


def press(page: Page, name: str, *, exact: bool = True, at: int = 0) -> None:
    """Press the button, and wait for the page that answers: what looks sooner sees the page that goes."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=exact).nth(at).click()


def follow(page: Page, name: str, *, exact: bool = True) -> None:
    """Follow the first link of the name, and wait for where it leads."""
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=exact).first.click()
