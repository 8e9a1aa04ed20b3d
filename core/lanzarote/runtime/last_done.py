"""Notes in the data folder of what was done last, or failed: a backup, an e-mail, a sign-in at an institution."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct

from lanzarote.runtime.reading import decoded

if TYPE_CHECKING:
    from pathlib import Path


What = Literal["backup", "failed-backup", "e-mail", "failed-sign-in"]


class Done(Struct, frozen=True, kw_only=True):
    at: datetime
    where: str = ""
    """The file that was written, the server that took it, or who did not answer."""
    size: int = 0
    """In bytes."""
    why: str = ""
    """Why it failed."""


def note(data: Path, what: What, *, where: str = "", size: int = 0, why: str = "") -> None:
    """Remember that *what* was done now; a folder that takes no file keeps nobody from having done it."""
    place = _place(data, what)
    part = place.with_name(f".{place.name}.{os.getpid()}")
    with suppress(OSError):
        part.write_bytes(msgspec.json.encode(Done(at=datetime.now(UTC), where=where, size=size, why=why)))
        part.replace(place)


def last(data: Path, what: What) -> Done | None:
    """When *what* was done last, as far as it was noted here."""
    with suppress(OSError, msgspec.DecodeError):
        return decoded(_place(data, what).read_bytes(), Done)
    return None


def forget(data: Path, what: What) -> None:
    """It is no longer so."""
    with suppress(OSError):
        _place(data, what).unlink()


def _place(data: Path, what: What) -> Path:
    return data / f"last-{what}.json"
