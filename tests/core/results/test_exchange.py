"""An office that is slow, or says too much, ends nothing but one try: it is told who and why, and the next succeeds."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import msgspec
import pytest
from lanzarote.records import outbox
from lanzarote.records.outbox import Job
from lanzarote.records.records import now
from lanzarote.results import destinations, wire
from lanzarote.results.wire import NotSent, Patience
from sqlalchemy import select, update

from tests.core.conftest import serving
from tests.core.jobs.test_outbox import until
from tests.core.results.test_addresses import certified, names, place
from tests.core.results.test_sending import add, destination
from tests.core.results.two_places import PARIS, TwoPlaces

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SHORT = Patience(silence=5, whole=0.3, slowest=1 << 40)
"""The drops below come much sooner one after the other than this silence, so that only the whole can end them."""
FEW = Patience(longest=4096)


@contextmanager
def talking(before: bytes, then: bytes, every: float = 0.0, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A machine that answers with *before*, and then with *then* for ever, a piece *every* so many seconds."""
    closed = threading.Event()

    def talk(one: socket.socket) -> None:
        with one, suppress(OSError), tls.wrap_socket(one, server_side=True) if tls else one as line:
            line.recv(65536)
            line.sendall(before)
            while not closed.wait(every):
                line.sendall(then)

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}"
        closed.set()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)


DRIPS = [
    pytest.param(b"", b"H", id="status"),
    pytest.param(HEAD, b"x", id="headers"),
    pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="go on"),
    pytest.param(HEAD + b"Content-Length: 60000\r\n\r\n", b" ", id="body"),
    pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", id="pieces"),
    pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n", id="trailers"),
]


@pytest.mark.parametrize(("before", "then"), DRIPS)
def test_an_answer_that_drips_without_end_is_given_up(
    places: TwoPlaces, monkeypatch: pytest.MonkeyPatch, before: bytes, then: bytes
) -> None:
    monkeypatch.setattr(wire, "PATIENCE", SHORT)
    with talking(before, then, 0.01) as site:
        add(places, site)
        with pytest.raises(NotSent) as told:
            destinations.send(places.region, PARIS, site)
    assert told.value.code == "unreachable"
    assert str(told.value) == (
        f"The office at {site} cannot be reached (it does not answer in time). What it has taken stays taken; "
        "try again later."
    )
    assert destination(places, site).fault == str(told.value)


@pytest.mark.parametrize(("before", "then"), DRIPS[1:])
def test_an_answer_without_end_is_not_read_to_its_end(
    places: TwoPlaces, monkeypatch: pytest.MonkeyPatch, before: bytes, then: bytes
) -> None:
    monkeypatch.setattr(wire, "PATIENCE", FEW)
    with talking(before, then * 1000) as site:
        add(places, site)
        with pytest.raises(NotSent, match=f"What is at {site} does not answer as an office does; look whether"):
            destinations.send(places.region, PARIS, site)


@pytest.mark.parametrize("drips", [True, False])
def test_behind_a_certificate_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, drips: bool) -> None:
    tls = certified(tmp_path, "office.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    names(monkeypatch, "127.0.0.1")
    monkeypatch.setattr(wire, "PATIENCE", msgspec.structs.replace(SHORT, whole=1) if drips else FEW)
    with talking(HEAD, b"x: y\r\n" * (1 if drips else 9000), 0.01 if drips else 0, tls) as site:
        there = place("office.example", int(site.rpartition(":")[2]))
        with pytest.raises(NotSent, match="in time" if drips else "as an office does"):
            wire.ask(there, PARIS)


def test_one_that_takes_nothing_in_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PATIENCE", SHORT)
    with socket.create_server(("127.0.0.1", 0)) as listener:  # nobody reads
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        there = msgspec.structs.replace(place("127.0.0.1", listener.getsockname()[1]), scheme="http", address=address)
        with pytest.raises(NotSent, match="in time"):
            wire.post(there, PARIS, b"x" * (64 << 20))


def test_what_has_to_be_carried_may_take_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office that answers at once, but after the time that a question without a body may take."""
    monkeypatch.setattr(wire, "PATIENCE", Patience(whole=0, slowest=1, longest=4096))
    with talking(HEAD + b"Content-Length: 2\r\n\r\n{}", b"", 0.05) as site:
        there = msgspec.structs.replace(place("127.0.0.1", int(site.rpartition(":")[2])), scheme="http", address=site)
        with pytest.raises(NotSent, match="in time"):
            wire.ask(there, PARIS)
        assert wire.post(there, PARIS, b"x" * 600) == b"{}"


def test_the_job_is_tried_again_and_nothing_is_lost(places: TwoPlaces, monkeypatch: pytest.MonkeyPatch) -> None:
    places.publish("own-a", "First")
    with serving(places.office) as site, monkeypatch.context() as slow:
        add(places, site, "daily")
        with talking(b"", b"H", 0.01) as other:
            port = int(other.rpartition(":")[2])
            create = socket.create_connection
            slow.setattr(socket, "create_connection", lambda where, *more: create((where[0], port), *more))
            slow.setattr(wire, "PATIENCE", SHORT)
            places.region.worker.run_due()
        with places.region.database.read(PARIS) as session:
            [job] = session.scalars(select(Job).where(Job.topic == destinations.TOPIC))
            assert (job.attempts, "in time" in job.fault) == (1, True)
        assert places.titles() == {}
        slow.undo()
        with places.region.database.write(PARIS) as session:
            session.execute(update(Job).where(Job.topic == destinations.TOPIC).values(due_at=now()))
        places.region.worker.run_due()
        assert (places.titles(), places.there()) == ({"own-a": "First"}, places.head())
        assert destination(places, site).fault == ""


def test_an_office_that_is_slow_keeps_no_mail_waiting(places: TwoPlaces) -> None:
    """What is sent to offices has a thread of its own."""
    worker = places.region.worker
    try:
        with talking(b"", b"H", 0.01) as site:
            add(places, site, "daily")
            worker.start(0.01)
            assert until(lambda: any(job.leased_until for job in waiting(places)))
            with places.region.database.write(PARIS) as session:
                asked = outbox.enqueue(session, "project", region=PARIS)
            assert until(lambda: asked not in {job.id for job in waiting(places)})
            [job] = waiting(places)
            assert (job.topic, job.fault) == (destinations.TOPIC, ""), "it is still being sent"
    finally:
        worker.stop()


def waiting(places: TwoPlaces) -> list[Job]:
    with places.region.database.read(PARIS) as session:
        found = list(session.scalars(select(Job)))
        session.expunge_all()
    return [job for job in found if job.topic in (destinations.TOPIC, "project")]
