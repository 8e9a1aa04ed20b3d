"""The door through which results come over the net: how far a region is received, and the next batch of it."""

from __future__ import annotations

import logging
from asyncio import Semaphore
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar import HttpMethod, Request, Response, route
from litestar.concurrency import sync_to_thread

from lanzarote.errors import NotFound
from lanzarote.results.batches import MOST_BYTES, Envelope, Malformed
from lanzarote.results.keys import NoKey
from lanzarote.results.model import Source
from lanzarote.results.receipts import office_key, receipt
from lanzarote.results.receiving import receive
from lanzarote.results.refusals import (
    Forked,
    Missing,
    Paused,
    Recognisable,
    Refused,
    RevokedKey,
    Stranger,
    Unfit,
    UnknownKey,
    WrittenHere,
)
from lanzarote.results.wire import MEDIA_TYPE, PLACE, There
from lanzarote.web.gate import from_a_program, instance_of
from lanzarote.web.resources import REGION, Answer, Asked, Taken, resource

if TYPE_CHECKING:
    from lanzarote.instance import Instance

log = logging.getLogger("lanzarote.results")
TAG: Final = "Results"
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
NO_OFFICE: Final = "No region is received here."
UNSIGNED: Final = (
    "What came is received, and no receipt can be signed for it just now; whoever runs this office finds in its log "
    "why. Send it again later: it is known then, and signed for."
)


class HowFar(There, frozen=True, kw_only=True):
    """Up to which entry of its change log a region is received here; whoever sends goes on from there."""

    region: str


def is_office(instance: Instance) -> bool:
    return instance.settings.office


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


@resource("/results/{region}", fresh=True, answers=HowFar, tag=TAG, names=[REGION], there=is_office, takes=TAKEN)
def how_far(asked: Asked) -> Answer:
    """Up to which entry a region is received

    Only an office receives regions. The next batch begins after `seq`, whose hash is `hash`; where `epoch` is lower
    than the region's own, it begins before the first entry of the region's present epoch.
    """
    region_id = asked["region"]
    with asked.instance.database.read(region_id) as session:
        source = session.get(Source, region_id) if asked.instance.settings.office else None
        if source is None or source.state == "ended":
            raise NotFound(NO_OFFICE)
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
    if not instance.settings.office:
        return _problem(404, Stranger.code, NO_OFFICE)
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


handlers = [how_far, take]
