"""A visitor takes a few practices home as one document, and a long list as a file, without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.web import exports
from playwright.sync_api import expect

from tests.core.conftest import serving

if TYPE_CHECKING:
    import pytest
    from lanzarote.instance import Instance
    from playwright.sync_api import Browser


def test_choosing_waiting_and_fetching_needs_no_script(browser: Browser, own_paris: Instance) -> None:
    with serving(own_paris) as site, browser.new_context(java_script_enabled=False, accept_downloads=True) as context:
        context.set_default_timeout(30_000)
        visitor = context.new_page()
        visitor.goto(f"{site}/fr/paris/practices?q=hopital")
        visitor.get_by_role("link", name="En un seul document, à imprimer ou à transmettre").click()
        found = visitor.get_by_role("group", name="Pratiques", exact=True).get_by_role("checkbox")
        count = found.count()
        assert 1 < count < 18
        found.first.uncheck()
        visitor.get_by_role("checkbox", name="Protocole du 2 juin 2014").check()
        visitor.get_by_label("Titre").fill("À l’hôpital")
        visitor.get_by_role("combobox", name="Langue").select_option("en")
        visitor.get_by_role("button", name="Préparer le document").click()

        visitor.wait_for_url("**/fr/paris/downloads/*")
        link = visitor.get_by_role("link", name="Télécharger le document")
        expect(link).to_be_visible(timeout=60_000)  # the page looks again by itself
        with visitor.expect_download() as fetched:
            link.click()
        name = fetched.value.suggested_filename
        assert name.startswith("lanzarote-paris-compendium-en-")
        assert fetched.value.path().read_bytes()[:4] == b"%PDF"


def test_a_long_list_is_made_while_one_waits_without_script(
    browser: Browser, own_paris: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 5)
    with serving(own_paris) as site, browser.new_context(java_script_enabled=False, accept_downloads=True) as context:
        context.set_default_timeout(30_000)
        visitor = context.new_page()
        visitor.goto(f"{site}/fr/paris/practices")
        visitor.get_by_role("link", name="Excel").click()
        expect(visitor.get_by_role("heading", level=1)).to_have_text("Une longue liste en un fichier")
        visitor.get_by_role("button", name="Préparer le fichier (Excel)").click()

        visitor.wait_for_url("**/fr/paris/downloads/*")
        link = visitor.get_by_role("link", name="Télécharger le document")
        expect(link).to_be_visible(timeout=60_000)  # the page looks again by itself
        with visitor.expect_download() as fetched:
            link.click()
        assert fetched.value.suggested_filename.startswith("lanzarote-paris-practices-fr-")
        assert fetched.value.path().read_bytes()[:2] == b"PK"
