"""API resources for a region's group: procedures as they are written, what bodies said of them, all versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import and_, func, select

from lanzarote.accounts.service import names
from lanzarote.procedures import service, sheets, writing
from lanzarote.procedures.checks import open_of
from lanzarote.procedures.model import KIND, Beside, ProcedureState, What
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record, Version, decode
from lanzarote.translation import N_
from lanzarote.types import Nature, Procedure, Text
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource
from lanzarote.web.working_records import (
    Kind,
    Person,
    WorkingVersionList,
    WorkTold,
    etag_of,
    id_of,
    people_in,
    person_of,
    versions_of,
    work_told,
    working,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TAG: Final = "Procedures, for the group"
NO_SUCH: Final = N_("There is no such procedure here, or you may not read it.")
ERASED: Final = N_("This procedure was erased.")
PROCEDURES: Final = Kind(name=KIND, read="group.read", none=NO_SUCH, erased=ERASED)
PROCEDURE: Final = id_of(KIND)
VERSION: Final = Parameter(name="version", told="Number of the version.", between=(1, 999_999_999))
ONE: Final = "/regions/{region}/team/procedures/{procedure}"


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


@resource(
    "/regions/{region}/team/procedures",
    tag=TAG,
    may="group.read",
    names=(REGION,),
    query=(CURSOR, LIMIT),
    answers=ProcedureItemList,
)
def list_team_procedures(asked: Asked) -> Answer:
    """The procedures as the group keeps them, the last changed first."""
    asked.instance.header(asked["region"])
    start = int(asked.one("cursor") or 0)
    mine = and_(Record.kind == KIND, Record.state != "erased", allowed(asked.actor, "group.read"))
    newest = and_(
        Version.region_id == Record.region_id, Version.record_id == Record.id, Version.number == Record.version
    )
    query = select(Record, Version.body).join(Version, newest).where(mine)
    with asked.instance.database.read(asked["region"]) as session:
        order = query.order_by(Record.updated_at.desc(), Record.id).offset(start).limit(asked.limit)
        items = [_item(record, body) for record, body in session.execute(order)]
        total = session.scalar(select(func.count()).select_from(Record).where(mine)) or 0
    end = start + len(items)
    return asked.listed(map(msgspec.json.encode, items), total, str(end) if end < total else None)


@resource(ONE, tag=TAG, may="group.read", names=(REGION, PROCEDURE), answers=WorkingProcedure)
def get_team_procedure(asked: Asked) -> Answer:
    """One procedure as the group keeps it. Its ETag is what a change of it takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, PROCEDURES)
        return Answer(msgspec.json.encode(_told(session, record)), {"etag": etag_of(record)})


@resource(
    f"{ONE}/versions",
    tag=TAG,
    may="group.read",
    names=(REGION, PROCEDURE),
    query=(CURSOR,),
    answers=WorkingVersionList,
)
def list_team_procedure_versions(asked: Asked) -> Answer:
    """All versions of a procedure, the newest first, fifty at a time."""
    return versions_of(asked, PROCEDURES, names)


@resource(
    f"{ONE}/versions/{{version}}",
    tag=TAG,
    may="group.read",
    names=(REGION, PROCEDURE, VERSION),
    answers=ProcedureVersion,
)
def get_team_procedure_version(asked: Asked) -> Answer:
    """What one version of a procedure says, public or not."""
    number = int(asked["version"])
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, PROCEDURES)
        text = ProcedureVersion(number=number, procedure=writing.text_of(session, record, number))
    return Answer(msgspec.json.encode(text))


def _item(record: Record, body: bytes) -> ProcedureItem:
    procedure, status = decode(body, Procedure), writing.status_of(record)
    return ProcedureItem(
        **_common(record),
        title=sheets.title_of(procedure),
        nature=procedure.nature,
        state=status.state,
        beside=status.beside,
    )


def _told(session: Session, record: Record) -> WorkingProcedure:
    procedure, status = writing.text_of(session, record), writing.status_of(record)
    told, said = writing.told_of(session, record), service.said_of(session, record)
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


handlers = (
    list_team_procedures,
    get_team_procedure,
    list_team_procedure_versions,
    get_team_procedure_version,
)
