"""API resources for everybody: indicators with their values, evaluations with their answers and decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lanzarote.evaluation import public
from lanzarote.evaluation.documents import (
    EvaluationDocument,
    IndicatorDocument,
    IndicatorPoint,
    evaluation_document,
    indicator_document,
    point_document,
)
from lanzarote.evaluation.model import INDICATOR as INDICATORS
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource

if TYPE_CHECKING:
    from lanzarote.evaluation.service import PublicIndicator
    from lanzarote.instance import Instance

TAG: Final = "Evaluation"


def _first(instance: Instance, region_id: str, kind: str) -> str | None:
    """Address of something of this kind that the public reads, for the examples in the description."""
    found = public.indicators(instance, region_id) if kind == INDICATORS else public.evaluations(instance, region_id)
    return min((one.slug for one in found), default=None)


INDICATOR: Final = Parameter(
    name="indicator",
    told="Slug of the indicator, present or former.",
    longest=100,
    sample=lambda instance, names: _first(instance, names["region"], "indicator"),
)
EVALUATION: Final = Parameter(
    name="evaluation",
    told="Slug of the evaluation, present or former.",
    longest=100,
    sample=lambda instance, names: _first(instance, names["region"], "evaluation"),
)


class IndicatorList(Listed[IndicatorDocument], frozen=True, kw_only=True):
    pass


class IndicatorValueList(Listed[IndicatorPoint], frozen=True, kw_only=True):
    pass


class EvaluationList(Listed[EvaluationDocument], frozen=True, kw_only=True):
    pass


@resource("/regions/{region}/indicators", tag=TAG, names=(REGION,), query=(CURSOR, LIMIT), answers=IndicatorList)
def list_indicators(asked: Asked) -> Answer:
    """Indicators that the region has published, each with its last value."""
    asked.instance.header(asked["region"])
    found = public.indicators(asked.instance, asked["region"])
    return asked.part([indicator_document(asked["region"], one) for one in found])


@resource(
    "/regions/{region}/indicators/{indicator}",
    tag=TAG,
    names=(REGION, INDICATOR),
    answers=IndicatorDocument,
    may_move=True,
)
def get_indicator(asked: Asked) -> Answer:
    """One indicator."""
    found = _indicator(asked)
    if found.slug != asked["indicator"]:
        return asked.moved("regions", asked["region"], "indicators", found.slug)
    return Answer(msgspec.json.encode(indicator_document(asked["region"], found)))


@resource(
    "/regions/{region}/indicators/{indicator}/values",
    tag=TAG,
    names=(REGION, INDICATOR),
    query=(CURSOR, LIMIT),
    answers=IndicatorValueList,
    may_move=True,
)
def list_indicator_values(asked: Asked) -> Answer:
    """The values of an indicator, the oldest period first."""
    found = _indicator(asked)
    if found.slug != asked["indicator"]:
        return asked.moved("regions", asked["region"], "indicators", found.slug, "values")
    return asked.part([point_document(point) for point in found.points])


@resource("/regions/{region}/evaluations", tag=TAG, names=(REGION,), query=(CURSOR, LIMIT), answers=EvaluationList)
def list_evaluations(asked: Asked) -> Answer:
    """Evaluations whose decision is published; the one that is in force comes first."""
    asked.instance.header(asked["region"])
    found = public.evaluations(asked.instance, asked["region"])
    return asked.part([evaluation_document(asked["region"], one) for one in found])


@resource(
    "/regions/{region}/evaluations/{evaluation}",
    tag=TAG,
    names=(REGION, EVALUATION),
    answers=EvaluationDocument,
    may_move=True,
)
def get_evaluation(asked: Asked) -> Answer:
    """One evaluation."""
    asked.instance.header(asked["region"])
    found = public.evaluation(asked.instance, asked["region"], asked["evaluation"])
    if found.slug != asked["evaluation"]:
        return asked.moved("regions", asked["region"], "evaluations", found.slug)
    return Answer(msgspec.json.encode(evaluation_document(asked["region"], found)))


def _indicator(asked: Asked) -> PublicIndicator:
    asked.instance.header(asked["region"])
    return public.indicator(asked.instance, asked["region"], asked["indicator"])


handlers = (list_indicators, get_indicator, list_indicator_values, list_evaluations, get_evaluation)
