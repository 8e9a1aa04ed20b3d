"""Nobody waits for ever for a package: what hangs or crashes has failed, is named with its line, and stops no other."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.plugins import host
from lanzarote.plugins.answers import MOST_CONCERNS
from lanzarote.records.outbox import Job
from lanzarote.records.save_checks import FAILED, Objected
from lanzarote.store.database import ALL
from lanzarote.web import exports
from sqlalchemy import select, update

from tests.core.hooks.objecting import begun, given, records
from tests.core.hooks.test_events import Published
from tests.core.practices.assessments import PARIS, TEXT, person
from tests.core.practices.signed_in import site_of

if TYPE_CHECKING:
    from pathlib import Path

    from lanzarote.instance import Instance

    from tests.core.hooks.conftest import Making

WAITING = """
    import time

    PLACE = Path(__file__).parent

    def wait():
        with open(PLACE / "asked", "a") as file:
            file.write("x")
        while not (PLACE / "go").exists():
            time.sleep(0.02)
"""
CHECKING = WAITING + "    @hookimpl\n    def check_practice():\n        wait()\n        return ()\n"
ENDLESS = """
    @hookimpl
    def check_practice():
        number = 0
        while True:
            number += 1
            (Path(__file__).parent / "asked").write_text("x" * number)
            yield Concern(code="more", text={"en": "And more."})
"""
LISTENING = WAITING + "    @hookimpl\n    def practice_published(event):\n        wait()\n"
WRITING = (
    WAITING
    + """
    def write(table):
        wait()
        return b"written"

    @hookimpl
    def exporters():
        return [Exporter(format="slow", label="Slow", media_type="text/plain", extension="txt", write=write)]
"""
)
HELD = {
    "a loop": ("while True: pass", "it did not answer within 0.5 seconds (lz_try_held/__init__.py, line "),
    "a regular expression": (
        "import re; re.match('(a+)+$', 'a' * 60 + 'b')",
        "it did not answer within 0.5 seconds (lz_try_held/__init__.py, line ",
    ),
    "arithmetic": ("sum(range(10**13))", "it did not answer within 0.5 seconds (lz_try_held/__init__.py, line "),
    "an exit": ("import os; os._exit(3)", "its process ended (exit code 3)"),
    "a crash": ("import ctypes; ctypes.string_at(0)", "was ended by SIGSEGV (lz_try_held/__init__.py, line "),
    "memory": ("list(bytes(2**20) for _ in range(4_000))", "MemoryError (lz_try_held/__init__.py, line "),
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CHECK_SECONDS", "EVENT_SECONDS"):
        monkeypatch.setattr(host, name, 0.5)
    monkeypatch.setattr(exports, "LONGEST", 0.5)


def asked(folder: Path, name: str) -> int:
    file = folder / f"lz_try_{name}" / "asked"
    return file.stat().st_size if file.exists() else 0


def let_go(folder: Path, name: str) -> None:
    (folder / f"lz_try_{name}" / "go").touch()


@pytest.mark.usefixtures("impatient")
def test_a_check_that_hangs_refuses_the_save_by_name_until_it_is_called_no_longer_and_somebody_says_retry(
    paris_with: Making, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    paris = paris_with(slow=CHECKING, apart=True)
    ana, before = person(paris, "contributor"), records(paris)
    for _ in range(5):
        with pytest.raises(Objected) as caught:
            given(paris, ana)
        [raised] = caught.value.raised
        assert (raised.package, raised.concern.code, raised.blocks) == ("slow", FAILED, True)
    assert asked(folder, "slow") == host.MOST_FAILURES, "it was called although it never comes back"
    assert "The check check_practice of slow did not work: it did not answer within 0.5 seconds (lz_try_slow/" in (
        caplog.text
    )
    package = paris.host.package("slow")
    assert package is not None
    assert package.fault.startswith("is called no longer: 3 times in a row it did not answer within 0.5 seconds")
    assert package.way_out == "Install a version that works, or try it again: lanzarote plugins --retry slow"
    assert records(paris) == before
    let_go(folder, "slow")
    paris.host.retry("slow")
    begun(paris, ana)
    assert records(paris) == before + 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("how", HELD)
def test_whatever_holds_a_check_the_save_is_refused_with_the_line_and_the_next_package_is_asked(
    paris_with: Making, folder: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    code, told = HELD[how]
    paris = paris_with(
        held=f"    @hookimpl\n    def check_practice():\n        {code}\n        return ()\n", apart=True
    )
    with pytest.raises(Objected):
        given(paris, person(paris, "contributor"))
    assert told in caplog.text


def test_a_save_waits_for_no_check_that_hangs_in_another(paris_with: Making, folder: Path) -> None:
    slow = CHECKING.replace("wait()\n        return", "'HANGS' in str(new) and wait()\n        return").replace(
        "check_practice()", "check_practice(new)"
    )
    paris = paris_with(slow=slow, apart=True)
    ana = person(paris, "contributor")
    begun(paris, ana)
    failed: list[BaseException] = []

    def hang() -> None:
        try:
            given(paris, ana, text={"fr": {**TEXT, "title": "HANGS"}})
        except BaseException as error:
            failed.append(error)

    first = threading.Thread(target=hang)
    first.start()
    while not asked(folder, "slow") and first.is_alive():
        time.sleep(0.01)
    begun(paris, ana)
    assert first.is_alive(), "the other save had already failed"
    let_go(folder, "slow")
    first.join()


def test_a_coordinator_goes_on_with_a_reason_while_a_check_hangs(paris_with: Making, impatient: None) -> None:
    paris = paris_with(slow=CHECKING, apart=True)
    reason = {("slow", FAILED, ""): "Le contrôle ne répond plus depuis ce matin."}
    begun(paris, person(paris, "coordinator"), let_pass=reason)


def test_a_check_without_end_is_stopped_where_it_says_too_much(paris_with: Making, folder: Path) -> None:
    paris = paris_with(endless=ENDLESS, apart=True)
    with pytest.raises(Objected):
        given(paris, person(paris, "contributor"))
    assert asked(folder, "endless") == MOST_CONCERNS + 1


@pytest.mark.usefixtures("impatient")
def test_an_event_that_hangs_is_told_again(paris_with: Making, folder: Path) -> None:
    paris = paris_with(slow=LISTENING, apart=True)
    Published(paris)
    paris.worker.run_due()
    with paris.database.write(ALL) as session:
        [job] = [one for one in session.scalars(select(Job)) if one.topic == f"event:slow:{PARIS}"]
        assert job.fault.startswith("TookTooLong: it did not answer within 0.5 seconds")
        session.execute(update(Job).values(due_at=job.due_at.replace(year=2020)))
    let_go(folder, "slow")
    paris.worker.run_due()
    assert asked(folder, "slow") == 2
    with paris.database.read(ALL) as session:
        assert [one.topic for one in session.scalars(select(Job)) if one.topic.startswith("event:slow")] == []


@pytest.mark.usefixtures("impatient")
def test_a_format_that_hangs_fails_by_name_and_the_site_goes_on(paris_with: Making, folder: Path) -> None:
    paris = paris_with(off=("slow",), slow=WRITING, apart=True)
    with site_of(paris) as client:
        for _ in range(2):
            answer = client.get("/en/paris/practices?format=slow")
            assert answer.status_code == 500
            assert "The package lanzarote-slow 1.0 could not write this list as Slow: it did not answer" in answer.text
        let_go(folder, "slow")
        assert client.get("/en/paris/practices?format=slow").content == b"written"


@pytest.mark.parametrize("body", ["raise OSError('/secret')", "return 'text'", "raise SystemExit", "return None"])
def test_a_format_that_fails_is_told_by_name_and_nothing_internal(paris_with: Making, body: str) -> None:
    code = WRITING.replace('wait()\n        return b"written"', body).replace("slow", "odd")
    paris: Instance = paris_with(off=("odd",), odd=code, apart=True)
    with site_of(paris) as client:
        answer: Any = client.get("/en/paris/practices?format=odd")
    assert answer.status_code == 500
    assert "The package lanzarote-odd 1.0 could not write this list" in answer.text
    assert "/secret" not in answer.text
