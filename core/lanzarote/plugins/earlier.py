"""Who begins first: what comes with the platform; then who came back when it was started before; last, who did not.

So nobody who has been here for a while loses time to packages that come new and never come to an end.
"""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from lanzarote.plugins.candidates import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lanzarote.plugins.candidates import Candidate

FILE: Final = "packages-started.json"


class Outcome(Struct, frozen=True, kw_only=True):
    """How the last start of a package went."""

    of: str
    """Its distribution and version: of another one, nothing is known."""
    came_back: bool


class Earlier:
    """The last start of each package, in a file; one that cannot be read or written tells nothing."""

    def __init__(self, folder: Path | None = None) -> None:
        """*folder*: of data; without one, what this object was told of is all that is known."""
        self._path = folder / FILE if folder else None

    def turn(self, candidate: Candidate) -> int:
        """The lower, the sooner it begins."""
        if candidate.distribution in SHIPPED:
            return 0
        outcome = self._outcomes.get(candidate.name)
        if outcome is None or outcome.of != _known(candidate):
            return 2
        return 1 if outcome.came_back else 3

    def note(self, came_back: Iterable[tuple[Candidate, bool]]) -> None:
        """Remember of each candidate whether it came back; what comes with the platform begins first anyway."""
        others = ((one, back) for one, back in came_back if one.distribution not in SHIPPED)
        told = {one.name: Outcome(of=_known(one), came_back=back) for one, back in others}
        if told.items() <= self._outcomes.items():
            return
        self._outcomes.update(told)
        if self._path:
            # By a name of its own: several processes may start at once.
            new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            with suppress(OSError):
                new.write_bytes(msgspec.json.format(msgspec.json.encode(self._outcomes, order="sorted")))
                new.replace(self._path)

    @cached_property
    def _outcomes(self) -> dict[str, Outcome]:
        with suppress(OSError, msgspec.DecodeError, RecursionError):
            if self._path:
                return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Outcome])
        return {}


def _known(candidate: Candidate) -> str:
    return f"{candidate.distribution} {candidate.version}"
