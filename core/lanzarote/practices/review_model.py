"""What reviewers were asked and answered about a practice, and what the team decided on that."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.practices.model import KIND, Label, PracticeStatus
from lanzarote.records.erasing import forget_beside
from lanzarote.regions.group import NOT_MET, Criterion, Grid
from lanzarote.runtime.reading import converted, decoded
from lanzarote.store.database import Base, Regional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.types import Text


class Round(Regional, Base):
    """Reviewers were asked about a version of a record. Over as soon as the record is no longer being assessed."""

    __tablename__ = "assessment_round"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    grid: Mapped[bytes] = mapped_column(LargeBinary)
    """The ``Grid`` as it stood when they were asked."""
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]

    def asks(self) -> Grid:
        return decoded(self.grid, Grid)


class Assessment(Regional, Base):
    """What one reviewer was asked, has written so far, or has given for good."""

    __tablename__ = "assessment"
    __table_args__ = (Index("assessment_by_account", "account_id", "given_at"),)

    record_id: Mapped[str] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    answers: Mapped[bytes] = mapped_column(LargeBinary)
    """An ``Answers``."""
    asked_at: Mapped[datetime]
    saved_at: Mapped[datetime | None]
    given_at: Mapped[datetime | None]

    def said(self) -> Answers:
        return decoded(self.answers, Answers)


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    value: str = ""
    reason: str = ""


class Answers(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a reviewer says; while it is a draft, anything may be missing."""

    criteria: dict[str, Answer] = {}
    """Key of the criterion → answer."""
    vouching: Answer = Answer()
    """Who should be said to vouch for it, and why."""
    strength: Answer = Answer()
    """How strong the evidence should be said to be, and why."""
    nobody: bool = False
    """Nobody is recognisable in it."""
    no_case: bool = False
    """No case that it describes is pending."""

    def of(self, key: str) -> Answer:
        return self.criteria.get(key, Answer())

    def unmet(self, grid: Grid) -> tuple[Criterion, ...]:
        """Conditions that it says are not met."""
        return tuple(one for one in grid.gates if self.of(one.key).value == NOT_MET)


class Decision(Regional, Base):
    """What the team decided, when it met, and on which assessment. Never changed."""

    __tablename__ = "decision"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    round: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[bytes] = mapped_column(LargeBinary)
    """Language → text."""
    vouching: Mapped[str]
    strength: Mapped[str]
    """The two axes; empty unless it was published as assessed."""
    day: Mapped[str]
    """When the team met: a day such as ``2031-03-12``."""
    by: Mapped[str]
    """Who wrote it down."""
    at: Mapped[datetime]
    label: Mapped[bytes] = mapped_column(LargeBinary)
    """A ``Label``: which grid, how many reviewers."""

    @property
    def met_on(self) -> date:
        return date.fromisoformat(self.day)

    def status(self, before: PracticeStatus) -> PracticeStatus:
        """What the practice is published as, if it is published as assessed."""
        return converted(
            msgspec.to_builtins(before)
            | {
                "standing": "assessed",
                "vouching": self.vouching,
                "strength": self.strength,
                "assessed_on": self.day,
                "label": msgspec.json.decode(self.label),
            },
            PracticeStatus,
        )

    def basis(self) -> Label:
        return decoded(self.label, Label)

    def reasons(self) -> Text:
        return decoded(self.reason, dict[str, str])


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Erase what was said about a record that is erased. Listens to ``changes.record``."""
    forget_beside(session, saved, (Round, Assessment, Decision), KIND)
