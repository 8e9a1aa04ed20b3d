"""Procedures that a region has released, written here or received: read from its change log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.procedures.documents import ProcedureDocument
from lanzarote.procedures.model import IN_FORCE, KIND
from lanzarote.records.changelog import Change, ChangeBody
from lanzarote.records.changelog_state import released_now
from lanzarote.types import Procedure

if TYPE_CHECKING:
    from lanzarote.instance import Instance


class _Told(Struct):
    procedure: Procedure


_document = msgspec.json.Decoder(ProcedureDocument)


def released_procedures(instance: Instance, region_id: str) -> tuple[ProcedureDocument, ...]:
    """Procedures of the region that its parties have endorsed once, in the order of their release."""

    def read() -> tuple[ProcedureDocument, ...]:
        with instance.database.read(region_id) as session:
            found = released_now(session, region_id, kinds=(KIND,))
        return tuple(_document.decode(one.body) for one in found if one.body)

    return instance.kept("released procedures", region_id, read)


def in_force(instance: Instance, region_id: str) -> tuple[ProcedureDocument, ...]:
    """Those that their parties stand by today: only these can be taken up."""
    return tuple(one for one in released_procedures(instance, region_id) if one.state in IN_FORCE)


def text_of(instance: Instance, region_id: str, record_id: str, version: int) -> Procedure | None:
    """What that version said when it was released; None: the log does not have it, or not any more."""
    mine = (Change.region_id == region_id) & (Change.kind == KIND) & (Change.record_id == record_id)
    joined = (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq)
    query = select(ChangeBody.body).join(Change, joined).where(mine, Change.version == version)
    with instance.database.read(region_id) as session:
        body = session.scalar(query.order_by(Change.seq.desc()).limit(1))
    return msgspec.json.decode(body, type=_Told).procedure if body else None
