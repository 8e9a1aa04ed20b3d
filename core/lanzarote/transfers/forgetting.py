"""What was taken up and is erased where it comes from: the group keeps its own words, and none of the origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import structs
from sqlalchemy import select

from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records import outbox, records
from lanzarote.records.changelog import Change, Served
from lanzarote.records.erased_here import erased_here
from lanzarote.records.records import Record, Version, decode, encode
from lanzarote.store.bulk import pieces
from lanzarote.store.database import ALL
from lanzarote.transfers.model import TRANSFER, TransferStatus
from lanzarote.types import Transfer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.store.database import Database

TOPIC: Final = "transfers.erased"
BY: Final = "lanzarote"
"""Who the audit says took the words out."""


def hear(session: Session, region_id: str, saved: Sequence[Saved]) -> None:
    """Something that may have been taken up is erased. Listens to the change logs."""
    del region_id
    if any(one.verb == "erase" and one.kind in (PRACTICE, PROCEDURE) for one in saved):
        outbox.enqueue_once(session, TOPIC, TOPIC)


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """A transfer came here, with a file perhaps that was written before its origin was erased.

    Listens to ``changes.record``.
    """
    if any(one.kind == TRANSFER and one.fresh for one in saved):
        outbox.enqueue_once(session, TOPIC, TOPIC)


def deliver(database: Database, payload: Mapping[str, Any]) -> None:
    """Take the words of erased origins out of every transfer that is written here."""
    del payload
    with database.read(ALL) as session:
        found = _of_erased(session)
    for region_id, ids in found.items():
        with database.write(region_id) as session:
            _take_out(session, region_id, ids)


def take_out(session: Session) -> None:
    """As ``deliver``, in a session about all regions."""
    for region_id, ids in _of_erased(session).items():
        _take_out(session, region_id, ids)


def _of_erased(session: Session) -> dict[str, list[str]]:
    """Region → its transfers that have words of an origin which is erased."""
    query = (
        select(Record.region_id, Record.id, Version.body)
        .join(Version, (Version.region_id == Record.region_id) & (Version.record_id == Record.id))
        .where(Record.region_id.in_(select(Served.id).where(Served.home)))
        .where(Record.kind == TRANSFER, Version.number == Record.version, Record.state != "erased")
    )
    said = [(region, record, decode(body, Transfer).origin) for region, record, body in session.execute(query)]
    worded = [(region, record, one) for region, record, one in said if one != one.nameless]
    gone = _erased(session, {(one.region, one.record) for _, _, one in worded})
    found: dict[str, list[str]] = {}
    for region, record, one in worded:
        if (one.region, one.record) in gone:
            found.setdefault(region, []).append(record)
    return found


def _erased(session: Session, origins: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these (region, record) that are known to be erased: they never come back."""
    by_region: dict[str, list[str]] = {}
    for region, record in origins:
        by_region.setdefault(region, []).append(record)
    return {
        (region, record)
        for region, ids in by_region.items()
        for record in erased_here(session, region, ids) | _erased_by_log(session, region, ids)
    }


def _erased_by_log(session: Session, region_id: str, ids: Sequence[str]) -> set[str]:
    said = select(Change.record_id).where(Change.region_id == region_id, Change.verb == "erase")
    return {record for some in pieces(ids) for record in session.scalars(said.where(Change.record_id.in_(some)))}


def _take_out(session: Session, region_id: str, ids: Iterable[str]) -> None:
    for record_id in ids:
        _forget(session, session.get_one(Record, (region_id, record_id)))


def _forget(session: Session, record: Record) -> None:
    """In every version; what was written here stays, and somebody here is to look at it once more."""
    records.hold(session, record)  # whoever is just saving it is waited for, and whoever saves it next reads it anew
    mine = (Version.region_id == record.region_id) & (Version.record_id == record.id)
    for version in session.scalars(select(Version).where(mine)):
        if version.body:
            version.body = encode(_without_its_words(decode(version.body, Transfer)))
            version.digest = records.digest(version.body)
    record.status = encode(structs.replace(decode(record.status, TransferStatus), seen_gone=False))
    session.info["erased"] = True
    session.flush()
    records.tell(session, record, "forget-origin", by=BY, at=records.now())


def _without_its_words(said: Transfer) -> Transfer:
    asked = tuple(structs.replace(one, text={}) for one in said.questions)
    return structs.replace(said, origin=said.origin.nameless, questions=asked)
