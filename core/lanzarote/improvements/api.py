"""API resources of what a group decided: improvements as the public reads them. Findings are never public."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lanzarote.errors import Gone
from lanzarote.improvements import public
from lanzarote.improvements.documents import ImprovementDocument
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.instance import Instance

TAG = "Improvements"
STATE = Parameter(
    name="state",
    told="What became of it.",
    choices=("adopted", "not-adopted", "completed", "discussed-again", "dropped"),
    many="repeated",
)


def _first_slug(instance: Instance, names: Mapping[str, str]) -> str | None:
    return next((one.slug for one in public.every(instance, names["region"])), None)


IMPROVEMENT = Parameter(
    name="improvement", told="Slug of the improvement, present or former.", longest=100, sample=_first_slug
)


class ImprovementList(Listed[ImprovementDocument], frozen=True, kw_only=True):
    pass


@resource(
    "/regions/{region}/improvements",
    tag=TAG,
    names=(REGION,),
    query=(STATE, CURSOR, LIMIT),
    answers=ImprovementList,
)
def list_improvements(asked: Asked) -> Answer:
    """What the group of the region decided, with reasons and dissent, the last decision first."""
    region_id, states = asked["region"], asked.many("state")
    asked.instance.header(region_id)
    return asked.part([one for one in public.every(asked.instance, region_id) if not states or one.state in states])


@resource(
    "/regions/{region}/improvements/{improvement}",
    tag=TAG,
    names=(REGION, IMPROVEMENT),
    answers=ImprovementDocument,
    may_move=True,
)
def get_improvement(asked: Asked) -> Answer:
    """One improvement, in the text that was decided on."""
    region_id, slug = asked["region"], asked["improvement"]
    asked.instance.header(region_id)
    if gone := public.withdrawn_at(asked.instance, region_id, slug):
        day = asked.instance.vocabulary(region_id).day_of(gone.on)
        raise Gone(f"This improvement was withdrawn on {day.isoformat()}.")
    told = public.one_at(asked.instance, region_id, slug).document
    if told.slug != slug:
        return asked.moved("regions", region_id, "improvements", told.slug)
    return Answer(msgspec.json.encode(told))


handlers = (list_improvements, get_improvement)
