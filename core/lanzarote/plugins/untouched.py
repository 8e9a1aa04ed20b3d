"""What is set for the whole process, and no package leaves otherwise than it was."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOBase
from typing import Any, Self, TextIO, cast

from msgspec import Struct


class ProcessSettings(Struct, frozen=True, kw_only=True):
    """How deep calls may go, how often threads take turns, where relative paths begin, which warnings are errors.

    And how large the stacks of new threads are, and who watches what these do.
    """

    recursion_limit: int
    switch_interval: float
    folder: str
    filters: tuple[object, ...]
    stack_size: int
    trace: Any
    profile: Any

    @classmethod
    def now(cls) -> Self:
        folder, stack_size = "", threading.stack_size()
        threading.stack_size(stack_size)  # to ask for it sets it to the usual one
        with suppress(OSError):  # it may have been removed
            folder = os.getcwd()
        return cls(
            recursion_limit=sys.getrecursionlimit(),
            switch_interval=sys.getswitchinterval(),
            folder=folder,
            filters=tuple(warnings.filters),
            stack_size=stack_size,
            trace=threading.gettrace(),
            profile=threading.getprofile(),
        )

    def restore(self) -> None:
        """Set what was changed as it was. Filters that only hide warnings stay: libraries bring such with them."""
        # First, and by itself: with a low limit nothing else might work.
        sys.setrecursionlimit(self.recursion_limit)
        sys.setswitchinterval(self.switch_interval)
        threading.stack_size(self.stack_size)
        threading.settrace(self.trace)
        threading.setprofile(self.profile)
        with suppress(OSError):
            if self.folder and os.getcwd() != self.folder:
                os.chdir(self.folder)
        added = [one for one in warnings.filters if one not in self.filters]
        # With an empty one the next warning would fail.
        wrong = [one for one in added if not one or one[0] == "error"]
        if wrong:
            warnings.filters[:] = [one for one in warnings.filters if one not in wrong]  # type: ignore[index]
            getattr(warnings, "_filters_mutated", lambda: None)()  # what was decided by them is decided anew


_REPLACED: list[TextIO] = []
"""What packages put in place of standard output and errors; kept, as what wraps these closes them when it goes."""


class _Aside(TextIOBase):
    """Standard output for a while: what is printed goes to standard error.

    Who has put something else in its place meanwhile may put this back later: then it is what was there before.
    """

    def __init__(self, output: TextIO, errors: TextIO) -> None:
        self._output, self._errors = output, errors
        self.over = False

    @property
    def _now(self) -> TextIO:
        return self._output if self.over and sys.stdout is cast(TextIO, self) else self._errors

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._now, name)

    def write(self, text: str) -> int:
        return self._now.write(text)

    def flush(self) -> None:
        self._now.flush()

    def close(self) -> None:
        """It is not a package's to close."""

    def fileno(self) -> int:
        return self._now.fileno()

    def isatty(self) -> bool:
        return self._now.isatty()

    def writable(self) -> bool:
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._now.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self._now.errors


@contextmanager
def printing_aside() -> Iterator[None]:
    """What is printed goes to standard error. Both are afterwards what they were, whoever has not come back by then."""
    output, errors = sys.stdout, sys.stderr
    aside = _Aside(output, errors) if output is not None and errors is not None else None  # a service may have neither
    there = sys.stdout = cast(TextIO, aside)
    try:
        yield
    finally:
        if aside:
            aside.over = True
        _REPLACED.extend(one for one in (sys.stdout, sys.stderr) if id(one) not in {id(there), id(output), id(errors)})
        sys.stdout, sys.stderr = output, errors


@contextmanager
def unwatched() -> Iterator[None]:
    """Who watches what this thread does is the same afterwards."""
    trace, profile = sys.gettrace(), sys.getprofile()
    try:
        yield
    finally:
        if sys.gettrace() is not trace:
            sys.settrace(trace)
        if sys.getprofile() is not profile:
            sys.setprofile(profile)
