"""What follows from an adopted improvement: what is to be done, by whom, by when, and how far it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal, get_args

from msgspec import Meta, Struct
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.store.database import Base, Regional

Progress = Literal["not-begun", "under-way", "done", "given-up"]
PROGRESS: Final[tuple[Progress, ...]] = get_args(Progress)
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


Moment = Annotated[datetime, Meta(tz=True)]
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
