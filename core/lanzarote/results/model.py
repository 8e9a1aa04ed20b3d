"""What a region keeps of the results it sends, and an office of the regions it receives them from."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.store.database import Base, Regional

SourceState = Literal["enrolled", "paused", "ended"]
Came = Literal["net", "file"]
Rhythm = Literal["", "hourly", "daily", "weekly"]
RHYTHMS: Final[tuple[Rhythm, ...]] = ("", "hourly", "daily", "weekly")


class SigningKey(Regional, Base):
    """A key with which the region signs, or signed; its private half is a file beside the database."""

    __tablename__ = "signing_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    public: Mapped[bytes] = mapped_column(LargeBinary)
    endorsement: Mapped[bytes] = mapped_column(LargeBinary)
    """By the key before, an ``KeyEndorsement`` as JSON; empty: none was left to endorse it."""
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Destination(Regional, Base):
    """An office to which the region sends."""

    __tablename__ = "destination"

    address: Mapped[str] = mapped_column(primary_key=True)
    rhythm: Mapped[str]
    """Empty: only when somebody asks for it."""
    key: Mapped[bytes] = mapped_column(LargeBinary)
    """Public key of the office, as its first receipt gave it; no other is believed afterwards."""
    seq: Mapped[int]
    """Up to here the office has received, by its last receipt."""
    receipt: Mapped[bytes] = mapped_column(LargeBinary)
    sent_at: Mapped[datetime | None]
    fault: Mapped[str]
    """Why the last sending did not come to its end."""
    fault_code: Mapped[str] = mapped_column(default="")
    """What kind of fault that is, for the words of a page."""


class Source(Regional, Base):
    """A region whose results are received here, and how far."""

    __tablename__ = "source"

    state: Mapped[str]
    name: Mapped[bytes] = mapped_column(LargeBinary)
    """Language → name, as it was enrolled; the region's own facts say it later."""
    address: Mapped[str]
    """Where the region's own pages are; empty: nowhere."""
    enrolled_at: Mapped[datetime]
    epoch: Mapped[int]
    seq: Mapped[int]
    hash: Mapped[str]
    begun: Mapped[int]
    """Number of the entry with which the present epoch began."""
    awaited: Mapped[int]
    """How many entries of that beginning are still to come; what none of them tells of is then withdrawn."""
    received_at: Mapped[datetime | None]
    came: Mapped[str] = mapped_column(default="")
    """How the last results came, a ``Came``; empty: none came yet."""
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    """The last that was signed: evidence of what the region said."""


class SourceKey(Regional, Base):
    """A key of a region that is received here."""

    __tablename__ = "source_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    known_at: Mapped[datetime]
    endorsed_by: Mapped[str]
    """Id of the key that vouches for it; empty: somebody compared its fingerprint."""
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str]


class HeldBatch(Regional, Base):
    """Results that their region signed and that could not be taken: kept with the reason, to be looked at."""

    __tablename__ = "held_batch"
    __table_args__ = (Index("held_batch_by_digest", "region_id", "digest"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    came: Mapped[str]
    code: Mapped[str]
    told: Mapped[str]
    digest: Mapped[str]
    known: Mapped[bytes] = mapped_column(LargeBinary)
    """What had been signed here before, where the two do not fit together."""
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """The bytes as they came."""
