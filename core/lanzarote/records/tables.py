"""The tables of records: what stands in each, and what is known about it. ``records`` says what happens to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.store.database import Base, Regional


class Record(Regional, Base):
    """One practice, stakeholder, …; what it says stands in its versions."""

    __tablename__ = "record"
    __table_args__ = (
        Index("record_by_slug", "region_id", "kind", "slug", unique=True),
        Index("record_by_key", "region_id", "kind", "key"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    slug: Mapped[str]
    key: Mapped[str | None]
    """Its key in the package that shipped it."""
    state: Mapped[str]
    stage: Mapped[str] = mapped_column(default="")
    """How far its working version is, a state of ``lifecycle.WORK``; empty when there is none."""
    status: Mapped[bytes] = mapped_column(LargeBinary)
    """What is decided about it rather than written in it, as its kind defines."""
    version: Mapped[int]
    """The newest version; checked by every writer."""
    published_version: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class Version(Regional, Base):
    """What a record said at one time. Permanent, unless the record is erased."""

    __tablename__ = "version"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str]


class FormerSlug(Regional, Base):
    """An address a record had before; it redirects."""

    __tablename__ = "former_slug"

    kind: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str]


class Involved(Regional, Base):
    """Who has a part in a record: wrote in it, submitted its working version, was asked to assess it."""

    __tablename__ = "involved"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    """A ``permissions.Part``."""


class Named(Regional, Base):
    """The stakeholders that the newest version of a record names."""

    __tablename__ = "named"
    __table_args__ = (Index("named_by_stakeholder", "region_id", "stakeholder_id"),)

    record_id: Mapped[str] = mapped_column(primary_key=True)
    stakeholder_id: Mapped[str] = mapped_column(primary_key=True)
