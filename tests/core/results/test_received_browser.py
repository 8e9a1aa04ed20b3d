"""Pages of received results in a real browser: axe, phone, dark, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.conftest import serving
from tests.core.results.test_pages_browser import look
from tests.core.results.test_received_pages import REGION, addresses, received

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.core.results.two_places import TwoPlaces

__all__ = ["received"]


@pytest.mark.parametrize("lang", ["en", pytest.param("fr", marks=pytest.mark.long)])
def test_pages_of_received_results_are_for_everybody(received: TwoPlaces, browser: Browser, lang: str) -> None:
    pages = ["improvements", "procedures", "evaluation", *addresses(received.region)]
    with serving(received.office) as site:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        for one in pages:
            page.goto(f"{site}/{lang}/{REGION}/{one}")
            assert page.locator("main form").count() == 0
            look(page, f"received-{lang}-{one.replace('/', '-')}")
