"""Every write is told here, in its own transaction: audit line, change log, public revision, and whoever listens.

The audit records every write. The change log records only what is released; its entries are chained by hash and hold
the hash of a salted body, so that a body can be erased without breaking the chain.
"""

from __future__ import annotations

import os
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Index, LargeBinary, bindparam, delete, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.records import locking
from lanzarote.records.kinds import Released, kinds_of
from lanzarote.records.received import facts_of, is_received, require_home
from lanzarote.records.tables import note_forgotten
from lanzarote.store.bulk import add_rows, marks, pieces, rows_of
from lanzarote.store.database import Base, Regional, Shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    Releasing = Callable[[Session, Mapping[str, "Saved"]], Mapping[str, "Release"]]
    """What the public reads of these records; those of which it reads nothing are left out."""

RELEASED: Final = frozenset({"region", "vocabulary"})
"""Kinds that leave the region as they stand when they are published. Of others it is a ``Release``."""
SHOWN: Final = frozenset({"publish", "replace"})
"""Verbs of the log after which a result is there."""
BY: Final = "lanzarote"
"""The actor of what the platform itself does."""
INSTANCE: Final = "-"
"""Stands for a region where the audit tells of the instance itself: accounts, tokens. No region can be called so."""
CHANNEL: Final = "lanzarote_public"
"""PostgreSQL channel on which a change of public content is announced."""


class Served(Shared, Base):
    """A region this instance holds."""

    __tablename__ = "region"

    id: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    """Whether the public may read it."""
    package: Mapped[str]
    package_version: Mapped[str]
    facts: Mapped[bytes] = mapped_column(LargeBinary)
    """Its header, as the package last gave it."""
    facts_digest: Mapped[str]
    """Digest of everything the package ships: an upgrade is due when the installed one differs."""
    home: Mapped[bool] = mapped_column(default=True)
    """It is written here. Otherwise it is received: nobody writes it here but who receives its results."""
    revision: Mapped[int]
    """Counts changes of public content; what is cached under another one is forgotten."""
    epoch: Mapped[int]
    added_at: Mapped[datetime]


class Audit(Regional, Base):
    """One line for every write: who did what to which version. Chained by hash."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    verb: Mapped[str]
    kind: Mapped[str]
    record_id: Mapped[str]
    version: Mapped[int]
    digest: Mapped[str]
    hash: Mapped[str]


class Change(Regional, Base):
    """One entry of the change log: a result that was released, changed, withdrawn or erased."""

    __tablename__ = "change"
    __table_args__ = (Index("change_by_record", "region_id", "record_id", "seq"),)

    seq: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[int]
    at: Mapped[datetime]
    verb: Mapped[str]
    kind: Mapped[str]
    record_id: Mapped[str]
    version: Mapped[int]
    body_hash: Mapped[str]
    hash: Mapped[str]


class ChangeBody(Regional, Base):
    """The erasable half of a change."""

    __tablename__ = "change_body"
    __table_args__ = (Index("change_body_by_record", "region_id", "record_id"),)

    seq: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[str]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes] = mapped_column(LargeBinary)


_LAST: Final = (
    "SELECT record_id, verb, (SELECT body FROM change_body AS told WHERE told.region_id = one.region_id "
    "AND told.seq = one.seq) FROM change AS one WHERE region_id = ? AND seq IN ("
    "SELECT max(seq) FROM change WHERE region_id = ? AND record_id IN {} GROUP BY record_id)"
)
"""Of each record the entry that was written last, however many there are of it."""
_BUMP: Final = update(Served).where(Served.id == bindparam("region")).values(revision=Served.revision + 1)


class Release(Struct, frozen=True, kw_only=True):
    """What the public reads of a record of which not everything is public, and so what leaves the region of it."""

    version: int
    body: bytes
    begins: bool = True
    """It is a result. Otherwise the log tells of it only if it was one before."""


class Saved(Struct, frozen=True, kw_only=True):
    """A write, as the audit, the change log and the listeners see it."""

    region_id: str
    kind: str
    record_id: str
    verb: str
    version: int
    at: datetime
    digest: str = ""
    body: bytes = b""
    before: bytes = b""
    """What it said until now, where whoever tells this had read it."""
    status: bytes = b"{}"
    slug: str = ""
    key: str | None = None
    """Its key in the package that shipped it."""
    public: bool = False
    """The public reads this version from now on."""
    fresh: bool = False
    """Nothing of the record was here before."""
    published_at: datetime | None = None
    """When the public began to read this version, if that was not *at*."""

    @property
    def concerns_public(self) -> bool:
        return self.public or self.verb in ("withdraw", "erase", "merge")


def record(session: Session, saved: Sequence[Saved], *, by: str) -> None:
    """Write what goes with *saved*: audit, change log, public revision; then tell the session's listeners.

    Raises NotPermitted for a region that is received, unless it is its results that are being taken.
    """
    receiving = session.info.get("receiving")
    for region_id, group in _by_region(saved):
        if region_id != receiving:
            require_home(session, region_id)
        _write_audit(session, region_id, group, by)
        if region_id != receiving and (released := _released(session, group)):
            _write_changes(session, region_id, released)
        if any(one.concerns_public for one in group):
            bump_revision(session, region_id)
    listeners: Iterable[Callable[[Session, Sequence[Saved]], None]] = session.info.get("listeners", ())
    for listener in listeners:
        listener(session, saved)


def release_anew(session: Session, region_id: str, kind: str, ids: Sequence[str], *, at: datetime) -> None:
    """Forget what the log holds of these records, and tell what the public reads of them now.

    Whoever has received them forgets as well what was told before: at *replace*, and at *forget* where nothing is read.
    The log of a region that is received is its region's to write: nothing is forgotten or told in it but by that.
    """
    if is_received(session, region_id):
        return
    forget_bodies(session, ids)
    released = releases(session).get(kind)
    if released is None or not ids:
        return
    some = _written_anew(region_id, kind, ids, verb="replace", at=at)
    session.flush()
    shown, last = released.make(session, some), _last(session, region_id, ids)
    entries = []
    for record_id, one in some.items():
        if (now := shown.get(record_id)) is not None and (now.begins or record_id in last):
            entries.append(msgspec.structs.replace(one, version=now.version, body=now.body))
        elif record_id in last:
            entries.append(msgspec.structs.replace(one, verb="forget", public=False))
    if entries:
        _write_changes(session, region_id, entries)


def release_erased(session: Session, region_id: str, gone: Sequence[Saved]) -> None:
    """Tell that these are erased, of which the log told by what else it tells: whoever received that knows their ids.

    Where nothing is told now, as in a restore, the beginning of the next epoch does.
    """
    head, _ = _head(session, Change, region_id)
    note_forgotten(session, region_id, {one.record_id: head for one in gone})
    if not releases(session):
        return
    last = _last(session, region_id, [one.record_id for one in gone])
    if untold := [one for one in gone if last.get(one.record_id, ("", b""))[0] != "erase"]:
        _write_changes(session, region_id, untold)


def release_changed(session: Session, region_id: str, kind: str, ids: Sequence[str], *, at: datetime) -> None:
    """Tell what the public reads of these records by now, where what they name has become another thing."""
    released = releases(session).get(kind)
    if released is None or not ids:
        return
    if entries := list(_told_of(session, released, _written_anew(region_id, kind, ids, "", at))):
        _write_changes(session, region_id, entries)


def _written_anew(region_id: str, kind: str, ids: Sequence[str], verb: str, at: datetime) -> dict[str, Saved]:
    about: dict[str, Any] = {"region_id": region_id, "kind": kind, "verb": verb, "version": 0, "at": at}
    return {record_id: Saved(record_id=record_id, public=True, **about) for record_id in ids}


def bump_revision(session: Session, region_id: str) -> None:
    """Public content of the region changed: answers kept in memory are out of date from the commit on."""
    session.flush()
    session.connection().execute(_BUMP, {"region": region_id})
    notify(session, region_id)


def notify(session: Session, region_id: str) -> None:
    """Let all who keep public content in memory look whether it is what there is."""
    session.info["public"] = True
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_notify(:channel, :region)"), {"channel": CHANNEL, "region": region_id})


class Beginning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the first entry of an epoch says."""

    entries: Annotated[int, Meta(ge=0, le=2**53)]
    """So many entries after it tell all that is released; whatever they do not tell of, is not any more."""


def open_epoch(session: Session, region_id: str, released: Sequence[Saved], *, by: str, at: datetime) -> int:
    """Begin a new epoch of the region's change log with all that is released: what was told before counts no more.

    Its first entry names the old head: ``record_id`` is the head's hash, ``version`` its number.
    """
    served = session.get_one(Served, region_id)
    served.epoch += 1
    session.flush()
    seq, head = _head(session, Change, region_id)
    body = msgspec.json.encode(Beginning(entries=len(released)))
    opened = Saved(region_id=region_id, kind="epoch", record_id=head, verb="epoch", version=seq, at=at, body=body)
    _write_audit(session, region_id, [opened], by)
    _write_changes(session, region_id, [opened, *released])
    bump_revision(session, region_id)
    return served.epoch


def forget_bodies(session: Session, ids: Sequence[str]) -> None:
    """Erase what the change log holds of these records; hashes and order stay."""
    told = select(Change.region_id, Change.record_id, func.max(Change.seq))
    for some in pieces(ids):
        query = told.where(Change.record_id.in_(some)).group_by(Change.region_id, Change.record_id)
        up_to: dict[str, dict[str, int]] = {}
        for region_id, record_id, seq in session.execute(query):
            up_to.setdefault(region_id, {})[record_id] = seq
        for region_id, last in up_to.items():
            note_forgotten(session, region_id, last)
        session.execute(delete(ChangeBody).where(ChangeBody.record_id.in_(some)))


def chain(previous: str, *parts: object) -> str:
    """Hash of an entry that follows *previous*: SHA-256 over the canonical JSON of both."""
    return sha256(msgspec.json.encode([previous, *parts])).hexdigest()


def salted(salt: bytes, body: bytes) -> str:
    return sha256(salt + body).hexdigest()


def releases(session: Session) -> Mapping[str, Released]:
    """Kind → what of it leaves the region; nothing in a session that tells nothing, as while a backup is restored."""
    if session.info.get("tells_nothing"):
        return {}
    return {kind.name: kind.released for kind in kinds_of(session).values() if kind.released}


def _released(session: Session, saved: Sequence[Saved]) -> list[Saved]:
    """What of *saved* the change log tells."""
    leaving = releases(session)
    of_kind: dict[str, dict[str, Saved]] = {}
    for one in saved:
        if one.kind in leaving and (one.concerns_public or not leaving[one.kind].when_published):
            some = of_kind.setdefault(one.kind, {})
            # Of several writes that go together, the one that makes it public is the one that is told.
            if one.record_id not in some or one.concerns_public:
                some[one.record_id] = one
    told: dict[tuple[str, str], Saved] = {}
    for kind, some in of_kind.items():
        told |= {(kind, one.record_id): one for one in _told_of(session, leaving[kind], some)}
    found = [one for one in saved if one.kind in RELEASED and one.concerns_public]
    return [*found, *told.values()]


def _told_of(session: Session, released: Released, some: Mapping[str, Saved]) -> Iterable[Saved]:
    """Of records of one kind in one region: what the public reads of them, where that is another thing than it was."""
    session.flush()
    shown = released.make(session, some)
    known = [record_id for record_id, one in some.items() if not one.fresh]
    region_id = next(iter(some.values())).region_id
    last = _last(session, region_id, known)
    for record_id, one in some.items():
        now, (was, before) = shown.get(record_id), last.get(record_id, ("", b""))
        if one.verb == "erase":
            if was:
                yield msgspec.structs.replace(one, body=b"")
        elif now is None:
            if was in SHOWN:
                yield msgspec.structs.replace(one, verb="withdraw", body=b"", public=False)
        elif (now.begins or was) and (one.verb == "publish" or before != now.body):
            # By no other word: it would tell what the group is about, where the public reads nothing else than before.
            yield msgspec.structs.replace(one, verb="publish", version=now.version, body=now.body, public=True)


def _last(session: Session, region_id: str, ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
    """What the log says last became of each record, where it tells of it, and in which words if it still has them."""
    found: dict[str, tuple[str, bytes]] = {}
    for some in pieces(ids):
        for record_id, verb, body in rows_of(session, _LAST.format(marks(some)), region_id, region_id, *some):
            found[record_id] = verb, bytes(body or b"")
    return found


def _by_region(saved: Sequence[Saved]) -> Iterable[tuple[str, list[Saved]]]:
    groups: dict[str, list[Saved]] = {}
    for one in saved:
        groups.setdefault(one.region_id, []).append(one)
    return groups.items()


def _head(session: Session, table: type[Audit | Change], region_id: str) -> tuple[int, str]:
    """Number and hash of the last line."""
    sql = f"SELECT seq, hash FROM {table.__tablename__} WHERE region_id = ? ORDER BY seq DESC LIMIT 1"  # noqa: S608
    rows = rows_of(session, sql, region_id)
    return tuple(rows[0]) if rows else (0, "")


def _write_audit(session: Session, region_id: str, saved: Sequence[Saved], by: str) -> None:
    locking.lock(session, region_id)
    head, previous = _head(session, Audit, region_id)
    rows: list[dict[str, Any]] = []
    for seq, one in enumerate(saved, head + 1):
        row = {
            "region_id": region_id,
            "seq": seq,
            "at": one.at,
            "actor": by,
            "verb": one.verb,
            "kind": one.kind,
            "record_id": one.record_id,
            "version": one.version,
            "digest": one.digest,
        }
        previous = row["hash"] = chain(previous, *list(row.values())[1:])
        rows.append(row)
    add_rows(session, Audit, rows)


def _write_changes(session: Session, region_id: str, released: Sequence[Saved]) -> None:
    head, previous = _head(session, Change, region_id)
    served = facts_of(session, region_id)
    epoch = served.epoch if served else 1
    entries: list[dict[str, Any]] = []
    bodies: list[dict[str, Any]] = []
    for seq, one in enumerate(released, head + 1):
        salt = os.urandom(16)
        entry = {
            "region_id": region_id,
            "seq": seq,
            "epoch": epoch,
            "at": one.at,
            "verb": one.verb,
            "kind": one.kind,
            "record_id": one.record_id,
            "version": one.version,
            "body_hash": salted(salt, one.body) if one.body else "",
        }
        previous = entry["hash"] = chain(previous, *list(entry.values())[1:])
        entries.append(entry)
        if one.body:
            body = {"region_id": region_id, "seq": seq, "record_id": one.record_id, "salt": salt, "body": one.body}
            bodies.append(body)
    add_rows(session, Change, entries)
    if bodies:
        add_rows(session, ChangeBody, bodies)
    tell_log(session, region_id, released)


def tell_log(session: Session, region_id: str, released: Sequence[Saved]) -> None:
    """Tell whoever keeps account of released results what the log has just been given."""
    listeners: Iterable[Callable[[Session, str, Sequence[Saved]], None]] = session.info.get("log_listeners", ())
    for listener in listeners:
        listener(session, region_id, released)
