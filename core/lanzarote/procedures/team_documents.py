"""Procedures as programs of the group read and write them, and of a body that is asked."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from lanzarote.accounts.service import names
from lanzarote.procedures import service
from lanzarote.procedures.model import Beside, ProcedureState, What
from lanzarote.procedures.rules import open_of
from lanzarote.procedures.writing import status_of
from lanzarote.records.drafts import Told, read_told
from lanzarote.records.records import Record
from lanzarote.translation import texts_named
from lanzarote.types import Nature, Procedure, Text
from lanzarote.web.working_records import Person, WorkTold, people_in, person_of, work_told

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# For the group


class GroupProcedureItem(Struct, frozen=True, kw_only=True):
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


def procedure_item(record: Record, procedure: Procedure) -> GroupProcedureItem:
    status = status_of(record)
    return GroupProcedureItem(
        **_common(record),
        title=texts_named(procedure.text, "title"),
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
