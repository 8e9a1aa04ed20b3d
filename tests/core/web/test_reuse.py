"""The page that says what to copy: all of it works as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from typing import TYPE_CHECKING

import httpx
import pytest
from lanzarote.testing.pages import PageRead

from tests.core.conftest import serving_app
from tests.core.web.test_embeds import Elsewhere

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module", params=["fr", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def code(paris_site: str, lang: str) -> dict[str, str]:
    """What the page has to copy, by its language."""
    page = httpx.get(f"{paris_site}/{lang}/api").text
    found = re.findall(r'data-language="(\w+)"><code lang="">(.*?)</code>', page, re.DOTALL)
    told = {name: unescape(text) for name, text in found}
    assert set(told) == {"citation", "html", "curl", "javascript", "python"}
    return told


def test_the_command_answers(code: dict[str, str]) -> None:
    done = subprocess.run(["sh", "-c", f"{code['curl']} -sS --fail"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith('{"items":[{')


def test_python_lists_practices(code: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", code["python"]], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 5
    assert "ado-sexo" in done.stdout


def test_a_script_on_another_site_lists_practices(page: Page, code: dict[str, str]) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    with serving_app(Elsewhere(code["javascript"])) as elsewhere:
        page.goto(elsewhere)
        page.wait_for_load_state("networkidle")
    assert len(said) == 5
    assert "ado-sexo" in " ".join(said)


def test_the_frame_shows_the_list_on_another_site(page: Page, code: dict[str, str], lang: str) -> None:
    with serving_app(Elsewhere(code["html"])) as elsewhere:
        page.goto(elsewhere)
        frame = page.frame_locator("iframe")
        assert "Paris" in frame.locator("h1").inner_text()
        assert frame.locator("html").get_attribute("lang") == lang


def test_what_is_cited_is_there(code: dict[str, str]) -> None:
    address = re.findall(r"http://[^,]+", code["citation"])[0]
    assert httpx.get(address).status_code == 200
    assert code["citation"].endswith("CC-BY-4.0")


def test_every_link_of_the_page_answers(paris_site: str, lang: str) -> None:
    links = [one["href"] for one in PageRead(httpx.get(f"{paris_site}/{lang}/api").text).links]
    own = {href.partition("#")[0] for href in links if href.startswith("/")}
    assert {f"/{lang}/paris/practices.atom", "/api/v1/openapi.json"} <= own
    wrong = [href for href in own if httpx.get(paris_site + href, follow_redirects=True).status_code != 200]
    assert wrong == []


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("/en/paris/coverage", "/embed/en/paris/coverage"),
        ("/en/paris/practices?article=10", "/embed/en/paris/practices?article=10"),
        ("/fr/paris/procedures/example-first-words", "/embed/fr/paris/procedures/example-first-words"),
        ("/en/paris", ""),
        ("/en/nothing", ""),
        ("https://evil.example/en/paris/coverage", ""),
        ("//evil.example/en/paris/coverage", ""),
        ("//en/paris/coverage", ""),
    ],
)
def test_it_tells_how_to_show_the_page_that_one_comes_from(paris_site: str, wanted: str, shown: str) -> None:
    page = unescape(httpx.get(f"{paris_site}/en/api", params={"page": wanted}).text)
    assert re.findall(r'<iframe src="([^"]*)"', page) == ([paris_site + shown] if shown else [])
    assert ("No piece of that page" in page) == (not shown)


def test_code_is_copied_with_a_button_where_there_is_script(page: Page, paris_site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{paris_site}/en/api")
    page.get_by_role("button", name="Copy").nth(2).click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("() => navigator.clipboard.readText()").startswith('curl "http')
    assert "<button" not in httpx.get(f"{paris_site}/en/api").text
