"""A thread that computes is told from one that waits, also where others take the processor."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from lanzarote.plugins.processor import TASKS, Line, Usage, clock_of, seconds_of

OTHERS = 8


@pytest.fixture
def one_processor() -> Iterator[int]:
    """One that others use up, so that a thread on it gets a ninth."""
    if not (TASKS / str(threading.get_native_id()) / "schedstat").exists():
        pytest.skip("this system does not tell how long a thread stands in line")
    chosen = min(os.sched_getaffinity(0))
    code = f"import os; os.sched_setaffinity(0, {{{chosen}}})\nprint(flush=True)\nwhile True: pass"
    others = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(OTHERS)]
    for one in others:
        assert one.stdout is not None
        one.stdout.readline()
    yield chosen
    for one in others:
        one.kill()
        one.communicate()


@pytest.mark.parametrize("computes", [True, False])
def test_who_computes_does_not_only_wait_where_others_take_the_processor(one_processor: int, *, computes: bool) -> None:
    watcher, begun, go, usages = Line(), threading.Event(), threading.Event(), []

    def work() -> None:
        os.sched_setaffinity(0, {one_processor})
        usages.append(Usage(Line(), watcher))
        begun.set()
        while computes and not go.is_set():
            pass
        go.wait()

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    threading.Event().wait(1)
    usage = usages[0]
    assert usage.seconds < 0.25, "it gets less than a quarter"
    assert usage.waited() is not computes
    go.set()
    thread.join()


def test_a_thread_that_has_ended_has_no_clock_any_more() -> None:
    go, clocks = threading.Event(), []

    def work() -> None:
        clocks.append(clock_of(threading.get_native_id()))
        assert clocks == [time.pthread_getcpuclockid(threading.get_ident())]
        go.wait()

    thread = threading.Thread(target=work)
    thread.start()
    while not clocks:
        pass
    assert seconds_of(clocks[0]) > 0
    go.set()
    thread.join()
    until = time.monotonic() + 10
    while seconds_of(clocks[0]) and time.monotonic() < until:  # the system takes a moment longer than Python
        pass
    assert seconds_of(clocks[0]) == 0
