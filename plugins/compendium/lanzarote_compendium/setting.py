"""Sets a compendium in pages, in a process of its own: it takes much memory, and gives all of it back.

A text that makes the typesetter fail, or never end, takes that process with it and nothing else.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import msgspec

from lanzarote_compendium.signs import fit

if TYPE_CHECKING:
    from lanzarote.types import Compendium

log = logging.getLogger(__name__)

SECONDS: Final = 300
"""Longer than this no document takes: a thousand practices take a few seconds."""


class NotSet(Exception):
    """The pages could not be set."""


def set_pages(document: Compendium) -> bytes:
    """*document* as a PDF. Raises NotSet."""
    command = [sys.executable, "-P", "-m", "lanzarote_compendium"]
    try:
        done = subprocess.run(command, input=as_data(document), capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NotSet(f"the pages were not set within {SECONDS} seconds") from None
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        reason = _reason(done)
        log.error("Typst could not set the pages: %s", reason)  # the site tells where it went wrong, and not why
        raise NotSet(f"Typst could not set the pages: {reason}")
    return done.stdout


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    """In Typst's words: its last line, or the first one where the system ended it and a trace follows."""
    said = done.stderr.decode(errors="replace").strip().splitlines()
    how = f"exit code {done.returncode}" if done.returncode >= 0 else f"ended by signal {-done.returncode}"
    return f"{said[0 if done.returncode < 0 else -1][:300]} ({how})" if said else how


def as_data(document: Compendium) -> bytes:
    """What the layout reads; every text in it as it can be set."""
    try:
        data = msgspec.json.encode(document)
    except UnicodeEncodeError:
        data = msgspec.json.encode(_whole(msgspec.to_builtins(document)))
    return fit(data.decode()).encode()


def _whole(value: Any) -> Any:
    """*value* without half characters, which no file holds."""
    if isinstance(value, str):
        return value.encode(errors="ignore").decode()
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    return [_whole(one) for one in value] if isinstance(value, list | tuple) else value
