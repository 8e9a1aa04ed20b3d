"""Threads that packages start, and which of them compute without end: one alone slows the whole site down."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from lanzarote.plugins.watching import LANE, clock_of, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import Thread

LOOK: Final = 0.2
"""Seconds for which threads are looked at."""


def threads_started(do: Callable[[], object]) -> tuple[Thread, ...]:
    """Those that are there after *do* and were not before; others may start some beside it."""
    before = {*threading.enumerate()}
    do()
    return tuple(one for one in threading.enumerate() if one not in before and one.name != LANE)


def busy(threads: Iterable[Thread], seconds: float = LOOK) -> tuple[Thread, ...]:
    """Those that use a good part of the processor for so long; nothing is waited for where none is running."""
    clocks = {one: clock_of(one) for one in threads if one.is_alive()}
    before = {one: seconds_of(clock) for one, clock in clocks.items()}
    if before:
        time.sleep(seconds)
    return tuple(one for one, clock in clocks.items() if seconds_of(clock) - before[one] > seconds / 8)
