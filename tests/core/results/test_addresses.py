"""Where an office can be: an address is looked at when it is written down, the machine behind it when it is asked."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lanzarote.app import create_app
from lanzarote.cli import main
from lanzarote.instance import Instance
from lanzarote.records.outbox import Job
from lanzarote.records.permissions import Grant
from lanzarote.records.records import now
from lanzarote.results import destinations, enrolling, wire, words
from lanzarote.results.model import Destination, SigningKey
from lanzarote.results.wire import Deadline, Nearby, NoOffice, NotSent, Patience, Place, connected, place_at
from sqlalchemy import select, update

from tests.core.accounts.team import Team
from tests.core.api.programs import API, Program, Programs, problem
from tests.core.conftest import serving
from tests.core.quiet import QuietClient
from tests.core.results.two_places import PARIS, TwoPlaces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OFFICES = f"{API}/regions/paris/team/results/offices"
NO_ADDRESSES = [
    "",
    "office.example",
    "http://office.example",
    "ftp://office.example",
    "javascript:x",
    "https://",
    "https://[",
    "https://[::1",
    "https://x.example:99999",
    "https://x.example:abc",
    "https://x.example:0",
    "https://x.example:",
    "https://x.example/#frag",
    "https://x.example/#",
    "https://x.example/?a=b",
    "https://x.example?",
    "https://a@x.example",
    "https://user:pw@x.example",
    "https://exa\nmple.org",
    "https://x.example/\ta",
    "https://x.example/a b",
    "https://x.example\\y",
    "https://x..example",
    "https://2130706433",
    "https://0x7f000001",
    "https://0177.0.0.1",
    "https://127.1",
    "https://3232235777/office",
    "https://x.example/é",
    "https://" + "a" * 70 + ".example",
    "https://x.example/" + "a" * 300,
]
INSIDE = [
    "http://localhost:8765",
    "http://127.0.0.1:8765",
    "https://127.0.0.1",
    "https://10.1.2.3",
    "https://192.168.0.1",
    "https://169.254.169.254",
    "https://[::1]",
    "https://[fd00::1]",
    "https://[fe80::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[64:ff9b::7f00:1]",
    "https://0.0.0.0",
    "https://224.0.0.1",
]


@contextmanager
def answering(answer: bytes, tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """A machine that answers each connection with these bytes; tells its address, and what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    one, _ = listener.accept()
                except OSError:
                    return
                with one, suppress(OSError), tls.wrap_socket(one, server_side=True) if tls else one as talk:
                    asked.append(talk.recv(65536))
                    talk.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}", asked
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def http(status: int, body: str, kind: str = "application/problem+json", more: str = "") -> bytes:
    told = f"HTTP/1.1 {status} Told\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n{body}"
    return told.encode()


def head_of(instance: Instance) -> Program:
    return Programs(instance, QuietClient(create_app(instance))).of("coordinator", name="Cy")


def write_down(instance: Instance, address: str) -> None:
    """As an address stands there that was taken when anything was."""
    with instance.database.write(PARIS) as session:
        row = {"rhythm": "", "key": b"", "seq": 0, "receipt": b"", "sent_at": None, "fault": "", "fault_code": ""}
        session.add(Destination(region_id=PARIS, address=address, **row))


def sent_soon(instance: Instance, address: str) -> destinations.Standing:
    """What the page says after somebody has pressed "Send now" and the worker came by."""
    with instance.database.write(PARIS) as session:
        destinations.send_soon(session, PARIS, address, by="test", at=now())
    instance.worker.run_due()
    with instance.database.read(PARIS) as session:
        assert session.scalars(select(Job).where(Job.topic == destinations.TOPIC)).all() == []
        [told] = [one for one in destinations.standings(session, PARIS) if one.address == address]
    assert not told.asked
    return told


# What is written down


@pytest.mark.parametrize("nearby", [False, True])
@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_of_an_office_is_refused_with_what_to_write(address: str, nearby: bool) -> None:
    with pytest.raises(NoOffice) as refused:
        place_at(address, nearby=nearby)
    assert str(refused.value) == words.NO_OFFICE


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_a_network_is_one_only_where_that_is_allowed(address: str) -> None:
    with pytest.raises(Nearby):
        place_at(address, nearby=False)
    assert place_at(address, nearby=True).address == address


@pytest.mark.parametrize(
    ("address", "port", "path"),
    [
        (" https://office.example.org/ ", 443, ""),
        ("https://office.example.org:8443/lanzarote", 8443, "/lanzarote"),
        ("https://büro.example", 443, ""),
        ("https://9.9.9.9", 443, ""),
        ("https://[2620:fe::fe]:444", 444, ""),
    ],
)
def test_the_address_of_a_site_is_taken(address: str, port: int, path: str) -> None:
    place = place_at(address, nearby=False)
    assert (place.address, place.port, place.path) == (address.strip().rstrip("/"), port, path)


@pytest.mark.parametrize("address", ["https://[", "https://x.example:99999", "https://exa\nmple.org", *INSIDE[1:6]])
def test_page_program_and_command_refuse_alike(
    own_paris: Instance, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = head_of(own_paris).ask("POST", OFFICES, {"address": address})
    assert refused.status_code == 422
    [error] = problem(refused)["errors"]
    assert (error["field"], error["detail"]) == ("address", words.NEARBY if address in INSIDE else words.NO_OFFICE)
    team = Team(own_paris, create_app(own_paris))
    browser = team.browser(team.person("head", Grant(role="coordinator", region_id=PARIS)), strong=True)
    page = "/fr/paris/team/results"
    browser.get(page)
    shown = browser.post(f"{page}/offices", {"address": address, "rhythm": ""})
    assert shown.status_code == 400
    assert ("LANZAROTE_OFFICES_NEARBY" if address in INSIDE else "https://office.example.org") in shown.text
    monkeypatch.setenv("LANZAROTE_DATA", str(own_paris.settings.data))
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", own_paris.settings.database_url)
    assert main(["results", "add", PARIS, address]) != 0
    assert error["detail"][:60] in capsys.readouterr().err
    with own_paris.database.read(PARIS) as session:
        assert destinations.all_of(session, PARIS) == []


# What is asked


@pytest.mark.parametrize("address", ["https://x.example:99999", "https://x.example:abc", "https://["])
def test_an_address_that_was_once_taken_is_told_as_a_fault_and_tried_once(own_paris: Instance, address: str) -> None:
    write_down(own_paris, address)
    told = sent_soon(own_paris, address)
    assert (told.fault_code, told.fault) == ("no-address", words.NO_OFFICE)


def test_whatever_goes_wrong_is_told_as_the_fault_of_that_office(places: TwoPlaces) -> None:
    with serving(places.office) as site:
        write_down(places.region, site)
        with places.region.database.write(PARIS) as session:
            session.execute(update(SigningKey).values(endorsement=b"spoilt on the disk"))
        told = sent_soon(places.region, site)
    assert told.fault_code == "failed"
    assert "the team that runs this site" in told.fault
    assert "Error" not in told.fault


def test_a_name_that_leads_inside_is_not_asked(own_paris: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(http(200, "{}")) as (site, asked):
        port = site.rpartition(":")[2]
        address = f"https://office.example:{port}"
        names(monkeypatch, "127.0.0.1")
        write_down(own_paris, address)
        told = sent_soon(own_paris, address)
        assert (told.fault_code, asked) == ("nearby", [])
        # An address of an earlier day, from before it was refused.
        write_down(own_paris, site)
        told = sent_soon(own_paris, site)
        assert (told.fault_code, asked) == ("nearby", [])


@pytest.mark.parametrize("address", ["169.254.169.254", "224.0.0.1", "::", "fe80::1", "::ffff:169.254.169.254"])
def test_no_office_has_an_address_of_no_network(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    names(monkeypatch, address)
    with pytest.raises(Nearby):
        connected(place("office.example", 9), Deadline(Patience()))


def test_the_machine_that_is_asked_is_the_one_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(b"") as (site, _):
        port = int(site.rpartition(":")[2])
        asked = names(monkeypatch, "127.0.0.1", "127.0.0.2")
        with connected(place("office.example", port), Deadline(Patience())) as sock:
            assert sock.getpeername() == ("127.0.0.1", port)
        assert asked == ["office.example"]


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let each look-up find the next of these addresses, the last one for ever; returns what was looked up."""
    asked: list[str] = []
    look_up = socket.getaddrinfo

    def found(host: Any, port: Any, *more: Any, **kinds: Any) -> Any:
        if host != "office.example":
            return look_up(host, port, *more, **kinds)
        asked.append(host)
        return look_up(addresses[min(len(asked), len(addresses)) - 1], port, *more, **kinds)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return asked


def place(host: str, port: int) -> Place:
    return Place(address=f"https://{host}:{port}", scheme="https", host=host, port=port, path="", nearby=True)


def certified(folder: Path, name: str) -> ssl.SSLContext:
    """What a server proves with that it is *name*, to whoever trusts ``folder/certificate.pem``."""
    key, named = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize(
    ("name", "trusted", "seq"), [("office.example", True, 7), ("secret.example", True, 0), ("office.example", False, 0)]
)
def test_a_site_proves_by_its_certificate_that_it_has_this_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, trusted: bool, seq: int
) -> None:
    tls = certified(tmp_path, name)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    names(monkeypatch, "127.0.0.1")
    with answering(http(200, '{"epoch": 1, "seq": 7, "hash": ""}', "application/json"), tls) as (site, asked):
        there = place("office.example", int(site.rpartition(":")[2]))
        if seq:
            assert wire.ask(there, PARIS).seq == seq
            assert f"Host: office.example:{there.port}".encode() in asked[0]
            return
        with pytest.raises(NotSent, match="does not prove by a certificate") as refused:
            wire.ask(there, PARIS)
    assert "secret" not in str(refused.value)
    assert b"GET" not in b"".join(asked)


# What is told


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (http(200, "secret", "text/plain"), "no-office"),
        (http(200, '{"epoch": 1, "seq": "secret", "hash": ""}', "application/json"), "no-office"),
        (http(200, f'{{"epoch": 1, "seq": {10**30}, "hash": ""}}', "application/json"), "no-office"),
        (http(200, "[" * 50_000, "application/json"), "no-office"),
        (http(404, "secret", "text/html"), "no-office"),
        (http(404, '{"detail": "secret"}'), "unknown-region"),
        (http(401, '{"detail": "secret", "code": "secret"}'), "no-office"),
        (http(403, '{"detail": "secret", "code": "paused"}', "application/json"), "no-office"),
        (http(500, '{"detail": "secret"}'), "refused"),
        (http(302, "secret", "text/html", "Location: http://secret.example/\r\n"), "elsewhere"),
        (b"SSH-2.0-secret\r\n", "no-office"),
        (b"HTTP/1.1 secret\r\n\r\n", "no-office"),
        (b"", "unreachable"),
    ],
)
def test_what_is_no_answer_of_an_office_is_not_told_on(places: TwoPlaces, answer: bytes, code: str) -> None:
    with answering(answer) as (site, asked):
        write_down(places.region, site)
        told = sent_soon(places.region, site)
    assert told.fault_code == code
    assert "secret" not in told.fault
    assert len(asked) == 1, "no redirect is followed"


def test_what_an_office_says_is_told(places: TwoPlaces) -> None:
    with places.office.database.write(PARIS) as session:
        enrolling.set_state(session, PARIS, "paused", by="test")
    with serving(places.office) as site:
        write_down(places.region, site)
        told = sent_soon(places.region, site)
    assert told.fault_code == "paused"
    assert told.fault.startswith(f"The office at {site} did not take the results: ")
    assert len(told.fault) > len(f"The office at {site} did not take the results: ")
