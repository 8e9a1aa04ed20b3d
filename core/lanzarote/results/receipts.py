"""What an office signs about what it has received, and what a region believes of it."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta, Struct

from lanzarote.errors import LanzaroteError
from lanzarote.records.changelog import INSTANCE, Change
from lanzarote.records.records import encode, now
from lanzarote.results import keys
from lanzarote.results.batches import Envelope, Hash, Seq, enveloped
from lanzarote.results.signing import PublicKey, signed_by

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.results.signing import PrivateKey

RECEIPT: Final = "application/vnd.lanzarote.receipt+json"


class NoReceipt(LanzaroteError):
    """What came back is no receipt of the office for what was sent."""

    code = "no-receipt"


class OtherReceipt(NoReceipt):
    """The office signed it, and not for what stands in this region's log."""

    code = "other-receipt"


class Receipt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to this entry everything is received, complete and verified."""

    region: str
    epoch: Seq
    seq: Seq
    hash: Hash
    at: datetime
    key: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    """The office's public key, hexadecimal."""


def office_key(instance: Instance) -> PrivateKey:
    """What the office signs receipts with; made when it is first needed."""
    with instance.database.read(INSTANCE) as session:
        made = keys.current(session, INSTANCE) is not None
    if not made:
        with instance.database.write(INSTANCE) as session:
            if keys.current(session, INSTANCE) is None:
                keys.make(session, instance.settings, INSTANCE, by="lanzarote", at=now())
    with instance.database.read(INSTANCE) as session:
        return keys.private(session, instance.settings, INSTANCE)


def receipt(key: PrivateKey, region_id: str, epoch: int, seq: int, mark: str) -> bytes:
    said = Receipt(region=region_id, epoch=epoch, seq=seq, hash=mark, at=now(), key=key.public.raw.hex())
    return encode(enveloped(encode(said), RECEIPT, key))


def read_receipt(data: bytes, known: bytes) -> Receipt:
    """The receipt in *data*, signed by the key *known*, or, while none is known, by the one it names.

    Raises NoReceipt.
    """
    try:
        envelope = msgspec.json.decode(data, type=Envelope)
        payload = base64.b64decode(envelope.payload, validate=True)
        said = msgspec.json.decode(payload, type=Receipt)
        [one] = envelope.signatures
        signature = base64.b64decode(one.sig, validate=True)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        raise NoReceipt("The answer is no receipt. Look whether the address is that of an office.") from None
    key = PublicKey(known or bytes.fromhex(said.key))
    if envelope.payloadType != RECEIPT or not signed_by(key, one.keyid, RECEIPT, payload, signature):
        raise NoReceipt(
            "The receipt is not signed by the key of the office that is known here. If the office has told you that "
            "it changed its key, take it out and add it again; if not, send nothing and ask it."
        )
    return said


def require_of_log(session: Session, region_id: str, said: Receipt) -> None:
    """Raises OtherReceipt unless the receipt is of this region and of an entry that stands in its log."""
    entry = session.get(Change, (region_id, said.seq))
    if said.region != region_id or entry is None or (entry.epoch, entry.hash) != (said.epoch, said.hash):
        raise OtherReceipt(
            f"The receipt is not for what {region_id} sent: the office signed that it has entry {said.seq} of epoch "
            f"{said.epoch} of {said.region}, and no such entry stands here. Send again; if it comes back, ask the "
            "office."
        )
