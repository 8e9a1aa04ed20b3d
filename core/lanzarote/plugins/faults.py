"""How an error of a package is reported: what it raised, and in which line of its own."""

from __future__ import annotations

import re
import traceback
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lanzarote.plugins.manifests import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST: Final = 300
DEEPEST: Final = 1_000
"""Calls that are looked at, the innermost: one that calls itself for ever may have made millions."""
_TRACED: Final = re.compile(r'^  File "(.+)", line (\d+) in ', re.MULTILINE)


def told_of(error: BaseException, module: str) -> str:
    """*error*, with the last line of the package *module* that led to it, if one did."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else error  # whose text has the line once more
        told = f"{type(error).__name__}: {text}".splitlines()[0][:LONGEST]
    except Exception:  # what a package raises may not even have a text
        told = type(error).__name__[:LONGEST]
    return f"{told}{place_of(error, module)}"


def place_of(error: BaseException, module: str) -> str:
    """The last line of the package *module* that led to *error*, in brackets; empty when none did."""
    frames = deque(traceback.walk_tb(error.__traceback__), maxlen=DEEPEST)
    at = [(frame.f_code.co_filename, line) for frame, line in frames]
    if isinstance(error, SyntaxError) and error.filename:
        at.append((error.filename, error.lineno or 1))
    return _first_own(reversed(at), module)


def place_in(trace: str, module: str) -> str:
    """The same of what ``faulthandler`` wrote, the innermost line first."""
    return _first_own(((file, int(line)) for file, line in _TRACED.findall(trace)), module)


def _first_own(at: Iterable[tuple[str, int]], module: str) -> str:
    try:
        root = Path(folder_of(module))
    except (ImportError, ValueError):
        return ""
    own = ((Path(file), line) for file, line in at if Path(file).is_relative_to(root))
    return next((f" ({file.relative_to(root.parent).as_posix()}, line {line})" for file, line in own), "")
