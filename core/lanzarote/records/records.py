"""Records and their versions: what practices, stakeholders and all later kinds have in common.

A record points to the version the public reads; an edit makes a newer, working version beside it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import insert, or_, select

from lanzarote.errors import Conflict, Gone, NotFound
from lanzarote.records import changelog, lifecycle, locking
from lanzarote.records.lifecycle import RECORD, WORK
from lanzarote.records.slugs import first_free, free_slug, gone, taken_slugs
from lanzarote.records.tables import FormerSlug, Involved, Named, Record, Version
from lanzarote.runtime.reading import decoded
from lanzarote.store.bulk import add_rows, pieces, rows_of
from lanzarote.store.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.types import Value

__all__ = [
    "ABOUT_WORK",
    "Draft",
    "FormerSlug",
    "Involved",
    "Named",
    "Record",
    "Version",
    "archive",
    "body_of",
    "create",
    "decide",
    "decode",
    "digest",
    "encode",
    "erase",
    "erase_all",
    "find",
    "forget_texts",
    "keep",
    "merge",
    "now",
    "publish",
    "rename",
    "restore",
    "revise",
    "split",
    "take",
    "tell",
    "tell_about_work",
    "version_row",
    "withdraw",
    "withdraw_all",
]

B = TypeVar("B", bound="Value")
_VERSION = insert(Version.__table__)  # type: ignore[arg-type]
_BODY: Final = "SELECT body FROM version WHERE region_id = ? AND record_id = ? AND number = ?"
_encoder = msgspec.json.Encoder(order="sorted")


class Draft(Struct, frozen=True, kw_only=True):
    """A record about to be made."""

    kind: str
    slug: str
    body: bytes
    status: bytes
    id: str = ""
    key: str | None = None
    publish: bool = False
    at: datetime | None = None
    """When it was written elsewhere."""
    version: int = 1
    """What the first version that is here is called."""


def encode(value: Any) -> bytes:
    """The one canonical encoding of a body: JSON with sorted keys."""
    return _encoder.encode(value)


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def now() -> datetime:
    return datetime.now(UTC)


def create(
    session: Session,
    region_id: str,
    drafts: Sequence[Draft],
    *,
    by: str,
    at: datetime | None = None,
    taken: set[tuple[str, str]] | None = None,
) -> list[str]:
    """Make records, each with its first version; return their ids. Slugs that are taken get a number.

    Who makes many, batch after batch, reads ``taken_slugs`` once and gives them each time.
    """
    at = at or now()
    if taken is None:
        locking.lock(session, region_id)  # two who take the same address at once: the second sees it taken
        taken = taken_slugs(session, {draft.kind for draft in drafts})
    records: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []
    saved: list[changelog.Saved] = []
    for draft in drafts:
        record_id, written = draft.id or new_id(), draft.at or at
        slug = first_free(draft.kind, draft.slug, taken)
        state = lifecycle.next_state(RECORD, None, "publish" if draft.publish else "write")
        stage = "" if draft.publish else lifecycle.next_state(WORK, "", "write")
        common = {"region_id": region_id, "kind": draft.kind, "slug": slug, "key": draft.key}
        records.append(
            common
            | {
                "id": record_id,
                "state": state,
                "stage": stage,
                "status": draft.status,
                "version": draft.version,
                "published_version": draft.version if draft.publish else None,
                "created_at": written,
                "updated_at": written,
                "published_at": written if draft.publish else None,
            }
        )
        version_digest = digest(draft.body)
        versions.append(version_row(region_id, record_id, draft.version, written, by, draft.body, version_digest))
        saved.append(
            changelog.Saved(
                region_id=region_id,
                kind=draft.kind,
                record_id=record_id,
                slug=slug,
                key=draft.key,
                verb="publish" if draft.publish else "create",
                version=draft.version,
                digest=version_digest,
                body=draft.body,
                status=draft.status,
                public=draft.publish,
                fresh=True,
                at=written,
            )
        )
    if records:
        add_rows(session, Record, records)
        add_rows(session, Version, versions)
        _record_all(session, saved, by=by)
    return [row["id"] for row in records]


def revise(
    session: Session,
    record: Record,
    body: bytes,
    *,
    by: str,
    at: datetime | None = None,
    expected: int | None = None,
    action: str = "write",
    before: bytes = b"",
) -> int:
    """Give *record* a newer version beside the published one; return its number.

    *before*: what the newest version says until now, if who calls this has read it. *expected* is the version that the
    writer read. Raises Conflict when there is another one by now, IllegalTransition when the record is not being
    written.
    """
    at = at or now()
    locking.hold_unchanged(session, record)
    if expected not in (None, record.version):
        raise Conflict(f"The record is at version {record.version}; what was changed here is version {expected}.")
    record.state = lifecycle.next_state(RECORD, record.state, "write")
    record.stage = lifecycle.next_state(WORK, record.stage, action)
    record.version += 1
    record.updated_at = at
    saved = _saved(record, "revise", body, at, public=False, before=before)
    row = version_row(record.region_id, record.id, record.version, at, by, body, saved.digest)
    session.execute(_VERSION, [row])
    changelog.record(session, [saved], by=by)
    return record.version


def publish(session: Session, record: Record, *, by: str, at: datetime | None = None) -> None:
    """Let the public read the newest version of *record*."""
    at = at or now()
    locking.hold_unchanged(session, record)
    record.state = lifecycle.next_state(RECORD, record.state, "publish")
    record.stage = ""
    record.published_version = record.version
    record.published_at = at
    body = body_of(session, record, record.version)
    changelog.record(session, [_saved(record, "publish", body, at, public=True)], by=by)


def take(session: Session, record: Record, draft: Draft, *, by: str) -> None:
    """Let the public read what *draft* says of *record*, as it was published elsewhere."""
    locking.hold(session, record)
    at = draft.at or now()
    if record.state == "erased":  # its address was forgotten with it, and leads nowhere
        record.slug = free_slug(session, record, draft.slug)
    record.state, record.stage = "published", ""
    record.status, record.key = draft.status, draft.key or record.key
    record.version = record.published_version = draft.version
    record.updated_at = record.published_at = at
    known = session.get(Version, (record.region_id, record.id, draft.version))
    if known is None:
        row = version_row(record.region_id, record.id, draft.version, at, by, draft.body, digest(draft.body))
        session.execute(_VERSION, [row])
    else:
        known.body, known.digest = draft.body, digest(draft.body)
    if record.slug != draft.slug:
        rename(session, record, draft.slug, by=by, at=at)
    changelog.record(session, [_saved(record, "publish", draft.body, at, public=True)], by=by)


def withdraw(session: Session, record: Record, *, by: str, at: datetime | None = None) -> None:
    """Take *record* from the public; that it was withdrawn stays known."""
    withdraw_all(session, [record], by=by, at=at)


def withdraw_all(session: Session, some: Iterable[Record], *, by: str, at: datetime | None = None) -> None:
    """As ``withdraw``, of many at once: whoever listens is told of all of them together."""
    at, some = at or now(), tuple(some)
    locking.hold_unchanged(session, *some)
    saved: list[changelog.Saved] = []
    for record in some:
        record.state = lifecycle.next_state(RECORD, record.state, "withdraw")
        record.published_version = None
        saved.append(_saved(record, "withdraw", b"", at, public=False))
    _record_all(session, saved, by=by)


def _record_all(session: Session, saved: Sequence[changelog.Saved], *, by: str) -> None:
    """Tell of so many at once as whoever listens can ask for in one statement."""
    for some in pieces(saved):
        changelog.record(session, some, by=by)


def restore(session: Session, record: Record, *, by: str, at: datetime | None = None) -> None:
    """Undo ``archive``: it is a draft again, or withdrawn if the public has read it once."""
    at = at or now()
    locking.hold_unchanged(session, record)
    action = "restore" if record.published_at is None else "restore-withdrawn"
    record.state = lifecycle.next_state(RECORD, record.state, action)
    record.stage = lifecycle.next_state(WORK, "", "write") if record.state == "draft" else ""
    record.updated_at = at
    changelog.record(session, [_saved(record, "restore", b"", at, public=False)], by=by)


def archive(session: Session, record: Record, *, by: str, at: datetime | None = None) -> None:
    """Put *record* into the archive: nobody works on it, what it said stays, and ``restore`` brings it back."""
    at = at or now()
    locking.hold_unchanged(session, record)
    record.state = lifecycle.next_state(RECORD, record.state, "archive")
    record.stage = lifecycle.next_state(WORK, record.stage, "close")
    changelog.record(session, [_saved(record, "archive", b"", at, public=False)], by=by)


def erase(session: Session, record: Record, *, by: str, at: datetime | None = None) -> None:
    """Remove what *record* said from every version, the index and the change log; its address answers "gone"."""
    erase_all(session, {record: at or now()}, by=by)


def erase_all(session: Session, gone_at: Mapping[Record, datetime], *, by: str) -> None:
    """As ``erase``, of many at once, each at its moment: whoever listens is told of all of them together."""
    locking.hold_unchanged(session, *gone_at)
    saved: list[changelog.Saved] = []
    for record, at in gone_at.items():
        record.state = lifecycle.next_state(RECORD, record.state, "erase")
        record.stage = lifecycle.next_state(WORK, record.stage, "close")
        record.published_version = None
        record.status = b"{}"
        record.slug = gone(record.slug)
        saved.append(_saved(record, "erase", b"", at, public=False))
    if not gone_at:
        return
    ids = [record.id for record in gone_at]
    for some in pieces(ids):
        for former in session.scalars(select(FormerSlug).where(FormerSlug.record_id.in_(some))):
            former.slug = gone(former.slug)
    forget_texts(session, gone_at)
    changelog.forget_bodies(session, ids)
    _record_all(session, saved, by=by)


def forget_texts(session: Session, some: Iterable[Record], but: int | None = None) -> None:
    """Remove what these records said from their versions, except version *but*; their addresses answer "gone"."""
    for ids in pieces([record.id for record in some]):
        for version in session.scalars(select(Version).where(Version.record_id.in_(ids))):
            if version.number != but:
                version.body, version.digest = b"", ""
    session.info["erased"] = True  # so that their bytes go too, as soon as this is committed


def rename(session: Session, record: Record, slug: str, *, by: str, at: datetime | None = None) -> str:
    """Give *record* a new address and return it, with a number if it is taken; the old one redirects."""
    at = at or now()
    locking.hold_unchanged(session, record)
    region_id, kind = record.region_id, record.kind
    locking.lock(session, region_id)
    former = select(FormerSlug).where(FormerSlug.kind == kind, FormerSlug.record_id == record.id)
    mine = {row.slug: row for row in session.scalars(former)}
    new = first_free(kind, slug, taken_slugs(session, {kind}) - {(kind, own) for own in (*mine, record.slug)})
    if new == record.slug:
        return new
    if new in mine:
        session.delete(mine[new])
    session.add(FormerSlug(region_id=region_id, kind=kind, slug=record.slug, record_id=record.id))
    record.slug = new
    _tell_shown(session, record, "rename", by=by, at=at)
    return new


def decide(session: Session, record: Record, status: bytes, verb: str, *, by: str, at: datetime) -> None:
    """Give *record* another status, which counts at once for what the public reads."""
    record.status = status
    session.flush()
    _tell_shown(session, record, verb, by=by, at=at)


def keep(session: Session, record: Record, verb: str, *, by: str, at: datetime) -> None:
    """Let the newest version be the published one: it says nothing that the public reads and did not read before."""
    locking.hold_unchanged(session, record)
    record.stage = lifecycle.next_state(WORK, record.stage, "keep")
    record.published_version = record.version
    session.flush()
    changelog.bump_revision(session, record.region_id)
    tell(session, record, verb, by=by, at=at)


def merge(session: Session, record: Record, *, by: str, at: datetime) -> None:
    """Let another record answer in the place of *record*, whose status says which; what it said stays."""
    locking.hold_unchanged(session, record)
    record.state = lifecycle.next_state(RECORD, record.state, "merge")
    record.stage = lifecycle.next_state(WORK, record.stage, "close")
    record.published_version = None
    changelog.record(session, [_saved(record, "merge", b"", at, public=False)], by=by)


def split(session: Session, record: Record, version: int, *, by: str, at: datetime) -> None:
    """Undo ``merge``: the public reads *version* again, and a newer one is being written again."""
    locking.hold_unchanged(session, record)
    record.state = lifecycle.next_state(RECORD, record.state, "split")
    record.stage = lifecycle.next_state(WORK, "", "write") if record.version > version else ""
    record.published_version = version
    _tell_shown(session, record, "split", by=by, at=at)


def _tell_shown(session: Session, record: Record, verb: str, *, by: str, at: datetime) -> None:
    """Tell what was done to *record* as it is shown, if it is."""
    shown = record.published_version
    body = body_of(session, record, shown) if shown else b""
    saved = _saved(record, verb, body, at, public=shown is not None, before=body)
    saved = msgspec.structs.replace(saved, version=shown or record.version, published_at=record.published_at)
    changelog.record(session, [saved], by=by)


def tell(session: Session, record: Record, verb: str, *, by: str, at: datetime) -> None:
    """Write into the audit what was done to *record* that changes neither its text nor what the public reads."""
    changelog.record(session, [_saved(record, verb, b"", at, public=False)], by=by)


ABOUT_WORK: Final = "confirm-work"


def tell_about_work(session: Session, record: Record, places: Iterable[str], *, by: str, at: datetime) -> None:
    """Write into the audit where *by* said that what reads like a call for help is about the work: no word of it."""
    for place in dict.fromkeys(places):
        told = msgspec.structs.replace(_saved(record, ABOUT_WORK, b"", at, public=False), digest=f"disclosure {place}")
        changelog.record(session, [told], by=by)


def find(session: Session, kind: str, slug: str) -> Record:
    """Find by present or former slug, or by id; the record's own slug may differ from it. Raises NotFound, Gone."""
    # One query, whether there is such a record or not: how long it takes tells nothing of those nobody may read.
    slugs = (slug, gone(slug))
    former = select(FormerSlug.record_id).where(FormerSlug.kind == kind, FormerSlug.slug.in_(slugs))
    named = or_(Record.slug.in_(slugs), Record.id.in_(former), Record.id == slug)
    query = select(Record).where(Record.kind == kind, named)
    found = sorted(session.scalars(query), key=lambda record: (record.slug != slug, record.state == "erased"))
    if not found:
        raise NotFound(f"There is no {kind} at this address.")
    if found[0].state == "erased":
        raise Gone(f"This {kind} was erased.")
    return found[0]


def body_of(session: Session, record: Record, number: int) -> bytes:
    """What *record* said in version *number*. Raises NotFound, Gone."""
    rows = rows_of(session, _BODY, record.region_id, record.id, number)
    if not rows:
        raise NotFound(f"There is no version {number}.")
    if not (body := bytes(rows[0][0])):
        raise Gone(f"Version {number} was erased.")
    return body


def decode(body: bytes, kind: type[B]) -> B:
    return decoded(body, kind)


def _saved(
    record: Record, verb: str, body: bytes, at: datetime, *, public: bool, before: bytes = b""
) -> changelog.Saved:
    return changelog.Saved(
        region_id=record.region_id,
        kind=record.kind,
        record_id=record.id,
        slug=record.slug,
        key=record.key,
        verb=verb,
        version=record.version,
        digest=digest(body) if body else "",
        body=body,
        before=before,
        status=record.status,
        public=public,
        at=at,
    )


def version_row(
    region_id: str, record_id: str, number: int, at: datetime, by: str, body: bytes, body_digest: str
) -> dict[str, Any]:
    return {
        "region_id": region_id,
        "record_id": record_id,
        "number": number,
        "at": at,
        "actor": by,
        "body": body,
        "digest": body_digest,
    }
