"""What every test in a browser does: look at a page as everybody must see it, press a button, follow a link."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

SHOTS = os.environ.get("LZ_SHOTS", "")
"""A folder for pictures of what is looked at, for whoever wants to see."""

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SCHEME_OF: dict[str, Scheme] = {"fr": "light", "en": "dark"}

CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
"""What of axe's rules depends on light and dark."""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def violations(page: Page, schemes: Sequence[Scheme] = SCHEMES) -> str:
    """What axe finds in the first of *schemes*, and of what depends on it in the others; nothing when all is well."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    first, *others = schemes
    page.emulate_media(color_scheme=first, reduced_motion="reduce")
    found = [Axe().run(page)]
    for scheme in others:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found.append(Axe(axe_script="0").run(page, options=CONTRAST))  # axe is in the page already
    return "".join(one.generate_report() for one in found if one.violations_count)


def look(page: Page, name: str, schemes: Sequence[Scheme] = SCHEMES) -> None:
    """Nothing stands in the way of anybody, in any of *schemes*; nothing moves sideways. Leaves the page in light."""
    assert violations(page, schemes) == "", name
    assert page.evaluate(SIDEWAYS) <= 0, name
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{scheme}.png"), full_page=True)


def scheme_of(page: Page) -> tuple[Scheme]:
    """One for each language, for a test that sees every page in both: no colour depends on the language."""
    return (SCHEME_OF[str(page.locator("html").get_attribute("lang"))],)


def look_once(page: Page, name: str) -> None:
    """As ``look``, in a test that comes to every page in both languages."""
    look(page, name, scheme_of(page))


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
