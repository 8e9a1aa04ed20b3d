"""Threads that packages start, and which of them compute without end: one alone slows the whole site down."""

from __future__ import annotations

import atexit
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from itertools import takewhile
from operator import itemgetter
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Final

from lanzarote.plugins.interrupting import Ending, frames_of, module_of, runs, top_of
from lanzarote.plugins.makers import ASKED, REFUSED, STARTED_BY, WANTED, made_by
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
UNASKED: Final = 0.3
"""Seconds until it is told of a package that none of its threads could be asked to end."""
LITTLE: Final = 0.001
"""Who uses so little of the processor between two looks only waits."""

REGISTERED: Final[set[str]] = set()
"""Modules of packages at whose start something was registered to be done at the end (``atexit``)."""


def noted(do: Callable[[], object], package: str, others: Collection[str] = frozenset()) -> None:
    """*do* what *package* does when it starts, and note what it starts: threads, processes, what is done at the end.

    *package*, *others*: what is imported of them; *others* may start processes beside it.
    """
    before, registered = {id(one): one for one in _processes()}, atexit._ncallbacks()
    made_by(package, do)
    for one in _processes():
        if id(one) not in before and one not in STARTED_BY and _made_in(one, {package, *others}) in (package, ""):
            STARTED_BY.note(one, package)
    if atexit._ncallbacks() > registered:
        REGISTERED.add(package)


class _Overseen:
    """A thread that is looked at: how much of the processor it has used, and how far it is with its end."""

    def __init__(self, thread: Thread) -> None:
        self.thread = thread
        self.ending = Ending(thread)
        self.left = False
        """One of the platform, in which a package has used up its time."""
        self._clock, self._used = _clock_of(thread), 0.0

    def spent(self) -> float:
        """Seconds of the processor since this was asked last."""
        before, self._used = self._used, seconds_of(self._clock)
        return self._used - before


class Overseer(threading.Thread):
    """Asks threads of packages to end that compute for long while these start, and for a while after.

    Those of one package have ``COMPUTING`` together, as each takes the interpreter from all others. Where threads of
    all have computed for twice as long, those that do at the same time share that, and who computed most ends first.
    What a package does because it is asked for something counts for nothing.
    """

    def __init__(self, modules: Iterable[str], slowed: Callable[[str, Thread, bool], object]) -> None:
        """*modules*: what is imported of the packages.

        *slowed* is told of each of them whose threads computed for too long, with the one that did most just then, and
        whether any could be asked to end; once more when one could later.
        """
        super().__init__(name="lanzarote-overseer", daemon=True)
        self._spent = dict.fromkeys(modules, 0.0)
        REFUSED.difference_update(self._spent)  # they start anew
        self._slowed = slowed
        self._there_before = _by_identity(threading.enumerate())
        self._there_in_the_end: dict[int, Thread] | None = None
        self._overseen: dict[int, _Overseen] = {}
        self._over: dict[str, float] = {}
        """Those whose threads computed for too long → when that was seen."""
        self._told: dict[str, bool] = {}
        self._pause = OFTEN

    def take(self, thread: Thread) -> None:
        """A package has used up its time in *thread*, which is one of the platform, and may go on there."""
        overseen = self._of(thread)
        overseen.spent()
        overseen.left = True

    def spent_by(self, module: str) -> float:
        """Seconds of the processor that threads have used which the package started of which *module* is imported."""
        return self._spent[module]

    def stop(self) -> None:
        """All packages have started: only what they have begun by now is looked at any more, and what that begins."""
        self._there_in_the_end = _by_identity(threading.enumerate())

    def run(self) -> None:
        until = time.monotonic() + OVERSEEN
        try:
            while time.monotonic() < until and (self._there_in_the_end is None or self._looked_at()):
                time.sleep(self._pause)
                self._pause = OFTEN
                self._look()
        finally:
            REFUSED.difference_update(self._over)
            self._overseen.clear()  # a thread that never ends keeps this

    def _looked_at(self) -> list[Thread]:
        end = self._there_in_the_end
        later = [one for one in threading.enumerate() if id(one) not in self._there_before and one is not self]
        begun = (one for one in later if end is None or id(one) in end or (one in STARTED_BY and one not in WANTED))
        return [one for one in begun if runs(one)]

    def _look(self) -> None:
        computing: dict[str, list[tuple[float, Thread]]] = {}
        now = time.monotonic()
        wanted = {package for package, until in ASKED.copy().values() if now < until}
        for thread in self._looked_at():
            overseen = self._of(thread)
            if (spent := overseen.spent()) <= LITTLE:
                continue
            if overseen.left:
                self._pause = min(self._pause, UNHEARD)
                self._end(thread)
            elif (owner := package_of(thread, self._spent)) and (owner not in wanted or owner in self._over):
                self._spent[owner] += spent
                computing.setdefault(owner, []).append((spent, thread))
        self._over |= dict.fromkeys(self._too_long([*(computing.keys() - self._over.keys())]), now)
        REFUSED.update(self._over)
        for owner in computing.keys() & self._over.keys():
            asked = [self._end(thread) for _, thread in computing[owner]]
            if any(asked) > self._told.get(owner, -1) and (any(asked) or now > self._over[owner] + UNASKED):
                self._told[owner] = any(asked)
                self._slowed(owner, max(computing[owner], key=itemgetter(0))[1], any(asked))

    def _too_long(self, owners: Collection[str]) -> set[str]:
        """Those of *owners*, whose threads compute now, that have done so for long enough."""
        alone = {one for one in owners if self._spent[one] >= COMPUTING}
        all_spent = sum(min(spent, COMPUTING) for spent in self._spent.values())
        if alone or all_spent < 2 * COMPUTING:
            return alone
        most = max(owners, key=self._spent.__getitem__, default="")
        return {most} if most and self._spent[most] >= COMPUTING / len(owners) else set()

    def _of(self, thread: Thread) -> _Overseen:
        # One for both: who starts packages may take a thread while it is looked at.
        return self._overseen.get(id(thread)) or self._overseen.setdefault(id(thread), _Overseen(thread))

    def _end(self, thread: Thread) -> bool:
        """Let it end; whether it was asked to, or is held."""
        if self._of(thread).ending.again():
            return True
        self._pause = SOON
        return False


def _by_identity(threads: Iterable[Thread]) -> dict[int, Thread]:
    """They may compare in any way; kept, as another might be known by the same number later."""
    return {id(one): one for one in threads}


def _clock_of(thread: Thread) -> int | None:
    with suppress(Exception):  # packages use the names of Python's own for other things
        return clock_of(thread._native_id) if runs(thread) else None  # type: ignore[attr-defined]
    return None


def _processes() -> tuple[BaseProcess, ...]:
    return tuple(getattr(sys.modules.get("multiprocessing.process"), "_children", ()))


def started_by_packages() -> list[Thread]:
    return [one for one in threading.enumerate() if one in STARTED_BY]


def package_of(thread: Thread, packages: Collection[str]) -> str:
    """Which of *packages*: the first in whose code it is, else that which started it; empty: none."""
    with suppress(Exception, SystemExit):  # it may be of any class, whose code might run
        if found := _made_in(thread, packages):
            return found
    starter = STARTED_BY.get(thread, "")
    return starter if starter in packages else ""


def busy(threads: Iterable[Thread], owner_of: Callable[[Thread], str], seconds: float = LOOK) -> dict[str, Thread]:
    """Whose *threads* together use a good part of the processor for so long → which of these most.

    *owner_of* is asked in the end: a thread that only waited before may be of anybody. Nothing is waited for where none
    is running.
    """
    clocks = [(one, clock, seconds_of(clock)) for one in threads if (clock := _clock_of(one))]
    if clocks:
        time.sleep(seconds)
    used: dict[str, list[tuple[float, Thread]]] = {}
    for one, clock, before in clocks:
        if (spent := seconds_of(clock) - before) > 0:
            used.setdefault(owner_of(one), []).append((spent, one))
    return {
        owner: max(some, key=itemgetter(0))[1]
        for owner, some in used.items()
        if owner and sum(spent for spent, _ in some) > seconds / 8
    }


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
    target: Any = vars(started).get("_target")
    # Not ``isinstance``: that asks the target, if it is of no such class, and runs its code.
    if issubclass(type(target), partial):
        target = target.func
    if type(target) is MethodType:
        target = target.__func__
    if target is not None:  # of anything else only the class
        known = issubclass(type(target), FunctionType | BuiltinFunctionType | type)
        yield str(target.__module__ if known else type(target).__module__)


def modules_in(thread: Thread) -> Iterator[str]:
    """The modules in whose code it is, the innermost first."""
    return map(module_of, frames_of(thread))
