"""What is decided about findings and improvements; what is written in them is a ``Finding``, an ``Improvement``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from msgspec import Meta, Raw, Struct
from sqlalchemy import Index, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.records.erasing import forget_beside
from lanzarote.records.lifecycle import Transitions
from lanzarote.records.records import encode
from lanzarote.records.tables import beside
from lanzarote.runtime.reading import decoded
from lanzarote.store.database import Base, Regional
from lanzarote.translation import N_
from lanzarote.types import Text, Value
from lanzarote.types.improvements import ImprovementText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.records.drafts import Reason
    from lanzarote.records.records import Record

FINDING: Final = "finding"
IMPROVEMENT: Final = "improvement"

FindingState = Literal["draft", "shared", "closed"]
ImprovementState = Literal["draft", "discussed", "called", "adopted", "not-adopted", "completed", "dropped"]
STATES: Final[Mapping[str, Mapping[str, str]]] = {
    FINDING: {
        "draft": N_("draft, not shared yet"),
        "shared": N_("shared with the group"),
        "closed": N_("closed"),
    },
    IMPROVEMENT: {
        "draft": N_("draft"),
        "discussed": N_("under discussion"),
        "called": N_("positions are asked for"),
        "adopted": N_("adopted"),
        "not-adopted": N_("not adopted"),
        "completed": N_("adopted and completed"),
        "dropped": N_("pursued no further"),
        "archived": N_("archived"),
    },
}
"""How far each is, in words."""
OPEN: Final[Mapping[str, tuple[str, ...]]] = {
    FINDING: ("draft", "shared"),
    IMPROVEMENT: ("draft", "discussed", "called"),
}
"""Kind → states in which something is still to be done about the text."""
VERDICT_OF: Final[Mapping[str, Literal["adopted", "not-adopted"]]] = {
    "adopted": "adopted",
    "completed": "adopted",  # what follows from it is done; it was adopted all the same
    "not-adopted": "not-adopted",
}
"""State → what the group decided, if a decision is in force."""
PUBLIC_OUTCOMES: Final = ("adopted", "completed")
"""States in which the public reads what follows from an improvement."""


class Offer(Value, frozen=True, kw_only=True):
    """A body that a finding names was offered to reply."""

    stakeholder: str
    """Its id."""
    on: date
    by: str
    """Account that wrote it down."""
    how: str = ""
    """How it was offered: letter, mail, meeting."""
    reply: Text = {}
    """What the body replied, in its words; read beside the finding."""
    replied_on: date | None = None


FINDING_LIFECYCLE: Final[Transitions] = {
    (None, "write"): "draft",
    ("draft", "write"): "draft",
    ("draft", "share"): "shared",  # the group reads it; no body that it names is without an offer to reply
    ("shared", "write"): "shared",
    ("shared", "unshare"): "draft",
    ("draft", "close"): "closed",
    ("shared", "close"): "closed",
    ("closed", "reopen"): "shared",
}
"""How far a finding is."""


class FindingStatus(Value, frozen=True, kw_only=True):
    """How far a finding is; never public by default."""

    state: FindingState = "draft"
    shared: bool = False
    """The group reads it, or read it when it was closed."""
    offers: tuple[Offer, ...] = ()
    closed: str = ""
    """Why it was closed, for the group."""
    not_meant: dict[str, str] = {}
    """Id of a stakeholder whose name is in the text → why it is not meant, for the group."""


IMPROVEMENT_LIFECYCLE: Final[Transitions] = {
    (None, "write"): "draft",
    ("draft", "write"): "draft",
    ("draft", "discuss"): "discussed",
    ("discussed", "write"): "discussed",
    ("discussed", "call"): "called",  # positions are asked for on this very text
    ("called", "recall"): "discussed",
    ("called", "adopt"): "adopted",
    ("called", "reject"): "not-adopted",
    ("called", "postpone"): "discussed",
    ("adopted", "complete"): "completed",  # every action that follows from it is done or given up
    ("completed", "resume"): "adopted",
    ("adopted", "reconsider"): "discussed",
    ("not-adopted", "reconsider"): "discussed",
    ("draft", "drop"): "dropped",
    ("discussed", "drop"): "dropped",
    ("called", "drop"): "dropped",
    ("dropped", "reconsider"): "discussed",
}
"""How far an improvement is."""


class ImprovementStatus(Value, frozen=True, kw_only=True):
    """How far an improvement is."""

    state: ImprovementState = "draft"
    called_until: date | None = None
    """The last day for positions, once they are asked for."""
    called_version: int = 0
    """The text that positions were asked for on; it stays as it is until the decision."""
    decision: int = 0
    """Number of the decision in force, if there is one."""
    dropped: str = ""
    """Why it is pursued no further, for the group."""
    withdrawn: Text = {}
    """Why it was taken from the public, which reads it at its address."""


def status_of(record: Record) -> ImprovementStatus:
    """How far the improvement is."""
    return decoded(record.status, ImprovementStatus)


Moment = Annotated[datetime, Meta(tz=True)]


class Why(Struct, frozen=True, kw_only=True):
    """Why something stays that the guard asked about, as the author of the text explained."""

    field: str
    code: str
    text: str


def encoded(reasons: Sequence[Reason]) -> bytes:
    return encode([Why(field=one.field, code=one.code, text=one.text) for one in reasons])


def said_why(reasons: bytes) -> tuple[Why, ...]:
    return decoded(reasons, tuple[Why, ...])


# Comments

EDITABLE: Final = timedelta(hours=1)
"""How long its author may change a comment; later it stays as others read and answered it."""
LONGEST: Final = 10_000
ITSELF: Final = 0
"""``about`` of a comment on the record; any other number is that of the amendment it is about."""


class Comment(Regional, Base):
    """One thing that somebody said. Its place stays when its text is gone."""

    __tablename__ = "comment"
    __table_args__ = (
        Index("comment_threads", "region_id", "record_id", "about", "answers_to", "id"),
        Index("comment_in_thread", "region_id", "record_id", "thread", "id"),
    )

    record_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[int]
    thread: Mapped[str]
    """Id of the comment that began the thread; its own, if it did."""
    answers_to: Mapped[str]
    """Id of the comment it answers; empty if it began a thread."""
    answers: Mapped[int]
    """How many comments follow it in the thread that it began."""
    author: Mapped[str]
    at: Mapped[datetime]
    language: Mapped[str]
    """Of the page it was written on."""
    text: Mapped[str]
    """Markdown; empty once it is deleted."""
    reasons: Mapped[bytes] = mapped_column(LargeBinary)
    """``Why``: why something stays that the guard asked about."""
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    """By its author."""
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[str]
    hidden_reason: Mapped[str]
    """Why a coordinator hid it, told to its author and to coordinators."""


class CommentRow(Struct, frozen=True, kw_only=True):
    """A comment in its record's line."""

    id: str
    about: int
    thread: str
    answers_to: str
    answers: int
    author: str
    at: Moment
    language: str
    text: str
    reasons: Raw
    edited_at: Moment | None
    deleted_at: Moment | None
    hidden_at: Moment | None
    hidden_by: str
    hidden_reason: str


# Amendments

AmendmentState = Literal["open", "accepted", "refused", "withdrawn"]
FIELDS: Final = ("title", "summary", "proposal", "reasons", "expected", "means", "objections")
"""What an amendment can change, in the order of the form."""
LONGEST_WHY: Final = 4_000


class Amendment(Regional, Base):
    """A changed text in one language, beside the version that it changes."""

    __tablename__ = "amendment"
    __table_args__ = (Index("amendment_by_state", "region_id", "state"),)

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 1 on, in the order they were proposed."""
    base: Mapped[int]
    """The version that it changes."""
    language: Mapped[str]
    text: Mapped[bytes] = mapped_column(LargeBinary)
    """The ``ImprovementText`` as it would be."""
    why: Mapped[str]
    written_in: Mapped[str]
    """Language of the page on which it was explained."""
    reasons: Mapped[bytes] = mapped_column(LargeBinary)
    """``Why``: why something stays that the guard asked about."""
    author: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str]
    settled_reason: Mapped[str]
    settled_version: Mapped[int]
    """The version that it became; 0 unless it was accepted."""

    def says(self) -> ImprovementText:
        return decoded(self.text, ImprovementText)


def open_amendments(session: Session, record: Record) -> Sequence[int]:
    """Numbers of those that wait to be decided."""
    query = select(Amendment.number).where(beside(Amendment, record), Amendment.state == "open")
    return session.scalars(query.order_by("number")).all()


class AmendmentRow(Struct, frozen=True, kw_only=True):
    """An amendment in its improvement's line."""

    number: int
    base: int
    language: str
    text: Raw
    why: str
    written_in: str
    reasons: Raw
    author: str
    at: Moment
    state: AmendmentState
    settled_at: Moment | None
    settled_by: str
    settled_reason: str
    settled_version: int


# Actions

Progress = Literal["not-begun", "under-way", "done", "given-up"]
ENDED: Final = ("done", "given-up")
SOON: Final = timedelta(days=14)
"""So long before its day an action is due."""
LONGEST_WHAT: Final = 1_000
LONGEST_NOTE: Final = 2_000


class Action(Regional, Base):
    """One thing that is to be done."""

    __tablename__ = "action"
    __table_args__ = (
        Index("action_by_day", "region_id", "progress", "due_on"),
        Index("action_by_stakeholder", "region_id", "stakeholder_id"),
    )

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    language: Mapped[str]
    stakeholder_id: Mapped[str]
    """Who is to do it, whether taking part in the group or not."""
    due_on: Mapped[str]
    """A day such as ``2031-03-12``."""
    progress: Mapped[str]
    steps: Mapped[int]
    """How many steps are told of it; checked by every writer."""

    @property
    def day(self) -> date:
        return date.fromisoformat(self.due_on)

    def is_overdue(self, today: date) -> bool:
        return self.progress not in ENDED and self.day < today

    def is_due(self, today: date) -> bool:
        """Overdue, or soon to be done."""
        return self.progress not in ENDED and self.day <= today + SOON


class ActionStep(Regional, Base):
    """What was said or changed about an action, and when. Never changed."""

    __tablename__ = "action_step"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    progress: Mapped[str]
    due_on: Mapped[str]
    stakeholder_id: Mapped[str]
    note: Mapped[str]
    language: Mapped[str]


Day = Annotated[str, Meta(pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class ActionRow(Struct, frozen=True, kw_only=True):
    """An action in its improvement's line."""

    number: int
    what: str
    language: str
    stakeholder_id: str
    due_on: Day
    progress: Progress
    steps: int


class ActionStepRow(Struct, frozen=True, kw_only=True):
    """A step of an action in its improvement's line."""

    action: int
    number: int
    at: Moment
    by: str
    progress: Progress
    due_on: Day
    stakeholder_id: str
    note: str
    language: str


TABLES: Final[tuple[Any, ...]] = (Comment, Amendment, Action, ActionStep)


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Erase what was said about a record that is erased. Listens to ``changes.record``."""
    forget_beside(session, saved, TABLES)
