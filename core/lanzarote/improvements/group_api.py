"""Resources of findings and improvements, for the group; what positions and comments do has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.improvements import actions
from lanzarote.improvements.improvement_documents import ImprovementNow
from lanzarote.improvements.improvement_kind import IMPROVEMENTS
from lanzarote.kinds.api import address_of, records_of
from lanzarote.web.changing import Nothing
from lanzarote.web.resources import REGION
from lanzarote.web.working_records import id_of, step, steps_of

if TYPE_CHECKING:
    from lanzarote.web.changing import Sent
    from lanzarote.web.resources import Answer

_step: Final = steps_of(address_of(IMPROVEMENTS), IMPROVEMENTS.api.tag, (REGION, id_of(IMPROVEMENTS.name)))


@_step("complete", "group.lead", answers=ImprovementNow)
def complete_improvement(sent: Sent, _: Nothing) -> Answer:
    """Say that nothing is left to be done: every action is done or given up."""
    return step(sent, records_of(IMPROVEMENTS), "group.lead", actions.complete, **sent.signed)


@_step("resume", "group.lead", answers=ImprovementNow)
def resume_improvement(sent: Sent, _: Nothing) -> Answer:
    """Take up again what was completed."""
    return step(sent, records_of(IMPROVEMENTS), "group.lead", actions.resume, **sent.signed)


handlers = (complete_improvement, resume_improvement)
