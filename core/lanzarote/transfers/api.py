"""API resources of transfers: for everybody what a region has taken up from others, for the group how it does so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from lanzarote.errors import NotFound
from lanzarote.evaluation.public import verdict_of
from lanzarote.kinds import service as kinds
from lanzarote.kinds.api import address_of, records_of
from lanzarote.kinds.contents import written_in
from lanzarote.records.validation import Fault, Faulty
from lanzarote.transfers import handing_back, mapping, origin, reading, service, writing
from lanzarote.transfers.answers import WrittenTransfer, applied
from lanzarote.transfers.handing_back import HandedBack
from lanzarote.transfers.kind import TRANSFERS
from lanzarote.translation import N_
from lanzarote.types import Key, TransferRelease
from lanzarote.web.changing import LARGEST_TEXT, Sent, change, made
from lanzarote.web.resources import CURSOR, LIMIT, REGION, ROOT, Answer, Asked, Listed, Parameter, resource
from lanzarote.web.working_records import (
    AS_READ,
    State,
    etag_of,
    id_of,
    reasons_of,
    refuse_disclosure,
    state_of,
    step,
    steps_of,
    taken,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.types import OriginKind

TAG: Final = "Transfers"
ONE: Final = address_of(TRANSFERS)
ONE_OF_TWO: Final = N_("Name either a practice or a procedure.")


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


# For the group


class ProposedTransfer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which practice or procedure is to be taken up: one of the two."""

    region: Key
    """Id of the region it is published in; another one than that of the address."""
    practice: Annotated[str, Meta(max_length=200)] = ""
    """The slug of a practice, …"""
    procedure: Annotated[str, Meta(max_length=200)] = ""
    """… or of a procedure that is endorsed. It takes a pilot of that region that is to be extended."""


class Looked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of the origin was looked at."""

    seen: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """Its newest version."""
    gone: bool = False
    """That it is no longer published."""


@change(
    "POST",
    "/regions/{region}/team/transfers",
    tag=TRANSFERS.api.tag,
    may="group.write",
    names=(REGION,),
    body=ProposedTransfer,
    status=201,
    answers=State,
)
def create_transfer(sent: Sent, body: ProposedTransfer) -> Answer:
    """Propose to take up a practice or procedure of another region on this site.

    The platform proposes what answers to what. A procedure takes a pilot of its region that is to be extended: without
    one it is answered 403, and nothing is kept. Of each origin there is one transfer in a region: who proposes it again
    is answered with that one.
    """
    region_id = sent["region"]
    if body.region == region_id:
        raise NotFound(origin.OWN)
    if bool(body.practice) == bool(body.procedure):
        raise Faulty([Fault(field="practice", text=ONE_OF_TWO)])
    kind: OriginKind = "procedure" if body.procedure else "practice"
    record_id = origin.id_at(sent.instance, body.region, body.procedure or body.practice, kind)
    there = origin.read_origin(sent.instance, body.region, record_id, kind=kind)
    verdict = verdict_of(sent.instance, body.region)
    origin.require_extended(kind, verdict)
    proposed = mapping.propose(there, sent.vocabulary, url=_address(sent, there))
    today = sent.instance.today(region_id)

    def do(session: Session) -> Answer:
        about: dict[str, Any] = {"verdict": verdict, "today": today, "by": sent.actor, "at": sent.at}
        record, _ = writing.begin(session, region_id, proposed, **about)
        at = ROOT + ONE.format(region=record.region_id, transfer=record.id)
        return made(state_of(record), at=at, etag=etag_of(record), about=record.id)

    return sent.once(do)


@change(
    "PUT",
    ONE,
    tag=TRANSFERS.api.tag,
    may="group.write",
    names=(REGION, id_of(TRANSFERS.name)),
    body=WrittenTransfer,
    match=True,
    answers=State,
    largest=LARGEST_TEXT,
)
def save_transfer(sent: Sent, body: WrittenTransfer) -> Answer:
    """Save another version of what is written here; all of it is sent."""
    with sent.instance.database.read(sent["region"]) as session:
        record = taken(sent, session, records_of(TRANSFERS), "group.write", lock=False)
        said = applied(kinds.content_of(TRANSFERS, session, record), body)
        earlier = kinds.explained_in(TRANSFERS, session, record)
    reasons, by = reasons_of(body.reasons), sent.actor.account_id
    refuse_disclosure(sent.vocabulary, *(text for _, text in written_in(TRANSFERS.shapes, said)), *reasons.values())
    about: dict[str, Any] = {"reasons": reasons, "by": by, "earlier": earlier}
    given = kinds.check(TRANSFERS, said, sent.vocabulary, sent.vocabulary, **about)
    return step(sent, records_of(TRANSFERS), "group.write", writing.save, given=given, expected=AS_READ, **sent.signed)


@steps_of(ONE, TRANSFERS.api.tag, (REGION, id_of(TRANSFERS.name)))("look", "group.write", Looked)
def look_at_origin(sent: Sent, body: Looked) -> Answer:
    """Somebody has looked at what became of the origin."""
    about: dict[str, Any] = {"version": body.seen, "gone": body.gone, "expected": AS_READ, **sent.signed}
    return step(sent, records_of(TRANSFERS), "group.write", writing.look, **about)


def _address(sent: Sent, there: origin.Origin) -> str:
    """Where people read the origin, as the instance's own address has it; by its id, as the pages do."""
    if own := origin.own_address(sent.instance, there, reading.ROOMS[there.kind]):
        return own
    lang = there.vocabulary.header.languages[0]
    base = sent.instance.public_address
    home = origin.is_home(sent.instance, there.region) or there.kind == "practice"
    more = "" if home else "/travels"  # a procedure that is received has no other page here
    return f"{base}/{lang}/{there.region}/{reading.ROOMS[there.kind]}/{there.record}{more}" if base else ""


handlers = (
    list_transfers,
    get_transfer,
    get_taken_up,
    create_transfer,
    save_transfer,
    look_at_origin,
)
