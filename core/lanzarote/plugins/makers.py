"""Who started a thread: Python does not remember, and the code in which it is may be anybody's.

So what starts threads is wrapped (``Thread.start`` and ``_thread.start_new_thread``): a thread that is started in the
import or a hook of a package, or in a thread of it, is that package's. Everybody else's are started as ever.
"""

from __future__ import annotations

import _thread
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

STARTED_BY: Final[WeakKeyDictionary[object, str]] = WeakKeyDictionary()
"""Thread or process → top-level module of the package that started it, or that was starting then."""
REFUSED: Final[set[str]] = set()
"""Top-level modules of packages that may start no thread for now, as theirs computed without end."""

_here = threading.local()
_start: Final = threading.Thread.start
_start_raw: Final = _thread.start_new_thread


@contextmanager
def making(package: str) -> Iterator[None]:
    """What is started in this thread meanwhile is of *package*, a top-level module."""
    _here.package = package
    try:
        yield
    finally:
        _here.package = ""


def _maker() -> str:
    """The package at work in this thread, if any."""
    return getattr(_here, "package", "") or STARTED_BY.get(threading.current_thread(), "")


def _start_noted(thread: threading.Thread) -> None:
    if package := _maker():
        if package in REFUSED:
            raise RuntimeError("can't start new thread")  # as Python says it
        STARTED_BY[thread] = package
    _start(thread)


def _start_raw_noted(
    function: Callable[..., object], args: tuple[Any, ...], kwargs: Mapping[str, Any] | None = None, /
) -> int:
    """As a thread that can be found, which those that it starts by itself cannot."""
    if not _maker():
        return _start_raw(function, args, dict(kwargs or {}))
    thread = threading.Thread(target=function, args=args, kwargs=kwargs, daemon=True)
    thread.start()
    return thread.ident or 0


threading.Thread.start = _start_noted  # type: ignore[method-assign,assignment]
_thread.start_new_thread = _start_raw_noted
