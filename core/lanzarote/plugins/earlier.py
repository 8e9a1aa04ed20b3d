"""Who begins first: what comes with the platform; then who came back when it was started before; last, who did not.

So nobody who has been here for a while loses time to packages that come new and never come to an end.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from lanzarote.plugins.candidates import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lanzarote.plugins.candidates import Candidate

FILE: Final = "packages-started.json"
LONGEST: Final = 1_000_000
"""Bytes: a file that is longer is begun anew."""


class Outcome(Struct, frozen=True, kw_only=True):
    """How the last start of a package went."""

    of: str
    """Its distribution and version: of another one, nothing is known."""
    came_back: bool
    had: float = 0.0
    """Which part of the usual time for computing it had when it did not come back, at most; 1: all of it."""


class Earlier:
    """How packages started the last time, in a file; one that cannot be read or written tells nothing."""

    def __init__(self, folder: Path | None = None) -> None:
        """*folder*: of data; without one, what this object was told of is all that is known."""
        self._path = folder / FILE if folder else None
        self._outcomes = self._read()

    def turn(self, candidate: Candidate) -> float:
        """The lower, the sooner it begins. Those that did not come back: who had more time for it, later."""
        if candidate.distribution in SHIPPED:
            return 0
        outcome = self._of(candidate)
        if outcome is None:
            return 2
        return 1 if outcome.came_back else 2 + outcome.had

    def came_back(self, candidate: Candidate) -> bool:
        outcome = self._of(candidate)
        return outcome is not None and outcome.came_back

    def had_all(self, candidate: Candidate) -> bool:
        """Whether it had all of the usual time, and did not come back."""
        outcome = self._of(candidate)
        return outcome is not None and outcome.had == 1

    def note(self, ended: Iterable[tuple[Candidate, float | None]]) -> None:
        """Remember of each candidate which part of the usual time for computing it had in vain; None: it came back."""
        if self._path:
            self._outcomes = self._read()  # other processes may have started others
        told = dict(self._told(candidate, had) for candidate, had in ended if candidate.distribution not in SHIPPED)
        if not told.items() <= self._outcomes.items():
            self._outcomes |= told
            self._write()

    def _told(self, candidate: Candidate, had: float | None) -> tuple[str, Outcome]:
        before = self._of(candidate)
        most = max(had or 0.0, before.had if before else 0.0)
        return candidate.name, Outcome(of=_known(candidate), came_back=had is None, had=0.0 if had is None else most)

    def _of(self, candidate: Candidate) -> Outcome | None:
        outcome = self._outcomes.get(candidate.name)
        return outcome if outcome and outcome.of == _known(candidate) else None

    def _read(self) -> dict[str, Outcome]:
        with suppress(Exception):  # whatever stands there, nothing depends on it
            if self._path and self._path.is_file() and self._path.stat().st_size <= LONGEST:
                return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Outcome])
        return {}

    def _write(self) -> None:
        if not self._path:
            return
        # By a name of its own: several processes may start at once.
        part = self._path.with_name(f".{FILE}.{os.getpid()}")
        with suppress(OSError, ValueError):
            try:
                part.write_bytes(msgspec.json.format(msgspec.json.encode(self._outcomes, order="sorted")))
                part.replace(self._path)
            finally:
                part.unlink(missing_ok=True)


def _known(candidate: Candidate) -> str:
    return f"{candidate.distribution} {candidate.version}"[:200]
