"""How a region becomes known to an office: by a card that it signs, and a fingerprint that two people compare."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct

from lanzarote import changes
from lanzarote.changes import Saved, Served
from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.records import encode, now
from lanzarote.results import keys, releasing
from lanzarote.results.batches import Envelope, Malformed, enveloped
from lanzarote.results.model import HeldBatch, Source, SourceKey
from lanzarote.results.signing import PublicKey, is_fingerprint, signed_by
from lanzarote.types import RegionHeader, Text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.settings import Settings

State = Literal["enrolled", "paused", "ended"]
CARD: Final = "application/vnd.lanzarote.enrolment+json"


class NotEnrolled(LanzaroteError):
    """The region cannot become known here as it was asked."""


class Card(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who a region is, and the key by which its results are known."""

    format: Literal[1]
    region: str
    name: Text
    address: str
    """Where its own pages are; empty: nowhere."""
    key: str
    """Public, hexadecimal."""

    @property
    def public(self) -> PublicKey:
        return PublicKey(bytes.fromhex(self.key))


def card(session: Session, settings: Settings, region_id: str, *, by: str, at: datetime) -> bytes:
    """The region's card; its first makes a key, and begins its change log anew with all that is released.

    Raises NoKey.
    """
    if keys.current(session, region_id) is None:
        keys.make(session, settings, region_id, by=by, at=at)
        releasing.begin_anew(session, region_id, by=by, at=at)
    key = keys.private(session, settings, region_id)
    header = msgspec.json.decode(session.get_one(Served, region_id).facts, type=RegionHeader)
    one = Card(format=1, region=region_id, name=header.name, address=settings.base_url or "", key=key.public.raw.hex())
    return encode(enveloped(encode(one), CARD, key)) + b"\n"


def read_card(data: bytes) -> Card:
    """Raises Malformed."""
    try:
        envelope = msgspec.json.decode(data, type=Envelope)
        payload = base64.b64decode(envelope.payload, validate=True)
        one = msgspec.json.decode(payload, type=Card)
        [signature] = envelope.signatures
        key, signed = one.public, base64.b64decode(signature.sig, validate=True)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        raise Malformed(
            "This is not the card of a region. The region makes it: lanzarote results card REGION"
        ) from None
    if envelope.payloadType != CARD or not signed_by(key, signature.keyid, CARD, payload, signed):
        raise Malformed("The card was changed since its region made it; ask for it again.")
    return one


def enrol(session: Session, one: Card, fingerprint: str, *, by: str, at: datetime) -> Source:
    """Let the region of the card be received here, by this key. Raises NotEnrolled."""
    if not is_fingerprint(fingerprint, one.public):
        raise NotEnrolled(
            "This is not the fingerprint of the card. Ask the region, by telephone or face to face, what it reads "
            "there: lanzarote results card REGION shows it. Enrol nothing before both are the same."
        )
    served = session.get(Served, one.region)
    if served is not None and served.home:
        raise NotEnrolled(f"{one.region} is written here: its results are here already.")
    source = session.get(Source, one.region)
    if source is None:
        source = Source(
            region_id=one.region,
            name=encode(one.name),
            address=one.address,
            enrolled_at=at,
            epoch=0,
            seq=0,
            hash="",
            begun=0,
            awaited=0,
            received_at=None,
            came="",
            envelope=b"",
            state="enrolled",
        )
        session.add(source)
    source.state, source.address = "enrolled", one.address
    changes.bump_revision(session, one.region)  # the pages of the region say where it is written
    _know(session, one, at)
    _tell(session, one.region, one.public.id, "enrol", by=by, at=at)
    return source


def _know(session: Session, one: Card, at: datetime) -> None:
    known = session.get(SourceKey, (one.region, one.public.id))
    if known is not None and known.revoked_at is not None:
        raise NotEnrolled("This key was revoked here; the region has to make another: lanzarote results key REGION")
    if known is None:
        session.add(
            SourceKey(
                region_id=one.region,
                id=one.public.id,
                public=one.public.raw,
                known_at=at,
                endorsed_by="",
                revoked_at=None,
                reason="",
            )
        )
        session.flush()


def revoke(session: Session, region_id: str, key_id: str, *, reason: str, by: str, at: datetime) -> None:
    """Take nothing more that this key signed or endorsed. Raises NotFound."""
    known = session.get(SourceKey, (region_id, key_id))
    if known is None:
        raise NotFound(f"{region_id} has no such key here.")
    if known.revoked_at is None:
        known.revoked_at, known.reason = at, reason
        _tell(session, region_id, key_id, "revoke", by=by, at=at)


def set_state(session: Session, region_id: str, state: State, *, by: str) -> None:
    """Raises NotFound."""
    source = session.get(Source, region_id)
    if source is None:
        raise NotFound(f"No region {region_id!r} is enrolled here.")
    if source.state != state:
        source.state = state
        _tell(session, region_id, region_id, state, by=by, at=now())


def put_away(session: Session, region_id: str, held_id: str, *, by: str, at: datetime) -> None:
    """Keep no longer what could not be taken. Raises NotFound."""
    held = session.get(HeldBatch, (region_id, held_id))
    if held is None:
        raise NotFound(f"Nothing of {region_id} waits here under this name.")
    session.delete(held)
    _tell(session, region_id, held_id, "put-away", by=by, at=at)


def _tell(session: Session, region_id: str, what: str, verb: str, *, by: str, at: datetime) -> None:
    session.flush()
    session.info["receiving"] = region_id
    changes.record(
        session, [Saved(region_id=region_id, kind="source", record_id=what, verb=verb, version=0, at=at)], by=by
    )
    del session.info["receiving"]
