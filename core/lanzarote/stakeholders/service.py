"""Read the directory; find what changed names or was merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select

from lanzarote.errors import NotFound
from lanzarote.records import Record, Version, find
from lanzarote.stakeholders.model import KIND, Stakeholder, StakeholderStatus
from lanzarote.types import Organisation

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

_organisation = msgspec.json.Decoder(Organisation)
_status = msgspec.json.Decoder(StakeholderStatus)


def directory(session: Session) -> tuple[Stakeholder, ...]:
    """All published stakeholders of the session's regions, in the order of their slugs."""
    return tuple(_stakeholder(record, body) for record, body in session.execute(_published().order_by(Record.slug)))


def stakeholder(session: Session, slug: str) -> Stakeholder:
    """The published stakeholder at *slug*, present or former. Raises NotFound, Gone."""
    record = find(session, KIND, slug)
    row = session.execute(_published().where(Record.id == record.id)).first()
    if row is None:
        raise NotFound("There is no stakeholder at this address.")
    return _stakeholder(row[0], row[1])


def by_key(session: Session) -> dict[str, Stakeholder]:
    """Published stakeholders by id, and by their key in the package, former keys included."""
    found: dict[str, Stakeholder] = {}
    for one in directory(session):
        for key in (one.id, one.key, *one.organisation.former):
            if key:
                found.setdefault(key, one)
    return found


def ids_named(session: Session, names: Collection[str]) -> set[str]:
    """Ids of the published stakeholders that are named by id, key or former key; who is unknown is left out."""
    either = Record.id.in_(names) | Record.key.in_(names)
    query = select(Record.id, Record.key).where(Record.kind == KIND, Record.published_version.is_not(None), either)
    rows = session.execute(query).all()
    left = set(names).difference(*rows)
    former = by_key(session) if left else {}
    return {row.id for row in rows} | {former[name].id for name in left if name in former}


def _published() -> Select[Record, bytes]:
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    return (
        select(Record, Version.body)
        .join(Version, joined & (Version.number == Record.published_version))
        .where(Record.kind == KIND, Record.published_version.is_not(None))
    )


def _stakeholder(record: Record, body: bytes) -> Stakeholder:
    return Stakeholder(
        id=record.id,
        region=record.region_id,
        slug=record.slug,
        key=record.key,
        version=record.published_version or 0,
        updated_at=record.published_at or record.updated_at,
        status=_status.decode(record.status),
        organisation=_organisation.decode(body),
    )
