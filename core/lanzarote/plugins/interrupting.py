"""Ends what threads do, at moments when others wait for nothing that they have.

An exception that is raised in a thread from outside comes at any line. Between the lines in which a module of Python
takes a lock and those in which it would give it back, that lock would be taken for ever: of logging, of all imports. So
no thread is asked while it is in code that may be about to take one.
"""

from __future__ import annotations

import _thread
import ctypes
import gc
import logging
import sys
import threading
from contextlib import suppress
from itertools import dropwhile, takewhile
from types import FunctionType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType

PATIENT: Final = 5
"""So many times a thread is asked to end, which may catch that; then it is held."""
STRICT: Final = 20
"""So many looks are for a moment at which what is raised comes at once, and is heard."""
_LATER: Final = sys.version_info >= (3, 13)
"""What is raised may come a little later than where it was looked at: also in what is around that."""
_LOCKS: Final = frozenset(
    map(
        id,
        (
            threading, threading.Lock, threading.RLock, threading.Condition, threading.Event, threading.Semaphore,
            _thread, _thread.allocate_lock, _thread.LockType, _thread.RLock,
        ),
    )
)  # fmt: skip
"""What a module has at hand that takes locks; known by identity, as values of packages may compare in any way."""
_KINDS: Final = frozenset({_thread.LockType, _thread.RLock})
_SHARED: Final = frozenset(
    {"lanzarote", "litestar", "sqlalchemy", "anyio", "jinja2", "babel", "pluggy", "uvicorn", "psycopg"}
)
"""Packages whose locks the platform waits for, as it does for those of Python."""
_CALLING: Final = {
    "threading": {"_bootstrap", "_bootstrap_inner", "run"},
    "concurrent": {"_worker", "run"},
    "asyncio": {"run", "run_until_complete", "run_forever", "_run_once", "_run"},
    # While a module is run, of all imports only that of this one waits for another.
    "importlib": {
        "import_module", "_gcd_import", "_handle_fromlist", "_find_and_load", "_find_and_load_unlocked",
        "_load_unlocked", "exec_module", "_call_with_frames_removed",
    },
}  # fmt: skip
"""Functions of modules that know of locks, and have none while they call what a package gave them."""
_OWN: Final = {
    "threading": {"__enter__", "_acquire_restore", "wait", "wait_for", "set", "is_set", "clear", "acquire", "release"},
    "queue": {"get", "put", "get_nowait", "put_nowait", "qsize", "empty", "full", "task_done"},
    "concurrent": {"result", "exception", "done", "set_running_or_notify_cancel", "set_result", "set_exception"},
}
"""Functions of modules that know of locks, and take but those of an object that belongs to who calls them."""
_FREE: Final[Mapping[str, frozenset[str]]] = (
    {}
    if _LATER
    else {
        "logging": frozenset(
            {
                "emit",
                "format",
                "formatMessage",
                "formatTime",
                "getMessage",
                "makeRecord",
                "findCaller",
                "callHandlers",
                "_log",
            }
        )
    }
)
"""Functions of modules that know of locks, and take none: what is around them gives back what it has."""


class Ending:
    """Lets one thread end: it is asked to; who goes on although it was asked so often does nothing any more."""

    def __init__(self, thread: threading.Thread) -> None:
        self._thread = thread
        self._refused = 0
        self.asked = 0

    def again(self) -> bool:
        """Whether it was asked, or is held, now; otherwise others could wait for what it has at this moment."""
        if self.asked >= PATIENT and hold(self._thread):
            return True
        done = ask_to_end(self._thread, strictly=self._refused < STRICT)
        self.asked += done
        self._refused += not done
        return done


def ask_to_end(thread: threading.Thread, *, strictly: bool = True) -> bool:
    """Raise SystemExit in *thread* as soon as it runs Python code: one that spins would slow everything for good.

    Whether it was. *strictly*: only where that is heard, and nothing has a lock where it may come. Otherwise a lock may
    be lost of what is the package's own: who does nothing but wait for one, and look again, is hardly ever elsewhere.
    """
    return _raise_in(thread, SystemExit, _may_hear if strictly else _may_lose)


class _Held(SystemExit):
    """Made in the thread in which it is raised, which waits there until the program ends."""

    def __init__(self) -> None:
        threading.Event().wait()


def hold(thread: threading.Thread) -> bool:
    """Let *thread* do nothing any more: it was asked to end, and caught that. Whether that could be."""
    return _raise_in(thread, _Held, _may_wait)


def ident_of(thread: threading.Thread) -> int | None:
    """As Python knows it, whatever it or its class call so; None: it does not run."""
    known: dict[int, threading.Thread] = threading._active  # type: ignore[attr-defined]
    told = None
    with suppress(Exception):  # packages use the names of Python's own for other things
        told = thread._ident  # type: ignore[attr-defined]
    if type(told) is int and known.get(told) is thread:
        return told
    return next((ident for ident, one in [*known.items()] if one is thread), None)


def name_of(thread: threading.Thread) -> str:
    """As Python knows it."""
    with suppress(Exception):
        return str(threading.Thread.name.__get__(thread))  # type: ignore[attr-defined]
    return "?"


def runs(thread: threading.Thread) -> bool:
    """Whether it has begun, and not ended; of one that C started, Python may not know."""
    return ident_of(thread) is not None and not issubclass(type(thread), threading._DummyThread)


def frames_of(thread: threading.Thread) -> Iterator[FrameType]:
    """Where it is, the innermost first."""
    frame: FrameType | None = sys._current_frames().get(ident_of(thread) or 0)
    while frame:
        yield frame
        frame = frame.f_back


def module_of(frame: FrameType) -> str:
    """In whose code it is."""
    return str(frame.f_globals.get("__name__", ""))


def top_of(module: str) -> str:
    return module.partition(".")[0]


def _may_leave(thread: threading.Thread) -> bool:
    """What it is in now would be left; whatever is around that gives back what it has. It is not just ending."""
    frames = [*frames_of(thread)]
    return bool(frames) and not _is_ending(frames) and not _may_lock(frames[0])


def _may_hear(thread: threading.Thread) -> bool:
    """It is not at a collection of garbage: what is raised in what is told of those is thrown away."""
    told = {one.__code__ for one in gc.callbacks if isinstance(one, FunctionType)}
    may = _may_end if _LATER else _may_leave
    return may(thread) and not any(one.f_code in told for one in frames_of(thread))


def _may_lose(thread: threading.Thread) -> bool:
    """As ``_may_leave``; or it is about to take a lock that only the package can wait for."""
    frames = [*frames_of(thread)]
    around = [*dropwhile(_takes_own, frames)]
    if len(around) == len(frames) or not around:
        return _may_leave(thread)
    # Whose it is says who calls: Python that begins a thread, or for which a worker waits; what is shared; the package.
    shared = top_of(module_of(around[0])) in _SHARED or _may_lock(around[0])
    return not shared and not _is_ending(frames)


def _may_end(thread: threading.Thread) -> bool:
    """Nothing that it is in has what others wait for."""
    inner = _inner(thread)
    return bool(inner) and _may_leave(thread) and not any(map(_has_lock, inner))


def _may_wait(thread: threading.Thread) -> bool:
    """As ``_may_end``, but for what is the package's own."""
    inner = _inner(thread)
    return bool(inner) and _may_lose(thread) and not any(_has_lock(one) and not _takes_own(one) for one in inner)


def _inner(thread: threading.Thread) -> list[FrameType]:
    """What it is in, without what is of the platform around that."""
    return [*takewhile(lambda one: top_of(module_of(one)) != "lanzarote", frames_of(thread))]


def _has_lock(frame: FrameType) -> bool:
    return _may_lock(frame) and not _only_calls(frame)


def _takes_own(frame: FrameType) -> bool:
    top = top_of(module_of(frame))
    return frame.f_code.co_name in _OWN.get(top, ()) and not (top == "queue" and _logs_into_queue())


def _logs_into_queue() -> bool:
    """Whether the queue of a package may be one that everybody waits for who writes to the log."""
    kind = getattr(sys.modules.get("logging.handlers"), "QueueHandler", ())
    return any(issubclass(type(known()), kind) for known in [*logging._handlerList])  # type: ignore[attr-defined]


def _is_ending(frames: Sequence[FrameType]) -> bool:
    """Whether Python tells what a thread raised, or forgets it: two functions are around all that every thread does."""
    own = frames[:-2]
    return bool(own) and top_of(module_of(own[-1])) == "threading" and not _only_calls(own[-1])


def _only_calls(frame: FrameType) -> bool:
    return frame.f_code.co_name in _CALLING.get(top_of(module_of(frame)), ())


def _may_lock(frame: FrameType) -> bool:
    """Whether it is code of Python, or of what the platform shares with packages, that knows of locks."""
    top = top_of(module_of(frame))
    if (top not in sys.stdlib_module_names and top not in _SHARED) or frame.f_code.co_name in _FREE.get(top, ()):
        return False
    there = (*frame.f_globals.values(),)  # at once: another may be added meanwhile
    return any(id(one) in _LOCKS or type(one) in _KINDS for one in there)


def _raise_in(thread: threading.Thread, error: type[BaseException], may: Callable[[threading.Thread], bool]) -> bool:
    if not (runs(thread) and may(thread)):
        return False
    ident = ident_of(thread) or 0
    _set(ident, ctypes.py_object(error))
    # It may have gone on between the look and that; it does not between that and another look.
    if runs(thread) and may(thread):
        return True
    _set(ident, None)
    return False


def _set(ident: int, error: ctypes.py_object[type[BaseException]] | None) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), error)
