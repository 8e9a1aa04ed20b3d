"""How much of the processor threads use, and how much they want where others take it."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Final

TASKS: Final = Path("/proc/self/task")
"""Linux tells there of each thread how long it ran, and how long it waited for its turn, in nanoseconds."""


def clock_of(native_id: int | None) -> int | None:
    """What tells how much of the processor a thread has used; None: the system has no such clock.

    Made of the number by which Linux knows the thread: ``time.pthread_getcpuclockid`` ends the process where the thread
    has just ended.
    """
    return (~native_id << 3) | 6 if type(native_id) is int and sys.platform == "linux" else None


def seconds_of(clock: int | None) -> float:
    """How much that is; of a thread that has ended, nothing is known."""
    try:
        return time.clock_gettime(clock) if clock is not None else 0.0
    except OSError:
        return 0.0


class Line:
    """Where the thread that makes it stands for the processor, while others have it."""

    def __init__(self) -> None:
        try:  # kept open: a thousand packages begin in one thread
            self._file = os.open(TASKS / str(threading.get_native_id()) / "schedstat", os.O_RDONLY)
        except OSError:
            self._file = -1

    def __del__(self) -> None:
        if self._file >= 0:
            os.close(self._file)

    @property
    def seconds(self) -> float:
        """For how long it stood there by now; 0 where nothing tells."""
        try:
            return int(os.pread(self._file, 100, 0).split()[1]) / 1e9 if self._file >= 0 else 0.0
        except (OSError, IndexError, ValueError):
            return 0.0


class Usage:
    """What the thread that makes it, which stands in *line*, uses of the processor from then on.

    *watcher*: the line of the thread that looks at it.
    """

    def __init__(self, line: Line, watcher: Line) -> None:
        self._clock = clock_of(threading.get_native_id())
        self._line, self._watcher = line, watcher
        self._at_begin = seconds_of(self._clock)
        self._seen = self.wanted, self._time()

    @property
    def seconds(self) -> float:
        return seconds_of(self._clock) - self._at_begin

    @property
    def wanted(self) -> float:
        """Seconds that it would have used, had it been let: others may need the processor as well."""
        return self.seconds + self._line.seconds

    def waited(self, at_least: float = 0.0) -> bool:
        """Whether it has not needed the processor for a third of the time since this was told last.

        Nothing is told of less than *at_least* seconds: a shorter time says nothing of who shares a processor.
        """
        (before, since), wanted, at = self._seen, self.wanted, self._time()
        if at - since < at_least:
            return False
        self._seen = wanted, at
        return wanted - before < (at - since) / 3

    def _time(self) -> float:
        """By the clock, without what its watcher stood in line for the processor.

        A thread that computes may stand still for as long: it hands the interpreter over, and that is not taken.
        """
        return time.monotonic() - self._watcher.seconds
