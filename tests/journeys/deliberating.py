"""A group that deliberates on screens: who sits around the table, and how they get from page to page."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.core.practices.assessments import person
from tests.core.web.seen import unfold
from tests.journeys.machine import sideways
from tests.journeys.test_team import Group
from tests.journeys.test_writing import SIZES, enter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.records.permissions import Role
    from playwright.sync_api import Page

SHOTS = os.environ.get("LZ_SHOTS", "")
"""A folder for pictures of every page that is looked at; none are taken without it."""
HOSPITALS, COURT, SCHOOLS, ASSOCIATION = "aphp", "tj-paris", "ministere-education-nationale", "enfant-bleu"
DESK = "contact@association.example"
"""Of a service of the association, which has no account."""


class Circle(Group):
    """The group, with the public that reads what it decides."""

    used: set[str]

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.used = set()
        self.pictures = 0

    def member(self, role: Role, name: str) -> Page:
        """Somebody whose account is open already, at a browser of their own."""
        page = self.window()
        enter(page.context, self.instance, self.address, person(self.instance, role, name))
        return page

    def entry(self, key: str) -> str:
        """Address of the group's page of an organisation of the directory."""
        found = next(one.id for one in self.instance.directory("paris") if key in one.names)
        return f"{self.place}/team/organisations/{found}"

    def id_of(self, key: str) -> str:
        return self.entry(key).rpartition("/")[2]

    def mailed(self, address: str, place: str) -> str:
        """Where the newest unused link to *place* leads that was mailed to *address*."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for path in self._links(address, place):
                if path not in self.used:
                    self.used.add(path)
                    return self.address + path
            time.sleep(0.2)
        raise AssertionError(f"No link to {place} was mailed to {address}.")

    def _links(self, address: str, place: str) -> Iterator[str]:
        for mail in self.post.mails():
            if mail["To"] == address:
                text = mail.get_content()
                yield from (urlsplit(one).path for one in re.findall(rf"https?://\S+/{place}/\S+", text))

    def look(self, page: Page, name: str) -> None:
        """Nothing moves sideways; for who wants to see it, pictures in both widths, and once in the dark."""
        assert sideways(page) <= 0, name
        if not SHOTS:
            return
        self.pictures += 1
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)
            for scheme in ("light", "dark") if self.lang == "fr" and size == "phone" else ("light",):
                page.emulate_media(color_scheme=scheme)
                file = f"{self.lang}-{size}-{scheme}-{self.pictures:02}-{name}.png"
                page.screenshot(path=str(Path(SHOTS) / file), full_page=True, animations="disabled")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(SIZES[self.size])


INVALID = "form => [...form.elements].filter(one => one.willValidate && !one.checkValidity()).map(one => one.name)"


def open_(page: Page, ending: str) -> None:
    """Follow the link of the page whose address ends so, whatever it asks for."""
    with page.expect_navigation():
        page.locator(f'main a[href$="{ending}"], main a[href*="{ending}?"]').first.click()


def send(page: Page, ending: str) -> None:
    """Send the form whose address ends so; it is taken as it is."""
    lacking = page.locator(f'main form[action$="{ending}"]').last.evaluate(INVALID)
    assert not lacking, f"the browser asks for {lacking}"
    with page.expect_navigation():
        page.locator(f'main form[action$="{ending}"] button').last.click()
    assert page.locator(".error-summary, .note.warn").all_inner_texts() == []


def press(page: Page, name: str | re.Pattern[str]) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=isinstance(name, str)).last.click()


def fill(page: Page, **values: str) -> None:
    unfold(page)  # other languages wait below the first
    for name, value in values.items():
        box, rows = page.locator(f'main [name="{name}"]'), name.partition("[")[0]
        if rows != name and not box.count():  # no row stands there before it is asked for
            page.locator(f'main button[value="more:{rows}"]').click()
            unfold(page)
        box.fill(value)


def choose(page: Page, **values: str) -> None:
    """Tick what has this name and this value, or choose it from the list of this name."""
    for name, value in values.items():
        listed = page.locator(f'main select[name="{name}"]')
        if listed.count():
            listed.select_option(value)
        else:
            page.locator(f'main input[name="{name}"][value="{value}"]').check()


def where(page: Page) -> str:
    """Address of the page, without what was just done."""
    return page.url.partition("?")[0]


def text_of(page: Page, place: str = "main") -> str:
    """What one reads there, folded parts included."""
    unfold(page)
    return " ".join(page.locator(place).first.inner_text().split())
