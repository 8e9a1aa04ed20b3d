"""Log lines with time, level and the request they belong to; as text for people or as JSON for programs."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections import deque
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from time import time
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

LogFormat = Literal["text", "json"]
REQUEST: Final[ContextVar[str]] = ContextVar("request", default="")
"""Id of the request that is being answered; empty: something else is done."""
WRITTEN_WITHIN: Final = 0.05
"""Seconds for which lines of the access log wait for others: to write each by itself takes as long as to answer."""
_UNSEEN: Final = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(0x80, 0xA0), 0x2028, 0x2029)}
"""Nothing that somebody sends begins a line of its own."""


@contextmanager
def written(form: LogFormat, *, access: bool, stream: TextIO | None = None) -> Iterator[None]:
    """Let everything that is logged in this process meanwhile go to *stream* (default: standard error)."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    root.addHandler(handler)
    if access:
        ACCESS.begin(stream, form)
    try:
        yield
    finally:
        ACCESS.end()
        root.removeHandler(handler)


def _text_line(at: float, request: str, method: str, path: str, status: int, seconds: float) -> str:
    seen = path if path.isprintable() else path.translate(_UNSEEN)
    when = f"{_second(int(at))}.{int(at % 1 * 1000):03d}Z"
    return f"{when} INFO lanzarote.access [{request}] {method} {seen} {status} {seconds * 1000:.1f} ms\n"


def _json_line(at: float, request: str, method: str, path: str, status: int, seconds: float) -> str:
    seen = path if path.isprintable() else path.translate(_UNSEEN)
    milliseconds = round(seconds * 1000, 1)
    line = {
        "time": f"{_second(int(at))}.{int(at % 1 * 1000):03d}Z",
        "level": "INFO",
        "logger": "lanzarote.access",
        "message": f"{method} {seen} {status} {milliseconds} ms",
        "request": request,
        "method": method,
        "path": seen,
        "status": status,
        "ms": milliseconds,
    }
    return _encode(line).decode() + "\n"


_encode: Final = msgspec.json.Encoder().encode


@lru_cache(2)
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class AccessLog:
    """A line for each answer, if the operator wants it; some wait for each other, and are written together."""

    on = False

    def __init__(self) -> None:
        self._noted: deque[tuple[float, str, str, str, int, float]] = deque()
        self._stream: TextIO = sys.stderr
        self._line = _text_line
        self._due = False

    def begin(self, stream: TextIO, form: LogFormat) -> None:
        self._stream, self._line = stream, _json_line if form == "json" else _text_line
        self.on = True

    def end(self) -> None:
        self.on = False
        self._write()

    def note(self, request: str, method: str, path: str, status: int, seconds: float) -> None:
        """Note an answer of the running event loop."""
        self._noted.append((time(), request, method, path, status, seconds))
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_later(WRITTEN_WITHIN, self._write)

    def _write(self) -> None:
        self._due = False
        lines = []
        while self._noted:
            lines.append(self._line(*self._noted.popleft()))
        if lines:
            with suppress(OSError, ValueError):  # nobody reads them any longer
                self._stream.write("".join(lines))
                self._stream.flush()


ACCESS: Final = AccessLog()


class TextLines(logging.Formatter):
    """``2027-03-01T09:30:00.125Z ERROR lanzarote.web [5f0c9a31-2b] GET /{lang}/search failed``."""

    def format(self, record: logging.LogRecord) -> str:
        request = f" [{found}]" if (found := REQUEST.get()) else ""
        line = f"{_moment(record)} {record.levelname} {record.name}{request} {_message(record)}"
        return "\n".join((line, *filter(None, (_traceback(self, record),))))


class JsonLines(logging.Formatter):
    """One JSON object a line: ``time``, ``level``, ``logger``, ``message``; ``request``, ``traceback`` where known.

    Lines of the access log have ``method``, ``path``, ``status`` and ``ms`` too.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if request := REQUEST.get():
            line["request"] = request
        if traceback := _traceback(self, record):
            line["traceback"] = traceback
        return json.dumps(line, ensure_ascii=False)


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _message(record: logging.LogRecord) -> str:
    return record.getMessage().translate(_UNSEEN)


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return formatter.formatException(record.exc_info) if record.exc_info else record.exc_text or ""
