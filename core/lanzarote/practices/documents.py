"""What others learn of practices: what leaves the region, what packages receive, and whom practices name."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, delete, insert, select

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.service import by_key, ids_by_name, organisations
from lanzarote.kinds.plugin_events import HIDDEN, address_of, note_down
from lanzarote.practices.model import KIND, Document, PracticeStatus, Published, read_status
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.records import changelog, outbox
from lanzarote.records.changelog import Change, ChangeBody, Release, Saved
from lanzarote.records.received import is_received
from lanzarote.records.records import Named, Record, Version, encode
from lanzarote.runtime.reading import LateDecoder, decoded
from lanzarote.store.bulk import pieces
from lanzarote.store.ids import is_id, moment_of, shipped_id
from lanzarote.types import Key, Organisation, Practice, PracticePublished, PracticeWithdrawn, Scope, Side, Text, Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.kinds.plugin_events import Tell
    from lanzarote.types import Derived, Partner, TransferOrigin


# Whom practices name


WRITING: Final = ("create", "revise", "publish", "load")
"""What tells the newest version of a practice."""


class _Partner(Struct):
    organisation: str | None = None


class _Naming(Struct):
    partners: tuple[_Partner, ...] = ()


_named = LateDecoder(_Naming)


def follow_named(session: Session, saved: Sequence[Saved]) -> None:
    """Record whom practices name, and again when entries of the directory are merged or split.

    Listens to ``changes.record``.
    """
    written: dict[str, dict[str, bytes]] = {}
    fresh = {one.record_id for one in saved if one.fresh}
    for one in saved:
        if one.kind == KIND and one.verb in WRITING and one.body and not _names_the_same(one):
            written.setdefault(one.region_id, {})[one.record_id] = one.body
    for region_id in {one.region_id for one in saved if one.kind == STAKEHOLDER and one.verb in ("merge", "split")}:
        session.flush()
        written[region_id] = _newest(session, region_id)
    for region_id, bodies in written.items():
        _name(session, region_id, bodies, fresh)


def _name(session: Session, region_id: str, bodies: Mapping[str, bytes], fresh: Collection[str]) -> None:
    """Record the organisations of each practice's partners, and no others; the *fresh* ones have none yet."""
    partners = {record_id: _partners(body) for record_id, body in bodies.items()}
    for some in pieces([record_id for record_id in bodies if record_id not in fresh]):
        session.execute(delete(Named).where(Named.region_id == region_id, Named.record_id.in_(some)))
    known = ids_by_name(session, {name for names in partners.values() for name in names})
    rows = [
        {"region_id": region_id, "record_id": record_id, "stakeholder_id": one}
        for record_id, names in partners.items()
        for one in sorted({known[name] for name in names if name in known})
    ]
    if rows:
        session.execute(insert(Named.__table__), rows)  # type: ignore[arg-type]


def _names_the_same(saved: Saved) -> bool:
    """Whether the version before named the same partners: then all is recorded already."""
    return bool(saved.before) and _partners(saved.before) == _partners(saved.body)


def _partners(body: bytes) -> frozenset[str]:
    return frozenset(one.organisation for one in _named.decode(body).partners if one.organisation)


def _newest(session: Session, region_id: str) -> dict[str, bytes]:
    """Id of each practice → what its newest version says.

    Of all: one that names nobody by now may have named an entry that was merged into another and is parted again.
    """
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = (
        select(Record.id, Version.body)
        .join(Version, joined & (Version.number == Record.version))
        .where(Record.region_id == region_id, Record.kind == KIND)
    )
    return {record_id: body for record_id, body in session.execute(query) if body}


# What packages are told


def tell_packages(instance: Instance, session: Session, saved: Sequence[Saved]) -> None:
    """Enqueue what packages are to receive, in the transaction of the change. Listens to ``changes.record``."""
    by_region: dict[str, list[Saved]] = {}
    for one in saved:
        if one.kind == KIND and one.concerns_public:
            by_region.setdefault(one.region_id, []).append(one)
    for region_id, group in by_region.items():
        names = sorted(instance.switched_on(session, region_id))
        known = _once_public(session, [one.record_id for one in group if one.verb == "erase"]) if names else ()
        for one in group:
            if one.verb != "erase" or one.record_id in known:
                hook = "practice_published" if one.public else "practice_withdrawn"
                note_down(instance, session, region_id, names, hook, one.record_id)


def _once_public(session: Session, ids: Sequence[str]) -> frozenset[str]:
    """Those of the records that the public has ever read: that there were others is nobody's business."""
    if not ids:
        return frozenset()
    query = select(Record.id).where(Record.id.in_(ids), Record.published_at.is_not(None))
    return frozenset(session.scalars(query))


def _is_published(
    instance: Instance, session: Session, region_id: str, record_id: str, event_id: str
) -> PracticePublished | None:
    row = session.get(Published, (region_id, record_id))
    if row is None:
        return None
    if region_id not in instance.headers():
        raise outbox.NotYet(HIDDEN)
    read = decoded(row.document, Document)
    return PracticePublished(
        event_id=event_id,
        at=moment_of(event_id),
        region=region_id,
        id=record_id,
        slug=read.slug,
        address=address_of(instance, read.original, region_id, "practices", read.slug),
        version=read.version,
        titles=read.title,
        standing=read.standing,
        vouching=read.vouching,
        strength=read.strength,
    )


def _withdrawn(
    instance: Instance, session: Session, region_id: str, record_id: str, event_id: str
) -> PracticeWithdrawn | None:
    record = session.get(Record, (region_id, record_id))
    if record is None or record.published_version is not None:
        return None
    installed = instance.installed.known(region_id)
    header = instance.headers().get(region_id) or (installed.header if installed else None)
    return PracticeWithdrawn(
        event_id=event_id,
        at=moment_of(event_id),
        region=region_id,
        id=record_id,
        slug=record.slug,
        address=address_of(instance, header.languages[0] if header else "en", region_id, "practices", record.slug),
        erased=record.state == "erased",
    )


TELLERS: Final[Mapping[str, Tell]] = {"practice_published": _is_published, "practice_withdrawn": _withdrawn}


# What leaves the region


_practice = LateDecoder(Practice)
_SAME: Final = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
_PUBLISHED: Final = (
    select(Record, Version.body)
    .join(Version, _SAME & (Version.number == Record.published_version))
    .where(Record.kind == "practice", Record.id.in_(bindparam("ids", expanding=True)))
)


class CitedOrganisation(Value, frozen=True, kw_only=True):
    """What a practice has to tell of an organisation that it names, whether or not its entry leaves the region."""

    name: Text
    side: Side
    sectors: tuple[Key, ...]
    scope: Scope
    verified: bool = False
    """Its entry was read in sources; otherwise the page of the practice says that it was not."""


class _Citing(msgspec.Struct):
    organisations: dict[str, CitedOrganisation] = {}


_citing = LateDecoder(_Citing)


class PracticeRelease(Value, frozen=True, kw_only=True):
    """What the change log keeps of a practice."""

    slug: str
    key: Key | None = None
    """Its key in the package that shipped it, by which others of the region name it."""
    published_at: datetime
    practice: Practice
    status: PracticeStatus
    """Without what only the team reads."""
    organisations: dict[Key, CitedOrganisation] = {}
    """Those it names, by the key or id by which it does."""


def released(session: Session, some: Mapping[str, Saved]) -> Mapping[str, Release]:
    """What the change log keeps of these practices."""
    read = [(one, _practice.decode(one.body)) for one in _published(session, some)]
    if not read:
        return {}
    named = {name for _, practice in read for name in named_by(practice)}
    directory = organisations(session, read[0][0].region_id, named)
    return {
        one.record_id: Release(version=one.version, body=encode(_release(one, practice, directory)))
        for one, practice in read
    }


def as_published(record: Record, body: bytes) -> Saved:
    """*record* as its publication was reported."""
    return Saved(
        region_id=record.region_id,
        kind=record.kind,
        record_id=record.id,
        slug=record.slug,
        key=record.key,
        verb="publish",
        version=record.published_version or 0,
        at=record.published_at or record.updated_at,
        body=body,
        status=record.status,
        public=True,
    )


def follow_cited(session: Session, saved: Sequence[Saved]) -> None:
    """Let the change log tell of the organisations that practices name as the public reads of them there.

    It keeps no word of one that is erased. Listens to ``changes.record``.
    """
    changed: dict[str, list[Saved]] = {}
    for one in saved:
        if one.kind == STAKEHOLDER and one.concerns_public:
            changed.setdefault(one.region_id, []).append(one)
    for region_id, some in changed.items():
        if is_received(session, region_id):
            continue
        if gone := [one for one in some if one.verb == "erase"]:
            changelog.release_erased(session, region_id, _told_of(session, region_id, gone))
            changelog.release_anew(session, region_id, PRACTICE, _citing_gone(session, region_id), at=some[-1].at)
        if ids := [one.record_id for one in some if one.verb != "erase"]:
            session.flush()
            changelog.release_changed(session, region_id, PRACTICE, _naming(session, region_id, ids), at=some[-1].at)


def _naming(session: Session, region_id: str, ids: Sequence[str]) -> list[str]:
    """The published practices that may name one of these organisations: what is written down is of their newest
    version.
    """
    ends = {*ids, *ids_by_name(session, ids).values()}
    published = (Record.region_id == region_id) & (Record.kind == PRACTICE) & Record.published_version.is_not(None)
    found = set(session.scalars(select(Record.id).where(published, Record.version != Record.published_version)))
    for some in pieces(sorted(ends)):
        naming = select(Named.record_id).where(Named.region_id == region_id, Named.stakeholder_id.in_(some))
        found |= set(session.scalars(select(Record.id).where(published, Record.id.in_(naming))))
    return sorted(found)


def cited_in(release: bytes) -> Mapping[Key, CitedOrganisation]:
    """Whom a ``PracticeRelease`` names, without reading the rest of it."""
    return _citing.decode(release).organisations


def _told_of(session: Session, region_id: str, some: Sequence[Saved]) -> list[Saved]:
    """Those of *some* organisations that a practice tells of, in one of its versions in the log."""
    told = {name for _, organisations in _citing_in_log(session, region_id) for name in organisations}
    told |= {shipped_id(region_id, STAKEHOLDER, name) for name in told if not is_id(name)}  # by a key it had before
    return [one for one in some if not told.isdisjoint((one.record_id, one.key))]


def _citing_gone(session: Session, region_id: str) -> list[str]:
    """The practices of which the log tells, in one of its versions, somebody who is not in the directory any more, or
    what nobody there is called any more: what was merged into another entry was told by the name of that one.
    """
    known = by_key(session)
    called = {encode(one.organisation.name) for one in known.values()}
    return sorted(
        {
            record_id
            for record_id, told in _citing_in_log(session, region_id)
            for name, one in told.items()
            if name not in known or encode(one.name) not in called
        }
    )


def _citing_in_log(session: Session, region_id: str) -> Iterator[tuple[str, Mapping[Key, CitedOrganisation]]]:
    """Id of a practice, and whom it names, for each of its versions that the log holds."""
    joined = (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq)
    query = select(Change.record_id, ChangeBody.body).join(ChangeBody, joined).where(Change.region_id == region_id)
    for record_id, body in session.execute(query.where(Change.kind == PRACTICE)):
        yield record_id, cited_in(body)


def _published(session: Session, some: Mapping[str, Saved]) -> Sequence[Saved]:
    """What the public reads of these: as they were just told, or if they are only named, as they stand."""
    told = [one for one in some.values() if one.public]
    if all(one.body for one in told):
        return told
    return [as_published(record, body) for record, body in session.execute(_PUBLISHED, {"ids": list(some)})]


def _release(saved: Saved, practice: Practice, directory: Mapping[str, Organisation]) -> PracticeRelease:
    return PracticeRelease(
        slug=saved.slug,
        key=saved.key,
        published_at=saved.published_at or saved.at,
        practice=practice,
        status=_public(read_status(saved.status)),
        organisations={name: _cited(directory[name]) for name in sorted(named_by(practice)) if name in directory},
    )


def _public(status: PracticeStatus) -> PracticeStatus:
    """Without what the group says among themselves, and without a word of another region."""
    derived = status.derived and status.derived.nameless
    return msgspec.structs.replace(status, withdrawn="", held_back={}, derived=derived)


def named_by(practice: Practice) -> set[str]:
    """Keys and ids of the organisations with whom it is done."""
    return {partner.organisation for partner in practice.partners if partner.organisation}


def taking_part(partners: Iterable[Partner], sectors_of: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Sectors of *partners*; *sectors_of* has those of each organisation by its key."""
    found: set[str] = set()
    for partner in partners:
        named = sectors_of.get(partner.organisation or "")
        found.update(named or ((partner.sector,) if partner.sector else ()))
    return frozenset(found)


def unfit_origin(field: str, told: TransferOrigin | Derived | None) -> Iterator[str]:
    """The words of another region that are told there: they would stay when it erases what they are of."""
    for name in ("slug", "title", "url"):
        if getattr(told, name, None):
            yield f"{field}.{name}: only the region that it comes from tells this, and may erase it"


def _cited(said: Organisation) -> CitedOrganisation:
    same = ("name", "side", "sectors", "scope", "verified")
    return CitedOrganisation(**{name: getattr(said, name) for name in same})
