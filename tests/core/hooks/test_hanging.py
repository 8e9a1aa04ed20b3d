"""Nobody waits for ever for a package: what hangs has failed, is named, and is not asked again before it comes back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote import objections, telling
from lanzarote.database import ALL
from lanzarote.jobs import Job
from lanzarote.objections import FAILED, Objected
from lanzarote.web import exports
from sqlalchemy import select, update

from tests.core.hooks.objecting import begun, given, records
from tests.core.hooks.test_events import Published
from tests.core.practices.assessments import PARIS, person
from tests.core.practices.signed_in import site_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.instance import Instance

    from tests.core.hooks.conftest import Making

WAITING = """
    import threading

    asked, go, back = [], threading.Event(), threading.Event()

    def wait():
        asked.append(1)
        try:
            go.wait(60)
        finally:
            back.set()
"""
CHECKING = WAITING + "    @hookimpl\n    def check_practice():\n        wait()\n        return ()\n"
ENDLESS = """
    asked = []

    @hookimpl
    def check_practice():
        while True:
            asked.append(1)
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


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for room in (objections, telling, exports):
        monkeypatch.setattr(room, "LONGEST", 0.3)
    yield
    for name, module in list(sys.modules.items()):
        if name.startswith("lz_try_") and hasattr(module, "go"):
            module.go.set()


def module(name: str) -> Any:
    return sys.modules[f"lz_try_{name}"]


def test_a_check_that_hangs_refuses_the_save_by_name_and_is_asked_again_when_it_has_come_back(
    paris_with: Making, caplog: pytest.LogCaptureFixture
) -> None:
    paris = paris_with(slow=CHECKING)
    ana, before = person(paris, "contributor"), records(paris)
    for _ in range(3):
        with pytest.raises(Objected) as caught:
            given(paris, ana)
        [raised] = caught.value.raised
        assert (raised.package, raised.concern.code, raised.blocks) == ("slow", FAILED, True)
    assert module("slow").asked == [1], "every save would leave one more thread behind"
    assert "The check check_practice of slow did not work: it did not come back within 0.3 seconds." in caplog.text
    assert "it has not come back from an earlier call." in caplog.text
    assert records(paris) == before
    module("slow").go.set()
    assert module("slow").back.wait(10)
    _until_free(paris, "slow")
    begun(paris, ana)
    assert records(paris) == before + 1


def _until_free(instance: Instance, name: str) -> None:
    for _ in range(100):
        try:
            return instance.host.ask(name, lambda: None, 1)
        except Exception:
            module(name).back.wait(0.05)
    raise AssertionError(f"{name} does not come back")


def test_a_coordinator_goes_on_with_a_reason_while_a_check_hangs(paris_with: Making) -> None:
    paris = paris_with(slow=CHECKING)
    reason = {("slow", FAILED, ""): "Le contrôle ne répond plus depuis ce matin."}
    begun(paris, person(paris, "coordinator"), let_pass=reason)


def test_a_check_without_end_is_stopped_where_it_says_too_much(paris_with: Making) -> None:
    paris = paris_with(endless=ENDLESS)
    with pytest.raises(Objected):
        given(paris, person(paris, "contributor"))
    assert len(module("endless").asked) == objections.MOST + 1


def test_an_event_that_hangs_is_told_again_and_not_while_it_hangs(paris_with: Making) -> None:
    paris = paris_with(slow=LISTENING)
    Published(paris)
    for _ in range(3):
        paris.worker.run_due()
        with paris.database.write(ALL) as session:
            [job] = [one for one in session.scalars(select(Job)) if one.topic == f"event:slow:{PARIS}"]
            assert job.fault.startswith("TookTooLong: it ")
            session.execute(update(Job).values(due_at=job.due_at.replace(year=2020)))
    assert module("slow").asked == [1]
    module("slow").go.set()
    _until_free(paris, "slow")
    paris.worker.run_due()
    assert module("slow").asked == [1, 1]
    with paris.database.read(ALL) as session:
        assert [one.topic for one in session.scalars(select(Job)) if one.topic.startswith("event:slow")] == []


def test_a_format_that_hangs_fails_by_name_and_the_site_goes_on(paris_with: Making) -> None:
    paris = paris_with(off=("slow",), slow=WRITING)
    with site_of(paris) as client:
        for _ in range(6):  # more than there are threads for requests
            answer = client.get("/en/paris/practices?format=slow")
            assert answer.status_code == 500
            assert "The package lanzarote-slow 1.0 could not write this list as Slow: it " in answer.text
        assert client.get("/en/paris/practices").status_code == 200
    assert module("slow").asked == [1]


@pytest.mark.parametrize("body", ["raise OSError('/secret')", "return 'text'", "raise SystemExit", "return None"])
def test_a_format_that_fails_is_told_by_name_and_nothing_internal(paris_with: Making, body: str) -> None:
    code = WRITING.replace('wait()\n        return b"written"', body).replace("slow", "odd")
    paris = paris_with(off=("odd",), odd=code)
    with site_of(paris) as client:
        answer = client.get("/en/paris/practices?format=odd")
    assert answer.status_code == 500
    assert "The package lanzarote-odd 1.0 could not write this list" in answer.text
    assert "/secret" not in answer.text
