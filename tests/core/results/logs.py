"""Change logs made up for tests, and the bytes in which they leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from lanzarote.records.changelog import chain, salted
from lanzarote.results.batches import Entry, Position, write_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanzarote.results.signing import PrivateKey

START = Position(seq=0, hash="")
AT = datetime(2031, 1, 1, 9, tzinfo=UTC)


def entries(bodies: Sequence[bytes], after: Position = START, epoch: int = 1) -> list[Entry]:
    """One entry for each body; an empty one tells that something was withdrawn."""
    made: list[Entry] = []
    previous = after.hash
    for seq, body in enumerate(bodies, after.seq + 1):
        salt = bytes([seq % 256]) * 16
        verb = "publish" if body else "withdraw"
        at, body_hash = AT + timedelta(seconds=seq), salted(salt, body) if body else ""
        previous = chain(previous, seq, epoch, at, verb, "practice", f"r{seq}", 1, body_hash)
        made.append(
            Entry(
                seq=seq,
                epoch=epoch,
                at=at,
                verb=verb,
                kind="practice",
                record=f"r{seq}",
                version=1,
                body_hash=body_hash,
                hash=previous,
                salt=salt.hex() if body else None,
                body=msgspec.Raw(body or b"null"),
            )
        )
    return made


def batch(key: PrivateKey, bodies: Sequence[bytes], after: Position = START, until: int | None = None) -> bytes:
    made = entries(bodies, after)
    return write_batch("paris", after, made, made[-1].seq if until is None else until, key)
