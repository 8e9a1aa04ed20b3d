"""What a region keeps of the results it sends, an office of those it receives, and why results are not taken."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import Index, LargeBinary, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.errors import LanzaroteError
from lanzarote.records.records import Record
from lanzarote.records.tables import forgotten
from lanzarote.store.bulk import pieces
from lanzarote.store.database import Base, Regional

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


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
    key: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    """Public key of the office, as its first receipt gave it; no other is believed afterwards."""
    seq: Mapped[int] = mapped_column(default=0)
    """Up to here the office has received, by its last receipt."""
    receipt: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    sent_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(default="")
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
    epoch: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(default="")
    begun: Mapped[int] = mapped_column(default=0)
    """Number of the entry with which the present epoch began."""
    awaited: Mapped[int] = mapped_column(default=0)
    """How many entries of that beginning are still to come; what none of them tells of is then withdrawn."""
    received_at: Mapped[datetime | None]
    came: Mapped[str] = mapped_column(default="")
    """How the last results came, a ``Came``; empty: none came yet."""
    envelope: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    """The last that was signed: evidence of what the region said."""


class SourceKey(Regional, Base):
    """A key of a region that is received here."""

    __tablename__ = "source_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    known_at: Mapped[datetime]
    endorsed_by: Mapped[str] = mapped_column(default="")
    """Id of the key that vouches for it; empty: somebody compared its fingerprint."""
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")


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


# --- Why results are not taken, each with the code under which an office and a program know it ---


class Refused(LanzaroteError):
    """These results are not taken; nothing here was changed."""

    code = "refused"
    held = False
    """Whether the office keeps the bytes, for somebody to look at."""


class Stranger(Refused):
    """No such region is enrolled here, or it was ended."""

    code = "unknown-region"


class Paused(Refused):
    """The office takes nothing from the region just now."""

    code = "paused"


class WrittenHere(Refused):
    """The region is written here: nobody else says what its results are."""

    code = "written-here"


class UnknownKey(Refused):
    """Signed by a key that nobody here has compared, and that none of the known keys endorses."""

    code = "unknown-key"


class RevokedKey(Refused):
    code = "revoked-key"


class Missing(Refused):
    """There are entries between what is here and what came."""

    code = "missing-entries"

    def __init__(self, text: str, *, after: int, before: int) -> None:
        super().__init__(text)
        self.after, self.before = after, before


class Forked(Refused):
    """What came and what is here cannot both be what the region wrote."""

    code = "other-history"
    held = True


class Unfit(Refused):
    """Signed by its region and not what this platform can take."""

    code = "unfit"
    held = True


class Recognisable(Refused):
    """It may tell of a person. Its bytes are not kept."""

    code = "recognisable"


# --- What could not be taken keeps no word of what is to be forgotten: its bytes go, its reason and digest stay ---

_NAME: Final = re.compile(rb'"([a-z0-9]+(?:-[a-z0-9]+)*)"')
"""A key or an id, as results have it."""


def drop_bytes_of(session: Session, region_id: str, ids: Iterable[str]) -> None:
    """Keep the bytes of nothing that waits and names one of these records, which are to be forgotten."""
    gone = set(ids)
    if not gone:
        return
    for some in pieces(sorted(gone)):
        # Practices name an organisation by its key, and tell of it.
        keys = select(Record.key).where(Record.region_id == region_id, Record.id.in_(some), Record.key.is_not(None))
        gone |= {key for key in session.scalars(keys) if key}
    kept = select(HeldBatch.id).where(HeldBatch.region_id == region_id, HeldBatch.data != b"")
    for held_id in session.scalars(kept).all():
        one = (HeldBatch.region_id == region_id) & (HeldBatch.id == held_id)
        if gone & names_in(session.scalars(select(HeldBatch.data).where(one)).one()):  # one at a time: they are large
            session.execute(update(HeldBatch).where(one).values(data=b""))


def tells_of_forgotten(session: Session, region_id: str, data: bytes) -> bool:
    """Whether a record is named in it of which something was to be forgotten, or an organisation that was erased."""
    names = sorted(names_in(data))
    if forgotten(session, region_id, names):
        return True
    erased = select(Record.id).where(Record.region_id == region_id, Record.state == "erased")
    return any(
        session.scalar(erased.where(or_(Record.id.in_(some), Record.key.in_(some))).limit(1)) is not None
        for some in pieces(names)
    )


def names_in(data: bytes) -> set[str]:
    """Every key and id in it.

    >>> sorted(names_in(b'{"kind":"practice","record":"0190-a","slug":"A"}'))
    ['0190-a', 'kind', 'practice', 'record', 'slug']
    """
    return {name.decode() for name in _NAME.findall(data)}
