"""An assessment through the API: asked, answered without seeing each other, decided; blind to the last byte."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.core.api.programs import BEARER, CONFIRMED, Program, Programs, problem
from tests.core.days import today

REASON = "La convention de 2019 le dit."


def submitted(writer: Program) -> str:
    path = writer.begin()
    assert writer.step(path, "submit", BEARER).status_code == 200
    return path


def asked(writer: Program, head: Program, *reviewers: Program) -> str:
    path = submitted(writer)
    answer = head.step(path, "ask", {"reviewers": [one.id for one in reviewers]})
    assert (answer.status_code, answer.json()["stage"]) == (200, "assessing"), answer.text
    return path


def full(reviewer: Program, path: str, reason: str = REASON) -> dict[str, Any]:
    grid = reviewer.get(f"{path}/assessment")["grid"]

    def first(one: dict[str, Any]) -> str:
        return "yes" if one.get("gate") else str(one["scale"][0]["key"])

    return {
        "criteria": {one["key"]: {"value": first(one), "reason": reason} for one in grid["criteria"]},
        "vouching": {"value": "observed", "reason": reason},
        "strength": {"value": "promising", "reason": reason},
        "nobody": True,
        "no_case": True,
    }


def give(reviewer: Program, path: str, body: Any, how: str = "assessment/give", **headers: str) -> Any:
    headers = {"if_match": reviewer.etag(f"{path}/assessment")} | headers
    return reviewer.ask("PUT" if how == "assessment" else "POST", f"{path}/{how}", body, **headers)


def decision(**more: Any) -> dict[str, Any]:
    axes = {"vouching": "observed", "strength": "prudent", "witness": {"name": "Ville de Lyon", "on": "2026-05-04"}}
    said = {"round": 1, "outcome": "assessed", "reason": {"fr": "Utile ailleurs."}, "day": today().isoformat()}
    return said | axes | more


@pytest.fixture(scope="module")
def reviewers(programs: Programs) -> tuple[Program, Program]:
    return programs.of("reviewer", name="Rim"), programs.of("reviewer", name="Sol")


def test_a_practice_is_assessed_by_two_and_published_by_the_teams_decision(
    programs: Programs, writer: Program, head: Program, reviewers: tuple[Program, Program]
) -> None:
    path = asked(writer, head, *reviewers)
    for one in reviewers:
        kept = give(one, path, {"vouching": {"value": "observed"}}, "assessment")
        assert kept.status_code == 200
        assert one.get(f"{path}/assessment")["answers"]["vouching"] == {"value": "observed"}
        assert give(one, path, full(one, path)).status_code == 200
    told = head.get(f"{path}/assessments")["last"]
    assert (told["complete"], [one["reviewer"]["name"] for one in told["seats"]]) == (True, ["Rim", "Sol"])
    decided = head.step(path, "decide", decision())
    assert (decided.status_code, decided.json()["state"]) == (200, "published")
    public = programs.nobody.get(f"/api/v1/regions/paris/practices/{decided.json()['slug']}")
    assert (public["standing"], public["vouching"], public["strength"]) == ("assessed", "observed", "prudent")
    assert public["assessment"]["witness"] == {"name": "Ville de Lyon", "on": "2026-05-04"}
    [told] = head.get(f"{path}/assessments")["decisions"]
    assert (told["outcome"], told["reason"], told["by"]["name"]) == ("assessed", {"fr": "Utile ailleurs."}, "Cy")


def test_nobody_learns_what_others_answered_before_all_are_in(
    programs: Programs, writer: Program, head: Program, reviewers: tuple[Program, Program]
) -> None:
    rim, sol = reviewers
    path = asked(writer, head, rim, sol)
    before = {
        name: sol.ask("GET", f"{path}{name}").content for name in ("", "/assessments", "/assessment", "/versions")
    }
    give(rim, path, full(rim, path, "Un mot que personne ne lit."))
    for name, body in before.items():
        assert sol.ask("GET", f"{path}{name}").content == body, name
    [seen] = [one for one in head.get(f"{path}/assessments")["last"]["seats"] if one["reviewer"]["id"] == rim.id]
    assert (seen["given"], seen["answers"]) == (True, None)
    give(sol, path, full(sol, path))
    seats = head.get(f"{path}/assessments")["last"]["seats"]
    assert [one["answers"]["vouching"]["reason"] for one in seats if one["reviewer"]["id"] == rim.id] == [
        "Un mot que personne ne lit."
    ]
    assert writer.ask("GET", f"{path}/assessments").status_code == 403


def test_who_wrote_it_cannot_be_asked(writer: Program, head: Program, reviewers: tuple[Program, Program]) -> None:
    path = head.begin()
    head.step(path, "submit", BEARER)
    [own] = [one for one in head.get(f"{path}/candidates")["items"] if one["id"] == head.id]
    assert set(own["why_not"]) == {"author", "submitter"}
    refused = head.step(path, "ask", {"reviewers": [head.id]})
    assert (refused.status_code, problem(refused)["code"]) in [(403, "not-permitted"), (422, "unfit")]


def test_who_is_not_asked_has_nothing_to_answer(
    writer: Program, head: Program, publisher: Program, reviewers: tuple[Program, Program]
) -> None:
    path = asked(writer, head, *reviewers)
    assert publisher.ask("GET", f"{path}/assessment").status_code == 404
    refused = publisher.ask("POST", f"{path}/assessment/give", {}, if_match='"1"')
    assert refused.status_code == 404


def test_what_is_given_is_not_changed_and_what_is_missing_is_told(
    writer: Program, head: Program, reviewers: tuple[Program, Program]
) -> None:
    rim, _ = reviewers
    path = asked(writer, head, *reviewers)
    missing = problem(give(rim, path, full(rim, path) | {"nobody": False, "vouching": {}}))
    assert [one["field"] for one in missing["errors"]] == ["vouching.value", "vouching.reason", "nobody"]
    assert give(rim, path, full(rim, path)).status_code == 200
    assert problem(give(rim, path, full(rim, path)))["code"] == "conflict"
    assert problem(give(rim, path, {}, "assessment"))["code"] == "conflict"


def test_two_windows_of_one_reviewer_overwrite_nothing(
    writer: Program, head: Program, reviewers: tuple[Program, Program]
) -> None:
    rim, _ = reviewers
    path = asked(writer, head, *reviewers)
    old = rim.etag(f"{path}/assessment")
    assert give(rim, path, {"vouching": {"reason": "Un."}}, "assessment").status_code == 200
    assert give(rim, path, {"vouching": {"reason": "Deux."}}, "assessment", if_match=old).status_code == 412
    assert rim.get(f"{path}/assessment")["answers"]["vouching"] == {"reason": "Un."}


def test_answers_and_decisions_pass_the_guard(
    writer: Program, head: Program, reviewers: tuple[Program, Program]
) -> None:
    rim, _ = reviewers
    path = asked(writer, head, *reviewers)
    told = problem(give(rim, path, full(rim, path, "Écrire à jean.dupont@gmail.com")))
    assert {one["code"] for one in told["concerns"]} == {"email"}
    told = problem(head.step(path, "decide", decision(outcome="return", reason={"fr": "Voir jean.dupont@gmail.com"})))
    assert [(one["field"], one["code"]) for one in told["concerns"]] == [("reason.fr", "email")]
    assert "dupont" not in str(told)


def test_it_is_not_published_as_assessed_before_all_are_in(
    writer: Program, head: Program, reviewers: tuple[Program, Program]
) -> None:
    path = asked(writer, head, *reviewers)
    assert [one["field"] for one in problem(head.step(path, "decide", decision()))["errors"]] == ["outcome"]
    assert problem(head.step(path, "publish", CONFIRMED))["code"] == "not-now"
    assert problem(head.step(path, "decide", decision(round=2)))["code"] == "conflict"
    back = head.step(path, "decide", decision(outcome="return", vouching=None, strength=None))
    assert (back.status_code, back.json()["stage"]) == (200, "writing")


def test_who_is_asked_can_give_it_back_and_the_coordinator_can_take_it_back(
    writer: Program, head: Program, reviewers: tuple[Program, Program]
) -> None:
    rim, sol = reviewers
    path = asked(writer, head, rim, sol)
    assert rim.ask("POST", f"{path}/release", {"reviewer": sol.id}).status_code == 403
    assert rim.ask("POST", f"{path}/release", {}).status_code == 200
    assert rim.ask("GET", f"{path}/assessment").status_code == 404
    assert head.ask("POST", f"{path}/release", {"reviewer": sol.id}).status_code == 200
    assert head.get(f"{path}/assessments")["last"]["seats"] == []


def test_a_meeting_was_neither_before_they_were_asked_nor_is_it_to_come(
    writer: Program, head: Program, reviewers: tuple[Program, Program]
) -> None:
    path = asked(writer, head, *reviewers)
    for day, told in (
        (date(2090, 1, 1), "This day has not come yet."),
        (today() - timedelta(days=1), f"The reviewers were asked on {today()}: the team cannot have met on it before."),
    ):
        refused = problem(head.step(path, "decide", decision(outcome="return", day=day.isoformat())))
        assert refused["errors"] == [{"field": "day", "detail": told}]
