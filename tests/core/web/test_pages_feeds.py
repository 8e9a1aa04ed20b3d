"""What programs read: feeds, sitemaps, robots.txt, security.txt, facts inside pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from lanzarote.composition import new_instance
from lanzarote.findable import pages as sitemap
from lanzarote.instance import Instance
from lanzarote.practices.service import facets_of
from lanzarote.web import exports
from lanzarote.web.texts import script
from msgspec import structs

from tests.core.web.reading import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from litestar.testing import TestClient

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def xml(client: TestClient[Any], path: str) -> ET.Element:
    answer = client.get(path)
    assert answer.status_code == 200
    return ET.fromstring(answer.content)  # noqa: S314 - written by ourselves


def text(element: ET.Element, tag: str) -> str:
    return element.findtext(tag) or ""


# Feeds


@pytest.mark.parametrize("path", ["/en/paris/practices.atom", "/fr/paris/practices.atom", "/en/practices.atom"])
def test_a_feed_has_all_that_atom_asks_for(client: TestClient[Any], paris: Instance, path: str) -> None:
    feed = xml(client, path)
    entries = feed.findall(f"{ATOM}entry")

    assert feed.tag == f"{ATOM}feed"
    assert feed.get(LANG) == path[1:3]
    assert len(entries) == facets_of(paris, "paris").size
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    for element in (feed, *entries):
        for tag in ("id", "title", "updated"):
            assert len(element.findall(ATOM + tag)) == 1
        assert text(element, f"{ATOM}id").startswith("urn:uuid:")
        assert datetime.fromisoformat(text(element, f"{ATOM}updated")).tzinfo is not None
    ids = [text(entry, f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)


def test_an_entry_is_the_same_in_every_feed_of_its_language_and_another_in_another_language(
    client: TestClient[Any],
) -> None:
    french, of_all, english = (
        {text(entry, f"{ATOM}id") for entry in xml(client, path).findall(f"{ATOM}entry")}
        for path in ("/fr/paris/practices.atom", "/fr/practices.atom", "/en/paris/practices.atom")
    )
    assert french == of_all
    assert not french & english


def test_a_feed_reader_understands_it(client: TestClient[Any], paris: Instance) -> None:
    feedparser = pytest.importorskip("feedparser")

    read = feedparser.parse(client.get("/fr/paris/practices.atom").content)

    assert not read.bozo
    assert read.version == "atom10"
    assert len(read.entries) == facets_of(paris, "paris").size
    assert read.feed.title == "Nouvelles pratiques\u202f: Paris"


def test_every_entry_leads_to_its_practice(client: TestClient[Any]) -> None:
    feed = xml(client, "/fr/paris/practices.atom")
    addresses = [link.get("href", "") for link in feed.findall(f"{ATOM}entry/{ATOM}link")]

    known = {one["slug"] for one in client.get("/api/v1/regions/paris/practices?limit=100").json()["items"]}

    assert {address.removeprefix("http://lanzarote.test/fr/paris/practices/") for address in addresses} == known


def test_a_feed_keeps_its_identity_whatever_its_address(paris: Instance) -> None:
    ids = set()
    for address in ("http://one.test", "https://two.test"):
        with client_of(paris, address) as client:
            ids.add(text(xml(client, "/fr/paris/practices.atom"), f"{ATOM}id"))

    assert len(ids) == 1


def test_what_xml_cannot_hold_is_left_out_and_markup_is_text() -> None:
    entry = exports.Entry(
        id="urn:uuid:1",
        title="a\x0b\x00b\ud800 <b>&amp;</b>\ufffe",
        title_lang="fr",
        summary="",
        summary_lang="fr",
        href='https://a.test/?a=1&b="2"',
        updated=NOON,
    )
    feed = exports.Feed(
        id="urn:uuid:2",
        title="t",
        subtitle="s",
        lang="fr",
        href="https://a.test/",
        self_href="https://a.test/atom",
        author="a",
        rights="r",
        licence="https://a.test/l",
        updated=NOON,
        entries=[entry],
    )

    read = ET.fromstring(exports.write(feed))  # noqa: S314

    assert read.findtext(f"{ATOM}entry/{ATOM}title") == "ab <b>&amp;</b>"
    [link] = read.findall(f"{ATOM}entry/{ATOM}link")
    assert link.get("href") == 'https://a.test/?a=1&b="2"'
    assert read.findtext(f"{ATOM}updated") == "2026-11-24T12:00:00Z"


def test_facts_inside_a_page_cannot_end_their_block() -> None:
    block = script({"name": "</script><script>alert(1)//", "also": "a & b\u2028"})
    inside = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")

    assert not set(inside) & set("<>&\u2028")
    assert json.loads(inside) == {"name": "</script><script>alert(1)//", "also": "a & b\u2028"}
    assert unescape(inside) == inside


# Sitemaps


def test_the_sitemap_names_every_page_in_every_language(client: TestClient[Any], paris: Instance) -> None:
    index = [text(one, f"{SITEMAP}loc") for one in xml(client, "/sitemap.xml")]
    pages = {
        text(url, f"{SITEMAP}loc"): {link.get("hreflang") for link in url.findall(f"{XHTML}link")}
        for file in index
        for url in xml(client, file.removeprefix("http://lanzarote.test"))
    }

    assert index == ["http://lanzarote.test/sitemap/pages.xml", "http://lanzarote.test/sitemap/paris-1.xml"]
    assert all(languages == {"en", "fr"} for languages in pages.values())
    for path in ("", "/convention/50", "/context/instruments", "/paris", "/paris/help", "/paris/sectors/courts"):
        assert {f"http://lanzarote.test/en{path}", f"http://lanzarote.test/fr{path}"} <= set(pages)
    practices = [page for page in pages if "/fr/paris/practices/" in page]
    assert len(practices) == facets_of(paris, "paris").size


def test_a_practice_tells_when_it_was_published(client: TestClient[Any]) -> None:
    dated = [url for url in xml(client, "/sitemap/paris-1.xml") if url.find(f"{SITEMAP}lastmod") is not None]

    assert dated
    rooms = ("practices", "improvements", "procedures", "evaluation", "indicators")
    assert all(any(f"/{room}/" in text(url, f"{SITEMAP}loc") for room in rooms) for url in dated)
    assert {text(url, f"{SITEMAP}lastmod") for url in dated} <= {str(datetime.now(UTC).date()), str(NOON.date())}


def test_many_practices_are_spread_over_files(
    client: TestClient[Any], paris: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "LARGEST", 7)
    monkeypatch.setattr(sitemap, "_AT_ONCE", 3)
    size = facets_of(paris, "paris").size
    with client_of(paris, "http://spread.test") as fresh:
        files = [text(one, f"{SITEMAP}loc").removeprefix("http://spread.test") for one in xml(fresh, "/sitemap.xml")]
        found = [
            [
                text(url, f"{SITEMAP}loc")
                for url in xml(fresh, file)
                if "/fr/paris/practices/" in text(url, f"{SITEMAP}loc")
            ]
            for file in files
        ]

    assert [len(places) for places in found] == [0, *[7] * (size // 7), *([size % 7] if size % 7 else [])]
    assert len({place for places in found for place in places}) == size


@pytest.mark.parametrize(
    "file",
    [
        "x.xml",
        "paris-0.xml",
        "paris-2.xml",
        "paris--1.xml",
        "paris-١.xml",
        "paris-1",
        "paris-99999.xml",
        "nowhere-1.xml",
    ],
)
def test_there_is_no_other_file(client: TestClient[Any], file: str) -> None:
    assert client.get(f"/sitemap/{file}").status_code == 404


# robots.txt, the icon, security.txt


def test_robots_are_shown_the_sitemap_and_kept_out_of_forms(client: TestClient[Any]) -> None:
    answer = client.get("/robots.txt")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "Sitemap: http://lanzarote.test/sitemap.xml" in answer.text.splitlines()
    assert "Disallow: /*/correct" in answer.text.splitlines()


def test_programs_that_read_no_page_get_an_icon(client: TestClient[Any]) -> None:
    answer = client.get("/favicon.ico")

    assert answer.status_code == 200
    assert answer.url.path == "/static/favicon.svg"
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.content.startswith(b"<svg")


@pytest.fixture
def named(paris: Instance) -> Iterator[TestClient[Any]]:
    """The same instance, run by somebody who says who they are."""
    settings = structs.replace(
        paris.settings,
        operator="An Association & Friends",
        contact="contact@lanzarote.test",
        base_url="https://public.test",
    )
    with new_instance(settings) as instance, client_of(instance, "https://public.test") as client:
        yield client


def test_security_txt_names_the_contact_and_when_it_ends(named: TestClient[Any]) -> None:
    lines = dict(line.split(": ", 1) for line in named.get("/.well-known/security.txt").text.splitlines())

    assert lines["Contact"] == "mailto:contact@lanzarote.test"
    assert lines["Canonical"] == "https://public.test/.well-known/security.txt"
    assert 0 < (datetime.fromisoformat(lines["Expires"]) - datetime.now(UTC)).days < 366
    assert lines["Preferred-Languages"] == "en, fr"


def test_security_txt_answers_programs_that_ask_for_its_head_or_have_it_already(named: TestClient[Any]) -> None:
    whole = named.get("/.well-known/security.txt")
    head = named.head("/.well-known/security.txt")
    kept = named.get("/.well-known/security.txt", headers={"If-None-Match": whole.headers["etag"]})

    assert whole.headers["content-type"] == "text/plain; charset=utf-8"
    assert "public" in whole.headers["cache-control"]
    assert (head.status_code, head.text, head.headers["content-length"]) == (200, "", str(len(whole.content)))
    assert kept.status_code == 304


def test_security_txt_names_no_address_without_tls(paris: Instance) -> None:
    with (
        new_instance(structs.replace(paris.settings, contact="https://example.org/contact")) as instance,
        client_of(instance, "http://lanzarote.test") as client,
    ):
        text = client.get("/.well-known/security.txt").text

    assert text.startswith("Contact: https://example.org/contact\nExpires: ")
    assert "Canonical" not in text


def test_there_is_no_security_txt_when_nobody_is_named(client: TestClient[Any]) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404


def test_notices_name_who_runs_the_site(named: TestClient[Any]) -> None:
    legal = named.get("/en/legal").text

    assert "An Association &amp; Friends" in legal
    assert 'href="mailto:contact@lanzarote.test"' in legal
    assert "has not been named" not in legal


def test_addresses_for_the_public_are_those_of_the_settings(named: TestClient[Any]) -> None:
    assert '<link rel="canonical" href="https://public.test/en/legal">' in named.get("/en/legal").text
    assert "https://public.test/fr/paris/practices" in named.get("/fr/paris/practices.atom").text
