"""API resources for everybody: what a region has taken up from others, how far it is, what had to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lanzarote.errors import NotFound
from lanzarote.transfers import handing_back, service
from lanzarote.transfers.handing_back import HandedBack
from lanzarote.types import TransferRelease
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource

if TYPE_CHECKING:
    from lanzarote.instance import Instance

TAG: Final = "Transfers"


def _first(instance: Instance, region_id: str) -> str | None:
    """Address of one that the public reads, for the examples in the description."""
    return next((one.slug for one in service.taken_up(instance, region_id)), None)


TRANSFER: Final = Parameter(
    name="transfer",
    told="Slug of the transfer.",
    longest=200,
    sample=lambda instance, names: _first(instance, names["region"]),
)


class TransferList(Listed[TransferRelease], frozen=True, kw_only=True):
    pass


@resource("/regions/{region}/transfers", tag=TAG, names=(REGION,), query=(CURSOR, LIMIT), answers=TransferList)
def list_transfers(asked: Asked) -> Answer:
    """What this region has taken up from other places, or says why not; the last changed first."""
    asked.instance.header(asked["region"])
    return asked.part(service.taken_up(asked.instance, asked["region"]))


@resource("/regions/{region}/transfers/{transfer}", tag=TAG, names=(REGION, TRANSFER), answers=TransferRelease)
def get_transfer(asked: Asked) -> Answer:
    """One transfer."""
    asked.instance.header(asked["region"])
    for one in service.taken_up(asked.instance, asked["region"]):
        if one.slug == asked["transfer"]:
            return Answer(msgspec.json.encode(one))
    raise NotFound("There is no transfer at this address.")


@resource("/taken-up/{region}", fresh=True, tag=TAG, names=(REGION,), answers=HandedBack)
def get_taken_up(asked: Asked) -> Answer:
    """Where practices of this region were taken up by others, as far as this site knows: what an office hands back."""
    return Answer(handing_back.written(handing_back.handed_back(asked.instance, asked["region"])))


handlers = (list_transfers, get_transfer, get_taken_up)
