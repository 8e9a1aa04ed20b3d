"""API resources of procedures: those that the public reads, with where each party stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from lanzarote.procedures import service
from lanzarote.procedures.model import ProcedureState, Stand, stands_of
from lanzarote.procedures.reading import due_on
from lanzarote.types import Nature, Procedure
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource

if TYPE_CHECKING:
    from lanzarote.procedures.model import Said
    from lanzarote.procedures.service import Published


def _sample(instance: Any, names: Any) -> str | None:
    with instance.database.read(names["region"]) as session:
        return next((one.slug for one in service.published(session)), None)


PROCEDURE = Parameter(name="procedure", told="Slug of the procedure, present or former.", longest=100, sample=_sample)


class ProcedureFacts(Procedure, frozen=True, kw_only=True, omit_defaults=False):
    """What is written in it."""


class Word(Struct, frozen=True, kw_only=True):
    """What a body said, and where that is written."""

    day: date
    source: str
    spoken: bool
    """True: its representative said so here. False: it was written down from the source."""


class PartyStand(Struct, frozen=True, kw_only=True):
    """Where a party body stands on this version. All null: it has said nothing of it."""

    organisation: str
    """As the procedure names it."""
    id: str
    endorsed: Word | None
    retracted: Word | None
    applied: Word | None
    ceased: Word | None


class ProcedureDocument(Struct, frozen=True, kw_only=True):
    """A co-operation procedure as the public reads it."""

    id: str
    region: str
    slug: str
    key: str | None
    version: int
    updated_at: datetime
    state: ProcedureState
    """``documented``: endorsed by nobody; ``endorsed``, ``applied``: by every party body; ``lapsed``: no longer."""
    nature: Nature
    endorsed_on: date | None
    due_on: date | None
    """When it is to be looked at again."""
    superseded_by: str | None
    """Id of the procedure that takes its place."""
    procedure: ProcedureFacts
    parties: tuple[PartyStand, ...]


class ProcedureList(Listed[ProcedureDocument], frozen=True, kw_only=True):
    pass


@resource(
    "/regions/{region}/procedures", tag="Procedures", names=(REGION,), query=(CURSOR, LIMIT), answers=ProcedureList
)
def list_procedures(asked: Asked) -> Answer:
    """Co-operation procedures of the region, the last published first."""
    asked.instance.header(asked["region"])
    with asked.instance.database.read(asked["region"]) as session:
        return asked.part([_document(one) for one in service.published(session)])


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
    with asked.instance.database.read(region_id) as session:
        found = service.one_published(session, slug)
    if found.slug != slug:
        return asked.moved("regions", region_id, "procedures", found.slug)
    return Answer(msgspec.json.encode(_document(found)))


def party_stands(parties: dict[str, str], stands: dict[str, Stand]) -> tuple[PartyStand, ...]:
    return tuple(
        PartyStand(
            organisation=name,
            id=body,
            endorsed=_word(stand.endorsed),
            retracted=_word(stand.retracted),
            applied=_word(stand.applied),
            ceased=_word(stand.ceased),
        )
        for name, body in parties.items()
        for stand in (stands.get(body, Stand()),)
    )


def _word(said: Said | None) -> Word | None:
    return Word(day=said.day, source=said.source, spoken=said.spoken) if said else None


def _document(one: Published) -> ProcedureDocument:
    """With all fields told, also those that have their usual value."""
    facts = {name: getattr(one.procedure, name) for name in Procedure.__struct_fields__}
    return ProcedureDocument(
        id=one.id,
        region=one.region,
        slug=one.slug,
        key=one.key,
        version=one.version,
        updated_at=one.updated_at,
        state=one.status.state,
        nature=one.procedure.nature,
        endorsed_on=one.status.endorsed_on,
        due_on=due_on(one.procedure, one.status),
        superseded_by=one.status.superseded_by or None,
        procedure=ProcedureFacts(**facts),
        parties=party_stands(one.parties, stands_of(one.said, one.version)),
    )


handlers = (list_procedures, get_procedure)
