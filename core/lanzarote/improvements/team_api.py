"""API resources for the group: findings and improvements as it works on them, with their versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts.service import names
from lanzarote.improvements import contents, moving, service, writing
from lanzarote.improvements.finding_kind import FINDINGS
from lanzarote.improvements.model import IMPROVEMENT, ImprovementState
from lanzarote.kinds.api import resources_of
from lanzarote.records.records import Record, Version, body_of, decode
from lanzarote.types import Improvement, Language, Text
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource
from lanzarote.web.working_records import (
    GivenReason,
    Kind,
    Overridden,
    Remark,
    WorkingVersionList,
    etag_of,
    id_of,
    people_in,
    versions_of,
    work_told,
    working,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TAG_IMPROVEMENTS: Final = "Improvements, for the group"
KINDS: Final = {
    kind: Kind(
        name=kind, read="group.read", none=service.NO_SUCH[kind], erased=service.ERASED[kind], hides=service.is_hidden
    )
    for kind in (IMPROVEMENT,)
}
IMPROVEMENTS: Final = KINDS[IMPROVEMENT]
ONE_IMPROVEMENT: Final = "/regions/{region}/team/improvements/{improvement}"
IMPROVEMENT_ID: Final = id_of(IMPROVEMENT)
VERSION: Final = Parameter(name="version", told="Number of the version.", between=(1, 999_999_999))


class ImprovementItem(Struct, frozen=True, kw_only=True):
    """An improvement in the list."""

    id: str
    slug: str
    state: ImprovementState
    title: Text
    original: Language
    version: int
    published_version: int | None
    updated_at: datetime


class TeamImprovementList(Listed[ImprovementItem], frozen=True, kw_only=True):
    pass


class ImprovementTold(Struct, frozen=True, kw_only=True):
    """An improvement as the group works on it."""

    id: str
    region: str
    slug: str
    state: ImprovementState
    version: int
    published_version: int | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    improvement: Improvement
    """What its newest version says; what PUT takes."""
    called_until: date | None
    """The last day for positions, once they are asked for."""
    called_version: int
    """The text that positions were asked for on; 0: they were not asked for."""
    dropped: str
    """Why it is pursued no further."""
    withdrawn: Text
    """Why it was taken from the public."""
    archived: bool
    """Nothing more becomes of it."""
    reasons: tuple[GivenReason, ...]
    remarks: tuple[Remark, ...]
    overrides: tuple[Overridden, ...]


class ImprovementVersion(Struct, frozen=True, kw_only=True):
    """What one version says."""

    number: int
    improvement: Improvement


@resource(
    "/regions/{region}/team/improvements",
    tag=TAG_IMPROVEMENTS,
    may="group.read",
    names=(REGION,),
    query=(CURSOR, LIMIT),
    answers=TeamImprovementList,
)
def list_team_improvements(asked: Asked) -> Answer:
    """Improvements as the group works on them, the last changed first."""
    return _listed(asked, IMPROVEMENT)


@resource(
    ONE_IMPROVEMENT, tag=TAG_IMPROVEMENTS, may="group.read", names=(REGION, IMPROVEMENT_ID), answers=ImprovementTold
)
def get_team_improvement(asked: Asked) -> Answer:
    """One improvement. Its ETag is what a change of it takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, IMPROVEMENTS)
        return Answer(msgspec.json.encode(_improvement(session, record)), {"etag": etag_of(record)})


@resource(
    f"{ONE_IMPROVEMENT}/versions",
    tag=TAG_IMPROVEMENTS,
    may="group.read",
    names=(REGION, IMPROVEMENT_ID),
    query=(CURSOR,),
    answers=WorkingVersionList,
)
def list_improvement_versions(asked: Asked) -> Answer:
    """All versions of an improvement, the newest first, fifty at a time."""
    return versions_of(asked, IMPROVEMENTS, names)


@resource(
    f"{ONE_IMPROVEMENT}/versions/{{version}}",
    tag=TAG_IMPROVEMENTS,
    may="group.read",
    names=(REGION, IMPROVEMENT_ID, VERSION),
    answers=ImprovementVersion,
)
def get_improvement_version(asked: Asked) -> Answer:
    """What one version of an improvement says."""
    number = int(asked["version"])
    with asked.instance.database.read(asked["region"]) as session:
        said = decode(body_of(session, working(asked, session, IMPROVEMENTS), number), Improvement)
    return Answer(msgspec.json.encode(ImprovementVersion(number=number, improvement=said)))


def _listed(asked: Asked, kind: str) -> Answer:
    asked.instance.header(asked["region"])
    start = int(asked.one("cursor") or 0)
    with asked.instance.database.read(asked["region"]) as session:
        states = service.states_of(session, kind, by=asked.actor)
        ids = [record_id for record_id, _ in states[start : start + asked.limit]]
        newest = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
        query = select(Record, Version.body).join(Version, newest & (Version.number == Record.version))
        found = {record.id: _item(record, body) for record, body in session.execute(query.where(Record.id.in_(ids)))}
    end = start + len(ids)
    items = [msgspec.json.encode(found[one]) for one in ids]
    return asked.listed(items, len(states), str(end) if end < len(states) else None)


def _item(record: Record, body: bytes) -> ImprovementItem:
    said = contents.read(record.kind, body)
    common: dict[str, Any] = {"title": contents.titles_of(said), "original": said.original}
    common |= {name: getattr(record, name) for name in ("id", "slug", "version", "updated_at")}
    state = moving.status_of(record).state
    return ImprovementItem(state=state, published_version=record.published_version, **common)


def _improvement(session: Session, record: Record) -> ImprovementTold:
    status, told = moving.status_of(record), writing.told_of(session, record)
    work = work_told(told, names(session, people_in(told)))
    return ImprovementTold(
        **_common(record),
        state=status.state,
        published_version=record.published_version,
        published_at=record.published_at,
        improvement=decode(body_of(session, record, record.version), Improvement),
        called_until=status.called_until,
        called_version=status.called_version,
        dropped=status.dropped,
        withdrawn=status.withdrawn,
        archived=record.state == "archived",
        **{name: work[name] for name in ("reasons", "remarks", "overrides")},
    )


def _common(record: Record) -> dict[str, Any]:
    fields = ("id", "slug", "version", "created_at", "updated_at")
    return {name: getattr(record, name) for name in fields} | {"region": record.region_id}


handlers = (
    *resources_of(FINDINGS),
    list_team_improvements,
    get_team_improvement,
    list_improvement_versions,
    get_improvement_version,
)
