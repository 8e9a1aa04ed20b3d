"""Threads that packages start: those that compute for long are asked to end, and whose they were is told."""

from __future__ import annotations

import builtins
import sys
import threading
from pathlib import Path
from time import thread_time

import pytest
from lanzarote.plugins import Candidate, Host

from tests.core.plugins.packages import write_package

SPIN = "def spin():\n    while not stop.is_set(): pass\n"
DEAF = (
    "def spin():\n    while not stop.is_set():\n        try:\n            work()\n        except BaseException: pass\n"
)
DEAF += "def work():\n    while not stop.is_set(): pass\n"


def with_threads(folder: Path, name: str, spin: str, count: int = 1) -> Candidate:
    code = f"import threading\nstop = threading.Event()\n{spin}threads = []\nfor one in range({count}):\n"
    code += (
        "    threads.append(threading.Thread(target=spin, name=f'digs {one}', daemon=True))\n    threads[-1].start()"
    )
    return write_package(folder, name, code)


# Where no test listens, nobody hears of SystemExit in a thread.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_threads_that_compute_while_packages_start_are_asked_to_end_and_named(folder: Path) -> None:
    waits = "def spin():\n    stop.wait()\n"
    host = Host([with_threads(folder, "busy", SPIN, 8), with_threads(folder, "idle", waits)]).ask_all()
    busy, idle = (sys.modules[f"lz_try_{name}"] for name in ("busy", "idle"))
    try:
        for thread in busy.threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in busy.threads)
        assert idle.threads[0].is_alive()
    finally:
        busy.stop.set()
        idle.stop.set()
    told = {one.name: one.slows for one in host.packages}
    assert told["busy"].startswith("lanzarote-busy 1.0 slows everything down: its thread 'digs ")
    assert told["busy"].endswith("' computed long while packages started, and was asked to end")
    assert told["idle"] == ""


def test_a_thread_that_does_not_end_is_named_with_its_package(folder: Path) -> None:
    host = Host([with_threads(folder, "deaf", DEAF)]).ask_all()
    try:
        told = {one.name: one.slows for one in host.find_busy().packages}
    finally:
        sys.modules["lz_try_deaf"].stop.set()
    assert told == {"deaf": "lanzarote-deaf 1.0 slows everything down: its thread 'digs 0' computes without end"}


def test_a_thread_of_a_library_and_one_that_is_called_like_ours_are_named_too(folder: Path) -> None:
    (folder / "lz_try_library.py").write_text(
        "import threading\nstop = threading.Event()\nclass Observer(threading.Thread):\n"
        "    def run(self):\n        while not stop.is_set(): pass\n",
        "utf-8",
    )
    uses = "from lz_try_library import Observer\nObserver(name='observes', daemon=True).start()"
    ours = SPIN + "threading.Thread(target=spin, name='lanzarote-region-lyon_0', daemon=True).start()"
    host = Host([write_package(folder, "uses", uses)]).ask_all()
    try:
        assert "its thread 'observes' computes without end" in host.find_busy().packages[0].slows
    finally:
        sys.modules["lz_try_library"].stop.set()
    host = Host([write_package(folder, "ours", f"import threading\nstop = threading.Event()\n{ours}")]).ask_all()
    try:
        assert "its thread 'lanzarote-region-lyon_0' " in host.find_busy().packages[0].slows
    finally:
        sys.modules["lz_try_ours"].stop.set()


def test_what_others_start_meanwhile_is_left_alone(folder: Path) -> None:
    go, begun, others = threading.Event(), threading.Event(), []

    def compute() -> None:
        until = thread_time() + 1
        while thread_time() < until:
            pass
        go.set()

    def begin() -> None:
        others.append(threading.Thread(target=compute, daemon=True))
        others[0].start()
        begun.set()

    code = "import builtins\nbuiltins.lz_begin()"
    builtins.lz_begin = begin  # type: ignore[attr-defined]
    try:
        host = Host([write_package(folder, "starts", code)]).ask_all()
    finally:
        del builtins.lz_begin  # type: ignore[attr-defined]
    assert begun.is_set()
    assert go.wait(30)
    assert {one.name: one.slows for one in host.packages} == {"starts": ""}
