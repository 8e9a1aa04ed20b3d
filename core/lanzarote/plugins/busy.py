"""Threads that packages start, and which of them compute without end: one alone slows the whole site down."""

from __future__ import annotations

import atexit
import sys
import threading
import time
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from lanzarote.plugins.processor import clock_of, seconds_of
from lanzarote.plugins.watching import COMPUTING, LANE, ask_to_end

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from multiprocessing.process import BaseProcess
    from threading import Thread
    from types import FrameType

LOOK: Final = 0.2
"""Seconds for which threads are looked at."""
OVERSEEN: Final = 10.0
"""Seconds from when packages begin to start, in which their threads are asked to end that compute for long."""
OFTEN: Final = 0.05
"""Seconds between two looks at them."""
LITTLE: Final = 0.001
"""Who uses so little of the processor between two looks only waits."""

STARTED_BY: Final[WeakKeyDictionary[object, str]] = WeakKeyDictionary()
"""Thread or process → top-level module of the package that was starting then."""
REGISTERED: Final[set[str]] = set()
"""Top-level modules of packages at whose start something was registered to be done at the end (``atexit``)."""


def threads_started(do: Callable[[], object], module: str, others: Collection[str] = frozenset()) -> tuple[Thread, ...]:
    """Those that are there after *do* and were not before, and note that *module* started them.

    *others* (top-level modules) may start some beside it.
    """
    before, registered = {*_running()}, atexit._ncallbacks()
    do()
    package = module.partition(".")[0]
    fresh = (one for one in _running() if one not in before and one.name != LANE)
    mine = [one for one in fresh if (owner := owner_of(one)) == package or owner not in others]
    for one in mine:
        STARTED_BY.setdefault(one, package)
    if atexit._ncallbacks() > registered:
        REGISTERED.add(package)
    return tuple(one for one in mine if isinstance(one, threading.Thread))


class Overseer(threading.Thread):
    """Asks threads of packages to end that compute for long while these start, and for a while after.

    All that compute at the same time have ``COMPUTING`` together: each takes the interpreter from all others.
    """

    def __init__(self, modules: Iterable[str], slowed: Callable[[str, Thread], object]) -> None:
        """*modules*: top-level ones of the packages; *slowed* is told of each thread that was asked to end."""
        super().__init__(name="lanzarote-overseer", daemon=True)
        self._spent = dict.fromkeys(modules, 0.0)
        self._slowed = slowed
        self._there_before = {*threading.enumerate()}
        self._there_in_the_end: set[Thread] | None = None
        self._clocks: dict[Thread, int | None] = {}
        self._used: dict[Thread, float] = {}
        self._asked: set[Thread] = set()

    def stop(self) -> None:
        """All packages have started: only what they have begun by now is looked at any more."""
        self._there_in_the_end = {*threading.enumerate()}

    def run(self) -> None:
        until = time.monotonic() + OVERSEEN
        while time.monotonic() < until and (self._there_in_the_end is None or self._looked_at()):
            time.sleep(OFTEN)
            self._look()

    def _looked_at(self) -> list[Thread]:
        there = threading.enumerate() if self._there_in_the_end is None else self._there_in_the_end
        return [one for one in there if one not in self._there_before and one is not self and one.is_alive()]

    def _look(self) -> None:
        computing: dict[str, list[Thread]] = {}
        for thread in self._looked_at():
            if (spent := self._spent_by(thread)) > LITTLE and (owner := owner_of(thread)) in self._spent:
                self._spent[owner] += spent
                computing.setdefault(owner, []).append(thread)
        for owner, threads in computing.items():
            if self._spent[owner] >= COMPUTING / len(computing):
                for thread in threads:
                    self._end(owner, thread)

    def _spent_by(self, thread: Thread) -> float:
        """Seconds of the processor since it was looked at last."""
        if thread not in self._clocks:
            self._clocks[thread], self._used[thread] = clock_of(thread), 0.0
        before, self._used[thread] = self._used[thread], seconds_of(self._clocks[thread])
        return self._used[thread] - before

    def _end(self, owner: str, thread: Thread) -> None:
        ask_to_end(thread.ident)
        if thread not in self._asked:
            self._asked.add(thread)
            self._slowed(owner, thread)


def _running() -> Iterator[Thread | BaseProcess]:
    yield from threading.enumerate()
    yield from tuple(getattr(sys.modules.get("multiprocessing.process"), "_children", ()))


def busy(threads: Iterable[Thread], seconds: float = LOOK) -> tuple[Thread, ...]:
    """Those that use a good part of the processor for so long; nothing is waited for where none is running."""
    clocks = {one: clock_of(one) for one in threads if one.is_alive()}
    before = {one: seconds_of(clock) for one, clock in clocks.items()}
    if before:
        time.sleep(seconds)
    return tuple(one for one, clock in clocks.items() if seconds_of(clock) - before[one] > seconds / 8)


def owner_of(started: Thread | BaseProcess) -> str:
    """The top-level module, not of Python itself, of which it is or in whose code it began; empty: none is known."""
    modules = [*_made_of(started), *(reversed([*frames_of(started)]) if isinstance(started, threading.Thread) else ())]
    return next((one for one in modules if one not in sys.stdlib_module_names and one != "__main__"), "")


def modules_of(started: Thread | BaseProcess) -> Iterator[str]:
    """The top-level modules that it is of: of its class, of what it was started with, of what a thread is in."""
    yield from _made_of(started)
    if isinstance(started, threading.Thread):
        yield from frames_of(started)


def _made_of(started: Thread | BaseProcess) -> Iterator[str]:
    target = getattr(started, "_target", None)
    for one in (type(started), target, getattr(target, "func", None)):
        if module := getattr(one, "__module__", None):
            yield str(module).partition(".")[0]


def frames_of(thread: Thread) -> Iterator[str]:
    """The top-level modules in whose code it is, the innermost first."""
    frame: FrameType | None = sys._current_frames().get(thread.ident or 0)
    while frame:
        yield str(frame.f_globals.get("__name__", "")).partition(".")[0]
        frame = frame.f_back
