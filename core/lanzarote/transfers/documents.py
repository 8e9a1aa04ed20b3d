"""A transfer as programs read it: what everybody may know, for the change log too, and what the group keeps."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from sqlalchemy import select

from lanzarote.records.changelog import Release
from lanzarote.records.records import Record, Version, decode, encode
from lanzarote.transfers import mapping, origin, reading
from lanzarote.transfers.answers import Given
from lanzarote.transfers.model import TRANSFER, TransferStatus
from lanzarote.types import OriginKind, Text, Transfer, TransferRelease, TransferState
from lanzarote.web.resources import Listed
from lanzarote.web.working_records import Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.records.changelog import Saved
    from lanzarote.transfers.origin import Now


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


# For the group


class GroupTransferItem(Struct, frozen=True, kw_only=True):
    """A transfer in the group's list."""

    id: str
    slug: str
    title: Text
    state: TransferState
    public: bool
    version: int
    updated_at: datetime
    origin_region: str
    origin_kind: OriginKind
    origin_practice: str
    """Id of the practice, or of the procedure."""
    open_points: tuple[str, ...]
    """Places of what has no counterpart and no answer yet, such as ``sectors[0]``."""
    pilot_judged: bool
    """The pilot of the region it comes from is to be extended."""
    origin_news: str
    """``changed`` or ``gone`` when nobody here has looked at what became of the origin; else empty."""


class GroupTransferList(Listed[GroupTransferItem], frozen=True, kw_only=True):
    pass


class GroupTransfer(GroupTransferItem, frozen=True, kw_only=True):
    """A transfer as the group keeps it."""

    region: str
    transfer: Transfer
    """What its newest version says."""
    status: TransferStatus


class WrittenTransfer(Given, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written here; everything that the origin says stays as it is."""

    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""


class Beside(Struct, frozen=True, kw_only=True):
    """What is known of where transfers come from."""

    now: Mapping[tuple[str, str], Now]
    unjudged: frozenset[str]
    """Regions whose pilot is not to be extended, or not judged yet."""


def beside(instance: Instance, session: Session, found: Sequence[tuple[Record, Transfer]]) -> Beside:
    pairs = {(said.origin.region, said.origin.record) for _, said in found}
    unjudged = frozenset(region for region in {region for region, _ in pairs} if reading.is_unjudged(instance, region))
    return Beside(now=origin.now_of(instance, pairs), unjudged=unjudged)


def item(record: Record, said: Transfer, beside: Beside) -> GroupTransferItem:
    return GroupTransferItem(**_item(record, said, beside))


def whole(session: Session, record: Record, said: Transfer, beside: Beside) -> GroupTransfer:
    status = decode(record.status, TransferStatus)
    return GroupTransfer(**_item(record, said, beside), region=record.region_id, transfer=said, status=status)


def _item(record: Record, said: Transfer, beside: Beside) -> dict[str, Any]:
    status, come = decode(record.status, TransferStatus), said.origin
    return {
        "id": record.id,
        "slug": record.slug,
        "title": come.title,
        "state": status.state,
        "public": record.state == "published",
        "version": record.version,
        "updated_at": record.updated_at,
        "origin_region": come.region,
        "origin_kind": come.kind,
        "origin_practice": come.record,
        "open_points": tuple(one.place for one in mapping.open_points(said)),
        "pilot_judged": come.region not in beside.unjudged,
        "origin_news": reading.news_of(said, status, beside.now.get((come.region, come.record))),
    }
