"""What people say about a record, or about an amendment of it, in threads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta, Raw, Struct
from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.store.database import Base, Regional

EDITABLE: Final = timedelta(hours=1)
"""How long its author may change a comment; later it stands as others read and answered it."""
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
    """``talk.Why``: why something stays that the guard asked about."""
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    """By its author."""
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[str]
    hidden_reason: Mapped[str]
    """Why a coordinator hid it, told to its author and to coordinators."""


Moment = Annotated[datetime, Meta(tz=True)]


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
