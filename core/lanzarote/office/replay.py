"""What a region's log says is released: the last that it tells of each record since its present epoch began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from lanzarote.records.changelog import SHOWN, Beginning
from lanzarote.store.bulk import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

SOME: Final = 1000
"""So many entries are in memory at once."""
_beginning = msgspec.json.Decoder(Beginning)


class Told(Struct, frozen=True):
    """A record that is released."""

    kind: str
    seq: int


class Replay(Struct, frozen=True, kw_only=True):
    """A log, read up to an entry."""

    head: int
    awaited: int
    """So many entries of the beginning of an epoch are still to come."""
    released: Mapping[str, Told]


def head_of(session: Session, region_id: str) -> int:
    """Number of the last entry."""
    rows = rows_of(session, "SELECT seq FROM change WHERE region_id = ? ORDER BY seq DESC LIMIT 1", region_id)
    return rows[0][0] if rows else 0


def replay(session: Session, region_id: str, until: int | None = None) -> Replay:
    """Read the log of a region up to the entry *until* (default: all of it)."""
    head = head_of(session, region_id) if until is None else until
    start, awaited = _beginning_of(session, region_id, head)
    last: dict[str, Told] = {}
    sql = (
        "SELECT record_id, kind, seq, verb FROM change WHERE region_id = ? AND seq >= ? AND seq <= ? "
        "AND verb <> 'epoch' ORDER BY seq"
    )
    for record_id, kind, seq, verb in rows_of(session, sql, region_id, start, head):
        if verb in SHOWN:
            last[record_id] = Told(kind, seq)
        else:
            last.pop(record_id, None)
    return Replay(head=head, awaited=awaited, released=last)


def bodies(session: Session, region_id: str, released: Mapping[str, Told]) -> Iterator[tuple[str, str, bytes]]:
    """Record, kind and document of what is *released*; what was erased since has none."""
    wanted = sorted((one.seq, record_id, one.kind) for record_id, one in released.items())
    for start in range(0, len(wanted), SOME):
        some = {seq: (record_id, kind) for seq, record_id, kind in wanted[start : start + SOME]}
        sql = "SELECT seq, body FROM change_body WHERE region_id = ? AND seq >= ? AND seq <= ?"
        for seq, body in rows_of(session, sql, region_id, min(some), max(some)):
            if seq in some:
                yield *some[seq], bytes(body)


def begun_before(session: Session, region_id: str, seq: int) -> int:
    """Number of the entry before *seq* with which an epoch began; 0: none did."""
    sql = "SELECT seq FROM change WHERE region_id = ? AND verb = 'epoch' AND seq < ? ORDER BY seq DESC LIMIT 1"
    rows = rows_of(session, sql, region_id, seq)
    return rows[0][0] if rows else 0


def told_since(session: Session, region_id: str, seq: int) -> set[str]:
    """Records that the log tells of from *seq* on."""
    sql = "SELECT DISTINCT record_id FROM change WHERE region_id = ? AND seq >= ?"
    return {row[0] for row in rows_of(session, sql, region_id, seq)}


def entries_of(body: bytes) -> int:
    """How many entries after it tell all that is released."""
    return _beginning.decode(body).entries if body else 0


def _beginning_of(session: Session, region_id: str, head: int) -> tuple[int, int]:
    """From where on the log counts, and what is still to come: a beginning counts once all of it is here."""
    following, awaited = head + 1, 0
    while seq := begun_before(session, region_id, following):
        sql = "SELECT body FROM change_body WHERE region_id = ? AND seq = ?"
        rows = rows_of(session, sql, region_id, seq)
        missing = seq + entries_of(bytes(rows[0][0]) if rows else b"") - (following - 1)
        if missing <= 0:
            return seq, awaited
        awaited = missing if following == head + 1 else awaited
        following = seq
    return 0, awaited
