"""API resources for a region's team: entries of the directory as they are written, with contacts and versions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import and_, func, select

from lanzarote.accounts.service import names
from lanzarote.directory.model import KIND, Contact
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record, Version, decode
from lanzarote.stakeholders import deciding, writing
from lanzarote.translation import N_
from lanzarote.types import Organisation, PartialDate, Relation, Text
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource
from lanzarote.web.working_records import (
    Kind,
    WorkingVersionList,
    WorkTold,
    etag_of,
    id_of,
    people_in,
    versions_of,
    work_told,
    working,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TAG: Final = "Stakeholders, for the team"
NO_SUCH: Final = N_("There is no such organisation here, or you may not read it.")
ERASED: Final = N_("This organisation was erased.")
STAKEHOLDERS: Final = Kind(name=KIND, read="stakeholder.read", none=NO_SUCH, erased=ERASED)
STAKEHOLDER: Final = id_of(KIND)
VERSION: Final = Parameter(name="version", told="Number of the version.", between=(1, 999_999_999))
ONE: Final = "/regions/{region}/team/stakeholders/{stakeholder}"


class EntryItem(Struct, frozen=True, kw_only=True):
    """An organisation in the team's list."""

    id: str
    slug: str
    key: str | None
    name: Text
    relation: Relation
    state: str
    """What the public knows of it: ``draft``, ``published``, ``withdrawn``, ``archived`` or ``merged``."""
    stage: str
    """How far its working version is: ``writing``, ``submitted``; empty: there is none."""
    version: int
    published_version: int | None
    updated_at: datetime


class EntryList(Listed[EntryItem], frozen=True, kw_only=True):
    pass


class Entry(WorkTold, frozen=True, kw_only=True):
    """An organisation as the team keeps it."""

    id: str
    region: str
    slug: str
    key: str | None
    state: str
    stage: str
    version: int
    published_version: int | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    organisation: Organisation
    """What its newest version says; what PUT takes, beside the contacts."""
    contacts: tuple[Contact, ...]
    relation: Relation
    since: PartialDate | None
    mandate: Text
    source: str
    """Where the relation is written."""
    shared: bool
    """It agreed that the central office receives its entry."""
    withdrawn: str
    """Why it was withdrawn."""
    merged_into: str | None
    """Id of the entry that answers in its place."""


class EntryText(Struct, frozen=True, kw_only=True):
    """What one version says."""

    number: int
    organisation: Organisation
    contacts: tuple[Contact, ...]


@resource(
    "/regions/{region}/team/stakeholders",
    tag=TAG,
    may="stakeholder.read",
    names=(REGION,),
    query=(CURSOR, LIMIT),
    answers=EntryList,
)
def list_team_stakeholders(asked: Asked) -> Answer:
    """The directory as its team keeps it, the last changed first."""
    asked.instance.header(asked["region"])
    start = int(asked.one("cursor") or 0)
    mine = and_(Record.kind == KIND, Record.state != "erased", allowed(asked.actor, "stakeholder.read"))
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


@resource(ONE, tag=TAG, may="stakeholder.read", names=(REGION, STAKEHOLDER), answers=Entry)
def get_team_stakeholder(asked: Asked) -> Answer:
    """One entry as its team keeps it. Its ETag is what a change of it takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, STAKEHOLDERS)
        return Answer(msgspec.json.encode(_entry(session, record)), {"etag": etag_of(record)})


@resource(
    f"{ONE}/versions",
    tag=TAG,
    may="stakeholder.read",
    names=(REGION, STAKEHOLDER),
    query=(CURSOR,),
    answers=WorkingVersionList,
)
def list_team_stakeholder_versions(asked: Asked) -> Answer:
    """All versions of an entry, the newest first, fifty at a time."""
    return versions_of(asked, STAKEHOLDERS, names)


@resource(
    f"{ONE}/versions/{{version}}",
    tag=TAG,
    may="stakeholder.read",
    names=(REGION, STAKEHOLDER, VERSION),
    answers=EntryText,
)
def get_team_stakeholder_version(asked: Asked) -> Answer:
    """What one version of an entry says, published or not."""
    number = int(asked["version"])
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, STAKEHOLDERS)
        text = EntryText(
            number=number,
            organisation=writing.entry_of(session, record, number),
            contacts=writing.contacts_of(session, record, number),
        )
    return Answer(msgspec.json.encode(text))


def _item(record: Record, body: bytes) -> EntryItem:
    return EntryItem(
        **_common(record),
        name=decode(body, Organisation).name,
        relation=deciding.status_of(record).relation,
    )


def _entry(session: Session, record: Record) -> Entry:
    status, told = deciding.status_of(record), writing.told_of(session, record)
    people = names(session, people_in(told))
    return Entry(
        **_common(record),
        region=record.region_id,
        created_at=record.created_at,
        published_at=record.published_at,
        organisation=writing.entry_of(session, record),
        contacts=writing.contacts_of(session, record),
        relation=status.relation,
        since=status.since,
        mandate=status.mandate,
        source=status.source,
        shared=status.shared,
        withdrawn=status.withdrawn,
        merged_into=status.merged.into if status.merged else None,
        **work_told(told, people),
    )


def _common(record: Record) -> dict[str, Any]:
    fields = ("id", "slug", "key", "state", "stage", "version", "published_version", "updated_at")
    return {name: getattr(record, name) for name in fields}


handlers = (
    list_team_stakeholders,
    get_team_stakeholder,
    list_team_stakeholder_versions,
    get_team_stakeholder_version,
)
