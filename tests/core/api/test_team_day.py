"""Tasks, notes and activity through the API."""

from __future__ import annotations

import pytest
from lanzarote.records import tasks
from lanzarote.records.tasks import Task

from tests.core.api.programs import API, BEARER, PARIS, Program, Programs, problem

TASKS, NOTES, ACTIVITY = (f"{PARIS}/team/{name}" for name in ("tasks", "notes", "activity"))


@pytest.fixture
def task(programs: Programs) -> str:
    with programs.instance.database.write("paris") as session:
        task_id = tasks.open_task(session, "paris", "reply", by="visitor", wrong="Le nom a changé.", about="x")
    return f"{TASKS}/{task_id}"


def test_a_task_is_listed_read_and_settled_once(programs: Programs, writer: Program, head: Program, task: str) -> None:
    listed = writer.get(f"{TASKS}?limit=100")
    assert task.rpartition("/")[2] in [one["id"] for one in listed["items"]]
    assert writer.get(task)["about"] == {"wrong": "Le nom a changé.", "about": "x"}
    assert writer.ask("POST", f"{task}/finish", {"note": "Fait."}).status_code == 403
    settled = head.ask("POST", f"{task}/finish", {"note": "Corrigé."})
    assert (settled.status_code, settled.json()["about"]) == (200, {})
    assert settled.json()["done_at"]
    assert problem(head.ask("POST", f"{task}/finish", {}))["code"] == "conflict"
    assert head.get(task)["about"] == {"note": "Corrigé."}
    assert task.rpartition("/")[2] in [one["id"] for one in head.get(f"{TASKS}?show=settled")["items"]]


def test_what_was_done_passes_the_guard(programs: Programs, head: Program, task: str) -> None:
    told = problem(head.ask("POST", f"{task}/finish", {"note": "Répondu à jean.dupont@gmail.com"}))
    assert [(one["field"], one["code"]) for one in told["concerns"]] == [("note", "email")]
    with programs.instance.database.read("paris") as session:
        assert session.get_one(Task, ("paris", task.rpartition("/")[2])).done_at is None


def test_only_a_conflict_has_a_text_of_the_package(head: Program, task: str) -> None:
    assert head.ask("POST", f"{task}/take", {"version": 1}).status_code == 409


def test_a_note_stands_beside_an_entry_until_it_is_taken_away(programs: Programs, head: Program) -> None:
    note = f"{NOTES}/sector/courts"
    assert head.ask("PUT", note, {"text": {"fr": "Le tribunal a déménagé."}}).status_code == 204
    [told] = head.get(NOTES)["items"]
    assert (told["kind"], told["key"], told["text"]) == ("sector", "courts", {"fr": "Le tribunal a déménagé."})
    assert head.ask("DELETE", note, content_type=None).status_code == 204
    assert head.ask("DELETE", note, content_type=None).status_code == 404
    assert head.get(NOTES)["items"] == []


def test_a_note_that_cannot_be_is_refused(head: Program, writer: Program) -> None:
    assert head.ask("PUT", f"{NOTES}/sector/nowhere", {"text": {"fr": "x"}}).status_code == 404
    assert head.ask("PUT", f"{NOTES}/source/x", {"text": {"fr": "x"}}).status_code == 404
    for text, field in (({"fr": " "}, "text"), ({"xx": "y"}, "text.xx"), ({"fr": "y" * 1_001}, "text.fr")):
        refused = head.ask("PUT", f"{NOTES}/sector/courts", {"text": text})
        assert [one["field"] for one in problem(refused)["errors"]] == [field]
    assert writer.ask("PUT", f"{NOTES}/sector/courts", {"text": {"fr": "x"}}).status_code == 403


def test_a_body_where_none_is_taken_has_to_be_json_all_the_same(head: Program) -> None:
    assert head.ask("DELETE", f"{NOTES}/sector/courts", b"x=1", content_type="text/plain").status_code == 415


def test_coordinators_see_who_did_what(programs: Programs, writer: Program, head: Program) -> None:
    path = writer.begin()
    writer.step(path, "submit", BEARER)
    record_id = path.rpartition("/")[2]
    told = head.get(f"{ACTIVITY}?record={record_id}")
    assert [(one["verb"], one["name"], one["version"]) for one in told["items"]] == [
        ("submit", "Ana", 1), ("create", "Ana", 1),
    ]  # fmt: skip
    assert told["next"] is None
    assert "audition" not in str(told)
    assert head.get(f"{ACTIVITY}?person={writer.id}&verb=submit")["items"][0]["record"] == record_id
    assert writer.ask("GET", ACTIVITY).status_code == 403


def test_the_list_of_what_was_done_goes_on(programs: Programs, writer: Program, head: Program) -> None:
    for _ in range(30):
        writer.step(writer.begin(), "submit", BEARER)
    seen: list[int] = []
    where: str | None = f"{ACTIVITY}?person={writer.id}"
    while where:
        told = head.get(where)
        seen += [one["number"] for one in told["items"]]
        where = told["next"]
    assert len(seen) >= 60
    assert seen == sorted(set(seen), reverse=True)


def test_a_day_that_is_none_is_refused(head: Program) -> None:
    assert head.ask("GET", f"{ACTIVITY}?since=2026-13-01").status_code == 400
    last, beyond = (head.get(f"{ACTIVITY}?since={day}")["items"] for day in ("2026-02-28", "2026-02-30"))
    assert last == beyond
    assert head.ask("GET", f"{ACTIVITY}?person=%00").status_code == 400


def test_what_was_done_with_accounts_is_for_administrators(programs: Programs, head: Program) -> None:
    chief = programs.of("administrator")
    assert chief.get(f"{API}/activity?kind=account")["items"]
    assert head.ask("GET", f"{API}/activity").status_code == 403
