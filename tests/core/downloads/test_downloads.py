"""A file is made once, by any worker, is handed out only while it is true, and is gone after a day."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.downloads import service
from lanzarote.downloads.model import Download
from lanzarote.downloads.service import Changed, Crowded, ask, fetch, find, handlers
from lanzarote.errors import NotFound
from lanzarote.instance import Instance
from lanzarote.practices import service as practices
from lanzarote.records import changelog
from lanzarote.records.changelog import Served
from lanzarote.records.outbox import Job, Worker, enqueue
from lanzarote.store.database import ALL
from sqlalchemy import func, select, update

Maker = Callable[[bytes, Callable[[int], None]], bytes]


@pytest.fixture
def paris(paris_url: str, tmp_path: Any) -> Iterator[Instance]:
    with new_instance(
        read_settings({"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)})
    ) as instance:
        yield instance


def order(paris: Instance, asked: bytes = b"all") -> str:
    with paris.database.write(ALL) as session:
        return ask(session, "paris", "copy", asked, name="all.txt", media_type="text/plain")


def work(paris: Instance, maker: Maker = lambda asked, _: b"made of " + asked) -> int:
    topic = f"{service.MAKING}:"
    return Worker(paris.database, handlers({"copy": maker}), lanes=(topic,), apart=(topic,)).run_due()


def fetched(paris: Instance, download: str) -> bytes:
    with paris.database.read(ALL) as session:
        return fetch(session, "paris", download)[1]


def state(paris: Instance, download: str) -> tuple[str, int]:
    with paris.database.read(ALL) as session:
        found = find(session, "paris", download)
        return found.state, found.percent


def rows(paris: Instance) -> int:
    with paris.database.read(ALL) as session:
        return session.scalar(select(func.count()).select_from(Download)) or 0


def turn_clock(paris: Instance) -> None:
    """Whatever was to be done later is due now."""
    with paris.database.write(ALL) as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(Job).values(due_at=past, leased_until=None))


def test_what_was_asked_for_is_made_in_the_background_and_fetched(paris: Instance) -> None:
    made = order(paris)
    assert state(paris, made) == ("waiting", 0)
    with pytest.raises(NotFound, match="not ready"):
        fetched(paris, made)
    assert work(paris) == 1
    assert state(paris, made) == ("ready", 100)
    assert fetched(paris, made) == b"made of all"


def test_the_same_asked_for_twice_is_one_job_and_one_file(paris: Instance) -> None:
    first, second, other = order(paris), order(paris), order(paris, b"other")
    assert (first == second, first == other) == (True, False)
    assert work(paris) == 2
    assert order(paris) == first
    assert work(paris) == 0


def test_its_address_cannot_be_guessed(paris: Instance) -> None:
    made = order(paris)
    assert len(made) >= 32
    with paris.database.read(ALL) as session, pytest.raises(NotFound):
        find(session, "elsewhere", made)


def test_whoever_waits_sees_how_far_it_is(paris: Instance) -> None:
    made, seen = order(paris), list[tuple[str, int]]()

    def slow(_: bytes, tell: Callable[[int], None]) -> bytes:
        for percent in (1, 4, 30, 31, 60):
            tell(percent)
            seen.append(state(paris, made))
        return b""

    work(paris, slow)
    assert seen == [("making", 0), ("making", 0), ("making", 30), ("making", 30), ("making", 60)]


def test_one_that_fails_is_tried_once_more_and_then_given_up(paris: Instance) -> None:
    made, tried = order(paris), list[int]()

    def broken(_: bytes, __: Callable[[int], None]) -> bytes:
        tried.append(1)
        raise RuntimeError("no paper")

    assert work(paris, broken) == 0
    assert state(paris, made)[0] == "making"
    turn_clock(paris)
    work(paris, broken)
    turn_clock(paris)
    work(paris, broken)
    assert (state(paris, made)[0], len(tried)) == ("failed", 2)


@pytest.mark.both_databases
def test_one_whose_worker_died_is_made_by_the_next(paris: Instance) -> None:
    made = order(paris)

    def dies(_: bytes, __: Callable[[int], None]) -> bytes:
        raise KeyboardInterrupt  # nothing is written down any more

    with pytest.raises(KeyboardInterrupt):
        work(paris, dies)
    assert (state(paris, made)[0], work(paris)) == ("making", 0)  # it is leased still
    with paris.database.write(ALL) as session:
        session.execute(update(Job).values(leased_until=datetime.now(UTC) - timedelta(seconds=1)))
    assert work(paris) == 1
    assert fetched(paris, made) == b"made of all"


def test_what_is_no_longer_public_is_not_tried_again(paris: Instance) -> None:
    made = order(paris)

    def gone(_: bytes, __: Callable[[int], None]) -> bytes:
        raise NotFound("withdrawn")

    assert work(paris, gone) == 1
    assert state(paris, made)[0] == "failed"
    assert order(paris) != made  # and may be asked for again


def test_a_file_is_not_handed_out_once_the_public_reads_something_else(paris: Instance) -> None:
    made = order(paris)
    work(paris)
    with paris.database.write("paris") as session:
        changelog.bump_revision(session, "paris")
    with pytest.raises(Changed):
        fetched(paris, made)
    assert order(paris) != made


def test_a_file_is_not_true_of_another_history_of_the_region_that_has_come_to_the_same_revision(
    paris: Instance,
) -> None:
    made = order(paris)
    work(paris)
    with paris.database.write(ALL) as session:  # as where it was forgotten and enrolled again
        session.get_one(Served, "paris").added_at += timedelta(seconds=1)
    with pytest.raises(Changed):
        fetched(paris, made)
    assert order(paris) != made


@pytest.mark.parametrize("verb", ["withdraw", "erase"])
def test_a_file_goes_when_a_practice_is_withdrawn_or_erased(paris: Instance, verb: str) -> None:
    order(paris)
    work(paris)
    [card, *_] = practices.all_cards(paris.database, "paris")
    at = datetime.now(UTC)
    saved = changelog.Saved(region_id="paris", kind="practice", record_id=card.id, verb=verb, version=1, at=at)
    with paris.database.write("paris") as session:
        service.follow(session, [saved])
    assert rows(paris) == 0


def test_nothing_is_made_for_a_region_that_the_public_does_not_read(paris: Instance) -> None:
    made = order(paris)
    work(paris)
    paris.enable("paris", on=False)
    with pytest.raises(Changed):
        fetched(paris, made)
    with pytest.raises(NotFound):
        order(paris)


def test_a_file_is_removed_after_its_day(paris: Instance) -> None:
    made = order(paris)
    work(paris)
    with paris.database.write(ALL) as session:
        session.execute(update(Download).values(keep_until=datetime.now(UTC) - timedelta(seconds=1)))
    with pytest.raises(NotFound, match="kept for a day"):
        fetched(paris, made)
    turn_clock(paris)
    assert (work(paris), rows(paris)) == (1, 0)


def test_nobody_can_fill_the_queue_or_the_disk(paris: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_WAITING", 2)
    monkeypatch.setattr(service, "MOST_KEPT", 15)
    first = order(paris, b"1")
    order(paris, b"2")
    with pytest.raises(Crowded, match="Nothing was taken"):
        order(paris, b"3")
    assert order(paris, b"1") == first  # what is there already takes no room
    work(paris)
    with pytest.raises(Crowded, match="no room"):
        order(paris, b"3")


def test_one_that_is_too_large_is_not_kept(paris: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LARGEST", 4)
    made = order(paris)
    work(paris)
    assert state(paris, made)[0] == "failed"


def test_no_file_holds_up_the_other_work(paris: Instance) -> None:
    order(paris)
    with paris.database.write(ALL) as session:
        enqueue(session, "note")
    going_on, noted, done = threading.Event(), threading.Event(), threading.Event()

    def slow(_: bytes, __: Callable[[int], None]) -> bytes:
        going_on.set()
        assert noted.wait(20)
        done.set()
        return b""

    topic = f"{service.MAKING}:"
    notes: dict[str, Any] = {"note": lambda _, __: noted.set() if going_on.wait(20) else None}
    worker = Worker(paris.database, handlers({"copy": slow}) | notes, lanes=(topic,), apart=(topic,))
    worker.start(every=0.05)
    try:
        assert done.wait(20)
    finally:
        worker.stop()
