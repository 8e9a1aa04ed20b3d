"""API resources of procedures: those that the public reads, with where each party stands."""

from __future__ import annotations

from typing import Any

import msgspec

from lanzarote.procedures import public
from lanzarote.procedures.documents import ProcedureDocument, document
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource


def _sample(instance: Any, names: Any) -> str | None:
    return next((one.slug for one in public.every(instance, names["region"])), None)


PROCEDURE = Parameter(name="procedure", told="Slug of the procedure, present or former.", longest=100, sample=_sample)


class ProcedureList(Listed[ProcedureDocument], frozen=True, kw_only=True):
    pass


@resource(
    "/regions/{region}/procedures", tag="Procedures", names=(REGION,), query=(CURSOR, LIMIT), answers=ProcedureList
)
def list_procedures(asked: Asked) -> Answer:
    """Co-operation procedures of the region, the last published first."""
    asked.instance.header(asked["region"])
    return asked.part([document(one) for one in public.every(asked.instance, asked["region"])])


@resource(
    "/regions/{region}/procedures/{procedure}",
    tag="Procedures",
    names=(REGION, PROCEDURE),
    answers=ProcedureDocument,
    bounded=False,
    may_move=True,
)
def get_procedure(asked: Asked) -> Answer:
    """One procedure, with where each party body stands on it."""
    region_id, slug = asked["region"], asked["procedure"]
    asked.instance.header(region_id)
    found = public.one_at(asked.instance, region_id, slug)
    if found.slug != slug:
        return asked.moved("regions", region_id, "procedures", found.slug)
    return Answer(msgspec.json.encode(document(found)))


handlers = (list_procedures, get_procedure)
