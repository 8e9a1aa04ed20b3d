"""What an office kept in memory or made of a region is gone when it forgets it, and does not come back with it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from lanzarote.app import create_app
from lanzarote.downloads import service
from lanzarote.downloads.model import Download
from lanzarote.records.outbox import Job, Worker
from lanzarote.results import forgetting
from lanzarote.store.database import ALL
from sqlalchemy import select

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


def test_no_document_of_it_stays_or_is_made_any_more(places: TwoPlaces) -> None:
    places.publish("own-a", TITLE)
    places.sync()
    office = places.office
    office.worker.run_due()
    made = ask(places, b"made")
    Worker(office.database, service.handlers({"copy": lambda asked, _: TITLE.encode()})).run_due()
    client = QuietClient(create_app(office))
    file = f"/en/paris/downloads/{made}/file"
    assert client.get(file).text == TITLE
    ask(places, b"waiting")
    forgetting.forget(office.database, "paris", by="test")
    with office.database.read(ALL) as session:
        assert session.scalars(select(Download.id)).all() == []
        topics = session.scalars(select(Job.topic)).all()
    assert [one for one in topics if "download" in one] == []
    places.enrol()
    places.sync()
    assert client.get(file).status_code == 404


def ask(places: TwoPlaces, what: bytes) -> str:
    with places.office.database.write(ALL) as session:
        return service.ask(session, "paris", "copy", what, name="own.txt", media_type="text/plain")
