"""Log lines with time, level and the request they belong to; as text for people or as JSON for programs."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

LogFormat = Literal["text", "json"]
REQUEST: Final[ContextVar[str]] = ContextVar("request", default="")
"""Id of the request that is being answered; empty: something else is done."""
ACCESS: Final = logging.getLogger("lanzarote.access")
"""A line for each answer, if the operator wants it."""
ACCESS.setLevel(logging.WARNING)
_UNSEEN: Final = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(0x80, 0xA0), 0x2028, 0x2029)}
"""Nothing that somebody sends begins a line of its own."""


@contextmanager
def written(form: LogFormat, *, access: bool, stream: TextIO | None = None) -> Iterator[None]:
    """Let everything that is logged in this process meanwhile go to *stream* (default: standard error)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    root.addHandler(handler)
    ACCESS.setLevel(logging.INFO if access else logging.WARNING)
    try:
        yield
    finally:
        root.removeHandler(handler)
        ACCESS.setLevel(logging.WARNING)


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
        line |= getattr(record, "fields", {})
        if traceback := _traceback(self, record):
            line["traceback"] = traceback
        return json.dumps(line, ensure_ascii=False)


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _message(record: logging.LogRecord) -> str:
    return record.getMessage().translate(_UNSEEN)


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return formatter.formatException(record.exc_info) if record.exc_info else record.exc_text or ""
