"""Whom to call, on every page that says so: each line is somewhere, and its number can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import pytest
from lanzarote.types import Helpline

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.web.reading import PageRead, client_of
from tests.core.web.seen import SIDEWAYS
from tests.regions.writing import region_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lanzarote.instance import Instance
    from playwright.sync_api import Page

AUDIENCES: tuple[str, ...] = get_args(get_args(get_type_hints(Helpline)["audiences"])[0])
PAGES = {
    "children": [""],
    "emergency": ["", "/worried", "/happened", "/fear"],
    "witnesses": ["/worried"],
    "online": ["/worried"],
    "missing": ["/worried"],
    "adult-survivors": ["/happened"],
    "potential-perpetrators": ["/fear"],
}
SHORT = ("112", "116 111", "0800 96 116", "080 005 005")
LONG = "+358 (0) 800 96 116 11 22"
NUMBERS = """
    [...document.querySelectorAll("main a[href^='tel:']")].map(link => {
        const words = link.lastChild
        const rows = (from, to) => {
            const range = document.createRange()
            range.setStart(words, from)
            range.setEnd(words, to)
            return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size
        }
        const groups = [...words.data.matchAll(/\\S+/g)].map(one => [one.index, one.index + one[0].length])
        return [words.data.trim(), rows(groups[0][0], groups.at(-1)[1]), Math.max(...groups.map(one => rows(...one)))]
    })
"""
"""Of each number: on how many rows it stands, and on how many the most torn of its groups of figures."""


def line(audience: str, **more: Any) -> dict[str, Any]:
    words = {"en": f"Line for {audience}", "fr": f"Ligne pour {audience}"}
    return {"name": words, "for_whom": words, "audiences": [audience], "sources": ["invented"], **more}


@pytest.fixture(scope="module")
def testland(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Instance]:
    """A line for each audience, and with each kind of number."""
    folder = tmp_path_factory.mktemp("lines")
    by_audience = {one: line(one, url=f"https://example.org/{one}") for one in AUDIENCES}
    by_number = {f"n{at}": line("children", number=number) for at, number in enumerate((*SHORT, LONG))}
    with region_package(folder) as package:
        package.write(helplines=by_number | by_audience)
        with package.instance(copy_of(sqlite_template, folder)) as instance:
            instance.load("testland")
            yield instance


@pytest.fixture(scope="module")
def site(testland: Instance) -> Iterator[str]:
    with serving(testland) as address:
        yield address


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_line_stands_on_the_page_whomever_it_is_for(testland: Instance, audience: str) -> None:
    """On the page of the one it is for: whoever is afraid of doing harm finds help, and not where a child reads."""
    with client_of(testland) as client:
        doors = {
            door: PageRead(client.get(f"/en/testland/help{door}").text)
            for door in ("", "/worried", "/happened", "/fear")
        }

    there = [
        door for door, page in doors.items() if f"https://example.org/{audience}" in [one["href"] for one in page.links]
    ]
    assert there == PAGES[audience]


def test_a_line_that_was_not_read_in_its_sources_says_so(tmp_path: Path, sqlite_template: Path) -> None:
    read = line("children", number="116 111", verified=True, prominent=True) | {"name": {"en": "Read", "fr": "Lue"}}
    heard = line("emergency", number="112", prominent=True) | {"name": {"en": "Heard of", "fr": "Entendue"}}
    with region_package(tmp_path) as package:
        package.write(helplines={"read": read, "heard": heard})
        with package.instance(copy_of(sqlite_template, tmp_path)) as instance:
            instance.load("testland")
            with client_of(instance) as client:
                page = PageRead(client.get("/en/testland/help").text)
                home = PageRead(client.get("/en/testland").text)

    assert page.words.count("not verified") == 1
    assert "116 111 Read Are" in page.words
    assert "112 Heard of not verified" in page.words
    assert "116 111 Read Line for children Call 112 Heard of Line for emergency not verified Are" in home.words
    assert "Line for children not verified" not in home.words


def test_what_is_no_number_stands_on_pages_without_a_link(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = line("emergency", number="javascript:alert(1)", prominent=True)
    with region_package(tmp_path) as package:
        package.write(helplines={"strange": strange})
        with package.instance(copy_of(sqlite_template, tmp_path)) as instance:
            # As packages were loaded before numbers were looked at, and as results may tell.
            monkeypatch.setattr("lanzarote.regions.check_entries.unfit_number", lambda text: "")
            instance.load("testland")
            with client_of(instance) as client:
                pages = [PageRead(client.get(f"/en/testland{path}").text) for path in ("", "/help", "/correct")]

    called = [link["href"] for page in pages for link in page.links if "tel:" in link["href"]]
    assert called == ["tel:112"]  # of Europe: the region has no emergency number that can be called
    assert ["javascript:alert(1)" in page.words for page in pages] == [True, True, False]


@pytest.mark.parametrize("path", ["", "/help"])
def test_a_number_stays_in_one_piece(page: Page, site: str, path: str) -> None:
    page.goto(f"{site}/en/testland{path}")
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        found = {number: (rows, torn) for number, rows, torn in page.evaluate(NUMBERS)}

        assert set(SHORT) <= set(found)
        assert {number: found[number] for number in SHORT} == dict.fromkeys(SHORT, (1, 1)), width
        assert {number for number, (_, torn) in found.items() if torn > 1} == set(), width
        assert page.evaluate(SIDEWAYS) <= 0, width


def test_the_strip_on_every_page_marks_a_line_that_was_not_read_in_its_sources(
    tmp_path: Path, sqlite_template: Path
) -> None:
    words = {"read": {"en": "In danger?"}, "heard": {"en": "An emergency?"}}
    lines = {
        "read": line("children", number="116 111", prominent=True, strip=words["read"], verified=True),
        "heard": line("emergency", number="112", prominent=True, strip=words["heard"]),
    }
    with region_package(tmp_path) as package:
        package.write(helplines=lines, header={"draft": ["fr"]})
        with package.instance(copy_of(sqlite_template, tmp_path)) as instance:
            instance.load("testland")
            with client_of(instance) as client:
                html = client.get("/en/testland/law").text

    strip = html.partition('class="help-strip"')[2].partition("</aside>")[0]
    lines_told = [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in re.findall("<p>(.*?)</p>", strip)]
    assert lines_told == ["In danger? Call 116 111", "An emergency? Call 112 not verified"]


def test_a_line_that_takes_text_messages_says_so_wherever_it_stands(tmp_path: Path, sqlite_template: Path) -> None:
    lines = {
        "written-to": line("emergency", number="114", text_messages=True, prominent=True),
        "called": line("children", number="119", prominent=True),
    }
    with region_package(tmp_path) as package:
        package.write(helplines=lines, header={"draft": ["fr"]})
        with package.instance(copy_of(sqlite_template, tmp_path)) as instance:
            instance.load("testland")
            with client_of(instance) as client:
                pages = {path: client.get(f"/en/testland{path}").text for path in ("", "/law", "/help", "/correct")}

    for path, html in pages.items():
        links = re.findall(r'<a[^>]*href="(?:tel|sms):114">(.*?)</a>', html)
        assert set(links) == {'Send a text message to <span class="figures">114</span>'}, path
    assert "Call instead: Line for children. All numbers" in PageRead(pages["/correct"]).words
