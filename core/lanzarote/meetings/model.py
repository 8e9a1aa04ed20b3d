"""What is decided about a meeting; what is written in it is a ``Meeting``. Who is invited, and what they answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal

from msgspec import Struct
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.records.lifecycle import Transitions
from lanzarote.store.database import Base, Regional, Shared
from lanzarote.types import Value

KIND: Final = "meeting"

MeetingState = Literal["planned", "announced", "held", "minutes-drafted", "approved", "cancelled"]
Answer = Literal["", "comes", "cannot"]
How = Literal["mail", "letter"]


class Approval(Value, frozen=True, kw_only=True):
    """A later meeting approved the minutes."""

    meeting: str
    """Its id."""
    on: date
    group: str
    """Who approved them, as a group: "by consensus of those present"."""
    version: int
    """The text that was approved."""
    changes: str = ""
    """What was changed in the draft, in words; the draft stays among the versions."""
    by: str = ""
    """Account that wrote it down."""


LIFECYCLE: Final[Transitions] = {
    (None, "write"): "planned",
    ("planned", "write"): "planned",
    ("planned", "announce"): "announced",  # from here on others rely on its day and place
    ("announced", "write"): "announced",
    ("announced", "hold"): "held",
    ("planned", "hold"): "held",  # noted afterwards: it took place before anybody announced it here
    ("held", "write"): "held",
    ("held", "draft"): "minutes-drafted",
    ("minutes-drafted", "write"): "minutes-drafted",
    ("minutes-drafted", "draft"): "minutes-drafted",  # again, from what is noted by now
    ("minutes-drafted", "approve"): "approved",  # by a later meeting; nothing in it can change afterwards
    ("planned", "cancel"): "cancelled",
    ("announced", "cancel"): "cancelled",
}
"""How far a meeting is."""


class MeetingStatus(Value, frozen=True, kw_only=True):
    """How far a meeting is."""

    state: MeetingState = "planned"
    announced_at: datetime | None = None
    drafted_version: int = 0
    """Its minutes as they were drawn up last, before anybody wrote on them."""
    approval: Approval | None = None
    shown: str = ""
    """Where the group said that the public may read the minutes; empty: it does not."""
    cancelled: str = ""
    """Why it does not take place, for the group."""


class MeetingInvitation(Regional, Base):
    """A stakeholder was invited to a meeting, and what it answered."""

    __tablename__ = "meeting_invitation"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    stakeholder_id: Mapped[str] = mapped_column(primary_key=True)
    how: Mapped[str]
    """``mail``: to its representatives; ``letter``: it has none, somebody has to write to it."""
    invited_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    answer: Mapped[str]
    """An ``Answer``; empty: none yet."""
    who: Mapped[str]
    """Who comes, by role."""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str]
    """Account: of a representative, or of a coordinator who was told."""


class MeetingInvitationRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An invitation as it travels with its meeting."""

    stakeholder_id: str
    how: How
    invited_at: datetime
    reminded_at: datetime | None
    answer: Answer
    who: str
    answered_at: datetime | None
    answered_by: str


class CalendarAddress(Shared, Base):
    """A secret address at which somebody's calendar reads the meetings of one region, for as long as they may."""

    __tablename__ = "calendar_address"
    __table_args__ = (Index("calendar_by_account", "account_id", "region_id", unique=True),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    region_id: Mapped[str]
    strong: Mapped[bool]
    """Made in a session with a second factor; roles that need one count for no other address."""
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
