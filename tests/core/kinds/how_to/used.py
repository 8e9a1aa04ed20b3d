"""Uses what ``test_how_to`` added to a copy of the platform: a field, an action, a page, a hook."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app
from lanzarote.exchange.region_file import export_region
from lanzarote.hookspecs import hookimpl
from lanzarote.plugins.host import Host
from lanzarote.types import Catalogue
from litestar.testing import TestClient

from tests.core.activity.conftest import Team
from tests.core.api.programs import Program, Programs
from tests.core.kinds.forms import fields_of

if TYPE_CHECKING:
    from lanzarote.instance import Instance

TEAM = "/en/paris/team"
API = "/api/v1/regions/paris/team"
TEXTS = {"title": "Reports cross each other", "observed": "Two services report.", "often": "Every week."}
FINDING = {"original": "en", "text": {"en": TEXTS}, "sectors": ["courts", "education"]}
PROCEDURE = {"original": "en", "text": {"en": {"title": "Welcome together"}}}


@pytest.fixture
def client(own_paris: Instance) -> Iterator[TestClient[Any]]:
    with TestClient(create_app(own_paris), base_url="http://lanzarote.test") as client:
        yield client


@pytest.fixture
def team(own_paris: Instance, client: TestClient[Any]) -> Team:
    return Team(own_paris, client)


@pytest.fixture
def head(own_paris: Instance, client: TestClient[Any]) -> Program:
    return Programs(own_paris, client).of("coordinator")


def created(head: Program, room: str, body: dict[str, Any]) -> str:
    """Its id."""
    answer = head.ask("POST", f"{API}/{room}", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_a_field_is_in_form_page_program_difference_and_archive(own_paris: Instance, team: Team, head: Program) -> None:
    record = created(head, "findings", FINDING)
    place = f"{TEAM}/findings/{record}"
    fields = fields_of(team.head.get(f"{place}/edit"))
    assert fields["text.en.often"] == "Every week."
    leads = team.head.post(f"{place}/edit", **(fields | {"text.en.often": "Every month."}))
    assert leads.startswith(place)
    assert re.search(r"How often it happens.{,400}Every month\.", team.head.get(place), re.DOTALL)
    compared = team.head.get(f"{place}/versions")
    assert re.search(r"How often it happens.*<del>.*week.*<ins>.*month", compared, re.DOTALL)
    assert head.get(f"{API}/findings/{record}")["finding"]["text"]["en"]["often"] == "Every month."
    file = io.BytesIO()
    export_region(own_paris, "paris", file)
    assert b'"often":"Every month."' in file.getvalue()


def test_a_choice_may_stay_open(team: Team, head: Program) -> None:
    place = f"{TEAM}/findings/{created(head, 'findings', FINDING)}"
    fields = fields_of(team.head.get(f"{place}/edit"))
    assert fields["grave"] == ""
    team.head.post(f"{place}/edit", **(fields | {"grave": "very"}))
    assert re.search(r"How grave it is.{,400}Very", team.head.get(place), re.DOTALL)
    team.head.post(f"{place}/edit", **(fields_of(team.head.get(f"{place}/edit")) | {"grave": ""}))
    assert "How grave it is" not in team.head.get(place)


def test_a_field_is_checked_and_worded_like_the_others(client: TestClient[Any], team: Team, head: Program) -> None:
    named = FINDING | {"text": {"en": TEXTS | {"often": "Julie Martin, 9 ans, est venue trois fois."}}}
    refused = head.ask("POST", f"{API}/findings", named).json()
    assert [one["field"] for one in refused["concerns"]] == ["text.en.often"]
    long = head.ask("POST", f"{API}/findings", FINDING | {"text": {"en": TEXTS | {"often": "a" * 20_001}}})
    assert long.status_code in (400, 422)
    described = client.get("/api/v1/openapi.json").json()["components"]["schemas"]["FindingText"]["properties"]
    assert "20000" in str(described["often"])


def test_an_action_has_page_form_resource_and_a_line_of_history(team: Team, head: Program) -> None:
    record = created(head, "procedures", PROCEDURE)
    place = f"{TEAM}/procedures/{record}/rehearse"
    assert "Record a rehearsal" in team.head.get(f"{TEAM}/procedures/{record}")
    fields = fields_of(team.head.get(place))
    assert "done=rehearse" in team.head.post(place, **(fields | {"on": "2020-02-03", "remark": "In two rooms."}))
    team.ana.get(place, 403)
    step = head.step(f"{API}/procedures/{record}", "rehearse", {"on": "2020-02-04"})
    assert step.status_code == 200, step.text
    assert "recorded a rehearsal" in team.head.get(f"{TEAM}/activity")


def test_what_an_action_is_given_is_measured_and_passes_the_guard(team: Team, head: Program) -> None:
    record = created(head, "procedures", PROCEDURE)
    place = f"{TEAM}/procedures/{record}/rehearse"
    fields = fields_of(team.head.get(place)) | {"on": "2020-02-03"}
    for remark in ("Julie Martin, 9 ans, est venue.", "a " * 101):
        assert 'id="remark-error"' in team.head.post(place, 400, **(fields | {"remark": remark}))
        sent = head.step(f"{API}/procedures/{record}", "rehearse", {"on": "2020-02-03", "remark": remark})
        assert sent.status_code == 422, sent.text


def test_a_page_answers(client: TestClient[Any]) -> None:
    assert "<h1>Welcome to Paris" in client.get("/en/paris/welcome").text


def test_a_hook_is_asked() -> None:
    class Friendly:
        @hookimpl
        def greetings(self) -> Iterable[Catalogue]:
            return (Catalogue(language="fr", path=Path(__file__)),)

    host = Host(())
    host.add("friendly", Friendly())
    assert [one.language for _, one in host.contributed("greetings")] == ["fr"]
