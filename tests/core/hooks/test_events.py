"""Packages are told what the public reads and what no more: at least once, each for itself, nothing unpublished."""

from __future__ import annotations

import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.composition import new_instance
from lanzarote.instance import Instance
from lanzarote.practices import writing
from lanzarote.practices.model import KIND
from lanzarote.records import records
from lanzarote.records.outbox import Job
from lanzarote.store.database import ALL
from lanzarote.store.ids import moment_of
from lanzarote.web.notices import switch_for
from sqlalchemy import select, update

from tests.core.hooks.conftest import FAILING, NOTING, told_by
from tests.core.practices.assessments import PARIS, TEXT, THEN, Assessed, person

if TYPE_CHECKING:
    from tests.core.hooks.conftest import Making

HANGING = """
    import threading

    told, begun, go = [], threading.Event(), threading.Event()

    @hookimpl
    def practice_published(event):
        begun.set()
        go.wait(20)
        told.append(event.event_id)
"""


class Published:
    """A practice that the public reads."""

    def __init__(self, instance: Instance, *, publish: bool = True) -> None:
        self.instance = instance
        self.writer, self.head = person(instance, "contributor"), person(instance, "coordinator")
        self.practice = Assessed(instance, self.writer, self.head)
        if publish:
            self.publish()

    def publish(self) -> None:
        self.practice.submit()
        with self.practice.held() as (session, record):
            writing.publish_unassessed(session, record, confirmed=True, expected=record.version, by=self.head, at=THEN)

    def withdraw(self) -> None:
        with self.practice.held() as (session, record):
            terms = self.instance.vocabulary(PARIS)
            writing.withdraw(session, record, terms, reason="Une raison interne.", by=self.head, at=THEN)

    def erase(self) -> None:
        with self.practice.held() as (session, record):
            writing.erase(session, record, by=self.head, at=THEN)

    def rename(self, slug: str) -> None:
        with self.practice.held() as (session, record):
            records.rename(session, record, slug, by="test", at=THEN)


def waiting(instance: Instance, about: str = "event:") -> list[Job]:
    with instance.database.read(ALL) as session:
        found = list(session.scalars(select(Job).where(Job.topic.startswith(about)).order_by(Job.id)))
        session.expunge_all()
        return found


def make_due(instance: Instance) -> None:
    with instance.database.write(ALL) as session:
        session.execute(update(Job).values(due_at=datetime.now(UTC) - timedelta(seconds=1), leased_until=None))


# What is told


def test_what_the_public_reads_is_told_after_it_is_kept(paris_with: Making) -> None:
    paris = paris_with(ear=NOTING)
    Published(paris)
    assert told_by("ear") == []
    [job] = waiting(paris)
    paris.worker.run_due()
    address = f"{paris.public_address}/fr/paris/practices/une-salle-d-audition-partagee"
    assert told_by("ear") == [("published", job.id, "une-salle-d-audition-partagee", 1, {"fr": TEXT["title"]}, address)]
    assert waiting(paris) == []


def test_withdrawing_and_erasing_are_told_without_a_word_of_what_was_there(paris_with: Making) -> None:
    paris = paris_with(ear=NOTING)
    one = Published(paris)
    paris.worker.run_due()
    one.withdraw()
    paris.worker.run_due()
    one.erase()
    paris.worker.run_due()
    _, withdrawn, erased = told_by("ear")
    assert (withdrawn[0], withdrawn[2:4]) == ("withdrawn", ("une-salle-d-audition-partagee", False))
    assert (erased[0], erased[3]) == ("withdrawn", True)
    assert erased[2].startswith("erased-"), "an address is made of the title: that is erased too"
    assert "salle" not in repr(erased)
    assert "raison interne" not in repr(told_by("ear"))


def test_a_new_address_and_a_newer_version_are_told(paris_with: Making) -> None:
    paris = paris_with(ear=NOTING)
    one = Published(paris)
    one.rename("autre")
    paris.worker.run_due()
    one.practice.rewrite("Nouveau titre")
    paris.worker.run_due()
    assert [told[2:4] for told in told_by("ear")] == [("autre", 1), ("autre", 1)]
    one.publish()
    paris.worker.run_due()
    assert told_by("ear")[-1][2:5] == ("autre", 2, {"fr": "Nouveau titre"})


def test_of_what_was_never_published_nothing_is_told(paris_with: Making) -> None:
    paris = paris_with(ear=NOTING)
    one = Published(paris, publish=False)
    one.practice.submit()
    with one.practice.held() as (session, record):
        writing.hand_back(session, record, paris.vocabulary(PARIS), reason="Encore une fois.", by=one.head, at=THEN)
    one.erase()
    paris.worker.run_due()
    assert told_by("ear") == []


def test_the_outbox_holds_no_word_of_a_practice(paris_with: Making) -> None:
    paris = paris_with(ear=NOTING)
    Published(paris)
    [job] = waiting(paris)
    assert set(msgspec.json.decode(job.payload)) == {"package", "hook", "region", "record"}


def test_what_was_withdrawn_or_erased_before_it_was_told_is_not_told_as_published(paris_with: Making) -> None:
    paris = paris_with(ear=NOTING)
    Published(paris).withdraw()
    other = Published(paris)
    other.erase()
    paris.worker.run_due()
    assert sorted((told[0], told[3]) for told in told_by("ear")) == [("withdrawn", False), ("withdrawn", True)]


def test_what_is_public_again_before_it_was_told_is_not_told_as_withdrawn(paris_with: Making) -> None:
    paris = paris_with(ear=NOTING)
    one = Published(paris)
    paris.worker.run_due()
    one.withdraw()
    one.practice.rewrite("Encore")
    one.publish()
    paris.worker.run_due()
    assert [told[0] for told in told_by("ear")] == ["published", "published"]


def test_the_moment_of_an_event_is_in_its_id(paris_with: Making) -> None:
    code = NOTING.replace('told.append(("published", event.event_id', "told.append((event.at, event.event_id")
    paris = paris_with(ear=code)
    Published(paris)
    paris.worker.run_due()
    [(at, event_id, *_)] = told_by("ear")
    assert at == moment_of(event_id)


def test_while_the_public_does_not_read_the_region_its_events_wait(paris_with: Making) -> None:
    paris = paris_with(ear=NOTING)
    paris.enable(PARIS, on=False)
    with paris.database.write(PARIS) as session:
        draft = records.Draft(kind=KIND, slug="x", body=_body(), status=b"{}", publish=True)
        records.create(session, PARIS, [draft], by="test")
    paris.worker.run_due()
    assert told_by("ear") == []
    [job] = waiting(paris)
    assert "the public does not read this region" in job.fault
    paris.enable(PARIS, on=True)
    make_due(paris)
    paris.worker.run_due()
    assert [told[2] for told in told_by("ear")] == ["x"]


def _body() -> bytes:
    text = {"en": {"title": "Told for a test", "summary": "In short."}}
    return records.encode(
        {"original": "en", "text": text, "scope": "local", "running": "ongoing", "sectors": ["courts"]}
    )


# Who is told


def test_only_what_the_region_has_switched_on_is_told(paris_with: Making) -> None:
    paris = paris_with(off=("deaf",), ear=NOTING, deaf=NOTING, mute="")
    Published(paris)
    assert [job.topic for job in waiting(paris)] == ["event:ear:paris"]
    paris.worker.run_due()
    assert (len(told_by("ear")), told_by("deaf")) == (1, [])


def test_the_regions_own_package_is_always_told(paris_with: Making) -> None:
    paris = paris_with()
    assert paris.own_package(PARIS) == "paris"
    with paris.database.read(PARIS) as session:
        assert paris.switched_on(session, PARIS) == {"paris"}


def test_switched_off_it_is_not_told_what_waits(paris_with: Making) -> None:
    paris = paris_with(ear=NOTING, other=NOTING)
    Published(paris)
    switch_for(paris, PARIS, "ear", on=False, by="test")
    assert [job.topic for job in waiting(paris)] == ["event:other:paris"]
    paris.worker.run_due()
    assert (told_by("ear"), len(told_by("other"))) == ([], 1)


def test_what_happens_while_a_package_is_away_waits_for_it(paris_with: Making) -> None:
    paris_with(ear=NOTING)
    without = paris_with()
    Published(without)
    without.worker.run_due()
    assert [(job.topic, job.attempts) for job in waiting(without)] == [("event:ear:paris", 0)]
    again = paris_with(ear=NOTING)
    again.worker.run_due()
    assert len(told_by("ear")) == 1
    assert waiting(again) == []


# Faults


def test_one_that_fails_is_told_again_and_delays_no_other_and_no_mail(paris_with: Making) -> None:
    paris = paris_with(aa=FAILING, bb=NOTING)
    one = Published(paris)
    paris.worker.run_due()
    assert len(told_by("bb")) == 1
    [job] = waiting(paris)
    assert (job.topic, job.attempts, job.fault) == (
        "event:aa:paris",
        1,
        "CallFailed: RuntimeError (lz_try_aa/__init__.py, line 8)",
    )
    assert job.due_at > datetime.now(UTC) + timedelta(seconds=30)
    assert waiting(paris, "mail.") == []
    one.withdraw()
    paris.worker.run_due()
    assert len(told_by("bb")) == 2
    make_due(paris)
    paris.worker.run_due()
    # What is out of date by now is not told any more; the other is tried once more, after a longer while.
    [job] = waiting(paris)
    assert job.attempts == 2
    assert job.due_at > datetime.now(UTC) + timedelta(minutes=2)


@pytest.mark.parametrize("raising", ["raise SystemExit(1)", "raise MemoryError", "return event.nothing"])
def test_whatever_a_package_raises_the_worker_lives(paris_with: Making, raising: str) -> None:
    code = NOTING.replace('told.append(("published"', f'{raising}\n        told.append(("published"')
    paris = paris_with(bad=code, ear=NOTING)
    Published(paris)
    paris.worker.run_due()
    assert len(told_by("ear")) == 1
    assert [job.attempts for job in waiting(paris)] == [1]


def test_it_is_told_with_the_same_id_each_time(paris_with: Making) -> None:
    code = (
        NOTING.replace("    told = []", "    told, luck = [], []").replace(
            'told.append(("published"', 'luck.append(1)\n        told.append(("published"'
        )
        + "        \n"
    )
    code = code.replace("event.address))", "event.address))\n        assert len(luck) > 2", 1)
    paris = paris_with(ear=code)
    Published(paris)
    for _ in range(3):
        make_due(paris)
        paris.worker.run_due()
    assert len({told[1] for told in told_by("ear")}) == 1
    assert len(told_by("ear")) == 3
    assert waiting(paris) == []


def test_one_that_hangs_holds_up_neither_the_others_nor_mails(paris_with: Making) -> None:
    paris = paris_with(hanging=HANGING, ear=NOTING)
    Published(paris)
    paris.worker.start(every=0.05)
    hanging = sys.modules["lz_try_hanging"]
    try:
        assert hanging.begun.wait(10)
        _until(lambda: len(told_by("ear")) == 1 and waiting(paris, "mail.") == [])
        Published(paris)
        _until(lambda: len(told_by("ear")) == 2 and waiting(paris, "mail.") == [])
        assert hanging.told == []
    finally:
        hanging.go.set()
        _until(lambda: len(hanging.told) == 2)
        paris.worker.stop()


def _until(done: Any) -> None:
    end = time.monotonic() + 15
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_two_processes_tell_one_event_once(paris_with: Making) -> None:
    paris = paris_with(ear=NOTING)
    for _ in range(5):
        Published(paris)
    with new_instance(paris.settings, paris.host) as second:
        threads = [threading.Thread(target=one.worker.run_due) for one in (paris, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(told_by("ear")) == len({told[1] for told in told_by("ear")}) == 5


def test_nothing_is_told_of_what_was_rolled_back(paris_with: Making) -> None:
    paris = paris_with(ear=NOTING)
    one = Published(paris, publish=False)
    one.practice.submit()

    def publish_and_fail() -> None:
        with one.practice.held() as (session, record):
            writing.publish_unassessed(session, record, confirmed=True, expected=1, by=one.head, at=THEN)
            raise KeyError

    with pytest.raises(KeyError):
        publish_and_fail()
    paris.worker.run_due()
    assert told_by("ear") == []


def test_a_package_hears_of_every_practice_that_a_file_brings_with_one_look_at_the_switches(paris_with: Making) -> None:
    paris = paris_with(ear=NOTING)

    def create(count: int, name: str) -> int:
        drafts = [
            records.Draft(kind=KIND, slug=f"{name}-{number}", body=_body(), status=b"{}", publish=True)
            for number in range(count)
        ]
        statements: list[str] = []
        with paris.database.write(PARIS) as session:
            driver: Any = session.connection().connection.driver_connection
            driver.set_trace_callback(statements.append)
            records.create(session, PARIS, drafts, by="test")
            session.flush()
            driver.set_trace_callback(None)
        return len([one for one in statements if "switched_on" in one])

    assert (create(1, "a"), create(100, "b")) == (1, 1)
    assert len(waiting(paris)) == 101


def test_what_is_left_out_in_safe_mode_hears_of_everything_afterwards(paris_with: Making) -> None:
    from lanzarote.plugins import Candidate, Host, installed

    paris = paris_with(ear=NOTING)
    ear = Candidate(name="ear", module="lz_try_ear", distribution="lanzarote-ear", version="1.0")
    candidates = [*(one for one in installed() if one.name == "paris"), ear]
    with new_instance(paris.settings, Host(candidates, safe_mode=True)) as safe:
        Published(safe)
        safe.worker.run_due()
    assert told_by("ear") == []
    paris.worker.run_due()
    assert [one[0] for one in told_by("ear")] == ["published"]
