"""JSON read as a type.

What msgspec has to know of a type it works out when something is first read as it, and runs Python for it: another
thread that reads the same type meanwhile reads what is not there yet, and the process crashes (msgspec 0.22). So it is
worked out here, by one thread at a time. All types at once would be a twentieth of a start.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

import msgspec
from msgspec.json import Decoder

T = TypeVar("T")
_WORKING_OUT = threading.Lock()


def decoded(raw: bytes | str, kind: type[T]) -> T:
    """Read *raw* as *kind*. Raises msgspec.DecodeError, msgspec.ValidationError."""
    of: Any = kind
    read: T = _decoder(of).decode(raw)
    return read


def converted(value: object, kind: type[T], *, from_attributes: bool = False) -> T:
    """Take *value*, which was read already, as *kind*. Raises msgspec.ValidationError."""
    work_out(kind)
    return msgspec.convert(value, kind, from_attributes=from_attributes)


class LateDecoder(Generic[T]):
    """Reads much as *kind*, which is worked out with the first."""

    def __init__(self, kind: type[T]) -> None:
        self._kind: Any = kind

    @cached_property
    def decode(self) -> Callable[[bytes | str], T]:
        read: Callable[[bytes | str], T] = _decoder(self._kind).decode
        return read


def work_out(kind: Any) -> None:
    """What has to be known of *kind*, unless it is known."""
    with suppress(TypeError):  # what cannot be worked out cannot be read either, which then says why
        _decoder(kind)


@cache
def _decoder(kind: Any) -> Decoder[Any]:
    with _WORKING_OUT:
        return Decoder(kind)
