"""A region in one place and an office in another, in tests."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

from lanzarote.practices.writing import erase_wholly
from lanzarote.records import records
from lanzarote.records.changelog import Change, ChangeBody, Served
from lanzarote.records.records import Record, Version, now
from lanzarote.results import destinations, enrolling, forgetting, keys
from lanzarote.results.batches import Position, write_batch
from lanzarote.results.model import HeldBatch, Source
from lanzarote.results.receiving import receive
from lanzarote.types import Practice
from sqlalchemy import select

from tests.core.records.texts import body
from tests.core.results.logs import entries

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.results.receiving import Received

PARIS = "paris"


class TwoPlaces:
    def __init__(self, region: Instance, office: Instance, region_id: str = PARIS, *, enrolled: bool = True) -> None:
        self.region, self.office, self.id = region, office, region_id
        if enrolled:
            self.enrol()

    def card(self) -> enrolling.Card:
        with self.region.database.write(self.id) as session:
            return enrolling.read_card(enrolling.card_of(session, self.region.settings, self.id, by="test", at=now()))

    def enrol(self) -> None:
        one = self.card()
        with self.office.database.write(self.id) as session:
            enrolling.enrol(session, one, one.public.fingerprint, by="test", at=now())

    # At the region

    def publish(self, slug: str, title: str) -> str:
        with self.region.database.write(self.id) as session:
            draft = records.Draft(kind="practice", slug=slug, body=body(title), status=b"{}", publish=True)
            return records.create(session, self.id, [draft], by="test")[0]

    def change(self, record_id: str, title: str) -> None:
        with self.region.database.write(self.id) as session:
            record = session.get_one(Record, (self.id, record_id))
            records.revise(session, record, body(title), by="test")
            records.publish(session, record, by="test")

    def withdraw(self, record_id: str) -> None:
        with self.region.database.write(self.id) as session:
            records.withdraw(session, session.get_one(Record, (self.id, record_id)), by="test")

    def erase(self, record_id: str) -> None:
        with self.region.database.write(self.id) as session:
            erase_wholly(session, session.get_one(Record, (self.id, record_id)), by="test", at=now())

    def begin_anew(self) -> None:
        with self.region.database.write(self.id) as session:
            forgetting.begin_anew(session, self.id, by="test", at=now())

    def new_key(self) -> str:
        with self.region.database.write(self.id) as session:
            return keys.make(session, self.region.settings, self.id, by="test", at=now()).id

    def head(self) -> Position:
        with self.region.database.read(self.id) as session:
            return destinations.head_of(session, self.id)

    def epoch(self) -> int:
        with self.region.database.read(self.id) as session:
            return session.get_one(Served, self.id).epoch

    def export(self, after: Position | None = None) -> bytes:
        """From the beginning of the epoch, or after an entry."""
        with self.region.database.read(self.id) as session:
            begin = after or destinations.start_of(session, self.id)
            return b"".join(destinations.batches(session, self.region.settings, self.id, begin))

    # At the office

    def take(self, data: bytes) -> Received:
        return receive(self.office.database, BytesIO(data), came="file")

    def other_history(self) -> bytes:
        """A batch that its region signed and that does not fit to what the office has."""
        with self.region.database.read(self.id) as session:
            key = keys.private(session, self.region.settings, self.id)
            epoch = session.get_one(Served, self.id).epoch
        before = Position(seq=self.there().seq - 1, hash="a" * 64)
        made = entries([b'{"other":1}'], before, epoch=epoch)
        return write_batch(self.id, before, made, made[-1].seq, key)

    def sync(self) -> Received:
        return self.take(self.export())

    def there(self) -> Position:
        with self.office.database.read(self.id) as session:
            source = session.get_one(Source, self.id)
            return Position(seq=source.seq, hash=source.hash)

    def held(self) -> list[HeldBatch]:
        with self.office.database.read(self.id) as session:
            found = list(session.scalars(select(HeldBatch).order_by(HeldBatch.at)))
            session.expunge_all()
            return found

    def titles(self) -> dict[str, str]:
        """Slug → title of what the office shows of the practices that tests have written."""
        return shown(self.office, self.id)

    def state(self) -> str:
        """A digest of everything that the office has of the region."""
        return state_of(self.office, self.id)


def shown(instance: Instance, region_id: str = PARIS) -> dict[str, str]:
    found: dict[str, str] = {}
    with instance.database.read(region_id) as session:
        joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
        query = select(Record.slug, Version.body).join(Version, joined & (Version.number == Record.published_version))
        for slug, said in session.execute(query.where(Record.kind == "practice", Record.slug.startswith("own-"))):
            found[slug] = records.decode(said, Practice).text["en"].title
    return found


def state_of(instance: Instance, region_id: str = PARIS) -> str:
    """Digest of the log, its bodies, and what is shown."""
    with instance.database.read(region_id) as session:
        log = session.execute(select(Change.seq, Change.hash).order_by(Change.seq)).all()
        bodies = session.execute(select(ChangeBody.seq, ChangeBody.body).order_by(ChangeBody.seq)).all()
        rows = session.execute(
            select(Record.kind, Record.slug, Record.state, Record.published_version).order_by(Record.kind, Record.slug)
        ).all()
    return sha256(
        repr([[tuple(map(bytes_of, row)) for row in some] for some in (log, bodies, rows)]).encode()
    ).hexdigest()


def bytes_of(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
