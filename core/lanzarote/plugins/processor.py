"""How much of the processor threads use, and how much they want where others take it."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Final

TASKS: Final = Path("/proc/self/task")
"""Linux tells there of each thread how long it ran, and how long it waited for its turn, in nanoseconds."""


def clock_of(thread: threading.Thread) -> int | None:
    """What tells how much of the processor a *thread* has used; None: it has ended, or the system has no such clock."""
    known = getattr(time, "pthread_getcpuclockid", None)
    try:
        return known(thread.ident) if known else None
    except OSError:
        return None


def seconds_of(clock: int | None) -> float:
    """How much that is; of a thread that has ended, nothing is known."""
    try:
        return time.clock_gettime(clock) if clock is not None else 0.0
    except OSError:
        return 0.0


def stood_by(native_id: int) -> float:
    """Seconds for which a thread could have run and had to wait for its turn; 0 where nothing tells."""
    try:
        _ran, stood, _slices = (TASKS / str(native_id) / "schedstat").read_text("ascii").split()
        return int(stood) / 1e9
    except (OSError, ValueError):
        return 0.0


class Usage:
    """What the thread that makes it uses of the processor from then on.

    *watcher*: native id of the thread that looks at it.
    """

    def __init__(self, watcher: int) -> None:
        self._clock = clock_of(threading.current_thread())
        self._native, self._watcher = threading.get_native_id(), watcher
        self._at_begin = seconds_of(self._clock)
        self._seen = self.wanted, self._time()

    @property
    def seconds(self) -> float:
        return seconds_of(self._clock) - self._at_begin

    @property
    def wanted(self) -> float:
        """Seconds that it would have used, had it been let: others may need the processor as well."""
        return self.seconds + stood_by(self._native)

    def waited(self) -> bool:
        """Whether it has not needed the processor for a third of the time since this was asked last."""
        wanted, at = self._seen
        self._seen = self.wanted, self._time()
        return self._seen[0] - wanted < (self._seen[1] - at) / 3

    def _time(self) -> float:
        """By the clock, without what its watcher stood in line for the processor.

        A thread that computes may stand still for as long: it hands the interpreter over, and that is not taken.
        """
        return time.monotonic() - stood_by(self._watcher)
