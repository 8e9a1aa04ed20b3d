"""Improvements as programs of the group read and write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from lanzarote.accounts.service import names
from lanzarote.improvements.calling import status_of
from lanzarote.improvements.model import ImprovementState
from lanzarote.kinds.kind import titles_of
from lanzarote.records.drafts import Told, read_told
from lanzarote.records.validation import LONGEST_REASON
from lanzarote.types import Improvement, Language, Text
from lanzarote.web.resources import Listed
from lanzarote.web.working_records import GivenReason, LetPass, Overridden, Remark, Why, people_in, work_told

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record


class WrittenImprovement(Improvement, frozen=True, kw_only=True):
    """An improvement as somebody writes it."""

    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""
    let_pass: tuple[LetPass, ...] = ()
    """For coordinators: one for each objection of a package."""
    fresh: tuple[Language, ...] = ()
    """Languages whose texts fit the original, though they did not change."""


class BecauseInPublic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why something is done, for everybody to read."""

    reason: dict[Language, Annotated[str, Meta(extra_json_schema={"maxLength": LONGEST_REASON})]]
    reasons: tuple[Why, ...] = ()
    """Why things stay in it that the guard asked about; fields are such as ``reason.fr``."""


class ImprovementNow(Struct, frozen=True, kw_only=True):
    """Where an improvement is now; read it again for what it says."""

    id: str
    slug: str
    state: ImprovementState
    version: int
    published_version: int | None


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


def improvement_now(record: Record) -> ImprovementNow:
    same = {name: getattr(record, name) for name in ("id", "slug", "version", "published_version")}
    return ImprovementNow(state=status_of(record).state, **same)


def improvement_item(record: Record, said: Improvement) -> ImprovementItem:
    same = ("id", "slug", "version", "published_version", "updated_at")
    return ImprovementItem(
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
