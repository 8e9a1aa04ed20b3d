"""Procedures as programs read and write them: as anybody reads them, as the group keeps them, as a body is asked."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from lanzarote.accounts.service import names
from lanzarote.procedures import service
from lanzarote.procedures.model import IN_FORCE, Beside, ProcedureState, Stand, What, stands_of
from lanzarote.procedures.rules import open_of
from lanzarote.procedures.writing import status_of
from lanzarote.records.changelog import Release
from lanzarote.records.drafts import Told, read_told
from lanzarote.records.records import Record, encode
from lanzarote.types import Derived, Nature, Procedure, Text
from lanzarote.web.resources import Listed
from lanzarote.web.working_records import Person, Why, WorkTold, people_in, person_of, work_told

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


# For the group


class ProcedureItem(Struct, frozen=True, kw_only=True):
    """A procedure in the group's list."""

    id: str
    slug: str
    key: str | None
    title: Text
    nature: Nature
    state: ProcedureState
    """Of what the public reads; of the text, as long as it reads nothing."""
    beside: Beside
    """Of a newer version beside that one; empty: there is none."""
    version: int
    published_version: int | None
    updated_at: datetime


class ProcedureItemList(Listed[ProcedureItem], frozen=True, kw_only=True):
    pass


class OpenPoint(Struct, frozen=True, kw_only=True):
    """What has to be put right before it is proposed."""

    field: str
    detail: str


class SaidByBody(Struct, frozen=True, kw_only=True):
    """What a body said of one version."""

    number: int
    version: int
    stakeholder: str
    """Id of the body."""
    what: What
    day: date
    source: str
    spoken: bool
    """True: its representative said so here. False: a coordinator wrote it down from the source."""
    by: Person
    at: datetime


class WorkingProcedure(WorkTold, frozen=True, kw_only=True):
    """A procedure as the group keeps it."""

    id: str
    region: str
    slug: str
    key: str | None
    state: ProcedureState
    beside: Beside
    version: int
    published_version: int | None
    created_at: datetime
    updated_at: datetime
    endorsed_on: date | None
    reviewed_on: date | None
    superseded_by: str | None
    withdrawn: str
    """Why it was withdrawn."""
    procedure: Procedure
    """What its newest version says; what PUT takes."""
    open_points: tuple[OpenPoint, ...]
    said: tuple[SaidByBody, ...]
    """Everything that bodies said, the oldest first."""


class ProcedureVersion(Struct, frozen=True, kw_only=True):
    """What one version says."""

    number: int
    procedure: Procedure


class WrittenProcedure(Procedure, frozen=True, kw_only=True):
    """A procedure as somebody writes it: bodies and sectors, never a person or a case."""

    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""


def procedure_item(record: Record, procedure: Procedure) -> ProcedureItem:
    status = status_of(record)
    return ProcedureItem(
        **_common(record),
        title=service.title_of(procedure),
        nature=procedure.nature,
        state=status.state,
        beside=status.beside,
    )


def working_procedure(session: Session, record: Record, procedure: Procedure) -> WorkingProcedure:
    status = status_of(record)
    told, said = read_told(session, record, Told), service.said_of(session, record)
    lines = sorted(((body, one) for body, some in said.items() for one in some), key=lambda pair: pair[1].number)
    people = names(session, [*people_in(told), *(one.by for _, one in lines)])
    return WorkingProcedure(
        **_common(record),
        region=record.region_id,
        created_at=record.created_at,
        state=status.state,
        beside=status.beside,
        endorsed_on=status.endorsed_on,
        reviewed_on=status.reviewed_on,
        superseded_by=status.superseded_by or None,
        withdrawn=status.withdrawn,
        procedure=procedure,
        open_points=tuple(
            OpenPoint(field=one.field, detail=one.text % {"value": one.value}) for one in open_of(procedure)
        ),
        said=tuple(
            SaidByBody(
                stakeholder=body,
                by=person_of(people, one.by),
                **{name: getattr(one, name) for name in ("number", "version", "what", "day", "source", "spoken", "at")},
            )
            for body, one in lines
        ),
        **work_told(told, people),
    )


def _common(record: Record) -> dict[str, Any]:
    fields = ("id", "slug", "key", "version", "published_version", "updated_at")
    return {name: getattr(record, name) for name in fields}


# For who speaks for a body


class ProcedureSaying(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a body says of the version that was read: by its representative, or as a source tells it."""

    stakeholder: Annotated[str, Meta(max_length=64)]
    """Key or id of the party body."""
    what: What
    day: date
    source: Annotated[str, Meta(max_length=500)] = ""
    """Where it is written; for ``apply``, the signed act. A representative may leave it out but for ``apply``."""


class SaidByOwn(Struct, frozen=True, kw_only=True):
    """What the organisation that one speaks for said of this text."""

    stakeholder: str
    what: What
    day: date
    source: str
    spoken: bool
    at: datetime


class AskedProcedure(Struct, frozen=True, kw_only=True):
    """The text that waits for the word of one's organisation, or that it gave its word on."""

    id: str
    version: int
    state: ProcedureState
    procedure: Procedure
    stakeholders: tuple[str, ...]
    """Those party bodies that one speaks for."""
    said: tuple[SaidByOwn, ...]
