"""The kinds of records that are declared, each in its room."""

from __future__ import annotations

from typing import Any, Final

from lanzarote.evaluation.evaluation_kind import EVALUATIONS
from lanzarote.evaluation.indicator_kind import INDICATORS
from lanzarote.kinds.kind import Kind

KINDS: Final[tuple[Kind[Any, Any], ...]] = (INDICATORS, EVALUATIONS)
