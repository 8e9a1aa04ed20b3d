"""A real office: two servers on one PostgreSQL take the same results at once, and each entry is there once."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from lanzarote.office import tallies
from lanzarote.results import destinations

from tests.core.cli.test_running import process, wait_until_ready
from tests.core.results.test_sending import request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.results.two_places import TwoPlaces

WRITTEN = 12


@pytest.fixture
def database_url(pg_url: str) -> str:
    """SQLite has one server."""
    return pg_url


@pytest.fixture
def sites(places: TwoPlaces) -> Iterator[list[str]]:
    """Two servers, each a process of its own."""
    settings = places.office.settings
    mine = {"LANZAROTE_DATABASE_URL": settings.database_url, "LANZAROTE_OFFICE": "on"}
    mine |= {"LANZAROTE_DATA": str(settings.data)}  # the key with which both sign
    command = ("run", "--port", "0")
    with process(os.environ | mine, *command) as one, process(os.environ | mine, *command) as other:
        yield [wait_until_ready(one), wait_until_ready(other)]


def test_what_two_servers_take_at_once_is_there_once(places: TwoPlaces, sites: list[str]) -> None:
    pieces = [places.export()]
    for number in range(WRITTEN):
        before = places.head()
        places.publish(f"own-{number}", f"Title {number}")
        pieces.append(places.export(before))
    asked = [(site, piece) for site in sites for piece in pieces * 2]
    random.Random(7).shuffle(asked)
    answers: set[int] = set()
    with ThreadPoolExecutor(6) as threads:
        for _ in range(WRITTEN):
            told = threads.map(lambda one: request(one[0], "POST", "/api/v1/results/paris", one[1]), asked)
            answers |= {status for status, _ in told}
            if places.there() == places.head():
                break
    assert answers <= {200, 409, 503}, "taken, known, something is missing before it, or to be sent again (under load)"
    assert places.there() == places.head()
    assert places.titles() == {f"own-{number}": f"Title {number}" for number in range(WRITTEN)}
    with places.office.database.read("paris") as session:
        assert destinations.head_of(session, "paris") == places.head()
        assert tallies.kept(session, "paris") == tallies.recount(session, "paris")
