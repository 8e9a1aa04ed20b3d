"""Other sites are told what is published and withdrawn: signed, each event recognisable, and nobody else is told."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import lanzarote_webhook
import pytest
from lanzarote import ImprovementDecided, PracticePublished, PracticeWithdrawn
from lanzarote.plugins import Candidate, Host
from lanzarote_webhook import improvement_decided, practice_published, practice_withdrawn, sending
from lanzarote_webhook.configuration import ADDRESSES, SECRET, NotConfigured, read_configuration
from lanzarote_webhook.sending import NotTaken
from msgspec import Struct

KEY = "a secret of some length"
WHAT: dict[str, Any] = {
    "event_id": "019ab000-0000-7000-8000-000000000001",
    "at": datetime(2031, 1, 1, 9, tzinfo=UTC),
    "region": "paris",
    "id": "019ab000-0000-7000-8000-000000000002",
    "slug": "une-salle",
    "address": "https://lanzarote.example/fr/paris/practices/une-salle",
}
PUBLISHED = PracticePublished(
    **WHAT, version=3, titles={"fr": "Une salle"}, standing="assessed", vouching="observed", strength="promising"
)
WITHDRAWN = PracticeWithdrawn(**WHAT, erased=True)


class Taken(Struct, frozen=True):
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """A site that takes what is posted to it, and answers as it is told to."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.status = 204
        self.location = ""
        self.drips = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.taken.append(Taken(self.path, dict(self.headers), body))
                if outer.drips:
                    # A byte now and then: no single wait is long.
                    for byte in b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 50:
                        self.wfile.write(bytes([byte]))
                        time.sleep(outer.drips)
                self.send_response(outer.status)
                if outer.location:
                    self.send_header("location", outer.location)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # whoever hangs up is expected here
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join(5)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as one:
        monkeypatch.setenv(ADDRESSES, f"{one.address}/hook?key=1")
        monkeypatch.setenv(SECRET, KEY)
        yield one


def test_the_package_hears_of_three_events() -> None:
    host = Host([Candidate(name="webhook", module=lanzarote_webhook.__name__)]).ask_all()
    [package] = host.packages
    assert (package.hooks, package.fault) == (("improvement_decided", "practice_published", "practice_withdrawn"), "")
    assert set(package.about) == {"en", "fr"}


def test_what_the_public_reads_is_posted(receiver: Receiver) -> None:
    practice_published(PUBLISHED)
    [taken] = receiver.taken
    assert taken.path == "/hook?key=1"
    assert json.loads(taken.body) == {
        "event": "practice_published",
        "event_id": WHAT["event_id"],
        "at": "2031-01-01T09:00:00+00:00",
        "region": "paris",
        "id": WHAT["id"],
        "slug": "une-salle",
        "address": WHAT["address"],
        "version": 3,
        "titles": {"fr": "Une salle"},
        "standing": "assessed",
    }


def test_of_what_is_withdrawn_only_that_is_posted(receiver: Receiver) -> None:
    practice_withdrawn(WITHDRAWN)
    [taken] = receiver.taken
    told = json.loads(taken.body)
    assert (told["event"], told["erased"]) == ("practice_withdrawn", True)
    assert set(told) == {"event", "event_id", "at", "region", "id", "slug", "address", "erased"}


def test_what_a_group_decided_is_posted(receiver: Receiver) -> None:
    decided = ImprovementDecided(
        **WHAT, version=2, titles={"fr": "Un registre"}, outcome="adopted", day=date(2031, 1, 1)
    )
    improvement_decided(decided)
    [taken] = receiver.taken
    told = json.loads(taken.body)
    assert (told["event"], told["outcome"], told["day"]) == ("improvement_decided", "adopted", "2031-01-01")
    assert set(told) == {
        "event", "event_id", "at", "region", "id", "slug", "address", "version", "titles", "outcome", "day",
    }  # fmt: skip


def test_the_receiver_can_prove_who_wrote_it_and_tell_it_from_the_same_once_more(receiver: Receiver) -> None:
    practice_published(PUBLISHED)
    practice_published(PUBLISHED)
    first, second = receiver.taken
    expected = "sha256=" + hmac.new(KEY.encode(), first.body, hashlib.sha256).hexdigest()
    assert first.headers["Lanzarote-Signature"] == expected
    assert first.headers["Lanzarote-Event-Id"] == second.headers["Lanzarote-Event-Id"] == WHAT["event_id"]
    assert first.headers["Lanzarote-Event"] == "practice_published"
    assert (first.body, first.headers["Content-Type"]) == (second.body, "application/json; charset=utf-8")


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_2xx_is_taken(receiver: Receiver, status: int) -> None:
    receiver.status = status
    practice_published(PUBLISHED)


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 403, 404, 410, 429, 500, 503])
def test_anything_else_is_told_again(receiver: Receiver, status: int) -> None:
    receiver.status = status
    with pytest.raises(NotTaken, match=f"answered {status}") as caught:
        practice_published(PUBLISHED)
    assert "key=1" not in str(caught.value)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(receiver: Receiver, status: int) -> None:
    with receiving() as elsewhere:
        receiver.status, receiver.location = status, f"{elsewhere.address}/"
        with pytest.raises(NotTaken):
            practice_published(PUBLISHED)
        assert elsewhere.taken == []


def test_one_that_does_not_answer_keeps_no_other_from_being_told(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as gone:
        dead = gone.address
    monkeypatch.setenv(ADDRESSES, f"{dead}/, {receiver.address}/")
    with pytest.raises(NotTaken, match="did not answer"):
        practice_published(PUBLISHED)
    assert [taken.path for taken in receiver.taken] == ["/"]


def test_one_that_answers_byte_by_byte_is_given_up(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    receiver.drips = 0.05
    begun = time.monotonic()
    with pytest.raises(NotTaken):
        practice_published(PUBLISHED)
    assert time.monotonic() - begun < 3


def test_one_that_is_reached_too_late_is_told_nothing(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a name has two addresses, and nothing answers at the first."""
    monkeypatch.setattr(sending, "SECONDS", 0.2)
    connect = socket.create_connection

    def slowly(where: Any, *_: Any, **__: Any) -> socket.socket:
        time.sleep(1)
        return connect(where, 10)

    monkeypatch.setattr(socket, "create_connection", slowly)
    with pytest.raises(NotTaken, match="TimeoutError"):
        practice_published(PUBLISHED)
    assert receiver.taken == []


def test_a_certificate_is_looked_at(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """What answers in the clear, or as somebody else, is told nothing."""
    monkeypatch.setenv(ADDRESSES, receiver.address.replace("http://", "https://") + "/")
    with pytest.raises(NotTaken, match="did not answer"):
        practice_published(PUBLISHED)
    assert receiver.taken == []


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "example.org/hook",
        "https://",
        "https://user:password@example.org/",
        "https://example.org/#x",
        "https://[::1",
        "https://example.org:99999/",
        "javascript:alert(1)",
    ],
)
def test_only_safe_addresses_are_taken_and_none_is_repeated_in_the_error(address: str) -> None:
    with pytest.raises(NotConfigured) as caught:
        read_configuration({ADDRESSES: f"https://good.example/ {address}", SECRET: KEY})
    assert "address 2" in str(caught.value)
    assert "password" not in str(caught.value).replace("no password", "")


@pytest.mark.parametrize(
    ("environ", "named"),
    [({}, ADDRESSES), ({ADDRESSES: " , "}, ADDRESSES), ({ADDRESSES: "https://a.example/"}, SECRET),
     ({ADDRESSES: "https://a.example/", SECRET: "short"}, SECRET)],
)  # fmt: skip
def test_what_is_not_set_is_named_and_the_event_waits(environ: dict[str, str], named: str) -> None:
    with pytest.raises(NotConfigured, match=named):
        read_configuration(environ)


def test_the_secret_is_in_no_repr() -> None:
    assert KEY not in repr(read_configuration({ADDRESSES: "https://a.example/", SECRET: KEY}))
