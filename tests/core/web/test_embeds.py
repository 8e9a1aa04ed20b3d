"""Pieces of pages in frames of other sites, and what tells sites how to frame them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts.tokens import COOKIE
from lanzarote.app import create_app, routes
from lanzarote.instance import Instance
from lanzarote.office.tallies import catch_up
from lanzarote.records.permissions import Grant
from lanzarote.testing.pages import PageRead
from lanzarote.web.exports import EMBED

from tests.core.accounts.team import Team, instance_like
from tests.core.conftest import serving_app
from tests.core.quiet import QuietClient
from tests.core.routes.walking import walked

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOST = "http://lanzarote.test"
PIECES = {
    "/{lang:str}/office": "map-caption",
    "/{lang:str}/office/co-operation": "co-operation-caption",
    "/{lang:str}/office/coverage": "coverage-caption",
    "/{lang:str}/office/sectors": "sectors-caption",
    "/{lang:str}/practices": "practice-ado-sexo",
    "/{lang:str}/{region:str}/cooperation": "pairs-caption",
    "/{lang:str}/{region:str}/coverage": "article-10",
    "/{lang:str}/{region:str}/practices": "practice-ado-sexo",
    "/{lang:str}/{region:str}/procedures/{slug:str}": "lanes-caption",
}
"""Declared page → id of something in its piece."""
ONE_EACH = [one for one in walked(routes()) if one.path in PIECES]
PAGES = [
    (lang, one.address().replace("/en/", f"/{lang}/").replace("/x", "/example-first-words"), PIECES[one.path])
    for lang in ("fr", "en")
    for one in ONE_EACH
]
COVERAGE = "/en/paris/coverage"
NAMED = {
    "en": "Being named does not mean having joined, endorsed or failed anything.",
    "fr": "Être nommé ne signifie ni avoir adhéré, ni avoir approuvé, ni avoir manqué à quoi que ce soit.",
}


@pytest.fixture(scope="module")
def office(paris: Instance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with instance_like(paris, tmp_path_factory.mktemp("office"), OFFICE="on") as instance:
        catch_up(instance.database)
        yield instance


@pytest.fixture(scope="module")
def client(office: Instance) -> QuietClient:
    return QuietClient(create_app(office))


def test_every_page_with_an_embed_is_looked_at_here() -> None:
    declared = {one.path for one in walked(routes()) if one.path.startswith(EMBED)}
    assert declared == {EMBED + path for path in PIECES}


@pytest.mark.parametrize(("lang", "path", "name"), PAGES)
def test_a_piece_is_the_page_without_its_frame(client: QuietClient, lang: str, path: str, name: str) -> None:
    answer, whole = client.get(EMBED + path), PageRead(client.get(path).text)
    assert answer.status_code == 200
    page = PageRead(answer.text)
    assert (page.lang, page.title, page.forms, page.empty) == (lang, whole.title, 0, [])
    assert name in page.ids
    assert "<script" not in answer.text
    assert "tel:" not in answer.text
    assert "/account/" not in answer.text
    assert [one["href"] for one in page.heads if one.get("rel") == "canonical"] == [HOST + path]
    assert {"name": "robots", "content": "noindex"} in page.heads
    source = answer.text.partition("<footer>")[2]
    assert f'<a target="_blank" href="{HOST}{path}" rel="noopener">Lanzarote' in source
    assert ">CC-BY-4.0</a>" in source
    assert re.search(r"· au \d" if lang == "fr" else r"· as of \d", source)
    assert NAMED[lang] in source


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (COVERAGE, "it is not an assessment of compliance"),
        ("/en/office/coverage", "it is not an assessment of compliance"),
        ("/en/paris/cooperation", "This counts what sources document, not how much co-operation there is."),
        ("/en/office/co-operation", "This counts what sources document, not how much co-operation there is."),
        ("/en/paris/practices", "None of it has been assessed by the group yet."),
        ("/en/office", "It counts what was released, and says nothing of what nobody has documented."),
    ],
)
def test_what_it_does_not_say_goes_along(client: QuietClient, path: str, words: str) -> None:
    for one in (path, EMBED + path):
        assert words in PageRead(client.get(one).text).words, one


@pytest.mark.parametrize(("lang", "path", "name"), PAGES)
def test_its_links_open_beside_the_frame(client: QuietClient, lang: str, path: str, name: str) -> None:
    links = [one for one in PageRead(client.get(EMBED + path).text).links if not one["href"].startswith("#")]
    assert links
    assert [one["href"] for one in links if one.get("target") != "_blank" or "noopener" not in one["rel"].split()] == []
    assert [one["href"] for one in links if one["href"].startswith(EMBED)] == []


def test_it_may_stand_in_any_frame_and_every_other_page_in_none(client: QuietClient) -> None:
    for path in (EMBED + COVERAGE, f"{EMBED}/en/paris/procedures/nothing", f"{EMBED}/nothing", f"{EMBED}/xx/practices"):
        headers = client.get(path).headers
        assert "frame-ancestors *" in headers["content-security-policy"]
        assert "script-src" not in headers["content-security-policy"]
        assert "form-action 'none'" in headers["content-security-policy"]
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        assert "set-cookie" not in headers
    for path in (COVERAGE, "/en/account/sign-in", "/en/nothing", "/oembed"):
        assert "frame-ancestors 'none'" in client.get(path).headers["content-security-policy"]


def test_nobody_is_recognised_in_it(office: Instance, client: QuietClient) -> None:
    team = Team(office, None)
    session = team.session(team.person("somebody", Grant(role="administrator"), factor=True), strong=True).token
    known = client.get(EMBED + COVERAGE, headers={"cookie": f"{COOKIE}={session}"})
    assert known.text == client.get(EMBED + COVERAGE).text
    assert known.headers["cache-control"] == "public, no-cache"
    assert "Somebody" in client.get(COVERAGE, headers={"cookie": f"{COOKIE}={session}"}).text


def test_a_list_is_narrowed_as_on_its_page(client: QuietClient) -> None:
    query = "?article=10&q=police"
    piece, whole = client.get(f"{EMBED}/en/paris/practices{query}").text, client.get(f"/en/paris/practices{query}").text
    found = re.findall(r'id="practice-([^"]+)"', whole)
    assert 0 < len(found) < 18
    assert re.findall(r'id="practice-([^"]+)"', piece) == found
    assert "shortlist" not in piece


def test_what_is_not_there_says_so_in_the_frame(client: QuietClient) -> None:
    answer = client.get(f"{EMBED}/fr/paris/procedures/nothing")
    page = PageRead(answer.text)
    assert (answer.status_code, page.lang, page.forms) == (404, "fr", 0)
    assert "n’est plus publique" in page.words
    assert [one["href"] for one in page.links] == ["/fr/paris"]


def told(client: QuietClient, url: str, **more: str) -> Any:
    return client.get("/oembed", params={"url": url, **more})


@pytest.mark.parametrize(("lang", "path", "name"), PAGES)
def test_a_page_says_where_its_frame_is_told(client: QuietClient, lang: str, path: str, name: str) -> None:
    heads = PageRead(client.get(path).text).heads
    (found,) = [one["href"] for one in heads if one.get("type") == "application/json+oembed"]
    answer = client.get(found.removeprefix(HOST))
    frame = answer.json()
    assert (frame["type"], frame["version"]) == ("rich", "1.0")
    assert f'src="{HOST}{EMBED}{path}"' in frame["html"]
    assert f'width="{frame["width"]}" height="{frame["height"]}"' in frame["html"]
    assert " ".join(frame["title"].split()) == PageRead(client.get(path).text).title
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_frame_is_no_larger_than_there_is_room(client: QuietClient) -> None:
    small = told(client, HOST + COVERAGE, maxwidth="320", maxheight="200").json()
    assert (small["width"], small["height"]) == (320, 200)
    large = told(client, HOST + COVERAGE, maxwidth="9999", maxheight="x").json()
    assert (large["width"], large["height"]) == (640, 600)


def test_what_narrows_a_list_goes_along_and_cannot_leave_the_frame(client: QuietClient) -> None:
    html = told(client, f'{HOST}/en/paris/practices?q="><script>&article=10').json()["html"]
    assert "<script" not in html
    (src,) = re.findall(r'src="([^"]*)"', html)
    assert unescape(src) == f'{HOST}{EMBED}/en/paris/practices?q="><script>&article=10'


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/en/paris/coverage",
        "http://lanzarote.test.evil.example/en/paris/coverage",
        "http://lanzarote.test@evil.example/en/paris/coverage",
        "http://evil.example@lanzarote.test/en/paris/coverage",
        "//lanzarote.test/en/paris/coverage",
        "/en/paris/coverage",
        "javascript://lanzarote.test/en/paris/coverage",
        "http://[",
        f"{HOST}/en/paris",
        f"{HOST}/en/account/sign-in",
        f"{HOST}/en/paris/procedures/nothing",
        f"{HOST}/xx/practices",
        f"{HOST}/en/paris/practices%2f..%2fteam",
        f"{HOST}/oembed?url={HOST}{COVERAGE}",
        f"{HOST}/en/paris/practices?format=csv",
        f"{HOST}/en/paris/practices?format=xlsx",
    ],
)
def test_no_other_address_is_framed(client: QuietClient, url: str) -> None:
    answer = told(client, url)
    assert answer.status_code == 404
    assert "html" not in answer.json()
    assert answer.headers["cache-control"] == "no-store"


def test_it_is_told_as_json_alone_and_of_an_address(client: QuietClient) -> None:
    assert told(client, HOST + COVERAGE, format="json").status_code == 200
    assert told(client, HOST + COVERAGE, format="xml").status_code == 501
    assert client.get("/oembed").status_code == 400
    assert client.post("/oembed").status_code == 405


class Elsewhere:
    """ASGI: a page of another site, with *body*."""

    def __init__(self, body: str) -> None:
        self.body = f'<!doctype html><html lang="en"><title>Elsewhere</title><body>{body}'.encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        kind = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        await send({"type": "http.response.body", "body": self.body})


def test_another_site_shows_the_piece_and_its_links_open_a_new_page(page: Page, paris_site: str) -> None:
    for path, width in (("/en/paris/practices", 300), ("/fr/paris/cooperation", 300), ("/fr/paris/coverage", 640)):
        frame = f'<iframe src="{paris_site}{EMBED}{path}" width="{width}" height="500"></iframe>'
        with serving_app(Elsewhere(frame)) as elsewhere:
            page.goto(elsewhere.replace("127.0.0.1", "localhost"))
            inner = page.frame_locator("iframe")
            inner.locator("h1").wait_for()
            body = inner.locator("body")
            assert body.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
            assert body.evaluate("() => getComputedStyle(document.body).paddingTop") == "12px"
            with page.context.expect_page() as opened:
                inner.locator("h1 a").click()
            opened.value.wait_for_load_state()
            assert opened.value.url == paris_site + path
            assert opened.value.evaluate("() => opener") is None
            opened.value.close()


def test_a_sandboxed_frame_is_dressed_too(page: Page, paris_site: str) -> None:
    frame = (
        f'<iframe sandbox="allow-popups" src="{paris_site}{EMBED}/en/paris/coverage" width="640" height="500"></iframe>'
    )
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    with serving_app(Elsewhere(frame)) as elsewhere:
        page.goto(elsewhere)
        page.frames[1].wait_for_load_state("networkidle")
        assert page.frame_locator("iframe").locator("h1").inner_text() == "Documented coverage"
    assert failed == []


@pytest.mark.parametrize("path", ["/en/paris/practices", "/en/account/sign-in"])
def test_another_site_shows_no_other_page(page: Page, paris_site: str, path: str) -> None:
    with serving_app(Elsewhere(f'<iframe src="{paris_site}{path}"></iframe>')) as elsewhere:
        quiet = page.context.new_page()  # the refusal is told on the console
        quiet.goto(elsewhere)
        assert quiet.frames[1].url.startswith("chrome-error:")
