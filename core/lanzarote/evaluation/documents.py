"""Indicators and evaluations as anybody may read them, for programs and for the change log."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import asdict

from lanzarote.evaluation import periods, service
from lanzarote.evaluation.disclosure import Shown, is_as_shown
from lanzarote.evaluation.model import Outcome, Votes
from lanzarote.records.changelog import Release
from lanzarote.records.days import is_date
from lanzarote.records.records import encode
from lanzarote.runtime.reading import decoded
from lanzarote.translation import texts_named
from lanzarote.types import PartialDate, Text
from lanzarote.types.evaluation import Counts, Direction, Rhythm, Standpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.evaluation.service import Point, PublicIndicator, Report
    from lanzarote.records.changelog import Saved


class IndicatorNumber(Struct, frozen=True, kw_only=True):
    """A number as it may be told: counts of people are rounded to five, and hidden from 1 to 7."""

    value: float | None
    """null: it is hidden."""
    hidden: bool
    rounded: bool


class IndicatorPoint(IndicatorNumber, frozen=True, kw_only=True):
    """A value for one period."""

    period: str
    """Such as ``2031-06``, ``2031-Q2``, ``2031-H1``, ``2031`` or a day."""
    source: str
    computed: bool
    """The platform counted it in its own records."""
    corrected: bool


class IndicatorStart(IndicatorNumber, frozen=True, kw_only=True):
    on: PartialDate
    source: str


class IndicatorAim(Struct, frozen=True, kw_only=True):
    value: float
    by: PartialDate


class IndicatorWords(Struct, frozen=True, kw_only=True):
    """The texts of an indicator in one language."""

    title: str | None
    counted: str | None
    method: str | None
    unit: str | None
    limits: str | None


class IndicatorDocument(Struct, frozen=True, kw_only=True):
    """What a pilot is measured by."""

    id: str
    region: str
    slug: str
    version: int
    updated_at: datetime
    released_on: date | None
    """When its values were last published."""
    original: str
    text: dict[str, IndicatorWords]
    stale: tuple[str, ...]
    counts: Counts
    direction: Direction
    rhythm: Rhythm
    adds_up: bool
    measure: str | None
    """What the platform counts itself."""
    ended_on: date | None
    baseline: IndicatorStart | None
    target: IndicatorAim | None
    latest: IndicatorPoint | None


class IndicatorRelease(IndicatorDocument, frozen=True, kw_only=True):
    """What the change log keeps of an indicator: all its values, as far as they may be told."""

    points: tuple[IndicatorPoint, ...]


class CriterionWords(Struct, frozen=True, kw_only=True):
    question: str | None
    met: str | None


class CriterionDocument(Struct, frozen=True, kw_only=True):
    """A question of the evaluation, and what would count as met."""

    key: str
    text: dict[str, CriterionWords]
    indicators: tuple[str, ...]
    """Ids of the indicators that it rests on."""


class JudgeDocument(Struct, frozen=True, kw_only=True):
    """An organisation and its role, never a person. It was named before anybody answered; *answers* says who did."""

    key: str
    standpoint: Standpoint
    organisation: str
    """Id or key in the directory."""
    role: Text


class AnswerDocument(Struct, frozen=True, kw_only=True):
    """What a judge answered, or why a view is missing."""

    criterion: str
    standpoint: Standpoint
    judge: str
    """Key of the judge; empty: why the view is missing."""
    answer: Literal["met", "partly", "not", "cannot-say", "absent"]
    reason: Text
    source: str


class AmendmentDocument(Struct, frozen=True, kw_only=True):
    version: int
    on: date
    reason: Text


class PilotVotes(Votes, frozen=True, kw_only=True, omit_defaults=False):
    """How a vote ended; nobody against is 0."""


class PilotDecisionDocument(Struct, frozen=True, kw_only=True):
    outcome: Outcome
    reason: Text
    conditions: Text
    on: date
    decided_by: Text
    meeting: str
    votes: PilotVotes | None


class EvaluationDocument(Struct, frozen=True, kw_only=True):
    """How a pilot was judged, and what was decided."""

    id: str
    region: str
    slug: str
    version: int
    state: Literal["decided", "superseded"]
    published_at: datetime | None
    original: str
    title: Text
    done: Text
    method: Text
    limits: Text
    since: PartialDate | None
    until: PartialDate | None
    mandate: int
    fixed_on: date | None
    """When criteria and judges were fixed."""
    amended: tuple[AmendmentDocument, ...]
    criteria: tuple[CriterionDocument, ...]
    judges: tuple[JudgeDocument, ...]
    answers: tuple[AnswerDocument, ...]
    decision: PilotDecisionDocument | None
    indicators: tuple[IndicatorDocument, ...]
    """Those it rests on, with the last value that was looked at."""


def released(session: Session, some: Mapping[str, Saved]) -> Mapping[str, Release]:
    """What the change log keeps of these evaluations: report, answers and decision, as the public reads them."""
    return {
        one.id: Release(version=one.version, body=encode(evaluation_document(region_id, one)))
        for region_id, one in service.published_evaluations(session, list(some))
    }


def released_indicators(session: Session, some: Mapping[str, Saved]) -> Mapping[str, Release]:
    """What the change log keeps of these indicators."""
    region_id = next(one.region_id for one in some.values())
    return {
        one.id: Release(version=one.version, body=encode(_indicator_release(region_id, one)))
        for one in service.indicators(session, ids=list(some))
    }


def _indicator_release(region_id: str, one: PublicIndicator) -> IndicatorRelease:
    points = tuple(point_document(point) for point in one.points)
    return IndicatorRelease(**asdict(indicator_document(region_id, one)), points=points)


def indicator_document(region_id: str, one: PublicIndicator) -> IndicatorDocument:
    """*one* as everybody may read it: nothing in it is exact that may not be."""
    said = one.indicator
    base = one.start
    return IndicatorDocument(
        id=one.id,
        region=region_id,
        slug=one.slug,
        version=one.version,
        updated_at=one.updated_at,
        released_on=one.released_on,
        original=said.original,
        text={code: IndicatorWords(**asdict(texts)) for code, texts in said.text.items()},
        stale=said.stale,
        counts=said.counts,
        direction=said.direction,
        rhythm=said.rhythm,
        adds_up=said.adds_up,
        measure=said.measure,
        ended_on=said.ended_on,
        baseline=IndicatorStart(**asdict(base.shown), on=base.on, source=base.source) if base else None,
        target=IndicatorAim(value=said.target.value, by=said.target.by) if said.target else None,
        latest=point_document(one.points[-1]) if one.points else None,
    )


def point_document(point: Point) -> IndicatorPoint:
    return IndicatorPoint(
        **asdict(point.shown),
        period=point.period,
        source=point.source,
        computed=point.computed,
        corrected=point.corrected,
    )


def exact_numbers(said: IndicatorDocument | EvaluationDocument) -> Iterator[str]:
    """Where in it a count of people stands that was neither hidden nor rounded: nowhere, in what a region releases."""
    if isinstance(said, EvaluationDocument):
        for number, each in enumerate(said.indicators):
            yield from (f"indicators.{number}.{place}" for place in exact_numbers(each))
        return
    numbers: dict[str, IndicatorNumber | None] = {"baseline": said.baseline, "latest": said.latest}
    if isinstance(said, IndicatorRelease):
        numbers |= {f"points.{number} ({point.period})": point for number, point in enumerate(said.points)}
    for place, one in numbers.items():
        if one is not None and not is_as_shown(
            Shown(value=one.value, hidden=one.hidden, rounded=one.rounded), said.counts
        ):
            yield place


def unfit_times(said: IndicatorDocument | EvaluationDocument) -> Iterator[tuple[str, str]]:
    """Where in it something is of a time that no calendar has, and what is wrong with it."""
    if isinstance(said, EvaluationDocument):
        for number, each in enumerate(said.indicators):
            yield from ((f"indicators.{number}.{place}", told) for place, told in unfit_times(each))
        return
    points = {"latest": said.latest} if said.latest else {}
    if isinstance(said, IndicatorRelease):
        points |= {f"points.{number}": point for number, point in enumerate(said.points)}
    for place, point in points.items():
        if not periods.is_period(point.period):
            yield (
                f"{place}.period",
                f"{point.period[:20]!r} is no period; write for example 2031-06, 2031-Q2, 2031-H1, 2031 or 2031-06-02",
            )
    days = [("baseline.on", said.baseline.on)] if said.baseline else []
    days += [("target.by", said.target.by)] if said.target else []
    for place, day in days:
        if not is_date(day):
            yield place, f"{day!r} is not in the calendar; write a year, a month or a day, such as 2014 or 2014-06"


def evaluation_document(region_id: str, one: Report) -> EvaluationDocument:
    said, status = one.evaluation, one.status
    texts = {name: texts_named(said.text, name) for name in ("title", "done", "method", "limits")}
    decision = status.decision
    return EvaluationDocument(
        id=one.id,
        region=region_id,
        slug=one.slug,
        version=one.version,
        state="superseded" if status.state == "superseded" else "decided",
        published_at=one.published_at,
        original=said.original,
        **texts,
        since=said.since,
        until=said.until,
        mandate=said.mandate,
        fixed_on=status.fixed_on,
        amended=tuple(AmendmentDocument(**asdict(each)) for each in status.amended),
        criteria=tuple(
            CriterionDocument(
                key=each.key,
                text={code: CriterionWords(**asdict(words)) for code, words in each.text.items()},
                indicators=each.indicators,
            )
            for each in said.criteria
        ),
        judges=tuple(JudgeDocument(**asdict(each)) for each in said.judges),
        answers=tuple(
            AnswerDocument(
                criterion=row.criterion,
                standpoint=row.standpoint,  # type: ignore[arg-type]  # as it was checked when it was written
                judge=row.judge,
                answer=row.answer,  # type: ignore[arg-type]
                reason=decoded(row.reason, dict[str, str]),
                source=row.source,
            )
            for row in one.judgements
        ),
        decision=PilotDecisionDocument(
            outcome=decision.outcome,
            reason=decision.reason,
            conditions=decision.conditions,
            on=decision.on,
            decided_by=decision.decided_by,
            meeting=decision.meeting,
            votes=PilotVotes(**asdict(decision.votes)) if decision.votes else None,
        )
        if decision
        else None,
        indicators=tuple(indicator_document(region_id, each) for each in one.indicators),
    )
