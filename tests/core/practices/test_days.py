"""What is published late in the evening by the clock of Greenwich is of the next day in Paris, wherever it is told."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lanzarote.records import changelog_state, records
from lanzarote.records.records import Draft

from tests.core.records.texts import body
from tests.core.web.reading import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from lanzarote.instance import Instance
    from litestar.testing import TestClient

LATE = datetime(2031, 3, 1, 23, 30, tzinfo=UTC)


def withdraw(instance: Instance) -> None:
    with instance.database.write("paris") as session:
        records.withdraw(session, records.find(session, "practice", "late"), by="test", at=LATE)


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


def test_pages_and_programs_are_told_the_day_of_paris_on_which_it_was_withdrawn(
    reader: TestClient[Any], own_paris: Instance
) -> None:
    withdraw(own_paris)
    gone = reader.get("/en/paris/practices/late")
    assert (gone.status_code, "2 March 2031" in gone.text) == (410, True)
    assert "withdrawn on 2031-03-02." in reader.get("/api/v1/regions/paris/practices/late").json()["detail"]


@pytest.mark.usefixtures("reader")
def test_what_the_log_releases_no_more_was_withdrawn_on_the_day_of_its_region(own_paris: Instance) -> None:
    withdraw(own_paris)
    region = own_paris.header("paris")
    with (
        own_paris.database.read("paris") as session,
        pytest.raises(changelog_state.TakenBack, match="withdrawn on 2031-03-02"),
    ):
        changelog_state.at_slug(session, region, "practice", "late")


def test_an_organisation_was_withdrawn_on_the_day_of_paris(reader: TestClient[Any], own_paris: Instance) -> None:
    slug = own_paris.directory("paris")[0].slug
    with own_paris.database.write("paris") as session:
        records.withdraw(session, records.find(session, "stakeholder", slug), by="test", at=LATE)
    assert "2 March 2031" in reader.get(f"/en/paris/organisations/{slug}").text
