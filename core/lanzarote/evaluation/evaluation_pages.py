"""Pages on which a region's group evaluates its pilot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote.evaluation import evaluation_reading, service
from lanzarote.evaluation.model import EVALUATION
from lanzarote.kinds import team
from lanzarote.web.asking import page_of

if TYPE_CHECKING:
    from litestar import Response

    from lanzarote.web.site import View


def preview(view: View, record_id: str) -> Response[Any]:
    """The report as the public will read it."""
    with view.instance.database.read(view.region_id) as session:
        report = service.report(session, team.read_record(view, session, EVALUATION, record_id))
    told = evaluation_reading.tell(view, report)
    return view.render("evaluation/report.html", report=told, others=(), **team.frame(view, "evaluations", record_id))


handlers = (page_of("/{lang:str}/{region:str}/team/evaluations/{record_id:str}/report", "group.read", preview),)
