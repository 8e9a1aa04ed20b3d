"""Bodies that take part in the group, so that those who speak for them read what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from lanzarote.directory.model import StakeholderStatus
from lanzarote.records.records import Record, decode, encode

if TYPE_CHECKING:
    from lanzarote.instance import Instance


def let_take_part(instance: Instance, region_id: str, stakeholder_id: str) -> None:
    """As if the body had accepted an invitation; nothing where there is no such body, or it has said something."""
    with instance.database.write(region_id) as session:
        record = session.get(Record, (region_id, stakeholder_id))
        if record is None or record.kind != "stakeholder":
            return
        status = decode(record.status, StakeholderStatus)
        if status.relation == "cited":
            told = msgspec.structs.replace(status, relation="taking-part", since="2030", source="Lettre")
            record.status = encode(told)


def let_be_cited(instance: Instance, region_id: str, stakeholder_id: str) -> None:
    """As if nobody had ever asked the body."""
    with instance.database.write(region_id) as session:
        record = session.get_one(Record, (region_id, stakeholder_id))
        record.status = encode(StakeholderStatus())
