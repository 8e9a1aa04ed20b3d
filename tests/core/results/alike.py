"""What two places show of the organisations that practices name, in tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from lanzarote.app import create_app
from lanzarote.directory.model import StakeholderStatus
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import (
    Draft,
    Record,
    create,
    decide,
    decode,
    encode,
    erase,
    now,
    publish,
    revise,
    withdraw,
)
from lanzarote.stakeholders import deciding
from lanzarote.types import Organisation, Partner, Practice

from tests.core.quiet import QuietClient
from tests.core.records.texts import body

if TYPE_CHECKING:
    from lanzarote.instance import Instance

    from tests.core.results.two_places import TwoPlaces

PARIS = "paris"
COORDINATOR = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id=PARIS),), strong=True)


class Reader:
    """Reads the public pages of Paris at one place."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.client = QuietClient(create_app(instance))

    def partners(self, slug: str) -> str:
        """Who does it together, as the page of the practice says it, without where it leads."""
        self.instance.worker.run_due()
        page = self.client.get(f"/en/{PARIS}/practices/{slug}").text
        [section] = re.findall(r'<section aria-labelledby="who">(.*?)</section>', page, re.DOTALL)
        return " ".join(re.sub(r"<[^>]*>", " ", section).split())

    def sides(self, slug: str) -> list[str]:
        said: list[str] = self.client.get(f"/api/v1/regions/{PARIS}/practices/{slug}").json()["sides"]
        return said

    def directory(self) -> dict[str, dict[str, Any]]:
        """Name → entry, of all in it."""
        path, found = f"/api/v1/regions/{PARIS}/stakeholders", []
        cursor = ""
        while True:
            said = self.client.get(path + (f"?cursor={cursor}" if cursor else "")).json()
            found += said["items"]
            if not (cursor := said["next"] or ""):
                return {one["organisation"]["name"]["en"]: one for one in found}


class Bodies:
    """Writes the directory of Paris where it is at home."""

    def __init__(self, places: TwoPlaces) -> None:
        self.places = places

    def practice(self, slug: str, *names: str) -> str:
        with self.places.region.database.write(PARIS) as session:
            draft = Draft(kind="practice", slug=slug, body=naming(slug, names), status=b"{}", publish=True)
            return create(session, PARIS, [draft], by="test")[0]

    def name_anew(self, practice_id: str, *names: str) -> None:
        with self.places.region.database.write(PARIS) as session:
            record = session.get_one(Record, (PARIS, practice_id))
            revise(session, record, naming(record.slug, names), by="test")
            publish(session, record, by="test")

    def body(self, name: str, key: str | None = None, side: str = "civil-society") -> str:
        with self.places.region.database.write(PARIS) as session:
            draft = Draft(kind="stakeholder", slug=name, key=key, body=told(name, side), status=b"{}", publish=True)
            return create(session, PARIS, [draft], by="test")[0]

    def rename(self, record_id: str, name: str, side: str = "civil-society") -> None:
        with self.places.region.database.write(PARIS) as session:
            record = session.get_one(Record, (PARIS, record_id))
            revise(session, record, told(name, side), by="test")
            publish(session, record, by="test")

    def agree(self, record_id: str, shared: bool = True) -> None:
        """It takes part, and lets the office have its entry, or no more."""
        with self.places.region.database.write(PARIS) as session:
            record = session.get_one(Record, (PARIS, record_id))
            status = StakeholderStatus(relation="taking-part", since="2025", source="A letter", shared=shared)
            decide(session, record, encode(status), "relation", by="test", at=now())

    def withdraw(self, record_id: str) -> None:
        with self.places.region.database.write(PARIS) as session:
            withdraw(session, session.get_one(Record, (PARIS, record_id)), by="test")

    def erase(self, record_id: str) -> None:
        with self.places.region.database.write(PARIS) as session:
            erase(session, session.get_one(Record, (PARIS, record_id)), by="test", at=now())

    def merge(self, record_id: str, into: str) -> None:
        with self.places.region.database.write(PARIS) as session:
            one, other = (session.get_one(Record, (PARIS, each)) for each in (record_id, into))
            deciding.merge(session, one, other, by=COORDINATOR, at=now())

    def split(self, record_id: str) -> None:
        with self.places.region.database.write(PARIS) as session:
            deciding.split(session, session.get_one(Record, (PARIS, record_id)), by=COORDINATOR, at=now())

    def put_back(self, record_id: str) -> None:
        with self.places.region.database.write(PARIS) as session:
            publish(session, session.get_one(Record, (PARIS, record_id)), by="test")


def naming(slug: str, names: tuple[str, ...]) -> bytes:
    said = decode(body(slug), Practice)
    partners = tuple(Partner(organisation=name) for name in names)
    return encode(msgspec.structs.replace(said, partners=partners))


def told(name: str, side: str) -> bytes:
    said = {"name": {"en": name, "fr": name}, "side": side, "sectors": ["police"], "scope": "local"}
    return encode(msgspec.convert(said, Organisation))
