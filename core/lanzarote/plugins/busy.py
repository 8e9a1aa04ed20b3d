"""Threads that packages start, and which of them compute without end: one alone slows the whole site down."""

from __future__ import annotations

import atexit
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from lanzarote.plugins.makers import REFUSED, STARTED_BY, making
from lanzarote.plugins.processor import clock_of, seconds_of
from lanzarote.plugins.watching import COMPUTING, ask_to_end, hold

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
PATIENT: Final = 10
"""So many times a thread is asked to end, which may catch that; then it is held."""

REGISTERED: Final[set[str]] = set()
"""Top-level modules of packages at whose start something was registered to be done at the end (``atexit``)."""


def noted(do: Callable[[], object], package: str, others: Collection[str] = frozenset()) -> None:
    """*do* what *package* does when it starts, and note what it starts: threads, processes, what is done at the end.

    *package*, *others*: top-level modules; *others* may start processes beside it.
    """
    before, registered = {*_processes()}, atexit._ncallbacks()
    with making(package):
        do()
    for one in _processes():
        if one not in before and ((owner := owner_of(one)) == package or owner not in others):
            STARTED_BY.setdefault(one, package)
    if atexit._ncallbacks() > registered:
        REGISTERED.add(package)


class Overseer(threading.Thread):
    """Asks threads of packages to end that compute for long while these start, and for a while after.

    Those of one package have ``COMPUTING`` together, as each takes the interpreter from all others. Where threads of
    all have computed for twice as long, those that do at the same time share that.
    """

    def __init__(self, modules: Iterable[str], slowed: Callable[[str, Thread], object]) -> None:
        """*modules*: top-level ones of the packages; *slowed* is told of each thread that was asked to end."""
        super().__init__(name="lanzarote-overseer", daemon=True)
        # Threads of the platform are no package's, whatever an entry point says.
        self._spent = {one: 0.0 for one in modules if one != "lanzarote"}
        REFUSED.difference_update(self._spent)  # they start anew
        self._slowed = slowed
        self._there_before = {*threading.enumerate()}
        self._there_in_the_end: set[Thread] | None = None
        self._clocks: dict[Thread, int | None] = {}
        self._used: dict[Thread, float] = {}
        self._asked: Counter[Thread] = Counter()
        self._over: set[str] = set()

    def stop(self) -> None:
        """All packages have started: only what they have begun by now is looked at any more, and what that begins."""
        self._there_in_the_end = {*threading.enumerate()}

    def run(self) -> None:
        until = time.monotonic() + OVERSEEN
        try:
            while time.monotonic() < until and (self._there_in_the_end is None or self._looked_at()):
                time.sleep(OFTEN)
                self._look()
        finally:
            REFUSED.difference_update(self._over)

    def _looked_at(self) -> list[Thread]:
        end = self._there_in_the_end
        there = (one for one in threading.enumerate() if end is None or one in end or one in STARTED_BY)
        return [one for one in there if one not in self._there_before and one is not self and _runs(one)]

    def _look(self) -> None:
        computing: dict[str, list[Thread]] = {}
        for thread in self._looked_at():
            if (spent := self._spent_by(thread)) > LITTLE and (owner := package_of(thread, self._spent)):
                self._spent[owner] += spent
                computing.setdefault(owner, []).append(thread)
        has = self._has(len(computing.keys() - self._over))
        for owner, threads in computing.items():
            if owner in self._over or self._spent[owner] >= has:
                self._over.add(owner)
                REFUSED.add(owner)
                for thread in [one for one in threads if self._end(one)]:
                    with suppress(Exception):  # a thread is the package's, and may not even be told
                        self._slowed(owner, thread)

    def _has(self, owners: int) -> float:
        """Seconds for which the threads of each may compute, where those of so many do."""
        all_spent = sum(min(spent, COMPUTING) for spent in self._spent.values())
        return COMPUTING if all_spent < 2 * COMPUTING else COMPUTING / max(1, owners)

    def _spent_by(self, thread: Thread) -> float:
        """Seconds of the processor since it was looked at last."""
        if thread not in self._clocks:
            self._clocks[thread], self._used[thread] = clock_of(thread) if _runs(thread) else None, 0.0
        before, self._used[thread] = self._used[thread], seconds_of(self._clocks[thread])
        return self._used[thread] - before

    def _end(self, thread: Thread) -> bool:
        """Let it end; whether that is the first time. One that is just ending is left alone."""
        frames = [*_frames(thread)][:-2]  # without those of every thread
        if not (frames and _runs(thread)) or (_module_of(frames[-1]) == "threading" and _name_of(frames[-1]) != "run"):
            return False
        self._asked[thread] += 1
        # What it has of Python's own at that moment, such as a lock of logging, others would wait for in vain.
        inside = frames[:-1] if _module_of(frames[-1]) == "threading" else frames
        if self._asked[thread] > PATIENT and sys.stdlib_module_names.isdisjoint(map(_module_of, inside)):
            hold(thread.ident)
        else:
            ask_to_end(thread.ident)
        return self._asked[thread] == 1


def _processes() -> tuple[BaseProcess, ...]:
    return tuple(getattr(sys.modules.get("multiprocessing.process"), "_children", ()))


def _runs(thread: Thread) -> bool:
    """Whether it has begun, and not ended; of one that C started, Python may not know."""
    known = threading._active.get(thread.ident)  # type: ignore[attr-defined]
    return known is thread and not isinstance(thread, threading._DummyThread) and thread.is_alive()


def threads_of(packages: Collection[str]) -> dict[Thread, str]:
    """Threads that run → the one of *packages*, top-level modules, of which it is."""
    owners = {one: package_of(one, packages) for one in threading.enumerate() if one in STARTED_BY}
    return {thread: owner for thread, owner in owners.items() if owner}


def package_of(thread: Thread, packages: Collection[str]) -> str:
    """Which of *packages*: that in whose code it began, else that which started it; empty: none."""
    return next((one for one in (owner_of(thread), STARTED_BY.get(thread, "")) if one in packages), "")


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
    with suppress(Exception):  # what a package starts may be anything
        target = getattr(started, "_target", None)
        for one in (type(started), target, getattr(target, "func", None)):
            if module := getattr(one, "__module__", None):
                yield str(module).partition(".")[0]


def frames_of(thread: Thread) -> Iterator[str]:
    """The top-level modules in whose code it is, the innermost first."""
    return map(_module_of, _frames(thread))


def _frames(thread: Thread) -> Iterator[FrameType]:
    frame: FrameType | None = sys._current_frames().get(thread.ident or 0)
    while frame:
        yield frame
        frame = frame.f_back


def _module_of(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _name_of(frame: FrameType) -> str:
    return frame.f_code.co_name
