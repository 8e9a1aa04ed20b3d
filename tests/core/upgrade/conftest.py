"""A region of one package, release after release."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote.operations.all_tables import Base
from lanzarote.practices import service
from lanzarote.practices.service import facets_of
from lanzarote.records import records
from lanzarote.records.records import Record, encode
from lanzarote.records.tasks import open_tasks
from lanzarote.regions.seeds import Report, Seed
from lanzarote.regions.vocabulary import Vocabulary
from lanzarote.types import Practice
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.regions.writing import SECTOR, RegionPackage, region_package


class Land:
    """The region, its package, and the instance as it is after each release."""

    def __init__(self, package: RegionPackage, url: str) -> None:
        self.package = package
        self.url = url
        self.instance = package.instance(url)

    def release(self, *, dry_run: bool = False, **files: Any) -> Report:
        """Install a release that says *files*, and upgrade."""
        self.package.write(**files)
        self.instance.close()
        self.instance = self.package.instance(self.url)
        return self.instance.load("testland", dry_run=dry_run)

    def change(self, key: str, what: Callable[[Session, Record], object]) -> None:
        with self.instance.database.write("testland") as session:
            what(session, session.scalars(select(Record).where(Record.key == key)).one())

    def edit(self, key: str, *, publish: bool = False, **fields: Any) -> None:
        """Change *fields* of a record here, as its team would."""

        def revise(session: Session, record: Record) -> None:
            body = msgspec.json.decode(records.body_of(session, record, record.version)) | fields
            records.revise(session, record, encode(body), by="team")
            session.flush()
            if publish:
                records.publish(session, record, by="team")

        self.change(key, revise)

    def record(self, key: str) -> Record:
        with self.instance.database.read("testland") as session:
            record = session.scalars(select(Record).where(Record.key == key)).one()
            session.expunge(record)
            return record

    def practice(self, key: str) -> Practice:
        """The newest version, public or not."""
        with self.instance.database.read("testland") as session:
            record = session.scalars(select(Record).where(Record.key == key)).one()
            return records.decode(records.body_of(session, record, record.version), Practice)

    def seed(self, key: str) -> Seed | None:
        with self.instance.database.read("testland") as session:
            return session.scalars(select(Seed).where(Seed.key == key)).one_or_none()

    def tasks(self) -> list[dict[str, Any]]:
        with self.instance.database.read("testland") as session:
            return [task.told() for task in open_tasks(session)]

    def public(self) -> list[str]:
        cards = service.all_cards(self.instance.database, "testland")
        return sorted(card.slug for card in cards)

    def found(self, words: str) -> list[str]:
        index = facets_of(self.instance, "testland")
        found = service.look(self.instance.database, index, words, exact=True)
        page = service.page(self.instance.database, index, filters={}, found=found)
        return [card.slug for card in page.decoded()]

    @property
    def vocabulary(self) -> Vocabulary:
        return self.instance.vocabulary("testland")

    def rows(self) -> dict[str, list[str]]:
        """Everything in the database."""
        with self.instance.database.engine.connect() as connection:
            tables = {table.name: table for table in Base.metadata.sorted_tables}
            return {
                name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
                for name, table in tables.items()
            }


@pytest.fixture
def land(database_url: str, tmp_path: Path) -> Iterator[Land]:
    with region_package(tmp_path) as package:
        region = Land(package, database_url)
        yield region
        region.instance.close()


def sectors(*keys: str, **changes: Any) -> dict[str, Any]:
    return {key: {**SECTOR, **changes.get(key, {})} for key in keys}
