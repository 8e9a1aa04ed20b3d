"""Pages on which a region's group keeps its indicators."""

from __future__ import annotations

from lanzarote.evaluation.indicator_kind import INDICATORS
from lanzarote.kinds.pages import handlers_of

handlers = handlers_of(INDICATORS)
