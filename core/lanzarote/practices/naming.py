"""Whom practices name: kept beside them, so that nobody assesses what names the organisation they work for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from sqlalchemy import delete, select

from lanzarote.practices.model import KIND
from lanzarote.records import Named, Record, Version
from lanzarote.stakeholders.model import KIND as STAKEHOLDER
from lanzarote.stakeholders.service import ids_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.changes import Saved


class _Partner(Struct):
    organisation: str | None = None


class _Naming(Struct):
    partners: tuple[_Partner, ...] = ()


_naming = msgspec.json.Decoder(_Naming)


def name(session: Session, region_id: str, record_id: str, names: Collection[str]) -> None:
    """Let the practice name the stakeholders that these ids and keys stand for, and nobody else."""
    mine = (Named.region_id == region_id) & (Named.record_id == record_id)
    session.execute(delete(Named).where(mine))
    ids = ids_of(session, names)
    session.add_all(Named(region_id=region_id, record_id=record_id, stakeholder_id=one) for one in sorted(ids))
    session.flush()


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Read anew whom practices name when entries of the directory become one, or two. Listens to ``changes.record``."""
    for region_id in {one.region_id for one in saved if one.kind == STAKEHOLDER and one.verb in ("merge", "split")}:
        session.flush()
        joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
        naming = select(Named.record_id).where(Named.region_id == region_id)
        query = (
            select(Record.id, Version.body)
            .join(Version, joined & (Version.number == Record.version))
            .where(Record.region_id == region_id, Record.kind == KIND, Record.id.in_(naming))
        )
        for record_id, body in session.execute(query).all():
            named = {one.organisation for one in _naming.decode(body).partners if one.organisation}
            name(session, region_id, record_id, named)
