"""A position is given on a phone in three minutes; a group asks, decides and forwards, in real browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.improvements import calling
from lanzarote.improvements.team_documents import Calling
from lanzarote.records.records import now

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.improvements.group import HEAD, Group, settle
from tests.core.practices.assessments import person
from tests.core.practices.test_assessing_browser import DESKTOP, PHONE, Place, closing
from tests.core.stakeholders.keeping import relate
from tests.core.web.seen import follow, look, press, unfold
from tests.core.web.words import InBoth

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DESK = "contact@association.example"
WORDS = InBoth(
    {
        "call": "Ask for positions",
        "give": "Give this position",
        "support": "We support it",
        "object": "We object",
        "record": "Record what an organisation said",
        "decide": "Decide",
        "again": "Recalculate",
        "write": "Record",
        "forward": "Note where it was forwarded",
        "take part": "We take part",
        "invite": "Invite the organisation",
    },
    {
        "write": "Consigner",
    },
)


class Site:
    """A group with a served site."""

    def __init__(self, group: Group, place: Place, browser: Browser) -> None:
        self.group, self.place, self._browser = group, place, browser
        self.address = place.address

    def guest(self, size: dict[str, int]) -> Page:
        """A browser of somebody without an account."""
        context = self._browser.new_context(viewport=size)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        return page

    def link(self) -> str:
        """Path of the page that the last mail leads to that leads to any: the site beside may be sending others."""
        settle(self.group.instance)
        folder = self.group.instance.settings.data / "mail"
        files = sorted(folder.glob("*.eml"), key=lambda one: one.stat().st_mtime_ns)
        read = (message_from_bytes(one.read_bytes(), policy=policy.default).get_content() for one in files)
        found = [one[0] for text in read if (one := re.search(r"https?://\S+/(?:position|take-part)/\S+", text))]
        return urlsplit(found[-1]).path


@pytest.fixture
def site(paris_template: Path, tmp_path: Path, browser: Browser) -> Iterator[Site]:
    given = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path), "LANZAROTE_DATA": str(tmp_path)}
    with new_instance(read_settings(given)) as instance:
        group = Group(instance)
        group.desk(group.bodies[1], DESK)
        with serving(instance) as address, closing(Place(instance, browser, address)) as place:
            yield Site(group, place, browser)


def test_a_position_is_given_on_a_phone_by_a_mailed_link_in_french(site: Site) -> None:
    words, group = WORDS["fr"], site.group
    today = group.instance.today("paris")
    with group.held() as (session, record):
        until = today + timedelta(days=14)
        calling.call(session, record, given=Calling(until=until), expected=None, by=HEAD, at=now(), today=today)
    path = site.link()
    phone = site.guest(PHONE)
    phone.goto(site.address + path)
    assert phone.locator("html").get_attribute("lang") == "fr"
    look(phone, "answer")
    phone.get_by_label(words["object"]).check()
    press(phone, words["give"])
    look(phone, "answer-refused")
    assert phone.get_by_label(words["object"]).is_checked()
    phone.locator("#reason").fill("Nos équipes n’ont pas les moyens.")
    phone.locator("input[name=named]").check()
    press(phone, words["give"])
    look(phone, "answered")
    assert "Nos équipes n’ont pas les moyens." in phone.content()
    phone.goto(site.address + path)
    look(phone, "link-used")
    assert "a déjà servi" in phone.content()
    phone.goto(f"{site.address}/fr/paris/position/{'x' * 43}")
    look(phone, "link-unknown")
    phone.context.close()


def test_a_body_takes_part_by_a_mailed_link_on_a_phone(site: Site) -> None:
    body = site.group.bodies[1]
    relate(site.group.instance, body, "cited")
    head = site.place.enter("head", DESKTOP)
    head.goto(f"{site.address}/fr/paris/team/organisations/{body}")
    follow(head, WORDS["fr"]["invite"])
    look(head, "invite")
    head.locator("select[name=way]").select_option(DESK)
    press(head, WORDS["fr"]["invite"])
    head.goto(f"{site.address}/fr/paris/team/taking-part")
    look(head, "taking-part")
    phone = site.guest(PHONE)
    phone.goto(site.address + site.link())
    look(phone, "invitation")
    phone.locator("input[value=accept]").check()
    phone.locator("#source").fill("Délibération du 3 janvier")
    press(phone, "Répondre à l’invitation")
    look(phone, "invitation-answered")
    head.reload()
    assert "a dit participer" in head.content()
    phone.context.close()


@pytest.mark.parametrize(
    ("lang", "size"),
    [pytest.param("fr", DESKTOP, marks=pytest.mark.long), ("en", PHONE)],
    ids=["desktop-fr", "phone-en"],
)
def test_a_group_asks_and_decides(site: Site, lang: str, size: dict[str, int]) -> None:
    words, group, home = WORDS[lang], site.group, f"{site.address}/{lang}/paris"
    today = group.instance.today("paris").isoformat()
    one, _, other, last = group.bodies
    site.place.people["rep"] = person(group.instance, "representative", "Rep Résente", organisation=one)
    head, rep = (site.place.enter(name, size) for name in ("head", "rep"))
    at = f"{home}/team/improvements/{group.improvement}"

    head.goto(f"{at}/positions")
    look(head, f"discussed-{lang}")
    follow(head, words["call"])
    look(head, f"call-{lang}")
    press(head, words["call"])
    look(head, f"called-{lang}")

    # The representative finds it on the start page, and answers
    rep.goto(f"{site.address}/{lang}/start")
    look(rep, f"start-{lang}")
    with rep.expect_navigation():
        rep.locator("#waits ~ ul a").first.click()
    look(rep, f"position-{lang}")
    rep.get_by_label(words["support"], exact=True).check()
    rep.locator("input[name=named]").check()
    press(rep, words["give"])
    look(rep, f"own-{lang}")

    # What others wrote in letters is written down
    for body, choice in ((other, "object"), (last, "support"), (group.bodies[1], "abstain")):
        head.goto(f"{at}/record-position?stakeholder={body}")
        head.locator(f"input[name=choice][value={choice}]").check()
        head.locator("#reason").fill("Par manque de moyens.")
        head.locator("input[name=how][value=letter]").check()
        head.locator("#source").fill("Lettre n° 4")
        head.locator("#on").fill(today)
        if choice == "object":
            look(head, f"record-{lang}")
        press(head, words["record"])
    look(head, f"positions-{lang}")

    # Decided as the rule says
    follow(head, words["decide"])
    look(head, f"decide-not-alone-{lang}")
    assert head.locator('[id="reasons.fr"]').count() == 0, "who wrote down what others said does not decide on it"
    site.place.people["dan"] = person(group.instance, "coordinator", "Dan Décide")
    dan = site.place.enter("dan", size)
    dan.goto(f"{at}/decide")
    assert dan.locator('[id="reasons.fr"]').count() == 0, "who was written to can confirm what was recorded for it"
    group.say(group.bodies[1], "abstain")
    dan.goto(f"{at}/positions")
    follow(dan, words["decide"])
    look(dan, f"decide-{lang}")
    press(dan, words["again"])
    unfold(dan)
    dan.locator('[id="reasons.fr"]').fill("Un organisme s’y oppose.")
    dan.locator('[id="reasons.en"]').fill("One body objects.")
    press(dan, words["write"], exact=False)
    look(dan, f"decided-{lang}")
    assert group.status.state == "not-adopted"
    for page in (head, dan, rep):
        page.context.close()
