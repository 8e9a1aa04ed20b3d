"""How many things each place of a region's team holds for one person, asked in few statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.improvements import service as improvements
from lanzarote.improvements.model import FINDING, IMPROVEMENT, OPEN
from lanzarote.meetings.service import is_over, meetings
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Action, Actor
    from lanzarote.web.site import View

IN_ALL: Mapping[str, tuple[str, Action]] = {
    "practices": (PRACTICE, "practice.read"),
    "procedures": (PROCEDURE, "group.read"),
    "directory": (STAKEHOLDER, "stakeholder.read"),
}
"""Place → what it holds, and what reading one of them takes."""


def counts(view: View, region_id: str) -> Mapping[str, int]:
    """Place → its number, as the lists there say it; counted anew once anything was written anywhere."""
    actor, today = view.actor, view.instance.today(region_id)

    def count() -> Mapping[str, int]:
        with view.instance.database.read(region_id) as session:
            return _in_all(session, actor) | {
                "discussion": _open(session, actor),
                "meetings": _to_come(session, actor, today),
            }

    return view.instance.until_written(("places", actor, region_id, today), count)


def _in_all(session: Session, actor: Actor) -> dict[str, int]:
    seen = or_(*(and_(Record.kind == kind, allowed(actor, action)) for kind, action in IN_ALL.values()))
    query = select(Record.kind, func.count()).where(Record.state != "erased", seen).group_by(Record.kind)
    found = {kind: number for kind, number in session.execute(query)}  # noqa: C416 - a result is no pairs to dict()
    return {place: found.get(kind, 0) for place, (kind, _) in IN_ALL.items()}


def _open(session: Session, actor: Actor) -> int:
    kinds = (FINDING, IMPROVEMENT)
    return sum(state in OPEN[kind] for kind in kinds for _, state in improvements.states_of(session, kind, by=actor))


def _to_come(session: Session, actor: Actor, today: date) -> int:
    return sum(not is_over(one.meeting, today) for one in meetings(session, allowed(actor, "group.read")))
