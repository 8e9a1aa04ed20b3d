"""A meeting adopts another mandate: a dated version after those of the package, which everybody reads."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from lanzarote.errors import NotPermitted
from lanzarote.evaluation import judging
from lanzarote.instance import Instance
from lanzarote.meetings import mandates, writing
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Actor
from lanzarote.records.records import Record
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.regions.group import Dated, adopted, in_force, shipped
from lanzarote.types import Objective
from litestar.testing import TestClient
from msgspec import to_builtins

from tests.core.api.programs import PARIS, Programs
from tests.core.evaluation import piloting
from tests.core.meetings import keeping
from tests.core.meetings.keeping import HEAD, WRITER, announce, planned, was_held
from tests.core.practices.forms import writer
from tests.core.practices.signed_in import site_of

OBJECTIVES = (
    Objective(key="identify", text={"fr": "Repérer", "en": "Identify"}),
    Objective(key="objective-1", text={"fr": "Former ensemble", "en": "Train together"}),
)


def adopt(group: Instance, meeting: str, by: Actor = HEAD, **more: Any) -> str:
    said: dict[str, Any] = {"title": {"fr": "Mandat révisé"}, "objectives": OBJECTIVES, "since": date(2031, 6, 1)}
    with keeping.held(group, meeting) as (session, record):
        words = group.vocabulary("paris")
        return mandates.adopt(session, record, words, by=by, at=keeping.THEN, **(said | more)).id


def all_of(group: Instance) -> tuple[Dated, ...]:
    with group.database.read("paris") as session:
        return (*shipped(group.header("paris")), *adopted(session))


def test_a_held_meeting_adopts_the_next_version(own_paris: Instance) -> None:
    meeting = was_held(own_paris)
    made = adopt(own_paris, meeting)
    first, second = all_of(own_paris)
    assert (first.mandate.version, first.id) == (1, "")
    assert (second.mandate.version, second.id, second.status.meeting) == (2, made, meeting)
    assert second.status.on == date(2031, 5, 12)
    assert in_force(all_of(own_paris), date(2031, 5, 31)) == first
    assert in_force(all_of(own_paris), date(2031, 6, 1)) == second


def test_only_a_meeting_that_was_held_adopts_and_only_who_leads_writes_it_down(group: Instance) -> None:
    one = planned(group)
    with pytest.raises(IllegalTransition):
        adopt(group, one)
    announce(group, one)
    with pytest.raises(IllegalTransition):
        adopt(group, one)
    with pytest.raises(NotPermitted):
        adopt(group, was_held(group), by=WRITER)


@pytest.mark.parametrize(
    ("error", "more"),
    [
        (Faulty, {"objectives": ()}),
        (Faulty, {"since": date(2031, 5, 11)}),
        (Faulty, {"objectives": (OBJECTIVES[0], OBJECTIVES[0])}),
        (Faulty, {"objectives": (Objective(key="a", text={"fr": " "}),)}),
        (Faulty, {"title": {"fr": "x" * 301}}),
        (Identifying, {"title": {"fr": "Léa, 9 ans"}}),
        (Identifying, {"objectives": (Objective(key="a", text={"fr": "Écrire à lea.martin@gmail.com"}),)}),
    ],
)
def test_what_cannot_be_a_mandate_is_refused(group: Instance, error: type[Exception], more: dict[str, Any]) -> None:
    meeting = was_held(group)
    before = all_of(group)
    with pytest.raises(error):
        adopt(group, meeting, **more)
    assert all_of(group) == before


def test_what_is_taken_back_counts_no_more_and_its_number_is_not_used_again(own_paris: Instance) -> None:
    meeting = was_held(own_paris)
    wrong = adopt(own_paris, meeting)
    with own_paris.database.write("paris") as session:
        writing.withdraw(session, session.get_one(Record, ("paris", wrong)), by=HEAD, at=keeping.THEN)
    assert [one.mandate.version for one in all_of(own_paris)] == [1]
    adopt(own_paris, meeting)
    assert [one.mandate.version for one in all_of(own_paris)] == [1, 3]


@pytest.mark.both_databases
def test_of_many_adopted_at_once_each_has_a_number_of_its_own(group: Instance) -> None:
    meetings = [was_held(group) for _ in range(8)]
    before = len(all_of(group))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: adopt(group, one, title={"fr": f"Mandat adopté à {one}"}), meetings))
    numbers = [one.mandate.version for one in all_of(group)]
    assert len(numbers) == before + 8
    assert numbers == sorted(set(numbers))


@pytest.fixture
def client(own_paris: Instance) -> Iterator[TestClient[Any]]:
    with site_of(own_paris) as client:
        yield client


def test_everybody_reads_all_versions_with_the_day_they_were_adopted(
    own_paris: Instance, client: TestClient[Any]
) -> None:
    before = client.get("/fr/paris/group").text
    assert "Former ensemble" not in before
    adopt(own_paris, was_held(own_paris), since=date(2031, 5, 12))
    page = client.get("/fr/paris/group").text
    assert "Former ensemble" in page
    assert "Adopté à la réunion du groupe du 12 mai 2031" in page
    told = client.get("/api/v1/regions/paris/mandates").json()["items"]
    assert [(one["version"], one["adopted_on"]) for one in told] == [(1, None), (2, "2031-05-12")]
    # What is adopted for later is not the mandate yet.
    assert "Former ensemble" not in client.get("/fr/paris").text


def test_a_pilot_is_judged_by_a_version_that_the_group_adopted(own_paris: Instance, client: TestClient[Any]) -> None:
    adopt(own_paris, was_held(own_paris))
    one = piloting.begun(own_paris)
    ana = writer(own_paris, client, name="Ana Plume")
    ana.open(f"/fr/paris/team/evaluations/{one}/edit").fill({"mandate": "2"}).press()
    with own_paris.database.read("paris") as session:
        assert judging.evaluation_of(session, piloting.get(session, one)).mandate == 2
    program = Programs(own_paris, client).of("contributor", name="Bo")
    assert program.ask("POST", f"{PARIS}/team/evaluations", piloting.REPORT | {"mandate": 2}).status_code == 201


def test_the_mandate_in_force_is_not_adopted_once_more(own_paris: Instance, client: TestClient[Any]) -> None:
    one, before = was_held(own_paris), all_of(own_paris)
    head = writer(own_paris, client, "coordinator", name="Cléo Tête")
    page = f"/fr/paris/team/meetings/{one}/mandate"
    head.open(page, "/mandate").press(action="/mandate", status=400)
    assert all_of(own_paris) == before
    program = Programs(own_paris, client)
    present = before[0].mandate
    sent = {"title": present.title, "objectives": to_builtins(present.objectives), "since": "2031-06-01"}
    path = f"{PARIS}/team/meetings/{one}"
    refused = program.of("coordinator").step(path, "mandate", sent)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "objectives")
    assert program.of("contributor", name="Bo").step(path, "mandate", sent).status_code == 403
    assert all_of(own_paris) == before
    head.fill({"objectives[0].text.fr": "Repérer autrement"}).press(action="/mandate")
    assert len(all_of(own_paris)) == len(before) + 1
