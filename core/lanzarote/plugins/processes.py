"""The processes of packages, as the site has them: started, asked with a time limit, ended. It imports no package."""

from __future__ import annotations

import atexit
import logging
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from lanzarote.plugins.hooks import place_in
from lanzarote.plugins.packages import RETRY, CallFailed
from lanzarote.plugins.worker import ORDER, Answer, Channel, Probed
from lanzarote.runtime.reading import work_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lanzarote.plugins.packages import Package

T = TypeVar("T")
log = logging.getLogger("lanzarote.packages")
STARTING: Final = 10.0
"""Seconds that a package has for its import and its contributions, and we to see where it hangs."""
OWN: Final = 0.95
"""The part of them that is the package's."""
AT_ONCE: Final = 128
"""Packages that start at the same time."""
TRACING: Final = 0.2
"""Seconds after which a process that was asked where it is will not tell."""
SILENCE: Final = 0.05
"""Seconds after which it has told everything."""
MOST_OF_ONE: Final = 4
"""Processes of one package: so many calls of it run at once, and the others wait."""
MOST_IDLE: Final = 12
"""Processes that are kept for the next call; the one that was not asked for longest ends first."""
LARGEST_ANSWER: Final = 256 << 20
"""Bytes that a package may answer."""
KEPT_MEMORY: Final = 256 << 10
"""Kilobytes: a process that has needed more is not kept."""
SECRET: Final = frozenset(f"LANZAROTE_{name}{of}" for name in ("DATABASE_URL", "SMTP") for of in ("", "_FILE"))
"""Settings that no package has a use for."""
AVAILABLE: Final = hasattr(os, "fork") and hasattr(socket, "send_fds")
"""Whether this system can fork; where it cannot, packages run in the process of the site."""


class TookTooLong(CallFailed):
    """It did not answer in time; its process was ended."""


class Died(CallFailed):
    """Its process ended before it answered."""


class Template:
    """The process that all processes of packages are forks of."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._alone = threading.Lock()
        self._control, theirs = socket.socketpair()
        self._control.settimeout(STARTING)
        with theirs:
            code = f"from lanzarote.plugins.worker import start_and_reap; start_and_reap({theirs.fileno()})"
            words = (sys.executable, "-c", code)
            # From the start: what a process was started with can be read as long as it runs.
            environ = {**_environ(), "PYTHONPATH": os.pathsep.join(_paths())}
            self._process = subprocess.Popen(words, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environ)

    def is_ours(self) -> bool:
        """Whether it runs, and for this process: after a fork, both would ask the same one."""
        return self._pid == os.getpid() and self._process.poll() is None

    def start(self, sock: socket.socket, traces: socket.socket) -> int:
        """The number of a new process, which talks over *sock* and writes to *traces* where it hangs or crashed.

        0 where a package ended this one.
        """
        return self._ordered(b"S", 0, sock.fileno(), traces.fileno())

    def reap(self, pid: int) -> int:
        """How the process, which was ended, ended; as ``os.wait`` has it."""
        return self._ordered(b"R", pid)

    def close(self) -> None:
        self._control.close()  # it ends all that it started, and itself
        self._process.wait()

    def _ordered(self, kind: bytes, number: int, *handles: int) -> int:
        with self._alone:
            try:
                socket.send_fds(self._control, [ORDER.pack(kind, number)], handles)
                return int(ORDER.unpack(self._control.recv(ORDER.size, socket.MSG_WAITALL))[1])
            except (OSError, struct.error):
                self._process.kill()
                self.close()
                return 0


class Worker:
    """One process of a package."""

    def __init__(self, template: Callable[[], Template], owner: Any, package: Package) -> None:
        """*owner*: the same for all processes that can answer the same calls."""
        self.owner = owner
        self._package = package
        self._until = time.monotonic() + STARTING * OWN
        self._step = ""
        self._peak = 0
        self._busy = True
        self._ended: int | None = None
        ours, theirs = socket.socketpair()
        self._traces, traces = socket.socketpair()
        self._channel = Channel(ours)
        with theirs, traces:
            for _ in range(3):
                self._template = template()
                if pid := self._template.start(theirs, traces):
                    break
        self._pid = pid

    def probe(self) -> Probed:
        """Import the package and ask what it contributes; what came of it, whatever came of it."""
        try:
            self.ask(pickle.dumps((self._package, _paths(), _environ(), self.owner is None)), self._until)
            probed = self._answered(STARTING, Probed)
        except CallFailed as error:
            return Probed(package=self._package.blamed(f"does not start: {error}", RETRY))
        self._step = ""
        return probed

    def ask(self, request: bytes, until: float) -> None:
        """Send what ``answer`` waits for, until then; it tells of what cannot be sent."""
        self._until, self._busy = until, True
        with suppress(OSError):
            self._channel.sock.settimeout(self._left())
            self._channel.send(b"Q", request)

    def answer(self, seconds: float) -> bytes:
        """The encoded answer. Raises CallFailed; TookTooLong and Died when the process is gone."""
        answer = self._answered(seconds, Answer)
        self._peak = answer.peak
        return answer.unwrapped()

    def is_sound(self) -> bool:
        """Whether it can be asked again."""
        return not self._busy and self._peak <= KEPT_MEMORY

    def end(self) -> int:
        """End the process and what it started; how it ended."""
        if self._ended is None:
            self.leave()
            for end in (os.killpg, os.kill):
                with suppress(OSError):
                    end(self._pid, signal.SIGKILL)
            self._ended = self._template.reap(self._pid)
        return self._ended

    def leave(self) -> None:
        """Ask it nothing more; it ends by itself, if it can."""
        self._channel.sock.close()
        self._traces.close()

    def _left(self) -> float:
        return max(0.001, self._until - time.monotonic())

    def _answered(self, seconds: float, kind: type[T]) -> T:
        try:
            while True:
                self._channel.sock.settimeout(self._left())
                what, data = self._channel.receive(LARGEST_ANSWER)
                if what == b"A":
                    work_out(kind)
                    answer = msgspec.msgpack.decode(data, type=kind)
                    self._busy = False
                    return answer
                if what == b"S":
                    self._step = data.decode(errors="replace")
                else:
                    log.warning("%s: %s", self._package.name, data.decode(errors="replace"))
        except TimeoutError:
            with suppress(OSError):
                os.kill(self._pid, signal.SIGUSR1)  # what it runs may hold the interpreter
            told = f"{self._step} did not come back" if self._step else "it did not answer"
            raise TookTooLong(f"{told} within {seconds:g} seconds{self._place()}") from None
        except ValueError as error:  # MsgspecError is one
            raise Died(f"it answered what nobody understands: {error}") from None
        except (OSError, EOFError):
            place = self._place()
            raise Died(f"{self._how_it_ended()}{f' during {self._step}' if self._step else ''}{place}") from None

    def _how_it_ended(self) -> str:
        time.sleep(SILENCE)  # it may have closed everything, and be about to end
        code = os.waitstatus_to_exitcode(self.end())
        if code == -signal.SIGXCPU:
            return "it computed although nothing was asked of it"
        if code < 0:
            return f"its process was ended by {signal.Signals(-code).name}"
        return f"its process ended (exit code {code})"

    def _place(self) -> str:
        """In which line of the package it is, or was as it crashed."""
        trace = b""
        self._traces.settimeout(TRACING)
        with suppress(OSError):
            while data := self._traces.recv(1 << 16):
                trace += data
                self._traces.settimeout(SILENCE)
        return place_in(trace.decode(errors="replace"), self._package.module)


class Workers:
    """All processes of packages that this one has; what hosts share them."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._template: Template | None = None
        self._idle: list[Worker] = []
        self._rooms: dict[Any, threading.Semaphore] = {}
        """Owner → how many more processes it may have at work."""
        atexit.register(self.close)

    def probe(self, packages: Iterable[Package]) -> list[Probed]:
        """Import packages, each in a process that ends afterwards, and ask what they contribute."""
        with ThreadPoolExecutor(AT_ONCE, "lanzarote-probe") as pool:
            return list(pool.map(self._probe, packages))

    def ask(self, key: str, package: Package, request: bytes, seconds: float) -> Callable[[], bytes]:
        """Ask a package; what is returned waits for the encoded answer, and raises CallFailed.

        *key*: changes when the package does. One that has no idle process is asked when its answer is waited for.
        """
        owner = key, *sorted(item for item in os.environ.items() if item[0].startswith("LANZAROTE_"))
        room = self._rooms.setdefault(owner, threading.Semaphore(MOST_OF_ONE))
        has_room = room.acquire(blocking=False)
        worker = self._take(owner) if has_room else None
        if worker:
            worker.ask(request, time.monotonic() + seconds)

        def answer() -> bytes:
            nonlocal worker
            if not has_room and not room.acquire(timeout=seconds):
                raise TookTooLong(f"{MOST_OF_ONE} earlier calls of it have not come back within {seconds:g} seconds")
            try:
                if not worker:
                    worker = self._take(owner) or self._started(owner, package)
                    worker.ask(request, time.monotonic() + seconds)
                return worker.answer(seconds)
            finally:
                if worker:
                    self._give_back(worker)
                room.release()

        return answer

    def close(self) -> None:
        """End all processes."""
        if self._template is not None and self._template.is_ours():
            for worker in self._idle:
                worker.end()
            self._forget()
            self._template.close()
            self._template = None

    def _probe(self, package: Package) -> Probed:
        worker = Worker(self._forked_from, None, package)
        try:
            return worker.probe()
        finally:
            worker.end()

    def _take(self, owner: Any) -> Worker | None:
        """One that is idle."""
        with self._alone:
            worker = next((one for one in self._idle if one.owner == owner), None)
            if worker:
                self._idle.remove(worker)
            return worker

    def _started(self, owner: Any, package: Package) -> Worker:
        worker = Worker(self._forked_from, owner, package)
        if fault := worker.probe().package.fault:
            worker.end()
            raise Died(fault)
        return worker

    def _give_back(self, worker: Worker) -> None:
        """Keep *worker* for the next call, or end it."""
        if not worker.is_sound():
            worker.end()
            return
        with self._alone:
            self._idle.append(worker)
            old = self._idle.pop(0) if len(self._idle) > MOST_IDLE else None
        if old:
            old.end()

    def _forked_from(self) -> Template:
        with self._alone:
            if self._template is None or not self._template.is_ours():
                self._forget()
                self._template = Template()
            return self._template

    def _forget(self) -> None:
        for worker in self._idle:
            worker.leave()
        self._idle.clear()
        self._rooms.clear()


def _environ() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in SECRET}


def _paths() -> list[str]:
    return [os.path.abspath(path) for path in sys.path]


WORKERS: Final = Workers()
