"""One question and its answer over a connection: within a time and of a bounded length, however slowly they come.

The time-out of a socket begins anew with every byte, and a library that reads HTTP goes on as long as headers come.
"""

from __future__ import annotations

from http.client import HTTPException
from io import BufferedReader, RawIOBase
from time import monotonic
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    import socket

    from _typeshed import ReadableBuffer, WriteableBuffer

PIECE: Final = 64 * 1024
"""So many bytes are handed over at once."""


class TooLong(HTTPException):
    """The answer goes on beyond what was to be read."""


class Patience(Struct, frozen=True, kw_only=True):
    """What another machine may ask of ours."""

    silence: float = 60.0
    """Seconds until its next byte."""
    whole: float = 120.0
    """Seconds from the look-up of its name to the last byte of its answer."""
    slowest: int = 16 * 1024
    """Bytes a second that are sent to it at least; so much longer may the whole take."""
    longest: int = 128 * 1024
    """Bytes of its answer, with all that goes before."""


class Deadline:
    """When an exchange ends that begins now and sends *size* bytes."""

    def __init__(self, patience: Patience, size: int = 0) -> None:
        self._silence = patience.silence
        self._end = monotonic() + patience.whole + size / patience.slowest

    def left(self) -> float:
        """Seconds until the next byte has to be there. Raises TimeoutError."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError("the exchange took too long")
        return min(left, self._silence)


class Line:
    """A socket as ``http.client`` uses one, until *deadline* and for an answer of so many bytes."""

    def __init__(self, sock: socket.socket, deadline: Deadline, longest: int) -> None:
        self._sock, self._deadline, self._longest = sock, deadline, longest

    def sendall(self, data: ReadableBuffer) -> None:
        """Raises TimeoutError."""
        left = memoryview(data)
        while left:
            self._sock.settimeout(self._deadline.left())
            left = left[self._sock.send(left[:PIECE]) :]

    def makefile(self, mode: str) -> BufferedReader:
        """What is answered. Reading raises TimeoutError, TooLong."""
        del mode
        return BufferedReader(_Answer(self._sock, self._deadline, self._longest))

    def close(self) -> None:
        """Whoever opened the socket closes it: ``http.client`` would, before an answer is read that nothing follows."""


class _Answer(RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline, longest: int) -> None:
        self._sock, self._deadline, self._left = sock, deadline, longest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        room = memoryview(buffer)[: self._left + 1]
        self._sock.settimeout(self._deadline.left())
        count = self._sock.recv_into(room)
        self._left -= count
        if self._left < 0:
            raise TooLong("the answer is too long")
        return count
