"""What a region releases of its transfers, and where practices and procedures have travelled by those of all."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import delete, select

from lanzarote.accounts import mails
from lanzarote.evaluation.model import EVALUATION
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records import changelog, locking, outbox, records
from lanzarote.records.changelog import INSTANCE, Change, Release, Served
from lanzarote.records.changelog_state import end_of_beginning, head_of, newest_beginning, released_now
from lanzarote.records.erasing import erased_here, forget_beside
from lanzarote.records.records import Record, Version, decode, encode
from lanzarote.records.tables import NEWEST_VERSION, PUBLISHED_VERSION
from lanzarote.runtime.reading import LateDecoder
from lanzarote.store.bulk import marks, pieces, rows_of, shared_rows
from lanzarote.store.database import ALL
from lanzarote.transfers.model import TRANSFER, Elsewhere, TransferStatus, Travelled
from lanzarote.types import Transfer, TransferRelease

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from typing import Any

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.records.changelog import Saved
    from lanzarote.store.database import Database
    from lanzarote.types import RegionHeader

TOPIC: Final = "transfers.origin"
PAGES: Final = "transfers.pages"
ERASED: Final = "transfers.erased"
BY: Final = "lanzarote"
"""Who the audit says took the words of an erased origin out."""
_FROM: Final = "SELECT DISTINCT origin_region FROM travelled WHERE region = ? AND practice IN "
_TAKEN_UP: Final = "SELECT DISTINCT region FROM travelled WHERE origin_region = ? AND origin_record IN "
_release = LateDecoder(TransferRelease)


# What a region releases: how far it is, why, what had to change


def released(session: Session, some: Mapping[str, Saved]) -> Mapping[str, Release]:
    """What the change log keeps of these transfers."""
    return {one.id: Release(version=one.version, body=encode(one)) for one in published(session, list(some))}


def published(session: Session, ids: list[str] | None = None) -> Iterator[TransferRelease]:
    """The transfers that the public of the session's regions reads, the last changed first."""
    query = (
        select(Record, Version.body)
        .join(Version, PUBLISHED_VERSION)
        .where(Record.kind == TRANSFER, Record.state == "published")
        .order_by(Record.published_at.desc(), Record.id)
    )
    for record, body in session.execute(query if ids is None else query.where(Record.id.in_(ids))):
        yield document_of(record, decode(body, Transfer), decode(record.status, TransferStatus))


def document_of(record: Record, transfer: Transfer, status: TransferStatus) -> TransferRelease:
    return TransferRelease(
        id=record.id,
        region=record.region_id,
        slug=record.slug,
        version=record.published_version or record.version,
        updated_at=record.published_at or record.updated_at,
        origin=transfer.origin.nameless,
        state=status.state,
        steps=status.steps,
        reason=status.reason,
        changed=transfer.changed,
        practice=status.practice,
    )


# Where things have travelled: kept in step with the change logs


def travels(instance: Instance, region_id: str, record_id: str) -> tuple[TransferRelease, ...]:
    """The released transfers of this origin, the first first; of regions that the public may read alone.

    A region takes a thing up once: of those that tell of it several times, what was told last.
    """
    mine = (Travelled.origin_region == region_id) & (Travelled.origin_record == record_id)
    with instance.database.read(ALL) as session:
        told = sorted(_told(session, mine), key=lambda one: (one.updated_at, one.id))
    found = {one.region: one for one in told}.values()
    shown = instance.headers()
    dated = [(_first_day(one, shown[one.region]), one) for one in found if one.region in shown]
    return tuple(one for _, one in sorted(dated, key=lambda pair: (pair[0], pair[1].region)))


def taken_up(instance: Instance, region_id: str) -> tuple[TransferRelease, ...]:
    """Every released transfer into the region, the last changed first."""

    def read() -> tuple[TransferRelease, ...]:
        with instance.database.read(ALL) as session:
            found = _told(session, Travelled.region == region_id)
        return tuple(sorted(found, key=lambda one: (one.updated_at, one.id), reverse=True))

    return instance.kept("taken up", region_id, read)


def _told(session: Session, which: ColumnElement[bool]) -> list[TransferRelease]:
    """What the account holds of these. Whose they are, and which, the logs say; the documents do not."""
    query = select(Travelled.region, Travelled.record_id, Travelled.body).where(which)
    found = []
    for region_id, record_id, body in session.execute(query):
        with suppress(msgspec.MsgspecError):  # nothing else on the page depends on it
            found.append(msgspec.structs.replace(_release.decode(body), region=region_id, id=record_id))
    return found


def _first_day(one: TransferRelease, adopter: RegionHeader) -> date:
    return one.steps[0].on if one.steps else one.updated_at.astimezone(ZoneInfo(adopter.time_zone)).date()


def hear(session: Session, region_id: str, saved: Sequence[Saved]) -> None:
    """Keep account of released transfers. Listens to the change logs."""
    for one in saved:
        if one.kind == TRANSFER:
            _forget(session, (Travelled.region == region_id) & (Travelled.record_id == one.record_id))
            if one.verb in changelog.SHOWN and one.body:
                _add(session, region_id, one.record_id, _release.decode(one.body))
    if any(one.verb == "erase" and one.kind in (PRACTICE, PROCEDURE) for one in saved):
        outbox.enqueue_once(session, ERASED, ERASED)
    begins = _hear_beginning(session, region_id, saved)
    _renew_pages(session, region_id, saved)
    # A beginning tells again what was told before; what differs from that is seen by whoever looks.
    if not begins:
        _tell(session, [one for one in saved if one.kind == PROCEDURE])


def _hear_beginning(session: Session, region_id: str, saved: Sequence[Saved]) -> bool:
    """Whether *saved* are of an epoch's beginning; once that is here whole, what it does not tell of is forgotten."""
    if any(one.kind == "epoch" for one in saved):
        begun = newest_beginning(session, region_id)
    else:
        rows = rows_of(session, "SELECT begun FROM source WHERE region_id = ?", region_id)
        begun = rows[0][0] if rows else 0
    if not begun:
        return False
    head, end = head_of(session, region_id), end_of_beginning(session, region_id, begun)
    if head - len(saved) >= end:
        return False
    if head >= end:
        told = select(Change.record_id).where(Change.region_id == region_id, Change.seq > begun)
        _forget(session, (Travelled.region == region_id) & Travelled.record_id.not_in(told))
    return True


def _renew_pages(session: Session, region_id: str, saved: Sequence[Saved]) -> None:
    """Pages of other regions tell of what was adapted here, and of what was decided about the pilot here."""
    adapted = [one.record_id for one in saved if one.kind in (PRACTICE, PROCEDURE)]
    for other in _regions(session, _FROM, region_id, adapted):
        _renew_later(session, other)
    if any(one.kind == EVALUATION for one in saved):
        taken = select(Travelled.region).where(Travelled.origin_region == region_id).distinct()
        for other in session.scalars(taken).all():
            _renew_later(session, other)


def _renew_later(session: Session, region_id: str) -> None:
    """Pages of that region are to tell of it. Not at once: two regions would wait for each other's rows."""
    outbox.enqueue(session, PAGES, region=region_id)


def renew(database: Database, payload: Mapping[str, Any]) -> None:
    """Let no page of the region that is kept in memory tell what was true before."""
    with database.write(payload["region"]) as session:
        changelog.bump_revision(session, payload["region"])


def rebuild(session: Session) -> None:
    """Take account anew of what all logs say; a session about all regions."""
    session.execute(delete(Travelled))
    for region_id in session.scalars(select(Served.id)).all():
        for one in released_now(session, region_id, kinds=(TRANSFER,)):
            if one.body:
                _add(session, region_id, one.record, _release.decode(one.body))


def _add(session: Session, region_id: str, record_id: str, one: TransferRelease) -> None:
    row = Travelled(
        origin_region=one.origin.region,
        origin_record=one.origin.record,
        region=region_id,
        record_id=record_id,
        practice=one.practice,
        body=msgspec.json.encode(one),
    )
    session.add(row)
    session.flush()
    _renew_later(session, one.origin.region)


def _forget(session: Session, which: Any) -> None:
    for origin_region in session.scalars(select(Travelled.origin_region).where(which).distinct()).all():
        _renew_later(session, origin_region)
    session.execute(delete(Travelled).where(which))


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Tell adopters of a new version of what they took up; forget what is gone: a record, a received region.

    A transfer may come here with a file that was written before its origin was erased. Listens to ``changelog.record``.
    """
    if any(one.kind == TRANSFER and one.fresh for one in saved):
        outbox.enqueue_once(session, ERASED, ERASED)
    for one in saved:
        if (one.region_id, one.kind, one.verb) == (INSTANCE, "source", "forget"):
            _forget(session, Travelled.region == one.record_id)
    _tell(session, [one for one in saved if one.kind == PRACTICE and one.concerns_public and not one.fresh])
    forget_beside(session, saved, (Elsewhere,), PRACTICE)


def _tell(session: Session, moved: Sequence[Saved]) -> None:
    by_region: dict[str, list[str]] = {}
    for one in moved:
        by_region.setdefault(one.region_id, []).append(one.record_id)
    adopting = {other for origin, ids in by_region.items() for other in _regions(session, _TAKEN_UP, origin, ids)}
    for region_id in sorted(adopting):
        _renew_later(session, region_id)  # pages there say what the origin is called
        outbox.enqueue_once(session, TOPIC, f"{TOPIC}:{region_id}", region=region_id)


def _regions(session: Session, sql: str, region_id: str, ids: Sequence[str]) -> list[str]:
    """Those that *sql* finds beside the region, for any of these records of it."""
    found = (shared_rows(session, sql + marks(some), region_id, *some) for some in pieces(ids))
    return sorted({other for rows in found for (other,) in rows})


def deliver(database: Database, payload: Mapping[str, Any]) -> None:
    """Have a mail tell who leads the work in an adopting region; what changed stands on their start page."""
    region_id = payload["region"]
    with database.write(region_id) as session:
        served = session.get(Served, region_id)
        if served is not None and served.home:
            mails.notify_coordinators(session, region_id, "origin-changed")


# What is erased where it comes from: the group keeps its own words, and none of the origin


def forget_erased(database: Database, payload: Mapping[str, Any]) -> None:
    """Take the words of erased origins out of every transfer that is written here."""
    del payload
    with database.read(ALL) as session:
        found = _of_erased(session)
    for region_id, ids in found.items():
        with database.write(region_id) as session:
            _take_out(session, region_id, ids)


def take_out(session: Session) -> None:
    """As ``forget_erased``, in a session about all regions."""
    for region_id, ids in _of_erased(session).items():
        _take_out(session, region_id, ids)


def _of_erased(session: Session) -> dict[str, list[str]]:
    """Region → its transfers that have words of an origin which is erased."""
    query = (
        select(Record.region_id, Record.id, Version.body)
        .join(Version, NEWEST_VERSION)
        .where(Record.region_id.in_(select(Served.id).where(Served.home)))
        .where(Record.kind == TRANSFER, Record.state != "erased")
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
        _forget_words(session, session.get_one(Record, (region_id, record_id)))


def _forget_words(session: Session, record: Record) -> None:
    """In every version; what was written here stays, and somebody here is to look at it once more."""
    locking.hold(session, record)  # wait for a save in progress; the next one reads the record anew
    mine = (Version.region_id == record.region_id) & (Version.record_id == record.id)
    for version in session.scalars(select(Version).where(mine)):
        if version.body:
            version.body = encode(_without_its_words(decode(version.body, Transfer)))
            version.digest = records.digest(version.body)
    record.status = encode(msgspec.structs.replace(decode(record.status, TransferStatus), seen_gone=False))
    session.info["erased"] = True
    session.flush()
    records.tell(session, record, "forget-origin", by=BY, at=records.now())


def _without_its_words(said: Transfer) -> Transfer:
    asked = tuple(msgspec.structs.replace(one, text={}) for one in said.questions)
    return msgspec.structs.replace(said, origin=said.origin.nameless, questions=asked)


def account(session: Session) -> Iterator[tuple[str, str, str, str, bytes]]:
    """Everything that is kept account of, for comparing."""
    query = select(Travelled).order_by(Travelled.origin_region, Travelled.origin_record, Travelled.region)
    for row in session.scalars(query):
        yield row.origin_region, row.origin_record, row.region, row.record_id, bytes(row.body)
