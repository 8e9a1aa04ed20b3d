"""The keys with which a region signs its results, and what an office signs about what it received."""

from __future__ import annotations

import base64
import os
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct
from sqlalchemy import func, select

from lanzarote.errors import LanzaroteError
from lanzarote.records import changelog, locking
from lanzarote.records.changelog import INSTANCE, Change
from lanzarote.records.records import encode, now
from lanzarote.results.batches import MOST_KEYS, Hash, KeyEndorsement, Malformed, Seq, enveloped, read_envelope
from lanzarote.results.model import SigningKey
from lanzarote.results.signing import PrivateKey, PublicKey, UnreadableKey, new_key, sign, signed_by
from lanzarote.runtime.reading import decoded
from lanzarote.runtime.unwritable import unwritable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from lanzarote.configuration.settings import Settings
    from lanzarote.instance import Instance


FOLDER: Final = "keys"
ENDORSED: Final = "application/vnd.lanzarote.key+json"


class NoKey(LanzaroteError):
    """The region has no key to sign with here."""

    code = "no-key"


def make(session: Session, settings: Settings, region_id: str, *, by: str, at: datetime) -> SigningKey:
    """Make the region's next key, endorsed by the present one as far as that is still there; let it sign from now on.

    Raises NoKey when its private half cannot be kept.
    """
    locking.lock(session, region_id)
    before = current(session, region_id)
    key = new_key()
    _keep(_file(settings, region_id, key.id), key)
    row = SigningKey(
        region_id=region_id,
        id=key.id,
        number=(session.scalar(select(func.max(SigningKey.number)).where(SigningKey.region_id == region_id)) or 0) + 1,
        public=key.public.raw,
        endorsement=_endorsement(settings, region_id, before, key.public),
        made_at=at,
        ended_at=None,
    )
    session.add(row)
    if before is not None:
        before.ended_at = at
    saved = changelog.Saved(region_id=region_id, kind="key", record_id=key.id, verb="make", version=row.number, at=at)
    session.flush()
    changelog.record(session, [saved], by=by)
    return row


def all_of(session: Session, region_id: str) -> Sequence[SigningKey]:
    """The newest first."""
    mine = select(SigningKey).where(SigningKey.region_id == region_id)
    return session.scalars(mine.order_by(SigningKey.number.desc())).all()


def current(session: Session, region_id: str) -> SigningKey | None:
    """The key that signs now."""
    mine = select(SigningKey).where(SigningKey.region_id == region_id, SigningKey.ended_at.is_(None))
    return session.scalars(mine).first()


def endorsements(session: Session, region_id: str) -> tuple[KeyEndorsement, ...]:
    """How each of the newest keys came from the one before, the oldest first: as many as go with a batch."""
    mine = select(SigningKey.endorsement).where(SigningKey.region_id == region_id, SigningKey.endorsement != b"")
    newest = session.scalars(mine.order_by(SigningKey.number.desc()).limit(MOST_KEYS)).all()
    return tuple(decoded(row, KeyEndorsement) for row in reversed(newest))


def private(session: Session, settings: Settings, region_id: str) -> PrivateKey:
    """What the region signs with. Raises NoKey, with the way out."""
    row = current(session, region_id)
    if row is None:
        raise NoKey(f"{region_id} has no key yet; make one: lanzarote results key {region_id}")
    return _read(settings, region_id, row)


def is_there(session: Session, settings: Settings, region_id: str) -> bool:
    """Whether the private half of the present key is where it should be."""
    try:
        private(session, settings, region_id)
    except NoKey:
        return False
    return True


def is_endorsed(endorsement: KeyEndorsement, by: PublicKey, region_id: str) -> bool:
    """Whether the key *by* says that the endorsed one comes after it."""
    try:
        signature = base64.b64decode(endorsement.sig, validate=True)
    except ValueError:
        return False
    return signed_by(by, endorsement.by, ENDORSED, _said(region_id, endorsement.key), signature)


def _endorsement(settings: Settings, region_id: str, before: SigningKey | None, key: PublicKey) -> bytes:
    if before is None:
        return b""
    try:
        old = _read(settings, region_id, before)
    except NoKey:
        return b""  # it was lost: offices have to compare the fingerprint of the new one
    signature = sign(old, ENDORSED, _said(region_id, key.raw.hex()))
    made = KeyEndorsement(key=key.raw.hex(), by=old.id, sig=base64.b64encode(signature).decode())
    return encode(made)


def _said(region_id: str, key: str) -> bytes:
    return encode({"key": key, "region": region_id})


def _file(settings: Settings, region_id: str, key_id: str) -> Path:
    return settings.data / FOLDER / f"{region_id}-{key_id[:16]}.key"


def _keep(file: Path, key: PrivateKey) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(key.raw.hex() + "\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise NoKey(f"The key cannot be kept: {unwritable(file, error)}.") from None


def _read(settings: Settings, region_id: str, row: SigningKey) -> PrivateKey:
    file = _file(settings, region_id, row.id)
    way = f"put it there from a copy, or make another and have offices compare it: lanzarote results key {region_id}"
    try:
        key = PrivateKey(bytes.fromhex(file.read_text().strip()))
        if key.id == row.id:
            return key
    except FileNotFoundError:
        raise NoKey(f"The private key {file} is not there; {way}") from None
    except (OSError, ValueError, UnreadableKey):
        pass
    raise NoKey(f"{file} is not the private key {row.id[:16]}; {way}")


# --- What an office signs about what it has received, and what a region believes of it ---

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
        made = current(session, INSTANCE) is not None
    if not made:
        with instance.database.write(INSTANCE) as session:
            if current(session, INSTANCE) is None:
                make(session, instance.settings, INSTANCE, by="lanzarote", at=now())
    with instance.database.read(INSTANCE) as session:
        return private(session, instance.settings, INSTANCE)


def receipt(key: PrivateKey, region_id: str, epoch: int, seq: int, mark: str) -> bytes:
    said = Receipt(region=region_id, epoch=epoch, seq=seq, hash=mark, at=now(), key=key.public.raw.hex())
    return encode(enveloped(encode(said), RECEIPT, key))


def read_receipt(data: bytes, known: bytes) -> Receipt:
    """The receipt in *data*, signed by the key *known*, or, while none is known, by the one it names.

    Raises NoReceipt.
    """
    try:
        said, signed = read_envelope(data, RECEIPT, Receipt, lambda said: PublicKey(known or bytes.fromhex(said.key)))
    except Malformed:
        raise NoReceipt("The answer is no receipt. Look whether the address is that of an office.") from None
    if not signed:
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
