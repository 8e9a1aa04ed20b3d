"""A transfer as programs read and write it for the group."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.records.records import Record, decode
from lanzarote.transfers import mapping, origin, reading
from lanzarote.transfers.answers import Given
from lanzarote.transfers.model import TransferStatus
from lanzarote.types import OriginKind, Text, Transfer, TransferState
from lanzarote.web.resources import Listed
from lanzarote.web.working_records import Why

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.transfers.origin import Now


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
