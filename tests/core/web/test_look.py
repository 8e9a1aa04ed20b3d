"""What every page that is made from the layout and the components keeps to; looked at in a real browser."""

from __future__ import annotations

import mimetypes
import re
from typing import TYPE_CHECKING

import pytest

from tests.core.web.preview import PAGES, STATIC, render
from tests.core.web.seen import all_open, barriers

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

SITE = "https://look.test"
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PRESSED = (
    "button, .button, .leave, .call, summary, select, .choice, textarea, "
    "main input:not([type=hidden], [type=checkbox], [type=radio])"
)
SMALL_TARGETS = f"""
    [...document.querySelectorAll({PRESSED!r})].filter(target => target.checkVisibility())
        .filter(target => target.getBoundingClientRect().height < 44).map(target => target.outerHTML)
"""
SIZE_OF_TEXT = "parseFloat(getComputedStyle(document.querySelector('main p, main td, main li')).fontSize)"


@pytest.fixture
def site(page: Page) -> Page:
    """The preview, served under the policy of the real site; whatever it would fetch from elsewhere fails the test."""
    elsewhere: list[str] = []

    def answer(route: Route) -> None:
        address = route.request.url
        path = address.removeprefix(f"{SITE}/").partition("?")[0]
        if not address.startswith(f"{SITE}/"):
            elsewhere.append(address)
            route.abort()
        elif path.startswith("static/"):
            file = STATIC / path.removeprefix("static/")
            kind = "font/woff2" if file.suffix == ".woff2" else mimetypes.guess_type(file.name)[0]
            route.fulfill(body=file.read_bytes(), content_type=kind)
        elif path == "favicon.ico":
            route.fulfill(status=404)
        else:
            headers = {"content-security-policy": POLICY}
            html = render(path.removesuffix(".html"))
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)

    page.route("**/*", answer)
    return page


def open_page(site: Page, name: str) -> None:
    site.goto(f"{SITE}/{name}.html")
    site.evaluate("document.fonts.ready")


def test_nothing_stands_in_the_way_of_anybody(site: Page) -> None:
    found = {name: barriers(site, f"{SITE}/{name}.html", SMALL_TARGETS) for name in PAGES}
    all_open(found)


def test_text_of_twice_the_size_is_larger(site: Page) -> None:
    for name in PAGES:
        open_page(site, name)
        usual = site.evaluate(SIZE_OF_TEXT)
        site.evaluate("document.documentElement.style.fontSize = '200%'")
        assert site.evaluate(SIZE_OF_TEXT) >= 1.7 * usual, name


def test_the_menu_opens_on_a_phone_without_any_script(site: Page) -> None:
    site.set_viewport_size({"width": 360, "height": 640})
    open_page(site, "list")
    assert site.locator("script").count() == 0
    assert not site.get_by_role("link", name="Organisations").is_visible()

    site.get_by_text("Menu").click()

    assert site.get_by_role("link", name="Organisations").is_visible()


def test_the_menu_stands_open_where_there_is_room(site: Page) -> None:
    site.set_viewport_size({"width": 1280, "height": 800})
    open_page(site, "list")

    assert site.get_by_role("link", name="Organisations").is_visible()
    assert not site.get_by_text("Menu", exact=True).is_visible()


def test_leaving_takes_the_page_out_of_the_history(site: Page) -> None:
    open_page(site, "list")
    open_page(site, "child")

    site.get_by_role("link", name="Leave this page").click()
    site.wait_for_url("about:blank")
    site.go_back()

    assert site.url == f"{SITE}/list.html"


def test_the_page_for_a_child_asks_for_nothing(site: Page) -> None:
    open_page(site, "child")

    assert site.locator("input, textarea, form, [role=search]").count() == 0
    assert site.locator("a.call[href='tel:119']").is_visible()


def test_paper_has_no_menu_and_shows_where_a_source_is(site: Page) -> None:
    open_page(site, "practice")
    site.emulate_media(media="print")

    assert not site.get_by_role("navigation", name="Main").is_visible()
    address = site.evaluate("getComputedStyle(document.querySelector('.sources a'), '::after').content")
    assert "guide-for-reception-units.pdf" in address


def test_the_faces_are_ours(site: Page) -> None:
    open_page(site, "list")

    loaded = site.evaluate("[...document.fonts].filter(face => face.status == 'loaded').map(face => face.family)")
    assert {"Source Sans 3", "Source Serif 4"} <= {family.strip('"') for family in loaded}


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_styled_or_scripted_inline(name: str) -> None:
    html = render(name)

    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", html) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []


def test_every_colour_is_a_token() -> None:
    written = {
        (sheet.name, colour)
        for sheet in STATIC.glob("*.css")
        if sheet.name not in {"tokens.css", "print.css"}
        for colour in re.findall(r"#[0-9a-f]{3,8}\b|\brgb\(", sheet.read_text(encoding="utf-8"))
    }

    assert written == set()


def test_every_face_file_is_used_and_there() -> None:
    named = set(re.findall(r'url\("fonts/([^"]+)"\)', (STATIC / "fonts.css").read_text(encoding="utf-8")))

    assert named == {file.name for file in (STATIC / "fonts").glob("*.woff2")}


def test_sources_read_on_several_days_tell_them_one_by_one() -> None:
    html = render("practice")

    assert html.count("read on 24 November 2026") == 1
    assert "All of them were read" not in html
