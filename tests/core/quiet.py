"""A client of an application that does nothing but answer: no mail is sent, no list projected in the background."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from litestar.testing import TestClient

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


class _AtOnce(ThreadPoolExecutor):
    """Does what an application hands over to another thread, where it would only be waited for."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:
            done.set_exception(error)
        return done


class _Here:
    """Runs what a client asks for in the thread that asks, which has nothing else to do meanwhile."""

    def __init__(self) -> None:
        self._beside: ThreadPoolExecutor | None = None
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(_AtOnce())

    def call(self, function: Callable[..., Any], *given: Any) -> Any:
        async def run() -> Any:
            told = function(*given)
            return await told if isawaitable(told) else told

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self._loop.run_until_complete(run())
        if self._beside is None:  # the loop of a browser runs in this thread
            self._beside = ThreadPoolExecutor(1)
        return self._beside.submit(self._loop.run_until_complete, run()).result()

    def close(self) -> None:
        if self._beside is not None:
            self._beside.shutdown()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


_of_thread = threading.local()
_all: list[_Here] = []


class QuietClient(TestClient[Any]):
    """Not to be entered: all that ask in one thread do so on one event loop.

    One for each request, as Litestar's client would have it, with threads and connections of its own, costs more than
    most answers; and so does a thread beside this one, to which every question and every answer is handed over.
    """

    def __init__(self, app: Any) -> None:
        super().__init__(app, base_url="http://lanzarote.test")

    @contextmanager
    def portal(self) -> Generator[Any, None, None]:
        if not hasattr(_of_thread, "here"):
            _of_thread.here = _Here()
            _all.append(_of_thread.here)
        yield _of_thread.here

    def __enter__(self) -> Any:
        raise TypeError("what works in the background needs Litestar's own client")


def stop() -> None:
    """End the event loops, when nobody asks any more."""
    while _all:
        _all.pop().close()
