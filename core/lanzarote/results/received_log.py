"""Whether the log that an office keeps of a region is all that the region signed there, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.records.changelog import Served
from lanzarote.records.changelog_state import broken_change
from lanzarote.results.model import Source
from lanzarote.results.sending import head_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def broken_log(session: Session, region_id: str) -> int | None:
    """The first faulty number of a change log, received or written here, or None.

    The chain tells of nothing that was cut from its end; of what was received, the office wrote down the last entry
    that the region had signed.
    """
    broken = broken_change(session, region_id)
    if broken is not None:
        return broken
    served, source = session.get(Served, region_id), session.get(Source, region_id)
    if source is None or (served is not None and served.home):
        return None
    head = head_of(session, region_id)
    if (head.seq, head.hash) == (source.seq, source.hash):
        return None
    return head.seq if head.seq == source.seq else min(head.seq, source.seq) + 1
