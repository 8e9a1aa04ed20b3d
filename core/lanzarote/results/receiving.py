"""Takes results, whichever way they came: by the same checks, whole or not at all, and once."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from io import BytesIO
from itertools import chain
from traceback import extract_tb
from typing import TYPE_CHECKING, Final

from msgspec import MsgspecError, Struct
from sqlalchemy import case, delete, select
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from lanzarote import guard
from lanzarote.errors import LanzaroteError, NotWritten
from lanzarote.records import changelog, locking
from lanzarote.records.changelog import Change, ChangeBody, Saved, Served
from lanzarote.records.received import received
from lanzarote.records.records import digest, encode, now
from lanzarote.records.tables import note_unsent
from lanzarote.results import keys
from lanzarote.results.applying import BY, apply, as_saved
from lanzarote.results.batches import Malformed, Position, read_file
from lanzarote.results.model import (
    Forked,
    HeldBatch,
    Missing,
    Paused,
    Recognisable,
    Refused,
    RevokedKey,
    Source,
    SourceKey,
    Stranger,
    Unfit,
    UnknownKey,
    WrittenHere,
    tells_of_forgotten,
)
from lanzarote.results.signing import PublicKey
from lanzarote.runtime.counters import RECEIVED, REFUSED
from lanzarote.store.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import BinaryIO

    from sqlalchemy.orm import Session

    from lanzarote.results.batches import Batch, Entry
    from lanzarote.results.model import Came
    from lanzarote.store.database import Database

log = logging.getLogger("lanzarote.results")
MOST_HELD: Final = 100
"""So many are kept for one region; the oldest give way, evidence of two histories last."""
_MISFITS: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    MsgspecError,
    IntegrityError,
    DataError,
    LanzaroteError,
)
"""What goes wrong because of what came, and not because of where it came to."""


class Received(Struct, frozen=True, kw_only=True):
    """What became of what came."""

    region: str
    epoch: int
    after: Position
    """Up to here everything is received."""
    new: int
    known: int


def receive(database: Database, file: BinaryIO, *, came: Came, region_id: str = "") -> Received:
    """Take a file of results, all of its batches or none. Raises Malformed, Refused: nothing was changed.

    *file* can be read twice; *region_id*: of which region it has to be. What a region signed and what cannot be taken
    is held, with the reason.
    """
    try:
        received = _receive_file(database, file, came, region_id)
    except (Malformed, Refused) as error:
        REFUSED.add(error.code)
        raise
    RECEIVED.add(came)
    return received


def _receive_file(database: Database, file: BinaryIO, came: Came, region_id: str) -> Received:
    batches = read_file(file, whole=came == "file")
    first = next(batches)
    if region_id not in ("", first.head.region):
        raise Malformed(f"they are of the region {first.head.region}, and were sent as those of {region_id}")
    region_id = first.head.region
    _require_trusted(database, region_id, first)
    with _holding(database, region_id, file, came), database.write(region_id) as session:
        return _receive(session, region_id, chain([first], batches), came)


def _require_trusted(database: Database, region_id: str, batch: Batch) -> None:
    """Refuse what nobody signed whom the office knows, before anything is locked: anybody may send it, at any time."""
    with database.read(region_id) as session:
        source = _require_open(session, region_id, session.get(Source, region_id))
        known, _ = _keys_with(session, source, batch)
        batch.require_signed(_key_in(known, source, batch))


def _receive(session: Session, region_id: str, batches: Iterable[Batch], came: Came) -> Received:
    source = _source(session, region_id)
    new = known = 0
    for batch in batches:
        if batch.head.region != region_id:
            raise Unfit(f"the file holds results of {region_id} and of {batch.head.region}")
        fresh = _take(session, source, batch)
        new, known = new + fresh, known + batch.head.entries - fresh
    if new:
        source.came = came
    return Received(
        region=region_id,
        epoch=source.epoch,
        after=Position(seq=source.seq, hash=source.hash),
        new=new,
        known=known,
    )


def _source(session: Session, region_id: str) -> Source:
    locking.lock(session, region_id)
    return _require_open(session, region_id, session.get(Source, region_id, with_for_update=True))


def _require_open(session: Session, region_id: str, source: Source | None) -> Source:
    """Raises Stranger, Paused, WrittenHere."""
    if source is None or source.state == "ended":
        raise Stranger(f"No region {region_id!r} is enrolled here.")
    if source.state == "paused":
        raise Paused(f"The office takes nothing from {region_id} just now.")
    served = session.get(Served, region_id)
    if served is not None and served.home:
        raise WrittenHere(f"{region_id} is written here: its results are here already, and nothing replaces them.")
    return source


def _take(session: Session, source: Source, batch: Batch) -> int:
    """Take a batch and return how many of its entries are new."""
    batch.require_signed(_key_of(session, source, batch))
    region_id = source.region_id  # read before anything fails: the database may answer nothing after that
    try:
        return _take_signed(session, source, batch)
    except (Refused, NotWritten):
        raise
    except Malformed as error:
        raise Unfit(str(error)) from None
    except (*_MISFITS, OperationalError) as error:
        if isinstance(error, OperationalError) and not _is_too_much(error):
            raise
        at = extract_tb(error.__traceback__)[-1]  # and no word of the error: it may repeat what came
        told = f"{type(error).__name__} in {at.name}, line {at.lineno}"
        log.error("Signed results of %s cannot be taken: %s.", region_id, told)
        raise Unfit(f"They hold what this platform cannot take ({told}).") from None


def _is_too_much(error: OperationalError) -> bool:
    """Whether PostgreSQL cannot hold so much in one value or one index (its class 54: program limit exceeded)."""
    return str(getattr(error.orig, "sqlstate", "")).startswith("54")


def _take_signed(session: Session, source: Source, batch: Batch) -> int:
    if _is_known(session, source, batch):
        return 0
    entries = _fresh(session, source, batch)
    if not entries:
        return 0
    apply(session, source, entries)
    changelog.tell_log(session, source.region_id, as_saved(source.region_id, entries))
    source.seq, source.hash = entries[-1].seq, entries[-1].hash
    source.received_at = now()
    source.envelope = encode(batch.envelope)
    session.flush()
    return len(entries)


def _is_known(session: Session, source: Source, batch: Batch) -> bool:
    """Whether everything in it is here: its last entry is, and its hash covers all before it."""
    said = batch.statement
    if said.epoch < source.epoch:
        _require_as_it_was(session, source, batch)
        return True  # it tells of a time that a later beginning has closed
    if said.epoch > source.epoch or said.seq > source.seq:
        return False
    if _hash_of(session, source, said.seq) != said.hash:
        raise _forked(source, said.seq)
    return True


def _require_as_it_was(session: Session, source: Source, batch: Batch) -> None:
    """Raise Forked when an entry of an earlier epoch that is still here is another one in *batch*.

    What a later beginning replaced is no longer here, and what was never received neither: nothing speaks against it.
    """
    mine = (Change.region_id == source.region_id) & (Change.epoch == batch.head.epoch)
    among = Change.seq.between(batch.head.after.seq + 1, batch.statement.seq)
    here = {row.seq: row.hash for row in session.execute(select(Change.seq, Change.hash).where(mine, among))}
    if here.get(batch.statement.seq) == batch.statement.hash:  # it covers all before it
        return
    for entry in batch.entries() if here else ():
        if here.get(entry.seq, entry.hash) != entry.hash:
            raise _forked(source, entry.seq)


def _fresh(session: Session, source: Source, batch: Batch) -> list[Entry]:
    """The entries that are not here yet. Raises Missing, Forked, Malformed."""
    entries = batch.entries()
    if batch.head.epoch > source.epoch:
        _require_beginning(session, source, entries[0], batch.head.after)
        return list(entries)
    after = batch.head.after
    if after.seq > source.seq:
        raise Missing(
            f"Entries {source.seq + 1} to {after.seq} of {source.region_id} are missing here; send these first.",
            after=source.seq,
            before=after.seq + 1,
        )
    if _hash_of(session, source, after.seq) not in ("", after.hash):
        raise _forked(source, after.seq)
    for entry in entries:
        if entry.seq <= source.seq and _hash_of(session, source, entry.seq) != entry.hash:
            raise _forked(source, entry.seq)
    return [entry for entry in entries if entry.seq > source.seq]


def _require_beginning(session: Session, source: Source, first: Entry, after: Position) -> None:
    """A later epoch begins by naming the newest entry of the one before; what is here after that was lost there.

    That entry is here, or is later than all that is here. Raises Missing, Forked, Malformed.
    """
    if first.verb != "epoch":
        raise Missing(
            f"{source.region_id} began anew, and its beginning (before entry {first.seq}) is missing here; "
            "send that first.",
            after=source.seq,
            before=first.seq,
        )
    if (first.version, first.record) != (after.seq, after.hash):
        raise Malformed(f"entry {first.seq} begins an epoch and names another entry than the one that it follows")
    known = _hash_of(session, source, after.seq)
    if 0 < source.seq >= after.seq and (not known or known != after.hash):  # it would replace all that is here
        raise _forked(source, after.seq)
    lost = Change.seq > first.version
    session.execute(delete(ChangeBody).where(ChangeBody.seq > first.version))
    session.execute(delete(Change).where(lost))
    note_unsent(session, source.region_id, first.seq, after=min(source.seq, first.version))


def _hash_of(session: Session, source: Source, seq: int) -> str:
    """Hash of an entry that is here; empty: it is not."""
    if seq == source.seq:
        return source.hash
    return session.scalar(select(Change.hash).where(Change.region_id == source.region_id, Change.seq == seq)) or ""


def _forked(source: Source, seq: int) -> Forked:
    return Forked(
        f"Entry {seq} of {source.region_id} is another one here: the region has signed two histories that do not fit "
        "together. Nothing was taken; ask the region before anything else."
    )


# Keys


def _key_of(session: Session, source: Source, batch: Batch) -> PublicKey:
    """The key that the batch names, if it is known here or comes from one that is. Raises UnknownKey, RevokedKey."""
    known, learnt = _keys_with(session, source, batch)
    for row in learnt:
        session.add(row)
        session.flush()
        _tell_of_key(session, source, PublicKey(row.public))
    return _key_in(known, source, batch)


def _keys_with(session: Session, source: Source, batch: Batch) -> tuple[dict[str, SourceKey], list[SourceKey]]:
    """The keys that are known here, by id, with those that the batch vouches for by one of them; and these alone."""
    known = {row.id: row for row in session.scalars(select(SourceKey).where(SourceKey.region_id == source.region_id))}
    learnt: list[SourceKey] = []
    for one in batch.head.keys:
        before = known.get(one.by)
        key = PublicKey(bytes.fromhex(one.key))
        if before is None or before.revoked_at is not None or key.id in known:
            continue
        if keys.is_endorsed(one, PublicKey(before.public), source.region_id):
            row = SourceKey(
                region_id=source.region_id,
                id=key.id,
                public=key.raw,
                known_at=now(),
                endorsed_by=before.id,
            )
            known[key.id] = row
            learnt.append(row)
    return known, learnt


def _key_in(known: Mapping[str, SourceKey], source: Source, batch: Batch) -> PublicKey:
    """Raises UnknownKey, RevokedKey."""
    row_of = known.get(batch.key_id)
    if row_of is None:
        raise UnknownKey(
            f"The results of {source.region_id} are signed by a key that is not known here ({batch.key_id[:16]}…). "
            "If the region has made a new one, compare its fingerprint and enrol it again."
        )
    if row_of.revoked_at is not None:
        raise RevokedKey(f"The key {batch.key_id[:16]}… of {source.region_id} was revoked: {row_of.reason}")
    return PublicKey(row_of.public)


def _tell_of_key(session: Session, source: Source, key: PublicKey) -> None:
    told = Saved(region_id=source.region_id, kind="key", record_id=key.id, verb="learn", version=0, at=now())
    with received(session, source.region_id):
        changelog.record(session, [told], by=BY)


# What could not be taken


@contextmanager
def _holding(database: Database, region_id: str, file: BinaryIO, came: Came) -> Iterator[None]:
    guard.get_ready()  # before the transaction, not in it
    try:
        yield
    except (Malformed, Refused) as error:
        file.seek(0)
        _hold(database, region_id, file, error, came)
        raise


def _hold(database: Database, region_id: str, file: BinaryIO, error: Malformed | Refused, came: Came) -> None:
    """Keep what a region signed and what could not be taken; of what may tell of a person, the reason alone."""
    if isinstance(error, Malformed) or not (error.held or isinstance(error, Recognisable)):
        return
    data = file.read()
    mark = digest(data)
    with database.write(region_id) as session:
        source = session.get(Source, region_id)
        if source is None:
            return
        held = select(HeldBatch).where(HeldBatch.region_id == region_id)
        if session.scalar(held.where(HeldBatch.digest == mark, HeldBatch.code == error.code).limit(1)) is not None:
            return
        fork_first = case((HeldBatch.code == Forked.code, 0), else_=1)
        last_to_go = held.order_by(fork_first, HeldBatch.at.desc())
        give_way = session.scalars(last_to_go.offset(MOST_HELD - 1)).all()
        if error.code != Forked.code and any(old.code == Forked.code for old in give_way):
            return  # all that is held is evidence of two histories
        for old in give_way:
            session.delete(old)
        session.add(
            HeldBatch(
                region_id=region_id,
                id=new_id(),
                at=now(),
                came=came,
                code=error.code,
                told=str(error),
                digest=mark,
                known=source.envelope,
                data=data if error.held and not tells_of_forgotten(session, region_id, data) else b"",
            )
        )


def try_again(database: Database, held: HeldBatch) -> Received:
    """Take what was held, if it can be taken by now. Raises as ``receive``."""
    with holding(database, held), database.write(held.region_id) as session:
        return take_held(session, held)


def take_held(session: Session, held: HeldBatch) -> Received:
    """As ``try_again``, in a transaction in which more is written; the caller asks for ``holding`` around it."""
    file, came = BytesIO(held.data), held.came
    received = _receive(session, held.region_id, read_file(file, whole=came == "file"), came)  # type: ignore[arg-type]
    row = session.get(HeldBatch, (held.region_id, held.id))
    if row is not None:
        session.delete(row)
    return received


@contextmanager
def holding(database: Database, held: HeldBatch) -> Iterator[None]:
    """Keep what was held once more, where it is refused for another reason than before."""
    with _holding(database, held.region_id, BytesIO(held.data), held.came):  # type: ignore[arg-type]
        yield
