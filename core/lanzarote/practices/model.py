"""What is decided about a practice, and what the public reads of it; what is written in it is a ``Practice``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.runtime.reading import LateDecoder
from lanzarote.store.database import Base, Regional
from lanzarote.types import (
    Agreement,
    Cost,
    Derived,
    Domain,
    Evidence,
    FieldSources,
    OwnSource,
    Partner,
    PlannedDate,
    Running,
    Scope,
    Side,
    SourcedField,
    Standing,
    Strength,
    TargetGroup,
    Text,
    Value,
    Vouching,
)

KIND: Final = "practice"


class Witness(Value, frozen=True, kw_only=True):
    """What a degree of who vouches rests on: a peer who saw the practice, or a study by a third party."""

    name: str
    """The organisation of the peer, or the study."""
    on: date | None = None
    """When the peer saw it."""
    where: str = ""
    """Where the study can be read: its address on the web, or who published it and when."""


class Label(Value, frozen=True, kw_only=True):
    """On what the team's decision to publish a practice as assessed rests."""

    grid: int
    """Version of the region's own questions; 0: it has none."""
    common: int
    """Version of the questions that are common to all regions."""
    reviewers: int
    """How many independent reviewers had answered."""
    reason: Text
    """Why the team decided so."""
    witness: Witness | None = None
    """Who saw it, or which study evaluated it; absent where neither is said, or nobody named one."""


class PracticeStatus(Value, frozen=True, kw_only=True):
    """Two axes, never one score: who vouches, and how strong the evidence is."""

    standing: Standing = "documented"
    vouching: Vouching = "public-sources"
    strength: Strength = "not-assessed"
    assessed_on: date | None = None
    """When the team met and decided so, if the published version is assessed."""
    label: Label | None = None
    agreement: Agreement = "not-asked"
    """What the organisation that runs it said of the published text, itself or in a dated document."""
    agreement_on: date | None = None
    """When it was asked, confirmed or refused."""
    withdrawn: str = ""
    """Why it was withdrawn; for the team."""
    held_back: Text = {}
    """Why a shipped practice is not shown; for the team."""
    derived: Derived | None = None
    """Where it was taken from, if it was adapted from a practice of another place."""

    @property
    def unassessed(self) -> PracticeStatus:
        """Without what the team once decided: a label belongs to the version that was assessed."""
        without: dict[str, Any] = {"strength": "not-assessed", "assessed_on": None, "label": None}
        return msgspec.structs.replace(self, standing="documented", vouching="public-sources", **without)


_status: Final = LateDecoder(PracticeStatus)


def settled(status: PracticeStatus) -> PracticeStatus:
    """What may be said of a practice: its standing and who vouches follow from what its holder and the team said.

    The one place where that is derived; a claim that rests on no dated word of the holder is dropped.

    >>> settled(PracticeStatus(standing="declared", vouching="declared")).standing
    'documented'
    >>> settled(PracticeStatus(agreement="given", agreement_on=date(2031, 3, 4))).vouching
    'declared'
    """
    agreement = status.agreement if status.agreement_on or status.agreement == "refused" else "not-asked"
    given, assessed = agreement == "given", status.standing == "assessed"
    witnessed = assessed and status.vouching in ("observed", "evaluated")
    return msgspec.structs.replace(
        status,
        agreement=agreement,
        standing="assessed" if assessed else "declared" if given else "documented",
        vouching=status.vouching if witnessed else "declared" if given else "public-sources",
    )


def read_status(raw: bytes) -> PracticeStatus:
    """The status of a practice as it was stored or received, and no more of it than may be said."""
    return settled(_status.decode(raw))


class Card(Struct, frozen=True, kw_only=True):
    """A practice in a list."""

    id: str
    region: str
    slug: str
    version: int
    updated_at: datetime
    original: str
    title: dict[str, str]
    summary: dict[str, str]
    sectors: tuple[str, ...]
    sides: tuple[Side, ...]
    """Sides of the named or described partners; a side that is missing is missing."""
    standing: Standing
    vouching: Vouching
    strength: Strength
    assessed_on: date | None = None
    """When the team decided so."""
    running: Running
    scope: Scope
    started: PlannedDate | None = None
    ended: PlannedDate | None = None
    target_groups: tuple[TargetGroup, ...] = ()
    domains: tuple[Domain, ...] = ()
    convention: tuple[str, ...] = ()
    cost: Cost | None = None


class Document(Card, frozen=True, kw_only=True):
    """A practice whole, as the public reads it."""

    assessment: Label | None = None
    """On what the decision rests; absent unless the standing is ``assessed``."""
    agreement: Agreement
    """What the organisation that runs it said of this text."""
    agreement_on: date | None = None
    """When it was asked, confirmed or refused."""
    text: dict[str, dict[str, str]]
    """Language → field → text; an absent text is "not stated in the sources"."""
    stale: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = ()
    legal_basis: tuple[str, ...] = ()
    field_sources: FieldSources = {}
    """Field → which sources say it."""
    editorial: tuple[SourcedField, ...] = ()
    """Fields that are drawn from their sources rather than said in them."""
    evidence: tuple[Evidence, ...] = ()
    no_published_effect: bool = False
    """The people who read the sources found no evaluated effect on children in them."""
    related: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    own_sources: tuple[OwnSource, ...] = ()
    verified: bool = False
    note: Text = {}
    answers: dict[str, Any] = {}
    derived: Derived | None = None
    """Where it was taken from, if it was adapted from a practice of another place."""


class Published(Regional, Base):
    """The published version of each practice, ready to be listed, filtered and served."""

    __tablename__ = "published_practice"
    __table_args__ = (
        Index("published_practice_pk", "pk", unique=True),
        Index("published_practice_slug", "region_id", "slug"),
        Index("published_practice_order", "region_id", "ordered", "pk"),
    )

    record_id: Mapped[str] = mapped_column(primary_key=True)
    pk: Mapped[int] = mapped_column(BigInteger)
    """Row number of the search index."""
    slug: Mapped[str]
    ordered: Mapped[int] = mapped_column(BigInteger)
    """Microseconds of its publication, negated: lists begin with the newest."""
    facets: Mapped[str]
    """Facet values such as ``sector:courts article:10``, separated by blanks."""
    card: Mapped[bytes] = mapped_column(LargeBinary)
    """A ``Card`` as JSON."""
    document: Mapped[bytes] = mapped_column(LargeBinary)
    """A ``Document`` as JSON."""
