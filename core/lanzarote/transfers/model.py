"""What is decided about a transfer, and what stands beside it; what is written in it is a ``Transfer``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct
from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.records.lifecycle import Transitions
from lanzarote.store.database import Base, Regional, Shared
from lanzarote.translation import N_
from lanzarote.types import Text, TransferState, TransferStep, Value

TRANSFER: Final = "transfer"
STATES: Final[Mapping[TransferState, str]] = {
    "offered": N_("proposed"),
    "taken-up": N_("taken up"),
    "adapting": N_("being adapted"),
    "piloted": N_("tried out"),
    "adopted": N_("adopted"),
    "declined": N_("not taken up"),
}

ElsewhereState = Literal["asked", "confirmed"]


LIFECYCLE: Final[Transitions] = {
    (None, "offer"): "offered",
    ("offered", "take-up"): "taken-up",  # the group works on it, and the public knows
    ("taken-up", "adapt"): "adapting",  # there is a draft of the practice as it would be here
    ("adapting", "pilot"): "piloted",  # it is tried, and no point is open
    ("piloted", "adopt"): "adopted",  # the adapted practice is published
    **{(state, "decline"): "declined" for state in ("offered", "taken-up", "adapting", "piloted")},
    ("declined", "reconsider"): "offered",
    **{(state, "write"): state for state in ("offered", "taken-up", "adapting", "piloted", "adopted")},
    # The origin has another version, or is withdrawn: somebody has looked at what that means here.
    **{(state, "look"): state for state in ("offered", "taken-up", "adapting", "piloted", "adopted")},
    **{(state, "publish"): state for state in ("taken-up", "adapting", "piloted", "adopted", "declined")},
}
"""How far a transfer is, from a practice of one place to another."""


class TransferStatus(Value, frozen=True, kw_only=True):
    """How far a transfer is."""

    state: TransferState = "offered"
    steps: tuple[TransferStep, ...] = ()
    """Every state it came into, the first first."""
    reason: Text = {}
    """Why it was declined, for everybody."""
    practice: str = ""
    """Id of the practice or procedure that was adapted here."""
    seen: int = 0
    """The newest version of the origin that somebody here has looked at, beyond the one that was taken up."""
    seen_gone: bool = False
    """Somebody here has seen that the origin is no longer published."""
    withdrawn: str = ""
    """Why the public no longer reads it; for the group."""


class Travelled(Shared, Base):
    """Every released transfer, home or received, under what it took up: kept in step with the logs."""

    __tablename__ = "travelled"
    __table_args__ = (Index("travelled_by_transfer", "region", "record_id"),)

    origin_region: Mapped[str] = mapped_column(primary_key=True)
    origin_record: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    """Where it was taken up."""
    record_id: Mapped[str] = mapped_column(primary_key=True)
    practice: Mapped[str]
    """Id of the practice or procedure that was adapted there, or nothing."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """A ``TransferRelease`` as JSON."""


class Elsewhere(Regional, Base):
    """That a practice is said to be taken up by somebody without a platform. Shown once it is confirmed."""

    __tablename__ = "taken_elsewhere"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    """Id of the practice."""
    number: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str]
    organisation: Mapped[str]
    what: Mapped[str]
    """What is done there, what had to change."""
    source: Mapped[str]
    lang: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    """Where the answer goes; empty from the moment it is given."""
    state: Mapped[str]
    """An ``ElsewhereState``; what is refused is deleted."""
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class ElsewhereRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An ``Elsewhere`` in a region's file: without the address, which does not travel."""

    number: Annotated[int, Meta(ge=1, le=1_000_000)]
    place: str
    organisation: str
    what: str
    source: str
    lang: str
    state: ElsewhereState
    at: Annotated[datetime, Meta(tz=True)]
    settled_at: Annotated[datetime, Meta(tz=True)] | None
