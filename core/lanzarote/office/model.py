"""What the office keeps of all regions: numbers, how they come about, releases to cite, and what regions rest on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import BigInteger, Date, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.store.database import Base, Regional, Shared

BLOCK: Final = 1024
"""So many results of a region share a row of masks: a change touches no more, however large the region is."""
HEAD: Final = "head"
"""Measure: number of the last entry of the log that the account includes."""
AWAITED: Final = "awaited"
"""Measure: how many entries of the beginning of an epoch are still to come."""
SECTOR: Final = "sector"
"""Measure: a sector of the region's own (or a former key of one), and a common sector that it belongs to."""
SECTOR_SIDE: Final = "sector-side"
"""Measure: a sector of the region's own, and its side."""
SHOWN: Final = "shown"
"""Measure: the region is in the totals of all that the public may read."""
INNER: Final = (HEAD, AWAITED, SHOWN, SECTOR, SECTOR_SIDE)
"""Measures that the account needs to be kept; they count nothing."""
Basis = Literal["pilot", "opened"]
"""A region is a pilot itself, or the method was opened in it after the pilot of another one."""


class TallyNumber(Regional, Base):
    """Place of a result in its region's masks."""

    __tablename__ = "tally_number"
    __table_args__ = (Index("tally_number_by_record", "region_id", "record_id", "position"),)

    position: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[str]
    """Empty: the place is free."""


class TallyMask(Regional, Base):
    """Which of a block of results count in one line of the account, a bit each."""

    __tablename__ = "tally_mask"

    block: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(primary_key=True)
    """``measure:a:b:power``. A result that counts five times is in the lines of power 0 and 2."""
    bits: Mapped[bytes] = mapped_column(LargeBinary)


class Summary(Regional, Base):
    """How often something counts in a region."""

    __tablename__ = "summary"

    measure: Mapped[str] = mapped_column(primary_key=True)
    a: Mapped[str] = mapped_column(primary_key=True)
    b: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)


class Total(Shared, Base):
    """The same for all regions together that the public may read."""

    __tablename__ = "summary_total"

    measure: Mapped[str] = mapped_column(primary_key=True)
    a: Mapped[str] = mapped_column(primary_key=True)
    b: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)


class OfficeRelease(Shared, Base):
    """Figures as they were on a day, with the heads of the logs they were counted from. It is never changed."""

    __tablename__ = "office_release"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    figures: Mapped[bytes] = mapped_column(LargeBinary)
    """``releases.Frozen`` as JSON: numbers, names of regions, heads; no text of any result."""
    digest: Mapped[str]


class Opening(Shared, Base):
    """What a region that is written or enrolled here rests on, as the office said it last."""

    __tablename__ = "opening"

    region: Mapped[str] = mapped_column(primary_key=True)
    basis: Mapped[str]
    """A ``Basis``."""
    after_region: Mapped[str] = mapped_column(default="")
    """Whose pilot was to be extended; the rest says which decision was read there. Of a pilot: nothing."""
    decided_on: Mapped[date | None] = mapped_column(Date)
    evaluation: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    actor: Mapped[str]
