"""A process ends when its work is done, whatever the packages on it have left running."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
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
AFTERWARDS = f"""{AT_THE_END}
def later():
    while any(one.name == "lanzarote-watched" for one in threading.enumerate()):
        time.sleep(0.01)
    threading.Thread(target=time.sleep, args=(3600,), name="pump", daemon=False).start()

threading.Thread(target=later, daemon=True).start()
"""
BY_OTHERS = f"""{AT_THE_END}
import builtins
say = builtins.print
def say_and_start(*words, **more):
    builtins.print = say
    threading.Thread(target=time.sleep, args=(3600,), name="pump", daemon=False).start()
    say(*words, **more)

builtins.print = say_and_start
"""
POOL = f"{AT_THE_END}from concurrent.futures import ThreadPoolExecutor\nPOOL = ThreadPoolExecutor(1)\n"
BUSY_POOL = f"{POOL}def wait():\n    time.sleep(3600)\n\nPOOL.submit(wait)\n"
BUILT_IN_POOL = f"{POOL}POOL.submit(time.sleep, 3600)\n"
IDLE_POOL = f"{POOL}POOL.submit(print, 'done', file=sys.stderr).result()\n"
PROCESS = f"{AT_THE_END}from multiprocessing import get_context\nGET = get_context('fork')\n"
SLOW_PROCESS = f"{PROCESS}GET.Process(target=time.sleep, args=(3600,), name='digs').start()\n"
DEAF_PROCESS = f"""{PROCESS}
def dig():
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(3600)

GET.Process(target=dig, name='digs').start()
"""
SHORT_PROCESS = f"{PROCESS}GET.Process(target=time.sleep, args=(0.5,)).start()\n"
PROCESSES = f"{AT_THE_END}import multiprocessing as M\nfrom concurrent.futures import ProcessPoolExecutor\n"
PROCESSES += "POOL = ProcessPoolExecutor(1, M.get_context('fork'))\n"
BUSY_PROCESSES = f"{PROCESSES}POOL.submit(time.sleep, 3600)\n"
IDLE_PROCESSES = f"{PROCESSES}POOL.submit(time.sleep, 0).result()\n"
NEVER_TIDY = f"{AT_THE_END}def tidy():\n    time.sleep(3600)\n\natexit.register(tidy)\n"
BUILT_IN_TIDY = f"{AT_THE_END}atexit.register(time.sleep, 3600)\n"
SHORT_TIDY = f"{AT_THE_END}atexit.register(time.sleep, 0.5)\n"
TIDY_AT_LENGTH = f"{AT_THE_END}atexit.register(time.sleep, 1.5)\natexit.register(time.sleep, 1.5)\n"
TIDY_IN_THREADS = f"""{AT_THE_END}
def tidy():
    for _ in range(20):
        writer = threading.Thread(target=time.sleep, args=(0.01,))
        writer.start()
        writer.join()
    print("written", file=sys.stderr, flush=True)

atexit.register(tidy)
"""
CLEANER = f"""{AT_THE_END}
def clean():
    threading.main_thread().join()
    time.sleep(0.2)
    print("cleaned", file=sys.stderr, flush=True)

threading.Thread(target=clean, daemon=False).start()
"""
UNENDING = f"{AT_THE_END}threading._register_atexit(time.sleep, 3600)\n"
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
THREAD = "lanzarote: ended without the thread {!r} " + BLAMED + "tidied up\n"
DUG = f"lanzarote: ended the process 'digs' {BLAMED}tidied up\n"
UNTIDY = (
    "lanzarote: ended although what {} registered for the end (atexit) was not done after 5 seconds. Install a version "
    "that is done sooner; or remove the package.\n"
)
MINE, PERHAPS = "the package lanzarote-busy 1.0", "a package, perhaps lanzarote-busy 1.0,"


def with_package(environment: dict[str, str], folder: Path, code: str) -> dict[str, str]:
    folder.mkdir()
    tell_of(folder, write_package(folder, "busy", code))
    paths = os.pathsep.join(filter(None, (str(folder), environment.get("PYTHONPATH", ""))))
    return {**environment, "PYTHONPATH": paths}


def told(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LANZAROTE, *words], env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


@pytest.mark.parametrize(
    ("code", "left"),
    [
        (FOR_EVER, THREAD.format("pump")),
        (BUILT_IN, THREAD.format("pump")),
        (BUSY_POOL, THREAD.format("ThreadPoolExecutor-0_0")),
        (BUILT_IN_POOL, THREAD.format("ThreadPoolExecutor-0_0")),
        (SLOW_PROCESS, DUG),
        (DEAF_PROCESS, DUG),
        (NEVER_TIDY, UNTIDY.format(MINE)),
        (BUILT_IN_TIDY, UNTIDY.format(PERHAPS)),
        (UNENDING, UNTIDY.format(PERHAPS)),
    ],
)
def test_a_command_ends_and_names_the_package_that_left_something_running(
    environment: dict[str, str], tmp_path: Path, code: str, left: str
) -> None:
    done = told(with_package(environment, tmp_path / "on-path", code), "plugins")
    assert done.returncode == 0
    assert "busy  (lanzarote-busy 1.0, API " in done.stdout
    assert done.stderr == left


def test_a_job_in_a_pool_of_processes_ends_with_the_command(environment: dict[str, str], tmp_path: Path) -> None:
    done = told(with_package(environment, tmp_path / "on-path", BUSY_PROCESSES), "plugins")
    assert done.returncode == 0
    process_, tidied = done.stderr.splitlines(keepends=True)
    assert process_.startswith("lanzarote: ended the process ")
    assert (process_.endswith(BLAMED), tidied) == (True, "tidied up\n")


def test_a_thread_that_a_thread_of_a_package_started_is_told_with_it(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = told(with_package(environment, tmp_path / "on-path", AFTERWARDS), "plugins")
    assert done.returncode == 0
    assert done.stderr.startswith("lanzarote: ended without the thread 'pump' of the package lanzarote-busy 1.0, ")


def test_a_thread_that_shows_nobody_is_told_by_its_name(environment: dict[str, str], tmp_path: Path) -> None:
    done = told(with_package(environment, tmp_path / "on-path", BY_OTHERS), "plugins")
    assert done.returncode == 0
    assert done.stderr.startswith("lanzarote: ended without the thread 'pump' of a package, nobody knows which, ")


def test_whoever_calls_a_command_from_a_program_goes_on(environment: dict[str, str]) -> None:
    program = "import sys, time; from lanzarote.cli import main; sys.argv[1:] = ['plugins']; main(); time.sleep(3)"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}; print('went on'); sys.exit(7)"],
        env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (7, "went on", "")


def test_what_was_refused_is_still_refused(environment: dict[str, str], tmp_path: Path) -> None:
    done = told(with_package(environment, tmp_path / "on-path", FOR_EVER), "load", "nowhere")
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert done.stderr.endswith(f"{BLAMED}tidied up\n")


@pytest.mark.parametrize(
    ("asked", "code", "left"),
    [
        (signal.SIGINT, FOR_EVER, THREAD.format("pump")),
        (signal.SIGTERM, FOR_EVER, THREAD.format("pump")),
        (signal.SIGTERM, SLOW_PROCESS, DUG),
        (signal.SIGTERM, NEVER_TIDY, UNTIDY.format(MINE)),
    ],
)
def test_the_site_stops_when_it_is_asked_to_and_leaves_its_database_whole(
    environment: dict[str, str], data: Path, tmp_path: Path, asked: signal.Signals, code: str, left: str
) -> None:
    with process(
        with_package(environment, tmp_path / "on-path", code), "run", "--region", "paris", "--port", "0"
    ) as started:
        wait_until_ready(started)
        started.send_signal(asked)
        since = time.monotonic()
        out, err = started.communicate(timeout=PATIENCE)
    assert started.returncode == 0
    assert time.monotonic() - since < 15
    assert out.endswith("Stopped.\n")
    assert err == left
    assert sorted(one.name for one in data.glob("lanzarote.sqlite*")) == ["lanzarote.sqlite"]
    with sqlite3.connect(data / "lanzarote.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (SHORT, "finished\ntidied up\n"),
        (IDLE_POOL, "done\ntidied up\n"),
        (IDLE_PROCESSES, "tidied up\n"),
        (SHORT_PROCESS, "tidied up\n"),
        (SHORT_TIDY, "tidied up\n"),
        (TIDY_AT_LENGTH, "tidied up\n"),
        (TIDY_IN_THREADS, "written\ntidied up\n"),
        (CLEANER, "cleaned\ntidied up\n"),
    ],
)
def test_who_is_nearly_done_is_waited_for_and_blamed_for_nothing(
    environment: dict[str, str], tmp_path: Path, code: str, said: str
) -> None:
    done = told(with_package(environment, tmp_path / "on-path", code), "plugins")
    assert (done.returncode, done.stderr) == (0, said)
