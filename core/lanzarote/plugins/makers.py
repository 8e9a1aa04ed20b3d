"""Who started a thread: Python does not remember, and the code in which it is may be anybody's.

So what starts threads is wrapped (``Thread.start`` and ``_thread.start_new_thread``): a thread that is started while a
package is imported or asked what it contributes, or in a thread of it, is that package's. Others are started as ever.
"""

from __future__ import annotations

import _thread
import os
import threading
import time
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from weakref import ref

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")
D = TypeVar("D")


class Known(Generic[T]):
    """What is known of objects while there are any. Each is itself only: packages may compare theirs in any way."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[ref[object], T]] = {}

    def note(self, one: object, value: T) -> None:
        key = id(one)
        self._known[key] = ref(one, lambda _gone: self._known.pop(key, None)), value

    def get(self, one: object, otherwise: D) -> T | D:
        known = self._known.get(id(one))
        return known[1] if known and known[0]() is one else otherwise

    def __contains__(self, one: object) -> bool:
        return self.get(one, None) is not None


STARTED_BY: Final[Known[str]] = Known()
"""Thread or process → what is imported of the package that started it, or that was starting then."""
WANTED: Final[Known[bool]] = Known()
"""Threads that were started for what the platform asked of a package that had started."""
ASKED: Final[dict[object, tuple[str, float]]] = {}
"""What is being asked of packages that have started → what is imported of each, until when it is waited for."""
REFUSED: Final[set[str]] = set()
"""Modules of packages that may start no thread for now, as theirs computed without end."""

_here = threading.local()
_start: Final = threading.Thread.start
_start_raw: Final = _thread.start_new_thread


def made_by(package: str, do: Callable[[], T]) -> T:
    """What *do* returns; what it starts in this thread is of *package*, known by what is imported of it."""
    before, _here.package = getattr(_here, "package", ""), package
    try:
        return do()
    finally:
        _here.package = before


def asked_of(package: str, do: Callable[[], T], seconds: float) -> T:
    """As ``made_by``, when *package* has started: what it does then, for so long, the platform wants of it."""
    asked = object()
    ASKED[asked] = package, time.monotonic() + seconds
    before, _here.wanted = getattr(_here, "wanted", False), True
    try:
        return made_by(package, do)
    finally:
        _here.wanted = before
        del ASKED[asked]


def _maker() -> tuple[str, bool]:
    """The package at work in this thread, if any; whether the platform wants that of it."""
    if package := getattr(_here, "package", ""):
        return str(package), getattr(_here, "wanted", False)
    # Not ``current_thread``: it makes one where C started it, and Python 3.11 keeps that for ever.
    thread = threading._active.get(threading.get_ident())  # type: ignore[attr-defined]
    return STARTED_BY.get(thread, ""), thread in WANTED


def _start_noted(thread: threading.Thread) -> None:
    package, wanted = _maker()
    if package in REFUSED:
        raise RuntimeError("can't start new thread")  # as Python says it
    if package:
        STARTED_BY.note(thread, package)
    if wanted:
        WANTED.note(thread, wanted)
    _start(thread)


def _start_raw_noted(
    function: Callable[..., object], args: tuple[Any, ...], kwargs: Mapping[str, Any] | None = None, /
) -> int:
    """As a thread that can be found, which those that it starts by itself cannot."""
    if not (_maker()[0] and callable(function) and isinstance(args, tuple)):
        return _start_raw(function, args, dict(kwargs or {}))
    thread = threading.Thread(target=function, args=args, kwargs=kwargs, daemon=True)
    thread.start()
    return thread.ident or 0


threading.Thread.start = _start_noted  # type: ignore[method-assign,assignment]
_thread.start_new_thread = _start_raw_noted
_thread.start_new = _start_raw_noted
os.register_at_fork(after_in_child=REFUSED.clear)  # nobody would take it back there
