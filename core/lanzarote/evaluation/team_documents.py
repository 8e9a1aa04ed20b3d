"""Indicators and evaluations as programs of the group read and write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.evaluation import answering, counting, judging
from lanzarote.evaluation.model import EvaluationState, EvaluationStatus, Reasons
from lanzarote.runtime.reading import decoded
from lanzarote.translation import texts_named
from lanzarote.types import Text
from lanzarote.types.evaluation import Evaluation, Indicator, Standpoint

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record


class GroupIndicatorItem(Struct, frozen=True, kw_only=True):
    """An indicator in the group's list."""

    id: str
    slug: str
    title: Text
    state: str
    """``draft``, ``published``, ``withdrawn`` or ``archived``."""
    version: int
    published_version: int | None
    updated_at: datetime


class GroupIndicator(GroupIndicatorItem, frozen=True, kw_only=True):
    """An indicator as the group keeps it."""

    region: str
    indicator: Indicator
    """What its newest version says; what PUT takes."""
    released: int
    """``seq`` of the last value that the public reads."""
    released_on: date | None
    withdrawn: str


class Change(Struct, frozen=True, kw_only=True):
    """What is said besides the evaluation itself."""

    change: Reasons = {}
    """Why it is changed although criteria and judges are fixed."""


class GroupEvaluationItem(Struct, frozen=True, kw_only=True):
    """An evaluation in the group's list."""

    id: str
    slug: str
    title: Text
    state: EvaluationState
    public: bool
    version: int
    updated_at: datetime


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


def indicator_item(record: Record, said: Indicator) -> GroupIndicatorItem:
    return GroupIndicatorItem(**_indicator(record, said))


def indicator_whole(session: Session, record: Record, said: Indicator) -> GroupIndicator:
    status = counting.status_of(record)
    return GroupIndicator(
        **_indicator(record, said),
        region=record.region_id,
        indicator=said,
        released=status.released,
        released_on=status.released_on,
        withdrawn=status.withdrawn,
    )


def evaluation_item(record: Record, said: Evaluation) -> GroupEvaluationItem:
    return GroupEvaluationItem(**_evaluation(record, said))


def evaluation_whole(session: Session, record: Record, said: Evaluation) -> GroupEvaluation:
    counted = {row.seq for row in answering.counting(session, record)}
    return GroupEvaluation(
        **_evaluation(record, said),
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
                reason=decoded(row.reason, dict[str, str]),
                source=row.source,
                version=row.version,
                at=row.at,
                counts=row.seq in counted,
            )
            for row in answering.judgements_of(session, [record.id]).get(record.id, [])
        ),
    )


def _indicator(record: Record, said: Indicator) -> dict[str, Any]:
    return _about(record, said) | {"state": record.state, "published_version": record.published_version}


def _evaluation(record: Record, said: Evaluation) -> dict[str, Any]:
    return _about(record, said) | {"state": judging.status_of(record).state, "public": record.state == "published"}


def _about(record: Record, said: Indicator | Evaluation) -> dict[str, Any]:
    names = ("id", "slug", "version", "updated_at")
    return {name: getattr(record, name) for name in names} | {"title": texts_named(said.text, "title")}
