"""Who started a thread: Python does not remember, and the code in which it is may be anybody's.

So what starts threads is wrapped (``Thread.start`` and ``_thread.start_new_thread``): a thread that is started while a
package is imported or asked what it contributes, or in a thread of it, is that package's. Others are started as ever.
"""

from __future__ import annotations

import _thread
import os
import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")
STARTED_BY: Final[WeakKeyDictionary[object, str]] = WeakKeyDictionary()
"""Thread or process → what is imported of the package that started it, or that was starting then."""
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


def _maker() -> str:
    """The package at work in this thread, if any."""
    if package := getattr(_here, "package", ""):
        return str(package)
    # Not ``current_thread``: it makes one where C started it, and Python 3.11 keeps that for ever.
    thread = threading._active.get(threading.get_ident())  # type: ignore[attr-defined]
    return STARTED_BY.get(thread, "") if thread else ""


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
    if not (_maker() and callable(function) and isinstance(args, tuple)):
        return _start_raw(function, args, dict(kwargs or {}))
    thread = threading.Thread(target=function, args=args, kwargs=kwargs, daemon=True)
    thread.start()
    return thread.ident or 0


threading.Thread.start = _start_noted  # type: ignore[method-assign,assignment]
_thread.start_new_thread = _start_raw_noted
_thread.start_new = _start_raw_noted
os.register_at_fork(after_in_child=REFUSED.clear)  # nobody would take it back there
