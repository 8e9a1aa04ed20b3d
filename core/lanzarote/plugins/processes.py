"""The processes of packages, as the site has them: started, asked with a time limit, ended. It imports no package."""

from __future__ import annotations

import atexit
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import msgspec

from lanzarote.plugins.faults import place_in
from lanzarote.plugins.packages import RETRY
from lanzarote.plugins.worker import ORDER, Answer, Channel, Probed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lanzarote.plugins.worker import Setup

log = logging.getLogger("lanzarote.packages")
STARTING: Final = 10.0
"""Seconds that a package has for its import and its contributions."""
AT_ONCE: Final = 64
"""Packages that start at the same time."""
MOST_OF_ONE: Final = 4
"""Processes of one package: so many calls of it run at once, and the others wait."""
MOST_IDLE: Final = 12
"""Processes that are kept for the next call; the one that was not asked for longest ends first."""
LARGEST_ANSWER: Final = 256 << 20
"""Bytes that a package may answer."""
KEPT_MEMORY: Final = 256 << 10
"""Kilobytes: a process that has needed more is not kept."""
SECRET: Final = frozenset({"LANZAROTE_DATABASE_URL", "LANZAROTE_SMTP"})
"""Settings that no package has a use for."""
AVAILABLE: Final = hasattr(os, "fork") and hasattr(socket, "send_fds")
"""Whether this system can fork; where it cannot, packages run in the process of the site."""


class CallFailed(Exception):
    """A package did not do what was asked of it. The text holds nothing that somebody wrote."""


class TookTooLong(CallFailed):
    """It did not answer in time; its process was ended."""


class Died(CallFailed):
    """Its process ended before it answered."""


class Template:
    """The process that all processes of packages are forks of."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._alone = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            code = f"from lanzarote.plugins.worker import start_and_reap; start_and_reap({theirs.fileno()})"
            words = (sys.executable, "-c", code)
            paths = os.pathsep.join(_paths())
            self._process = subprocess.Popen(
                words, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": paths}
            )

    def start(self, sock: socket.socket, traces: int) -> int:
        """The number of a new process, which talks over *sock* and writes into *traces* where it hangs or crashed."""
        return self._ordered(b"S", 0, sock.fileno(), traces)

    def reap(self, pid: int) -> int:
        """How the process, which was ended, ended; as ``os.wait`` has it."""
        return self._ordered(b"R", pid)

    def close(self) -> None:
        self._control.close()  # it ends all that it started, and itself
        self._process.wait()

    def _ordered(self, kind: bytes, number: int, *handles: int) -> int:
        with self._alone:
            socket.send_fds(self._control, [ORDER.pack(kind, number)], handles)
            return int(ORDER.unpack(self._control.recv(ORDER.size, socket.MSG_WAITALL))[1])


class Worker:
    """One process of a package."""

    def __init__(self, template: Template, setup: Setup) -> None:
        self.setup = setup
        self.peak = 0
        self._template = template
        self._step = ""
        self._ended: int | None = None
        self._traces = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        ours, theirs = socket.socketpair()
        self._channel = Channel(ours)
        with theirs:
            self._pid = template.start(theirs, self._traces.fileno())

    def probe(self) -> Probed:
        """Import the package and ask what it contributes; what came of it, whatever came of it."""
        environ = {name: value for name, value in os.environ.items() if name not in SECRET}
        try:
            return msgspec.msgpack.decode(self._ask((self.setup, _paths(), environ), STARTING), type=Probed)
        except CallFailed as error:
            return Probed(fault=f"does not start: {error}", way=RETRY)
        except msgspec.DecodeError as error:
            return Probed(fault=f"does not start: it answered what nobody understands: {error}")

    def call(self, hook: str, number: int, function: str, given: Any, seconds: float) -> bytes:
        """The encoded answer. Raises CallFailed; TookTooLong and Died when the process is gone."""
        answer = msgspec.msgpack.decode(self._ask((seconds, hook, number, function, given), seconds), type=Answer)
        self.peak = answer.peak
        if answer.fault:
            raise CallFailed(answer.fault)
        return answer.value

    def end(self) -> int:
        """End the process and what it started; how it ended."""
        if self._ended is None:
            self._channel.sock.close()
            for end in (os.killpg, os.kill):
                with suppress(OSError):
                    end(self._pid, signal.SIGKILL)
            self._traces.close()
            self._ended = self._template.reap(self._pid)
        return self._ended

    def _ask(self, request: Any, seconds: float) -> bytes:
        sock, until = self._channel.sock, time.monotonic() + seconds
        try:
            sock.settimeout(seconds)
            self._channel.send(b"Q", pickle.dumps(request, protocol=5))
            while True:
                sock.settimeout(max(0.001, until - time.monotonic()))
                kind, data = self._channel.receive(LARGEST_ANSWER)
                if kind == b"A":
                    return data
                if kind == b"S":
                    self._step = data.decode()
                else:
                    log.warning("%s: %s", self.setup.name, data.decode(errors="replace"))
        except TimeoutError:
            place = self._where_it_is()
            self.end()
            told = f"{self._step} did not come back" if self._step else "it did not answer"
            raise TookTooLong(f"{told} within {seconds:g} seconds{place}") from None
        except ValueError as error:
            self.end()
            raise Died(str(error)) from None
        except (OSError, EOFError):
            raise Died(self._told_of_end()) from None

    def _where_it_is(self) -> str:
        """In which line of the package; what it runs may hold the interpreter, and is asked by a signal."""
        with suppress(OSError):
            os.kill(self._pid, signal.SIGUSR1)
            for _ in range(20):
                time.sleep(0.01)
                if "\n" in (trace := self._trace()) and trace.endswith("\n"):
                    break
        return self._place()

    def _told_of_end(self) -> str:
        with suppress(OSError):
            self._channel.sock.shutdown(socket.SHUT_RDWR)
        time.sleep(0.01)  # what it wrote as it crashed is there before it is reaped
        place = self._place()
        code = os.waitstatus_to_exitcode(self.end())
        if code == -signal.SIGXCPU:
            told = "it computed although nothing was asked of it"
        elif code < 0:
            told = f"its process was ended by {signal.Signals(-code).name}"
        else:
            told = f"its process ended (exit code {code})"
        return f"{told}{f' during {self._step}' if self._step else ''}{place}"

    def _trace(self) -> str:
        self._traces.seek(0)
        return self._traces.read().decode(errors="replace")

    def _place(self) -> str:
        place = place_in(self._trace(), self.setup.module)
        return f" ({place})" if place else ""


class Workers:
    """All processes of packages that this one has; what hosts share them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._template: Template | None = None
        self._idle: deque[tuple[Any, Worker]] = deque()
        self._running: dict[Any, int] = {}
        atexit.register(self.close)

    def probe(self, setups: Iterable[Setup]) -> list[Probed]:
        """Import packages, each in a process that ends afterwards, and ask what they contribute."""
        with ThreadPoolExecutor(AT_ONCE, "lanzarote-probe") as pool:
            return list(pool.map(self._probe, setups))

    def call(self, key: str, setup: Setup, asked: tuple[str, int, str, Any], seconds: float) -> bytes:
        """What a package answers. *key*: changes when the package does. Raises CallFailed."""
        kept = key, *sorted(item for item in os.environ.items() if item[0].startswith("LANZAROTE_"))
        worker = self._take(kept, setup, seconds)
        try:
            answer = worker.call(*asked, seconds)
        except (TookTooLong, Died):
            self._gone(kept)
            raise
        except CallFailed:
            self._give_back(kept, worker)
            raise
        except BaseException:
            worker.end()
            self._gone(kept)
            raise
        self._give_back(kept, worker)
        return answer

    def close(self) -> None:
        """End all processes."""
        if self._template is not None and self._template.pid == os.getpid():
            while self._idle:
                kept, worker = self._idle.popleft()
                worker.end()
                self._gone(kept)
            self._template.close()
            self._template = None

    def _probe(self, setup: Setup) -> Probed:
        worker = Worker(self._forked_from(), setup)
        try:
            return worker.probe()
        finally:
            worker.end()

    def _take(self, kept: Any, setup: Setup, seconds: float) -> Worker:
        """One that is idle, or a new one; waits while there are as many as there may be."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._has_room(kept), seconds):
                raise TookTooLong(f"{MOST_OF_ONE} earlier calls of it have not come back within {seconds:g} seconds")
            for place, (owner, worker) in enumerate(self._idle):
                if owner == kept:
                    del self._idle[place]
                    return worker
            self._running[kept] = self._running.get(kept, 0) + 1
        worker = Worker(self._forked_from(), setup)
        if (probed := worker.probe()).fault:
            worker.end()
            self._gone(kept)
            raise Died(probed.fault)
        worker._step = ""
        return worker

    def _has_room(self, kept: Any) -> bool:
        return self._running.get(kept, 0) < MOST_OF_ONE or any(owner == kept for owner, _ in self._idle)

    def _give_back(self, kept: Any, worker: Worker) -> None:
        if worker.peak > KEPT_MEMORY:
            worker.end()
            self._gone(kept)
            return
        with self._changed:
            self._idle.append((kept, worker))
            old = self._idle.popleft() if len(self._idle) > MOST_IDLE else None
            self._changed.notify_all()
        if old:
            old[1].end()
            self._gone(old[0])

    def _gone(self, kept: Any) -> None:
        with self._changed:
            self._running[kept] -= 1
            self._changed.notify_all()

    def _forked_from(self) -> Template:
        with self._changed:
            if self._template is None or self._template.pid != os.getpid():
                self._idle.clear()
                self._running.clear()
                self._template = Template()
            return self._template


def _paths() -> list[str]:
    return [os.path.abspath(path) for path in sys.path]


WORKERS: Final = Workers()
