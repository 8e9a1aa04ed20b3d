"""Indicators and evaluations as the public reads them, of regions that are written here and of those that are received.

Of a received region there are only the documents that it released: their numbers are rounded and hidden already.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

from lanzarote.evaluation import periods, service
from lanzarote.evaluation.deciding import public_records
from lanzarote.evaluation.disclosure import Shown
from lanzarote.evaluation.documents import EvaluationDocument, IndicatorDocument, IndicatorRelease
from lanzarote.evaluation.judging import status_of
from lanzarote.evaluation.model import EVALUATION, INDICATOR, Amended, EvaluationStatus, PilotDecision
from lanzarote.evaluation.service import Answered, Point, PublicIndicator, Report, Start
from lanzarote.records import changelog_state
from lanzarote.records.days import is_date
from lanzarote.records.received import facts_of
from lanzarote.records.records import encode
from lanzarote.runtime.reading import LateDecoder
from lanzarote.types.evaluation import (
    Aim,
    CriterionText,
    Evaluation,
    EvaluationText,
    Indicator,
    IndicatorText,
    PilotCriterion,
    PilotJudge,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.evaluation.documents import IndicatorNumber, IndicatorPoint, PilotDecisionDocument
    from lanzarote.evaluation.model import Outcome
    from lanzarote.instance import Instance

_indicator = LateDecoder(IndicatorRelease)
_evaluation = LateDecoder(EvaluationDocument)


def indicators(instance: Instance, region_id: str) -> tuple[PublicIndicator, ...]:
    """All that are published, in the order of their addresses."""
    with instance.database.read(region_id) as session:
        if not instance.origin(region_id):
            return service.indicators(session)
        found = [_indicator.decode(one.body) for one in changelog_state.of_kind(session, region_id, INDICATOR)]
    return tuple(_released(one) for one in sorted(found, key=lambda one: one.slug))


def indicator(instance: Instance, region_id: str, slug: str) -> PublicIndicator:
    """The indicator at *slug*, present or former. Raises NotFound, Gone."""
    with instance.database.read(region_id) as session:
        if not instance.origin(region_id):
            return service.indicator(session, slug)
        return _released(
            _indicator.decode(changelog_state.at_slug(session, instance.header(region_id), INDICATOR, slug).body)
        )


def evaluations(instance: Instance, region_id: str) -> tuple[Report, ...]:
    """All that are published, the one in force first, then the newest first."""
    with instance.database.read(region_id) as session:
        if not instance.origin(region_id):
            return service.evaluations(session)
        found = [_report(one.body) for one in changelog_state.of_kind(session, region_id, EVALUATION)]
    return tuple(sorted(found, key=lambda one: one.status.state != "decided"))


def evaluation(instance: Instance, region_id: str, slug: str) -> Report:
    """The evaluation at *slug*, present or former. Raises NotFound, Gone, released.TakenBack."""
    with instance.database.read(region_id) as session:
        if not instance.origin(region_id):
            return service.evaluation(session, slug)
        return _report(changelog_state.at_slug(session, instance.header(region_id), EVALUATION, slug).body)


def withdrawn_at(instance: Instance, region_id: str, slug: str) -> service.Withdrawn | None:
    """What the public is told of the evaluation at *slug*, if it was withdrawn. Raises NotFound, Gone."""
    with instance.database.read(region_id) as session:
        if not instance.origin(region_id):
            return service.withdrawn_at(session, slug)
        try:
            changelog_state.at_slug(session, instance.header(region_id), EVALUATION, slug)
        except changelog_state.TakenBack as gone:
            return service.Withdrawn(on=gone.at, reason="")
    return None


class Ruling(Struct, frozen=True, kw_only=True):
    """A decision about the pilot of a region, as the public reads it."""

    record: str
    """Id of its evaluation."""
    version: int
    slug: str
    in_force: bool
    """Otherwise a later one took its place."""
    decision: PilotDecision


def rulings_of(instance: Instance, region_id: str) -> tuple[Ruling, ...]:
    """What was decided about the region's pilot, as the public reads it, in force first. Raises NotFound."""
    return instance.read("rulings", region_id, lambda session: rulings(session, region_id))


def verdict_of(instance: Instance, region_id: str) -> Outcome | None:
    """What is in force of that; None: nothing. Raises NotFound."""
    return verdict(rulings_of(instance, region_id))


def rulings(session: Session, region_id: str) -> tuple[Ruling, ...]:
    """What was decided about the region's pilot, wherever it is written, as far as it is public; in force first."""
    facts = facts_of(session, region_id)
    read = _home_rulings if facts is None or facts.home else _received_rulings
    return tuple(sorted(read(session, region_id), key=lambda one: not one.in_force))


def verdict(found: Sequence[Ruling]) -> Outcome | None:
    """What is in force of these decisions; None: nothing."""
    return next((one.decision.outcome for one in found if one.in_force), None)


def _home_rulings(session: Session, region_id: str) -> Iterator[Ruling]:
    for record in public_records(session, region_id):
        if decision := (status := status_of(record)).decision:
            yield Ruling(
                record=record.id,
                version=record.published_version or record.version,
                slug=record.slug,
                in_force=status.state == "decided",
                decision=decision,
            )


def _received_rulings(session: Session, region_id: str) -> Iterator[Ruling]:
    for one in changelog_state.of_kind(session, region_id, EVALUATION):
        said = _evaluation.decode(one.body)
        if said.decision:
            yield Ruling(
                record=said.id,
                version=said.version,
                slug=said.slug,
                in_force=said.state == "decided",
                decision=_decision(said.decision),
            )


def _released(one: IndicatorRelease) -> PublicIndicator:
    return _public(one, one.points)


def _public(one: IndicatorDocument, points: tuple[IndicatorPoint, ...]) -> PublicIndicator:
    """*one* as its page tells it, without what is of a time that no page can name: once, such was taken."""
    points = tuple(point for point in points if periods.is_period(point.period))
    start = one.baseline if one.baseline and is_date(one.baseline.on) else None
    aim = one.target if one.target and is_date(one.target.by) else None
    return PublicIndicator(
        id=one.id,
        slug=one.slug,
        version=one.version,
        updated_at=one.updated_at,
        released_on=one.released_on,
        indicator=Indicator(
            original=one.original,
            text={code: IndicatorText(**asdict(said)) for code, said in one.text.items()},
            stale=one.stale,
            counts=one.counts,
            direction=one.direction,
            rhythm=one.rhythm,
            adds_up=one.adds_up,
            target=Aim(value=aim.value, by=aim.by) if aim else None,
            measure=one.measure,
            ended_on=one.ended_on,
        ),
        start=Start(shown=_shown(start), on=start.on, source=start.source) if start else None,
        points=tuple(
            Point(
                period=point.period,
                shown=_shown(point),
                source=point.source,
                lang=one.original,
                computed=point.computed,
                corrected=point.corrected,
                at=one.updated_at,
            )
            for point in points
        ),
        # A sum of rounded numbers would be none.
        exact=tuple(None if point.rounded else point.value for point in points),
    )


def _shown(one: IndicatorNumber) -> Shown:
    return Shown(value=one.value, hidden=one.hidden, rounded=one.rounded)


def _report(body: bytes) -> Report:
    one = _evaluation.decode(body)
    texts = {name: getattr(one, name) for name in EvaluationText.__struct_fields__}
    return Report(
        id=one.id,
        slug=one.slug,
        version=one.version,
        state="published",
        published_at=one.published_at,
        status=EvaluationStatus(
            state=one.state,
            fixed_on=one.fixed_on,
            amended=tuple(Amended(**asdict(each)) for each in one.amended),
            decision=_decision(one.decision) if one.decision else None,
        ),
        evaluation=Evaluation(
            original=one.original,
            text={
                code: EvaluationText(**{name: said.get(code) for name, said in texts.items()})
                for code in dict.fromkeys(code for said in texts.values() for code in said)
            },
            since=one.since,
            until=one.until,
            mandate=one.mandate,
            criteria=tuple(
                PilotCriterion(
                    key=each.key,
                    text={code: CriterionText(**asdict(said)) for code, said in each.text.items()},
                    indicators=each.indicators,
                )
                for each in one.criteria
            ),
            judges=tuple(PilotJudge(**asdict(each)) for each in one.judges),
        ),
        judgements=tuple(Answered(**asdict(each) | {"reason": encode(each.reason)}) for each in one.answers),
        indicators=tuple(_public(each, (each.latest,) if each.latest else ()) for each in one.indicators),
    )


def _decision(one: PilotDecisionDocument) -> PilotDecision:
    """Who wrote it down stays where it is written."""
    return PilotDecision(**asdict(one), by="", at=datetime.combine(one.on, time(), UTC))
