"""A region that signs whatever it is told to, at an office where it is enrolled; in tests."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

import msgspec
from lanzarote.records.changelog import Beginning, chain, salted
from lanzarote.records.records import encode, now
from lanzarote.results import enrolling
from lanzarote.results.batches import Entry, Position, enveloped, write_batch
from lanzarote.results.receiving import receive
from lanzarote.results.signing import PrivateKey, new_key

from tests.core.office import logs

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.results.receiving import Received

AT = datetime(2031, 1, 1, 9, tzinfo=UTC)


def card_of(region_id: str, key: PrivateKey) -> bytes:
    """With what a region of that name and *key* asks to be enrolled."""
    said = enrolling.Card(format=1, region=region_id, name={"en": region_id}, address="", key=key.public.raw.hex())
    return encode(enveloped(encode(said), enrolling.CARD, key)) + b"\n"


class SigningRegion:
    def __init__(self, office: Instance, region_id: str = "azur") -> None:
        self.office, self.id, self.key = office, region_id, new_key()
        self.at, self.epoch = Position(seq=0, hash=""), 1
        self.enrol()

    def enrol(self) -> None:
        card = enrolling.read_card(card_of(self.id, self.key))
        with self.office.database.write(self.id) as session:
            enrolling.enrol(session, card, card.public.fingerprint, by="test", at=now())

    def begin(self, *entries: tuple[Any, ...], whole: int = 0) -> Received:
        """Its first epoch, or another one; *whole*: so many entries it is to have, if these are not all."""
        if self.at.seq:
            self.epoch += 1
        opened = ("epoch", self.at.hash, Beginning(entries=whole or len(entries) + 1), "epoch", self.at.seq)
        return self.send(opened, ("region", self.id, logs.header(self.id)), *entries)

    def send(self, *entries: tuple[Any, ...]) -> Received:
        """Each: kind, record, what is said of it, verb, version."""
        before = self.at
        try:
            return receive(self.office.database, BytesIO(self.written(*entries)), came="file")
        except Exception:
            self.at = before
            raise

    def written(self, *entries: tuple[Any, ...]) -> bytes:
        """A file of *entries*, which come next."""
        before = self.at
        made = [self._entry(*one) for one in entries]
        return write_batch(self.id, before, made, made[-1].seq, self.key)

    def _entry(self, kind: str, record: str, said: Any, verb: str = "publish", version: int = 1) -> Entry:
        body, salt = encode(said) if said is not None else b"", b"\1" * 16
        body_hash = salted(salt, body) if body else ""
        seq = self.at.seq + 1
        hash_ = chain(self.at.hash, seq, self.epoch, AT, verb, kind, record, version, body_hash)
        self.at = Position(seq=seq, hash=hash_)
        return Entry(
            seq=seq,
            epoch=self.epoch,
            at=AT,
            verb=verb,
            kind=kind,
            record=record,
            version=version,
            body_hash=body_hash,
            hash=hash_,
            salt=salt.hex() if body else None,
            body=msgspec.Raw(body or b"null"),
        )
