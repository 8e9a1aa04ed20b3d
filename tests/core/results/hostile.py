"""A region that is enrolled at an office and signs whatever it likes."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING, Any

import msgspec
from lanzarote.practices.model import PracticeStatus
from lanzarote.records.changelog import chain, salted
from lanzarote.records.records import encode, now
from lanzarote.regions.vocabulary import ReleasedTerm, VocabularyRelease
from lanzarote.results import enrolling
from lanzarote.results.batches import Entry, KeyEndorsement, Position, enveloped, write_batch
from lanzarote.results.keys import ENDORSED
from lanzarote.results.model import HeldBatch, Source
from lanzarote.results.receiving import receive
from lanzarote.results.signing import new_key, sign
from lanzarote.types import Practice, PracticeText, RegionHeader, Sector
from sqlalchemy import select

from tests.core.results.logs import AT, START

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.results.receiving import Received
    from lanzarote.results.signing import PrivateKey

HERE = "elsewhere"
HEALTH = Sector(name={"en": "Health"}, side="public", common=("health",))
SECTORS = VocabularyRelease(
    vocabulary="sector",
    entries=(ReleasedTerm(key="health", body=msgspec.Raw(encode(HEALTH)), retired=False),),
)


class Hostile:
    def __init__(self, office: Instance, region_id: str = HERE) -> None:
        self.office, self.id = office, region_id
        self.key, self.at, self.epoch = new_key(), START, 1

    def card(self, name: Any = None, address: str = "") -> bytes:
        said = {"format": 1, "region": self.id, "name": name or {"en": "Elsewhere"}, "address": address}
        one = encode(said | {"key": self.key.public.raw.hex()})
        return encode(enveloped(one, enrolling.CARD, self.key)) + b"\n"

    def enrol(self, **card: Any) -> Hostile:
        one = enrolling.read_card(self.card(**card))
        with self.office.database.write(self.id) as session:
            enrolling.enrol(session, one, one.public.fingerprint, by="test", at=now())
        return self

    def begin(self) -> Received:
        told = [self.entry("region", self.id, self.header()), self.entry("vocabulary", "sector", encode(SECTORS))]
        return self.send(self.beginning(len(told)), *told)

    def header(self, **changed: Any) -> bytes:
        said = {"format": 1, "requires_api": ">=1,<2", "id": self.id, "territory": "FR", "name": {"en": "Elsewhere"}}
        said |= {"languages": ["en"], "time_zone": "Europe/Paris"}
        return encode(msgspec.convert(said | changed, RegionHeader))

    def beginning(self, count: int, **changed: Any) -> dict[str, Any]:
        """The first entry of an epoch, which follows what was sent last unless *changed* says otherwise."""
        said = self.entry("epoch", self.at.hash, encode({"entries": count}), verb="epoch", version=self.at.seq)
        return said | changed

    @staticmethod
    def entry(kind: str, record: str, body: bytes = b"", verb: str = "publish", version: int = 1) -> dict[str, Any]:
        return {"kind": kind, "record": record, "body": body, "verb": verb, "version": version}

    def sign(
        self,
        *told: dict[str, Any],
        key: PrivateKey | None = None,
        keys: tuple[KeyEndorsement, ...] = (),
        without: tuple[str, ...] = (),
    ) -> bytes:
        """A batch of *told*, which follows what was taken last; *without* what was forgotten of these
        records.
        """
        made: list[Entry] = []
        previous = self.at
        for one in told:
            salt, seq, body = b"s" * 16, previous.seq + 1, one["body"]
            body_hash = salted(salt, body) if body else ""
            said = {name: one[name] for name in ("verb", "kind", "record", "version")}
            mark = chain(previous.hash, seq, self.epoch, AT, *said.values(), body_hash)
            if one["record"] in without:
                body = b""
            salted_with = salt.hex() if body else None
            made.append(
                Entry(
                    seq=seq,
                    epoch=self.epoch,
                    at=AT,
                    body_hash=body_hash,
                    hash=mark,
                    salt=salted_with,
                    body=msgspec.Raw(body or b"null"),
                    **said,
                )
            )
            previous = Position(seq=seq, hash=mark)
        return write_batch(self.id, self.at, made, previous.seq, key or self.key, keys)

    def send(self, *told: dict[str, Any], **signed: Any) -> Received:
        received = receive(self.office.database, BytesIO(self.sign(*told, **signed)), came="file")
        self.at = received.after
        return received

    def endorse(self, key: PrivateKey, by: PrivateKey | None = None) -> KeyEndorsement:
        by = by or self.key
        said = encode({"key": key.public.raw.hex(), "region": self.id})
        sig = base64.b64encode(sign(by, ENDORSED, said)).decode()
        return KeyEndorsement(key=key.public.raw.hex(), by=by.id, sig=sig)

    def there(self) -> tuple[int, int, str]:
        with self.office.database.read(self.id) as session:
            source = session.get_one(Source, self.id)
            return source.epoch, source.seq, source.hash

    def held(self) -> list[tuple[str, bytes]]:
        with self.office.database.read(self.id) as session:
            rows = session.scalars(select(HeldBatch).order_by(HeldBatch.at))
            return [(row.code, bytes(row.data)) for row in rows]


def practice(title: str = "A practice", slug: str = "a-practice", key: str | None = None, **changed: Any) -> bytes:
    """What a practice's entry tells."""
    one = Practice(
        original="en",
        text={"en": PracticeText(title=title, summary="What is done.")},
        scope="local",
        running="ongoing",
        started="2020",
        sectors=("health",),
    )
    said: dict[str, Any] = {
        "slug": slug,
        "published_at": AT,
        "practice": msgspec.to_builtins(one) | changed,
        "key": key,
    }
    said["status"] = msgspec.to_builtins(PracticeStatus(standing="declared", vouching="declared"))
    return encode({name: value for name, value in said.items() if value is not None})
