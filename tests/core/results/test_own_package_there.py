"""At an office, the package of a region that is received is not used, whatever is received and forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.results import forgetting

from tests.conftest import copy_of
from tests.core.quiet import QuietClient
from tests.core.results.two_places import TwoPlaces
from tests.regions.second import SECOND, both_regions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def region(tmp_path: Path, sqlite_template: Path) -> Iterator[Instance]:
    """The second region, which alone speaks Ukrainian, where it is written."""
    (place := tmp_path / "there").mkdir()
    given = {"LANZAROTE_DATABASE_URL": copy_of(sqlite_template, place), "LANZAROTE_DATA": str(place)}
    with new_instance(read_settings(given), both_regions()) as instance:
        instance.load(SECOND.name)
        yield instance


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Instance]:
    """One on which the packages of both regions are installed."""
    place = tmp_path / "office"
    settings = {"LANZAROTE_DATABASE_URL": database_url, "LANZAROTE_DATA": str(place), "LANZAROTE_OFFICE": "on"}
    with new_instance(read_settings(settings), both_regions()) as instance:
        yield instance


def test_what_is_received_and_forgotten_changes_nothing_of_what_is_said_of_its_package(
    region: Instance, office: Instance
) -> None:
    client = QuietClient(create_app(office))
    before = lines_of(client)
    TwoPlaces(region, office, SECOND.name).sync()
    office.worker.run_due()
    office.revisions.look()
    assert client.get("/uk").status_code == 200
    assert (lines_of(client), office.own_package(SECOND.name)) == (before, "")
    forgetting.forget(office.database, SECOND.name, by="test")
    office.revisions.look()
    assert client.get("/uk").status_code == 404
    assert lines_of(client) == before


def lines_of(client: QuietClient) -> list[str]:
    return [line for line in client.get("/en/plugins").text.splitlines() if "lanzarote-region-" in line]
