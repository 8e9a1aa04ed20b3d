"""The batches in which a region's change log leaves it, from wherever a receiver is to its newest entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Raw
from sqlalchemy import func, select

from lanzarote.errors import LanzaroteError
from lanzarote.records.changelog import Change, ChangeBody
from lanzarote.results import keys
from lanzarote.results.batches import MOST_BYTES, MOST_ENTRIES, Entry, Position, write_batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from lanzarote.configuration.settings import Settings

FULL: Final = MOST_BYTES // 4
"""Bytes of a batch, unless whoever receives it takes less."""
HEAD: Final = 512
"""Bytes that go with the body of an entry."""


class OtherHistory(LanzaroteError):
    """The receiver has an entry that this region never wrote."""

    code = "other-history"


def head_of(session: Session, region_id: str) -> Position:
    """After the newest entry."""
    newest = select(Change).where(Change.region_id == region_id).order_by(Change.seq.desc()).limit(1)
    row = session.scalars(newest).first()
    return Position(seq=row.seq, hash=row.hash) if row else Position(seq=0, hash="")


def start_of(session: Session, region_id: str) -> Position:
    """Before the entry with which the present epoch begins: from here on a receiver needs to know nothing more."""
    begun = select(func.max(Change.seq)).where(Change.region_id == region_id, Change.verb == "epoch")
    return position_of(session, region_id, (session.scalar(begun) or 1) - 1)


def position_of(session: Session, region_id: str, seq: int) -> Position:
    """After entry number *seq*. Raises OtherHistory when there is none."""
    if seq == 0:
        return Position(seq=0, hash="")
    row = session.get(Change, (region_id, seq))
    if row is None:
        raise OtherHistory(f"There is no entry {seq} in the change log of {region_id}.")
    return Position(seq=seq, hash=row.hash)


def batches(
    session: Session, settings: Settings, region_id: str, after: Position, *, full: int = FULL
) -> Iterator[bytes]:
    """What follows *after*, signed with the region's present key; nothing when there is nothing new.

    *full*: about so many bytes make a batch; an entry that is longer makes one of its own.

    Raises NoKey; OtherHistory when *after* is no place in this log.
    """
    key, endorsements = keys.private(session, settings, region_id), keys.endorsements(session, region_id)
    if position_of(session, region_id, after.seq) != after:
        raise OtherHistory(f"Entry {after.seq} of {region_id} has another hash here: the receiver has another history.")
    until = head_of(session, region_id).seq
    while after.seq < until:
        entries = _entries(session, region_id, after.seq, full)
        yield write_batch(region_id, after, entries, until, key, endorsements)
        after = Position(seq=entries[-1].seq, hash=entries[-1].hash)
        session.expunge_all()


def _entries(session: Session, region_id: str, after: int, full: int) -> list[Entry]:
    """The next ones, all of one epoch, at least one."""
    query = (
        select(Change, ChangeBody.salt, ChangeBody.body)
        .outerjoin(ChangeBody, (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq))
        .where(Change.region_id == region_id, Change.seq > after)
        .order_by(Change.seq)
        .limit(MOST_ENTRIES)
    )
    found: list[Entry] = []
    size = 0
    for row, salt, body in session.execute(query):
        size += len(body or b"") + HEAD
        if found and (row.epoch != found[0].epoch or size > full):
            break
        found.append(_entry(row, salt, body))
    return found


def _entry(row: Change, salt: bytes | None, body: bytes | None) -> Entry:
    return Entry(
        seq=row.seq,
        epoch=row.epoch,
        at=row.at,
        verb=row.verb,
        kind=row.kind,
        record=row.record_id,
        version=row.version,
        body_hash=row.body_hash,
        hash=row.hash,
        salt=bytes(salt).hex() if salt is not None else None,
        body=Raw(bytes(body) if body is not None else b"null"),
    )
