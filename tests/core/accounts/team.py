"""People with accounts on an instance of their own, and their browsers."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lanzarote.accounts import factors, secrets, service, sessions
from lanzarote.accounts.model import Account
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.store.database import ALL

from tests.core.quiet import QuietClient

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import EmailMessage
    from pathlib import Path

GOOD = "violet harbour seven"


@contextmanager
def instance_like(model: Instance, folder: Path, **environ: str) -> Iterator[Instance]:
    """An instance of its own with what *model* holds, in *folder*."""
    file = folder / "lanzarote.sqlite"
    with closing(sqlite3.connect(model.database.path)) as source, closing(sqlite3.connect(file)) as target:
        source.backup(target)
    given = {"LANZAROTE_DATA": str(folder), **{f"LANZAROTE_{name}": value for name, value in environ.items()}}
    with new_instance(read_settings(given)) as instance:
        yield instance


@dataclass
class Person:
    id: str
    address: str
    secret: str = ""
    """Of the authenticator app; empty without one."""


class Browser:
    """A browser of somebody: keeps cookies, finds the key of forms, follows no redirect."""

    def __init__(self, app: Any) -> None:
        self.client = QuietClient(app)
        self.key = ""

    def get(self, path: str, **options: Any) -> Any:
        answer = self.client.get(path, follow_redirects=False, **options)
        self._look(answer)
        return answer

    def post(self, path: str, data: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """Send a form of ours, with the key that the last page had."""
        form = ({"key": self.key} if self.key else {}) | dict(data or {})
        answer = self.client.post(path, data=form, headers=OURS | headers, follow_redirects=False)
        self._look(answer)
        return answer

    def sign_in(self, person: Person, password: str = GOOD, **more: str) -> Any:
        self.key = ""
        answer = self.post("/en/account/sign-in", {"address": person.address, "password": password} | more)
        if person.secret and answer.status_code == 200:
            step = field(answer.text, "step")
            code = factors.code_at(person.secret, now())
            answer = self.post("/en/account/second-step", {"step": step, "code": code} | more)
        return answer

    def _look(self, answer: Any) -> None:
        if found := re.search(r'name="key" value="([^"]+)"', answer.text):
            self.key = found[1]


OURS = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}


def field(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


class Team:
    """Everybody on an instance."""

    def __init__(self, instance: Instance, app: Any) -> None:
        self.instance = instance
        self.app = app

    def person(self, name: str, *grants: Grant, factor: bool = False) -> Person:
        """Somebody with an open account."""
        address, at = f"{name}@school.example", now()
        with self.instance.database.write(ALL) as session:
            account = service.invite(
                session, address=address, name=name.title(), language="en", grants=grants, by="test", at=at
            )
            account.state, account.password = "active", hash_of_good()
            secret = factors.new_totp_secret() if factor else ""
            if secret:
                # As if it had been set up a while ago: the present code was not used yet.
                account.totp = factors.bytes_of(secret)
            return Person(id=account.id, address=address, secret=secret)

    def browser(self, person: Person | None = None, *, strong: bool = False) -> Browser:
        """A browser; of somebody who is signed in, if one is named."""
        browser = Browser(self.app)
        if person is not None:
            begun = self.session(person, strong=strong)
            browser.client.cookies.set("lanzarote-session", begun.token, domain="lanzarote.test")
            browser.key = begun.form_key
        return browser

    def session(self, person: Person, *, strong: bool) -> sessions.Begun:
        with self.instance.database.write(INSTANCE) as session:
            account = service.account(session, person.id)
            return sessions.begin(session, account, strong=strong, device="Test", at=now())

    def link(self, person: Person, purpose: Any) -> str:
        with self.instance.database.write(INSTANCE) as session:
            return secrets.make(session, service.account(session, person.id), purpose, at=now())

    def account(self, person: Person) -> Account:
        with self.instance.database.read(INSTANCE) as session:
            return service.account(session, person.id)

    def mails(self) -> list[EmailMessage]:
        """Send what waits, and read what was laid into the folder, the oldest first."""
        self.instance.worker.run_due()
        files = sorted((self.instance.settings.data / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def mail_to(self, address: str) -> EmailMessage:
        """The newest, once it is there: the site that runs beside the test may just be sending it."""
        given_up = time.monotonic() + 30
        while not (found := [mail for mail in self.mails() if mail["To"] == address]):
            assert time.monotonic() < given_up, address
            time.sleep(0.05)
        return found[-1]


def link_in(mail: EmailMessage) -> str:
    """Path of the link in a mail."""
    found = re.search(r"https?://\S+/account/\S+", mail.get_content())
    assert found
    return urlsplit(found[0]).path


_good: list[str] = []


def hash_of_good() -> str:
    if not _good:
        _good.append(secrets.hash_of(GOOD))
    return _good[0]
