"""Follows the audit and the change log of a region, entry by entry, and tells where one does not follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lanzarote.records.changelog import Audit, Change, ChangeBody, chain, facts_of, salted
from lanzarote.records.log_gaps import Forgotten, Unsent

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def broken_audit(session: Session, region_id: str) -> int | None:
    """Check the audit chain; return the number of the first line that does not follow, or None."""
    previous = ""
    rows = session.scalars(select(Audit).where(Audit.region_id == region_id).order_by(Audit.seq))
    for expected, row in enumerate(rows, 1):
        previous = chain(
            previous, row.seq, row.at, row.actor, row.verb, row.kind, row.record_id, row.version, row.digest
        )
        if row.seq != expected or row.hash != previous:
            return expected
    return None


def broken_change(session: Session, region_id: str) -> int | None:
    """Check the change log's chain and its bodies, which are there unless they were forgotten.

    Return the first faulty number, or None. What was received begins with the epoch that its region was in, and goes
    on with a later one where entries between them never came: the first entry of an epoch names the one before it,
    here or not.
    """
    previous = ""
    served = facts_of(session, region_id)
    home = served is None or served.home
    bodies = {row.seq: row for row in session.scalars(select(ChangeBody).where(ChangeBody.region_id == region_id))}
    forgotten = select(Forgotten.record_id, Forgotten.seq).where(Forgotten.region_id == region_id)
    unsent = select(Unsent.seq, Unsent.after).where(Unsent.region_id == region_id)
    gone, gaps = dict(session.execute(forgotten).all()), dict(session.execute(unsent).all())
    rows = session.scalars(select(Change).where(Change.region_id == region_id).order_by(Change.seq))
    expected = 1
    for row in rows:
        begins = row.verb == "epoch" and row.version == row.seq - 1
        if not home and begins and gaps.get(row.seq) == expected - 1:
            expected, previous = row.seq, row.record_id
        previous = _change_hash(previous, row)
        told = _is_told(row, bodies.get(row.seq), gone.get(row.record_id, 0))
        if row.seq != expected or row.hash != previous or not told:
            return expected
        expected += 1
    return None


def _is_told(row: Change, body: ChangeBody | None, gone: int) -> bool:
    """Whether the log has what *row* told; up to the number *gone* it need not."""
    if body is None:
        return not row.body_hash or row.seq <= gone
    return salted(body.salt, body.body) == row.body_hash


def _change_hash(previous: str, row: Change) -> str:
    return chain(previous, row.seq, row.epoch, row.at, row.verb, row.kind, row.record_id, row.version, row.body_hash)
