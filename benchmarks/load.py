"""Sends requests over many connections at once and counts the answers; a process of its own, standard library only.

Reads one JSON object from standard input, writes one to standard output. The same for ours and for every yardstick.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 256 * 1024


@dataclass(slots=True)
class Connection:
    socket: socket.socket
    begun: float = 0.0
    head: bytes = b""
    missing: int = -1
    """Bytes of the answer still to come; -1 while its head is incomplete."""


@dataclass(slots=True)
class Count:
    answers: int = 0
    bytes: int = 0
    wrong: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)


def run(port: int, connections: int, seconds: float, paths: list[str], *, again: bool) -> dict[str, object]:
    """Ask for *paths* one after the other (*again* and again, or each once) until the time is over."""
    waiting = iter([_request(path) for path in paths])
    if again:
        waiting = cycle(waiting)
    count = Count()
    buffer = bytearray(PIECE)
    with selectors.DefaultSelector() as selector:
        opened = [_open(port) for _ in range(connections)]
        begun = time.perf_counter()
        end = begun + seconds
        busy = 0
        for connection in opened:
            if _send(connection, waiting):
                selector.register(connection.socket, selectors.EVENT_READ, connection)
                busy += 1
        while busy:
            for key, _ in selector.select():
                connection = key.data
                if not _receive(connection, buffer, count):
                    continue
                if time.perf_counter() >= end or not _send(connection, waiting):
                    selector.unregister(connection.socket)
                    busy -= 1
        lasted = time.perf_counter() - begun
        for connection in opened:
            connection.socket.close()
    times = sorted(count.times)
    return {
        "answers": count.answers,
        "seconds": lasted,
        "per_second": count.answers / lasted,
        "bytes": count.bytes,
        "p50": times[len(times) // 2],
        "p99": times[len(times) * 99 // 100],
        "wrong": count.wrong[:5],
    }


def _request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode()


def _open(port: int) -> Connection:
    opened = socket.create_connection(("127.0.0.1", port))
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Connection(opened)


def _send(connection: Connection, waiting: Iterator[bytes]) -> bool:
    request = next(waiting, None)
    if request is None:
        return False
    connection.head, connection.missing = b"", -1
    connection.begun = time.perf_counter()
    connection.socket.sendall(request)
    return True


def _receive(connection: Connection, buffer: bytearray, count: Count) -> bool:
    """Take what has come; True when the answer is complete."""
    got = connection.socket.recv_into(buffer)
    if not got:
        raise ConnectionError("the server closed a connection")
    count.bytes += got
    if connection.missing < 0:
        connection.head += bytes(buffer[:got])
        end = connection.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        _, _, after = connection.head[:end].lower().partition(b"content-length:")
        connection.missing = int(after.partition(b"\r\n")[0]) - (len(connection.head) - end - 4)
        if connection.head[9:12] != b"200":
            count.wrong.append(connection.head[:end].decode("latin-1").partition("\r\n")[0])
    else:
        connection.missing -= got
    if connection.missing > 0:
        return False
    count.answers += 1
    count.times.append(time.perf_counter() - connection.begun)
    return True


if __name__ == "__main__":
    print(json.dumps(run(**json.load(sys.stdin))))
