"""Resources over which results come in, and those for a region's coordinators: keys, card, offices."""

from __future__ import annotations

import logging
from asyncio import Semaphore
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from litestar import HttpMethod, Request, Response, route
from litestar.concurrency import sync_to_thread
from msgspec import Meta, Struct

from lanzarote.errors import Conflict, NotFound
from lanzarote.records.records import now
from lanzarote.records.validation import Fault, Faulty
from lanzarote.results import destinations, enrolling, keys, words
from lanzarote.results.batches import MOST_BYTES, Envelope, Malformed
from lanzarote.results.destinations import Standing
from lanzarote.results.keys import NoKey, office_key, receipt
from lanzarote.results.model import (
    Forked,
    Missing,
    Paused,
    Recognisable,
    Refused,
    RevokedKey,
    Rhythm,
    SigningKey,
    Source,
    Stranger,
    Unfit,
    UnknownKey,
    WrittenHere,
)
from lanzarote.results.receiving import receive
from lanzarote.results.signing import PublicKey
from lanzarote.results.wire import LONGEST, MEDIA_TYPE, PLACE, NoOffice, There
from lanzarote.store.ids import shipped_id
from lanzarote.translation import N_
from lanzarote.web.changing import NO_CONTENT, Nothing, Sent, change, done_whole, made
from lanzarote.web.gate import from_a_program, instance_of
from lanzarote.web.resources import CURSOR, LIMIT, REGION, ROOT, Answer, Asked, Listed, Taken, resource, tag_of
from lanzarote.web.working_records import id_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.configuration.settings import Settings
    from lanzarote.instance import Instance


# --- The door through which results come over the net: how far a region is received, and the next batch of it ---

log = logging.getLogger("lanzarote.results")
RECEIVING_TAG: Final = "Results"
STATUS: Final[dict[type[Exception], int]] = {
    Stranger: 404,
    Paused: 403,
    WrittenHere: 409,
    UnknownKey: 403,
    RevokedKey: 403,
    Missing: 409,
    Forked: 409,
    Unfit: 422,
    Recognisable: 422,
}
HELD: Final = Semaphore(8)
"""Batches that are read at once: each may hold 16 MiB, and anybody may begin to send one."""
BUSY: Final = "Other results are being taken just now. Send these again in half a minute."
NO_OFFICE_HERE: Final = "No region is received here."
UNSIGNED: Final = (
    "What came is received, and no receipt can be signed for it just now; whoever runs this office finds in its log "
    "why. Send it again later: it is known then, and signed for."
)


class HowFar(There, frozen=True, kw_only=True):
    """Up to which entry of its change log a region is received here; whoever sends goes on from there."""

    region: str


def is_office(instance: Instance) -> bool:
    return instance.settings.office


def require_office(instance: Instance) -> None:
    """Raise NotFound where nobody asked for an office."""
    if not is_office(instance):
        raise NotFound(N_("There is no central office here."))


TAKEN: Final = Taken(
    name="take_results",
    summary="Take results of a region",
    details=(
        "A batch of signed results, as bytes. They are trusted for their signature, not for who brings them. They are "
        "taken whole or not at all; the answer is a receipt that the office signs. What is refused has a `code`."
    ),
    takes=MEDIA_TYPE,
    answers=Envelope,
    statuses=(400, 403, 404, 405, 409, 413, 415, 422, 503),
)


@resource(
    "/results/{region}", fresh=True, answers=HowFar, tag=RECEIVING_TAG, names=[REGION], there=is_office, takes=TAKEN
)
def how_far(asked: Asked) -> Answer:
    """Up to which entry a region is received

    Only an office receives regions. The next batch begins after `seq`, whose hash is `hash`; where `epoch` is lower
    than the region's own, it begins before the first entry of the region's present epoch.
    """
    region_id = asked["region"]
    with asked.instance.database.read(region_id) as session:
        source = session.get(Source, region_id) if is_office(asked.instance) else None
        if source is None or source.state == "ended":
            raise NotFound(NO_OFFICE_HERE)
        told = HowFar(region=region_id, epoch=source.epoch, seq=source.seq, hash=source.hash)
    return Answer(msgspec.json.encode(told))


@route(
    PLACE + "{region:str}",
    http_method=[HttpMethod.POST],
    include_in_schema=False,
    guards=[from_a_program],
    # Anybody may bring them: they are trusted for their signature, not for the way they came.
    opt={"may": "public", "takes": MEDIA_TYPE},
    status_code=200,
    request_max_body_size=MOST_BYTES + 64 * 1024,
)
async def take(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Take results of the region, and answer with a receipt."""
    region: str = request.path_params["region"]
    instance = instance_of(request)
    if not is_office(instance):
        return _problem(404, Stranger.code, NO_OFFICE_HERE)
    if HELD.locked():
        busy = _problem(503, "busy", BUSY)
        busy.headers["Retry-After"] = "30"
        return busy
    async with HELD:
        return await sync_to_thread(_take, instance, region, await request.body())


def _take(instance: Instance, region_id: str, data: bytes) -> Response[bytes]:
    try:
        received = receive(instance.database, BytesIO(data), came="net", region_id=region_id)
    except Malformed as error:
        return _problem(400, "malformed", f"These are no whole results: {error}.")
    except Refused as error:
        return _problem(STATUS[type(error)], error.code, str(error))
    after = received.after
    try:
        answer = receipt(office_key(instance), region_id, received.epoch, after.seq, after.hash)
    except NoKey as error:  # it names a folder of this machine, which is nobody's to read who sends
        log.error("No receipt can be signed for the results of %s: %s", region_id, error)
        return _problem(503, NoKey.code, UNSIGNED)
    return Response(answer, media_type="application/json")


def _problem(status: int, code: str, detail: str) -> Response[bytes]:
    told = {"type": "about:blank", "status": status, "title": "Not taken", "detail": detail, "code": code}
    return Response(msgspec.json.encode(told), status_code=status, media_type="application/problem+json")


# --- API resources for the coordinators of a region: its keys and its card, and the offices to which it sends ---

TAG: Final = "Results, for the region"
KEYS: Final = "/regions/{region}/team/results/keys"
OFFICES: Final = "/regions/{region}/team/results/offices"
ONE: Final = OFFICES + "/{office}"
OFFICE: Final = id_of("office")
NO_OFFICE: Final = "Nothing is sent there."
THERE_ALREADY: Final = "Results are sent there already. Change the rhythm at its own address."


class RegionKey(Struct, frozen=True, kw_only=True):
    """The public half of a key with which the region signs, or signed."""

    id: str
    fingerprint: str
    """What somebody of the region reads to an office, by telephone or face to face."""
    number: int
    made_at: datetime
    ended_at: datetime | None
    """null: it signs now."""
    vouched: bool
    """The key before vouches for it: offices that know that one take it without being asked."""


class RegionKeys(Struct, frozen=True, kw_only=True):
    """The keys of a region."""

    present: RegionKey | None
    """null: none was made yet, and nothing can leave."""
    there: bool
    """Its private half is where it should be. It is never told."""
    earlier: tuple[RegionKey, ...]
    """The newest first."""


class Office(Standing, frozen=True, kw_only=True):
    """An office to which the region sends its results, as programs name it."""

    id: str


class OfficeList(Listed[Office], frozen=True, kw_only=True):
    pass


class AddedOffice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An office to send to from now on."""

    address: Annotated[str, Meta(max_length=LONGEST)]
    """Of its site; it begins with ``https://``."""
    rhythm: Rhythm = ""


class InRhythm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often results are sent; empty: only when somebody asks for it."""

    rhythm: Rhythm


# Keys


@resource(KEYS, tag=TAG, may="group.lead", names=(REGION,), answers=RegionKeys)
def get_region_keys(asked: Asked) -> Answer:
    """The keys with which the region signs its results. Its ETag is what making another takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        told = _keys(session, asked.instance.settings, asked["region"])
    return Answer(msgspec.json.encode(told))


@change("POST", KEYS, tag=TAG, may="group.lead", names=(REGION,), match=True, answers=RegionKeys, may_be_gone=False)
def make_region_key(sent: Sent, _: Nothing) -> Answer:
    """Let the region sign with another key from now on, or with its first.

    With its first key its change log begins anew with all that is released. Where the key before is not there to vouch
    for it, every office has to compare the fingerprint, and to enrol the region again.
    """

    def do(session: Session) -> Answer:
        region_id, settings = sent["region"], sent.instance.settings
        sent.require_whole(_keys(session, settings, region_id))
        enrolling.make_key(session, settings, region_id, by=sent.actor.account_id, at=sent.at)
        session.flush()
        return done_whole(_keys(session, settings, region_id))

    try:
        return sent.once(do)
    except NoKey:
        raise Conflict(words.NOT_KEPT) from None


@resource("/regions/{region}/team/results/card", tag=TAG, may="group.lead", names=(REGION,), answers=Envelope)
def get_region_card(asked: Asked) -> Answer:
    """The card by which an office enrols the region: signed, and no secret. Never send the fingerprint with it."""
    region_id = asked["region"]
    try:
        with asked.instance.database.read(region_id) as session:
            if keys.current(session, region_id) is None:
                raise NotFound(words.NO_KEY)
            by = asked.actor.account_id
            return Answer(enrolling.card_of(session, asked.instance.settings, region_id, by=by, at=now()))
    except NoKey:
        raise NotFound(words.KEY_AWAY) from None


def _keys(session: Session, settings: Settings, region_id: str) -> RegionKeys:
    found = keys.all_of(session, region_id)
    return RegionKeys(
        present=next((_key(row) for row in found if row.ended_at is None), None),
        there=keys.is_there(session, settings, region_id),
        earlier=tuple(_key(row) for row in found if row.ended_at is not None),
    )


def _key(row: SigningKey) -> RegionKey:
    return RegionKey(
        id=row.id,
        fingerprint=PublicKey(row.public).fingerprint,
        number=row.number,
        made_at=row.made_at,
        ended_at=row.ended_at,
        vouched=bool(row.endorsement),
    )


# Offices


@resource(OFFICES, tag=TAG, may="group.lead", names=(REGION,), query=(CURSOR, LIMIT), answers=OfficeList)
def list_offices(asked: Asked) -> Answer:
    """Offices to which the region sends, and how far each has received it."""
    with asked.instance.database.read(asked["region"]) as session:
        return asked.part(_offices(session, asked["region"]))


@resource(ONE, tag=TAG, may="group.lead", names=(REGION, OFFICE), answers=Office)
def get_office(asked: Asked) -> Answer:
    """One office to which the region sends. Its ETag is what a change of it takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        return Answer(msgspec.json.encode(_office(session, asked)))


@change(
    "POST", OFFICES, tag=TAG, may="group.lead", names=(REGION,), body=AddedOffice, status=201, answers=Office,
    may_be_gone=False,
)  # fmt: skip
def add_office(sent: Sent, body: AddedOffice) -> Answer:
    """Send to an office from now on. Nothing is sent before its time, or before somebody asks for it."""

    def do(session: Session) -> Answer:
        before = {one.address for one in destinations.all_of(session, sent["region"])}
        row = _put(session, sent, body.address, body.rhythm)
        if row in before:
            raise Conflict(THERE_ALREADY)
        told = next(one for one in _offices(session, sent["region"]) if one.address == row)
        at = ROOT + ONE.format(region=sent["region"], office=told.id)
        return made(told, at=at, etag=tag_of(msgspec.json.encode(told)))

    return sent.once(do)


@change(
    "PUT", ONE, tag=TAG, may="group.lead", names=(REGION, OFFICE), body=InRhythm, match=True, answers=Office,
    may_be_gone=False,
)  # fmt: skip
def set_rhythm(sent: Sent, body: InRhythm) -> Answer:
    """Send to it in another rhythm."""

    def do(session: Session) -> Answer:
        address = _read(session, sent).address
        _put(session, sent, address, body.rhythm)
        return done_whole(_office(session, sent))

    return sent.once(do)


@change("POST", f"{ONE}/send", tag=TAG, may="group.lead", names=(REGION, OFFICE), answers=Office, may_be_gone=False)
def send_to_office(sent: Sent, _: Nothing) -> Answer:
    """Have what it has not received yet sent to it. Asked twice, it is sent once; read it again for what came of it."""

    def do(session: Session) -> Answer:
        address = _office(session, sent).address
        destinations.send_soon(session, sent["region"], address, by=sent.actor.account_id, at=sent.at)
        session.flush()
        return done_whole(_office(session, sent))

    return sent.once(do)


@change(
    "DELETE", ONE, tag=TAG, may="group.lead", names=(REGION, OFFICE), body=None, status=204, answers=None, match=True,
    tagged=False, may_be_gone=False,
)  # fmt: skip
def remove_office(sent: Sent) -> Answer:
    """Send nothing to it any more. What it has received stays there."""

    def do(session: Session) -> Answer:
        address = _read(session, sent).address
        destinations.remove(session, sent["region"], address, by=sent.actor.account_id, at=sent.at)
        return NO_CONTENT

    return sent.once(do)


def _put(session: Session, sent: Sent, address: str, rhythm: Rhythm) -> str:
    """Raises Faulty."""
    try:
        row = destinations.add(
            session,
            sent["region"],
            address,
            rhythm,
            by=sent.actor.account_id,
            at=sent.at,
            nearby=sent.instance.settings.offices_nearby,
        )
    except NoOffice as error:
        raise Faulty([Fault(field="address", text=str(error))]) from None
    session.flush()
    return row.address


def _read(session: Session, sent: Sent) -> Office:
    """The office, as it was read. Raises NotFound, Stale."""
    told = _office(session, sent)
    sent.require_whole(told)
    return told


def _office(session: Session, asked: Asked) -> Office:
    """Raises NotFound."""
    found = next((one for one in _offices(session, asked["region"]) if one.id == asked["office"]), None)
    if found is None:
        raise NotFound(NO_OFFICE)
    return found


def _offices(session: Session, region_id: str) -> list[Office]:
    return [_told(region_id, one) for one in destinations.standings(session, region_id)]


def _told(region_id: str, one: Standing) -> Office:
    return Office(id=shipped_id(region_id, "office", one.address), **msgspec.structs.asdict(one))
