"""nginx and Caddy as deploy/ has them, with TLS, before two processes of one site on PostgreSQL."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from lanzarote.accounts.tokens import COOKIE

from tests.conftest import copied, pg_database, sqlalchemy_url
from tests.core.cli.test_running import PATIENCE, wait_until_ready
from tests.core.conftest import paris_template, pg_paris_template
from tests.core.practices.forms import TEAM, WHOLE, Fields
from tests.deploy.authority import certify
from tests.deploy.programs import program

__all__ = ["paris_template", "pg_paris_template"]

DEPLOY = Path(__file__).parents[2] / "deploy"
HOST = "lanzarote.example.org"
GOOD = "the long way round the harbour"
LANZAROTE = Path(sys.executable).with_name("lanzarote")


class Worker:
    """A process of the site on a port of its own, which is started and stopped as often as one likes."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port, self._environment = free_port(), environment
        self._process: subprocess.Popen[str] | None = None

    def start(self, *, ready: bool = True) -> None:
        command: list[str | Path] = [LANZAROTE, "run", "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(command, env=self._environment, stdout=subprocess.PIPE, text=True)
        if ready:
            self.wait()

    def wait(self) -> None:
        assert self._process
        wait_until_ready(self._process)

    def stop(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.communicate(timeout=PATIENCE)
            assert self._process.returncode == 0
        self._process = None


class Reader(httpx.Client):
    """A browser at an address of its own, which knows the authority that certified the site."""

    def __init__(self, port: int, trusted: Path, address: str = "127.0.0.1") -> None:
        transport = httpx.HTTPTransport(verify=ssl.create_default_context(cafile=trusted), local_address=address)
        headers = {"host": HOST, "origin": f"https://{HOST}"}
        super().__init__(base_url=f"https://127.0.0.1:{port}", headers=headers, transport=transport, timeout=PATIENCE)

    def request(self, method: str, url: Any, **more: Any) -> httpx.Response:
        return super().request(method, url, **more | {"extensions": {"sni_hostname": HOST}})

    @property
    def cookie(self) -> dict[str, str]:
        return {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def save(self, title: str) -> str:
        """Save a practice; its id, once that was acknowledged."""
        page = self.get(f"{TEAM}/new")
        if page.status_code != 200:
            return ""
        fields: dict[str, Any] = Fields(page.text, "/new").values | WHOLE | {"text.fr.title": title, "do": "save"}
        [record_id] = fields["id"]
        answer = self.post(f"{TEAM}/new", data={name: value for name, value in fields.items() if value})
        return record_id if answer.status_code == 303 else ""


class Proxied:
    """The site behind nginx."""

    proxy = ""

    def __init__(self, folder: Path, environment: dict[str, str], stack: ExitStack) -> None:
        self.folder, self.environment, self._stack = folder, environment, stack
        self.workers = [Worker(environment), Worker(environment)]
        self.plain, self.secure = free_port(), free_port()
        self.trusted = certify(folder / "tls", HOST)

    def reader(self, address: str = "127.0.0.1") -> Reader:
        return self._stack.enter_context(Reader(self.secure, self.trusted, address))

    def lanzarote(self, *words: str) -> str:
        done = subprocess.run(
            [LANZAROTE, *words], env=self.environment, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
        return done.stdout

    def member(self, name: str) -> Reader:
        """Somebody who was invited by command, chose a password behind the proxy, and writes for Paris."""
        address = f"{name}@school.example"
        told = self.lanzarote("user", "add", address, "--language", "en")
        self.lanzarote("grant", address, "contributor", "paris")
        [link] = re.findall(rf"https://{HOST}(/\S+)", told)
        reader = self.reader()
        fields = {"name": name, "language": "en", "password": GOOD, "agreed": "yes"}
        assert reader.post(link, data=fields).status_code == 303
        return reader

    @contextmanager
    def behind(self, proxy: str) -> Iterator[None]:
        self.proxy = proxy
        shutil.copy(DEPLOY / "nginx" / "lanzarote-away.html", self.folder)
        command = self._nginx() if proxy == "nginx" else self._caddy()
        environment = os.environ | {"HOME": str(self.folder)}
        with (
            (self.folder / "said.log").open("w") as said,
            subprocess.Popen(command, env=environment, stdout=said, stderr=said) as process,
        ):
            try:
                wait_for(self.secure)
                yield
            finally:
                process.terminate()

    def _nginx(self) -> list[str | Path]:
        (self.folder / "snippets").mkdir()
        (self.folder / "nginx.conf").write_text(self._main())
        for name in ("lanzarote.conf", "snippets/lanzarote-proxy.conf"):
            (self.folder / name).write_text(self._here((DEPLOY / "nginx" / Path(name).name).read_text()))
        command: list[str | Path] = [program("nginx", "nginx"), "-p", self.folder, "-c", self.folder / "nginx.conf"]
        subprocess.run([*command, "-t", "-q"], check=True)
        return [*command, "-g", "daemon off;"]

    def _main(self) -> str:
        places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{name}_temp_path {self.folder}/{name};" for name in places)
        user = "user root;" if os.geteuid() == 0 else ""
        log = f"access_log {self.folder}/everything.log; error_log {self.folder}/error.log;"
        return (
            f"{user} pid {self.folder}/pid; error_log {self.folder}/error.log; worker_processes 1;"
            f"events {{}} http {{ {temporary} {log} include {self.folder}/lanzarote.conf; }}"
        )

    def _caddy(self) -> list[str | Path]:
        ports = f"{{\n\tadmin off\n\thttp_port {self.plain}\n\thttps_port {self.secure}\n}}\n"
        file = self.folder / "Caddyfile"
        file.write_text(ports + self._here((DEPLOY / "caddy" / "Caddyfile").read_text()))
        return [program("caddy", "caddy"), "run", "--config", file, "--adapter", "caddyfile"]

    def _here(self, text: str) -> str:
        """The configuration with the ports and folders of this test: nothing else of it changes."""
        one, other = self.workers
        changes = {
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.secure} ssl;",
            "listen [::]:80;": "",
            "listen [::]:443 ssl;": "",
            "127.0.0.1:8401": f"127.0.0.1:{one.port}",
            "127.0.0.1:8402": f"127.0.0.1:{other.port}",
            "/etc/lanzarote": str(self.folder),
            "/var/www/lanzarote": str(self.folder),
            "/var/log/nginx": str(self.folder),
        }
        for old, new in changes.items():
            text = text.replace(old, new)
        return text


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on {port}")


@pytest.fixture(scope="module", params=["nginx", pytest.param("caddy", marks=pytest.mark.long)])
def site(
    request: pytest.FixtureRequest, pg_admin_url: str, pg_paris_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxied]:
    proxy: str = request.param
    program(proxy, proxy)
    folder = tmp_path_factory.mktemp(proxy)
    with pg_database(pg_admin_url, copied(pg_paris_template)) as name, ExitStack() as stack:
        usual = {name: value for name, value in os.environ.items() if not name.startswith("LANZAROTE_")}
        ours = {
            "DATABASE_URL": sqlalchemy_url(pg_admin_url, name),
            "DATA": str(folder / "data"),
            "BASE_URL": f"https://{HOST}",
            "CONTACT": "contact@example.org",
        }
        proxied = Proxied(folder, usual | {f"LANZAROTE_{name}": value for name, value in ours.items()}, stack)
        for worker in proxied.workers:
            stack.callback(worker.stop)
            worker.start(ready=False)
        for worker in proxied.workers:
            worker.wait()
        stack.enter_context(proxied.behind(proxy))
        yield proxied


def test_readers_come_over_tls_and_stay_there(site: Proxied) -> None:
    led = httpx.get(f"http://127.0.0.1:{site.plain}/fr/paris?x=1", headers={"host": HOST})
    assert (led.status_code, led.headers["location"]) == (308, f"https://{HOST}/fr/paris?x=1")
    page = site.reader().get("/fr/paris")
    assert page.status_code == 200
    assert "max-age=" in page.headers["strict-transport-security"]
    assert page.headers["server"] in ("nginx", "Caddy")  # and no version
    assert "x-frame-options" in page.headers or "frame-ancestors" in page.headers["content-security-policy"]
    elsewhere = site.reader().get("/fr/paris", headers={"host": "evil.example"})
    assert (elsewhere.status_code, HOST in elsewhere.text) == (421, True) or elsewhere.text == ""


def test_a_session_and_what_is_saved_in_it_are_known_to_every_process(site: Proxied) -> None:
    ana = site.member("ana")
    practice = ana.save("Une salle partagée")
    assert practice
    left = ana.post("/en/account/sign-out", data=Fields(ana.get("/en/account").text, "sign-out").values)
    assert (left.status_code, ana.get(TEAM).status_code) == (303, 303)
    signed_in = ana.post("/en/account/sign-in", data={"address": "ana@school.example", "password": GOOD})
    assert signed_in.status_code == 303
    assert signed_in.headers["set-cookie"].startswith(f"__Host-{COOKIE}=")
    assert "; Secure" in signed_in.headers["set-cookie"]
    for worker in site.workers:
        own = httpx.get(f"http://127.0.0.1:{worker.port}{TEAM}", headers=ana.cookie | {"host": HOST})
        assert "Une salle partagée" in own.text
    for _ in range(4):  # by turns
        mine = ana.get(TEAM)
        assert "Une salle partagée" in mine.text
        assert "no-store" in mine.headers["cache-control"]
        assert site.reader().get(TEAM).status_code == 303


def test_limits_count_readers_and_not_the_proxy(site: Proxied) -> None:
    def send(reader: Reader, **headers: str) -> int:
        return reader.post("/en/paris/correct", data={"wrong": ""}, headers=headers).status_code

    one, other = site.reader("127.0.0.7"), site.reader("127.0.0.8")
    statuses = [send(one) for _ in range(125)]  # each process counts for itself: 60 and 60
    assert statuses[-1] == 429
    assert 429 not in statuses[:60]
    assert send(one, **{"x-forwarded-for": "192.0.2.7"}) == 429  # nobody talks themselves out of it
    assert send(other) != 429


def test_what_is_too_large_is_refused_in_our_words(site: Proxied) -> None:
    large = site.reader().post("/en/paris/correct", data={"wrong": "x" * 30_000_000})
    assert large.status_code == 413
    assert "<main" in large.text


def test_a_process_can_be_stopped_and_started_while_people_read_and_save(site: Proxied) -> None:
    berta, reader = site.member("berta"), site.reader()
    ended = threading.Event()
    read: list[int] = []
    saved: dict[str, str] = {}
    refused: list[str] = []

    def reading() -> None:
        while not ended.is_set():
            read.append(reader.get(f"/fr/paris/practices?q=audition+{len(read)}").status_code)

    def saving() -> None:
        while not ended.is_set():
            title = f"Une salle, fois {len(saved) + len(refused)}"
            if record_id := berta.save(title):
                saved[record_id] = title
            else:
                refused.append(title)

    threads = [threading.Thread(target=reading), threading.Thread(target=saving)]
    for thread in threads:
        thread.start()
    one, other = site.workers
    one.stop()
    one.start()
    other.stop()
    while len(saved) < 5:
        time.sleep(0.05)
    ended.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert {*read} == {200}
    assert refused == [] or site.proxy == "caddy"  # which says so, and passes a form on only once it knows
    assert saved
    shown = berta.get(f"{TEAM}?only=mine").text
    assert [title for title in saved.values() if title not in shown] == []


def test_the_proxy_writes_no_line_for_a_reader(site: Proxied) -> None:
    site.reader("127.0.0.9").get("/en/account/reset/secret-of-a-link")
    logs = "".join(file.read_text() for file in site.folder.glob("*.log"))
    assert "secret-of-a-link" not in logs
    assert "127.0.0.9" not in logs


def test_while_every_process_is_stopped_readers_see_whom_to_call(site: Proxied) -> None:
    for worker in site.workers:
        worker.stop()
    away = site.reader().get("/fr/paris")
    assert away.status_code == 502
    assert away.headers["retry-after"] == "60"
    assert 'href="tel:112"' in away.text
