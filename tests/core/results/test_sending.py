"""A region sends its results to an office over the net: in batches, going on where it stopped, with a receipt."""

from __future__ import annotations

import http.client
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
import pytest
from lanzarote.records.outbox import Job
from lanzarote.records.records import now
from lanzarote.results import batches, destinations, wire, words
from lanzarote.results.keys import NoReceipt, OtherReceipt, office_key, receipt
from lanzarote.results.model import Destination
from lanzarote.results.wire import MEDIA_TYPE, NotSent
from sqlalchemy import select, update

from tests.core.conftest import serving
from tests.core.results.two_places import PARIS, TwoPlaces, shown

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def site(places: TwoPlaces) -> Iterator[str]:
    with serving(places.office) as address:
        yield address


def add(places: TwoPlaces, address: str, rhythm: Any = "") -> None:
    with places.region.database.write(PARIS) as session:
        destinations.add(session, PARIS, address, rhythm, by="test", at=now(), nearby=True)


def destination(places: TwoPlaces, address: str) -> Destination:
    with places.region.database.read(PARIS) as session:
        row = session.get_one(Destination, (PARIS, address))
        session.expunge(row)
        return row


def request(site: str, method: str, path: str, data: bytes = b"", kind: str = MEDIA_TYPE) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=20)
    connection.request(method, path, data or None, {"Content-Type": kind} if method == "POST" else {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, msgspec.json.decode(body)


def test_it_arrives_and_the_office_signs_how_far(places: TwoPlaces, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(destinations, "MOST_ENTRIES", 10)  # several batches
    places.publish("own-a", "First")
    add(places, site)
    sent = destinations.send(places.region, PARIS, site)
    assert sent.receipt is not None
    assert (sent.receipt.seq, sent.receipt.hash) == (places.head().seq, places.head().hash)
    assert places.there() == places.head()
    assert places.titles() == {"own-a": "First"}
    assert destination(places, site).seq == places.head().seq
    assert destinations.send(places.region, PARIS, site).receipt is None


class Limited(BaseHTTPRequestHandler):
    """What a web server does in front of an office: it hands on what is within its limit, and nothing longer."""

    office: str
    limit: int
    refused: list[int]

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        if length > self.limit:
            self.refused.append(length)
            self._answer(413, b"<html><h1>413 Request Entity Too Large</h1></html>", "text/html")
            self.rfile.read(length)  # as nginx does before it closes, or the answer would be lost on the way
            self.close_connection = True
        else:
            self._hand_on(self.rfile.read(length))

    def do_GET(self) -> None:
        self._hand_on(b"")

    def _hand_on(self, data: bytes) -> None:
        status, body = request(self.office, self.command, self.path, data)
        self._answer(status, msgspec.json.encode(body), "application/json")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def limited(office: str, limit: int) -> Iterator[tuple[str, list[int]]]:
    """The address of a server with a *limit* in front of the *office*, and the lengths that it refused."""
    handler = type("Handler", (Limited,), {"office": office, "limit": limit, "refused": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.refused  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_what_a_server_in_front_of_the_office_finds_too_large_is_sent_in_smaller_pieces(
    places: TwoPlaces, site: str
) -> None:
    longest = max(map(len, places.export().splitlines()))
    with limited(site, longest + 4096) as (front, refused):
        add(places, front)
        sent = destinations.send(places.region, PARIS, front)
        assert sent.receipt is not None
        assert (places.there(), refused[0] > longest) == (places.head(), True)
        assert (destination(places, front).seq, destination(places, front).fault) == (places.head().seq, "")


def test_a_single_result_that_is_too_large_names_the_limit(places: TwoPlaces, site: str) -> None:
    with limited(site, 600) as (front, refused):
        add(places, front)
        with pytest.raises(NotSent, match=r"client_max_body_size 20m") as raised:
            destinations.send(places.region, PARIS, front)
        assert raised.value.code == destination(places, front).fault_code == "too-large"
        assert min(refused) > 600


def test_it_goes_on_where_it_stopped(places: TwoPlaces, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(destinations, "MOST_ENTRIES", 10)
    add(places, site)
    post, count = wire.post, iter(range(100))

    def broken(*given: str | bytes) -> bytes:
        if next(count) == 2:
            raise NotSent("the line is cut", "unreachable")
        return post(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(wire, "post", broken)
    with pytest.raises(NotSent):
        destinations.send(places.region, PARIS, site)
    with places.region.database.read(PARIS) as session:
        begun = destinations.start_of(session, PARIS).seq
    assert places.there().seq == begun + 20
    assert destination(places, site).fault == "the line is cut"
    sent = destinations.send(places.region, PARIS, site)
    assert sent.entries == places.head().seq - begun - 20
    assert (places.there(), destination(places, site).fault) == (places.head(), "")


def test_after_a_new_beginning_it_sends_that(places: TwoPlaces, site: str) -> None:
    add(places, site)
    destinations.send(places.region, PARIS, site)
    places.begin_anew()
    places.publish("own-a", "First")
    destinations.send(places.region, PARIS, site)
    assert places.titles() == shown(places.region) == {"own-a": "First"}


def test_by_the_clock(places: TwoPlaces, site: str) -> None:
    add(places, site, "daily")
    places.region.worker.run_due()
    assert places.there() == places.head()
    with places.region.database.read(PARIS) as session:
        [job] = session.scalars(select(Job).where(Job.topic == destinations.TOPIC)).all()
    assert timedelta(hours=23) < job.due_at - now() < timedelta(hours=25)
    places.publish("own-a", "First")
    places.region.worker.run_due()
    assert places.titles() == {}
    for _ in range(2):
        with places.region.database.write(PARIS) as session:
            session.execute(update(Job).where(Job.topic == destinations.TOPIC).values(due_at=now()))
        places.region.worker.run_due()
    assert places.titles() == {"own-a": "First"}
    with places.region.database.write(PARIS) as session:
        assert len(session.scalars(select(Job).where(Job.topic == destinations.TOPIC)).all()) == 1
        destinations.remove(session, PARIS, site, by="test", at=now())
        session.execute(update(Job).where(Job.topic == destinations.TOPIC).values(due_at=now()))
    places.region.worker.run_due()
    with places.region.database.read(PARIS) as session:
        assert session.scalars(select(Job).where(Job.topic == destinations.TOPIC)).all() == []


def test_nobody_there_says_so(places: TwoPlaces) -> None:
    add(places, "http://127.0.0.1:9")
    with pytest.raises(NotSent, match="cannot be reached"):
        destinations.send(places.region, PARIS, "http://127.0.0.1:9")


def test_a_receipt_of_another_office_is_not_believed(places: TwoPlaces, site: str) -> None:
    add(places, site)
    destinations.send(places.region, PARIS, site)
    for file in (places.office.settings.data / "keys").iterdir():
        file.unlink()
    with places.office.database.write("-") as session:
        from lanzarote.results import keys

        keys.make(session, places.office.settings, "-", by="test", at=now())
    places.publish("own-a", "First")
    with pytest.raises(NoReceipt, match="not signed by the key of the office"):
        destinations.send(places.region, PARIS, site)


OTHERS: dict[str, dict[str, Any]] = {
    "another region": {"region_id": "lyon"},
    "another hash": {"mark": "a" * 64},
    "another epoch": {"epoch": 7},
    "an entry that there is not": {"seq": 100_000},
}


@pytest.mark.parametrize("which", OTHERS)
def test_a_receipt_for_anything_else_than_what_was_sent_is_not_believed(
    places: TwoPlaces, site: str, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    add(places, site)
    head = places.head()
    true: dict[str, Any] = {"region_id": PARIS, "epoch": places.epoch(), "seq": head.seq, "mark": head.hash}
    made = receipt(office_key(places.office), **(true | OTHERS[which]))
    with monkeypatch.context() as patched:
        patched.setattr(wire, "post", lambda *_: made)
        with pytest.raises(OtherReceipt, match="not for what paris sent"):
            destinations.send(places.region, PARIS, site)
    row = destination(places, site)
    assert (row.seq, row.key, row.receipt, row.fault_code) == (0, b"", b"", "other-receipt")
    assert OtherReceipt.code in words.UNSENT
    destinations.send(places.region, PARIS, site)
    assert destination(places, site).seq == head.seq


def test_what_came_in_a_file_is_complete_as_soon_as_the_office_was_asked(places: TwoPlaces, site: str) -> None:
    add(places, site)
    places.sync()
    sent = destinations.send(places.region, PARIS, site)
    assert (sent.entries, sent.receipt and sent.receipt.hash) == (0, places.head().hash)
    with places.region.database.read(PARIS) as session:
        [standing] = destinations.standings(session, PARIS)
    assert (standing.complete, standing.seq) == (True, places.head().seq)
    assert destinations.send(places.region, PARIS, site).receipt is None


# The door


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        (lambda data: b"", 400, "malformed"),
        (lambda data: data[:-2], 400, "malformed"),
        (lambda data: b"{}\n" * 3, 400, "malformed"),
        (lambda data: b"\x1f\x8b" + data, 400, "malformed"),
        (lambda data: data.replace(b'"region":"paris"', b'"region":"lyons"'), 400, "malformed"),
    ],
)
def test_what_is_no_results_is_refused_with_a_word(
    places: TwoPlaces, site: str, spoil: Any, status: int, code: str
) -> None:
    before = places.state()
    told, problem = request(site, "POST", "/api/v1/results/paris", spoil(places.export()))
    assert (told, problem["code"]) == (status, code)
    assert places.state() == before


def test_only_results_come_in_and_only_of_regions_that_are_known(places: TwoPlaces, site: str) -> None:
    data = places.export()
    assert request(site, "POST", "/api/v1/results/paris", data, "application/json")[0] == 415
    assert request(site, "POST", "/api/v1/results/lyon", data)[0] == 400
    assert request(site, "GET", "/api/v1/results/lyon")[0] == 404
    assert request(site, "GET", "/api/v1/results/paris")[1] == {"region": "paris", "epoch": 0, "seq": 0, "hash": ""}
    assert request(site, "POST", "/api/v1/results/paris", data)[0] == 200
    assert request(site, "GET", "/api/v1/results/paris")[1]["seq"] == places.head().seq


def test_where_no_receipt_can_be_signed_nothing_of_this_machine_is_told(places: TwoPlaces, site: str) -> None:
    data = places.export()
    assert request(site, "POST", "/api/v1/results/paris", data)[0] == 200
    for file in (places.office.settings.data / "keys").glob("*.key"):
        file.rename(file.with_suffix(".away"))
    status, told = request(site, "POST", "/api/v1/results/paris", data)
    assert (status, told["code"]) == (503, "no-key")
    assert str(places.office.settings.data) not in str(told)
    assert places.there() == places.head()


def test_more_than_a_batch_can_hold_is_not_read(places: TwoPlaces, site: str) -> None:
    line = places.export().splitlines(keepends=True)[0]
    data = line + b"x" * (batches.MOST_BYTES + 1024 * 1024)
    try:
        status, _ = request(site, "POST", "/api/v1/results/paris", data)
    except OSError:
        status = 413  # the door was shut while it was still coming
    assert (status in (400, 413), places.there().seq) == (True, 0)
