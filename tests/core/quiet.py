"""A client of an application that does nothing but answer: no mail is sent, no list projected in the background."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from anyio.from_thread import start_blocking_portal
from litestar.testing import TestClient

if TYPE_CHECKING:
    from collections.abc import Generator

    from anyio.from_thread import BlockingPortal

_portals: list[BlockingPortal] = []
_running = ExitStack()


class QuietClient(TestClient[Any]):
    """Not to be entered: all of a process ask on one event loop.

    One for each request, as Litestar's client would have it, with threads and connections of its own, costs more than
    most answers.
    """

    def __init__(self, app: Any) -> None:
        super().__init__(app, base_url="http://lanzarote.test")

    @contextmanager
    def portal(self) -> Generator[BlockingPortal, None, None]:
        if not _portals:
            _portals.append(_running.enter_context(start_blocking_portal()))
        yield _portals[0]

    def __enter__(self) -> Any:
        raise TypeError("what works in the background needs Litestar's own client")


def stop() -> None:
    """End the event loop; the next client would begin another."""
    _portals.clear()
    _running.close()
