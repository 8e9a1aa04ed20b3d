"""Findings and improvements as programs of the group read and write them. Nothing of a finding is ever public."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from lanzarote.accounts.service import names
from lanzarote.improvements import service, sharing
from lanzarote.improvements.model import FindingState, ImprovementState, status_of
from lanzarote.improvements.outcome import Choice, Verdict
from lanzarote.improvements.positions_model import ForwardedTo, Result
from lanzarote.kinds.kind import titles_of
from lanzarote.records.drafts import Told, read_told
from lanzarote.records.validation import LONGEST_REASON
from lanzarote.types import Finding, Improvement, Language, Text
from lanzarote.web.working_records import (
    ID,
    MOST_REASONS,
    GivenReason,
    Overridden,
    Person,
    Remark,
    Why,
    people_in,
    person_of,
    work_told,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record


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
    """Id of an organisation whose name is in the text → why it is not meant."""
    reasons: tuple[GivenReason, ...]


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


StakeholderId = Annotated[str, Meta(pattern=ID, max_length=36)]
Words = Annotated[str, Meta(max_length=4_000)]
Votes = Annotated[int, Meta(ge=0, le=10_000)]
MANY: Final = 500


class BecauseInPublic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why something is done, for everybody to read."""

    reason: dict[Language, Annotated[str, Meta(extra_json_schema={"maxLength": LONGEST_REASON})]]
    reasons: tuple[Why, ...] = ()
    """Why things stay in it that the guard asked about; fields are such as ``reason.fr``."""


class Calling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to ask, and until when."""

    until: date
    bodies: Annotated[tuple[StakeholderId, ...], Meta(max_length=MANY)] | None = None
    """Ids of bodies that take part; null: all of them."""


class Extending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    until: date
    """The new last day."""


class Reminding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    bodies: Annotated[tuple[StakeholderId, ...], Meta(max_length=MANY)] | None = None
    """Null: all that were asked and have not answered."""


class Forward(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    to: ForwardedTo
    day: date
    result: Result
    votes_for: Votes | None = None
    votes_against: Votes | None = None
    abstentions: Votes | None = None
    code: Annotated[str, Meta(max_length=60)] = ""
    """Of the document, such as ``CONF/HR(2012)SYN2``."""


class Speaking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The position of the body that the owner of the token speaks for."""

    choice: Choice
    reason: Words = ""
    language: Language | None = None
    """Of the reason; needed with one."""
    named: bool = False
    """The body agrees to be named with it in public."""
    confirmed: bool = False
    """The writer looked again: nobody can be recognised by it."""


class Recording(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a body said in a letter or at a meeting."""

    stakeholder: StakeholderId
    choice: Choice
    reason: Words = ""
    language: Language | None = None
    how: Literal["letter", "meeting"]
    source: Annotated[str, Meta(max_length=300)]
    on: date
    confirmed: bool = False


class Decide(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the group decided; it has to be what follows from the positions."""

    verdict: Verdict
    mark: Annotated[str, Meta(min_length=1, max_length=64)]
    """From the preview."""
    present: Annotated[tuple[StakeholderId, ...], Meta(max_length=MANY)]
    reasons: dict[Language, Annotated[str, Meta(max_length=8_000)]]
    """In every language of the region."""
    day: date
    meeting: Annotated[str, Meta(max_length=64)] = ""
    """Id of the meeting at which it was decided; without one, those that have answered count as present."""
    why: Annotated[tuple[Why, ...], Meta(max_length=MOST_REASONS)] = ()
    """One for each concern about the reasons that is not hard."""


class ImprovementNow(Struct, frozen=True, kw_only=True):
    """Where an improvement is now; read it again for what it says."""

    id: str
    slug: str
    state: ImprovementState
    version: int
    published_version: int | None
    until: date | None
    """The last day for positions, while they are asked for."""
    decision: int | None
    """Number of the decision in force."""


class TeamImprovementItem(Struct, frozen=True, kw_only=True):
    """An improvement in the list."""

    id: str
    slug: str
    state: ImprovementState
    title: Text
    original: Language
    version: int
    published_version: int | None
    updated_at: datetime


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
    """It is in the archive."""
    reasons: tuple[GivenReason, ...]
    remarks: tuple[Remark, ...]
    overrides: tuple[Overridden, ...]


def improvement_now(record: Record) -> ImprovementNow:
    same = {name: getattr(record, name) for name in ("id", "slug", "version", "published_version")}
    status = status_of(record)
    until = status.called_until if status.state == "called" else None
    return ImprovementNow(state=status.state, until=until, decision=status.decision or None, **same)


def improvement_item(record: Record, said: Improvement) -> TeamImprovementItem:
    same = ("id", "slug", "version", "published_version", "updated_at")
    return TeamImprovementItem(
        **{name: getattr(record, name) for name in same},
        state=status_of(record).state,
        title=titles_of(said),
        original=said.original,
    )


def improvement_whole(session: Session, record: Record, said: Improvement) -> ImprovementTold:
    status, told = status_of(record), read_told(session, record, Told)
    work = work_told(told, names(session, people_in(told)))
    same = ("id", "slug", "version", "published_version", "created_at", "updated_at", "published_at")
    beside = ("state", "called_until", "called_version", "dropped", "withdrawn")
    return ImprovementTold(
        **{name: getattr(record, name) for name in same},
        **{name: getattr(status, name) for name in beside},
        **{name: work[name] for name in ("reasons", "remarks", "overrides")},
        region=record.region_id,
        improvement=said,
        archived=record.state == "archived",
    )
