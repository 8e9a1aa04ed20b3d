"""What a process keeps: starts look for no garbage, since what is imported and wired stays for ever."""

from __future__ import annotations

import ctypes
import gc
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


_TRIM, _MMAP, _ARENAS = -1, -3, -8
"""M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_ARENA_MAX of glibc's malloc.h."""
_LARGE: Final = 128 * 1024


def give_back() -> None:
    """Let the C library give back what is free again, and keep one heap, not one for each thread.

    Left to itself it learns from a few large values to keep ever more: of a site that was asked 10,000 times, 10 MB.
    """
    with suppress(AttributeError, OSError):  # another C library
        for what, value in ((_TRIM, _LARGE), (_MMAP, _LARGE), (_ARENAS, 1)):
            ctypes.CDLL(None).mallopt(what, value)


@contextmanager
def uncollected() -> Iterator[None]:
    """What is made inside is never looked through again, neither now nor later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def paused() -> Iterator[None]:
    """What is made inside is looked through later, once."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
