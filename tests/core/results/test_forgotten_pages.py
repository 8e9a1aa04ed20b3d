"""What an office kept in memory of a region is gone when it forgets it, and does not come back with it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from lanzarote.app import create_app
from lanzarote.results import forgetting

from tests.core.quiet import QuietClient

if TYPE_CHECKING:
    from tests.core.results.two_places import TwoPlaces

PAGE = "/en/paris/practices/own-a"
TITLE = "Zephyrine"


def test_no_page_of_it_comes_from_memory(places: TwoPlaces) -> None:
    one = places.publish("own-a", TITLE)
    places.sync()
    client = QuietClient(create_app(places.office))
    for _ in range(2):
        assert TITLE in client.get(PAGE).text
    places.erase(one)
    forgetting.forget(places.office.database, "paris", by="test")
    while client.get(PAGE).status_code == 200:  # on PostgreSQL the notice of it has a way to go
        time.sleep(0.05)
    assert "/en/paris" not in client.get("/en").text
    places.enrol()
    places.sync()
    for number in range(12):  # whatever its revision has come to
        assert TITLE not in client.get(PAGE).text
        places.publish(f"other-{number}", "Another")
        places.sync()
