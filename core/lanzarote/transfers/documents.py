"""A transfer as anybody may read it, for programs and for the change log: how far it is, why, what had to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lanzarote.records.changelog import Release
from lanzarote.records.records import Record, Version, decode, encode
from lanzarote.transfers.model import TRANSFER, TransferStatus
from lanzarote.types import Transfer, TransferRelease

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved


def released(session: Session, some: Mapping[str, Saved]) -> Mapping[str, Release]:
    """What the change log keeps of these transfers."""
    return {one.id: Release(version=one.version, body=encode(one)) for one in published(session, list(some))}


def published(session: Session, ids: list[str] | None = None) -> Iterator[TransferRelease]:
    """The transfers that the public of the session's regions reads, the last changed first."""
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = (
        select(Record, Version.body)
        .join(Version, joined & (Version.number == Record.published_version))
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
