"""What is set for the whole process, and no package leaves otherwise than it was."""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import suppress
from typing import Self

from msgspec import Struct


class ProcessSettings(Struct, frozen=True, kw_only=True):
    """How deep calls may go, how often threads take turns, where relative paths begin, which warnings are errors."""

    recursion_limit: int
    switch_interval: float
    folder: str
    filters: tuple[object, ...]

    @classmethod
    def now(cls) -> Self:
        folder = ""
        with suppress(OSError):  # it may have been removed
            folder = os.getcwd()
        return cls(
            recursion_limit=sys.getrecursionlimit(),
            switch_interval=sys.getswitchinterval(),
            folder=folder,
            filters=tuple(warnings.filters),
        )

    def restore(self) -> None:
        """Set what was changed as it was. Filters that only hide warnings stay: libraries bring such with them."""
        # First, and by itself: with a low limit nothing else might work.
        sys.setrecursionlimit(self.recursion_limit)
        sys.setswitchinterval(self.switch_interval)
        with suppress(OSError):
            if self.folder and os.getcwd() != self.folder:
                os.chdir(self.folder)
        added = [one for one in warnings.filters if one not in self.filters]
        # With an empty one the next warning would fail.
        wrong = [one for one in added if not one or one[0] == "error"]
        if wrong:
            warnings.filters[:] = [one for one in warnings.filters if one not in wrong]  # type: ignore[index]
            getattr(warnings, "_filters_mutated", lambda: None)()  # what was decided by them is decided anew
