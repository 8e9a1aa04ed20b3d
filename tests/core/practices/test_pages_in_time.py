"""What readers find while practices change: versions, new addresses, withdrawals, longer lists."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING

from lanzarote.records import records

from tests.core.conftest import serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.core.practices.conftest import Place


def slugs(html: str) -> list[str]:
    return re.findall(r'<li class="card" id="practice-([^"]+)"', html)


def link(html: str, relation: str) -> str:
    found = re.search(rf'rel="{relation}" href="([^"]+)"', html)
    return unescape(found[1]) if found else ""


def test_a_version_tells_what_it_changed(place: Place) -> None:
    place.edit("uaped", title="Hospital units for children in danger (UAPED)", started="1998")
    page = place.get("/en/paris/practices/uaped/versions/2")
    [changes] = re.findall(r'<dl class="changes">(.*?)</dl>', page, re.DOTALL)

    assert re.search(r"<del>.*?reception ?</del>", changes)
    assert re.search(r"<del>.*?1999</del><ins>.*?1998</ins>", changes)
    assert changes.count("<dt>") == 2


def test_every_published_version_keeps_its_address(place: Place) -> None:
    place.edit("uaped", title="Another title")

    assert "Hospital reception units" in place.get("/en/paris/practices/uaped/versions/1")
    assert "This version was replaced." in place.get("/en/paris/practices/uaped/versions/1")
    assert "read by the public today" in place.get("/en/paris/practices/uaped/versions")
    place.get("/en/paris/practices/uaped/versions/3", status=404)


def test_a_version_names_the_published_page_as_the_one_to_keep(place: Place) -> None:
    place.edit("uaped", title="Another title")
    page = place.get("/en/paris/practices/uaped/versions/1")

    assert '<link rel="canonical" href="http://lanzarote.test/en/paris/practices/uaped">' in page
    assert '<meta name="robots" content="noindex, follow">' in page


def test_a_version_that_nobody_published_is_nobody_s_to_read(place: Place) -> None:
    place.edit("uaped", title="A name that a reviewer struck out", publish=False)
    place.edit("uaped", title="The title that was published")

    place.get("/en/paris/practices/uaped/versions/2", status=404)
    assert "struck out" not in place.get("/en/paris/practices/uaped/versions")
    assert "struck out" not in place.get("/en/paris/practices/uaped/versions/3")


def test_a_working_version_changes_nothing_for_readers(place: Place) -> None:
    place.edit("uaped", title="Work in progress", publish=False)

    assert "Work in progress" not in place.get("/en/paris/practices/uaped")


def test_a_former_address_leads_to_the_present_one(place: Place) -> None:
    place.rename("uaped", "hospital-units")
    answer = place.client.get("/en/paris/practices/uaped?p=nenuphar", follow_redirects=False)

    assert answer.status_code == 301
    assert answer.headers["location"] == "/en/paris/practices/hospital-units?p=nenuphar"
    version = place.client.get("/en/paris/practices/uaped/versions/1", follow_redirects=False)
    assert version.headers["location"] == "/en/paris/practices/hospital-units/versions/1"
    assert 'href="/en/paris/practices/hospital-units?p=hospital-units"' in place.get("/en/paris/shortlist?p=uaped")


def test_a_withdrawn_practice_says_when(place: Place) -> None:
    place.withdraw("uaped")
    page = place.get("/en/paris/practices/uaped", status=410)

    assert "This practice was withdrawn" in page
    assert str(datetime.now(UTC).year) in page
    assert "Hospital reception units" not in page
    place.get("/en/paris/practices/uaped/versions/1", status=410)


def test_a_browser_finds_again_what_comes_back(place: Place, page: Page) -> None:
    with serving(place.instance) as address:
        practice = f"{address}/en/paris/practices/uaped"
        place.rename("uaped", "hospital-units")
        page.goto(practice)
        assert page.url == f"{address}/en/paris/practices/hospital-units"
        place.rename("hospital-units", "uaped")
        page.goto(practice)
        assert page.url == practice
        place.withdraw("uaped")
        page.goto("about:blank")
        page.goto(practice)
        assert page.locator("h1").inner_text() == "This practice was withdrawn"
        place.change("uaped", lambda session, record: records.publish(session, record, by="test"))
        page.goto("about:blank")
        page.goto(practice)
        assert "Hospital reception units" in page.locator("h1").inner_text()


def test_what_is_not_there_is_asked_for_anew(place: Place) -> None:
    place.withdraw("uaped")
    for path in ("/en/paris/practices/uaped", "/api/v1/regions/paris/practices/uaped", "/api/v1/regions/paris/nothing"):
        for method in ("GET", "HEAD"):
            answer = place.client.request(method, path)
            assert (answer.status_code in (404, 410), answer.headers["cache-control"]) == (True, "no-store"), path


def test_an_erased_practice_is_gone(place: Place) -> None:
    place.erase("uaped")

    for address in ("", "/versions", "/versions/1"):
        assert "UAPED" not in place.get(f"/en/paris/practices/uaped{address}", status=410)
    assert "uaped" not in slugs(place.get("/en/paris/practices?q=uaped"))


def test_pages_lead_forth_and_back(place: Place) -> None:
    place.add(45)
    first = place.get("/en/paris/practices?sector=health")
    seen, page = slugs(first), first
    while address := link(page, "next"):
        page = place.get(address)
        seen += slugs(page)

    assert len(seen) == len(set(seen)) > 45
    assert seen[:3] == ["number-44", "number-43", "number-42"]
    assert link(page, "prev")
    while address := link(page, "prev"):
        page = place.get(address)
    assert slugs(page) == slugs(first)


def test_pages_of_a_search_lead_forth_and_back_through_its_tiers(place: Place) -> None:
    place.add(15, text={"en": {"title": "A hospital", "summary": "Told for a test."}})
    place.add(15, text={"en": {"title": "A place", "summary": "In a hospital."}})
    first = place.get("/en/paris/practices?q=hospital")
    second = place.get(link(first, "next"))

    assert len(slugs(first)) == 20
    assert not set(slugs(first)) & set(slugs(second))
    assert slugs(place.get(link(second, "prev"))) == slugs(first)


def test_texts_of_others_are_never_markup(place: Place) -> None:
    hostile = {"title": "</script><script>alert(1)</script>", "summary": "<img src=x onerror=alert(1)> & <b>"}
    place.add(1, text={"en": hostile | {"problem": "<i>x</i>"}})

    for address in (
        "practices/number-0",
        "practices?q=script",
        "shortlist?p=number-0",
        "practices/number-0/versions/1",
    ):
        page = place.get(f"/en/paris/{address}")
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<i>x</i>" not in page
    [block] = re.findall(r'ld\+json">(.*?)</script>', place.get("/en/paris/practices/number-0"))
    assert json.loads(block)["headline"] == hostile["title"]


def test_a_practice_that_is_not_translated_says_so_and_keeps_its_language(place: Place) -> None:
    place.add(1)
    page = place.get("/fr/paris/practices/number-0")

    assert '<h1><span lang="en">Practice number 0</span></h1>' in page
    assert '<title lang="en">Practice number 0 – ' in page
    assert "anglais" in page
    assert 'lang="en"><a href="/fr/paris/practices/number-0">Practice number 0' in place.get("/fr/paris/practices")


def test_a_text_that_only_the_original_has_is_shown_in_the_original(place: Place) -> None:
    text = {
        "fr": {"title": "Une pratique", "summary": "Dite pour un essai.", "transfer": "Un lieu calme."},
        "en": {"title": "A practice", "summary": "Told for a test."},
    }
    place.add(1, original="fr", text=text)
    page = place.get("/en/paris/practices/number-0")

    assert "<h1>A practice</h1>" in page
    assert re.search(r'French</p>\s*<div lang="fr">\s*<p>Un lieu calme.</p>', page)


def test_a_translation_older_than_its_original_says_so(place: Place) -> None:
    assert "the original has changed since" not in place.get("/en/paris/practices/uaped")
    place.edit("uaped", stale=["en"])

    assert "the original has changed since" in place.get("/en/paris/practices/uaped")


def test_a_partner_sector_without_a_word_on_its_part_says_that_nobody_is_named(place: Place) -> None:
    place.add(1, partners=[{"sector": "police"}, {"organisation": "no-longer-there", "side": "private"}])
    page = place.get("/en/paris/practices/number-0")

    assert "No organisation of this sector is named in the sources." in page
    assert "An organisation that is no longer in the directory" in page


def test_a_region_without_practices_invites_to_tell_the_team(place: Place) -> None:
    for slug in slugs(place.get("/en/paris/practices")):
        place.withdraw(slug)
    page = place.get("/en/paris/practices")

    assert "No practice is published here yet." in page
    assert 'href="/en/paris/correct"' in page


def test_a_region_that_is_not_enabled_is_not_found_from_outside(place: Place) -> None:
    assert slugs(place.get("/en/practices?q=uaped"))
    place.instance.enable("paris", on=False)

    assert slugs(place.get("/en/practices?q=uaped")) == []
    place.get("/en/paris/practices", status=404)
