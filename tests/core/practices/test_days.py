"""What is published late in the evening by the clock of Greenwich is of the next day in Paris, wherever it is told."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lanzarote import records
from lanzarote.records import Draft

from tests.core.records.texts import body
from tests.core.web.reading import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from lanzarote.instance import Instance
    from litestar.testing import TestClient

LATE = datetime(2031, 3, 1, 23, 30, tzinfo=UTC)


@pytest.fixture
def reader(own_paris: Instance) -> Iterator[TestClient[Any]]:
    with own_paris.database.write("paris") as session:
        draft = Draft(kind="practice", slug="late", body=body("Published late"), status=b"{}", publish=True, at=LATE)
        records.create(session, "paris", [draft], by="test")
    with client_of(own_paris) as client:
        yield client


def test_its_page_tells_the_day_of_paris_to_readers_and_to_programs(reader: TestClient[Any]) -> None:
    page = reader.get("/en/paris/practices/late").text
    assert "2 March 2031" in page
    assert '"datePublished": "2031-03-02"' in page.replace('":"', '": "')


def test_tables_tell_the_day_of_paris(reader: TestClient[Any]) -> None:
    rows = csv.reader(io.StringIO(reader.get("/en/paris/practices?format=csv").text))
    assert [[cell for cell in row if cell.startswith("2031-")] for row in rows if "Published late" in row] == [
        ["2031-03-02"]
    ]
