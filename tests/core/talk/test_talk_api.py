"""What a group says about improvements, by programs: the same checks, once each, with the state that was read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from lanzarote.app import create_app
from lanzarote.instance import Instance
from lanzarote.records import records
from lanzarote.records.idempotency import Answered
from lanzarote.records.records import Record
from litestar.testing import TestClient
from sqlalchemy import select

from tests.core.activity.conftest import asked
from tests.core.api.programs import API, PARIS, Program, Programs, problem
from tests.core.stakeholders import keeping
from tests.core.talk.talking import TEXT, Group

UNKNOWN = "018f0000-0000-7000-8000-000000000000"


class Talk:
    """Programs of a group about one improvement."""

    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self.group = Group(programs.instance)
        self.at = f"{PARIS}/team/improvements/{self.group.id}"
        self.writer, self.head = programs.of("contributor", name="Ana"), programs.of("coordinator", name="Cy")
        self.rep = programs.of("representative", organisation=self.group.organisation)
        self.reader = programs.of("reviewer")

    def say(self, text: str, by: Program | None = None, **more: Any) -> str:
        answer = (by or self.writer).ask("POST", f"{self.at}/comments", {"text": text} | more)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])


@pytest.fixture(scope="module")
def programs(everywhere: Instance) -> Iterator[Programs]:
    with TestClient(create_app(everywhere), base_url="http://lanzarote.test") as client:
        yield Programs(everywhere, client)


@pytest.fixture
def talk(programs: Programs) -> Talk:
    return Talk(programs)


def at_once(count: int, call: Callable[[], Any]) -> list[int]:
    with ThreadPoolExecutor(16) as pool:
        return sorted(answer.status_code for answer in pool.map(lambda _: call(), range(count)))


# Comments


def test_a_comment_is_said_answered_changed_and_deleted(talk: Talk) -> None:
    first = talk.say("Une **bonne** idée.", language="fr")
    told = talk.reader.get(first)
    assert (told["text"], told["answers_to"], told["amendment"], told["author"]["name"]) == (
        "Une **bonne** idée.", None, None, "Ana",
    )  # fmt: skip
    answer = talk.say("Oui.", talk.rep, answers_to=told["id"])
    assert talk.reader.get(answer)["thread"] == told["id"]
    assert talk.writer.save(first, {"text": "Mieux."}).json()["edited_at"]
    assert talk.writer.ask("PUT", first, {"text": "Sans dire quoi."}).status_code == 428
    assert talk.writer.save(first, {"text": "Vieux."}, if_match='"x"').status_code == 412
    assert problem(talk.rep.save(first, {"text": "Pas moi."}))["code"] == "not-permitted"
    deleted = talk.writer.step(first, "delete").json()
    assert (deleted["text"], deleted["deleted_at"] is not None) == (None, True)
    listed = talk.reader.get(f"{talk.at}/comments")
    assert ([one["text"] for one in listed["items"]], listed["total"]) == ([None, "Oui."], 2)


def test_what_is_hidden_is_told_to_its_author_and_to_coordinators(talk: Talk) -> None:
    one = talk.say("Ce service ne fait rien.")
    assert talk.writer.step(one, "hide", {"reason": "Pas maintenant."}).status_code == 403
    assert talk.head.step(one, "hide", {"reason": " "}).status_code == 422
    assert talk.head.step(one, "hide", {"reason": "C’est blessant."}).status_code == 200
    told = {name: getattr(talk, name).get(one) for name in ("writer", "head", "reader", "rep")}
    assert {name: one["text"] is not None for name, one in told.items()} == {
        "writer": True, "head": True, "reader": False, "rep": False,
    }  # fmt: skip
    assert {name: one["hidden_reason"] for name, one in told.items() if one["hidden_reason"]} == {
        "writer": "C’est blessant.", "head": "C’est blessant.",
    }  # fmt: skip
    assert talk.head.step(one, "show").status_code == 200
    assert talk.reader.get(one)["text"] == "Ce service ne fait rien."


def test_the_guard_and_the_help_lines_stand_before_it(talk: Talk) -> None:
    comments = f"{talk.at}/comments"
    refused = problem(talk.writer.ask("POST", comments, {"text": "Écrire à jean.dupont@justice.example"}))
    assert (refused["code"], refused["concerns"][0]["field"]) == ("identifying", "text")
    assert "jean" not in str(refused)
    soft = {"text": "Appeler le 01 44 56 78 90"}
    assert talk.writer.ask("POST", comments, soft).status_code == 422
    why = {"field": "text", "code": "phone", "reason": "Numéro du standard."}
    assert talk.writer.ask("POST", comments, soft | {"reasons": [why]}).status_code == 201
    told = problem(talk.writer.ask("POST", comments, {"text": "Mon voisin me touche et je ne sais pas à qui le dire."}))
    assert (told["code"], bool(told["help"])) == ("disclosure", True)
    why = {"field": "text", "code": "disclosure", "reason": "Une phrase de notre affiche."}
    call = {"text": "Mon voisin me touche et je ne sais pas à qui le dire.", "reasons": [why]}
    assert talk.writer.ask("POST", comments, call).status_code == 201
    for wrong in ({}, {"text": ""}, {"text": "x" * 10_001}, {"text": "x", "answers_to": "x"}, {"text": "x", "y": 1}):
        assert talk.writer.ask("POST", comments, wrong).status_code == 422


def test_a_request_that_is_repeated_says_it_once(talk: Talk) -> None:
    key = {"idempotency_key": "once-and-for-all"}
    answers = [talk.writer.ask("POST", f"{talk.at}/comments", {"text": "Une fois."}, **key) for _ in range(3)]
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert talk.reader.get(f"{talk.at}/comments")["total"] == 1


def test_no_answer_that_is_kept_to_be_repeated_holds_what_was_taken_back(talk: Talk) -> None:
    def kept() -> bytes:
        with talk.programs.instance.database.read("-") as session:
            return b"".join(session.scalars(select(Answered.body)))

    one = talk.say("Motlequinreste.")
    assert b"Motlequinreste" in kept()
    talk.writer.save(one, {"text": "Autrement dit."})
    assert b"Motlequinreste" not in kept()
    talk.writer.step(one, "delete")
    assert b"Autrement dit" not in kept()


@pytest.mark.both_databases
def test_of_a_hundred_who_change_it_at_once_one_does(talk: Talk) -> None:
    one = talk.say("Premier jet.")
    read = talk.writer.etag(one)
    assert at_once(100, lambda: talk.writer.save(one, {"text": "Mieux."}, if_match=read)) == [200] + [412] * 99


def test_a_list_is_read_part_by_part_and_costs_the_same(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    talk.say("Un.")

    def cost() -> int:
        return asked(talk.programs.instance, monkeypatch, lambda: talk.reader.get(f"{talk.at}/comments?limit=100"))

    few = cost()
    for number in range(99):
        talk.group.say(f"Numéro {number}.")
    assert cost() == few
    seen, path = [], f"{talk.at}/comments?limit=30"
    while path:
        part = talk.reader.get(path)
        seen += [one["id"] for one in part["items"]]
        path = part["next"]
    assert (len(seen), len(set(seen))) == (100, 100)


def test_who_may_not_know_the_improvement_is_told_there_is_none(talk: Talk) -> None:
    one = talk.say("Entre nous.")
    stranger = talk.programs.of("coordinator", region="elsewhere")
    assert stranger.ask("GET", one).status_code == 403
    assert talk.reader.ask("GET", one.replace(talk.group.id, UNKNOWN)).status_code == 404
    assert talk.reader.ask("POST", f"{talk.at}/comments", {"text": "x"}).status_code == 403
    talk.group.erase()
    assert talk.reader.ask("GET", one).status_code == 410


# Amendments


def amend(talk: Talk, by: Program | None = None, **text: str) -> str:
    body = {"base": 1, "language": "fr", "text": TEXT | text, "why": "Plus clair."}
    answer = (by or talk.writer).ask("POST", f"{talk.at}/amendments", body)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def test_an_amendment_is_proposed_and_accepted(talk: Talk) -> None:
    one = amend(talk, talk.rep, title="Un seul numéro")
    talk.say("Je soutiens.", amendment=1)
    assert talk.reader.get(f"{talk.at}/comments?amendment=1")["total"] == 1
    decision = {"reason": "D’accord.", "version": 1}
    assert talk.writer.step(one, "accept", decision).status_code == 403
    assert talk.head.step(one, "accept", decision | {"version": 2}).status_code == 409
    told = talk.head.step(one, "accept", decision).json()
    assert (told["state"], told["version"], told["reason"]) == ("accepted", 2, "D’accord.")
    assert talk.group.says().text["fr"].title == "Un seul numéro"
    assert problem(talk.head.step(one, "refuse", {"reason": "Pas maintenant."}))["code"] == "conflict"


def test_one_that_was_overtaken_is_put_together_first(talk: Talk) -> None:
    first, second = amend(talk, title="Un seul numéro"), amend(talk, reasons="Quatre services.")
    talk.head.step(first, "accept", {"reason": "D’accord.", "version": 1})
    decision = {"reason": "D’accord.", "version": 2}
    assert talk.head.step(second, "accept", decision).status_code == 409
    together = TEXT | {"title": "Un seul numéro", "reasons": "Quatre services."}
    assert talk.head.step(second, "accept", decision | {"text": together}).status_code == 200
    assert talk.group.says().text["fr"].reasons == "Quatre services."


@pytest.mark.both_databases
def test_of_a_hundred_who_decide_at_once_one_does(talk: Talk) -> None:
    one = amend(talk, title="Un seul numéro")
    read = talk.head.etag(one)
    decided = at_once(100, lambda: talk.head.step(one, "accept", {"reason": "D’accord.", "version": 1}, if_match=read))
    assert decided == [200] + [412] * 99
    assert talk.reader.get(f"{talk.at}/amendments")["total"] == 1


def test_an_amendment_is_withdrawn_by_who_proposed_it(talk: Talk) -> None:
    one = amend(talk, title="Un seul numéro")
    assert talk.rep.step(one, "withdraw").status_code == 403
    assert talk.writer.step(one, "withdraw").json()["state"] == "withdrawn"
    for wrong in ({"base": 9}, {"language": "en"}, {"why": " "}, {"text": TEXT}):
        body = {"base": 1, "language": "fr", "text": TEXT | {"title": "B"}, "why": "Oui."} | wrong
        assert talk.writer.ask("POST", f"{talk.at}/amendments", body).status_code == 422, wrong


# Actions


def plan(talk: Talk, what: str = "Ouvrir la ligne.", **more: Any) -> str:
    body = {"what": what, "stakeholder": talk.group.organisation, "due_on": "2031-03-12"} | more
    answer = talk.head.ask("POST", f"{talk.at}/actions", body)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def test_actions_are_planned_reported_on_and_the_improvement_completed(talk: Talk) -> None:
    talk.group.move("adopted")
    one = plan(talk)
    past = {"what": "Plus tôt.", "stakeholder": talk.group.other, "due_on": "2020-01-01"}
    assert talk.head.ask("POST", f"{talk.at}/actions", past).status_code == 422, "what is planned now is still to come"
    other = plan(talk, "Plus tôt.", stakeholder=talk.group.other)
    assert talk.head.save(other, past).status_code == 200, "what was planned may turn out to be overdue"
    assert talk.rep.step(other, "progress", {"progress": "done"}).status_code == 403
    told = talk.rep.step(one, "progress", {"progress": "done", "note": "C’est fait."}).json()
    assert [(step["progress"], step["note"]) for step in told["history"]] == [
        ("not-begun", ""),
        ("done", "C’est fait."),
    ]
    late = talk.reader.get(f"{PARIS}/team/actions?show=overdue&stakeholder={talk.group.other}&limit=100")["items"]
    assert [item["what"] for item in late if item["improvement"] == talk.group.id] == ["Plus tôt."]
    listed = talk.reader.get(f"{talk.at}/actions")
    assert [item["overdue"] for item in listed["items"]] == [False, True]
    planned = {"what": "Plus tôt encore.", "stakeholder": talk.group.other, "due_on": "2020-01-02"}
    assert talk.head.save(other, planned).json()["what"] == "Plus tôt encore."
    assert talk.head.step(other, "progress", {"progress": "given-up"}).status_code == 422
    assert talk.head.step(other, "progress", {"progress": "given-up", "note": "Inutile."}).status_code == 200
    whole = _etag_of_improvement(talk)
    done = talk.head.ask("POST", f"{talk.at}/complete", {}, if_match=whole)
    assert done.status_code == 200, done.text
    assert talk.head.ask("POST", f"{talk.at}/resume", {}, if_match=done.headers["etag"]).status_code == 200


def test_a_program_keeps_who_is_to_do_an_action_and_gives_it_to_nobody_who_is_not_listed(talk: Talk) -> None:
    paris = talk.group.instance
    gone = keeping.published(paris)
    talk.group.move("adopted")
    body = {"what": "Ouvrir la ligne.", "due_on": "2099-01-01"}
    kept, other = (
        str(talk.head.ask("POST", f"{talk.at}/actions", body | {"stakeholder": who}).headers["location"])
        for who in (gone, talk.group.other)
    )
    with paris.database.write("paris") as session:
        records.withdraw(session, session.get_one(Record, ("paris", gone)), by="team")
    later = body | {"due_on": "2099-02-01", "stakeholder": gone}
    assert talk.head.save(kept, later).json()["due_on"] == "2099-02-01"
    assert talk.head.save(other, later).status_code == 422


@pytest.mark.both_databases
def test_of_a_hundred_reports_on_one_state_one_counts(talk: Talk) -> None:
    talk.group.move("adopted")
    one = plan(talk)
    read = talk.head.etag(one)
    report = {"progress": "under-way"}
    assert at_once(100, lambda: talk.head.step(one, "progress", report, if_match=read)) == [200] + [412] * 99


def _etag_of_improvement(talk: Talk) -> str:
    from lanzarote.web.working_records import etag_of

    with talk.group.read() as (_, record):
        return etag_of(record)


# Following


def test_following_by_a_program(talk: Talk) -> None:
    one, whole = f"{PARIS}/team/follows/{talk.group.id}", f"{PARIS}/team/follow"
    assert talk.writer.ask("PUT", one, {"rhythm": "daily"}).json()["rhythm"] == "daily"
    assert talk.writer.ask("PUT", whole, {"rhythm": "weekly"}).json()["record"] is None
    told = talk.writer.get(f"{API}/me/follows")
    assert [(item["record"], item["rhythm"]) for item in told["items"]] == [
        (None, "weekly"),
        (talk.group.id, "daily"),
    ]
    assert talk.writer.ask("PUT", one, {"rhythm": "hourly"}).status_code == 422
    assert talk.writer.ask("PUT", one.replace(talk.group.id, UNKNOWN), {"rhythm": "now"}).status_code == 404
    for path in (one, one, whole):
        assert talk.writer.ask("DELETE", path).status_code == 204
    assert talk.writer.get(f"{API}/me/follows")["items"] == []
    assert talk.programs.nobody.ask("GET", f"{API}/me/follows").status_code == 401
