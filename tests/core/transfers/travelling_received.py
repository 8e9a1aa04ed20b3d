"""A transfer as a region that is received may tell of it, in tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec
from lanzarote.types import TransferOrigin, TransferRelease, TransferState, TransferStep

ORIGIN = TransferOrigin(
    region="paris",
    region_name={"en": "Paris"},
    record="01900000-0000-7000-8000-0000000000ff",
    version=1,
    original="en",
)
WAY: Final[tuple[TransferState, ...]] = ("offered", "taken-up", "adapting", "piloted", "adopted")
STEPS = tuple(TransferStep(state=state, on=date(2030, 10, day)) for day, state in enumerate(WAY, 1))


def transfer(record_id: str = "", origin: str = ORIGIN.record, **more: Any) -> TransferRelease:
    made = TransferRelease(
        id=record_id or ORIGIN.record,
        region="azur",
        slug=f"t-{record_id[-3:]}",
        version=1,
        updated_at=datetime(2031, 1, 1, 9, tzinfo=UTC),
        origin=msgspec.structs.replace(ORIGIN, record=origin),
        state="adopted",
        steps=STEPS,
    )
    return msgspec.structs.replace(made, **more)
