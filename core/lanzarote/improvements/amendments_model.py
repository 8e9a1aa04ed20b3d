"""Another text that somebody of the group proposes for an improvement."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta, Raw, Struct
from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.store.database import Base, Regional
from lanzarote.types.improvements import ImprovementText

AmendmentState = Literal["open", "accepted", "refused", "withdrawn"]
STATES: Final[tuple[AmendmentState, ...]] = get_args(AmendmentState)
FIELDS: Final = ("title", "summary", "proposal", "reasons", "expected", "means", "objections")
"""What an amendment can change, in the order of the form."""
LONGEST_WHY: Final = 4_000


class Amendment(Regional, Base):
    """A changed text in one language, beside the version that it changes."""

    __tablename__ = "amendment"
    __table_args__ = (Index("amendment_by_state", "region_id", "state"),)

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 1 on, in the order they were proposed."""
    base: Mapped[int]
    """The version that it changes."""
    language: Mapped[str]
    text: Mapped[bytes] = mapped_column(LargeBinary)
    """The ``ImprovementText`` as it would be."""
    why: Mapped[str]
    written_in: Mapped[str]
    """Language of the page on which it was explained."""
    reasons: Mapped[bytes] = mapped_column(LargeBinary)
    """``talk.Why``: why something stays that the guard asked about."""
    author: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str]
    settled_reason: Mapped[str]
    settled_version: Mapped[int]
    """The version that it became; 0 unless it was accepted."""

    def says(self) -> ImprovementText:
        return msgspec.json.decode(self.text, type=ImprovementText)


Moment = Annotated[datetime, Meta(tz=True)]


class AmendmentRow(Struct, frozen=True, kw_only=True):
    """An amendment in its improvement's line."""

    number: int
    base: int
    language: str
    text: Raw
    why: str
    written_in: str
    reasons: Raw
    author: str
    at: Moment
    state: AmendmentState
    settled_at: Moment | None
    settled_by: str
    settled_reason: str
    settled_version: int
