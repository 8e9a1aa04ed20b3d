"""Threads that packages start, and which of them compute without end: one alone slows the whole site down."""

from __future__ import annotations

import atexit
import sys
import threading
import time
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from lanzarote.plugins.watching import LANE, clock_of, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.process import BaseProcess
    from threading import Thread

LOOK: Final = 0.2
"""Seconds for which threads are looked at."""


STARTED_BY: Final[WeakKeyDictionary[object, str]] = WeakKeyDictionary()
"""Thread or process → top-level module of the package that was starting then."""
REGISTERED: Final[set[str]] = set()
"""Top-level modules of packages at whose start something was registered to be done at the end (``atexit``)."""


def threads_started(do: Callable[[], object], module: str) -> tuple[Thread, ...]:
    """Those that are there after *do* and were not before, and note that *module* started them.

    Others may start some beside it.
    """
    before, registered = {*_running()}, atexit._ncallbacks()
    do()
    package, mine = module.partition(".")[0], [one for one in _running() if one not in before and one.name != LANE]
    for one in mine:
        STARTED_BY.setdefault(one, package)
    if atexit._ncallbacks() > registered:
        REGISTERED.add(package)
    return tuple(one for one in mine if isinstance(one, threading.Thread))


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
