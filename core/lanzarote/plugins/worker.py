"""What runs in the process of a package: it is imported here, and asked here. The site never imports it.

One process is the template (``start_and_reap``): it imports what every package needs, and each process of a
package is a fork of it. It runs no code of a package itself, and when the site ends, it ends everything it started.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import io
import logging
import os
import pickle
import signal
import socket
import struct
import sys
import threading
import warnings
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from lanzarote import hookspecs
from lanzarote.plugins.answers import (
    CONTRIBUTED,
    Described,
    Unfit,
    answer_of,
    contributed,
    deprecated_in,
    described,
    look_into,
)
from lanzarote.plugins.hooks import implemented, place_of, told_of
from lanzarote.plugins.packages import MEND, CallFailed, Package, plain, with_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

try:
    import resource
except ImportError:  # Windows, where packages run in the process of the site
    resource = None  # type: ignore[assignment]

ORDER: Final = struct.Struct("!cq")
"""Between site and template: what is wanted (S: start, R: reap), and the number of a process or how it ended."""
HEAD: Final = struct.Struct("!cQ")
"""Before everything that crosses between site and package: its kind, and how many bytes follow."""
MEMORY: Final = 2 << 30
"""Bytes of data that a process of a package may have, and each that it starts: 1,000 practices in pages take 1.5 GB."""
IDLE_CPU: Final = 5
"""Seconds of the processor that it may use while nothing is asked of it; the system ends it after that."""
MOST_LINES: Final = 200
"""Lines that a package may print or log while one thing is asked of it; the rest is dropped."""
LONGEST_LINE: Final = 500


class Probed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A package as it turned out to be when it was imported and asked for its contributions."""

    package: Package
    contributions: dict[str, tuple[Described, ...]] = {}


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """To a call: what it returned, encoded; or why it did not."""

    value: bytes = b""
    fault: str = ""
    """What was raised and in which line, without its text, which may quote what only a team reads."""
    peak: int = 0
    """Kilobytes of memory that the process has had at most."""

    def unwrapped(self) -> bytes:
        """What it returned. Raises CallFailed."""
        if self.fault:
            raise CallFailed(self.fault)
        return self.value


class Loaded:
    """A package that is imported in this process."""

    def __init__(
        self, package: Package, hooks: ModuleType = hookspecs, step: Callable[[str], object] = lambda _: None
    ) -> None:
        """*step*: told what begins now, so that somebody can say where it never came back."""
        self.package = package
        self._hooks = hooks
        self._step = step
        self._calls: Mapping[str, Callable[..., Any]] = {}
        self.values: dict[str, list[Any]] = {}
        """Hook → what it contributes."""

    def probe(self) -> Probed:
        """Read what it says of itself; if it fits, import it and ask for everything that it contributes."""
        self._step("its manifest")
        self.package = with_manifest(self.package)
        if not self.package.fault:
            self._step("its import")
            try:
                plugin = import_module(self.package.module)
                for name in filter(None, self.package.attribute.split(".")):
                    plugin = getattr(plugin, name)
                return self.register(plugin)
            except BaseException as error:  # a package may fail in any way
                self._blame(f"cannot be used: {told_of(error, self.package.module)}")
        return Probed(package=self.package)

    def register(self, plugin: object) -> Probed:
        """Ask *plugin* for what it contributes. Raises ValueError that says what is wrong with its hooks."""
        self._calls, going, unmarked = implemented(plugin, self._hooks)
        for hook, kind in CONTRIBUTED.items():
            if hook in self._calls:
                self._step(f"its hook {hook}")
                try:
                    self.values[hook] = contributed(self._calls[hook](), kind)
                    for told in deprecated_in(self.values[hook]):
                        warnings.warn(told, stacklevel=2)
                        going.append(told)
                except Unfit as error:
                    self._blame(f"its hook {hook} {error}")
                except BaseException as error:
                    self._blame(f"its hook {hook} failed: {told_of(error, self.package.module)}")
        self._step("its folders")
        for fault in filter(None, map(look_into, chain.from_iterable(self.values.values()))):
            self._blame(fault)
        self.package = replace(
            self.package,
            hooks=tuple(sorted(self._calls)),
            deprecated=tuple(dict.fromkeys(plain(str(told)) for told in going)),
            left_aside=(*self.package.left_aside, *unmarked),
        )
        contributions = {
            hook: tuple(described(value, CONTRIBUTED[hook]) for value in values) for hook, values in self.values.items()
        }
        return Probed(package=self.package, contributions=contributions)

    def call(self, hook: str, number: int, function: str, given: Mapping[str, Any] | tuple[Any, ...]) -> Answer:
        """What a check or an event answers; or the *function* of the contribution *number* through *hook*."""
        try:
            if isinstance(given, tuple):
                answer = getattr(self.values[hook][number], function)(*given)
            else:
                answer = self._calls[hook](**given)
            return Answer(value=answer_of(function or hook, answer))
        except Unfit as error:
            return Answer(fault=f"it {error}")
        except BaseException as error:
            place = place_of(error, self.package.module) or " (not in its own code)"
            return Answer(fault=plain(f"{type(error).__name__[:LONGEST_LINE]}{place}"))

    def _blame(self, fault: str) -> None:
        self.package = self.package.blamed(fault, MEND)


# ---------------------------------------------------------------------------------------------------------------------
# What crosses


class Channel:
    """Messages over a socket. Closing it ends the other side."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._sending = threading.Lock()

    def send(self, kind: bytes, data: bytes) -> None:
        with self._sending:
            self.sock.sendall(HEAD.pack(kind, len(data)) + data)

    def receive(self, most: int = 1 << 40) -> tuple[bytes, bytes]:
        """The next message. Raises EOFError where the other side is gone, ValueError for more than *most* bytes."""
        kind, length = HEAD.unpack(self._exactly(HEAD.size))
        if length > most:
            raise ValueError(f"it answered with more than {most >> 20} MB")
        return kind, self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        data = bytearray(count)
        view, there = memoryview(data), 0
        while there < count:
            if not (got := self.sock.recv_into(view[there:])):
                raise EOFError
            there += got
        return bytes(data)


class Forwarding(io.TextIOBase):
    """Standard output and errors of a package: its lines go to the log of the site, so many of them."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._begun = ""
        self.left = MOST_LINES

    def write(self, text: str) -> int:
        *whole, self._begun = (self._begun + text)[-10_000:].split("\n")
        for line in whole:
            self.left -= 1
            if self.left >= 0 and line.strip():
                self._channel.send(b"L", plain(line[:LONGEST_LINE]).encode("utf-8", "replace"))
        return len(text)


# ---------------------------------------------------------------------------------------------------------------------
# A process of a package


def serve(sock: socket.socket, traces: socket.socket) -> None:
    """Do what the site asks, until it is gone. *traces*: to where is written where it hangs or crashed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    faulthandler.enable(traces.fileno())
    faulthandler.register(signal.SIGUSR1, traces.fileno())
    faulthandler.register(signal.SIGXCPU, traces.fileno(), chain=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    channel = Channel(sock)
    out = Forwarding(channel)
    sys.stdout = sys.stderr = out
    logging.basicConfig(stream=out, level=logging.INFO, format="%(message)s", force=True)
    package, paths, environ, patient = pickle.loads(channel.receive()[1])  # noqa: S301 - from the site
    if patient:
        _yield()
    sys.path[:] = paths
    os.environ.clear()
    os.environ.update(environ)
    loaded = Loaded(package, step=lambda told: channel.send(b"S", told.encode()))
    own = os.getpid()
    _may_compute(IDLE_CPU)
    answer: Probed | Answer = loaded.probe()
    channel.send(b"S", b"the end of what it left (__del__)")
    gc.collect()
    while os.getpid() == own:  # and not what the package made of it with os.fork
        channel.send(b"A", msgspec.msgpack.encode(answer, enc_hook=os.fspath))
        _may_compute(IDLE_CPU)
        data = channel.receive()[1]
        out.left = MOST_LINES
        seconds, *asked = pickle.loads(data)  # noqa: S301 - from the site
        if seconds > IDLE_CPU:
            _yield()
        _may_compute(seconds * (os.cpu_count() or 1) + IDLE_CPU)
        answer = loaded.call(*asked)
        answer = replace(answer, peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _yield() -> None:
    """Let others compute first from now on: the site, and checks, for which somebody waits who saves."""
    with contextlib.suppress(OSError):  # where a sandbox forbids it, it computes like all others
        os.setpriority(os.PRIO_PROCESS, 0, max(5, os.getpriority(os.PRIO_PROCESS, 0)))


def _may_compute(seconds: float) -> None:
    """So much more of the processor may be used from now on; the system ends what uses more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, resource.RLIM_INFINITY))


# ---------------------------------------------------------------------------------------------------------------------
# The template


def start_and_reap(handle: int) -> None:
    """Fork a process for each package that the site orders over *handle*; end all of them when it is gone."""
    control = socket.socket(fileno=handle)
    _adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    running: set[int] = set()
    while True:
        data, handles, _, _ = socket.recv_fds(control, ORDER.size, 2)
        if not data:
            break
        kind, number = ORDER.unpack(data)
        sockets = [socket.socket(fileno=handle) for handle in handles]
        for sock in sockets:
            sock.set_inheritable(False)
        if kind == b"S":
            number = os.fork()
            if not number:
                control.close()
                _run(*sockets)
            running.add(number)
        else:
            running.discard(number)
            number = os.waitpid(number, 0)[1]
            _end_orphans(running)
        for sock in sockets:
            sock.close()
        control.sendall(ORDER.pack(kind, number))
    for pid in running:
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
    _end_orphans(set())


def _run(*sockets: socket.socket) -> None:
    try:
        serve(*sockets)
    except (EOFError, OSError):
        pass
    finally:
        os._exit(0)


def _adopt_orphans() -> None:
    """Let processes that a package's process left behind become this one's children (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def _end_orphans(running: set[int]) -> None:
    """End all children that are not *running* packages, and what these leave in turn (Linux)."""
    while True:
        try:
            with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
                left = {int(pid) for pid in file.read().split()} - running
        except OSError:
            return
        if not left:
            return
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
