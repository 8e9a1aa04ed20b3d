"""What every test in a browser does: look at a page as everybody must see it, press a button, follow a link."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit
from zlib import crc32

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

SHOTS = os.environ.get("LZ_SHOTS", "")
"""A folder for pictures of what is looked at, for whoever wants to see."""

Scheme = Literal["light", "dark"]

OPTIONS: dict[Scheme, dict[str, list[str]]] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast"]},
}
"""What axe is asked in either scheme: contrast alone depends on it."""

JUDGE = """
    async options => {
        const kinds = new Map(), behind = new Map([[null, 0]]), often = new Map(), alike = [];
        const number = words => kinds.get(words) ?? (kinds.set(words, kinds.size + 1), kinds.size);
        for (const one of document.querySelectorAll("html, body, body *")) {
            const style = getComputedStyle(one);
            const ground = [behind.get(one.parentElement), style.backgroundColor, style.backgroundImage, style.opacity,
                style.filter, style.mixBlendMode, style.position];
            behind.set(one, number(ground.join("|")));
            if (!one.checkVisibility() || ![...one.childNodes].some(part => part.nodeType === 3 && part.data.trim()))
                continue;
            const text = number([behind.get(one), one.tagName, one.className, style.color, style.fontSize,
                style.fontWeight, style.textShadow, !!one.closest(":disabled, [aria-disabled=true]"),
                !!one.closest("label")?.control?.disabled].join("|"));
            often.set(text, (often.get(text) ?? 0) + 1);
            if (often.get(text) > 2) alike.push(one);
        }
        axe.configure({rules: [{id: "color-contrast", selector: "*:not([data-alike])"}]});
        alike.forEach(one => one.setAttribute("data-alike", ""));
        const found = await axe.run(options);
        alike.forEach(one => one.removeAttribute("data-alike"));
        return found;
    }
"""
"""Lets axe judge the page. Contrast takes most of its time: of texts of one colour and size on the same grounds, it is
measured on two.
"""

BOTH_LANGUAGES = ["fr", pytest.param("en", marks=pytest.mark.long)]
"""By default in French, whose words are longer."""
NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def violations(page: Page) -> str:
    """What axe finds in light, and of what depends on it in dark; nothing when all is well.

    All pages take their colours from the same sheets: by default one in three is looked at in dark, too.
    """
    from axe_playwright_python.base import AxeResults  # type: ignore[import-untyped]
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    page.evaluate(Axe().axe_script)
    found = []
    for scheme, options in OPTIONS.items():
        if scheme == "dark" and not (os.environ.get("LZ_THOROUGH") or is_third(page.url)):
            continue
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found.append(AxeResults(page.evaluate(JUDGE, options)))
    return "".join(one.generate_report() for one in found if one.violations_count)


def is_third(address: str) -> bool:
    """Whether a page is one of the third that is chosen, whatever the ids in its address."""
    return crc32(re.sub(r"[0-9a-f-]{36}", "", urlsplit(address).path).encode()) % 3 == 0


def look(page: Page, name: str) -> None:
    """Nothing stands in the way of anybody, in light or dark; nothing moves sideways. Leaves the page in light."""
    assert violations(page) == "", name
    assert page.evaluate(SIDEWAYS) <= 0, name
    for scheme in ("dark", "light") if SHOTS else ("light",):
        page.emulate_media(color_scheme=scheme)
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{scheme}.png"), full_page=True)


def barriers(page: Page, address: str, too_small: str = "[]") -> dict[str, Any]:
    """What of the page at *address* stands in anybody's way: on a wide screen in light and in dark, on a narrow screen,
    with letters of twice the size. The script *too_small* finds what is too small for a finger.
    """
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto(address)
    unfold(page)
    found = {"axe": violations(page)}
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    found |= {"runs off 320 points": max(page.evaluate(SIDEWAYS), 0), "too small": page.evaluate(too_small)}
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found["runs off at twice the size"] = max(page.evaluate(SIDEWAYS), 0)
    return {what: said for what, said in found.items() if said}


def all_open(found: dict[str, dict[str, Any]]) -> None:
    """Fail with every one of the ``barriers`` that were *found*, page by page."""
    told = [f"{page}: {what}: {said}" for page, barred in found.items() for what, said in barred.items()]
    if told:
        pytest.fail("\n".join(told), pytrace=False)


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
