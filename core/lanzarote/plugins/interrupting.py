"""Ends what threads do, at moments when others wait for nothing that they have.

An exception that is raised in a thread from outside comes at any line. Between the lines in which a module of Python
takes a lock and those in which it would give it back, that lock would be taken for ever: of logging, of all imports. So
no thread is asked while it is in code that may be about to take one.
"""

from __future__ import annotations

import _thread
import ctypes
import sys
import threading
from itertools import takewhile
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

OFTEN: Final = 0.005
"""Seconds between two looks at whether a thread may be asked to end."""
_LOCKS: Final = frozenset(
    map(id, (threading, _thread, _thread.allocate_lock, _thread.RLock, threading.RLock, threading.Condition))
)
_KINDS: Final = (_thread.LockType, _thread.RLock)
_IMPORTERS: Final = frozenset({"importlib", "_frozen_importlib", "_frozen_importlib_external"})
_IMPORTING: Final = frozenset(
    {
        "import_module", "_gcd_import", "_handle_fromlist", "_find_and_load", "_find_and_load_unlocked",
        "_load_unlocked", "exec_module", "_call_with_frames_removed",
    }
)  # fmt: skip
"""Where Python has no lock of all imports while it runs a module, only that of the module itself."""
_BEGINNING: Final = frozenset({"_bootstrap", "_bootstrap_inner", "run"})
"""Where every thread begins."""


def ask_to_end(thread: int | None, seconds: float = 0.0) -> bool:
    """Raise SystemExit in *thread* as soon as it runs Python code: one that spins would slow everything for good.

    Whether it was: for so many seconds, a moment is waited for in which that harms nobody.
    """
    until = monotonic() + seconds
    while not (done := _raise_in(thread, SystemExit, _may_end)) and monotonic() < until:
        sleep(OFTEN)
    return done


class _Held(SystemExit):
    """Made in the thread in which it is raised, which waits there until the program ends."""

    def __init__(self) -> None:
        threading.Event().wait()


def hold(thread: int | None) -> bool:
    """Let *thread* do nothing any more: it was asked to end, and caught that. Whether that could be."""
    return _raise_in(thread, _Held, _may_be_held)


def frames_of(thread: int | None) -> Iterator[FrameType]:
    """Where it is, the innermost first."""
    frame: FrameType | None = sys._current_frames().get(thread or 0)
    while frame:
        yield frame
        frame = frame.f_back


def module_of(frame: FrameType) -> str:
    """In whose code it is."""
    return str(frame.f_globals.get("__name__", ""))


def _may_end(thread: int | None) -> bool:
    """What it is in now would be left; whatever is around that gives back what it has. It is not just ending."""
    frames = [*frames_of(thread)]
    last = frames[:-2][-1:]  # without those with which every thread begins
    ends = any(_top(one) == "threading" and one.f_code.co_name not in _BEGINNING for one in last)
    return bool(frames) and not ends and not _may_lock(frames[0])


def _may_be_held(thread: int | None) -> bool:
    """Nothing that it is in would ever give back what it has."""
    of_package = [*takewhile(lambda one: _top(one) != "lanzarote", frames_of(thread))]
    return bool(of_package) and _may_end(thread) and not any(map(_has_lock, of_package))


def _has_lock(frame: FrameType) -> bool:
    name = frame.f_code.co_name
    harmless = _IMPORTING if (top := _top(frame)) in _IMPORTERS else _BEGINNING if top == "threading" else ()
    return name not in harmless and _may_lock(frame)


def _may_lock(frame: FrameType) -> bool:
    """Whether it is code of Python, or of the platform, that knows of locks."""
    if (top := _top(frame)) not in sys.stdlib_module_names and top != "lanzarote":
        return False
    there = (*frame.f_globals.values(),)  # at once: another may be added meanwhile
    return top in _IMPORTERS or any(id(one) in _LOCKS or isinstance(one, _KINDS) for one in there)


def _top(frame: FrameType) -> str:
    return module_of(frame).partition(".")[0]


def _raise_in(thread: int | None, error: type[BaseException], may: Callable[[int | None], bool]) -> bool:
    if thread is None or not may(thread):
        return False
    _set(thread, ctypes.py_object(error))
    # It may have gone on since it was looked at; from here to there it does not.
    if not may(thread):
        _set(thread, None)
        return False
    return True


def _set(thread: int, error: ctypes.py_object[type[BaseException]] | None) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)
