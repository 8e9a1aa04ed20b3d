"""API resources for a region's team: practices as they are written, with how far each is and what was said about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote.accounts.service import names
from lanzarote.practices import sheets, team_list, writing
from lanzarote.practices.form_opening import ERASED
from lanzarote.practices.form_saving import NO_SUCH
from lanzarote.practices.holder_model import heard, words_of
from lanzarote.practices.model import KIND, read_status
from lanzarote.practices.work import Told, told_of
from lanzarote.records.records import Record, body_of
from lanzarote.runtime.reading import converted
from lanzarote.types import Agreement, PracticeSheet
from lanzarote.web.resources import CURSOR, REGION, Answer, Asked, Listed, Parameter, cursor, resource
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
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

TAG: Final = "Practices, for the team"
PRACTICES: Final = Kind(name=KIND, read="practice.read", none=NO_SUCH, erased=ERASED)
PRACTICE: Final = id_of(KIND)
VERSION: Final = Parameter(name="version", told="Number of the version.", between=(1, 999_999_999))
ONLY: Final = Parameter(name="only", told="Which of them; all without it.", choices=tuple(team_list.FILTERS))
PLACE: Final = cursor(r"^[0-9]{1,6}$", 6)
SINCE: Final = Parameter(
    name="since", told="The version to compare with; the one before without it.", between=(1, 999_999_999)
)


class WorkingItem(Struct, frozen=True, kw_only=True):
    """A practice in the team's list."""

    id: str
    title: str
    original: str
    languages: tuple[str, ...]
    stale: tuple[str, ...]
    """Languages whose texts are older than the original's last change."""
    state: str
    """What the public knows of it: ``draft``, ``published``, ``withdrawn`` or ``archived``."""
    stage: str
    """How far its working version is: ``writing``, ``submitted``, ``assessing``; empty: there is none."""
    version: int
    published_version: int | None
    due: bool
    """It was assessed so long ago that it has to be looked at again."""
    mine: bool
    """You wrote in it."""
    updated_at: datetime


class WorkingList(Listed[WorkingItem], frozen=True, kw_only=True):
    counts: dict[str, int]
    """For each value of `only`: how many it would show."""


class Confirmed(Struct, frozen=True, kw_only=True):
    """Somebody confirmed that nobody is recognisable in a version, and that no case it describes is pending."""

    at: datetime
    version: int
    by: Person


class HolderTold(Struct, frozen=True, kw_only=True):
    """An organisation was asked whether the text is right."""

    number: int
    organisation: str
    """Its id."""
    version: int
    """The version that it was shown."""
    way: str
    """``link``, ``account`` or ``document``."""
    day: str
    """When it was asked, or answered."""
    answer: str
    """``confirmed``, ``wrong`` or ``refused``; empty: none yet."""
    remark: str
    document: str


class WorkingPractice(WorkTold, frozen=True, kw_only=True):
    """A practice as its team works on it."""

    id: str
    region: str
    slug: str
    state: str
    stage: str
    version: int
    published_version: int | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    practice: PracticeSheet
    """What its newest version says; what PUT takes."""
    missing: tuple[str, ...]
    """What has to be filled in before it is submitted."""
    bearer: str
    """The organisation that runs the practice: its id, key or name."""
    agreement: Agreement
    """What organisations that run it said of its newest version."""
    agreement_on: date | None
    holders: tuple[HolderTold, ...]
    """Which were asked, and what each said, the last first."""
    confirmed: tuple[Confirmed, ...]


class VersionText(Struct, frozen=True, kw_only=True):
    """What one version says."""

    number: int
    practice: PracticeSheet


class FieldChange(Struct, frozen=True, kw_only=True):
    """A field that one version says otherwise than another."""

    field: str
    before: Any
    """null: it did not stand there."""
    after: Any


class Changes(Struct, frozen=True, kw_only=True):
    """Everything that one version says otherwise than another."""

    since: int
    version: int
    fields: tuple[FieldChange, ...]


@resource(
    "/regions/{region}/team/practices",
    tag=TAG,
    may="practice.read",
    names=(REGION,),
    query=(ONLY, PLACE),
    answers=WorkingList,
)
def list_team_practices(asked: Asked) -> Answer:
    """Practices of a region as its team works on them, the last changed first, fifty at a time."""
    only, page = asked.one("only") or "all", int(asked.one("cursor") or 0)
    grid, today = asked.instance.vocabulary(asked["region"]).grid, asked.instance.today(asked["region"])
    with asked.instance.database.read(asked["region"]) as session:
        found = team_list.listed(session, by=asked.actor, only=only, page=page, grid=grid, today=today)
    rows = [converted(row, WorkingItem, from_attributes=True) for row in found.rows]
    more = str(page + 1) if found.more else None
    return asked.listed(map(msgspec.json.encode, rows), found.counts[only], more, counts=found.counts)


@resource(
    "/regions/{region}/team/practices/{practice}",
    tag=TAG,
    may="practice.read",
    names=(REGION, PRACTICE),
    answers=WorkingPractice,
)
def get_team_practice(asked: Asked) -> Answer:
    """One practice as its team works on it. Its ETag is what a change of it takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, PRACTICES)
        told = told_of(session, record)
        return Answer(msgspec.json.encode(_document(asked, session, record, told)), {"etag": etag_of(record)})


@resource(
    "/regions/{region}/team/practices/{practice}/versions",
    tag=TAG,
    may="practice.read",
    names=(REGION, PRACTICE),
    query=(CURSOR,),
    answers=WorkingVersionList,
)
def list_team_versions(asked: Asked) -> Answer:
    """All versions of a practice, the newest first, fifty at a time."""
    return versions_of(asked, PRACTICES, names)


@resource(
    "/regions/{region}/team/practices/{practice}/versions/{version}",
    tag=TAG,
    may="practice.read",
    names=(REGION, PRACTICE, VERSION),
    answers=VersionText,
)
def get_team_version(asked: Asked) -> Answer:
    """What one version says, published or not."""
    number = int(asked["version"])
    with asked.instance.database.read(asked["region"]) as session:
        sheet = sheets.read(body_of(session, working(asked, session, PRACTICES), number))
    return Answer(msgspec.json.encode(VersionText(number=number, practice=sheet)))


@resource(
    "/regions/{region}/team/practices/{practice}/versions/{version}/changes",
    tag=TAG,
    may="practice.read",
    names=(REGION, PRACTICE, VERSION),
    query=(SINCE,),
    answers=Changes,
)
def list_team_changes(asked: Asked) -> Answer:
    """What one version says otherwise than another, field by field."""
    number = int(asked["version"])
    since = int(asked.one("since") or number - 1)
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, PRACTICES)
        after = msgspec.json.decode(body_of(session, record, number))
        before = msgspec.json.decode(body_of(session, record, since)) if since else {}
    return Answer(msgspec.json.encode(Changes(since=since, version=number, fields=tuple(changed(before, after)))))


def changed(before: Any, after: Any, place: str = "") -> Iterator[FieldChange]:
    """Every field that *after* has otherwise; lists are compared whole, for their entries have no names.

    >>> [(one.field, one.before, one.after) for one in changed({"a": {"b": 1, "c": 2}}, {"a": {"b": 3, "c": 2}})]
    [('a.b', 1, 3)]
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*after, *before)):
            inner = f"{place}.{name}" if place else name
            yield from changed(before.get(name), after.get(name), inner)
    elif isinstance(after, dict) and before is None and after:
        yield from changed({}, after, place)
    elif isinstance(before, dict) and after is None and before:
        yield from changed(before, {}, place)
    elif before != after:
        yield FieldChange(field=place, before=before, after=after)


def _document(asked: Asked, session: Session, record: Record, told: Told) -> WorkingPractice:
    sheet, vocabulary = writing.sheet_of(session, record), asked.instance.vocabulary(record.region_id)
    people = names(session, people_in(told))
    status = heard(session, record, body_of(session, record, record.version), read_status(record.status))
    return WorkingPractice(
        id=record.id,
        region=record.region_id,
        slug=record.slug,
        state=record.state,
        stage=record.stage,
        version=record.version,
        published_version=record.published_version,
        created_at=record.created_at,
        updated_at=record.updated_at,
        published_at=record.published_at,
        practice=sheet,
        missing=(*sheets.missing_in(sheet), *sheets.missing_answers(sheet, vocabulary)),
        **work_told(told, people),
        bearer=told.bearer,
        agreement=status.agreement,
        agreement_on=status.agreement_on,
        holders=tuple(
            HolderTold(
                number=row.number,
                organisation=row.stakeholder,
                version=row.version,
                way=row.way,
                day=row.on_day,
                answer=row.answer,
                remark=row.remark,
                document=row.document,
            )
            for row in reversed(words_of(session, record))
        ),
        confirmed=tuple(
            Confirmed(at=one.at, version=one.version, by=person_of(people, one.by)) for one in told.confirmed
        ),
    )


handlers = (list_team_practices, get_team_practice, list_team_versions, get_team_version, list_team_changes)
