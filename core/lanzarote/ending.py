"""Ends a process whose work is done, also where a package has left threads that would go on for ever."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from threading import Thread
    from types import FrameType

SECONDS: Final = 2.0
"""So long threads may go on that asked not to end with the program: enough to finish a file, too short to be missed."""


def wait_for_threads(seconds: float = SECONDS) -> list[Thread]:
    """Those that are still running after *seconds* and for which Python would wait without end."""
    if not _awaited():
        return []
    _let_pools_end()
    until = time.monotonic() + seconds
    with suppress(KeyboardInterrupt):  # asked once more: now
        for thread in _awaited():
            thread.join(max(0.0, until - time.monotonic()))
    return _awaited()


def leave(threads: Iterable[Thread], code: int) -> NoReturn:
    """End with *code* as Python would, only that *threads* are not waited for: say whose they are."""
    try:
        print("\n".join(_told(threads)), file=sys.stderr)
        atexit._run_exitfuncs()  # logging is closed there, too
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def _awaited() -> list[Thread]:
    """Those that Python waits for at its end; the workers of pools are among them even where they are daemons."""
    pooled = set(getattr(sys.modules.get("concurrent.futures.thread"), "_threads_queues", ()))
    own = (threading.current_thread(), threading.main_thread())
    return [one for one in threading.enumerate() if one not in own and (one in pooled or not one.daemon)]


def _let_pools_end() -> None:
    """What Python does at its end: tell pools that there is nothing more to do. That too may wait for ever."""
    if pools := sys.modules.get("concurrent.futures.thread"):
        threading.Thread(target=pools._python_exit, name="lanzarote-ending", daemon=True).start()


def _told(threads: Iterable[Thread]) -> Iterator[str]:
    packages = _packages()
    for thread in threads:
        modules = list(_modules(thread))
        known = next((packages[one] for one in modules if one in packages), "")
        foreign = next((one for one in modules if one not in sys.stdlib_module_names), "")
        whose = (
            f"the package {known}" if known else f"the module {foreign}" if foreign else "a package, nobody knows which"
        )
        yield (
            f"lanzarote: ended without the thread {thread.name!r} of {whose}, which did not end within {SECONDS:g} "
            "seconds. Install a version that ends it, or starts it with daemon=True; or remove the package."
        )


def _packages() -> dict[str, str]:
    """Module of an installed package → its distribution and version."""
    from lanzarote.plugins import installed

    return {
        one.module.partition(".")[0]: " ".join(filter(None, (one.distribution or one.name, one.version)))
        for one in installed()
    }


def _modules(thread: Thread) -> Iterator[str]:
    """The top-level modules that *thread* is of: of its class, of what it was started with, of what it is in."""
    target = getattr(thread, "_target", None)
    for one in (type(thread), target, getattr(target, "func", None)):
        if module := getattr(one, "__module__", None):
            yield str(module).partition(".")[0]
    frame: FrameType | None = sys._current_frames().get(thread.ident or 0)
    while frame:
        yield str(frame.f_globals.get("__name__", "")).partition(".")[0]
        frame = frame.f_back
