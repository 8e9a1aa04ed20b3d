"""A team from its first invitation to the last erased word: everything that a practice can live through, on screens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from playwright.sync_api import expect

from tests.core.accounts.team import GOOD, Team, link_in
from tests.core.conftest import serving
from tests.core.practices.assessments import person
from tests.core.practices.test_assessing_browser import WORDS, answer
from tests.core.web.seen import unfold
from tests.journeys.machine import sideways
from tests.journeys.test_writing import SAID, SIZES, answer_the_rest, enter, field

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


INVITED = {
    "ana": "contributor",
    "eve": "contributor",
    "bo": "reviewer",
    "cy": "reviewer",
    "remi": "representative",
}
CANARY = "mot-qui-disparait"


class Group:
    """A coordinator and those she invites, each with a browser of their own."""

    def __init__(self, instance: Instance, browser: Browser, address: str, lang: str, size: str) -> None:
        self.instance, self.browser, self.address = instance, browser, address
        self.lang, self.size = lang, size
        self.place = f"{address}/{lang}/paris"
        self.post = Team(instance, None)
        self.open: list[BrowserContext] = []

    def window(self) -> Page:
        context = self.browser.new_context(viewport=SIZES[self.size])
        context.set_default_timeout(15_000)
        self.open.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        return page

    def coordinator(self) -> Page:
        page = self.window()
        enter(page.context, self.instance, self.address, person(self.instance, "coordinator", "Hélène Tête"))
        return page

    def invite(self, head: Page, name: str, role: str, organisation: str = "") -> Page:
        """Let *head* invite somebody, who opens the mail and then the account; *organisation*: id of theirs."""
        head.goto(f"{self.place}/people/invite")
        head.locator("#address").fill(f"{name}@school.example")
        head.locator("#name").fill(name.title())
        head.locator("#language").select_option(self.lang)
        head.locator(f"input[name=roles][value={role}]").check()
        if role == "representative":
            chosen: dict[str, Any] = {"value": organisation} if organisation else {"index": 1}
            head.locator("#stakeholder").select_option(**chosen)
        head.locator("main form button").last.click()
        head.wait_for_url("**/people?done=invited")
        page = self.window()
        page.goto(self.address + link_in(self.post.mail_to(f"{name}@school.example")))
        page.locator("#password").fill(GOOD)
        page.locator("#agreed").check()
        page.locator("main form button").last.click()
        page.wait_for_url(f"**/{self.lang}/start*")
        return page

    def press(self, page: Page, step: str, **fields: str) -> None:
        """Take the step of a practice that its page leads to, and confirm it."""
        page.locator(f'main a[href$="/{step}"]').first.click()
        for name, value in fields.items():
            page.locator(f"#{name}").fill(value)
        assert sideways(page) <= 0
        page.locator(f'main form[action$="/{step}"] button').last.click()
        page.wait_for_url("**done=*")


@pytest.fixture
def group(paris_template: Path, tmp_path: Path, browser: Browser, request: Any) -> Iterator[Group]:
    lang, size = request.param
    (tmp_path / "lanzarote.sqlite").write_bytes(paris_template.read_bytes())
    settings = read_settings({"LANZAROTE_DATA": str(tmp_path)})
    with new_instance(settings) as instance, serving(instance) as address:
        made = Group(instance, browser, address, lang, size)
        yield made
        for context in made.open:
            context.close()


@pytest.mark.parametrize(
    "group",
    [
        pytest.param(("fr", "phone"), marks=pytest.mark.long),
        ("en", "desktop"),
        pytest.param(("fr", "desktop"), marks=pytest.mark.long),
        pytest.param(("en", "phone"), marks=pytest.mark.long),
    ],
    indirect=True,
    ids="-".join,
)
def test_from_the_first_invitation_to_the_last_word(group: Group) -> None:
    lang, said, words = group.lang, SAID[group.lang], WORDS[group.lang]
    head = group.coordinator()
    people = {name: group.invite(head, name, role) for name, role in INVITED.items()}
    head.goto(f"{group.place}/people")
    for name in INVITED:
        expect(head.get_by_role("link", name=name.title(), exact=True)).to_be_visible()

    # Ana writes; it is kept; the network goes and comes back; nothing is lost.
    ana = people["ana"]
    status = ana.locator("[data-status]")
    ana.goto(f"{group.place}/team/practices/new")
    field(ana, f"text.{lang}.title").fill(said["title"])
    expect(status).to_have_text(said["kept"])
    ana.context.set_offline(True)
    field(ana, f"text.{lang}.summary").fill(said["summary"])
    expect(status).not_to_have_text(said["kept"])
    ana.context.set_offline(False)
    expect(status).to_have_text(said["kept"])
    ana.goto(f"{group.place}/team/practices/new")
    ana.get_by_role("link", name=said["title"]).click()
    ana.get_by_role("link", name=said["go on"]).click()
    expect(field(ana, f"text.{lang}.summary")).to_have_value(said["summary"])

    # The guard stops her; nothing of it was kept; she corrects it and submits.
    for name in ("activities", "transfer"):
        field(ana, f"text.{lang}.{name}").fill(said[name])
    answer_the_rest(ana, lang)
    field(ana, f"text.{lang}.problem").fill(said["identifying"])
    ana.get_by_role("button", name=said["save and submit"]).click()
    expect(ana.locator(".error-summary")).to_be_visible()
    expect(field(ana, f"text.{lang}.problem")).to_have_value(said["identifying"])
    assert said["identifying"] not in written(group.instance)
    field(ana, f"text.{lang}.problem").fill(f"{said['problem']} {CANARY}")
    ana.get_by_role("button", name=said["save and submit"]).click()
    ana.wait_for_url("**/submit")
    ana.locator("#bearer").select_option("aphp")
    ana.locator('main form[action$="/submit"] button').last.click()
    ana.wait_for_url("**done=submit")
    record = ana.url.partition("?")[0]

    # Two reviewers are asked, and answer without knowing of each other.
    head.goto(f"{record}/assess")
    for name in ("Bo", "Cy"):
        head.get_by_label(name, exact=True).check()
    head.get_by_role("button", name=words["ask"]).click()
    head.wait_for_url("**done=*")
    for name in ("bo", "cy"):
        page = people[name]
        page.goto(f"{group.address}/{lang}/start")
        page.locator(f'.waiting a[href*="{record.rpartition("/")[2]}"]').first.click()
        page.wait_for_url("**/assess/answers")
        assert "canary" not in page.content()
        answer(page, words, f"canary-{name}")
        assert page.url.endswith("?done=given")

    # The team decides; the public reads it.
    head.goto(f"{record}/assess")
    head.get_by_label(words["assessed"]).check()
    head.locator("#vouching input[value=public-sources]").check()
    head.locator("#strength input[value=pioneering]").check()
    unfold(head)
    head.locator("#reason\\.fr").fill("Décrite avec précision ; à reprendre ailleurs.")
    head.locator("#reason\\.en").fill("Described precisely; to be taken up elsewhere.")
    head.get_by_role("button", name=words["decide"]).click()
    head.wait_for_url("**done=decided")
    public, anybody = f"{group.place}/practices/{said['slug']}", group.window()
    anybody.goto(public)
    expect(anybody.locator(".label-line")).to_contain_text(words["label"])
    assert "canary" not in anybody.content()

    # Eve writes on; the public goes on reading what was published.
    eve = people["eve"]
    eve.goto(f"{record}/edit")
    field(eve, f"text.{lang}.title").fill("X" + said["title"])
    eve.get_by_role("button", name=said["save"], exact=True).last.click()
    eve.wait_for_url("**done=saved")
    anybody.reload()
    expect(anybody.get_by_role("heading", level=1)).to_have_text(said["title"])

    # It is withdrawn, which the public is told; then erased, and nothing of it is anywhere.
    head.goto(record)
    group.press(head, "withdraw", reason="À revoir." if lang == "fr" else "To be looked at again.")
    gone = anybody.goto(public)
    assert gone is not None
    assert gone.status == 410
    assert CANARY not in anybody.content()
    assert CANARY in written(group.instance)
    assert "canary-bo" in written(group.instance)
    head.goto(record)
    head.locator('main a[href$="/erase"]').first.click()
    word = re.search(r"[:：]\s*(\w+)\s*$", head.locator("label[for=word]").inner_text())
    assert word
    head.locator("#word").fill(word[1])
    head.locator('main form[action$="/erase"] button').last.click()
    head.wait_for_url("**/team/practices?done=*")
    gone = anybody.goto(public)
    assert gone is not None
    assert gone.status == 410
    assert CANARY not in written(group.instance)
    assert "canary-bo" not in written(group.instance)


def written(instance: Instance) -> str:
    """Everything that lies in the data folder, mails included."""
    files = [path for path in instance.settings.data.rglob("*") if path.is_file()]
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in files)
