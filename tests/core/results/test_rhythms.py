"""By the clock: one chain of sendings for each office, whatever was changed, and however many workers there are."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.records.outbox import Job, Worker, enqueue_for
from lanzarote.records.records import now
from lanzarote.results import destinations
from sqlalchemy import select, update

from tests.conftest import copy_of
from tests.core.conftest import serving
from tests.core.results.two_places import PARIS, TwoPlaces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lanzarote.results.model import Rhythm

CHANGES: tuple[Rhythm, ...] = ("hourly", "daily", "weekly", "daily")


@pytest.fixture
def two(paris_url: str, sqlite_template: Path, tmp_path: Path) -> Iterator[TwoPlaces]:
    """Paris on either database, and an office beside it."""
    (tmp_path / "desk").mkdir()
    here = {"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path / "here")}
    desk = {"LANZAROTE_DATABASE_URL": copy_of(sqlite_template, tmp_path / "desk"), "LANZAROTE_OFFICE": "on"}
    with (
        new_instance(read_settings(here | {"LANZAROTE_OFFICES_NEARBY": "on"})) as region,
        new_instance(read_settings(desk | {"LANZAROTE_DATA": str(tmp_path / "desk")})) as office,
    ):
        yield TwoPlaces(region, office)


@pytest.fixture
def site(two: TwoPlaces) -> Iterator[str]:
    with serving(two.office) as address:
        yield address


def put(instance: Instance, address: str, *rhythms: Rhythm) -> None:
    for rhythm in rhythms:
        with instance.database.write(PARIS) as session:
            destinations.add(session, PARIS, address, rhythm, by="test", at=now(), nearby=True)


def waiting(instance: Instance) -> list[str]:
    with instance.database.read(PARIS) as session:
        return [str(job.once) for job in session.scalars(select(Job).where(Job.topic == destinations.TOPIC))]


def next_day(instance: Instance) -> int:
    """Let everything be due; tells how many jobs were done."""
    with instance.database.write(PARIS) as session:
        session.execute(update(Job).where(Job.topic == destinations.TOPIC).values(due_at=now() - timedelta(seconds=1)))
    return instance.worker.run_due()


def test_a_change_of_rhythm_replaces_the_one_before(two: TwoPlaces, site: str) -> None:
    put(two.region, site, *CHANGES)
    two.region.worker.run_due()
    assert two.there() == two.head()
    for _ in range(3):
        [once] = waiting(two.region)
        assert ":daily:" in once
        assert next_day(two.region) == 1
    put(two.region, site, "")
    assert waiting(two.region) == []


def test_what_somebody_asked_for_stays_until_the_office_is_taken_out(two: TwoPlaces, site: str) -> None:
    put(two.region, site, "daily")
    with two.region.database.write(PARIS) as session:
        destinations.send_soon(session, PARIS, site, by="test", at=now())
    put(two.region, site, "")
    assert [once.rpartition(":")[2] for once in waiting(two.region)] == ["now"]
    put(two.region, site, "weekly")
    with two.region.database.write(PARIS) as session:
        destinations.remove(session, PARIS, site, by="test", at=now())
    assert waiting(two.region) == []


def test_an_office_whose_address_begins_alike_is_left_alone(two: TwoPlaces) -> None:
    other = "https://office.example:8443"
    put(two.region, other, "daily")
    put(two.region, "https://office.example", "daily", "weekly", "")
    with two.region.database.write(PARIS) as session:
        destinations.remove(session, PARIS, "https://office.example", by="test", at=now())
    [once] = waiting(two.region)
    assert other in once


def test_of_chains_from_before_one_goes_on(two: TwoPlaces, site: str) -> None:
    put(two.region, site, "daily")
    with two.region.database.write(PARIS) as session:
        for rhythm in ("hourly", "weekly", "daily:earlier"):
            once = f"{destinations.TOPIC}:{PARIS}:{site}:{rhythm}:"
            enqueue_for(session, now(), destinations.TOPIC, once, region=PARIS, address=site)
    assert len(waiting(two.region)) == 4
    two.region.worker.run_due()
    assert len(waiting(two.region)) == 1
    assert two.there() == two.head()
    next_day(two.region)
    assert len(waiting(two.region)) == 1


def test_two_workers_and_somebody_who_changes_it_leave_one_chain(two: TwoPlaces, site: str) -> None:
    instance = two.region
    put(instance, site, "daily")
    handlers = {destinations.TOPIC: lambda database, payload: destinations.deliver(instance, database, payload)}
    stop = threading.Event()

    def work() -> None:
        worker = Worker(instance.database, handlers)
        while not stop.is_set():
            worker.run_due()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            put(instance, site, *CHANGES)
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    two.region.worker.run_due()
    [once] = waiting(instance)
    assert ":daily:" in once


def test_a_job_that_two_workers_do_has_one_that_follows(two: TwoPlaces, site: str) -> None:
    """As when the first takes longer than its lease."""
    put(two.region, site, "daily")
    with two.region.database.read(PARIS) as session:
        [job_id] = session.scalars(select(Job.id).where(Job.topic == destinations.TOPIC)).all()
    payload = {"region": PARIS, "address": site, "event_id": job_id}
    both = [
        threading.Thread(target=destinations.deliver, args=(two.region, two.region.database, payload)) for _ in range(2)
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(60)
    assert len(waiting(two.region)) == 2, "the one that is being done, and the one that follows"
    two.region.worker.run_due()
    assert len(waiting(two.region)) == 1
