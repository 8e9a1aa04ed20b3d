"""API resources for the group: transfers as it reads them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote.transfers import mapping, origin, team_reading, writing
from lanzarote.transfers.model import TRANSFER as KIND
from lanzarote.transfers.model import TransferStatus
from lanzarote.translation import N_
from lanzarote.types import OriginKind, Text, Transfer, TransferState
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, resource
from lanzarote.web.working_records import Kind, etag_of, id_of, working

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.records.records import Record
    from lanzarote.transfers.origin import Now

TAG: Final = "Transfers, for the group"
TRANSFERS: Final = Kind(
    name=KIND,
    read="group.read",
    none=N_("There is no such transfer here, or you may not read it."),
    erased=N_("This transfer was erased."),
)
TRANSFER: Final = id_of(KIND)
ONE: Final = "/regions/{region}/team/transfers/{transfer}"


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


@resource(
    "/regions/{region}/team/transfers",
    tag=TAG,
    may="group.read",
    names=(REGION,),
    query=(CURSOR, LIMIT),
    answers=GroupTransferList,
)
def list_team_transfers(asked: Asked) -> Answer:
    """All transfers into the region, the last changed first."""
    asked.instance.header(asked["region"])
    with asked.instance.database.read(asked["region"]) as session:
        found = team_reading.read_all(session, asked.actor)
    now = origin.now_of(asked.instance, {(one.origin.region, one.origin.record) for _, one, _ in found})
    items = [GroupTransferItem(**_item(asked.instance, *one, now)) for one in found]
    return asked.part(items)


@resource(ONE, tag=TAG, may="group.read", names=(REGION, TRANSFER), answers=GroupTransfer)
def get_team_transfer(asked: Asked) -> Answer:
    """One transfer as the group keeps it. Its ETag is what a change takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, TRANSFERS)
        said, status = writing.transfer_of(session, record), writing.status_of(record)
    now = origin.now_of(asked.instance, {(said.origin.region, said.origin.record)})
    item = _item(asked.instance, record, said, status, now)
    told = GroupTransfer(**item, region=record.region_id, transfer=said, status=status)
    return Answer(msgspec.json.encode(told), {"etag": etag_of(record)})


def _item(
    instance: Instance,
    record: Record,
    said: Transfer,
    status: TransferStatus,
    now: dict[tuple[str, str], Now],
) -> dict[str, Any]:
    return {
        "id": record.id,
        "slug": record.slug,
        "title": said.origin.title,
        "state": status.state,
        "public": record.state == "published",
        "version": record.version,
        "updated_at": record.updated_at,
        "origin_region": said.origin.region,
        "origin_kind": said.origin.kind,
        "origin_practice": said.origin.record,
        "open_points": tuple(one.place for one in mapping.open_points(said)),
        "pilot_judged": not team_reading.is_unjudged(instance, said.origin.region),
        "origin_news": team_reading.news_of(said, status, now.get((said.origin.region, said.origin.record))),
    }


handlers = (list_team_transfers, get_team_transfer)
