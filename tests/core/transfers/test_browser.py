"""One practice on its way from Paris to the second region, in browsers; and its pages in French and English."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.accounts import sessions
from lanzarote.accounts.model import Account
from lanzarote.accounts.tokens import COOKIE
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.practices import writing
from lanzarote.records.records import find, now
from lanzarote.transfers import elsewhere_pages
from lanzarote.transfers.origin import in_force

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.practices.test_assessing_browser import DESKTOP, PHONE
from tests.core.transfers.people import person
from tests.core.transfers.travelling import change_origin, published, slug_of, state
from tests.core.transfers.travelling_procedures import endorsed, extended
from tests.core.web.seen import SHOTS, SIDEWAYS, follow, press, violations
from tests.core.web.words import InBoth
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

WORDS = InBoth(
    {
        "button": "Take up in another place",
        "propose": "Propose to the group",
        "answer": "Answer and match",
        "save": "Save",
        "take up": "Take up",
        "draft": "Make the draft",
        "tried": "It is tried out",
        "decline": "Decline the transfer",
        "send": "Send to the team",
        "confirm": "Confirm",
    },
)


class Place:
    """A site with two regions, and people of both."""

    def __init__(self, instance: Instance, browser: Browser, address: str) -> None:
        self.instance, self.address, self._browser = instance, address, browser
        self._open: list[Any] = []
        self.people = {name: person(instance, name) for name in ("ana", "head", "paris", "writer")}

    def enter(self, name: str = "", size: dict[str, int] = DESKTOP, scheme: Any = "light") -> Page:
        """A browser of the person's own, or of anybody; a script that breaks fails the test."""
        context = self._browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        if name:
            with self.instance.database.write("-") as session:
                account = session.get_one(Account, self.people[name].account_id)
                token = sessions.begin(session, account, strong=True, device="", at=now()).token
            context.add_cookies([{"name": COOKIE, "value": token, "url": self.address}])
        self._open.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        return page

    def close(self) -> None:
        for context in self._open:
            context.close()


@pytest.fixture
def place(both_template: Path, tmp_path: Path, browser: Browser) -> Iterator[Place]:
    given = {"LANZAROTE_DATABASE_URL": copy_of(both_template, tmp_path), "LANZAROTE_DATA": str(tmp_path)}
    elsewhere_pages.SENDERS.__init__()  # type: ignore[misc]
    with new_instance(read_settings(given), both_regions()) as instance, serving(instance) as address:
        found = Place(instance, browser, address)
        yield found
        found.close()


def look(page: Page, name: str) -> None:
    """Nothing stands in the way of anybody, nothing moves sideways; in the dark as well."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    assert violations(page) == "", name  # in the light and in the dark
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(SIDEWAYS) <= 0, name
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{scheme}.png"), full_page=True)


def test_a_practice_goes_from_paris_to_the_second_region(place: Place) -> None:
    """What is not in Ukrainian yet stands in English."""
    both, words = place.instance, WORDS["en"]
    ana, head = place.enter("ana", PHONE), place.enter("head")
    ana.goto(f"{place.address}/en/paris/practices/{slug_of(both)}")
    follow(ana, words["button"], exact=False)
    look(ana, "uk-new")
    press(ana, words["propose"])
    record_id = ana.url.partition("?")[0].rpartition("/")[2]
    here = f"{place.address}/uk/second-region/team/transfers/{record_id}"
    follow(ana, words["answer"])
    look(ana, "uk-form")
    for box in ana.locator("textarea").all():
        box.fill("Так робимо і тут.")
    press(ana, words["save"])
    assert state(both, record_id) == "offered"
    head.goto(here)
    for step in ("take up", "draft", "tried"):
        follow(head, words[step])
        press(head, words[step])
    assert state(both, record_id) == "piloted"
    practice = head.locator("#adapted + p a").first.get_attribute("href") or ""
    published(both, practice.rpartition("/")[2])
    head.goto(here)
    follow(head, "Adopt the transfer")
    press(head, "Adopt the transfer")
    assert state(both, record_id) == "adopted"
    look(head, "uk-adopted")
    anybody = place.enter()
    anybody.goto(f"{place.address}/en/paris/practices/{slug_of(both)}")
    follow(anybody, "Taken up in 1 other place")
    look(anybody, "en-travels")
    assert "Так робимо і тут." in anybody.locator("main").inner_text()
    with anybody.expect_navigation():
        anybody.locator(".stops a[href*='/practices/']").click()
    assert anybody.locator(".travel-line").inner_text()
    look(anybody, "uk-adapted")
    change_origin(both, "Le protocole a été revu en 2031.")
    head.goto(f"{place.address}/en/start")
    with head.expect_navigation():
        head.locator(f"a[href*='{record_id}/origin']").click()
    look(head, "uk-origin")
    assert "Le protocole a été revu en 2031." in head.locator("ins").all_inner_texts()[-1]
    press(head, "I have looked at it")


@pytest.mark.parametrize(
    ("lang", "size"),
    [("fr", PHONE), pytest.param("en", DESKTOP, marks=pytest.mark.long)],  # French is longer, a phone is narrower
    ids=["fr-phone", "en-desktop"],
)
def test_everybody_can_use_its_pages(place: Place, lang: str, size: dict[str, int]) -> None:
    words, shot = WORDS[lang], f"{lang}-{size['width']}"
    page, team = place.enter("paris", size), f"{place.address}/{lang}/paris/team/transfers"
    page.goto(team)
    look(page, f"{shot}-none")
    page.goto(f"{place.address}/uk/second-region/practices/yizhak-u-sudi")
    new = page.locator("a[href*='transfers/new']").first.get_attribute("href") or ""
    page.goto(f"{place.address}/{lang}/{new.split('/', 2)[2]}")
    look(page, f"{shot}-new")
    press(page, words["propose"])
    look(page, f"{shot}-offered")
    follow(page, words["answer"])
    look(page, f"{shot}-form")
    page.locator("textarea").first.fill("Écrire à lea.martin@gmail.com")
    press(page, words["save"])
    look(page, f"{shot}-refused")
    page.locator("textarea").first.fill("Deux tribunaux ont dit oui.")
    press(page, words["save"])
    for step in ("take up", "draft"):
        follow(page, words[step])
        look(page, f"{shot}-{step.replace(' ', '-')}")
        press(page, words[step])
    follow(page, words["tried"])
    press(page, words["tried"])
    look(page, f"{shot}-still-open")
    page.goto(team)
    look(page, f"{shot}-list")
    with page.expect_navigation():
        page.locator("table a").first.click()
    look(page, f"{shot}-adapting")
    follow(page, words["decline"])
    look(page, f"{shot}-decline")
    anybody = place.enter(size=size)
    anybody.goto(f"{place.address}/{lang}/paris/practices/{slug_of(place.instance)}")
    with anybody.expect_navigation():
        anybody.locator(".travel-line a[href$='/elsewhere']").click()
    look(anybody, f"{shot}-elsewhere")
    anybody.get_by_role("textbox").nth(0).fill("Une ville au bord de la mer")
    anybody.locator("textarea").fill("Le tribunal y accueille un chien avec les enfants.")
    press(anybody, words["send"])
    look(anybody, f"{shot}-thanks")
    page.goto(f"{team}/elsewhere")
    look(page, f"{shot}-to-confirm")
    with page.expect_navigation():
        page.get_by_role("button", name=words["confirm"]).click()
    anybody.goto(f"{place.address}/{lang}/paris/practices/{slug_of(place.instance)}/travels")
    look(anybody, f"{shot}-travels")
    with place.instance.database.write("second-region") as session:
        writing.erase_wholly(session, find(session, "practice", "yizhak-u-sudi"), by="test", at=now())
    place.instance.worker.run_due()
    page.goto(team)
    with page.expect_navigation():
        page.locator("table a").first.click()
    look(page, f"{shot}-erased")
    page.goto(f"{page.url}/origin")
    look(page, f"{shot}-erased-origin")


@pytest.mark.parametrize(
    ("lang", "size"),
    [pytest.param("fr", PHONE, marks=pytest.mark.long), ("en", DESKTOP)],
    ids=["fr-phone", "en-desktop"],
)
def test_everybody_can_use_the_pages_of_procedures(place: Place, lang: str, size: dict[str, int]) -> None:
    """Those of Paris in both languages; the second region's own in Ukrainian, or English where that is missing."""
    both, shot = place.instance, f"{lang}-{size['width']}-procedure"
    endorsed(both)
    [slug] = [one.slug for one in in_force(both, "paris")]
    page, there = place.enter("ana", size), f"{place.address}/{lang}/paris/procedures/{slug}"
    new = f"{place.address}/uk/second-region/team/transfers/new?from=paris/{slug}&kind=procedure"
    for name, address in (("waits", there), ("waits-travels", f"{there}/travels"), ("waits-new", new)):
        page.goto(address)
        look(page, f"{shot}-{name}")
    page.goto(f"{place.address}/uk/second-region/team/transfers/procedures")
    look(page, f"{shot}-none-yet")
    extended(both)
    page.reload()
    look(page, f"{shot}-takeable")
    page.goto(there)
    look(page, f"{shot}-opened")
    page.goto(new)
    look(page, f"{shot}-new")
    press(page, WORDS["en"]["propose"])
    look(page, f"{shot}-offered")
    record_id = page.url.partition("?")[0].rpartition("/")[2]
    page.goto(f"{page.url.partition('?')[0]}/edit")
    look(page, f"{shot}-form")
    assert state(both, record_id) == "offered"
