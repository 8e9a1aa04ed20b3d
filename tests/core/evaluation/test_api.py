"""Programs count and judge too: once, on what they read; the public reads no exact number of people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lanzarote.app import create_app
from lanzarote.instance import Instance
from litestar.testing import TestClient

from tests.core.api.programs import PARIS, Programs, problem
from tests.core.days import today
from tests.core.evaluation.piloting import REPORT, TRAINED
from tests.core.evaluation.test_team_pages import month

INDICATORS, EVALUATIONS = f"{PARIS}/team/indicators", f"{PARIS}/team/evaluations"


@pytest.fixture
def programs(own_paris: Instance) -> Iterator[Programs]:
    with TestClient(create_app(own_paris), base_url="http://lanzarote.test") as client:
        yield Programs(own_paris, client)


def test_a_value_is_entered_once_and_published_by_somebody_else(programs: Programs) -> None:
    writer, head = programs.of("contributor"), programs.of("coordinator")
    begun = writer.ask("POST", INDICATORS, TRAINED)
    assert begun.status_code == 201, begun.text
    path = begun.headers["location"]
    body = {"period": month(0), "value": 12, "source": "Feuilles de présence", "language": "fr"}
    etag = writer.etag(path)
    first = writer.ask("POST", f"{path}/values", body, if_match=etag, idempotency_key="one")
    again = writer.ask("POST", f"{path}/values", body, if_match=etag, idempotency_key="one")
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.content == again.content
    assert writer.get(f"{path}/values")["total"] == 1
    late = writer.ask("POST", f"{path}/values", body, if_match=etag)
    assert late.status_code == 412
    without = writer.ask("POST", f"{path}/values", body)
    assert without.status_code == 428
    assert programs.nobody.get(f"{PARIS}/indicators")["total"] == 0
    assert writer.step(path, "publish").status_code == 403
    assert head.step(path, "publish").status_code == 200
    [public] = programs.nobody.get(f"{PARIS}/indicators")["items"]
    assert public["latest"] == {
        "value": 10,
        "hidden": False,
        "rounded": True,
        "period": month(0),
        "source": "Feuilles de présence",
        "computed": False,
        "corrected": False,
    }
    assert public["baseline"]["value"] is None
    [point] = programs.nobody.get(f"{PARIS}/indicators/{public['slug']}/values")["items"]
    assert point["value"] == 10


def test_an_evaluation_from_the_criteria_to_the_decision(programs: Programs) -> None:
    writer, head, second = programs.of("contributor"), programs.of("coordinator"), programs.of("coordinator")
    path = writer.ask("POST", EVALUATIONS, REPORT).headers["location"]
    assert writer.step(path, "run").status_code == 403
    assert head.step(path, "run").status_code == 200
    answers = [
        {
            "criterion": criterion,
            "standpoint": standpoint,
            "judge": judge,
            "answer": "met",
            "reason": {"fr": "Vu."},
            "source": "Lettre",
        }
        for criterion in ("c1", "c2")
        for standpoint, judge in (("self", "j1"), ("external", "j2"))
    ]
    unsaid = [answers[2], answers[1] | {"source": ""}]
    refused = head.step(path, "judgements", {"answers": unsaid})
    assert [one["field"] for one in problem(refused)["errors"]] == ["answers[1].source"]
    early = head.step(path, "close")
    assert problem(early)["status"] == 422
    done = head.step(path, "judgements", {"answers": answers})
    assert done.status_code == 200, done.text
    assert head.step(path, "close").status_code == 200
    decision = {
        "outcome": "extend",
        "reason": {"fr": "Les deux regards concordent."},
        "on": today().isoformat(),
        "decided_by": {"fr": "Le groupe de travail"},
    }
    again = {"reason": "Il manquait une lettre."}
    assert head.step(path, "resume", again).status_code == 200
    assert head.step(path, "close").status_code == 200
    assert head.step(path, "decide", decision).status_code == 200
    assert head.step(path, "reopen", again).status_code == 200
    assert head.step(path, "decide", decision).status_code == 200
    assert programs.nobody.get(f"{PARIS}/evaluations")["total"] == 0
    assert head.step(path, "publish").status_code == 403
    assert second.step(path, "publish").status_code == 200
    [public] = programs.nobody.get(f"{PARIS}/evaluations")["items"]
    assert public["decision"]["outcome"] == "extend"
    assert {(one["standpoint"], one["answer"]) for one in public["answers"]} == {("self", "met"), ("external", "met")}
    assert programs.nobody.get(f"{PARIS}/evaluations/{public['slug']}") == public


@pytest.mark.parametrize(
    "change",
    [
        {"counts": "children"},
        {"target": {"value": "many", "by": "2031"}},
        {"text": {"fr": {"title": ""}}},
        {"key": "x"},
    ],
)
def test_what_is_no_indicator_is_refused(programs: Programs, change: dict[str, Any]) -> None:
    refused = programs.of("contributor").ask("POST", INDICATORS, TRAINED | change)
    assert refused.status_code in (400, 422), refused.text
