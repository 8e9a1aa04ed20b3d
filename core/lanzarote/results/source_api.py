"""API resources of the office: regions that it receives, enrolling them, their keys, and what could not be taken."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import func, select

from lanzarote.errors import Conflict, NotFound
from lanzarote.records.changelog import Served
from lanzarote.records.validation import Fault, Faulty
from lanzarote.results import enrolling, sources_reading, words
from lanzarote.results.batches import Envelope, Malformed
from lanzarote.results.model import Came, HeldBatch, Refused, Source, SourceState
from lanzarote.results.receiving import holding, take_held
from lanzarote.results.sending_api import STATUS, is_office, require_office
from lanzarote.runtime.reading import decoded
from lanzarote.store.database import ALL
from lanzarote.types import RegionHeader, Text
from lanzarote.web.changing import NO_CONTENT, Nothing, Sent, change, done_whole, made
from lanzarote.web.problems import Refused as Problem
from lanzarote.web.resources import CURSOR, KEY, LIMIT, ROOT, Answer, Asked, Listed, Parameter, resource, tag_of
from lanzarote.web.working_records import id_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from lanzarote.results.sources_reading import Head

TAG: Final = "Regions that are received"
PLACE: Final = "/office/sources"
ONE: Final = PLACE + "/{source}"
HELD: Final = ONE + "/held/{held}"
SOURCE: Final = Parameter(name="source", told="Id of the region that is received.", pattern=KEY)
SIGNING_KEY: Final = Parameter(name="key_id", told="Id of the key.", pattern="^[0-9a-f]{64}$", longest=64, shortest=64)
HELD_ONE: Final = id_of("held")
OURS: Final[Any] = {"tag": TAG, "may": "results.receive", "there": is_office}
"""Who may, as on the pages: the office, and whoever administers the instance."""
NO_SOURCE: Final = "No such region is enrolled here."
NOTHING_HERE: Final = "Nothing of the region is here yet, so that there is nothing to hide or to show."


class SourceItem(Struct, frozen=True, kw_only=True):
    """A region that is enrolled here, and how far it is received."""

    id: str
    name: Text
    address: str
    """Where its own pages are; empty: nowhere."""
    state: SourceState
    enrolled_at: datetime
    received_at: datetime | None
    came: Came | None
    """How the last results came; null: none came yet."""
    epoch: int
    seq: int
    """Up to this entry of its change log everything is received, complete and verified."""
    hash: str
    """Of that entry."""
    awaited: int
    """So many entries of the beginning of the epoch are still to come."""
    hidden: bool | None
    """Whether the public reads nothing of it here; null: nothing of it is here yet."""
    held: int
    """How much waits because it could not be taken."""


class SourceList(Listed[SourceItem], frozen=True, kw_only=True):
    pass


class SourceDocument(SourceItem, frozen=True, kw_only=True):
    """A region that is enrolled here, with the keys that are known of it."""

    keys: tuple[sources_reading.KnownKey, ...]
    """The newest first."""


class Enrolling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A region's card, and the fingerprint that somebody of the region read to somebody of the office."""

    card: Envelope
    fingerprint: Annotated[str, Meta(max_length=200)]
    """As it was *heard*, by telephone or face to face: never made from the card, or the comparison is none."""


class Revoking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why nothing more is to be taken that a key vouches for."""

    reason: Annotated[str, Meta(max_length=1_000)]
    """Up to 300 letters; it names nobody."""


class HeldHead(Struct, frozen=True, kw_only=True):
    """Up to where a region vouched for its results."""

    epoch: int
    seq: int
    mark: str
    """The first signs of the hash of that entry."""
    key: str
    """The first signs of the key's id."""


class HeldItem(Struct, frozen=True, kw_only=True):
    """What its region signed and what could not be taken."""

    id: str
    at: datetime
    came: Came
    code: str
    """Such as ``unfit``, ``other-history`` or ``recognisable``."""
    detail: str
    digest: str
    """SHA-256 of what came."""
    size: int
    """Bytes that are kept of it; 0: none, so that it cannot be tried again."""


class HeldList(Listed[HeldItem], frozen=True, kw_only=True):
    pass


class HeldDocument(HeldItem, frozen=True, kw_only=True):
    """The same, with what the region had vouched for here before, and in what came."""

    before: HeldHead | None
    that_came: HeldHead | None


# Regions


@resource(PLACE, query=(CURSOR, LIMIT), answers=SourceList, **OURS)
def list_received_regions(asked: Asked) -> Answer:
    """Regions that are enrolled here, or were, by their ids."""
    require_office(asked.instance)
    with asked.instance.database.read(ALL) as session:
        found = session.scalars(select(Source).order_by(Source.region_id)).all()  # of all regions
        return asked.part(found, lambda some: [SourceItem(**_item(session, row)) for row in some])


@resource(ONE, names=(SOURCE,), answers=SourceDocument, **OURS)
def get_source(asked: Asked) -> Answer:
    """One region that is received. Its ETag is what a step takes in If-Match."""
    require_office(asked.instance)
    with asked.instance.database.read(asked["source"]) as session:
        return Answer(msgspec.json.encode(_source(session, asked["source"])))


@change("POST", PLACE, body=Enrolling, status=201, answers=SourceDocument, may_be_gone=False, **OURS)
def enrol_region(sent: Sent, body: Enrolling) -> Answer:
    """Take the results of a region from now on, by the key of its card.

    The fingerprint is compared by people, and sent as it was heard. A region that is known already is enrolled once
    more by another card, as after the loss of its key.
    """
    require_office(sent.instance)
    try:
        card = enrolling.read_card(msgspec.json.encode(body.card))
    except Malformed:
        raise Faulty([Fault(field="card", text=words.BAD_CARD)]) from None

    def do(session: Session) -> Answer:
        enrolling.enrol(session, card, body.fingerprint, by=sent.actor.account_id, at=sent.at)
        session.flush()
        told = _source(session, card.region)
        return made(told, at=f"{ROOT}{PLACE}/{card.region}", etag=tag_of(msgspec.json.encode(told)))

    try:
        return sent.once(do, scope=[card.region])
    except (enrolling.OtherFingerprint, enrolling.UnfitCard) as error:
        field, text = words.NOT_ENROLLED[error.code]
        raise Faulty([Fault(field=field, text=text)]) from None
    except enrolling.NotEnrolled as error:
        raise Conflict(words.NOT_ENROLLED[error.code][1]) from None


def _step(name: str, body: Any = Nothing, *, at: str = ONE, **more: Any) -> Callable[[Callable[..., Answer]], Any]:
    """Declares what is done with a region that is received: for whoever has read how it is."""
    shape = {"names": (SOURCE,), "body": body, "match": True, "answers": SourceDocument, "may_be_gone": False}
    return change("POST", f"{at}/{name}", **(OURS | shape | more))


@_step("pause")
def pause_source(sent: Sent, _: Nothing) -> Answer:
    """Take nothing from the region until it is resumed."""
    return _set_state(sent, "paused")


@_step("resume")
def resume_source(sent: Sent, _: Nothing) -> Answer:
    """Take results of the region again."""
    return _set_state(sent, "enrolled")


@_step("end")
def end_source(sent: Sent, _: Nothing) -> Answer:
    """Take nothing from the region any more. What was received stays."""
    return _set_state(sent, "ended")


@_step("hide")
def hide_source(sent: Sent, _: Nothing) -> Answer:
    """Let the public read nothing of the region here. Its results are taken as before."""
    return _set_shown(sent, on=False)


@_step("show")
def show_source(sent: Sent, _: Nothing) -> Answer:
    """Let the public read again here what was received of the region."""
    return _set_shown(sent, on=True)


@_step("revoke", Revoking, at=ONE + "/keys/{key_id}", names=(SOURCE, SIGNING_KEY))
def revoke_key(sent: Sent, body: Revoking) -> Answer:
    """Take nothing more that a key vouches for, nor what a key vouches for that is known through it alone."""

    def do(session: Session) -> None:
        by = sent.actor.account_id
        enrolling.revoke(session, sent["source"], sent["key_id"], reason=body.reason, by=by, at=sent.at)

    return _done(sent, do)


def _set_state(sent: Sent, state: SourceState) -> Answer:
    return _done(sent, lambda session: enrolling.set_state(session, sent["source"], state, by=sent.actor.account_id))


def _set_shown(sent: Sent, *, on: bool) -> Answer:
    def do(session: Session) -> None:
        if session.get(Served, sent["source"]) is None:
            raise Conflict(NOTHING_HERE)
        sent.instance.enable_in(session, sent["source"], on=on, by=sent.actor.account_id)

    return _done(sent, do)


def _done(sent: Sent, do: Callable[[Session], None]) -> Answer:
    """Do it if the region is as it was read, and answer how it is then."""
    require_office(sent.instance)

    def matched(session: Session) -> Answer:
        sent.require_whole(_source(session, sent["source"]))
        do(session)
        session.flush()
        return done_whole(_source(session, sent["source"]))

    return sent.once(matched, scope=[sent["source"]])


def _source(session: Session, region_id: str) -> SourceDocument:
    """Raises NotFound."""
    row = session.get(Source, region_id)
    if row is None:
        raise NotFound(NO_SOURCE)
    return SourceDocument(**_item(session, row), keys=tuple(sources_reading.keys_of(session, region_id)))


def _item(session: Session, row: Source) -> dict[str, Any]:
    served = session.get(Served, row.region_id)
    held = session.scalar(select(func.count()).where(HeldBatch.region_id == row.region_id)) or 0
    same = ("address", "state", "enrolled_at", "received_at", "epoch", "seq", "hash", "awaited")
    return {name: getattr(row, name) for name in same} | {
        "id": row.region_id,
        "name": _name(row, served),
        "came": row.came or None,
        "hidden": None if served is None else not served.enabled,
        "held": held,
    }


def _name(row: Source, served: Served | None) -> Text:
    """As the region says it itself, or as it was enrolled."""
    if served is not None:
        return decoded(served.facts, RegionHeader).name
    return decoded(row.name, dict[str, str])


# What could not be taken


@resource(f"{ONE}/held", names=(SOURCE,), query=(CURSOR, LIMIT), answers=HeldList, **OURS)
def list_held(asked: Asked) -> Answer:
    """What could not be taken of a region, the newest first."""
    require_office(asked.instance)
    with asked.instance.database.read(asked["source"]) as session:
        _require_source(session, asked)
        mine = select(HeldBatch).where(HeldBatch.region_id == asked["source"])
        rows = session.scalars(mine.order_by(HeldBatch.at.desc(), HeldBatch.id)).all()
        return asked.part([HeldItem(**_held_item(row)) for row in rows])


@resource(HELD, names=(SOURCE, HELD_ONE), answers=HeldDocument, **OURS)
def get_held(asked: Asked) -> Answer:
    """One thing that could not be taken, and both sides of it. Its bytes are downloaded from its page."""
    require_office(asked.instance)
    with asked.instance.database.read(asked["source"]) as session:
        _require_source(session, asked)
        return Answer(msgspec.json.encode(_held(session, asked)))


@_step("retry", at=HELD, names=(SOURCE, HELD_ONE), match=False)
def retry_held(sent: Sent, _: Nothing) -> Answer:
    """Take it, if it can be taken by now, as after an upgrade. Where it cannot, `code` says why, and it waits on."""
    require_office(sent.instance)
    region_id = sent["source"]
    with sent.instance.database.read(region_id) as session:
        _require_source(session, sent)
        held = sources_reading.kept(session, region_id, sent["held"])

    def do(session: Session) -> Answer:
        take_held(session, held)
        session.flush()
        return done_whole(_source(session, region_id))

    try:
        with holding(sent.instance.database, held):
            return sent.once(do, scope=[region_id])
    except (Malformed, Refused) as error:
        raise Problem(STATUS.get(type(error), 422), error.code, str(error)) from None


@_step("put-away", at=HELD, names=(SOURCE, HELD_ONE), status=204, answers=None, tagged=False)
def put_away_held(sent: Sent, _: Nothing) -> Answer:
    """Keep it no longer: it is settled. Whoever does that has read it."""
    require_office(sent.instance)

    def do(session: Session) -> Answer:
        sent.require_whole(_held(session, sent))
        enrolling.put_away(session, sent["source"], sent["held"], by=sent.actor.account_id, at=sent.at)
        return NO_CONTENT

    return sent.once(do, scope=[sent["source"]])


def _held(session: Session, asked: Asked) -> HeldDocument:
    """Raises NotFound."""
    row = sources_reading.held(session, asked["source"], asked["held"])
    return HeldDocument(
        **_held_item(row),
        before=_head(sources_reading.head_before(row)),
        that_came=_head(sources_reading.head_that_came(row)),
    )


def _held_item(row: HeldBatch) -> dict[str, Any]:
    same = ("id", "at", "came", "code", "digest")
    return {name: getattr(row, name) for name in same} | {"detail": row.told, "size": len(row.data)}


def _head(head: Head | None) -> HeldHead | None:
    return None if head is None else HeldHead(epoch=head.epoch, seq=head.seq, mark=head.mark, key=head.key)


def _require_source(session: Session, asked: Asked) -> None:
    """Raises NotFound."""
    if session.get(Source, asked["source"]) is None:
        raise NotFound(NO_SOURCE)
