"""A region in two languages of its own that no package translates: what its pages say, and in which language."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import copy_of
from tests.core.web.reading import PageRead, client_of
from tests.regions.writing import region_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from litestar.testing import TestClient

LANGUAGES = ("fi", "sv", "en")
DRAFT = "is a draft: nobody who speaks it"
LAW = """
[instrument]
key = "xt-code"
title.en = "Code"

[provisions.xt-1]
number = "1"
[[provisions.xt-1.versions]]
from = 2023-01-01
title.en = "A wording"
recheck.en = "Read in a copy."
note.en = "Nobody has read it."
verified = false
convention = []

[provisions.xt-2]
number = "2"
[[provisions.xt-2.versions]]
from = 2023-01-01
title.en = "Another wording"
recheck.en = "Read in another copy."
note.en = "It was read once."
verified = true
convention = []
sources = ["invented"]
"""


def named(text: str) -> dict[str, str]:
    return {lang: f"{text} ({lang})" for lang in LANGUAGES}


def line(number: str, **more: Any) -> dict[str, Any]:
    base = {"name": named(number), "for_whom": named("Any child"), "audiences": ["children"], "number": number}
    return base | {"prominent": True} | more


def step(when: str, text: str) -> dict[str, Any]:
    return {"when": when, "about": "territory", "text": {"en": text}, "verified": True, "sources": ["invented"]}


HEADER: dict[str, Any] = {
    "languages": list(LANGUAGES),
    "draft": ["fi", "sv"],
    "name": named("Testland"),
    "description": named("It lies by the sea."),
    "history": [step("2019-06-03", "Second."), step("2023", "Third."), step("2011-10", "First.")],
}
LINES = {
    "finnish": line("116 111", languages=["fi", "en"]),
    "swedish": line("0800 96 116", languages=["sv"]),
    "ended": line("999", until=date(2020, 1, 1)),
}
SECTORS = {"courts": {"common": ["judicial"], "side": "public", "name": named("Courts")}}


@pytest.fixture(scope="module")
def client(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient[Any]]:
    folder = tmp_path_factory.mktemp("language")
    with region_package(folder) as package:
        package.write(header=HEADER, helplines=LINES, sectors=SECTORS)
        (package.folder / "law").mkdir()
        (package.folder / "law" / "code.toml").write_text(LAW, "utf-8")
        with package.instance(copy_of(sqlite_template, folder)) as instance:
            instance.load("testland")
            with client_of(instance) as client:
                yield client


def read(client: TestClient[Any], path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(("lang", "number"), [("fi", "116 111"), ("sv", "0800 96 116"), ("en", "116 111")])
def test_the_strip_names_a_line_that_speaks_the_language_of_the_page(
    client: TestClient[Any], lang: str, number: str
) -> None:
    strip = read(client, f"/{lang}/testland/law").partition('class="help-strip"')[2].partition("</aside>")[0]
    assert [link["href"] for link in PageRead(strip).links if "tel:" in link["href"]] == [
        f"tel:{number.replace(' ', '')}"
    ]


def test_the_page_for_a_child_begins_with_who_speaks_its_language_and_says_which(client: TestClient[Any]) -> None:
    page = PageRead(read(client, "/sv/testland/help"))
    called = [link["href"] for link in page.links if link["href"].startswith("tel:")]
    assert called[:2] == ["tel:080096116", "tel:116111"]
    assert "Languages spoken: finska och engelska" in page.words


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", ["", "/convention", "/testland"])
def test_a_language_that_is_a_draft_says_so_on_pages_of_no_region_too(
    client: TestClient[Any], path: str, lang: str
) -> None:
    assert (DRAFT in read(client, f"/{lang}{path}")) == (lang != "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_page_says_what_the_region_is(client: TestClient[Any], lang: str) -> None:
    assert f"It lies by the sea. ({lang})" in PageRead(read(client, f"/{lang}/testland")).words


def test_history_is_told_from_its_beginning_however_it_was_written_down(client: TestClient[Any]) -> None:
    words = PageRead(read(client, "/en/testland/group")).words
    assert [words.index(one) for one in ("First.", "Second.", "Third.")] == sorted(
        words.index(one) for one in ("First.", "Second.", "Third.")
    )


def test_a_sentence_that_nobody_has_translated_has_its_day_in_its_own_language(client: TestClient[Any]) -> None:
    html = read(client, "/fi/testland/law")
    assert '<span lang="en">In force since 1 January 2023</span>' in html
    assert "tammikuuta" not in html


@pytest.mark.parametrize("path", ["/law", "/law/xt-1", "/law/xt-2"])
def test_what_is_not_verified_is_marked_once_with_all_that_is_open(client: TestClient[Any], path: str) -> None:
    html = read(client, f"/en/testland{path}").partition("<main")[2].partition("</main>")[0]
    marks = [html.lower().count(mark) for mark in ("not verified", "not been verified", "not yet re-checked")]
    assert sum(marks) == (2 if path == "/law" else 1)
    for told in ("Read in a copy.", "Nobody has read it.") if path != "/law/xt-2" else ("Read in another copy.",):
        assert html.count(told) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_so_does_a_piece_on_another_site(client: TestClient[Any], lang: str) -> None:
    assert (DRAFT in read(client, f"/embed/{lang}/testland/practices")) == (lang != "en")
