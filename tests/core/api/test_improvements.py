"""Findings and improvements through the API: written, shared, discussed; the public reads what was decided."""

from __future__ import annotations

from typing import Any

import pytest
from lanzarote.records.changelog import Audit
from sqlalchemy import func, select

from tests.core.api.programs import API, PARIS, Program, Programs, problem
from tests.core.api.test_at_once import at_once, everywhere
from tests.core.api.test_everybody import BODIES
from tests.core.improvements.deliberating import decided

FINDINGS, IMPROVEMENTS = f"{PARIS}/team/findings", f"{PARIS}/team/improvements"
PUBLIC = f"{PARIS}/improvements"
__all__ = ["everywhere"]


def begun(writer: Program, kind: str, **body: Any) -> str:
    answer = writer.ask("POST", f"{PARIS}/team/{kind}s", BODIES[kind] | body)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def id_of(path: str) -> str:
    return path.rpartition("/")[2]


def test_a_finding_goes_from_the_first_word_to_the_group_and_out_again(
    programs: Programs, writer: Program, head: Program
) -> None:
    other = programs.of("contributor")
    body = programs.instance.directory("paris")[0]
    path = begun(writer, "finding", organisations=[body.id])
    seen = writer.get(path)
    assert (seen["state"], seen["lacking"], seen["finding"]["organisations"]) == ("draft", [body.id], [body.id])
    for hidden in (path, f"{path}/versions", f"{path}/versions/1"):
        other.get(hidden, 404)
    assert id_of(path) not in [one["id"] for one in other.get(FINDINGS)["items"]]
    assert other.save(path, BODIES["finding"], if_match='"x"').status_code == 404
    refused = problem(head.step(path, "share"))
    assert [one["field"] for one in refused["errors"]] == ["organisations"]
    assert body.organisation.name["fr"] in str(refused) or body.organisation.name["en"] in str(refused)
    said = {"stakeholder": body.id, "on": "2026-01-01", "how": "Lettre"}
    assert writer.step(path, "offer", said).status_code == 403
    assert head.step(path, "offer", said).status_code == 200
    assert head.step(path, "share").json()["state"] == "shared"
    told = {"stakeholder": body.id, "on": "2026-01-02", "reply": {"fr": "Nous y travaillons."}}
    assert head.step(path, "reply", told).status_code == 200
    [offer] = other.get(path)["offers"]
    assert (offer["reply"], offer["replied_on"], offer["by"]["id"]) == (told["reply"], "2026-01-02", head.id)
    old = other.etag(path)
    assert other.save(path, BODIES["finding"]).json()["version"] == 2
    assert other.save(path, BODIES["finding"], if_match=old).status_code == 412
    assert other.get(f"{path}/versions/1")["finding"]["organisations"] == [body.id]
    assert head.step(path, "close", {"reason": "C’est réglé."}).json()["state"] == "closed"
    assert other.get(path)["closed"] == "C’est réglé."
    assert other.save(path, BODIES["finding"] | {"convention": ["10"]}).status_code == 409
    assert head.step(path, "erase").status_code == 204
    assert head.ask("GET", path).status_code == 410


def test_an_improvement_goes_from_the_first_word_to_the_public(
    programs: Programs, writer: Program, head: Program
) -> None:
    answered = begun(writer, "finding")
    path = begun(writer, "improvement", findings=[id_of(answered)])
    assert writer.get(answered)["improvements"] == [id_of(path)]
    assert head.step(path, "discuss").json()["state"] == "discussed"
    assert head.step(path, "discuss").status_code == 409
    slug = head.get(path)["slug"]
    assert programs.nobody.ask("GET", f"{PUBLIC}/{slug}").status_code == 404
    decided(programs.instance, id_of(path))
    told = programs.nobody.get(f"{PUBLIC}/{slug}")
    assert (told["state"], told["improvement"]["text"]["fr"]["title"]) == ("adopted", "Une piste")
    assert id_of(answered) not in str(told)
    assert "findings" not in told["improvement"]
    assert slug in [one["slug"] for one in programs.nobody.get(f"{PUBLIC}?state=adopted")["items"]]
    assert programs.nobody.get(f"{PUBLIC}?state=dropped")["items"] == []
    assert head.step(path, "complete").json()["state"] == "completed"
    assert programs.nobody.get(f"{PUBLIC}/{slug}")["state"] == "completed"
    assert head.step(path, "resume").json()["state"] == "adopted"
    head.step(path, "reconsider")
    assert programs.nobody.get(f"{PUBLIC}/{slug}")["state"] == "discussed-again"
    assert head.step(path, "drop", {"reason": "Pas maintenant."}).json()["state"] == "dropped"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": {"fr": {"title": "T", "proposal": "Écrire à lea.dupont@gmail.com"}}}, "text.fr.proposal"),
        ({"practices": ["018f0000-0000-7000-8000-000000000000"]}, "practices"),
        ({"sectors": ["unheard-of"]}, "sectors"),
        ({"own_sources": [{"key": "lea-dupont-gmail", "title": "T", "publisher": "", "kind": "press"}]},
         "own_sources[0].publisher"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_with_its_place_and_never_repeated(
    writer: Program, body: dict[str, Any], field: str
) -> None:
    answer = writer.ask("POST", IMPROVEMENTS, BODIES["improvement"] | body)
    assert answer.status_code == 422, answer.text
    assert "lea.dupont" not in answer.text
    assert field in answer.text


def test_who_tells_of_a_child_in_danger_is_told_where_help_is(writer: Program) -> None:
    cry = "Mon beau-père me touche la nuit, j’ai 12 ans et j’ai peur, aidez-moi"
    answer = writer.ask("POST", FINDINGS, BODIES["finding"] | {"text": {"fr": {"title": "Aide", "observed": cry}}})
    assert (answer.status_code, "119" in answer.text) == (422, True)


def test_the_same_request_makes_one_and_not_two(programs: Programs, writer: Program) -> None:
    answers = [writer.ask("POST", FINDINGS, BODIES["finding"], idempotency_key="once") for _ in range(3)]
    assert len({answer.headers["location"] for answer in answers}) == 1


@pytest.mark.both_databases
def test_of_a_hundred_identical_requests_one_is_done(everywhere: Programs) -> None:
    writer, head = everywhere.of("contributor"), everywhere.of("coordinator")
    made = [lambda: writer.ask("POST", IMPROVEMENTS, BODIES["improvement"], idempotency_key="same")] * 50
    done = at_once(*made)
    # Who comes while another writes is told to send it again.
    assert set(done) <= {201, 409}
    assert done[0] == 201
    [one] = writer.get(IMPROVEMENTS)["items"]
    path = f"{IMPROVEMENTS}/{one['id']}"
    read = head.etag(path)
    answers = at_once(*[lambda: head.step(path, "discuss", if_match=read)] * 50)
    assert answers == [200] + [412] * 49
    with everywhere.instance.database.read("paris") as session:
        query = select(func.count()).select_from(Audit).where(Audit.kind == "improvement")
        assert session.scalar(query) == 2


def test_the_description_shows_what_was_decided_as_it_is_answered(programs: Programs, writer: Program) -> None:
    path = begun(writer, "improvement", text={"fr": {"title": "Montrée en exemple", "proposal": "Un registre."}})
    decided(programs.instance, id_of(path))
    described = programs.nobody.get("/api/v1/openapi.json")["paths"][
        f"{API}/regions/{{region}}/improvements/{{improvement}}"
    ]
    [slug] = [one["example"] for one in described["get"]["parameters"] if one["name"] == "improvement"]
    shown = described["get"]["responses"]["200"]["content"]["application/json"]["example"]
    assert programs.nobody.get(f"{PUBLIC}/{slug}") == shown
