"""What a process counts from its start, at places that know nothing of each other; ``telemetry.metrics`` tells it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from contextlib import contextmanager
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Counted:
    """How often each of some labels came, from any thread.

    >>> spoken = Counted()
    >>> spoken.add("fr"), spoken.add("fr"), spoken.by_label()
    (None, None, {'fr': 2})
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    def add(self, label: str) -> None:
        with self._lock:
            self._counts[label] += 1

    def by_label(self) -> dict[str, int]:
        with self._lock:
            return dict(self._counts)


class Timed:
    """How long something took, each time, from any thread."""

    def __init__(self, limits: Sequence[float]) -> None:
        self.limits = limits
        """Seconds; what took longer than all of them is counted as well."""
        self._lock = Lock()
        self._seconds = 0.0
        self._counts = [0] * (len(limits) + 1)

    @contextmanager
    def timing(self) -> Iterator[None]:
        """Time what is done inside."""
        begun = perf_counter()
        try:
            yield
        finally:
            seconds = perf_counter() - begun
            with self._lock:
                self._seconds += seconds
                self._counts[bisect_left(self.limits, seconds)] += 1

    def read(self) -> tuple[float, list[int]]:
        """All seconds; and how many times took as long as each limit at most, and longer than the one before."""
        with self._lock:
            return self._seconds, [*self._counts]


GUARD: Final = Timed((0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0))
"""Looking for personal data in the texts of one form, record or row."""
STOPPED: Final = Counted()
"""Kind of personal data → how often something was not saved because of it."""
RECEIVED: Final = Counted()
"""Way that results came → how often some were taken."""
REFUSED: Final = Counted()
"""Code of a refusal → how often results were refused."""
