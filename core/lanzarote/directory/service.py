"""Read the directory; find what changed names or was merged; forget what belonged to an entry that is erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import or_, select

from lanzarote.directory.model import KIND, Contact, Contacts, Merged, MovedLink, Stakeholder, StakeholderStatus
from lanzarote.errors import NotFound
from lanzarote.records.erasing import forget_beside
from lanzarote.records.records import Record, Version, find
from lanzarote.runtime.reading import LateDecoder
from lanzarote.store.bulk import marks, pieces, rows_of
from lanzarote.types import Organisation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved

_OWN: Final = (
    'SELECT record.id, record."key", version.body FROM record JOIN version ON version.region_id = record.region_id '
    "AND version.record_id = record.id AND version.number = record.published_version "
    "WHERE record.region_id = ? AND record.kind = 'stakeholder'"
)
_organisation = LateDecoder(Organisation)
_status = LateDecoder(StakeholderStatus)
_contacts = LateDecoder(tuple[Contact, ...])


class _Former(Struct):
    former: tuple[str, ...] = ()


_former = LateDecoder(_Former)


def directory(session: Session) -> tuple[Stakeholder, ...]:
    """All published stakeholders of the session's regions, in the order of their slugs."""
    rows = session.execute(_published().order_by(Record.slug)).all()
    return tuple(_told(session, [(record, body) for record, body in rows]))


def listed(session: Session, ids: Collection[str]) -> tuple[Stakeholder, ...]:
    """Those of the records *ids* that are published stakeholders."""
    rows = session.execute(_published().where(Record.id.in_(ids)).order_by(Record.slug)).all()
    return tuple(_told(session, [(record, body) for record, body in rows]))


def stakeholder(session: Session, slug: str) -> Stakeholder:
    """The published stakeholder at *slug*, present or former, or what it was merged into. Raises NotFound, Gone."""
    record = standing_for(session, find(session, KIND, slug))
    rows = session.execute(_published().where(Record.id == record.id)).all()
    if not rows:
        raise NotFound("There is no stakeholder at this address.")
    return next(iter(_told(session, [(found, body) for found, body in rows])))


def standing_for(session: Session, record: Record) -> Record:
    """The record that answers in the place of *record*: itself, unless it was merged."""
    while record.state == "merged" and (merged := _status.decode(record.status).merged):
        record = session.get_one(Record, (record.region_id, merged.into))
    return record


def by_key(session: Session) -> dict[str, Stakeholder]:
    """Published stakeholders by every id and key that names them."""
    return named(directory(session))


def organisations(session: Session, region_id: str, names: Collection[str]) -> dict[str, Organisation]:
    """As ``by_key`` of one region, for these ids and keys alone, and only what is published of each."""
    found: dict[str, Organisation] = {}
    for some in pieces(sorted(names)):
        sql = f'{_OWN} AND (record.id IN {marks(some)} OR record."key" IN {marks(some)}) ORDER BY record.slug'
        for record_id, key, body in rows_of(session, sql, region_id, *some, *some):
            found |= dict.fromkeys({record_id, key}.intersection(some), _organisation.decode(body))
    if set(names) - found.keys():  # one that was called otherwise before, or is not public
        whole = {name: one.organisation for name, one in by_key(session).items() if one.region == region_id}
        found = {name: whole[name] for name in names if name in whole}
    return found


def erased_ids(session: Session) -> Iterable[str]:
    """Ids of the stakeholders that were erased."""
    return session.scalars(select(Record.id).where(Record.kind == KIND, Record.state == "erased"))


def named(stakeholders: Collection[Stakeholder]) -> dict[str, Stakeholder]:
    """*stakeholders* by every id and key that names them; one's own before what another was called."""
    found = {key: one for one in stakeholders for key in (one.id, one.key) if key}
    for one in stakeholders:
        for name in one.names:
            found.setdefault(name, one)
    return found


def ids_by_name(session: Session, names: Collection[str], *, erased: bool = False) -> dict[str, str]:
    """Each of these ids and keys → id of the stakeholder, public or not, that it names.

    *erased*: also of those that were erased, to name them where they did something.
    """
    if not names:
        return {}
    own = select(Record.id, Record.key).where(Record.kind == KIND)
    rows = session.execute(own.where(or_(Record.id.in_(names), Record.key.in_(names)))).all()
    found = {name: row[0] for row in rows for name in row if name in names}
    if unknown := set(names) - found.keys():
        for record_id, body in session.execute(_newest()):
            if body:
                found |= dict.fromkeys(unknown.intersection(_former.decode(body).former), record_id)
    merged = _merged(session)
    for record_id, one in merged.items():
        found |= dict.fromkeys(set(names).difference(found).intersection(one.names), record_id)
    into = {record_id: one.into for record_id, one in merged.items()}
    found = {name: _end(record_id, into) for name, record_id in found.items()}
    gone = () if erased else _erased(session, set(found.values()))
    return {name: record_id for name, record_id in found.items() if record_id not in gone}


def names_of(session: Session, record: Record) -> frozenset[str]:
    """Every id and key that names *record*, whether the public reads it or not."""
    body = session.scalar(_newest().with_only_columns(Version.body).where(Record.id == record.id)) or b"{}"
    own = (record.id, record.key, *_former.decode(body).former, *_absorbed(session).get(record.id, ()))
    return frozenset(name for name in own if name)


def absorbing(session: Session) -> Collection[str]:
    """Ids of the entries that answer in the place of others."""
    return _absorbed(session).keys()


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Forget what is kept beside an entry that is erased. Listens to ``changes.record``."""
    forget_beside(session, saved, (Contacts, MovedLink), KIND)


def _told(session: Session, rows: Sequence[tuple[Record, bytes]]) -> Iterable[Stakeholder]:
    contacts: dict[str, tuple[Contact, ...]] = {}
    published = {record.id: record.published_version or 0 for record, _ in rows}
    query = select(Contacts.record_id, Contacts.number, Contacts.body).order_by(Contacts.number)
    for record_id, number, body in session.execute(query):
        if number <= published.get(record_id, 0):
            contacts[record_id] = tuple(one for one in _contacts.decode(body) if one.public)
    absorbed = _absorbed(session)
    renamed = _renamed_since(session, [record for record, _ in rows])
    for record, body in rows:
        organisation = _organisation.decode(body)
        former = (*organisation.former, *renamed.get(record.id, ()))
        names = (record.id, record.key, *former, *absorbed.get(record.id, ()))
        yield Stakeholder(
            id=record.id,
            region=record.region_id,
            slug=record.slug,
            key=record.key,
            version=record.published_version or 0,
            updated_at=record.published_at or record.updated_at,
            status=_status.decode(record.status),
            organisation=organisation,
            contacts=contacts.get(record.id, ()),
            names=tuple(dict.fromkeys(name for name in names if name)),
        )


def _renamed_since(session: Session, records: Collection[Record]) -> dict[str, tuple[str, ...]]:
    """Former keys of what has a working version: a package renamed it, and nobody has reviewed the rest yet."""
    working = [record.id for record in records if record.version != record.published_version]
    if not working:
        return {}
    rows = session.execute(_newest().where(Record.id.in_(working))).all()
    return {record_id: _former.decode(body).former for record_id, body in rows if body}


def _absorbed(session: Session) -> dict[str, list[str]]:
    """Id of a stakeholder → ids and keys of those that were merged into it."""
    rows = session.execute(_newest().add_columns(Record.key, Record.status).where(Record.state == "merged")).all()
    told = {record_id: merged for record_id, _, _, status in rows if (merged := _status.decode(status).merged)}
    into = {record_id: merged.into for record_id, merged in told.items()}
    kept = {record_id: merged.names for record_id, merged in told.items()}
    found: dict[str, list[str]] = {}
    for record_id, body, key, _ in rows:
        names = [record_id, *([key] if key else ()), *_former.decode(body).former, *kept.get(record_id, ())]
        found.setdefault(_end(record_id, into), []).extend(names)
    return found


def _merged(session: Session) -> dict[str, Merged]:
    """Id of each entry that was merged → into what, and what it was called."""
    rows = session.execute(select(Record.id, Record.status).where(Record.kind == KIND, Record.state == "merged"))
    return {record_id: merged for record_id, status in rows if (merged := _status.decode(status).merged)}


def _erased(session: Session, ids: Collection[str]) -> frozenset[str]:
    return frozenset(session.scalars(select(Record.id).where(Record.id.in_(ids), Record.state == "erased")))


def _end(record_id: str, into: dict[str, str]) -> str:
    while record_id in into:
        record_id = into[record_id]
    return record_id


def _newest() -> Select[str, bytes]:
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    return (
        select(Record.id, Version.body)
        .join(Version, joined & (Version.number == Record.version))
        .where(Record.kind == KIND)
    )


def _published() -> Select[Record, bytes]:
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    return (
        select(Record, Version.body)
        .join(Version, joined & (Version.number == Record.published_version))
        .where(Record.kind == KIND, Record.published_version.is_not(None))
    )
