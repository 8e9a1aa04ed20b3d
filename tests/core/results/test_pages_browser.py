"""The pages about results in a real browser: a region is enrolled by hand, sends, and is read; axe, phone, dark."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lanzarote.accounts import service, sessions
from lanzarote.accounts.tokens import COOKIE
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.store.database import ALL

from tests.core.conftest import serving
from tests.core.results.two_places import PARIS, TwoPlaces
from tests.core.web.seen import BOTH_LANGUAGES, SHOTS, SIDEWAYS, violations
from tests.core.web.words import InBoth

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from playwright.sync_api import Browser, Page


def enter(instance: Instance, browser: Browser, address: str, grant: Grant, lang: str) -> Page:
    """A browser without script of somebody with that role."""
    at = now()
    with instance.database.write(ALL) as session:
        account = service.enrol(
            session,
            address=f"{grant.role}-{lang}@school.example",
            name="Alex Martin",
            language=lang,
            grants=[grant],
            by="test",
            at=at,
        )
        account.state = "active"
        token = sessions.begin(session, account, strong=True, device="", at=at).token
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    return context.new_page()


def look(page: Page, name: str) -> None:
    """Axe in light and dark, nothing sideways on a phone; a picture for who wants to see."""
    assert page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus") < 500, name
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    assert violations(page) == "", name
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(SIDEWAYS) <= 0, (name, width)
        if SHOTS and width != 320:
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}-{scheme}.png"), full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")


WORDS = InBoth(
    {
        "key": "Make the key",
        "save": "Save",
        "send": "Send now",
        "enrol": "Compare and enrol",
        "received": "received, complete, verified",
        "in part": "received and verified, except results that were not imported",
        "wrong": "This is not the fingerprint of this card.",
        "exact": "Show exactly what leaves",
        "take": "Import the file",
    },
    {
        "wrong": "Ce n’est pas l’empreinte de cette carte.",
    },
)


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_a_region_is_enrolled_sends_and_is_read(
    paris_there: Instance, office: Instance, browser: Browser, tmp_path: Path, lang: str
) -> None:
    words = WORDS[lang]
    places = TwoPlaces(paris_there, office, enrolled=False)
    places.publish("own-a", "A practice of ours")
    with serving(paris_there) as there, serving(office) as here:
        head = enter(paris_there, browser, there, Grant(role="coordinator", region_id=PARIS), lang)
        clerk = enter(office, browser, here, Grant(role="office"), lang)
        head.goto(f"{there}/{lang}/paris/team/results")
        look(head, f"{lang}-region-without-key")
        with head.expect_navigation():
            head.get_by_role("button", name=words["key"]).click()
        fingerprint = head.locator("#key ~ dl dd").first.inner_text().strip()
        with head.expect_download() as card:
            head.locator("a[href$='/card']").click()
        card.value.save_as(tmp_path / "paris.card")
        clerk.goto(f"{here}/{lang}/office/sources")
        look(clerk, f"{lang}-office-empty")
        clerk.locator("#file").set_input_files(tmp_path / "paris.card")
        clerk.locator("#fingerprint").fill("1234 " * 8)
        with clerk.expect_navigation():
            clerk.get_by_role("button", name=words["enrol"]).click()
        assert clerk.locator(".error-summary", has_text=words["wrong"]).count()
        look(clerk, f"{lang}-office-other-fingerprint")
        clerk.locator("#fingerprint").fill(fingerprint)
        with clerk.expect_navigation():
            clerk.get_by_role("button", name=words["enrol"]).click()
        look(clerk, f"{lang}-office-enrolled")

        head.locator("#offices ~ details summary").first.click()
        head.locator("#address").fill(here)
        with head.expect_navigation():
            head.locator("form[action$='/offices'] button").click()
        with head.expect_navigation():
            head.get_by_role("button", name=re.compile(words["send"])).click()
        places.region.worker.run_due()
        for _ in range(100):
            head.goto(f"{there}/{lang}/paris/team/results")
            if head.get_by_text(words["received"]).count():
                break
            head.wait_for_timeout(100)
        assert head.get_by_text(words["received"]).count()
        look(head, f"{lang}-region")
        with head.expect_navigation():
            head.get_by_role("link", name=re.compile(f"{words['exact']}.*A practice of ours")).first.click()
        look(head, f"{lang}-region-one")
        head.goto(f"{there}/{lang}/paris/team/results/new-key")
        look(head, f"{lang}-region-new-key")
        head.goto(f"{there}/{lang}/paris/team/results/remove?office={here}")
        look(head, f"{lang}-region-remove")

        (tmp_path / "cut").write_bytes(places.export()[:-20])
        clerk.goto(f"{here}/{lang}/office/sources")
        clerk.locator("#results").set_input_files(tmp_path / "cut")
        with clerk.expect_navigation():
            clerk.get_by_role("button", name=words["take"]).click()
        look(clerk, f"{lang}-office-cut-file")
        (tmp_path / "other").write_bytes(places.other_history())
        clerk.locator("#results").set_input_files(tmp_path / "other")
        with clerk.expect_navigation():
            clerk.get_by_role("button", name=words["take"]).click()
        clerk.goto(f"{here}/{lang}/office/sources/paris/held/{places.held()[0].id}")
        look(clerk, f"{lang}-office-held")
        clerk.goto(f"{here}/{lang}/office/sources/paris")
        assert clerk.get_by_text(words["in part"]).count()
        look(clerk, f"{lang}-office-source")
        clerk.goto(f"{here}/{lang}/paris/practices/own-a")
        look(clerk, f"{lang}-received-practice")
        clerk.goto(f"{here}/{lang}/paris/correct")
        look(clerk, f"{lang}-received-correct")
        for page in (head, clerk):
            page.context.close()
