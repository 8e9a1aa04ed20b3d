"""An office takes what a region signed: whole, once, in order, and whichever way it came."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from lanzarote.changes import Change, Served
from lanzarote.errors import NotPermitted
from lanzarote.instance import Instance
from lanzarote.records import Record, now
from lanzarote.results import enrolling, sending
from lanzarote.results.receiving import receive
from lanzarote.settings import read_settings
from sqlalchemy import func, select

from tests.conftest import copy_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lanzarote.results.receiving import Received


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Instance]:
    settings = read_settings({"LANZAROTE_DATABASE_URL": database_url, "LANZAROTE_DATA": str(tmp_path / "office")})
    with Instance(settings) as instance:
        instance.migrate()
        yield instance


@pytest.fixture
def paris_there(paris_template: Path, tmp_path: Path) -> Iterator[Instance]:
    """Paris, elsewhere, on SQLite."""
    place = tmp_path / "there"
    place.mkdir()
    settings = read_settings({"LANZAROTE_DATABASE_URL": copy_of(paris_template, place), "LANZAROTE_DATA": str(place)})
    with Instance(settings) as instance:
        yield instance


def exported(region: Instance, after: sending.Position | None = None) -> bytes:
    with region.database.read("paris") as session:
        begin = after or sending.start_of(session, "paris")
        return b"".join(sending.batches(session, region.settings, "paris", begin))


def enrolled(region: Instance, office: Instance) -> None:
    with region.database.write("paris") as session:
        card = enrolling.card(session, region.settings, "paris", by="test", at=now())
    one = enrolling.read_card(card)
    with office.database.write("paris") as session:
        enrolling.enrol(session, one, one.public.fingerprint, by="test", at=now())


def taken(office: Instance, data: bytes) -> Received:
    return receive(office.database, BytesIO(data), came="file")


def test_what_paris_shows_the_office_shows(paris_there: Instance, office: Instance) -> None:
    enrolled(paris_there, office)
    data = exported(paris_there)
    received = taken(office, data)
    with paris_there.database.read("paris") as session:
        head = sending.head_of(session, "paris")
    assert (received.after, received.known) == (head, 0)
    with office.database.read("paris") as session:
        assert session.get_one(Served, "paris").home is False
        assert session.scalar(select(func.count()).select_from(Change)) == received.new
    mine, theirs = paris_there.facets("paris"), office.facets("paris")
    assert mine.size == theirs.size == 18
    assert office.vocabulary("paris").sectors == paris_there.vocabulary("paris").sectors
    again = taken(office, data)
    assert (again.new, again.known, again.after) == (0, received.new, head)


def test_nobody_writes_a_region_that_is_received(paris_there: Instance, office: Instance) -> None:
    from lanzarote import records

    enrolled(paris_there, office)
    taken(office, exported(paris_there))
    with office.database.write("paris") as session:
        record = session.scalars(select(Record).where(Record.state == "published")).first()
        assert record
        with pytest.raises(NotPermitted):
            records.withdraw(session, record, by="somebody")
        session.rollback()
