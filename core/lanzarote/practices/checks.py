"""What has to be known before the packages of a region are asked about a practice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.objections import Checks
from lanzarote.permissions import may_somewhere
from lanzarote.practices import sheets
from lanzarote.practices.work import told_of
from lanzarote.records import body_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.objections import Place
    from lanzarote.permissions import Actor
    from lanzarote.records import Record


def checks_for(
    instance: Instance,
    session: Session,
    region_id: str,
    record: Record | None,
    *,
    by: Actor,
    reasons: Mapping[Place, str] | None = None,
) -> Checks:
    """Before *by* saves *record*, or a new practice; *reasons*: why they save it although a package objects."""
    there = record is not None and record.state != "erased"
    return Checks(
        hook="check_practice",
        host=instance.host,
        packages=instance.switched_on(session, region_id),
        before=sheets.read(body_of(session, record, record.version)) if record and there else None,
        overrides=told_of(session, record).overrides if record and there else (),
        reasons=reasons or {},
        may_override=may_somewhere(by, "practice.override", region_id),
    )
