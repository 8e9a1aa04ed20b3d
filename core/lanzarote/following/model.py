"""Who follows what. It belongs to the person, not to the region: it is in no region's file."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, get_args

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.store.database import Base, Shared

Rhythm = Literal["now", "daily", "weekly"]
RHYTHMS: Final[tuple[Rhythm, ...]] = get_args(Rhythm)
WHOLE: Final = ""
"""Stands for a record where everything of a region is followed."""


class Follow(Shared, Base):
    """One person follows one record, or everything of a region."""

    __tablename__ = "follow"
    __table_args__ = (
        Index("follow_by_record", "region_id", "record_id"),
        Index("follow_by_rhythm", "rhythm", "account_id"),
        Index("follow_by_id", "id", unique=True),
    )

    account_id: Mapped[str] = mapped_column(primary_key=True)
    region_id: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(primary_key=True)
    """``WHOLE`` for everything."""
    rhythm: Mapped[str]
    told: Mapped[int]
    """Number of the audit's line up to which the person was told what changed."""
    id: Mapped[str]
    """As links name it that end it."""
    at: Mapped[datetime]


class Follower(Shared, Base):
    """A person who follows, or did: what their links are signed with."""

    __tablename__ = "follower"
    __table_args__ = (Index("follower_by_id", "id", unique=True),)

    account_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str]
    """As links name them that end a whole digest."""
    secret: Mapped[str]
