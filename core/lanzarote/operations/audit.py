"""Follows the audit of every region and of the instance, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lanzarote.records.changelog import INSTANCE, Audit
from lanzarote.records.changelog_state import broken_audit

if TYPE_CHECKING:
    from lanzarote.instance import Instance


def verify(instance: Instance) -> int:
    """Print what is found; return 1 when a line does not follow from the one before."""
    broken = 0
    for region_id in (*instance.loaded(), INSTANCE):
        name = "the instance" if region_id == INSTANCE else region_id
        with instance.database.read(region_id) as session:
            fault = broken_audit(session, region_id)
            lines = session.scalar(select(func.count(Audit.seq)).where(Audit.region_id == region_id)) or 0
        if fault is None:
            print(f"{name}: {lines} lines, complete and unchanged")
            continue
        broken = 1
        print(f"{name}: line {fault} does not follow from the one before; it was changed outside the platform")
    return broken
