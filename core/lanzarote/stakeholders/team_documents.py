"""What programs read and send of the directory, as its team keeps it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from lanzarote.accounts.service import names
from lanzarote.directory.model import Contact
from lanzarote.records.drafts import told_of
from lanzarote.stakeholders import deciding
from lanzarote.stakeholders.contacts import contacts_of
from lanzarote.types import Organisation, PartialDate, Relation, Text
from lanzarote.web.working_records import LetPass, Why, WorkTold, people_in, work_told

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record


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


class WrittenEntry(Organisation, frozen=True, kw_only=True):
    """An organisation as somebody writes it: never a person."""

    contacts: tuple[Contact, ...] | None = None
    """By role, never by name; left out: they stay as they are."""
    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""
    let_pass: tuple[LetPass, ...] = ()
    """For coordinators: one for each objection of a package."""


class Confirmation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the publisher confirms."""

    confirmed: bool
    """Its sources say so, and no person is named in it."""


class Relating(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the organisation relates to the group: nothing may suggest that it joined unless it said so."""

    relation: Relation
    since: PartialDate | None = None
    mandate: Annotated[Text, Meta(extra_json_schema={"maxLength": 4_000})] = {}
    source: Annotated[str, Meta(max_length=500)] = ""
    """Where that is written: the name and date of the letter or decision, or a page."""
    shared: bool = False
    """It agreed that the central office receives its entry; counts while it takes part."""
    reasons: tuple[Why, ...] = ()
    """Why things stay in ``mandate.fr`` or ``source`` that the guard asked about."""


class Renaming(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another address."""

    slug: Annotated[str, Meta(min_length=1, max_length=80)]


class Merging(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it becomes one with."""

    into: Annotated[str, Meta(max_length=64)]
    """Id of the entry that answers in its place."""


def entry_item(record: Record, entry: Organisation) -> EntryItem:
    return EntryItem(
        **_common(record),
        name=entry.name,
        relation=deciding.status_of(record).relation,
    )


def entry_whole(session: Session, record: Record, entry: Organisation) -> Entry:
    status, told = deciding.status_of(record), told_of(session, record)
    people = names(session, people_in(told))
    return Entry(
        **_common(record),
        region=record.region_id,
        created_at=record.created_at,
        published_at=record.published_at,
        organisation=entry,
        contacts=contacts_of(session, record),
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
