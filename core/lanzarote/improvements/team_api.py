"""API resources for the group: findings and improvements as it works on them, with their versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts.service import names
from lanzarote.improvements import contents, moving, service, sharing, writing
from lanzarote.improvements.model import FINDING, IMPROVEMENT, FindingState, ImprovementState
from lanzarote.records.records import Record, Version, body_of, decode
from lanzarote.types import Finding, Improvement, Language, Text
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource
from lanzarote.web.working_records import (
    GivenReason,
    Kind,
    Overridden,
    Person,
    Remark,
    WorkingVersionList,
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

TAG_FINDINGS: Final = "Findings, for the group"
TAG_IMPROVEMENTS: Final = "Improvements, for the group"
KINDS: Final = {
    kind: Kind(
        name=kind, read="group.read", none=service.NO_SUCH[kind], erased=service.ERASED[kind], hides=service.is_hidden
    )
    for kind in (FINDING, IMPROVEMENT)
}
FINDINGS: Final = KINDS[FINDING]
IMPROVEMENTS: Final = KINDS[IMPROVEMENT]
ONE_FINDING: Final = "/regions/{region}/team/findings/{finding}"
ONE_IMPROVEMENT: Final = "/regions/{region}/team/improvements/{improvement}"
FINDING_ID: Final = id_of(FINDING)
IMPROVEMENT_ID: Final = id_of(IMPROVEMENT)
VERSION: Final = Parameter(name="version", told="Number of the version.", between=(1, 999_999_999))


class FindingItem(Struct, frozen=True, kw_only=True):
    """A finding in the list."""

    id: str
    slug: str
    state: FindingState
    title: Text
    original: Language
    version: int
    updated_at: datetime


class FindingList(Listed[FindingItem], frozen=True, kw_only=True):
    pass


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


class OfferTold(Struct, frozen=True, kw_only=True):
    """A body was offered to reply."""

    stakeholder: str
    """Its id."""
    on: date
    how: str
    by: Person
    reply: Text
    """What it replied, in its words."""
    replied_on: date | None


class FindingTold(Struct, frozen=True, kw_only=True):
    """A finding as the group works on it. Nothing of it is ever public."""

    id: str
    region: str
    slug: str
    state: FindingState
    version: int
    created_at: datetime
    updated_at: datetime
    finding: Finding
    """What its newest version says; what PUT takes."""
    offers: tuple[OfferTold, ...]
    lacking: tuple[str, ...]
    """Ids of bodies that it names and that were not offered to reply."""
    improvements: tuple[str, ...]
    """Ids of improvements that answer it."""
    closed: str
    """Why it was closed."""
    not_meant: dict[str, str]
    """Id of an organisation whose name stands in the text → why it is not meant."""
    reasons: tuple[GivenReason, ...]


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


class FindingVersion(Struct, frozen=True, kw_only=True):
    """What one version says."""

    number: int
    finding: Finding


class ImprovementVersion(Struct, frozen=True, kw_only=True):
    """What one version says."""

    number: int
    improvement: Improvement


@resource(
    "/regions/{region}/team/findings",
    tag=TAG_FINDINGS,
    may="group.read",
    names=(REGION,),
    query=(CURSOR, LIMIT),
    answers=FindingList,
)
def list_findings(asked: Asked) -> Answer:
    """Findings, the last changed first: those that are shared, and drafts for their authors and coordinators."""
    return _listed(asked, FINDING)


@resource(ONE_FINDING, tag=TAG_FINDINGS, may="group.read", names=(REGION, FINDING_ID), answers=FindingTold)
def get_finding(asked: Asked) -> Answer:
    """One finding. Its ETag is what a change of it takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, FINDINGS)
        return Answer(msgspec.json.encode(_finding(asked, session, record)), {"etag": etag_of(record)})


@resource(
    f"{ONE_FINDING}/versions",
    tag=TAG_FINDINGS,
    may="group.read",
    names=(REGION, FINDING_ID),
    query=(CURSOR,),
    answers=WorkingVersionList,
)
def list_finding_versions(asked: Asked) -> Answer:
    """All versions of a finding, the newest first, fifty at a time."""
    return versions_of(asked, FINDINGS, names)


@resource(
    f"{ONE_FINDING}/versions/{{version}}",
    tag=TAG_FINDINGS,
    may="group.read",
    names=(REGION, FINDING_ID, VERSION),
    answers=FindingVersion,
)
def get_finding_version(asked: Asked) -> Answer:
    """What one version of a finding says."""
    number = int(asked["version"])
    with asked.instance.database.read(asked["region"]) as session:
        said = decode(body_of(session, working(asked, session, FINDINGS), number), Finding)
    return Answer(msgspec.json.encode(FindingVersion(number=number, finding=said)))


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


def _item(record: Record, body: bytes) -> FindingItem | ImprovementItem:
    said = contents.read(record.kind, body)
    common: dict[str, Any] = {"title": contents.titles_of(said), "original": said.original}
    common |= {name: getattr(record, name) for name in ("id", "slug", "version", "updated_at")}
    if record.kind == FINDING:
        return FindingItem(state=sharing.status_of(record).state, **common)
    state = moving.status_of(record).state
    return ImprovementItem(state=state, published_version=record.published_version, **common)


def _finding(asked: Asked, session: Session, record: Record) -> FindingTold:
    status, told = sharing.status_of(record), writing.told_of(session, record)
    people = names(session, [*people_in(told), *(one.by for one in status.offers)])
    return FindingTold(
        **_common(record),
        state=status.state,
        finding=decode(body_of(session, record, record.version), Finding),
        offers=tuple(
            OfferTold(
                stakeholder=one.stakeholder,
                on=one.on,
                how=one.how,
                by=person_of(people, one.by),
                reply=one.reply,
                replied_on=one.replied_on,
            )
            for one in status.offers
        ),
        lacking=sharing.lacking_offers(session, record),
        improvements=tuple(one.id for one in service.answers_to(session, record.id, by=asked.actor)),
        closed=status.closed,
        not_meant=status.not_meant,
        reasons=work_told(told, people)["reasons"],
    )


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
    list_findings,
    get_finding,
    list_finding_versions,
    get_finding_version,
    list_team_improvements,
    get_team_improvement,
    list_improvement_versions,
    get_improvement_version,
)
