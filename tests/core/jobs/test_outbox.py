"""Work that follows a write is done at least once and never lost, whatever raises, dies or runs beside it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lanzarote.records.outbox import LEASE, LONGEST_WAIT, Job, Worker, enqueue, enqueue_for, enqueue_once
from lanzarote.store.database import ALL, Database
from sqlalchemy import select, update

pytestmark = pytest.mark.both_databases

Handler = Callable[[Database, Mapping[str, Any]], None]


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


def put(store: Database, topic: str = "note", **payload: Any) -> str:
    with store.write(ALL) as session:
        return enqueue(session, topic, **payload)


def waiting(store: Database) -> list[Job]:
    with store.read(ALL) as session:
        found = list(session.scalars(select(Job).order_by(Job.id)))
        session.expunge_all()
        return found


def turn_clock(store: Database, **columns: datetime | None) -> None:
    with store.write(ALL) as session:
        session.execute(update(Job).values(**columns))


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=1)


def noting(notes: list[Any]) -> dict[str, Handler]:
    return {"note": lambda _, payload: notes.append(payload)}


def test_a_job_is_done_with_its_payload_and_an_id_and_then_gone(store: Database) -> None:
    job_id = put(store, region="paris", n=3, words=["й"])
    notes: list[Any] = []
    assert Worker(store, noting(notes)).run_due() == 1
    assert notes == [{"region": "paris", "n": 3, "words": ["й"], "event_id": job_id}]
    assert waiting(store) == []


def test_jobs_are_done_in_the_order_in_which_they_came(store: Database) -> None:
    for n in range(5):
        put(store, n=n)
    notes: list[Any] = []
    assert Worker(store, noting(notes)).run_due() == 5
    assert [note["n"] for note in notes] == [0, 1, 2, 3, 4]


def test_a_job_goes_back_with_its_transaction(store: Database) -> None:
    with store.write(ALL) as session:
        enqueue(session, "note")
        session.flush()
        session.rollback()
    assert waiting(store) == []
    assert Worker(store, {}).run_due() == 0


def test_a_handler_may_write_and_enqueue(store: Database) -> None:
    notes: list[Any] = []

    def follow_up(database: Database, _: Mapping[str, Any]) -> None:
        with database.write(ALL) as session:
            enqueue(session, "note", after="first")

    put(store, "first")
    assert Worker(store, {"first": follow_up, **noting(notes)}).run_due() == 2
    assert [note["after"] for note in notes] == ["first"]


def test_a_handler_that_raises_is_tried_again_later_and_holds_up_nobody(store: Database) -> None:
    notes: list[Any] = []

    def fail(_: Database, payload: Mapping[str, Any]) -> None:
        raise OSError("the mail server is away")

    bad = put(store, "mail", to="team")
    put(store, n=1)
    worker = Worker(store, {"mail": fail, **noting(notes)})
    assert worker.run_due() == 1
    assert len(notes) == 1
    [job] = waiting(store)
    assert (job.id, job.attempts, job.leased_until, job.fault) == (bad, 1, None, "OSError: the mail server is away")
    assert job.due_at > datetime.now(UTC)
    assert worker.run_due() == 0, "not before it is due"
    turn_clock(store, due_at=long_ago())
    mails: list[Any] = []
    assert Worker(store, {"mail": lambda _, payload: mails.append(payload)}).run_due() == 1
    assert mails == [{"to": "team", "event_id": bad}]
    assert waiting(store) == []


def test_a_job_that_fails_again_and_again_waits_longer_and_longer_and_is_never_dropped(store: Database) -> None:
    put(store, "mail")
    waits = []
    for _ in range(9):
        turn_clock(store, due_at=long_ago())
        Worker(store, {}).run_due()
        [job] = waiting(store)
        waits.append(job.due_at - datetime.now(UTC))
        assert job.fault == "KeyError: 'mail'", "nobody is there to do it; it is kept until someone is"
    assert [round(wait / timedelta(minutes=1)) for wait in waits] == [1, 4, 16, 64, 256, 360, 360, 360, 360]
    assert timedelta(minutes=360) == LONGEST_WAIT


def test_a_job_of_a_worker_that_was_killed_is_taken_up_after_its_lease(database_url: str, store: Database) -> None:
    code = """
        import sys, time
        from lanzarote.store.database import Database
        from lanzarote.records.outbox import Worker

        def stall(_, payload):
            print("working", flush=True)
            time.sleep(600)

        Worker(Database(sys.argv[1]), {"note": stall}).run_due()
    """
    job_id = put(store, n=1)
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), database_url], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    process.kill()
    process.wait()
    process.stdout.close()

    notes: list[Any] = []
    worker = Worker(store, noting(notes))
    assert worker.run_due() == 0, "it is still leased"
    [job] = waiting(store)
    assert job.leased_until is not None
    assert timedelta() < job.leased_until - datetime.now(UTC) <= LEASE
    turn_clock(store, leased_until=long_ago())
    assert worker.run_due() == 1
    assert notes == [{"n": 1, "event_id": job_id}]


def test_a_job_of_the_time_when_the_clock_was_wrong_is_done(store: Database) -> None:
    notes: list[Any] = []
    ahead = datetime.now(UTC) + timedelta(days=300)
    put(store, n=1)
    turn_clock(store, due_at=ahead, leased_until=ahead)
    with store.write(ALL) as session:
        enqueue_for(session, ahead, "note", "the yearly one", n=2)
    assert Worker(store, noting(notes)).run_due() == 1
    assert [one["n"] for one in notes] == [1]
    assert len(waiting(store)) == 1, "what is meant for later waits"


def test_workers_side_by_side_do_each_job_once(store: Database) -> None:
    for n in range(30):
        put(store, n=n)
    done: Counter[int] = Counter()
    by: Counter[str] = Counter()
    meet = threading.Barrier(3)

    def count(_: Database, payload: Mapping[str, Any]) -> None:
        done[payload["n"]] += 1
        by[threading.current_thread().name] += 1
        time.sleep(0.005)

    def work() -> None:
        database = Database(store.url)
        meet.wait(10)
        Worker(database, {"note": count}).run_due()
        database.close()

    threads = [threading.Thread(target=work, name=f"worker {n}") for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert done == Counter(range(30))
    assert len(by) >= 2, "more than one of them worked"
    assert waiting(store) == []


def test_a_slow_worker_that_fails_does_not_free_what_another_took_up(store: Database) -> None:
    put(store, n=1)
    taken, finish = threading.Event(), threading.Event()

    def second(_: Database, __: Mapping[str, Any]) -> None:
        taken.set()
        finish.wait(20)

    other = threading.Thread(target=lambda: Worker(store, {"note": second}).run_due())

    def first(_: Database, __: Mapping[str, Any]) -> None:
        turn_clock(store, leased_until=long_ago())
        other.start()
        taken.wait(20)
        raise OSError("too late")

    assert Worker(store, {"note": first}).run_due() == 0
    [job] = waiting(store)
    assert (job.attempts, job.fault) == (2, "")
    assert job.leased_until is not None
    finish.set()
    other.join(20)
    assert waiting(store) == []


def test_what_is_enqueued_once_more_while_it_is_done_is_done_again(store: Database) -> None:
    """It may have looked before that was written."""
    notes: list[Any] = []

    def look(database: Database, payload: Mapping[str, Any]) -> None:
        notes.append(payload)
        if len(notes) < 3:
            with database.write(ALL) as session:
                enqueue_once(session, "note", "the same", n=9)
                enqueue_once(session, "note", "the same", n=9)

    with store.write(ALL) as session:
        enqueue_once(session, "note", "the same", n=1)
        enqueue_once(session, "note", "the same", n=2)
    assert Worker(store, {"note": look}).run_due() == 3
    assert [one["n"] for one in notes] == [1, 1, 1], "it is one job, whatever it is told"
    assert waiting(store) == []


def test_what_fails_and_was_enqueued_once_more_meanwhile_is_done_again_at_once(store: Database) -> None:
    tries: list[int] = []

    def fail(database: Database, _: Mapping[str, Any]) -> None:
        tries.append(1)
        if len(tries) == 1:
            with database.write(ALL) as session:
                enqueue_once(session, "note", "the same")
            raise OSError("the first time")

    with store.write(ALL) as session:
        enqueue_once(session, "note", "the same")
    assert Worker(store, {"note": fail}).run_due() == 1
    assert (len(tries), waiting(store)) == (2, [])


def until(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()


def test_the_thread_works_between_start_and_stop_and_can_be_started_again(store: Database) -> None:
    notes: list[Any] = []
    worker = Worker(store, noting(notes))
    others = set(threading.enumerate())
    for n in (1, 2):
        worker.start(every=0.02)
        put(store, n=n)
        assert until(lambda n=n: len(notes) == n)  # type: ignore[misc]
        worker.stop()
        assert not [thread for thread in set(threading.enumerate()) - others if thread.name == "lanzarote-jobs"]
    put(store, n=3)
    time.sleep(0.1)
    assert len(notes) == 2


def test_the_thread_outlives_a_database_that_is_away(store: Database, caplog: pytest.LogCaptureFixture) -> None:
    def rename(old: str, new: str) -> None:
        engine = store.engine.execution_options(lanzarote_write=True)
        with engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    notes: list[Any] = []
    worker = Worker(store, noting(notes))
    rename("outbox", "outbox_away")
    worker.start(every=0.02)
    assert until(lambda: "The outbox could not be worked off" in caplog.text)
    rename("outbox_away", "outbox")
    put(store, n=1)
    assert until(lambda: len(notes) == 1)
    worker.stop()
