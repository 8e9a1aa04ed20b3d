"""Pages and resources of findings and improvements, for the group."""

from __future__ import annotations

from lanzarote.improvements.finding_kind import FINDINGS
from lanzarote.improvements.improvement_kind import IMPROVEMENTS
from lanzarote.kinds.pages import handlers_of

handlers = (*handlers_of(FINDINGS), *handlers_of(IMPROVEMENTS))
