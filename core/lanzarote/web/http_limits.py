"""HTTP connections with limits: on headers, on slow senders and readers, on how many there are at once.

uvicorn reads headers of any size and waits for half a request for ever. This is its protocol with bounds around it;
where there are too many connections, the one that has waited longest without a whole request makes room for the next.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lanzarote.web.headers import SECURITY_PAIRS

if TYPE_CHECKING:
    import asyncio
    from typing import ClassVar

LARGEST_HEAD: Final = 32 * 1024
"""Bytes of the request line and all headers."""
HEAD_WITHIN: Final = 10.0
"""Seconds for the whole head of a request."""
LEAST_BODY: Final = 1024
"""Bytes a second of a body, over each ``HEAD_WITHIN``."""
READ_WITHIN: Final = 60.0
"""Seconds in which a reader takes some of an answer that is larger than the buffers on its way."""
CLOSED_WITHIN: Final = 10.0
"""Seconds in which a reader takes the rest of an answer before its connection is broken off."""
MOST_CONNECTIONS: Final = 800
"""At once; fewer where the system lets a process open fewer than 1,024 files."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection."""

    most: ClassVar[int]
    waiting: ClassVar[dict[LimitedProtocol, None]]
    """Connections that have sent no whole request yet, the longest waiting first."""
    _head = 0
    """Bytes of the present head, as far as it was understood."""
    _taken = 0
    """Bytes that came since the head began, or since it was last looked whether enough comes."""
    _begun = _in_head = _held = _refused = False
    _deadline: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.waiting[self] = None
        self._deadline = self.loop.call_later(HEAD_WITHIN, self._too_slow)
        if len(self.connections) > self.most:
            next(iter(self.waiting)).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.waiting.pop(self, None)
        self._stop()
        if self._reading is not None:
            self._reading.cancel()
        super().connection_lost(exc)

    # What is sent

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._taken += len(data)
        super().data_received(data)
        if self not in self.waiting:
            self._stop()
        elif self._in_head and self._taken > LARGEST_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_WITHIN, self._too_slow)

    def on_message_begin(self) -> None:
        self._begun, self._in_head, self._head = True, True, 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._head += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head += len(name) + len(value)
        if self._head > LARGEST_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._taken = False, 0
        if not self._refused:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._refused:
            self._begun = False
            self.waiting.pop(self, None)
            super().on_message_complete()

    def on_response_complete(self) -> None:
        self._taken = 0
        self.waiting[self] = None
        super().on_response_complete()

    def _too_slow(self) -> None:
        """Look whether enough has come since the last time."""
        was_held, self._held = self._held, self._is_held
        if not self._begun:
            self._close()
        elif not self._in_head and (self._held or was_held or self._taken >= LEAST_BODY * HEAD_WITHIN):
            self._taken = 0
            self._deadline = self.loop.call_later(HEAD_WITHIN, self._too_slow)
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    @property
    def _is_held(self) -> bool:
        """Nothing is read just now, or the sender was not told yet that it may send: our own doing."""
        return self.flow.read_paused or (self.cycle is not None and self.cycle.waiting_for_100_continue)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: HTTPStatus) -> None:
        self._refused = True
        self._stop()
        if self.transport.is_closing():
            return
        cycle = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            body = f"{status.phrase}.\n".encode()
            lines = [f"HTTP/1.1 {status.value} {status.phrase}", "content-type: text/plain; charset=utf-8"]
            lines += [f"content-length: {len(body)}", "connection: close"]
            lines += [f"{name.decode()}: {value.decode()}" for name, value in SECURITY_PAIRS]
            self.transport.write("\r\n".join((*lines, "", "")).encode() + body)
        self._close()

    def send_400_response(self, msg: str) -> None:
        self._refuse(HTTPStatus.BAD_REQUEST)

    # What is answered

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reading = self.loop.call_later(READ_WITHIN, self.transport.abort)

    def resume_writing(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        self._close()

    def _close(self) -> None:
        """Close; what the other side does not take is not kept for ever."""
        if not self.transport.is_closing():
            self.transport.close()
            self.loop.call_later(CLOSED_WITHIN, self.transport.abort)


def limited() -> type[LimitedProtocol]:
    """The protocol of one server."""
    shared: dict[str, Any] = {"waiting": {}, "most": min(MOST_CONNECTIONS, _files() * 4 // 5)}
    return type("LimitedProtocol", (LimitedProtocol,), shared)


def _files() -> int:
    """How many files this process may open."""
    try:
        from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
    except ImportError:  # Windows
        return 1024
    soft, _ = getrlimit(RLIMIT_NOFILE)
    return 1024 if soft == RLIM_INFINITY else soft
