"""Threads that packages start, and which of them compute without end: one alone slows the whole site down."""

from __future__ import annotations

import atexit
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from itertools import takewhile
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import TYPE_CHECKING, Final

from lanzarote.plugins.interrupting import Ending, frames_of, module_of, runs, top_of
from lanzarote.plugins.makers import REFUSED, STARTED_BY, made_by
from lanzarote.plugins.processor import clock_of, seconds_of
from lanzarote.plugins.watching import COMPUTING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from multiprocessing.process import BaseProcess
    from threading import Thread

LOOK: Final = 0.2
"""Seconds for which threads are looked at."""
OVERSEEN: Final = 10.0
"""Seconds from when packages begin to start, in which their threads are asked to end that compute for long."""
OFTEN: Final = 0.05
"""Seconds between two looks at them."""
SOON: Final = 0.005
"""Seconds until the next, where one could not be asked to end at that moment."""
UNHEARD: Final = 0.02
"""Seconds until the next, where one goes on whose time to start is up."""
LITTLE: Final = 0.001
"""Who uses so little of the processor between two looks only waits."""

REGISTERED: Final[set[str]] = set()
"""Modules of packages at whose start something was registered to be done at the end (``atexit``)."""


def noted(do: Callable[[], object], package: str, others: Collection[str] = frozenset()) -> None:
    """*do* what *package* does when it starts, and note what it starts: threads, processes, what is done at the end.

    *package*, *others*: what is imported of them; *others* may start processes beside it.
    """
    before, registered = {*_processes()}, atexit._ncallbacks()
    made_by(package, do)
    for one in _processes():
        if one not in before and _made_in(one, {package, *others}) in (package, ""):
            STARTED_BY.setdefault(one, package)
    if atexit._ncallbacks() > registered:
        REGISTERED.add(package)


class Overseer(threading.Thread):
    """Asks threads of packages to end that compute for long while these start, and for a while after.

    Those of one package have ``COMPUTING`` together, as each takes the interpreter from all others. Where threads of
    all have computed for twice as long, those that do at the same time share that, and who computed most ends first.
    """

    def __init__(self, modules: Iterable[str], slowed: Callable[[str, Thread], object]) -> None:
        """*modules*: what is imported of the packages; *slowed* is told of each thread that was asked to end."""
        super().__init__(name="lanzarote-overseer", daemon=True)
        self._spent = dict.fromkeys(modules, 0.0)
        REFUSED.difference_update(self._spent)  # they start anew
        self._slowed = slowed
        self._there_before = {*threading.enumerate()}
        self._there_in_the_end: set[Thread] | None = None
        self._left: set[Thread] = set()
        self._clocks: dict[Thread, int | None] = {}
        self._used: dict[Thread, float] = {}
        self._endings: dict[Thread, Ending] = {}
        self._over: set[str] = set()
        self._pause = OFTEN

    def take(self, thread: Thread) -> None:
        """A package has used up its time in *thread*, which is one of the platform, and may go on there."""
        self._spent_by(thread)
        self._left.add(thread)

    def stop(self) -> None:
        """All packages have started: only what they have begun by now is looked at any more, and what that begins."""
        self._there_in_the_end = {*threading.enumerate()}

    def run(self) -> None:
        until = time.monotonic() + OVERSEEN
        try:
            while time.monotonic() < until and (self._there_in_the_end is None or self._looked_at()):
                time.sleep(self._pause)
                self._pause = OFTEN
                self._look()
        finally:
            REFUSED.difference_update(self._over)

    def _looked_at(self) -> list[Thread]:
        end = self._there_in_the_end
        there = (one for one in threading.enumerate() if end is None or one in end or one in STARTED_BY)
        return [one for one in there if one not in self._there_before and one is not self and runs(one)]

    def _look(self) -> None:
        computing: dict[str, list[Thread]] = {}
        for thread in self._looked_at():
            with suppress(Exception):  # it may be of any class
                if (spent := self._spent_by(thread)) <= LITTLE:
                    continue
                if thread in self._left:
                    self._pause = min(self._pause, UNHEARD)
                    self._end(thread)
                elif owner := package_of(thread, self._spent):
                    self._spent[owner] += spent
                    computing.setdefault(owner, []).append(thread)
        self._over |= self._too_long([*(computing.keys() - self._over)])
        REFUSED.update(self._over)
        for owner in computing.keys() & self._over:
            for thread in [one for one in computing[owner] if self._end(one)]:
                with suppress(Exception):  # a thread is the package's, and may not even be told
                    self._slowed(owner, thread)

    def _too_long(self, owners: Collection[str]) -> set[str]:
        """Those of *owners*, whose threads compute now, that have done so for long enough."""
        alone = {one for one in owners if self._spent[one] >= COMPUTING}
        all_spent = sum(min(spent, COMPUTING) for spent in self._spent.values())
        if alone or all_spent < 2 * COMPUTING:
            return alone
        most = max(owners, key=self._spent.__getitem__, default="")
        return {most} if most and self._spent[most] >= COMPUTING / len(owners) else set()

    def _spent_by(self, thread: Thread) -> float:
        """Seconds of the processor since it was looked at last."""
        if thread not in self._clocks:
            self._used[thread], self._clocks[thread] = 0.0, clock_of(thread) if runs(thread) else None
        before, self._used[thread] = self._used[thread], seconds_of(self._clocks[thread])
        return self._used[thread] - before

    def _end(self, thread: Thread) -> bool:
        """Let it end; whether it was asked to for the first time."""
        ending = self._endings.setdefault(thread, Ending(thread))
        if not ending.again():
            self._pause = SOON
            return False
        return ending.asked == 1


def _processes() -> tuple[BaseProcess, ...]:
    return tuple(getattr(sys.modules.get("multiprocessing.process"), "_children", ()))


def threads_of(packages: Collection[str]) -> dict[Thread, str]:
    """Threads that run → the one of *packages*, of which it is."""
    owners = {one: package_of(one, packages) for one in threading.enumerate() if one in STARTED_BY}
    return {thread: owner for thread, owner in owners.items() if owner}


def package_of(thread: Thread, packages: Collection[str]) -> str:
    """Which of *packages*: the first in whose code it is, else that which started it; empty: none."""
    starter = STARTED_BY.get(thread, "")
    return _made_in(thread, packages) or (starter if starter in packages else "")


def busy(threads: Iterable[Thread], seconds: float = LOOK) -> tuple[Thread, ...]:
    """Those that use a good part of the processor for so long; nothing is waited for where none is running."""
    clocks = {one: clock_of(one) for one in threads if runs(one)}
    before = {one: seconds_of(clock) for one, clock in clocks.items()}
    if before:
        time.sleep(seconds)
    return tuple(one for one, clock in clocks.items() if seconds_of(clock) - before[one] > seconds / 8)


def package_with(module: str, packages: Collection[str]) -> str:
    """The one of *packages*, each known by what is imported of it, to which *module* belongs; empty: none is known.

    That which it lies in; else the only one with the same top-level module.
    """
    parts = module.split(".")
    within = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    if found := next((one for one in within if one in packages), ""):
        return found
    beside = [one for one in packages if top_of(one) == parts[0]]
    return beside[0] if len(beside) == 1 else ""


def _made_in(started: Thread | BaseProcess, packages: Collection[str]) -> str:
    """The one of *packages* of which it is, or in whose code it began; the platform's own threads are of none."""
    frames = reversed([*modules_in(started)]) if isinstance(started, threading.Thread) else ()
    foreign = takewhile(lambda one: top_of(one) != "lanzarote", dict.fromkeys((*_made_of(started), *frames)))
    others = (one for one in foreign if top_of(one) not in sys.stdlib_module_names)
    return next((found for one in others if (found := package_with(one, packages))), "")


def modules_of(started: Thread | BaseProcess) -> Iterator[str]:
    """The modules that it is of: of its class, of what it was started with, of what a thread is in."""
    yield from _made_of(started)
    if isinstance(started, threading.Thread):
        yield from modules_in(started)


def _made_of(started: Thread | BaseProcess) -> Iterator[str]:
    yield str(type(started).__module__)
    target = vars(started).get("_target")
    if isinstance(target, partial):
        target = target.func
    if isinstance(target, MethodType):
        target = target.__func__
    if target is not None:  # of anything else only the class: to ask it would run its code
        known = isinstance(target, FunctionType | BuiltinFunctionType | type)
        yield str(target.__module__ if known else type(target).__module__)


def modules_in(thread: Thread) -> Iterator[str]:
    """The modules in whose code it is, the innermost first."""
    return map(module_of, frames_of(thread))
