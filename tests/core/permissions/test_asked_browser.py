"""What is asked of a body outside the group, on its representative's screen: with axe, on a phone, by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.conftest import serving
from tests.core.permissions.test_asked_from_outside import Outside
from tests.core.practices.signed_in import site_of
from tests.core.practices.test_assessing_browser import DESKTOP, PHONE
from tests.core.web.seen import BOTH_LANGUAGES, look

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from playwright.sync_api import Browser


@pytest.mark.parametrize("size", [pytest.param(DESKTOP, marks=pytest.mark.long), PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_it_reads_answers_and_is_told_what_it_forgot(
    own_paris: Instance, browser: Browser, lang: str, size: dict[str, int]
) -> None:
    with site_of(own_paris) as client:
        outside = Outside(own_paris, client)
    outside.propose()
    outside.announce()
    with serving(own_paris) as site, browser.new_context(viewport=size) as context:  # type: ignore[arg-type]
        context.add_cookies([{"name": "lanzarote-session", "value": outside.rep.token, "url": site}])
        page, team, kind = context.new_page(), f"{site}/{lang}/paris/team", f"{lang}-{size['width']}"

        page.goto(f"{team}/procedures/{outside.procedure}/asked")
        look(page, f"asked-{kind}")
        assert not page.evaluate("document.querySelector('main form').checkValidity()"), "what is asked for is marked"
        page.evaluate("document.querySelector('main form').noValidate = true")  # a browser that checks nothing
        with page.expect_navigation():
            page.locator("main form button").last.click()
        look(page, f"asked-forgotten-{kind}")
        assert page.locator("main .error-summary").count() == 1
        page.locator('[name="what"][value="endorse"]').check()
        page.locator('[name="source"]').fill("Lettre du 3 mars")
        with page.expect_navigation():
            page.locator("main form button").last.click()
        look(page, f"asked-answered-{kind}")

        page.goto(f"{team}/meetings/{outside.meeting}/invitation")
        look(page, f"invitation-{kind}")
        page.locator('[name="answer"]').first.check()
        with page.expect_navigation():
            page.locator("main form button").last.click()
        look(page, f"invitation-answered-{kind}")
