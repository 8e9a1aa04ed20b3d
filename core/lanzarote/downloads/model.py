"""A file that somebody asked for. Nothing is kept of who it was."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, get_args

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column

from lanzarote.store.database import Base, Shared

State = Literal["waiting", "making", "ready", "failed"]
STATES: Final[tuple[State, ...]] = get_args(State)


class Download(Shared, Base):
    """One file: asked for, being made, or ready to be fetched."""

    __tablename__ = "download"
    __table_args__ = (Index("download_once", "digest", unique=True), Index("download_by_region", "region"))

    id: Mapped[str] = mapped_column(primary_key=True)
    """A secret: it is enough to fetch the file."""
    region: Mapped[str]
    revision: Mapped[int]
    """The state of the region's public content that it tells."""
    kind: Mapped[str]
    """Who makes it."""
    asked: Mapped[bytes] = mapped_column(LargeBinary)
    """What it is to hold, as its maker reads it."""
    digest: Mapped[str]
    """Of all that: the same file is made once."""
    state: Mapped[str]
    percent: Mapped[int]
    tries: Mapped[int]
    asked_at: Mapped[datetime]
    keep_until: Mapped[datetime]
    name: Mapped[str]
    """Of the file."""
    media_type: Mapped[str]
    size: Mapped[int]
    body: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
