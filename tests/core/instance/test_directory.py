"""Practices show their partners as the directory tells them now."""

from __future__ import annotations

import msgspec
from lanzarote.directory.model import KIND
from lanzarote.instance import Instance
from lanzarote.practices import service
from lanzarote.records import records
from lanzarote.records.records import Record
from lanzarote.types import Organisation
from sqlalchemy import select


def test_a_partner_that_changes_side_changes_the_practices_that_name_it(own_paris: Instance) -> None:
    assert "private" not in sides(own_paris, "nenuphar")
    with own_paris.database.write("paris") as session:
        partner = session.scalars(select(Record).where(Record.kind == KIND, Record.key == "cvm")).first()
        assert partner is not None
        organisation = records.decode(records.body_of(session, partner, 1), Organisation)
        records.revise(session, partner, records.encode(msgspec.structs.replace(organisation, side="private")), by="t")
        records.publish(session, partner, by="t")
    assert own_paris.worker.run_due() == 1
    assert "private" in sides(own_paris, "nenuphar")


def sides(instance: Instance, slug: str) -> tuple[str, ...]:
    return service.decode(service.document(instance.database, "paris", slug)).sides
