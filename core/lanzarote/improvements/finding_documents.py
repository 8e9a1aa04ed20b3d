"""Findings as programs of the group read and write them. Nothing of a finding is ever public."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from lanzarote.accounts.service import names
from lanzarote.improvements import service, sharing
from lanzarote.improvements.model import FindingState
from lanzarote.kinds.kind import titles_of
from lanzarote.records.drafts import Told, read_told
from lanzarote.records.validation import LONGEST_REASON
from lanzarote.types import Finding, Language, Text
from lanzarote.web.resources import Listed
from lanzarote.web.working_records import GivenReason, Person, Why, people_in, person_of, work_told

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record


class WrittenFinding(Finding, frozen=True, kw_only=True):
    """A finding as somebody writes it."""

    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""
    fresh: tuple[Language, ...] = ()
    """Languages whose texts fit the original, though they did not change."""


class Offering(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body was offered to reply."""

    stakeholder: Annotated[str, Meta(max_length=64)]
    """Its id or key."""
    on: date
    how: Annotated[str, Meta(max_length=500)]
    """Letter, mail, meeting."""


class Sharing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing, unless the text names organisations that are not ticked."""

    not_meant: Annotated[str, Meta(max_length=LONGEST_REASON)] = ""
    """Why none of them is meant."""


class Replying(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a body replied, in its words."""

    stakeholder: Annotated[str, Meta(max_length=64)]
    """Its id or key."""
    reply: Text
    on: date
    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard; fields are such as ``reply.fr``."""


class FindingNow(Struct, frozen=True, kw_only=True):
    """Where a finding is now; read it again for what it says."""

    id: str
    slug: str
    state: FindingState
    version: int


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


class FindingVersion(Struct, frozen=True, kw_only=True):
    """What one version says."""

    number: int
    finding: Finding


def finding_now(record: Record) -> FindingNow:
    return FindingNow(id=record.id, slug=record.slug, state=sharing.status_of(record).state, version=record.version)


def finding_item(record: Record, said: Finding) -> FindingItem:
    same: dict[str, Any] = {name: getattr(record, name) for name in ("id", "slug", "version", "updated_at")}
    state = sharing.status_of(record).state
    return FindingItem(state=state, title=titles_of(said), original=said.original, **same)


def finding_whole(session: Session, record: Record, said: Finding) -> FindingTold:
    status, told = sharing.status_of(record), read_told(session, record, Told)
    people = names(session, [*people_in(told), *(one.by for one in status.offers)])
    same = ("id", "slug", "version", "created_at", "updated_at")
    return FindingTold(
        **{name: getattr(record, name) for name in same},
        region=record.region_id,
        state=status.state,
        finding=said,
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
        improvements=tuple(one.id for one in service.answers_to(session, record.id)),
        closed=status.closed,
        not_meant=status.not_meant,
        reasons=work_told(told, people)["reasons"],
    )
