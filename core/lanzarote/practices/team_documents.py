"""Practices as programs of the team read and write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from lanzarote.accounts.service import names
from lanzarote.practices import sheets
from lanzarote.practices.model import read_status
from lanzarote.practices.review_model import heard, words_of
from lanzarote.records.drafts import told_of
from lanzarote.records.records import body_of
from lanzarote.types import Agreement, PracticeSheet
from lanzarote.web.resources import Listed
from lanzarote.web.working_records import Person, WorkTold, people_in, person_of, work_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.records.records import Record


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


class Submission(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said when a practice is handed in."""

    bearer: Annotated[str, Meta(max_length=200)] = ""
    """The organisation that runs the practice: its id, key or name."""
    bearer_name: Annotated[str, Meta(max_length=200)] = ""
    """Its name, where it is not in the directory; it counts before the other."""


class Publication(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the publisher confirms."""

    nobody: bool
    """Nobody is recognisable in it."""
    no_case: bool
    """No case that it describes is pending."""

    @property
    def confirmed(self) -> bool:
        return self.nobody and self.no_case


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


_OF_RECORD: Final = ("id", "state", "stage", "version", "published_version", "updated_at")


def working_practice(session: Session, record: Record, sheet: PracticeSheet, *, instance: Instance) -> WorkingPractice:
    told, vocabulary = told_of(session, record), instance.vocabulary(record.region_id)
    people = names(session, people_in(told))
    status = heard(session, record, body_of(session, record, record.version), read_status(record.status))
    return WorkingPractice(
        region=record.region_id,
        **{name: getattr(record, name) for name in (*_OF_RECORD, "slug", "created_at", "published_at")},
        practice=sheet,
        missing=(*sheets.missing_in(sheet), *sheets.missing_answers(sheet, vocabulary)),
        **work_told(told, people),
        bearer=told.bearer,
        agreement=status.agreement,
        agreement_on=status.agreement_on,
        holders=tuple(
            HolderTold(
                organisation=row.stakeholder,
                day=row.on_day,
                **{name: getattr(row, name) for name in ("number", "version", "way", "answer", "remark", "document")},
            )
            for row in reversed(words_of(session, record))
        ),
        confirmed=tuple(
            Confirmed(at=one.at, version=one.version, by=person_of(people, one.by)) for one in told.confirmed
        ),
    )


def working_item(record: Record, sheet: PracticeSheet, *, due: bool, mine: bool) -> WorkingItem:
    return WorkingItem(
        **{name: getattr(record, name) for name in _OF_RECORD},
        title=sheets.title_of(sheet),
        original=sheet.original,
        languages=tuple(dict.fromkeys((sheet.original, *sheet.text))),
        stale=sheet.stale,
        due=due,
        mine=mine,
    )
