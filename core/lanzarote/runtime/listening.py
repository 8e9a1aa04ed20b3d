"""Where the site listens: noted beside the database while it runs, so that links which commands print lead there."""

from __future__ import annotations

import logging
import socket
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


log = logging.getLogger("lanzarote.listening")
SECONDS: Final = 0.5
"""How long a site on this machine may take to answer a call."""


@contextmanager
def announced(data: Path, database_url: str, address: str) -> Iterator[None]:
    """Let commands know that the site is at *address*, until it stops."""
    file = _file(data, database_url)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_text(address, "utf-8")
    except OSError as error:
        log.warning("Links that commands print may name another port: %s cannot be written (%s).", file, error.strerror)
    try:
        yield
    finally:
        with suppress(OSError):  # whoever began later has written theirs
            if file.read_text("utf-8") == address:
                file.unlink()


def address_of(data: Path, database_url: str) -> str:
    """Where a site with this database listens now; empty when none does."""
    try:
        address = _file(data, database_url).read_text("utf-8")
        parts = urlsplit(address)
        # A site that was killed has taken nothing back.
        with socket.create_connection((parts.hostname or "", parts.port or 0), SECONDS):
            return address
    except (OSError, ValueError):
        return ""


def as_address(host: str, port: int) -> str:
    """
    >>> as_address("127.0.0.1", 8400), as_address("::1", 80)
    ('http://127.0.0.1:8400', 'http://[::1]:80')
    """
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _file(data: Path, database_url: str) -> Path:
    # One for each database: the folder may be that of several.
    return data / f"address-{sha256(database_url.encode()).hexdigest()[:12]}.txt"
