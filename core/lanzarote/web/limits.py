"""Limits: on connections, slow senders and large bodies, on how often somebody sends, on threads."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar, copy_context
from functools import partial
from hashlib import blake2b
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar
from weakref import WeakValueDictionary

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lanzarote.errors import LanzaroteError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Asgi = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


# --- Headers of every answer: nothing from elsewhere, nothing inline; where a reader goes on does not learn of us ---

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY_PAIRS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), interest-cohort=()"),
]
HSTS = (b"strict-transport-security", b"max-age=31536000")
"""Where the public reaches the site by https; of other names of the domain nothing is said."""


# --- HTTP connections with limits: on headers, on slow senders and readers, on how many there are at once ---
# uvicorn reads headers of any size and waits for half a request for ever. This is its protocol with bounds around it;
# where there are too many connections, the one that has waited longest without a whole request makes room for the next.

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


# --- Whoever sends too much is heard out before they are answered, as far as that is bounded ---
# A server that answers and closes while the other side is still sending breaks the connection, and nobody reads why.

MOST_BYTES = 32 * 1024 * 1024
LONGEST = 10.0
"""Seconds."""


async def heard_out(app: Asgi, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Let *app* answer; what it did not read of the request is thrown away before the answer is sent."""
    # Who asks first whether to go on has not sent anything, and need not.
    asks_first = any(name == b"expect" for name, _ in scope["headers"])
    begun, ended = not asks_first, False

    async def read() -> Message:
        nonlocal begun, ended
        begun = True
        message = await receive()
        ended = not message.get("more_body")
        return message

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start" and begun and not ended:
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST):
                    taken = 0
                    while not ended and taken <= MOST_BYTES:
                        taken += len((await read()).get("body", b""))
        await send(message)

    await app(scope, read, answer)


# --- Threads in which each sender has its turn, and pools of them, so that no work makes another kind wait ---

T = TypeVar("T")
SENDER: ContextVar[str] = ContextVar("sender", default="")
"""For whom something is done: the account of who is signed in, otherwise an address; empty: for the site itself."""
MOST_WAITING: Final = 64
"""Calls of one sender, where a pool says nothing else. An institution's readers come from one address."""


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


class TooManyWaiting(Busy):
    """As many calls of one sender wait as may."""

    why = "Too many requests from your connection are waiting to be answered."


class Turns(ThreadPoolExecutor):
    """Threads in which no sender stops another, however much one sends.

    Half of the threads at most work for one sender. Next comes the sender for whom least time was spent: who comes
    anew does not wait for those whose work is long. Beyond *waiting* calls a sender's next one raises TooManyWaiting.
    """

    def __init__(self, name: str, *, threads: int, waiting: int = MOST_WAITING) -> None:
        super().__init__(threads, f"lanzarote-{name}")
        self._at_once, self._waiting = max(1, threads // 2), waiting
        self._lines: dict[str, deque[tuple[Future[Any], Callable[[], Any]]]] = {}
        """Sender → calls that wait; none is empty."""
        self._at_work: Counter[str] = Counter()
        self._spent: dict[str, float] = {}
        """Seconds up to which a sender was served; who was not here for a while is where the others are."""
        self._served = 0.0
        """Where the sender was who came last."""
        self._turn = Lock()

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        sender, wanted = SENDER.get(), Future[Any]()
        with self._turn:
            line = self._lines.get(sender, ())
            if sender and len(line) >= self._waiting and sum(not one.done() for one, _ in line) >= self._waiting:
                raise TooManyWaiting
            super().submit(self._work)
            self._lines.setdefault(sender, deque()).append((wanted, partial(call, *args, **kwargs)))
        return wanted

    def make_room(self, sender: str) -> None:
        """Whoever has most calls waiting gives up the last, if that are more than those of *sender*."""
        with self._turn:
            longest = max((one for one in self._lines if one), key=lambda one: len(self._lines[one]), default=sender)
            if longest == sender or len(self._lines[longest]) <= len(self._lines.get(sender, ())):
                return
            last, _ = self._lines[longest].pop()
            if not self._lines[longest]:
                del self._lines[longest]
        if last.set_running_or_notify_cancel():
            last.set_exception(Busy())

    def _work(self) -> None:
        """Make calls until none may begin; one whose sender has as many at work as may follows one of those."""
        while found := self._next():
            sender, wanted, call, served = found
            begun = time.monotonic()
            try:
                if wanted.set_running_or_notify_cancel():
                    wanted.set_result(call())
            except BaseException as error:
                wanted.set_exception(error)
            finally:
                del wanted, call, found
                self._end(sender, served, time.monotonic() - begun)

    def _next(self) -> tuple[str, Future[Any], Callable[[], Any], float] | None:
        with self._turn:
            ready = [one for one in self._lines if not one or self._at_work[one] < self._at_once]
            if not ready:
                return None
            sender = min(ready, key=self._place)
            served = self._served = self._place(sender)
            wanted, call = self._lines[sender].popleft()
            if not self._lines[sender]:
                del self._lines[sender]
            self._at_work[sender] += 1
            return sender, wanted, call, served

    def _place(self, sender: str) -> float:
        return max(self._served, self._spent.get(sender, 0.0))

    def _end(self, sender: str, served: float, seconds: float) -> None:
        with self._turn:
            self._at_work[sender] -= 1
            if not self._at_work[sender]:
                del self._at_work[sender]
            self._spent[sender] = max(served, self._spent.get(sender, 0.0)) + seconds
            if len(self._spent) > MOST_SENDERS:
                self._spent = {one: spent for one, spent in self._spent.items() if spent > self._served}


class Pool:
    """At most *threads* calls at once and *waiting* calls behind them, half of those for one sender.

    The next one is refused at once, unless somebody else has more calls waiting.

    HASHES = Pool("hashes", threads=2, waiting=16)
    fits = await HASHES.run(partial(passwords.fits, password, kept))
    """

    known: ClassVar[WeakValueDictionary[str, Pool]] = WeakValueDictionary()
    """Those of this process by name."""

    def __init__(self, name: str, *, threads: int, waiting: int) -> None:
        self.known[name] = self
        self._workers = Turns(name, threads=threads, waiting=max(1, waiting // 2))
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
        if self.held >= self.room:
            self._workers.make_room(SENDER.get())
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
        except BaseException as error:
            self._leave(person, error)
            raise
        begun.add_done_callback(lambda done: self._leave(person, None if done.cancelled() else done.exception()))
        return await asyncio.wrap_future(begun)

    def _leave(self, person: str, error: BaseException | None) -> None:
        with self._lock:
            self.held -= 1
            self.refused += isinstance(error, Busy)
            self._people.discard(person)


# --- How often one sender may send something to a public form, whatever becomes of it ---
# Counted in memory only, under a hash whose key lives and dies with the process: nothing of it is stored or logged.

MOST: Final = 60
WITHIN: Final = 600.0
"""Seconds. An institution sends from one address: so many people may answer it at once."""
MOST_SENDERS: Final = 10_000
"""Who has not been here for longest is forgotten beyond that: newcomers never wait for others."""


def sender_of(scope: Mapping[str, Any]) -> str:
    """Whose attempts a request counts as: its address, or the /64 that an IPv6 address is in, which is one sender's.

    >>> sender_of({"client": ("2001:db8:77::1", 443)}), sender_of({"client": ("::ffff:192.0.2.1", 443)})
    ('2001:db8:77::', '192.0.2.1')
    """
    client = scope.get("client")
    given = str(client[0]) if client else ""
    try:
        address = ip_address(given)
    except ValueError:
        return given
    if not isinstance(address, IPv6Address):
        return given
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


class RateLimit:
    """At most *most* attempts of a sender *within* so many seconds, counted from the first."""

    def __init__(self, most: int = MOST, within: float = WITHIN) -> None:
        self._most, self._within = most, within
        self._key = secrets.token_bytes(32)
        self._counted: dict[bytes, tuple[float, int]] = {}
        """Hash of a sender → when counting began, how many attempts; who was here last comes last."""
        self._lock = Lock()

    def wait(self, sender: str, *, at: float | None = None) -> int:
        """Count an attempt of *sender*; seconds to wait if it is one too many, otherwise 0."""
        moment = time.monotonic() if at is None else at
        hashed = self._hash(sender)
        with self._lock:
            begun, count = self._counted.pop(hashed, (moment, 0))
            if moment - begun >= self._within:
                begun, count = moment, 0
            self._counted[hashed] = begun, count + 1
            if len(self._counted) > MOST_SENDERS:
                del self._counted[next(iter(self._counted))]
            return ceil(begun + self._within - moment) if count >= self._most else 0

    def floods(self, sender: str) -> bool:
        """Whether *sender* goes on and on although told to wait."""
        return self._counted.get(self._hash(sender), (0.0, 0))[1] > 2 * self._most

    def _hash(self, sender: str) -> bytes:
        return blake2b(sender.encode(), key=self._key, digest_size=16).digest()
