"""Procedures as programs of anybody read them, and as they leave a region."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.procedures import service
from lanzarote.procedures.model import IN_FORCE, ProcedureState, Stand, stands_of
from lanzarote.records.changelog import Release
from lanzarote.records.records import encode
from lanzarote.types import Derived, Nature, Procedure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.procedures.model import Said
    from lanzarote.procedures.service import Published
    from lanzarote.records.changelog import Saved


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
    derived: Derived | None = None
    """Where it was taken from, if it was adapted from a procedure of another place."""


def released(session: Session, some: Mapping[str, Saved]) -> Mapping[str, Release]:
    """What the change log keeps of these procedures. A result is what every party has endorsed, and what follows."""
    return {
        one.id: Release(version=one.version, body=encode(document(one)), begins=one.status.state in IN_FORCE)
        for one in service.published(session, ids=list(some))
    }


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


def document(one: Published) -> ProcedureDocument:
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
        due_on=one.due_on,
        superseded_by=one.status.superseded_by or None,
        procedure=ProcedureFacts(**facts),
        parties=party_stands(one.parties, stands_of(one.said, one.version)),
        derived=one.status.derived and one.status.derived.nameless,
    )
