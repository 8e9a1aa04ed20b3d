"""A process ends when its work is done, whatever threads the packages on it have left running."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.core.cli.test_running import LANZAROTE, PATIENCE, environment, process, wait_until_ready
from tests.core.plugins.packages import tell_of, write_package

__all__ = ["environment"]

AT_THE_END = """
import atexit, sys, threading, time
atexit.register(print, "tidied up", file=sys.stderr)
"""
FOR_EVER = f"""{AT_THE_END}
def pump():
    time.sleep(3600)

threading.Thread(target=pump, name="pump", daemon=False).start()
"""
BUILT_IN = FOR_EVER.replace("target=pump", "target=time.sleep, args=(3600,)")
POOL = f"{AT_THE_END}from concurrent.futures import ThreadPoolExecutor\nPOOL = ThreadPoolExecutor(1)\n"
BUSY_POOL = f"{POOL}def wait():\n    time.sleep(3600)\n\nPOOL.submit(wait)\n"
IDLE_POOL = f"{POOL}POOL.submit(print, 'done', file=sys.stderr).result()\n"
SHORT = f"""{AT_THE_END}
def finish():
    time.sleep(0.5)
    print("finished", file=sys.stderr, flush=True)

@hookimpl
def exporters():
    threading.Thread(target=finish, daemon=False).start()
    return ()
"""
BLAMED = (
    "of the package lanzarote-busy 1.0, which did not end within 2 seconds. Install a version that ends it, or starts "
    "it with daemon=True; or remove the package.\n"
)


def with_package(environment: dict[str, str], folder: Path, code: str) -> dict[str, str]:
    folder.mkdir()
    tell_of(folder, write_package(folder, "busy", code))
    paths = os.pathsep.join(filter(None, (str(folder), environment.get("PYTHONPATH", ""))))
    return {**environment, "PYTHONPATH": paths}


def told(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LANZAROTE, *words], env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


@pytest.mark.parametrize(("code", "thread"), [(FOR_EVER, "pump"), (BUSY_POOL, "ThreadPoolExecutor-0_0")])
def test_a_command_ends_and_names_the_package_whose_thread_it_left(
    environment: dict[str, str], tmp_path: Path, code: str, thread: str
) -> None:
    done = told(with_package(environment, tmp_path / "on-path", code), "plugins")
    assert done.returncode == 0
    assert "busy  (lanzarote-busy 1.0, API " in done.stdout
    assert done.stderr == f"lanzarote: ended without the thread {thread!r} {BLAMED}tidied up\n"


def test_a_thread_that_shows_nobody_is_told_by_its_name(environment: dict[str, str], tmp_path: Path) -> None:
    done = told(with_package(environment, tmp_path / "on-path", BUILT_IN), "plugins")
    assert done.returncode == 0
    assert done.stderr.startswith("lanzarote: ended without the thread 'pump' of a package, nobody knows which, ")


def test_what_was_refused_is_still_refused(environment: dict[str, str], tmp_path: Path) -> None:
    done = told(with_package(environment, tmp_path / "on-path", FOR_EVER), "load", "nowhere")
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert done.stderr.endswith(f"{BLAMED}tidied up\n")


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_the_site_stops_when_it_is_asked_to_and_leaves_its_database_whole(
    environment: dict[str, str], data: Path, tmp_path: Path, asked: signal.Signals
) -> None:
    with process(
        with_package(environment, tmp_path / "on-path", FOR_EVER), "run", "--region", "paris", "--port", "0"
    ) as started:
        wait_until_ready(started)
        started.send_signal(asked)
        since = time.monotonic()
        out, err = started.communicate(timeout=PATIENCE)
    assert started.returncode == 0
    assert time.monotonic() - since < 15
    assert out.endswith("Stopped.\n")
    assert err == f"lanzarote: ended without the thread 'pump' {BLAMED}tidied up\n"
    assert sorted(one.name for one in data.glob("lanzarote.sqlite*")) == ["lanzarote.sqlite"]
    with sqlite3.connect(data / "lanzarote.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize(("code", "said"), [(SHORT, "finished\ntidied up\n"), (IDLE_POOL, "done\ntidied up\n")])
def test_who_is_nearly_done_is_waited_for_and_blamed_for_nothing(
    environment: dict[str, str], tmp_path: Path, code: str, said: str
) -> None:
    done = told(with_package(environment, tmp_path / "on-path", code), "plugins")
    assert (done.returncode, done.stderr) == (0, said)
