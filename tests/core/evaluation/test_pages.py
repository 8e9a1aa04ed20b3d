"""What the public and the group read of indicators and evaluations."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from lanzarote.app import create_app
from lanzarote.evaluation import deciding
from lanzarote.evaluation.model import Votes
from lanzarote.instance import Instance
from lanzarote.records.records import now
from litestar.testing import TestClient
from msgspec.structs import replace

from tests.core.evaluation.piloting import (
    DECISION,
    HEAD,
    REPORT,
    TRAINED,
    answer,
    begun,
    close,
    counted,
    decide,
    decided,
    enter,
    get,
    judged,
    publish,
    released,
    run,
)


@pytest.fixture
def client(own_paris: Instance) -> Iterator[TestClient[Any]]:
    with TestClient(create_app(own_paris), base_url="http://lanzarote.test") as client:
        yield client


def read(client: TestClient[Any], path: str, status: int = 200) -> str:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def test_before_anything_is_published_the_pages_say_so(client: TestClient[Any], own_paris: Instance) -> None:
    counted(own_paris)
    judged(own_paris)
    assert "No indicator is published yet." in read(client, "/en/paris/indicators")
    assert "The pilot is not evaluated yet." in read(client, "/en/paris/evaluation")
    assert "The pilot is not evaluated yet." in read(client, "/en/paris/group")
    read(client, "/en/paris/indicators/professionnels-formes-ensemble", 404)
    read(client, "/en/paris/evaluation/evaluation-du-pilote-2031", 404)


def test_small_numbers_of_people_stand_on_no_public_page(client: TestClient[Any], own_paris: Instance) -> None:
    released(own_paris, TRAINED, {"2031-03": 3, "2031-04": 12, "2031-05": 13})
    html = read(client, "/en/paris/indicators/professionnels-formes-ensemble")
    assert "1 to 7" in html
    assert '<td class="number">10</td>' in html
    assert '<td class="number">15</td>' in html
    for exact in (">3<", ">12<", ">13<", ">28<"):
        assert exact not in html
    assert "not published: a part of it is hidden" in html
    rows = list(csv.reader(io.StringIO(read(client, "/en/paris/indicators?format=csv"))))
    assert [row[2] for row in rows if row and row[0] == "Professionals trained together"] == ["1 to 7", "10", "15"]


def test_the_report_tells_everything_in_one_place(client: TestClient[Any], own_paris: Instance) -> None:
    indicator = released(own_paris, TRAINED, {"2031-04": 12, "2031-05": 13})
    body = REPORT | {"criteria": [{**REPORT["criteria"][0], "indicators": [indicator]}, REPORT["criteria"][1]]}
    decided(own_paris, body, indicator)
    html = read(client, "/fr/paris/evaluation")
    for said in ("Pas encore", "Compter encore un an.", "Les secteurs se parlent-ils", "Un centre de recherche"):
        assert said in html
    assert "Pas encore" in read(client, "/fr/paris/group")
    enter(own_paris, indicator, "2031-04", 37, note="Feuille retrouvée", seen=1, by=HEAD)
    assert '<td class="number">10</td>' in read(client, "/fr/paris/evaluation")
    assert '<td class="number">35</td>' not in read(client, "/fr/paris/evaluation")


def test_a_judge_without_an_answer_did_not_judge(client: TestClient[Any], own_paris: Instance) -> None:
    record_id = begun(own_paris)
    run(own_paris, record_id)
    for criterion in ("c1", "c2"):
        answer(own_paris, record_id, criterion, "j1")
        answer(own_paris, record_id, criterion, "", "absent", standpoint="external")
    close(own_paris, record_id)
    decide(own_paris, record_id, replace(DECISION, votes=Votes(support=3, abstained=1)))
    publish(own_paris, record_id)
    html = read(client, "/fr/paris/evaluation")
    assert "Évaluateurs\u202f: Le secrétariat du groupe</p>" in html
    assert "Pas de réponse de\u202f: Un centre de recherche universitaire</p>" in html
    assert "Votes\u202f: 3 pour, 0 contre, 1 abstention." in html
    assert "Cette évaluation ne repose sur aucun chiffre." in html
    assert "Les chiffres sont ceux" not in html
    [public] = client.get("/api/v1/regions/paris/evaluations").json()["items"]
    assert public["decision"]["votes"] == {"support": 3, "against": 0, "abstained": 1}


def test_search_engines_are_told_of_what_is_published_and_of_nothing_else(
    client: TestClient[Any], own_paris: Instance
) -> None:
    indicator = released(own_paris, TRAINED, {"2031-04": 12})
    hidden = decided(own_paris)
    evaluation = decided(own_paris)
    with own_paris.database.write("paris") as session:
        slugs = {one: get(session, one).slug for one in (indicator, evaluation, hidden)}
        words = own_paris.vocabulary("paris")
        deciding.withdraw(session, get(session, hidden), words, reason="Erreur de date.", by=HEAD, at=now())
    told = read(client, "/sitemap/paris-1.xml")
    for place in ("indicators", "evaluation", f"indicators/{slugs[indicator]}", f"evaluation/{slugs[evaluation]}"):
        assert f"<loc>http://lanzarote.test/fr/paris/{place}</loc>" in told
    assert f"/{slugs[hidden]}<" not in told


def test_a_withdrawn_evaluation_says_when_and_why_and_the_one_before_is_in_force(
    client: TestClient[Any], own_paris: Instance
) -> None:
    first, second = decided(own_paris), decided(own_paris)
    with own_paris.database.write("paris") as session:
        slugs = [get(session, one).slug for one in (first, second)]
    assert "Une décision plus récente est en vigueur" in read(client, f"/fr/paris/evaluation/{slugs[0]}")
    with own_paris.database.write("paris") as session:
        words = own_paris.vocabulary("paris")
        deciding.withdraw(session, get(session, second), words, reason="Publié trop tôt.", by=HEAD, at=now())
    html = read(client, f"/fr/paris/evaluation/{slugs[1]}", 410)
    assert "Publié trop tôt." in html
    assert "Rien n’a été effacé." in html
    assert "définitivement" not in html
    for path in ("/fr/paris/evaluation", f"/fr/paris/evaluation/{slugs[0]}"):
        assert "plus récente" not in read(client, path)
