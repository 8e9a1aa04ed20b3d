"""The page System tells an administrator how the site is, and tries the mail server, without telling any secret."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.instance import Instance
from lanzarote.mail import sending
from lanzarote.operations import backup
from lanzarote.records import outbox
from lanzarote.records.permissions import Grant
from lanzarote.store.database import ALL
from playwright.sync_api import expect

from tests.core.accounts.team import Browser, Team, instance_like
from tests.core.conftest import serving
from tests.core.web.seen import NARROW, SIDEWAYS, WIDE, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

ADMINISTRATOR = Grant(role="administrator")
PASSWORD = "Clairvoile"


class Post(socketserver.StreamRequestHandler):
    """A mail server that says to each command what it was told to say."""

    says: dict[bytes, str]
    taken: list[bytes]

    def handle(self) -> None:
        self._say(Post.says.get(b"", "220 here"))
        while line := self.rfile.readline().strip():
            word = line.split()[0].upper()
            self._say(Post.says.get(word, USUAL.get(word, "250 well")))
            if word == b"DATA" and word not in Post.says:
                body = b""
                while (piece := self.rfile.readline()) != b".\r\n":
                    body += piece
                Post.taken.append(body)
                self._say("250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


USUAL = {b"EHLO": "250-here\r\n250 AUTH PLAIN", b"AUTH": "235 welcome", b"DATA": "354 go on", b"QUIT": "221 bye"}


@contextmanager
def post_office() -> Iterator[int]:
    Post.says, Post.taken = {}, []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def administrator(instance: Instance) -> Browser:
    app: Any = create_app(instance)
    team = Team(instance, app)
    return team.browser(team.person("ana", ADMINISTRATOR), strong=True)


@pytest.fixture
def ana(paris: Instance, tmp_path: Path) -> Iterator[Browser]:
    """Of an administrator, on an instance that sends through a mail server of the test."""
    with post_office() as port:
        smtp = f"smtp+plain://site:{PASSWORD}@127.0.0.1:{port}"
        with instance_like(paris, tmp_path, SMTP=smtp, MAIL_FROM="site@example.org") as instance:
            yield administrator(instance)


def test_an_administrator_reads_how_the_site_is(paris: Instance, tmp_path: Path) -> None:
    (file := tmp_path / "lanzarote.toml").write_text("\nport = 8500\n")
    given = {"OPERATOR": "Friends & Co", "PLUGIN_X_SECRET": PASSWORD, "CONFIG": str(file)}
    with instance_like(paris, tmp_path, **given) as instance:
        (tmp_path / "lanzarote.sqlite").chmod(0o600)
        ana = administrator(instance)
        instance.worker.start()
        page = ana.get("/en/system").text
        assert "Everything is in order." in page
        assert "No backup was made here yet." in page
        backup.backup(instance, tmp_path / "monday.zip")
        with instance.database.write(ALL) as session:
            session.add(job("mail.x", fault="NotSent: nobody takes it"))
        page = ana.get("/en/system").text
        told = facts(page)
        instance.worker.stop()
    assert told["File"] == str(tmp_path / "monday.zip")
    assert told["Last error"] == "mail.x: NotSent: nobody takes it"
    assert (told["Failed, tried again"], told["Saved to"]) == ("1", str(tmp_path / "mail"))
    assert "Needs action" in page
    rows = re.findall(r'<code translate="no">(\w+)</code></th><td translate="no">(.*?)</td><td>([\w ]+)', page)
    assert ("LANZAROTE_OPERATOR", "Friends &amp; Co", "Environment variable") in rows
    assert ("LANZAROTE_PLUGIN_X_SECRET", "…", "Environment variable") in rows
    assert ("LANZAROTE_HOST", "127.0.0.1", "Default") in rows
    assert f'Settings file <span class="muted" translate="no">{file}:2</span>' in page
    assert PASSWORD not in page


def job(topic: str, *, fault: str) -> outbox.Job:
    values = outbox._values(topic, {})
    return outbox.Job(**values | {"fault": fault, "attempts": 1, "due_at": values["due_at"].replace(year=2999)})


def facts(page: str) -> dict[str, str]:
    pairs = re.findall(r"<div><dt>(.*?)</dt><dd[^>]*>(.*?)</dd></div>", page)
    return {name: re.sub("<[^>]+>", "", value) for name, value in pairs}


def test_nobody_but_administrators_reads_it(paris: Instance, tmp_path: Path) -> None:
    with instance_like(paris, tmp_path) as instance:
        refuses_others(Team(instance, create_app(instance)))


def refuses_others(team: Team) -> None:
    for role in ("coordinator", "office"):
        grant = Grant(role=role, region_id="paris" if role == "coordinator" else "")
        browser = team.browser(team.person(role, grant), strong=True)
        assert browser.get("/en/system").status_code == 403
        assert browser.post("/en/system/mail").status_code == 403
        assert browser.get("/api/v1/system").status_code == 401
    assert team.browser(team.person("weak", ADMINISTRATOR)).get("/en/system").status_code == 403


def test_a_test_mail_goes_to_ones_own_address_alone(ana: Browser) -> None:
    assert facts(ana.get("/fr/system").text)["Dernier envoi"] == "pas encore"
    answer = ana.post("/fr/system/mail", {"address": "victim@example.org", "to": "victim@example.org"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/fr/system?done=sent")
    [body] = Post.taken
    message = message_from_bytes(body, policy=policy.default)
    assert (message["To"], message["From"]) == ("ana@school.example", "site@example.org")
    page = ana.get("/fr/system?done=sent").text
    assert "Courriel de test envoyé à ana@school.example." in page
    assert facts(page)["Dernier envoi"] != "pas encore"


@pytest.mark.parametrize(
    ("says", "told", "said"),
    [
        (
            {b"AUTH": f"535 5.7.8 no: site {PASSWORD} AHNpdGUAQ2xhaXJ2b2lsZQ=="},
            "127.0.0.1 refuses the user name or the password in LANZAROTE_SMTP.",
            "535 5.7.8 no: … … …",
        ),
        (
            {b"MAIL": "550 <b>who</b>?"},
            "127.0.0.1 takes no e-mails from site@example.org. Check LANZAROTE_MAIL_FROM.",
            "550 &lt;b&gt;who&lt;/b&gt;?",
        ),
        ({b"RCPT": "550 nobody"}, "127.0.0.1 takes no e-mails for this address.", "550 nobody"),
        (
            {b"DATA": "451 " + "later " * 99},
            "127.0.0.1 did not take the e-mail.",
            ("451 " + "later " * 99)[:300].strip(),
        ),
        ({b"": "554 go away"}, "127.0.0.1 did not take the e-mail.", "554 go away"),
    ],
    ids=["password", "sender", "reader", "data", "greeting"],
)
def test_what_the_mail_server_says_is_told_without_secrets(
    ana: Browser, says: dict[bytes, str], told: str, said: str
) -> None:
    Post.says = says
    answer = ana.post("/en/system/mail")
    assert answer.status_code == 503
    assert told in answer.text
    assert f'answered: <q lang="">{said}' in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    ("smtp", "told"),
    [
        ("smtp+plain://127.0.0.1:1", "127.0.0.1 takes no connections on port 1. Check LANZAROTE_SMTP."),
        ("smtps://nowhere.invalid", "No mail server is called nowhere.invalid. Check LANZAROTE_SMTP."),
        ("smtp://127.0.0.1:{port}", "127.0.0.1 offers no STARTTLS."),
        ("smtps://127.0.0.1:{port}", "No secure connection to 127.0.0.1"),
    ],
)
def test_a_mail_server_that_cannot_be_reached_is_told_with_the_way_out(
    paris: Instance, tmp_path: Path, smtp: str, told: str
) -> None:
    with post_office() as port:
        settings = {"SMTP": smtp.format(port=port), "MAIL_FROM": "site@example.org"}
        with instance_like(paris, tmp_path, **settings) as instance:
            answer = administrator(instance).post("/en/system/mail")
    assert answer.status_code == 503
    assert told in answer.text


def test_test_mails_are_few(ana: Browser) -> None:
    assert [ana.post("/en/system/mail").status_code for _ in range(6)] == [303] * 5 + [429]
    assert len(Post.taken) == 5


def test_without_a_mail_server_it_is_saved_and_said_so(paris: Instance, tmp_path: Path) -> None:
    with instance_like(paris, tmp_path) as instance:
        browser = administrator(instance)
        assert browser.post("/en/system/mail").status_code == 303
        assert len(sending.letters(instance.settings)) == 1
        assert f"Test e-mail saved to {tmp_path / 'mail'}" in browser.get("/en/system?done=sent").text


def test_everybody_can_use_the_page(paris: Instance, tmp_path: Path, page: Page) -> None:
    with instance_like(paris, tmp_path) as instance, serving(instance) as address:
        team = Team(instance, None)
        begun = team.session(team.person("ana", ADMINISTRATOR), strong=True)
        page.context.add_cookies([{"name": "lanzarote-session", "value": begun.token, "url": address}])
        for path, size in (("/fr/system", NARROW), ("/en/system", WIDE)):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(f"{address}{path}")
            page.locator("main summary").click()
            assert violations(page) == ""
            assert page.evaluate(SIDEWAYS) == 0
            page.emulate_media(color_scheme="light")
        page.get_by_role("button", name="Send a test e-mail").click()
        expect(page.get_by_role("status")).to_contain_text("Test e-mail saved to")
