"""Threads that only one kind of work may use, so that it makes nothing else wait."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from typing import TYPE_CHECKING, ClassVar, TypeVar
from weakref import WeakValueDictionary

from lanzarote.errors import LanzaroteError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Busy(LanzaroteError):
    """A pool has no room for another call; nothing of the call was done."""

    why = "Too many people are sending something just now."
    written: tuple[tuple[str, str], ...] = ()
    """Fields of the form that was sent, to be shown to its writer again."""

    def __init__(self, seconds: int = 5) -> None:
        super().__init__(f"{self.why} Try again in {seconds} seconds.")
        self.seconds = seconds
        self.headers = {"Retry-After": str(seconds)}


class StillAtWork(Busy):
    """A pool has not finished the last call for the same person."""

    why = "Your last file is still being checked."


class Pool:
    """At most *threads* calls at once and *waiting* calls behind them; the next one is refused at once.

    HASHES = Pool("hashes", threads=2, waiting=16)
    fits = await HASHES.run(partial(passwords.fits, password, kept))
    """

    known: ClassVar[WeakValueDictionary[str, Pool]] = WeakValueDictionary()
    """Those of this process by name."""

    def __init__(self, name: str, *, threads: int, waiting: int) -> None:
        self.known[name] = self
        self._workers = ThreadPoolExecutor(threads, f"lanzarote-{name}")
        self.room = threads + waiting
        self.held = 0
        self.refused = 0
        self._people: set[str] = set()
        self._lock = Lock()

    async def run(self, call: Callable[[], T], *, person: str = "") -> T:
        """What *call* returns, computed in one of the pool's threads with the caller's context. Raises Busy.

        *person*: the pool takes one call at a time for each. A call whose caller is cancelled while it waits is never
        begun.
        """
        with self._lock:
            if person in self._people:
                self.refused += 1
                raise StillAtWork
            if self.held >= self.room:
                self.refused += 1
                raise Busy
            self.held += 1
            if person:
                self._people.add(person)
        try:
            begun: Future[T] = self._workers.submit(copy_context().run, call)
        except BaseException:
            self._leave(person)
            raise
        begun.add_done_callback(lambda _: self._leave(person))
        return await asyncio.wrap_future(begun)

    def _leave(self, person: str) -> None:
        with self._lock:
            self.held -= 1
            self._people.discard(person)
