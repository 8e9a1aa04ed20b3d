"""The program in a process of its own: it starts, answers, stops when asked, and minds no reader who leaves."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.conftest import pg_database, sqlalchemy_url
from tests.core.cli.installing import SECOND_REGION, install
from tests.core.regions.sound import SOUND, write

LANZAROTE = Path(sys.executable).with_name("lanzarote")
PATIENCE = 60


@pytest.fixture
def environment(data: Path) -> dict[str, str]:
    # Unbuffered, a program would learn sooner that nobody reads, and leave out how it ends otherwise.
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return {**usual, "LANZAROTE_DATA": str(data), "PYTHONIOENCODING": "utf-8"}


@contextmanager
def process(environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    """Start the program; end it if the test did not."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [LANZAROTE, *words], env=environment, stdout=pipe, stderr=pipe, text=True, encoding="utf-8"
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def wait_until_ready(started: subprocess.Popen[str]) -> str:
    """The address it tells."""
    assert started.stdout is not None
    for line in started.stdout:
        if line.startswith("The site is ready: "):
            return line.split()[-1]
    raise AssertionError(started.stderr.read() if started.stderr else "")


def fetch(address: str | urllib.request.Request) -> str:
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310
        page: str = answer.read().decode()
    return page


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_until_it_is_asked_to_stop(environment: dict[str, str], data: Path, asked: signal.Signals) -> None:
    with process(environment, "run", "--region", "paris", "--port", "0") as started:
        address = wait_until_ready(started)
        assert "119" in fetch(f"{address}/fr/paris/help")
        assert started.stdout is not None
        told = next(line for line in started.stdout if line.startswith("E-mails"))
        assert told == f"E-mails are saved to {data / 'mail'}; to send them, set LANZAROTE_SMTP.\n"
        started.send_signal(asked)
        out, err = started.communicate(timeout=PATIENCE)
    assert (started.returncode, err) == (0, "")
    assert out.endswith("Stopped.\n")
    assert (data / "lanzarote.sqlite").exists()


def test_every_link_names_the_port_it_listens_on(environment: dict[str, str], data: Path) -> None:
    """Those that it mails, and those that commands print while it runs, whatever LANZAROTE_PORT says."""
    environment["LANZAROTE_PORT"] = "8499"

    def printed(*words: str) -> str:
        done = subprocess.run([LANZAROTE, *words], env=environment, capture_output=True, text=True, check=True)
        return next(line.partition("/en/")[0] for line in done.stdout.splitlines() if "/account/" in line)

    with process(environment, "run", "--region", "paris", "--port", "0") as started:
        address = wait_until_ready(started)
        assert printed("user", "add", "ana@school.example", "--language", "en") == address
        form = urllib.parse.urlencode({"address": "ana@school.example"}).encode()
        same = {"Sec-Fetch-Site": "same-origin"}
        fetch(urllib.request.Request(f"{address}/en/account/reset", form, same))  # noqa: S310
        until = time.monotonic() + PATIENCE
        while not (letters := [*data.glob("mail/*.eml")]) and time.monotonic() < until:
            time.sleep(0.1)
        [letter] = letters
        told = message_from_bytes(letter.read_bytes(), policy=policy.default).get_content()
        assert f"{address}/en/account/invitation/" in told
        assert "8499" not in told
        started.kill()  # and takes nothing back
        started.wait(PATIENCE)
    assert printed("user", "link", "ana@school.example") == "http://127.0.0.1:8499"
    with process(environment, "run", "--region", "paris", "--port", "0") as started:
        wait_until_ready(started)
        started.send_signal(signal.SIGTERM)
        started.communicate(timeout=PATIENCE)
    assert [*data.glob("address-*")] == []


def test_a_database_on_a_server_is_named_without_what_opens_it(environment: dict[str, str], pg_url: str) -> None:
    url = make_url(pg_url).update_query_dict({"application_name": "canary"})
    whole = url.render_as_string(hide_password=False)
    with process(
        {**environment, "LANZAROTE_DATABASE_URL": whole}, "run", "--region", "paris", "--port", "0"
    ) as started:
        wait_until_ready(started)
        assert started.stdout is not None
        told = next(line for line in started.stdout if line.startswith("The data is in"))
        started.send_signal(signal.SIGTERM)
        started.communicate(timeout=PATIENCE)
    assert told.startswith(f"The data is in the PostgreSQL database {url.database} on ")
    assert ("canary" in told, "@" in told, "?" in told) == (False, False, False)


def test_a_taken_port_is_told_and_what_was_loaded_stays(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with process(environment, "run", "--region", "paris", "--port", port) as refused:
            _, err = refused.communicate(timeout=PATIENCE)
    assert refused.returncode == 1
    assert err == (
        f"lanzarote: cannot listen on 127.0.0.1:{port} (Address already in use); "
        "choose another one with --port, or stop what uses it\n"
    )
    listed = subprocess.run([LANZAROTE, "region", "list"], env=environment, capture_output=True, text=True)
    assert listed.stdout.splitlines()[-1] == "paris  enabled  lanzarote-region-paris"


def test_a_host_that_is_none_of_this_machine_is_told(environment: dict[str, str]) -> None:
    with process(environment, "run", "--region", "paris", "--host", "203.0.113.1", "--port", "0") as refused:
        _, err = refused.communicate(timeout=PATIENCE)
    assert refused.returncode == 1
    assert err.startswith("lanzarote: cannot listen on 203.0.113.1:0 (")
    assert err.endswith("); choose another one with --host\n")


def test_two_installed_regions_are_run_side_by_side_when_named(environment: dict[str, str], tmp_path: Path) -> None:
    install(tmp_path / "site", "second-region", "lanzarote_region_second")
    environment["PYTHONPATH"] = os.pathsep.join((str(tmp_path / "site"), str(SECOND_REGION)))
    with process(environment, "run", "--port", "0") as refused:
        out, err = refused.communicate(timeout=PATIENCE)
    assert (refused.returncode, out) == (1, "")
    assert err.startswith("lanzarote: Several regions are installed (iceland, paris, ")
    assert err.endswith("); say which: lanzarote run --region ID\n")
    second = err.partition("(iceland, paris, ")[2].partition(")")[0]
    with process(environment, "run", "--port", "0", "--region", "paris", "--region", second) as started:
        address = wait_until_ready(started)
        assert all(f"/{region}" in fetch(f"{address}/en/") for region in ("paris", second))


def test_a_preview_stops_cleanly_and_keeps_nothing(environment: dict[str, str], data: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "region", dict(SOUND))
    (tmp_path / "scratch").mkdir()
    written = {file: file.read_bytes() for file in folder.rglob("*.toml")}
    with process(environment | {"TMPDIR": str(tmp_path / "scratch")}, "region", "preview", str(folder)) as started:
        address = wait_until_ready(started)
        assert "Joint hearing" in fetch(f"{address}/en/test/practices")
        assert list((tmp_path / "scratch").iterdir()) != []
        started.send_signal(signal.SIGINT)
        _, err = started.communicate(timeout=PATIENCE)
    assert (started.returncode, err) == (0, "")
    # Compiled templates are kept for the next start of the same person.
    assert [left.name for left in (tmp_path / "scratch").iterdir()] == [f"lanzarote-templates-{os.getuid()}"]
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == written
    assert not data.exists()


def test_a_preview_wins_over_the_installed_region_of_the_same_name(environment: dict[str, str], tmp_path: Path) -> None:
    region = SOUND["region.toml"].replace('id = "test"', 'id = "paris"')
    folder = write(tmp_path / "region", {**SOUND, "region.toml": region})
    with process(environment, "region", "preview", str(folder)) as started:
        page = fetch(f"{wait_until_ready(started)}/en/paris/practices")
        started.send_signal(signal.SIGINT)
        started.communicate(timeout=PATIENCE)
    assert "Joint hearing" in page
    assert "/en/paris/practices/uaped" not in page


@pytest.mark.parametrize(
    "words", ["--help", "settings", "plugins", "doctor", "region check sound", "region schema schemas"]
)
def test_nobody_reading_is_no_error_to_talk_about(environment: dict[str, str], tmp_path: Path, words: str) -> None:
    write(tmp_path / "sound", dict(SOUND))
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [LANZAROTE, *words.split()],
            env=environment,
            cwd=tmp_path,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode in (0, 1)


def test_systemd_is_told_when_the_site_is_ready_and_when_it_stops(environment: dict[str, str], tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE)
        environment["NOTIFY_SOCKET"] = str(tmp_path / "notify")
        with process(environment, "run", "--region", "paris", "--port", "0") as started:
            address = wait_until_ready(started)
            assert manager.recv(100) == b"READY=1"
            assert "119" in fetch(f"{address}/fr/paris/help")
            started.send_signal(signal.SIGTERM)
            assert manager.recv(100) == b"STOPPING=1"
            started.communicate(timeout=PATIENCE)
    assert started.returncode == 0


@pytest.mark.long
def test_several_processes_begin_with_an_empty_database_at_once(environment: dict[str, str], pg_admin_url: str) -> None:
    with pg_database(pg_admin_url) as name, ExitStack() as stack:
        environment["LANZAROTE_DATABASE_URL"] = sqlalchemy_url(pg_admin_url, name)
        words = ("run", "--region", "paris", "--port", "0")
        started = [stack.enter_context(process(environment, *words)) for _ in range(3)]
        for one in started:
            assert "119" in fetch(f"{wait_until_ready(one)}/fr/paris/help")
        for one in started:
            one.send_signal(signal.SIGTERM)
            assert one.communicate(timeout=PATIENCE)[1] == ""
