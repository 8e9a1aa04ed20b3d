"""What was erased, by id alone: a list beside the database, so that an older backup brings nothing of it back.

Each line holds region, kind, id and moment, and no word of what was erased. The audit tells the same, or the log of a
region that is received; the list is there for when the database is lost, and begun anew or an older one restored.
"""

from __future__ import annotations

import logging
import os
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import or_, select

from lanzarote.accounts import service as accounts
from lanzarote.accounts.model import Account
from lanzarote.errors import NotWritten, RestoreError
from lanzarote.practices.writing import erase_wholly
from lanzarote.records.changelog import Audit, Change, ChangeBody, Served
from lanzarote.records.changelog_state import forget_received
from lanzarote.records.erasing import erased_here
from lanzarote.records.received import is_received, received
from lanzarote.records.records import Record, now
from lanzarote.records.tables import Forgotten, note_forgotten
from lanzarote.results import citing
from lanzarote.runtime.reading import LateDecoder
from lanzarote.store.database import ALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from lanzarote.configuration.settings import Settings
    from lanzarote.store.database import Database

log = logging.getLogger("lanzarote.erased")
FILE: Final = "erased.jsonl"
ACCOUNT: Final = "account"
RECORD: Final = "record"
"""A record whose kind is known no more."""


class Erased(Struct, frozen=True, kw_only=True, order=True):
    region: str
    kind: str
    id: str
    at: datetime

    @property
    def key(self) -> tuple[str, str]:
        return self.region, self.id


_erased = LateDecoder(Erased)


def place(settings: Settings) -> Path:
    return settings.data / FILE


def remember(database: Database, settings: Settings, listed: Iterable[Erased] = ()) -> None:
    """Write down what the database tells of, or another list that is *listed*, and the list here lacks.

    If that fails, it is done at the next chance.
    """
    file = place(settings)
    try:
        known = {one.key for one in read(file)}
        if new := [one for one in _each_once(*listed, *_told(database)) if one.key not in known]:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
                out.write(b"".join(msgspec.json.encode(one) + b"\n" for one in new))
                out.flush()
                os.fsync(out.fileno())
    except (OSError, RestoreError) as error:
        log.warning("What was erased cannot be written down in %s: %s", file, error)


def read(file: Path) -> list[Erased]:
    """Everything on the list; nothing when there is none. Raises RestoreError."""
    if not file.exists():
        return []
    found: list[Erased] = []
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        try:
            found.append(_erased.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise RestoreError(f"Line {number} of {file} tells of nothing erased; mend it or take it out.") from None
    return found


def learn(database: Database, settings: Settings) -> None:
    """Let the database know what the list tells: it may be another one than that of which the list was written."""
    try:
        if not (listed := read(place(settings))):
            return
        with database.read(ALL) as session:
            unknown = list(_unknown(session, listed))
        if unknown:
            with database.alone("erased"), database.write(ALL) as session:
                _note(session, _unknown(session, unknown))
    except (OSError, RestoreError, NotWritten) as error:
        log.warning("What was erased, as %s tells, is not known to the database: %s", place(settings), error)


def erase_again(session: Session, listed: Iterable[Erased], *, by: str) -> int:
    """Erase what is on the list and was brought back; return how much it was. What was not is known as erased, too."""
    at, count = now(), 0
    listed = sorted(set(listed))
    for region_id, some in _by_region(listed).items():
        if is_received(session, region_id):
            citing.forget_telling_of(session, region_id, {one.id for one in some})
    for one in listed:
        if one.kind == ACCOUNT:
            account = session.get(Account, one.id)
            if account is not None and account.state != "closed":
                accounts.erase(session, account, by=by, at=at)
                count += 1
            continue
        record = session.get(Record, one.key)
        there = record is not None and record.state != "erased"
        if is_received(session, one.region):
            count += _erase_received(session, one, record if there else None, by=by, at=at)
        elif record is not None and there:
            erase_wholly(session, record, by=by, at=at)
            count += 1
    session.flush()
    _note(session, _unknown(session, listed))
    return count


def _unknown(session: Session, listed: Iterable[Erased]) -> Iterator[Erased]:
    """Records that are *listed*, but not known here as erased."""
    for region_id, some in _by_region(listed).items():
        known = erased_here(session, region_id, [one.id for one in some])
        yield from (one for one in some if one.id not in known)


def _note(session: Session, some: Iterable[Erased]) -> None:
    """Know of these records that they were erased, so that no older file brings anything of them here."""
    for region_id, gone in _by_region(some).items():
        up_to = {one.id: 0 for one in gone}
        note_forgotten(session, region_id, up_to, erased=up_to)


def _by_region(some: Iterable[Erased]) -> dict[str, list[Erased]]:
    found: dict[str, list[Erased]] = {}
    for one in some:
        if one.kind != ACCOUNT:
            found.setdefault(one.region, []).append(one)
    return found


def _each_once(*some: Erased) -> list[Erased]:
    found: dict[tuple[str, str], Erased] = {}
    for one in some:
        found.setdefault(one.key, one)
    return list(found.values())


def _erase_received(session: Session, one: Erased, record: Record | None, *, by: str, at: datetime) -> bool:
    """Erase what a region that is received had erased: its *record*, if it is one, and what its log tells."""
    told = (ChangeBody.region_id == one.region) & (ChangeBody.record_id == one.id)
    there = record is not None or session.scalar(select(ChangeBody.seq).where(told).limit(1)) is not None
    with received(session, one.region):
        if record is not None:
            erase_wholly(session, record, by=by, at=at)
    forget_received(session, one.region, [one.id])
    session.info["erased"] = True
    return there


def _told(database: Database) -> list[Erased]:
    """By the audit, and the records that came erased; where a region is received, that tells too much: by its log."""
    gone = or_(Audit.verb == "erase", (Audit.kind == ACCOUNT) & (Audit.verb == "close"))
    received = select(Served.id).where(~Served.home)
    here = select(Audit.region_id, Audit.kind, Audit.record_id, Audit.at).where(gone, Audit.region_id.not_in(received))
    came = select(Record.region_id, Record.kind, Record.id).where(
        Record.state == "erased", Record.region_id.not_in(received)
    )
    same = (Change.region_id == Forgotten.region_id) & (Change.record_id == Forgotten.record_id)
    elsewhere = (
        select(Change.region_id, Change.kind, Change.record_id, Change.at)
        .join(Forgotten, same)
        .where(Forgotten.erased, Change.verb == "erase")
    )
    left = select(Forgotten.region_id, Forgotten.record_id).where(Forgotten.erased)
    at = now()
    with database.read(ALL) as session:
        rows = [
            *session.execute(here),
            *session.execute(elsewhere),
            *((*found, at) for found in session.execute(came)),
            *((region, RECORD, record, at) for region, record in session.execute(left)),
        ]
    return [Erased(region=region, kind=kind, id=record, at=at) for region, kind, record, at in rows]
