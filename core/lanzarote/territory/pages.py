"""Pages about a region as a whole."""

from __future__ import annotations

from typing import Any

handlers: tuple[Any, ...] = ()
