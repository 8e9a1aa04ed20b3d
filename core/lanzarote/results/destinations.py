"""Offices to which a region sends its results: by hand or by the clock, in batches, going on where it stopped."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Raw, Struct
from sqlalchemy import delete, func, select

from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.records import changelog, locking, outbox
from lanzarote.records.changelog import Change, ChangeBody, Saved, Served
from lanzarote.records.records import encode, now
from lanzarote.results import keys, wire, words
from lanzarote.results.batches import MOST_BYTES, MOST_ENTRIES, Entry, Position, ends_with, write_batch
from lanzarote.results.keys import NoKey, NoReceipt, Receipt, read_receipt, require_of_log
from lanzarote.results.model import RHYTHMS, Destination, Rhythm
from lanzarote.results.wire import NoOffice, NotSent, TooLarge, place_at, tidy
from lanzarote.runtime.progress import progress
from lanzarote.runtime.reading import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.configuration.settings import Settings
    from lanzarote.instance import Instance
    from lanzarote.store.database import Database


# --- The batches in which a region's change log leaves it, from wherever a receiver is to its newest entry ---

FULL: Final = MOST_BYTES // 4
"""Bytes of a batch, unless the receiver takes less."""
HEAD: Final = 512
"""Bytes that go with the body of an entry."""


class OtherHistory(LanzaroteError):
    """The receiver has an entry that this region never wrote."""

    code = "other-history"


def head_of(session: Session, region_id: str) -> Position:
    """After the newest entry."""
    newest = select(Change).where(Change.region_id == region_id).order_by(Change.seq.desc()).limit(1)
    row = session.scalars(newest).first()
    return Position(seq=row.seq, hash=row.hash) if row else Position(seq=0, hash="")


def start_of(session: Session, region_id: str) -> Position:
    """Before the entry with which the present epoch begins: from here on a receiver needs to know nothing more."""
    begun = select(func.max(Change.seq)).where(Change.region_id == region_id, Change.verb == "epoch")
    return position_of(session, region_id, (session.scalar(begun) or 1) - 1)


def position_of(session: Session, region_id: str, seq: int) -> Position:
    """After entry number *seq*. Raises OtherHistory when there is none."""
    if seq == 0:
        return Position(seq=0, hash="")
    row = session.get(Change, (region_id, seq))
    if row is None:
        raise OtherHistory(f"There is no entry {seq} in the change log of {region_id}.")
    return Position(seq=seq, hash=row.hash)


def batches(
    session: Session, settings: Settings, region_id: str, after: Position, *, full: int = FULL
) -> Iterator[bytes]:
    """What follows *after*, signed with the region's present key; nothing when there is nothing new.

    *full*: about so many bytes make a batch; an entry that is longer makes one of its own.

    Raises NoKey; OtherHistory when *after* is no place in this log.
    """
    key, endorsements = keys.private(session, settings, region_id), keys.endorsements(session, region_id)
    if position_of(session, region_id, after.seq) != after:
        raise OtherHistory(f"Entry {after.seq} of {region_id} has another hash here: the receiver has another history.")
    until = head_of(session, region_id).seq
    while after.seq < until:
        entries = _entries(session, region_id, after.seq, full)
        yield write_batch(region_id, after, entries, until, key, endorsements)
        after = Position(seq=entries[-1].seq, hash=entries[-1].hash)
        session.expunge_all()


def _entries(session: Session, region_id: str, after: int, full: int) -> list[Entry]:
    """The next ones, all of one epoch, at least one."""
    query = (
        select(Change, ChangeBody.salt, ChangeBody.body)
        .outerjoin(ChangeBody, (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq))
        .where(Change.region_id == region_id, Change.seq > after)
        .order_by(Change.seq)
        .limit(MOST_ENTRIES)
    )
    found: list[Entry] = []
    size = 0
    for row, salt, body in session.execute(query):
        size += len(body or b"") + HEAD
        if found and (row.epoch != found[0].epoch or size > full):
            break
        found.append(_entry(row, salt, body))
    return found


def _entry(row: Change, salt: bytes | None, body: bytes | None) -> Entry:
    return Entry(
        seq=row.seq,
        epoch=row.epoch,
        at=row.at,
        verb=row.verb,
        kind=row.kind,
        record=row.record_id,
        version=row.version,
        body_hash=row.body_hash,
        hash=row.hash,
        salt=bytes(salt).hex() if salt is not None else None,
        body=Raw(bytes(body) if body is not None else b"null"),
    )


# --- Offices, and what is sent to them ---

log = logging.getLogger("lanzarote.results")
TOPIC: Final = "results"
"""Of the jobs that send by the clock."""
EVERY: Final[Mapping[str, timedelta]] = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
}


class Sent(Struct, frozen=True, kw_only=True):
    """How far the office has received, by its own receipt."""

    entries: int
    """How many were sent now."""
    receipt: Receipt | None
    """None: there was nothing to send, and the office has signed for all of it before."""


def add(
    session: Session, region_id: str, address: str, rhythm: Rhythm, *, by: str, at: datetime, nearby: bool = False
) -> Destination:
    """Send to the office at *address* from now on, or in another rhythm. *nearby*: it may be inside a network.

    Raises NoOffice.
    """
    address = place_at(address, nearby=nearby).address
    if rhythm not in RHYTHMS:
        raise NoOffice(words.NO_RHYTHM)
    row = session.get(Destination, (region_id, address))
    if row is None:
        row = Destination(
            region_id=region_id,
            address=address,
        )
        session.add(row)
    row.rhythm = rhythm
    session.flush()
    _drop(session, region_id, address, now_too=False)
    if row.rhythm:
        _enqueue(session, row, at)
    _tell(session, region_id, "send-to", by=by, at=at)
    return row


def remove(session: Session, region_id: str, address: str, *, by: str, at: datetime) -> None:
    """Raises NotFound."""
    row = _of(session, region_id, address)
    session.delete(row)
    session.flush()
    _drop(session, region_id, row.address, now_too=True)
    _tell(session, region_id, "send-no-more", by=by, at=at)


class Standing(Struct, frozen=True, kw_only=True):
    """An office to which the region sends its results."""

    address: str
    rhythm: Rhythm
    """Empty: only when somebody asks for it."""
    seq: int
    """Up to this entry of the change log it has received, by its own receipt; 0: nothing of the present epoch."""
    complete: bool
    """That is everything there is."""
    at: datetime | None
    """When it last said so."""
    asked: bool
    """Something is being sent, or soon is."""
    fault_code: str
    """Why the last sending did not come to its end; empty: it did."""
    fault: str


def standings(session: Session, region_id: str) -> list[Standing]:
    """Each office to which the region sends, by address."""
    head, asked = head_of(session, region_id).seq, is_asked(session, region_id)
    return [_standing(session, row, head, asked) for row in all_of(session, region_id)]


def _standing(session: Session, row: Destination, head: int, asked: set[str]) -> Standing:
    served, said = session.get(Served, row.region_id), receipt_in(row)
    # What it knew of an earlier epoch is closed.
    seq = row.seq if said is not None and served is not None and said.epoch == served.epoch else 0
    return Standing(
        address=row.address,
        rhythm=row.rhythm,  # type: ignore[arg-type]
        seq=seq,
        complete=said is not None and seq == head,
        at=row.sent_at if row.sent_at is not None else said.at if said is not None else None,
        asked=row.address in asked,
        fault=row.fault,
        fault_code=row.fault_code,
    )


def all_of(session: Session, region_id: str) -> Sequence[Destination]:
    query = select(Destination).where(Destination.region_id == region_id)
    return session.scalars(query.order_by(Destination.address)).all()


def send(instance: Instance, region_id: str, address: str) -> Sent:
    """Send what the office has not received yet; what it has taken stays taken when this stops halfway.

    Whatever goes wrong is told as the fault of that office. Raises NotFound, NoKey, NotSent, NoReceipt, OtherHistory,
    NoOffice.
    """
    # Two at once would send the same twice: that harms nothing, and helps nobody.
    with instance.database.alone(f"results/{region_id}/{address}"):
        try:
            return _send(instance, region_id, address)
        except (NotSent, NoReceipt, NoKey, NoOffice, OtherHistory) as error:
            _note_fault(instance.database, region_id, address, str(error), error.code)
            raise
        except LanzaroteError:  # such as a full disk, or an office that was taken out meanwhile
            raise
        except Exception as error:
            log.exception("Results of %s could not be sent.", region_id)
            told = "Sending the results failed on this side; the team that runs this site finds in its log why."
            _note_fault(instance.database, region_id, address, told, "failed")
            raise NotSent(told, "failed") from error


def _note_fault(database: Database, region_id: str, address: str, told: str, code: str) -> None:
    with database.write(region_id) as session:
        row = _of(session, region_id, address)
        row.fault, row.fault_code = told[:1000], code


def _send(instance: Instance, region_id: str, address: str) -> Sent:
    database, count, last = instance.database, 0, None
    with database.read(region_id) as session:
        row = _of(session, region_id, address)
        known = row.key
        # Looked at anew: it may have been recorded when more was allowed.
        place = place_at(address, nearby=instance.settings.offices_nearby)
        there = wire.ask(place, region_id)
        after = _after(session, region_id, there)
        head = head_of(session, region_id)
        begin = after
        if after == head and not _has_signed(row, head):  # it came to the office in a file, which nobody answers
            begin = position_of(session, region_id, max(0, head.seq - 1))
        total = head.seq - after.seq
    with database.snapshot(region_id) as session, progress(f"Sending {region_id}", max(total, 0)) as advance:

        def post(data: bytes) -> bytes:
            return wire.post(place, region_id, data)

        for answer in _answered(session, instance.settings, region_id, begin, post):
            last = read_receipt(answer, known)
            fresh = last.seq - after.seq - count
            count, known = count + fresh, bytes.fromhex(last.key)
            _note(database, region_id, address, last, data=known)
            advance(fresh)
    if last is None:
        with database.write(region_id) as session:
            row = _of(session, region_id, address)
            row.sent_at, row.fault, row.fault_code, row.seq = now(), "", "", after.seq
    return Sent(entries=count, receipt=last)


def _answered(
    session: Session, settings: Settings, region_id: str, after: Position, post: Callable[[bytes], bytes]
) -> Iterator[bytes]:
    """What the office answers to each batch; one that is too large for its server goes in smaller ones.

    Raises TooLarge when not even a single entry is taken.
    """
    full, until = FULL, head_of(session, region_id)
    while after != until:
        for data in batches(session, settings, region_id, after, full=full):
            last, only = ends_with(data)
            try:
                yield post(data)
            except TooLarge:
                if only:
                    raise
                full = len(data) // 4
                break
            after = last


def _has_signed(row: Destination, head: Position) -> bool:
    said = receipt_in(row)
    return said is not None and (said.seq, said.hash) == (head.seq, head.hash)


def _after(session: Session, region_id: str, there: wire.There) -> Position:
    """Where the office is in the present epoch; before its beginning, if the office is in an earlier one."""
    served = session.get(Served, region_id)
    if served is None:
        raise NotFound(f"The region {region_id!r} is not loaded here.")
    start = start_of(session, region_id)
    if there.epoch < served.epoch or there.seq < start.seq:
        return start
    return Position(seq=there.seq, hash=there.hash)


def _note(database: Database, region_id: str, address: str, said: Receipt, *, data: bytes) -> None:
    """Raises OtherReceipt."""
    with database.write(region_id) as session:
        require_of_log(session, region_id, said)
        row = _of(session, region_id, address)
        row.key, row.seq, row.receipt, row.sent_at = data, said.seq, encode(said), now()
        row.fault = row.fault_code = ""


def note_brought(session: Session, region_id: str, said: Receipt) -> None:
    """Let the offices that are known by the key of a receipt which came in a file have received what it says."""
    for row in all_of(session, region_id):
        before = receipt_in(row)
        if row.key.hex() == said.key and (before is None or (said.epoch, said.seq) >= (before.epoch, before.seq)):
            row.seq, row.receipt, row.sent_at = said.seq, encode(said), said.at
            row.fault = row.fault_code = ""


def _of(session: Session, region_id: str, address: str) -> Destination:
    row = session.get(Destination, (region_id, tidy(address)))
    if row is None:
        raise NotFound(f"{region_id} sends nothing to {address}; add the office first.")
    return row


# By the clock, and behind a page


def send_soon(session: Session, region_id: str, address: str, *, by: str, at: datetime) -> None:
    """Have it sent as soon as the worker comes to it; asked twice, it is sent once. Raises NotFound."""
    row = _of(session, region_id, address)
    once = f"{TOPIC}:{region_id}:{row.address}:now"
    outbox.enqueue_once(session, TOPIC, once, region=region_id, address=row.address, now=True)
    _tell(session, region_id, "send-now", by=by, at=at)


def is_asked(session: Session, region_id: str) -> set[str]:
    """The offices to which something is being sent, or soon is."""
    asked = f"{TOPIC}:{region_id}:"
    found = session.scalars(select(outbox.Job.once).where(outbox.Job.once.startswith(asked, autoescape=True)))
    return {one[len(asked) : -len(":now")] for one in found if one and one.endswith(":now")}


def deliver(instance: Instance, database: Database, payload: Mapping[str, Any]) -> bool:
    """Job: send to one office, and have it done again in its rhythm; whether it was sent.

    Raises as ``send``: it is tried again.
    """
    region_id, address, job_id = str(payload["region"]), str(payload["address"]), str(payload["event_id"])
    if payload.get("now"):
        # Whoever asked for it reads on the page why it failed, and asks again.
        with suppress(LanzaroteError):
            send(instance, region_id, address)
            return True
        return False
    with database.read(region_id) as session:
        if _in_turn(session, region_id, address, job_id) is None:
            return False
    send(instance, region_id, address)
    with database.write(region_id) as session:
        locking.lock(session, region_id)
        row = _in_turn(session, region_id, address, job_id)
        if row is not None:
            # The present job is still there, and would be taken for the next one.
            _enqueue(session, row, now() + EVERY[row.rhythm], after=job_id)
    return True


def _in_turn(session: Session, region_id: str, address: str, job_id: str) -> Destination | None:
    """The office, if this job is the one that sends to it by the clock: the newest, so that the others die out."""
    row = session.get(Destination, (region_id, address))
    waiting = [job.id for job in _waiting(session, region_id, address) if not _is_now(job)]
    return row if row is not None and row.rhythm and job_id == max(waiting, default="") else None


def _waiting(session: Session, region_id: str, address: str) -> list[outbox.Job]:
    """The jobs that send to this office. Another's address may begin with its address, as with a port at the end."""
    mine = outbox.Job.once.startswith(f"{TOPIC}:{region_id}:{address}:", autoescape=True)
    found = session.scalars(select(outbox.Job).where(outbox.Job.topic == TOPIC, mine))
    return [job for job in found if msgspec.json.decode(job.payload)["address"] == address]


def _is_now(job: outbox.Job) -> bool:
    return bool(msgspec.json.decode(job.payload).get("now"))


def _drop(session: Session, region_id: str, address: str, *, now_too: bool) -> None:
    """Let nothing more be sent by the clock, nor, with *now_too*, what somebody asked for."""
    locking.lock(session, region_id)  # or a job that is just ending would add the next one unseen
    for job in _waiting(session, region_id, address):
        if now_too or not _is_now(job):
            # Not by its row: the worker may have taken it out meanwhile.
            session.execute(delete(outbox.Job).where(outbox.Job.id == job.id))
    session.flush()


def _enqueue(session: Session, row: Destination, due_at: datetime, after: str = "") -> None:
    once = f"{TOPIC}:{row.region_id}:{row.address}:{row.rhythm}:{after}"
    outbox.enqueue_for(session, due_at, TOPIC, once, region=row.region_id, address=row.address)


def _tell(session: Session, region_id: str, verb: str, *, by: str, at: datetime) -> None:
    saved = Saved(region_id=region_id, kind="region", record_id=region_id, verb=verb, version=0, at=at)
    changelog.record(session, [saved], by=by)


def receipt_in(row: Destination) -> Receipt | None:
    """The last receipt of the office; None: there is none yet."""
    return decoded(row.receipt, Receipt) if row.receipt else None
