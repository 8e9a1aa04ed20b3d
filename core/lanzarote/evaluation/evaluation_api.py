"""API resources for the group: evaluations of the pilot as it reads them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import and_, func, select

from lanzarote.evaluation import answering, judging
from lanzarote.evaluation.model import EVALUATION as KIND
from lanzarote.evaluation.model import EvaluationState, EvaluationStatus
from lanzarote.permissions import allowed
from lanzarote.records import Record, Version, decode
from lanzarote.translation import N_
from lanzarote.types import Text
from lanzarote.types.evaluation import Evaluation, Standpoint
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, resource
from lanzarote.web.working_records import (
    Kind,
    etag_of,
    id_of,
    working,
)

if TYPE_CHECKING:
    pass

TAG: Final = "Evaluations, for the group"
EVALUATIONS: Final = Kind(
    name=KIND,
    read="group.read",
    none=N_("There is no such evaluation here, or you may not read it."),
    erased=N_("This evaluation was erased."),
)
EVALUATION: Final = id_of(KIND)
ONE: Final = "/regions/{region}/team/evaluations/{evaluation}"


class GroupEvaluationItem(Struct, frozen=True, kw_only=True):
    """An evaluation in the group's list."""

    id: str
    slug: str
    title: Text
    state: EvaluationState
    public: bool
    version: int
    updated_at: datetime


class GroupEvaluationList(Listed[GroupEvaluationItem], frozen=True, kw_only=True):
    pass


class GroupAnswer(Struct, frozen=True, kw_only=True):
    """An answer, or why a view is missing."""

    seq: int
    criterion: str
    standpoint: Standpoint
    judge: str
    answer: str
    reason: Text
    source: str
    version: int
    at: datetime
    counts: bool
    """No later one corrects it, and judge and criterion are as they were."""


class GroupEvaluation(GroupEvaluationItem, frozen=True, kw_only=True):
    """An evaluation as the group keeps it."""

    region: str
    evaluation: Evaluation
    """What its newest version says; what PUT takes."""
    status: EvaluationStatus
    answers: tuple[GroupAnswer, ...]
    """Everything that was ever answered, in that order."""


@resource(
    "/regions/{region}/team/evaluations",
    tag=TAG,
    may="group.read",
    names=(REGION,),
    query=(CURSOR, LIMIT),
    answers=GroupEvaluationList,
)
def list_team_evaluations(asked: Asked) -> Answer:
    """All evaluations of the region, the last changed first."""
    asked.instance.header(asked["region"])
    start = int(asked.one("cursor") or 0)
    mine = and_(Record.kind == KIND, Record.state != "erased", allowed(asked.actor, "group.read"))
    newest = and_(
        Version.region_id == Record.region_id, Version.record_id == Record.id, Version.number == Record.version
    )
    query = select(Record, Version.body).join(Version, newest).where(mine)
    with asked.instance.database.read(asked["region"]) as session:
        order = query.order_by(Record.updated_at.desc(), Record.id).offset(start).limit(asked.limit)
        items = [
            GroupEvaluationItem(**_item(record, decode(body, Evaluation))) for record, body in session.execute(order)
        ]
        total = session.scalar(select(func.count()).select_from(Record).where(mine)) or 0
    end = start + len(items)
    return asked.listed(map(msgspec.json.encode, items), total, str(end) if end < total else None)


@resource(ONE, tag=TAG, may="group.read", names=(REGION, EVALUATION), answers=GroupEvaluation)
def get_team_evaluation(asked: Asked) -> Answer:
    """One evaluation as the group keeps it, with every answer. Its ETag is what a change takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, EVALUATIONS)
        said = judging.evaluation_of(session, record)
        counted = {row.seq for row in answering.counting(session, record)}
        told = GroupEvaluation(
            **_item(record, said),
            region=record.region_id,
            evaluation=said,
            status=judging.status_of(record),
            answers=tuple(
                GroupAnswer(
                    seq=row.seq,
                    criterion=row.criterion,
                    standpoint=row.standpoint,  # type: ignore[arg-type]  # as it was checked when it was written
                    judge=row.judge,
                    answer=row.answer,
                    reason=msgspec.json.decode(row.reason, type=dict[str, str]),
                    source=row.source,
                    version=row.version,
                    at=row.at,
                    counts=row.seq in counted,
                )
                for row in answering.judgements_of(session, [record.id]).get(record.id, [])
            ),
        )
        return Answer(msgspec.json.encode(told), {"etag": etag_of(record)})


def _item(record: Record, said: Evaluation) -> dict[str, Any]:
    return {
        "id": record.id,
        "slug": record.slug,
        "title": {code: texts.title for code, texts in said.text.items() if texts.title},
        "state": judging.status_of(record).state,
        "public": record.state == "published",
        "version": record.version,
        "updated_at": record.updated_at,
    }


handlers = (list_team_evaluations, get_team_evaluation)
