"""Threads that only one kind of work may use, so that it makes nothing else wait."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from lanzarote.errors import LanzaroteError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Busy(LanzaroteError):
    """A pool has no room for another call; nothing of the call was done."""

    written: tuple[tuple[str, str], ...] = ()
    """Fields of the form that was sent, to be shown to its writer again."""

    def __init__(self, seconds: int = 5) -> None:
        super().__init__(f"Too many people are sending something just now. Try again in {seconds} seconds.")
        self.seconds = seconds
        self.headers = {"Retry-After": str(seconds)}


class Pool:
    """At most *threads* calls at once and *waiting* calls behind them; the next one is refused at once.

    HASHES = Pool("hashes", threads=2, waiting=16)
    fits = await HASHES.run(partial(passwords.fits, password, kept))
    """

    def __init__(self, name: str, *, threads: int, waiting: int) -> None:
        self._workers = ThreadPoolExecutor(threads, f"lanzarote-{name}")
        self._room = threads + waiting
        self._held = 0
        self._lock = Lock()

    async def run(self, call: Callable[[], T]) -> T:
        """What *call* returns, computed in one of the pool's threads with the caller's context. Raises Busy.

        A call whose caller is cancelled while it waits is never begun.
        """
        with self._lock:
            if self._held >= self._room:
                raise Busy
            self._held += 1
        try:
            begun: Future[T] = self._workers.submit(copy_context().run, call)
        except BaseException:
            self._leave()
            raise
        begun.add_done_callback(self._leave)
        return await asyncio.wrap_future(begun)

    def _leave(self, _: Future[Any] | None = None) -> None:
        with self._lock:
            self._held -= 1
