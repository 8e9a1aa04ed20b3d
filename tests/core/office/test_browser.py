"""The office's pages for everyone: with a screen reader, on a phone, in the dark, without colours of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.office import releases

from tests.core.conftest import serving
from tests.core.office import logs
from tests.core.web.seen import BOTH_LANGUAGES, all_open, barriers

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = (
    "",
    "/coverage",
    "/sectors",
    "/co-operation",
    "/trends",
    "/improvements",
    "/compare?region=paris&region=napoli",
    "/regions",
    "/records?of=pair",
    "/releases",
    "/releases/2031-01-01",
)


@pytest.fixture
def empty_office(sqlite_url: str, tmp_path: Path) -> Iterator[Instance]:
    """A browser need not look twice, on either database."""
    env = {"LANZAROTE_DATABASE_URL": sqlite_url, "LANZAROTE_DATA": str(tmp_path / "o"), "LANZAROTE_OFFICE": "on"}
    with new_instance(read_settings(env)) as instance:
        instance.migrate()
        yield instance


@pytest.mark.parametrize("lang", BOTH_LANGUAGES)
def test_pages_of_the_office_are_for_everyone(
    office: Instance, browser: Browser, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setattr(releases, "now", lambda: logs.AT + timedelta(days=1))
    releases.release(office, logs.AT.date(), by="test")
    with serving(office) as address, browser.new_context() as context:
        page = context.new_page()
        found = {path: barriers(page, f"{address}/{lang}/office{path}") for path in PAGES}
    all_open(found)


def test_a_state_on_the_map_leads_to_its_region(office: Instance, browser: Browser) -> None:
    with serving(office) as address:
        page = browser.new_page()
        page.goto(f"{address}/en/office")
        link = page.get_by_role("link", name="Italy: 1 practice")
        link.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url == f"{address}/en/napoli"
        page.close()
