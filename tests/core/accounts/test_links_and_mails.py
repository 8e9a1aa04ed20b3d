"""Mails carry links that work once; who reads over somebody's shoulder later gets nowhere."""

from __future__ import annotations

import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lanzarote.accounts import mails, secrets, service
from lanzarote.accounts.model import Account, Link
from lanzarote.app import create_app
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import Conflict
from lanzarote.instance import Instance
from lanzarote.mail import sending
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.outbox import Job, enqueue
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.store.database import ALL, Database
from lanzarote.store.ids import moment_of
from lanzarote.web.front import readiness
from lanzarote.web.instance_health import ask
from sqlalchemy import select, update

from tests.core.accounts.team import GOOD, Team, instance_like, link_in

AGREED = {"name": "Ana B.", "language": "fr", "password": GOOD, "agreed": "yes"}


def invited(team: Team, *grants: Grant, language: str = "fr") -> str:
    """Path of the link in the invitation that Ana got."""
    with team.instance.database.write(ALL) as session:
        service.invite(
            session, address="ana@school.example", name="Ana", language=language, grants=grants, by="", at=now()
        )
    return link_in(team.mails()[-1])


def test_an_invitation_opens_an_account_and_its_owner_is_inside(team: Team) -> None:
    path = invited(team, Grant(role="contributor", region_id="paris"))
    assert path.startswith("/fr/account/invitation/")
    browser = team.browser()
    assert "Ana" in browser.get(path).text
    answer = browser.post(path, AGREED)
    assert (answer.status_code, answer.headers["location"]) == (303, "/fr/start")
    assert "Ana B." in browser.get("/fr/account").text


def test_a_role_that_needs_a_second_factor_leads_straight_to_it(team: Team) -> None:
    path = invited(team, Grant(role="coordinator", region_id="paris"))
    answer = team.browser().post(path, AGREED)
    assert answer.headers["location"] == "/fr/account/second-factor"


def test_no_account_opens_without_agreement(team: Team) -> None:
    path = invited(team, language="en")
    answer = team.browser().post(path, {**AGREED, "agreed": ""})
    assert answer.status_code == 400
    assert GOOD not in answer.text
    assert "Everything you wrote is kept" not in answer.text
    assert "Type passwords and codes again. Everything else is kept below." in answer.text
    weak = team.browser().post(path, {**AGREED, "password": "short"})
    assert 'name="agreed" id="agreed" value="yes" checked' in weak.text
    assert team.browser().post(path, AGREED).status_code == 303


def test_a_link_that_was_used_says_what_to_do(team: Team) -> None:
    path = invited(team, language="en")
    assert team.browser().post(path, AGREED).status_code == 303
    for answer in (team.browser().get(path), team.browser().post(path, AGREED)):
        assert answer.status_code == 410
        assert "This link no longer works" in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_a_reset_link_sets_a_password_once(team: Team) -> None:
    ana = team.person("ana")
    team.browser().post("/en/account/reset", {"address": ana.address.upper()})
    path = link_in(team.mails()[-1])
    assert team.browser().get(path).status_code == 200
    first = team.browser().post(path, {"password": "quite other words"})
    again = team.browser().post(path, {"password": "and yet other words"})
    assert (first.status_code, again.status_code) == (303, 410)
    assert team.browser().sign_in(ana, "quite other words").status_code == 303


def test_a_bad_password_leaves_the_reset_link_as_it_was(team: Team) -> None:
    path = f"/en/account/reset/{team.link(team.person('ana'), 'reset')}"
    assert team.browser().post(path, {"password": "short"}).status_code == 400
    assert team.browser().post(path, {"password": "quite other words"}).status_code == 303


def test_looking_at_a_link_uses_nothing_up(team: Team) -> None:
    path = f"/en/account/reset/{team.link(team.person('ana'), 'reset')}"
    for _ in range(3):  # as mail programs do that look at links in advance
        assert team.browser().get(path).status_code == 200
        assert team.browser().client.head(path).status_code == 200
    assert team.browser().post(path, {"password": "quite other words"}).status_code == 303


def test_an_address_that_nobody_has_gets_no_mail_by_the_same_way(team: Team) -> None:
    before = len(team.mails())
    team.browser().post("/en/account/reset", {"address": "nobody@school.example"})
    with team.instance.database.read(ALL) as session:
        assert [job.topic for job in session.scalars(select(Job))] == ["mail.reset"]
    assert len(team.mails()) == before
    with team.instance.database.read(ALL) as session:
        assert session.scalars(select(Job)).all() == []


def test_who_was_invited_and_asks_for_a_password_gets_the_invitation_again(team: Team) -> None:
    invited(team)
    team.browser().post("/en/account/reset", {"address": "ana@school.example"})
    assert link_in(team.mails()[-1]).startswith("/fr/account/invitation/")


def test_a_new_address_is_proved_and_the_old_one_told(team: Team) -> None:
    ana = team.person("ana")
    browser = team.browser(ana)
    form = {"what": "address", "address": "ana@court.example", "address-present": GOOD}
    assert browser.post("/en/account", form).status_code == 303
    assert team.account(ana).address == ana.address
    mail = team.mails()[-1]
    assert mail["To"] == "ana@court.example"
    assert team.browser().post(link_in(mail)).status_code == 303
    assert team.account(ana).address == "ana@court.example"
    told = team.mails()[-1]
    assert told["To"] == ana.address
    assert "The address of your account was changed." in told.get_content()
    assert team.browser().sign_in(ana).status_code == 403


def test_an_address_that_another_has_is_neither_taken_nor_betrayed(team: Team) -> None:
    ana, bob = team.person("ana"), team.person("bob")
    team.mails()
    answers = [
        team.browser(ana).post("/en/account", {"what": "address", "address": wanted, "address-present": GOOD})
        for wanted in (bob.address, "free@school.example")
    ]
    assert [(one.status_code, one.headers["location"]) for one in answers] == [(303, "/en/account?done=asked")] * 2
    assert [mail["To"] for mail in team.mails()[-1:]] == ["free@school.example"]


def test_a_mail_is_in_the_language_of_its_reader(team: Team) -> None:
    invited(team, Grant(role="reviewer", region_id="paris"))
    mail = team.mails()[-1]
    assert (mail["Subject"], mail["Content-Language"]) == ("Invitation à la plateforme Lanzarote", "fr")
    assert "Votre part\u202f: Relecture (Paris)." in mail.get_content()
    assert "Bonjour Ana," in mail.get_content()


def test_who_has_an_account_is_told_of_a_new_role_and_gets_no_link(team: Team) -> None:
    ana = team.person("ana")
    with team.instance.database.write(ALL) as session:
        service.mail_invitation(session, service.account(session, ana.id), by="")
    assert "/en/account/sign-in" in team.mails()[-1].get_content()


def test_links_never_name_the_host_of_a_request(team: Team) -> None:
    ana = team.person("ana")
    browser = team.browser()
    browser.post("/en/account/reset", {"address": ana.address}, host="evil.example")
    assert "http://127.0.0.1:8400/en/account/reset/" in team.mails()[-1].get_content()


def test_a_page_says_that_mails_are_laid_into_a_folder_and_where_only_to_administrators(team: Team) -> None:
    told = "The team that runs this site finds it there, and can pass on its link."
    folder, pages = str(team.instance.settings.data), ("/en/account/reset?asked=yes", "/en/account?done=asked")
    head = team.browser(team.person("head", Grant(role="coordinator", region_id="paris")), strong=True)
    ada = team.person("ada", Grant(role="administrator"))
    invited = "/en/paris/people?done=invited"
    for browser, page in ((team.browser(), pages[0]), *((head, page) for page in (*pages, invited))):
        read = browser.get(page).text
        assert (told in read, folder in read) == (True, False), page
    weak, admin = team.browser(ada), team.browser(ada, strong=True)
    for page in pages:
        assert (told in (read := weak.get(page).text), folder in read) == (True, False), page
        assert (told in (read := admin.get(page).text), folder in read) == (False, True), page


def test_whoever_tries_it_out_at_home_is_told_that_mails_are_laid_and_not_where(
    own_paris: Instance, tmp_path: Path
) -> None:
    (tmp_path / "demo").mkdir()
    for name, environ in (("demo", {"DEMO": "on"}), ("sent", {"SMTP": "smtp://a.example", "MAIL_FROM": "a@b.example"})):
        with instance_like(own_paris, tmp_path / "demo", **environ) as instance:
            page = Team(instance, create_app(instance)).browser().get("/en/account/reset?asked=yes").text
        assert (str(tmp_path) in page, "saved to" in page) == (False, name == "demo")


def test_no_secret_waits_in_the_database(team: Team) -> None:
    secret = invited(team).rpartition("/")[2]
    for file in team.instance.settings.data.glob("lanzarote.sqlite*"):
        assert secret.encode() not in file.read_bytes()


@pytest.mark.parametrize("path", ["invitation", "reset"])
def test_asking_too_often_has_to_wait_whoever_is_meant(team: Team, path: str) -> None:
    team.person("ana")
    for address in ("ana@school.example", "nobody@school.example"):
        answers = [team.browser().post("/en/account/reset", {"address": address}).status_code for _ in range(6)]
        assert answers == [303] * 5 + [429]


def test_asking_again_and_again_fills_no_mailbox_and_spoils_no_link(team: Team) -> None:
    bob = team.person("bob")
    first = invited(team)
    before = len(team.mails())
    for address in (bob.address, "ana@school.example"):
        for _ in range(5):
            assert team.browser().post("/en/account/reset", {"address": address}).status_code == 303
    mails = team.mails()[before:]
    to_bob = [link_in(one) for one in mails if one["To"] == bob.address]
    assert len(to_bob) == secrets.MOST_AN_HOUR
    assert len(mails) - len(to_bob) == secrets.MOST_AN_HOUR - 1, "the invitation was one"
    for link in (first, to_bob[0]):
        assert team.browser().get(link).status_code == 200
    assert team.browser().post(to_bob[0], {"password": "quite other words"}).status_code == 303
    assert team.browser().get(to_bob[1]).status_code == 410


# ---------------------------------------------------------------------------------------------------------------------
# Faults


def test_a_mail_that_is_sent_twice_for_fear_that_it_was_lost_works_twice(team: Team) -> None:
    """A crash after sending and before that is noted: both copies have one id, and either of them opens the account."""
    with team.instance.database.write(ALL) as session:
        account = service.enrol(
            session, address="ana@school.example", name="Ana", language="en", grants=(), by="", at=now()
        )
        event = {"account": account.id, "by": "", "event_id": account.id}
    send = mails.handlers(team.instance)["mail.invitation"]
    send(team.instance.database, event)
    first = team.mails()[-1]
    send(team.instance.database, event)
    second = team.mails()[-1]
    assert first["Message-ID"] == second["Message-ID"]
    assert link_in(first) != link_in(second)
    for one in (first, second):
        assert team.browser().get(link_in(one)).status_code == 200
    assert team.browser().post(link_in(first), AGREED).status_code == 303
    assert team.browser().post(link_in(second), AGREED).status_code == 410


def test_a_mail_that_waited_too_long_is_not_sent(team: Team) -> None:
    ana = team.person("ana")
    team.mails()
    old = "0190a6a2-8c00-7000-8000-000000000000"
    assert now() - moment_of(old) > mails.OF_USE_FOR
    before = len(team.mails())
    mails.handlers(team.instance)["mail.reset"](team.instance.database, {"account": ana.id, "event_id": old})
    assert len(team.mails()) == before


class _Post(socketserver.StreamRequestHandler):
    """A mail server that refuses as long as it is told to."""

    refuses = True
    slow = False
    """Greets a byte at a time."""
    answers: threading.Event
    called: threading.Event
    taken: list[bytes]

    def handle(self) -> None:
        _Post.called.set()
        _Post.answers.wait(60)
        if _Post.slow:
            with suppress(OSError):  # the platform has gone
                for byte in b"220-here\r\n":
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.1)
        self._say("220 here")
        while line := self.rfile.readline().strip():
            word = line.split()[0].upper()
            if word == b"DATA" and not _Post.refuses:
                self._say("354 go on")
                body = b""
                while (piece := self.rfile.readline()) != b".\r\n":
                    body += piece
                _Post.taken.append(body)
                self._say("250 taken")
            elif word == b"DATA":
                self._say("451 not now")
            else:
                self._say("221 bye" if word == b"QUIT" else "250 well")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def post_office(tls: ssl.SSLContext | None = None) -> Iterator[str]:
    _Post.taken, _Post.refuses, _Post.slow = [], True, False
    _Post.called, _Post.answers = threading.Event(), threading.Event()
    _Post.answers.set()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Post) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"{'smtps' if tls else 'smtp+plain'}://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_mail_that_was_refused_is_tried_again_until_it_is_taken(paris: Instance, tmp_path: Path) -> None:
    with (
        post_office() as address,
        instance_like(paris, tmp_path, SMTP=address, MAIL_FROM="lanzarote@example.org") as instance,
    ):
        app: Any = create_app(instance)
        team = Team(instance, app)
        with instance.database.write(ALL) as session:
            service.invite(session, address="ana@school.example", name="Ana", language="en", grants=(), by="", at=now())
        instance.worker.run_due()
        with instance.database.write(ALL) as session:
            [job] = session.scalars(select(Job))
            assert (job.attempts, "NotSent" in job.fault, "127.0.0.1" in job.fault) == (1, True, True)
            session.execute(update(Job).values(due_at=now() - timedelta(seconds=1)))
        _Post.refuses = False
        instance.worker.run_due()
        assert len(_Post.taken) == 1
        assert b"From: lanzarote@example.org" in _Post.taken[0]
        assert team.mails() == []


def test_a_mail_server_that_is_too_slow_is_given_up_and_told_of(
    paris: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with post_office() as address, instance_like(paris, tmp_path, SMTP=address, MAIL_FROM="l@example.org") as instance:
        ana = Team(instance, None).person("ana")
        _Post.slow, _Post.refuses = True, False
        monkeypatch.setattr(sending, "MOST_SECONDS", 0.2)
        with instance.database.write(INSTANCE) as session:
            service.ask_reset(session, ana.address)
        instance.worker.run_due()
        assert _Post.taken == []
        assert [(one.word, one.closes) for one in ask(instance, serving=False) if one.about == "mail"] == [
            ("unreachable", False)
        ]
        monkeypatch.undo()
        _Post.slow = False
        with instance.database.write(ALL) as session:
            session.execute(update(Job).values(due_at=now() - timedelta(seconds=1)))
        instance.worker.run_due()
        assert (len(_Post.taken) > 0, readiness(instance)[0]["mail"]) == (True, "ok")


def test_a_mail_goes_only_to_the_server_that_the_certificate_names(
    paris: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now() - timedelta(1), now() + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    file = tmp_path / "post.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.sign(key, SHA256()).public_bytes(Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    letter = sending.Mail(to="ana@school.example", subject="x", text="x", language="en", id="x")
    with post_office(tls) as address:
        _Post.refuses = False
        for host, taken in (("127.0.0.1", 0), ("localhost", 1)):
            with suppress(sending.Unreachable):
                smtp = address.replace("127.0.0.1", host)
                sending.send(read_settings({"LANZAROTE_SMTP": smtp, "LANZAROTE_MAIL_FROM": "l@example.org"}), letter)
            assert len(_Post.taken) == taken


def test_a_mail_server_that_does_not_answer_holds_up_nothing_but_mails(paris: Instance, tmp_path: Path) -> None:
    with post_office() as address, instance_like(paris, tmp_path, SMTP=address, MAIL_FROM="l@example.org") as instance:
        ana = Team(instance, None).person("ana")
        _Post.answers.clear()
        instance.worker.start(every=0.02)
        try:
            with instance.database.write(INSTANCE) as session:
                service.ask_reset(session, ana.address)
            assert _Post.called.wait(30)
            with instance.database.write(ALL) as session:
                enqueue(session, "project", region="paris")
            given_up = time.monotonic() + 30

            def waiting() -> set[str]:
                with instance.database.read(ALL) as session:
                    return set(session.scalars(select(Job.topic)))

            while "project" in waiting() and time.monotonic() < given_up:
                time.sleep(0.05)
            assert not _Post.answers.is_set()
            assert {topic for topic in waiting() if not topic.startswith("mail.")} == set()
        finally:
            _Post.answers.set()
            instance.worker.stop()


# ---------------------------------------------------------------------------------------------------------------------
# At once, on both databases


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.mark.both_databases
def test_a_link_used_by_two_at_once_works_for_one(store: Database) -> None:
    for _ in range(5):
        with store.write(INSTANCE) as session:
            account = service.enrol(
                session,
                address=f"a{now():%H%M%S%f}@school.example",
                name="A",
                language="en",
                grants=(),
                by="",
                at=now(),
            )
            secret = secrets.make(session, account, "invitation", at=now())

        def take(name: str, secret: str = secret) -> bool:
            try:
                with store.write(INSTANCE) as session:
                    service.accept(session, secret, name=name, language="en", password=GOOD, at=now())
            except secrets.SpentLink:
                return False
            return True

        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(take, ("One", "Two", "Three", "Four"))) == [False, False, False, True]


@pytest.mark.both_databases
def test_an_address_invited_by_many_at_once_has_one_account(store: Database) -> None:
    def invite(_: int) -> bool:
        try:
            with store.write(INSTANCE) as session:
                service.invite(
                    session, address="ana@school.example", name="Ana", language="en", grants=(), by="", at=now()
                )
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert any(threads.map(invite, range(8)))
    with store.read(INSTANCE) as session:
        assert len(session.scalars(select(Account)).all()) == 1


def test_a_spent_link_takes_the_others_of_its_kind_with_it(store: Database) -> None:
    with store.write(INSTANCE) as session:
        account = service.enrol(
            session, address="ana@school.example", name="A", language="en", grants=(), by="", at=now()
        )
        one, two = (secrets.make(session, account, "invitation", at=now(), event_id="e") for _ in range(2))
        reset = secrets.make(session, account, "reset", at=now())
        secrets.spend(session, one, "invitation", now())
        with pytest.raises(secrets.SpentLink):
            secrets.spend(session, two, "invitation", now())
        assert secrets.look(session, reset, "reset", now()).id == account.id
        assert len(session.scalars(select(Link)).all()) == 1
