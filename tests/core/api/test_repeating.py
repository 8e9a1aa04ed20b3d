"""A request that is sent again with its Idempotency-Key is answered again, and done once: on both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.records import idempotency
from lanzarote.records.idempotency import Answered
from lanzarote.records.outbox import Job
from lanzarote.records.records import Record, now
from lanzarote.store.database import ALL
from litestar.testing import TestClient
from sqlalchemy import func, select, update

from tests.core.api.programs import BEARER, CONFIRMED, TEAM, TEXT, WHOLE, Program, Programs, problem, titled

pytestmark = pytest.mark.both_databases

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


@pytest.fixture
def everywhere(paris_url: str, tmp_path: Path) -> Iterator[Programs]:
    given = {"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)}
    with (
        new_instance(read_settings(given)) as instance,
        TestClient(create_app(instance), base_url="http://lanzarote.test") as client,
    ):
        yield Programs(instance, client)


def drafts(programs: Programs, title: str) -> int:
    with programs.instance.database.read("paris") as session:
        query = select(func.count()).select_from(Record).where(Record.slug.like(f"{title.lower()}%"))
        return session.scalar(query) or 0


def rows(programs: Programs) -> list[Answered]:
    with programs.instance.database.read(ALL) as session:
        return list(session.scalars(select(Answered).order_by(Answered.at)))


def told(answer: Any) -> tuple[int, bytes, str | None, str | None]:
    return answer.status_code, answer.content, answer.headers.get("etag"), answer.headers.get("location")


def test_the_same_request_again_is_answered_the_same(programs: Programs, writer: Program) -> None:
    first = writer.ask("POST", TEAM, titled("Gemellus"), idempotency_key=KEY)
    again = writer.ask("POST", TEAM, titled("Gemellus"), idempotency_key=f'"{KEY}"')
    assert told(again) == told(first)
    assert first.status_code == 201
    assert drafts(programs, "Gemellus") == 1


def test_a_step_that_is_sent_again_is_answered_the_same_although_the_state_has_moved(
    programs: Programs, writer: Program, publisher: Program
) -> None:
    path = writer.begin()
    read = writer.etag(path)
    first = writer.step(path, "submit", BEARER, if_match=read, idempotency_key="submit-1")
    publisher.step(path, "publish", CONFIRMED)
    again = writer.step(path, "submit", BEARER, if_match=read, idempotency_key="submit-1")
    assert told(again) == told(first)
    assert again.json()["stage"] == "submitted"


def test_a_key_for_another_request_is_refused(writer: Program) -> None:
    writer.ask("POST", TEAM, titled("Un"), idempotency_key="other-1")
    path = writer.begin()
    for answer in (
        writer.ask("POST", TEAM, titled("Deux"), idempotency_key="other-1"),
        writer.step(path, "submit", BEARER, idempotency_key="other-1"),
    ):
        assert (answer.status_code, problem(answer)["code"]) == (422, "idempotency-key-used")


def test_keys_of_two_people_have_nothing_to_do_with_each_other(
    programs: Programs, writer: Program, head: Program
) -> None:
    answers = [one.ask("POST", TEAM, titled("Deuxfois"), idempotency_key="shared") for one in (writer, head)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert drafts(programs, "Deuxfois") == 2


def test_a_key_holds_for_all_tokens_of_a_person(programs: Programs, writer: Program) -> None:
    other = programs.again(writer)
    answers = [one.ask("POST", TEAM, titled("Jetons"), idempotency_key="tokens") for one in (writer, other)]
    assert told(answers[0]) == told(answers[1])
    assert drafts(programs, "Jetons") == 1


@pytest.mark.parametrize("key", [None, "", '""', " ", "a" * 129, "a b"])
def test_a_change_that_could_be_doubled_needs_a_key(programs: Programs, writer: Program, key: str | None) -> None:
    answer = writer.ask("POST", TEAM, titled("Sanscle"), idempotency_key=key)
    assert answer.status_code == 400
    assert problem(answer)["code"] in ("idempotency-key-missing", "idempotency-key-unusable")
    assert drafts(programs, "Sanscle") == 0


def test_saving_may_have_a_key_and_needs_none(writer: Program) -> None:
    path = writer.begin()
    read = writer.etag(path)
    first = writer.save(path, titled("Enregistrée"), if_match=read, idempotency_key="save-1")
    again = writer.save(path, titled("Enregistrée"), if_match=read, idempotency_key="save-1")
    assert told(again) == told(first)
    assert writer.save(path, titled("Enregistrée"), if_match=read).status_code == 412


def test_what_was_refused_is_not_kept_and_can_be_put_right_with_the_same_key(
    programs: Programs, writer: Program
) -> None:
    before = len(rows(programs))
    wrong = WHOLE | {"text": {"fr": TEXT | {"problem": "Écrire à jean.dupont@gmail.com"}}}
    assert writer.ask("POST", TEAM, wrong, idempotency_key="retry").status_code == 422
    assert writer.ask("POST", TEAM, titled("Réparée"), idempotency_key="retry").status_code == 201
    assert len(rows(programs)) == before + 1


def test_what_is_kept_holds_no_word_that_was_written(programs: Programs, writer: Program) -> None:
    writer.ask("POST", TEAM, titled("Zyzomys"), idempotency_key="Dupont-secret-key")
    kept = rows(programs)[-1]
    assert b"Police" not in kept.body
    assert "Dupont" not in repr(vars(kept))
    assert {len(kept.key), len(kept.request)} == {64}


def test_what_is_kept_goes_with_the_record_that_is_erased(programs: Programs, writer: Program, head: Program) -> None:
    path = writer.begin(titled("Effacée"))
    record_id = path.rpartition("/")[2]
    assert [row for row in rows(programs) if row.record_id == record_id]
    head.step(path, "erase")
    assert [row for row in rows(programs) if row.record_id == record_id] == []


def test_what_is_kept_is_forgotten_after_a_day(everywhere: Programs) -> None:
    writer = everywhere.of("contributor")
    first = writer.ask("POST", TEAM, titled("Hier"), idempotency_key=KEY)
    database = everywhere.instance.database
    with database.write(ALL) as session:
        [job] = session.scalars(select(Job).where(Job.topic == idempotency.TOPIC))
        assert timedelta(hours=23) < job.due_at - now() <= timedelta(hours=24)
        session.execute(update(Answered).values(at=now() - timedelta(hours=25)))
    again = writer.ask("POST", TEAM, titled("Hier"), idempotency_key=KEY)
    assert again.json()["id"] != first.json()["id"]
    with database.write(ALL) as session:
        session.execute(update(Answered).values(at=now() - timedelta(hours=25)))
        session.execute(update(Job).where(Job.topic == idempotency.TOPIC).values(due_at=now()))
    assert soon(lambda: not rows(everywhere) and not waiting(everywhere))


def waiting(programs: Programs) -> list[str]:
    with programs.instance.database.read(ALL) as session:
        return list(session.scalars(select(Job.id).where(Job.topic == idempotency.TOPIC)))


def soon(holds: Callable[[], bool]) -> bool:
    """Whether it holds within some seconds; the worker of the application looks every two."""
    for _ in range(100):
        if holds():
            return True
        time.sleep(0.1)
    return False


def test_a_hundred_parallel_requests_with_one_key_make_one_practice(everywhere: Programs) -> None:
    writer = everywhere.of("contributor")
    started = threading.Barrier(20)

    def send(number: int) -> Any:
        if number < 20:
            started.wait(10)
        return writer.ask("POST", TEAM, titled("Centaine"), idempotency_key=KEY)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(100)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    good = {told(answer) for answer in answers if answer.status_code == 201}
    assert len(good) == 1
    assert {problem(one)["code"] for one in answers if one.status_code == 409} <= {"still-running"}
    assert drafts(everywhere, "Centaine") == 1
    assert writer.ask("POST", TEAM, titled("Centaine"), idempotency_key=KEY).status_code == 201


def test_of_two_processes_that_answered_the_same_form_one_keeps_its_answer(everywhere: Programs) -> None:
    database, keyed = everywhere.instance.database, [idempotency.Keyed.of("ana", str(n), b"x") for n in range(10)]
    started = threading.Barrier(8)

    def keep(_: int) -> None:
        others = idempotency.Answers(database)
        for one in keyed:
            started.wait(10)
            others.keep(one, idempotency.Kept(status=303))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep, range(8)))
    assert len(rows(everywhere)) == len(keyed)


def test_while_the_first_is_being_worked_on_the_second_is_told_so(everywhere: Programs) -> None:
    keyed = idempotency.Keyed.of("ana", "k", b"x")
    database = everywhere.instance.database
    others = idempotency.Answers(database)  # as in another process
    held, go_on = threading.Event(), threading.Event()

    def slow(_: Any) -> idempotency.Kept:
        held.set()
        assert go_on.wait(10)
        return idempotency.Kept(status=201)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(everywhere.instance.answers.once, keyed, ["paris"], slow)
        assert held.wait(10)
        with pytest.raises(idempotency.StillRunning):
            everywhere.instance.answers.once(keyed, ["paris"], slow)
        if not database.sqlite:  # there is one process on SQLite
            with pytest.raises(idempotency.StillRunning):
                others.once(keyed, ["paris"], slow)
        go_on.set()
        assert first.result() == idempotency.Kept(status=201)
    assert others.once(keyed, ["paris"], slow) == idempotency.Kept(status=201)


def test_two_who_begin_the_same_at_once_get_two_addresses(everywhere: Programs) -> None:
    people = [everywhere.of("contributor") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda one: one.ask("POST", TEAM, titled("Simultanée")), people))
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.json()["slug"] for answer in answers}) == 6
