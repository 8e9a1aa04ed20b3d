"""What bodies are asked about an improvement and say, what is decided on that, and what became of it elsewhere.

All of it is beside the improvement, in rows that nobody changes: what is said later is another row.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta, Raw, Struct
from sqlalchemy import Index, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.accounts import answer_links
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.model import Invitation
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.improvements.outcome import Choice, GroupOutcome, Member
from lanzarote.records import changelog
from lanzarote.records.drafts import Reason
from lanzarote.records.erasing import erased, forget_beside
from lanzarote.records.records import encode
from lanzarote.records.tables import beside
from lanzarote.runtime.reading import decoded
from lanzarote.store.database import Base, Regional
from lanzarote.types import DecisionRule, Text, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence, Set

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.records.erasing import Erased
    from lanzarote.records.records import Record
    from lanzarote.stakeholders.members import Bodies

CHOICES: Final[tuple[Choice, ...]] = get_args(Choice)
How = Literal["account", "link", "letter", "meeting"]
"""How a position came: given by a representative, by a mailed link, or recorded by a coordinator."""
RECORDED: Final = ("letter", "meeting")
"""Positions that the body has not given itself: it confirms or corrects them."""
Moment = Annotated[datetime, Meta(tz=True)]
Day = Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
Tongue = Annotated[str, Meta(pattern=r"^([a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?)?$")]
"""A language, or nothing."""
Number = Annotated[int, Meta(ge=0, le=1_000_000)]


class Call(Regional, Base):
    """Positions are asked for on one text of an improvement, until a day."""

    __tablename__ = "position_call"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    until: Mapped[str]
    """The last day."""
    asked: Mapped[bytes] = mapped_column(LargeBinary)
    """Ids of the bodies that are asked."""
    reminders: Mapped[bytes] = mapped_column(LargeBinary)
    """``Reminder``s."""
    by: Mapped[str]
    at: Mapped[datetime]
    ended: Mapped[str]
    """``recalled`` or ``decided``; empty while it runs."""
    ended_at: Mapped[datetime | None]

    @property
    def last_day(self) -> date:
        return date.fromisoformat(self.until)

    def asks(self) -> tuple[str, ...]:
        return decoded(self.asked, tuple[str, ...])

    def reminded(self) -> tuple[Reminder, ...]:
        return decoded(self.reminders, tuple[Reminder, ...])


class Reminder(Value, frozen=True, kw_only=True):
    """Bodies were reminded."""

    at: Moment
    by: str
    present: tuple[str, ...]
    """Their ids."""


class Position(Regional, Base):
    """What a body said about an improvement; of each body the newest counts."""

    __tablename__ = "position"
    __table_args__ = (Index("position_by_stakeholder", "region_id", "stakeholder"),)

    record_id: Mapped[str] = mapped_column(primary_key=True)
    stakeholder: Mapped[str] = mapped_column(primary_key=True)
    """Its id."""
    number: Mapped[int] = mapped_column(primary_key=True)
    call: Mapped[int]
    """The call that it answers."""
    version: Mapped[int]
    """The text that it is about."""
    choice: Mapped[str]
    """A ``Choice``."""
    reason: Mapped[str]
    lang: Mapped[str]
    """Of the reason; empty without one."""
    named: Mapped[bool]
    """The body agrees to be named with it in public."""
    how: Mapped[str]
    """A ``How``."""
    source: Mapped[str]
    """The letter, or the meeting: its name."""
    source_on: Mapped[str]
    """Its day."""
    by: Mapped[str]
    """Account that gave or recorded it; ``answer_links.BY``."""
    at: Mapped[datetime]

    @property
    def recorded(self) -> bool:
        """It is what a coordinator recorded, not yet what the body said itself."""
        return self.how in RECORDED


class Heard(Struct, frozen=True, kw_only=True):
    """What of a body's positions on one call counts, and what waits for its word."""

    counts: Position
    """Its own newest word; without one, what was recorded last."""
    unconfirmed: Position | None = None
    """What was recorded after its own word: it counts only once the body says so itself."""

    @property
    def answers(self) -> bool:
        """It has said something; that its hierarchy is still to answer is no answer."""
        return self.counts.choice != "awaiting"

    @property
    def is_to_confirm(self) -> bool:
        """Something was recorded for the body that it has not confirmed."""
        return self.counts.recorded or self.unconfirmed is not None


def hear(rows: Sequence[Position]) -> Heard:
    """What counts of the *rows* of one body on one call, the oldest first; at least one."""
    newest = rows[-1]
    counts = next((row for row in reversed(rows) if not row.recorded), newest)
    return Heard(counts=counts, unconfirmed=newest if newest is not counts else None)


def hear_all(rows: Iterable[Position], bodies: Bodies) -> dict[str, Heard]:
    """Id of each body → what counts of the *rows* on one call, the oldest first."""
    said: dict[str, list[Position]] = {}
    for row in rows:
        said.setdefault(bodies.present_id(row.stakeholder), []).append(row)
    return {one: hear(some) for one, some in said.items()}


def heard(session: Session, record: Record, call: int, bodies: Bodies) -> dict[str, Heard]:
    """Id of each body → what it said in answer to the *call*."""
    query = select(Position).where(beside(Position, record), Position.call == call)
    return hear_all(session.scalars(query.order_by(Position.at, Position.number)), bodies)


def awaited(asked: Iterable[str], heard: Mapping[str, Heard], reaches: Callable[[str], bool]) -> set[str]:
    """Ids of the bodies whose word a decision waits for until the last day.

    Those *asked* that have not answered, and those *heard* that were written to, to confirm what was recorded for
    them; *reaches*: whether a message gets to a body.
    """
    silent = {one for one in asked if one not in heard or not heard[one].answers}
    return silent | {one for one, said in heard.items() if said.is_to_confirm and reaches(one)}


class ImprovementDecision(Regional, Base):
    """What the group decided. Never changed."""

    __tablename__ = "improvement_decision"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """A ``Decided``."""
    by: Mapped[str]
    at: Mapped[datetime]

    def told(self) -> Decided:
        return decoded(self.body, Decided)


class Forwarding(Regional, Base):
    """An adopted improvement went on to another body of the Conference."""

    __tablename__ = "forwarding"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """A ``Forwarded``."""
    by: Mapped[str]
    at: Mapped[datetime]

    def told(self) -> Forwarded:
        return decoded(self.body, Forwarded)


class CountedPosition(Value, frozen=True, kw_only=True):
    """A position as it stood when the group decided."""

    stakeholder: str
    choice: Choice
    reason: str = ""
    lang: Tongue = ""
    named: bool = False
    how: How = "account"
    number: int = 1
    """Which of its positions it was."""
    given_as: str = ""
    """Id of the entry that it was given for, where that was merged into this body's since."""


class Decided(Value, frozen=True, kw_only=True):
    """A decision with everything it rests on, so that it can be computed again from itself."""

    version: int
    """The text that was decided on."""
    call: int
    rule: DecisionRule
    """As it stood then."""
    taking_part: tuple[Member, ...]
    bodies: dict[str, Text] = {}
    """Names of those taking part, by id; without those whose entry was erased since."""
    present: tuple[str, ...]
    """Ids of those taking part that were there."""
    asked: tuple[str, ...] | None = None
    """Ids of those taking part that were asked for a position; None: nobody recorded it."""
    positions: tuple[CountedPosition, ...]
    outcome: GroupOutcome
    reasons: Text
    day: date
    meeting: str = ""
    """Id of the meeting, if it was decided in one."""
    named_before: tuple[str, ...] = ()
    """Ids of those taking part that an earlier decision on the same improvement tells the public by name."""
    explained: tuple[Reason, ...] = ()
    """Why what the guard asked about stays in the reasons."""

    @property
    def not_asked(self) -> int | None:
        """How many of those taking part were not asked and said nothing; None: nobody recorded it."""
        if self.asked is None:
            return None
        heard = {*self.asked, *(one.stakeholder for one in self.positions)}
        return sum(one.stakeholder not in heard for one in self.taking_part)

    @property
    def unconfirmed(self) -> int:
        """How many of its positions a coordinator recorded, without the body's confirming them."""
        return sum(one.how in RECORDED for one in self.positions)


ForwardedTo = Literal["human-rights-committee", "plenary"]
Result = Literal["sent", "adopted", "not-adopted", "sent-back", "noted"]


class Forwarded(Value, frozen=True, kw_only=True):
    """Where an adopted improvement went, and what became of it there."""

    to: ForwardedTo
    day: date
    result: Result
    votes_for: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    votes_against: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    abstentions: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    code: str = ""
    """Of the document, such as ``CONF/HR(2012)SYN2``."""
    decision: int
    """The decision that was forwarded."""


class CallRow(Struct, frozen=True, kw_only=True):
    number: Number
    version: Number
    until: Day
    asked: Raw
    reminders: Raw
    by: str
    at: Moment
    ended: Literal["", "recalled", "decided"]
    ended_at: Moment | None


class PositionRow(Struct, frozen=True, kw_only=True):
    stakeholder: str
    number: Number
    call: Number
    version: Number
    choice: Choice
    reason: str
    lang: Tongue
    named: bool
    how: How
    source: str
    source_on: Day
    by: str
    at: Moment


class BodyRow(Struct, frozen=True, kw_only=True):
    number: Number
    body: Raw
    by: str
    at: Moment


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Forget what was said about an improvement, or by a body, that is erased. Listens to ``changes.record``."""
    forget_beside(session, saved, (Call, Position, ImprovementDecision, Forwarding), IMPROVEMENT)
    forget_beside(session, saved, (Invitation,), STAKEHOLDER)
    for gone in erased(saved, IMPROVEMENT, STAKEHOLDER):
        answer_links.forget(session, gone.region_id, gone.ids)
    for gone in erased(saved, STAKEHOLDER):
        _forget_bodies(session, gone)


def _forget_bodies(session: Session, gone: Erased) -> None:
    """Their words and names go; that a body of such a side and sectors said so stays, or no decision could be
    understood.
    """
    theirs = (Position.region_id == gone.region_id) & Position.stakeholder.in_(gone.ids)
    session.execute(delete(Position).where(theirs))
    here = ImprovementDecision.region_id == gone.region_id
    bodies = frozenset(gone.ids)
    rewritten = set()
    for row in session.scalars(select(ImprovementDecision).where(here)):
        told = row.told()
        if (kept := _without(told, bodies)) != told:
            row.body = encode(kept)
            rewritten.add(row.record_id)
    session.flush()
    changelog.release_anew(session, gone.region_id, IMPROVEMENT, sorted(rewritten), at=gone.at)


def _without(told: Decided, gone: Set[str]) -> Decided:
    positions = tuple(
        msgspec.structs.replace(one, reason="", lang="", named=False)
        if not gone.isdisjoint((one.stakeholder, one.given_as))  # its own word, also where another entry answers since
        else one
        for one in told.positions
    )
    bodies = {key: name for key, name in told.bodies.items() if key not in gone}
    return msgspec.structs.replace(told, positions=positions, bodies=bodies)
