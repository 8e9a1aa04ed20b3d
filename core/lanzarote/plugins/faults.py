"""How an error of a package is told: what it raised, and in which line of its own."""

from __future__ import annotations

import traceback
from collections import deque
from pathlib import Path
from typing import Final

from lanzarote.plugins.manifests import folder_of

LONGEST: Final = 300
DEEPEST: Final = 1_000
"""Calls that are looked at, the innermost: one that calls itself for ever may have made millions."""


def told_of(error: BaseException, module: str) -> str:
    """*error*, with the last line of the package *module* that led to it, if one did."""
    place = place_of(error, module)
    return f"{_tell(error)} ({place})" if place else _tell(error)


def place_of(error: BaseException, module: str) -> str:
    """The last line of the package *module* that led to *error*; empty when none did."""
    try:
        root = Path(folder_of(module))
    except (ImportError, ValueError):
        return ""
    at = [
        (frame.f_code.co_filename, line)
        for frame, line in deque(traceback.walk_tb(error.__traceback__), maxlen=DEEPEST)
    ]
    if isinstance(error, SyntaxError) and error.filename:
        at.append((error.filename, error.lineno or 1))
    own = [(Path(file), line) for file, line in at if Path(file).is_relative_to(root)]
    return f"{own[-1][0].relative_to(root.parent).as_posix()}, line {own[-1][1]}" if own else ""


def _tell(error: BaseException) -> str:
    try:
        told = error.msg if isinstance(error, SyntaxError) else error  # whose text tells the line once more
        return f"{type(error).__name__}: {told}".splitlines()[0][:LONGEST]
    except Exception:  # what a package raises may not even be told
        return type(error).__name__
