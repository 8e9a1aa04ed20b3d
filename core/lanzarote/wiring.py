"""Who is told of every write, and what of each kind of record leaves its region: the rooms, wired in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote import answered, jobs
from lanzarote.accounts.service import follow as end_speaking
from lanzarote.evaluation import documents as evaluation_documents
from lanzarote.evaluation.model import EVALUATION
from lanzarote.evaluation.service import follow as forget_figures
from lanzarote.following import service as following
from lanzarote.improvements import documents as improvement_documents
from lanzarote.improvements import events as decisions
from lanzarote.improvements import naming as findings
from lanzarote.improvements import positions_model, talk
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.meetings.service import follow as forget_beside_meetings
from lanzarote.practices import events, naming, projection, review_model
from lanzarote.procedures import documents as procedure_documents
from lanzarote.procedures import service as procedures
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.regions import seeds
from lanzarote.stakeholders.service import follow as forget_beside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.changes import Releasing

LISTENERS: Final = (
    projection.follow,
    seeds.follow,
    review_model.follow,
    naming.follow,
    findings.follow,
    forget_beside,
    end_speaking,
    forget_figures,
    forget_beside_meetings,
    procedures.follow,
    positions_model.follow,
    talk.follow,
    following.listen,
    answered.follow,
    jobs.follow,
)
"""What goes with every write, in its own transaction."""
RELEASES: Final[Mapping[str, Releasing]] = {
    IMPROVEMENT: improvement_documents.released,
    PROCEDURE: procedure_documents.released,
    EVALUATION: evaluation_documents.released,
}
"""Kind → what of it leaves the region, of kinds of which not everything is public."""
TELLERS: Final = {**events.TELLERS, **decisions.TELLERS}
"""Hook → what packages are told through it."""
