"""A group talks about an improvement, amends it and acts on it in browsers; nothing it writes ever runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from lanzarote.accounts import sessions
from lanzarote.accounts.model import Account
from lanzarote.accounts.tokens import COOKIE
from lanzarote.following import service
from lanzarote.following.service import Follower
from lanzarote.improvements import comments
from lanzarote.improvements.comments import Commenting
from lanzarote.improvements.model import LONGEST, Comment
from lanzarote.records.records import now
from lanzarote.store.database import ALL

from tests.core.conftest import serving
from tests.core.practices.hostile_texts import PAYLOADS, RUN, in_lines
from tests.core.practices.test_assessing_browser import DESKTOP, PHONE
from tests.core.practices.test_form_hostile import CAUGHT, STRANGE, TRAP
from tests.core.talk.talking import Group
from tests.core.web.seen import look, press
from tests.core.web.words import InBoth

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from playwright.sync_api import Browser, Page

WORDS = InBoth(
    {
        "say": "Post the comment",
        "what": "What do you want to say about it?",
        "answer": "Your answer",
        "send": "Send the answer",
        "propose": "Propose another text",
        "why change": "Why would you change it?",
        "title": "Title",
        "accept": "Accept this amendment",
        "why": "Why?",
        "what to do": "What is to be done?",
        "by when": "By when?",
        "plan": "Plan an action",
        "done": "done",
        "write down": "Save the status",
        "complete": "Mark as completed",
        "follow": "Follow",
    },
    {
        "what": "Que voulez-vous en dire",
        "why change": "Pourquoi le modifier",
        "why": "Pourquoi ?",
        "what to do": "Que faut-il faire",
        "by when": "Pour quand",
    },
)


class Talkers:
    """A group at its browsers."""

    def __init__(self, instance: Instance, browser: Browser, address: str) -> None:
        self.instance, self.address, self._browser = instance, address, browser
        self.group = Group(instance)
        self._open: list[Any] = []

    def enter(self, who: Actor, size: dict[str, int] = DESKTOP, script: str = "") -> Page:
        with self.instance.database.write("-") as session:
            account = session.get_one(Account, who.account_id)
            token = sessions.begin(session, account, strong=True, device="", at=now()).token
        context = self._browser.new_context(viewport=size)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": COOKIE, "value": token, "url": self.address}])
        self._open.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        if script:
            page.add_init_script(script)
        return page

    def close(self) -> None:
        for context in self._open:
            context.close()


@pytest.fixture
def talkers(own_paris: Instance, browser: Browser) -> Iterator[Talkers]:
    with serving(own_paris) as address:
        made = Talkers(own_paris, browser, address)
        yield made
        made.close()


@pytest.mark.parametrize(
    ("lang", "size"),
    [("fr", PHONE), pytest.param("en", DESKTOP, marks=pytest.mark.long)],  # French is longer, a phone is narrower
    ids=["phone-fr", "desktop-en"],
)
def test_from_the_first_word_to_the_last_action(talkers: Talkers, lang: str, size: dict[str, int]) -> None:
    words, group = WORDS[lang], talkers.group
    at = f"{talkers.address}/{lang}/paris/team/improvements/{group.id}"
    mark = f"{lang}-{size['width']}"
    ana, rep, head = (talkers.enter(who, size) for who in (group.ana, group.rep, group.head))

    # Ana says something, a representative answers, the coordinator hides what should not stand there
    ana.goto(f"{at}/discussion")
    look(ana, f"discussion-empty-{mark}")
    ana.get_by_label(words["what"]).fill("Appeler le 01 44 56 78 90")
    press(ana, words["say"])
    look(ana, f"discussion-refused-{mark}")
    ana.locator("#text").fill("Une **bonne** idée :\n\n- la nuit aussi\n- voir [la circulaire](https://exemple.fr/a)")
    for field in ana.locator('input[name^="reason["]').all():
        field.fill("")
    press(ana, words["say"])
    look(ana, f"thread-{mark}")
    rep.goto(ana.url.partition("?")[0])
    rep.get_by_label(words["answer"]).fill("Oui, avec une équipe de nuit.")
    press(rep, words["send"])
    other = group.say("Ce service ne fait jamais rien.", group.bo)
    head.goto(f"{at}/discussion/{other}/hide")
    head.get_by_label(words["why"], exact=False).fill("Blessant pour des collègues.")
    look(head, f"hide-{mark}")
    with head.expect_navigation():
        head.locator("main form button").click()
    ana.goto(f"{at}/discussion")
    assert ana.locator(".said strong").inner_text() == "bonne"
    assert "jamais rien" not in ana.content()
    look(ana, f"discussion-{mark}")

    # The representative proposes another text, which is accepted
    rep.goto(f"{at}/amendments/new")
    rep.get_by_label(words["title"], exact=True).fill("Un seul numéro pour tous")
    rep.get_by_label(words["why change"], exact=False).fill("On en parle ainsi.")
    look(rep, f"amendment-form-{mark}")
    press(rep, words["propose"])
    look(rep, f"amendment-{mark}")
    head.goto(f"{talkers.address}/{lang}/start")
    with head.expect_navigation():
        head.locator(f'.waiting a[href$="{group.id}/amendments/1"]').click()
    with head.expect_navigation():
        head.get_by_role("link", name=words["accept"]).click()
    head.get_by_label(words["why"], exact=False).fill("Le groupe est d’accord.")
    look(head, f"accept-{mark}")
    press(head, words["accept"])
    assert group.says().text["fr"].title == "Un seul numéro pour tous"
    head.goto(f"{at}/amendments")
    look(head, f"amendments-{mark}")

    # It is adopted, an action follows, and is done
    group.move("adopted")
    head.goto(f"{at}/actions/new")
    head.get_by_label(words["what to do"], exact=False).fill("Ouvrir la ligne.")
    head.locator("select[name=stakeholder]").select_option(group.organisation)
    head.get_by_label(words["by when"], exact=False).fill((now() + timedelta(days=3)).date().isoformat())
    look(head, f"action-form-{mark}")
    press(head, words["plan"])
    look(head, f"actions-{mark}")
    rep.goto(f"{talkers.address}/{lang}/start")
    look(rep, f"start-{mark}")
    with rep.expect_navigation():
        rep.locator(f'.waiting a[href$="{group.id}/actions/1"]').click()
    look(rep, f"action-{mark}")
    rep.get_by_label(words["done"], exact=True).check()
    press(rep, words["write down"])
    rep.goto(f"{talkers.address}/{lang}/paris/team/actions?only=all")
    look(rep, f"region-actions-{mark}")
    head.goto(f"{at}/complete")
    look(head, f"complete-{mark}")
    press(head, words["complete"])
    assert head.url == f"{at}?done=complete"


@pytest.mark.parametrize(
    ("lang", "size"),
    [pytest.param("fr", DESKTOP, marks=pytest.mark.long), ("en", PHONE)],
    ids=["desktop-fr", "phone-en"],
)
def test_following_and_the_way_out(talkers: Talkers, browser: Browser, lang: str, size: dict[str, int]) -> None:
    words, group, mark = WORDS[lang], talkers.group, f"{lang}-{size['width']}"
    page = talkers.enter(group.rita, size)
    organisation = talkers.instance.directory("paris")[0]
    page.goto(f"{talkers.address}/{lang}/paris/practices")
    with page.expect_navigation():
        page.locator(".cards a").first.click()
    for path in (page.url, f"{talkers.address}/{lang}/paris/organisations/{organisation.slug}"):
        page.goto(path)
        look(page, f"button-{mark}")
        press(page, words["follow"])
        assert page.url == path
        look(page, f"followed-{mark}")
    with talkers.instance.database.write("paris") as session:
        service.follow(session, "paris", group.id, "now", by=group.rita, at=now())
    page.goto(f"{talkers.address}/{lang}/account/following")
    look(page, f"following-{mark}")
    with talkers.instance.database.read(ALL) as session:
        one = service.followed(session, group.rita.account_id)[0]
        follower = session.get_one(Follower, group.rita.account_id)
        secret = service.link(follower, one)
    with browser.new_context(viewport=size) as context:  # type: ignore[arg-type]
        stranger = context.new_page()
        stranger.goto(f"{talkers.address}/{lang}/unsubscribe/{secret}")
        look(stranger, f"unsubscribe-{mark}")
        with stranger.expect_navigation():
            stranger.locator("main button").click()
        look(stranger, f"unsubscribed-{mark}")
    page.reload()
    assert page.locator("main .rows > li").count() == 2


MARKDOWN = tuple(
    shape.format(run=run)
    for run in RUN
    for shape in (
        "[x](javascript:{run})",
        "[x](<javascript:{run}>)",
        "[x](JaVaScRiPt:{run})",
        "[x](java&#115;cript:{run})",
        "[x](data:text/html,<script>{run}</script>)",
        "[x](vbscript:{run})",
        "![x](javascript:{run})",
        '![x](x" onerror="{run})',
        "![x](https://evil.example/x.png 'onload={run}')",
        "<javascript:{run}>",
        "[x][r]\n\n[r]: javascript:{run}",
        '[x](https://a.example "onmouseover={run}")',
        "[<img src=x onerror={run}>](https://a.example)",
        "`<script>{run}</script>`",
        "```html\n<script>{run}</script>\n```",
        "> <iframe srcdoc='<script>{run}</script>'>",
        "- <svg onload={run}>",
        "# <img src=x onerror={run}>",
        "**<b onclick={run}>x</b>**",
        "[x](//evil.example/{run})",
        "<a href='javascript:{run}'>x</a>",
        "\\<script>{run}\\</script>",
    )
)


def test_no_markdown_and_no_text_of_a_group_ever_runs(talkers: Talkers) -> None:
    group, lines = talkers.group, in_lines(1_000)
    texts = [*MARKDOWN, *(payload.strip() for payload in PAYLOADS)]
    with group.held() as (session, record):
        for number in range(0, len(texts), 60):
            text = "\n\n".join(texts[number : number + 60])[:LONGEST]
            said: dict[str, Any] = {"given": Commenting(text=text), "reasons": (), "by": group.ana, "language": "fr"}
            made = comments.say(session, record, at=now(), **said)
            hidden = comments.say(session, record, row=made, at=now(), **said)
            reason = lines[0][:1_000]
            hidden.hidden_at, hidden.hidden_by, hidden.hidden_reason = now(), group.head.account_id, reason
    group.propose(title=lines[0][:280], proposal="\n".join(PAYLOADS)[:19_000], why=lines[1][:900])
    group.refuse(group.propose(summary=lines[2][:900], why=lines[0][:900]))
    group.move("adopted")
    group.plan(lines[0][:900])
    group.report(1, "under-way", lines[1][:900])
    page = talkers.enter(group.head, script=TRAP)
    page.on("dialog", lambda dialog: dialog.accept())
    at, caught, asked = f"/fr/paris/team/improvements/{group.id}", {}, []
    page.on("request", lambda request: asked.append(urlsplit(request.url).hostname))
    with group.read() as (session, _):
        one = group.rows(Comment)[0].id
    for path in (
        f"{at}/discussion", f"{at}/discussion/{one}", f"{at}/discussion/{one}/hide", f"{at}/amendments",
        f"{at}/amendments/1", f"{at}/amendments/2", f"{at}/actions", f"{at}/actions/1", f"{at}/actions/1/edit",
        "/fr/paris/team/actions?only=all", "/fr/start", "/fr/paris/team/activity",
    ):  # fmt: skip
        answer = page.goto(talkers.address + path)
        assert answer is not None
        assert answer.status == 200, path
        if found := page.evaluate(STRANGE) + page.evaluate(CAUGHT):
            caught[path] = found
    assert caught == {}
    # Nothing is fetched from elsewhere, no picture least of all.
    assert set(asked) == {"127.0.0.1"}
