"""Places where kept wheels are installed."""

from __future__ import annotations

from tests.journeys.conftest import pip

__all__ = ["pip"]
