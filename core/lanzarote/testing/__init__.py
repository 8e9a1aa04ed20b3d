"""The kit for tests of packages; the fixtures are in ``plugin``, which pytest finds by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lanzarote.testing.pages import PageRead
    from lanzarote.testing.platform import Platform
    from lanzarote.testing.walking import Walk

__all__ = ["PageRead", "Platform", "Walk"]
_PLACES = {"PageRead": "pages", "Platform": "platform", "Walk": "walking"}


def __getattr__(name: str) -> object:
    """Import on first use: pytest looks in here in every project, and most need nothing of it."""
    from importlib import import_module

    if name in _PLACES:
        return getattr(import_module(f"lanzarote.testing.{_PLACES[name]}"), name)
    raise AttributeError(f"module 'lanzarote.testing' has no attribute {name!r}")
