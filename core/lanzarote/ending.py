"""Ends a process whose work is done, whatever packages left that would go on for ever."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final, NoReturn

from lanzarote.plugins.busy import REGISTERED, modules_in, modules_of, package_with
from lanzarote.plugins.interrupting import name_of, top_of
from lanzarote.plugins.makers import STARTED_BY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from multiprocessing.process import BaseProcess
    from threading import Thread

SECONDS: Final = 2.0
"""So long may go on what asked not to end with the program: enough to finish a file, too short to be missed."""
AT_THE_END: Final = 5.0
"""So long may take all that is registered to be done at the end (``atexit``)."""
NOBODY: Final = "a package, nobody knows which"
_WORKERS: Final = ("_threads_queues", "_threads_wakeups")
"""What modules of pools call the threads that they wait for."""


def watch(code: int) -> None:
    """End with *code* when something goes on for too long that Python waits for at its end.

    Python ends as ever; from when it begins to, its threads have their time, then what is to be done at the end.
    """
    begun = threading.Event()
    # Before Python waits for threads; as it is registered last, it is called first.
    getattr(threading, "_register_atexit", atexit.register)(begun.set)
    with suppress(RuntimeError):  # the system gives no more threads
        threading.Thread(target=_end_late, args=(begun, code), name="lanzarote-ending", daemon=True).start()


def _end_late(begun: threading.Event, code: int) -> None:
    begun.wait()
    try:
        at_end, threads = threading.main_thread(), _still_running()
        if threads and (children := _children()):  # a pool's thread waits for its processes
            _end_processes(children, at_end)
            threads = _still_running()
        if threads:
            _say(_told(f"ended without the thread {name_of(one)!r}", _whose(one, modules_of(one))) for one in threads)
            # Python would wait for ever before it does this itself.
            at_end = threading.Thread(target=atexit._run_exitfuncs, name="lanzarote-ending", daemon=True)
            at_end.start()
        if not _is_done(at_end, SECONDS) and (children := _children()):
            _end_processes(children, at_end)
        if not _is_done(at_end, AT_THE_END - SECONDS):
            _say([_told_at_the_end(at_end)])
    finally:
        _end(code)


def _is_done(thread: Thread, seconds: float) -> bool:
    """Whether it is within so many seconds. The main thread never is: with it this one ends, too."""
    if thread is threading.main_thread():
        time.sleep(seconds)
        return False
    thread.join(seconds)
    return not thread.is_alive()


def _still_running() -> list[Thread]:
    """Threads that Python still waits for when their time is up."""
    until = time.monotonic() + SECONDS
    while (left := _awaited()) and time.monotonic() < until:
        try:
            left[0].join(max(0.0, min(0.1, until - time.monotonic())))
        except RuntimeError:  # it is only being started
            time.sleep(0.01)
    return left


def _end_processes(children: Sequence[BaseProcess], at_end: Thread) -> None:
    awaited = "multiprocessing" in map(top_of, modules_in(at_end))  # otherwise its daemons hold nothing up
    blamed = [one for one in children if awaited or not one.daemon]
    _say(_told(f"ended the process {one.name!r}", _whose(one, modules_of(one))) for one in blamed)
    for child in children:
        child.terminate()
    for child in children:
        child.join(SECONDS / 4)
        child.kill()


def _told_at_the_end(at_end: Thread) -> str:
    """In whose code *at_end* is."""
    inner = takewhile(lambda one: top_of(one) != "lanzarote", modules_in(at_end))
    whose = _whose(None, inner)
    perhaps = " or ".join(known for module, known in _packages().items() if module in REGISTERED)
    if whose == NOBODY and perhaps:
        whose = f"a package, perhaps {perhaps},"
    return (
        f"lanzarote: ended although what {whose} registered for the end (atexit) was not done after {AT_THE_END:g} "
        "seconds. Install a version that is done sooner; or remove the package."
    )


def _end(code: int) -> NoReturn:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _say(lines: Iterable[str]) -> None:
    """All at once: the main thread may write meanwhile."""
    print("".join(f"{line}\n" for line in lines), end="", file=sys.stderr)


def _children() -> list[BaseProcess]:
    """Processes of ``multiprocessing``, for which Python waits."""
    known = sys.modules.get("multiprocessing.process")
    return known.active_children() if known else []


def _awaited() -> list[Thread]:
    """Those that Python waits for at its end; the workers of pools are among them even where they are daemons."""
    pooled = {id(one) for pools in _pools() for name in _WORKERS for one in getattr(pools, name, ())}
    own = {id(threading.current_thread()), id(threading.main_thread())}
    there = [one for one in threading.enumerate() if id(one) not in own]
    return [one for one in there if id(one) in pooled or not one.daemon]


def _pools() -> Iterator[Any]:
    """The modules of pools that are in use."""
    names = ("concurrent.futures.thread", "concurrent.futures.process")
    yield from filter(None, map(sys.modules.get, names))


def _told(what: str, whose: str) -> str:
    return (
        f"lanzarote: {what} of {whose}, which did not end within {SECONDS:g} seconds. Install a version that ends "
        "it, or starts it with daemon=True; or remove the package."
    )


def _whose(started: Thread | BaseProcess | None, modules: Iterable[str]) -> str:
    """By what it is made of; else by whom it was started."""
    packages, of = _packages(), list(modules)
    maker = STARTED_BY.get(started, "")
    for module in (*of, maker):
        beside = {known for one, known in packages.items() if top_of(one) == top_of(module)}
        if found := packages.get(package_with(module, packages)) or (beside.pop() if len(beside) == 1 else ""):
            return f"the package {found}"
    foreign = next((one for one in map(top_of, of) if one not in sys.stdlib_module_names and one != "__main__"), "")
    return f"the module {foreign}" if foreign else NOBODY


def _packages() -> dict[str, str]:
    """Module of an installed package → its distribution and version."""
    from lanzarote.plugins import installed

    return {one.module: " ".join(filter(None, (one.distribution or one.name, one.version))) for one in installed()}
