"""Programs meet the packages of a region as forms do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.app import create_app
from litestar.testing import TestClient

from tests.core.api.programs import TEAM, WHOLE, Programs, problem
from tests.core.hooks.test_checks import concern

if TYPE_CHECKING:
    from tests.core.hooks.conftest import Making

OBJECTION = {"package": "strict", "code": "unclear", "field": "text.fr.summary"}
ENTRY = {"name": {"fr": "Une association"}, "sectors": ["courts"], "side": "civil-society", "scope": "local"}


def test_an_objection_is_told_with_its_place_and_only_a_coordinator_lets_it_pass(paris_with: Making) -> None:
    instance = paris_with(strict=concern())
    with TestClient(create_app(instance), base_url="http://lanzarote.test") as client:
        programs = Programs(instance, client)
        writer, head = programs.of("contributor", name="Ana"), programs.of("coordinator", name="Cy")
        told = problem(writer.ask("POST", TEAM, WHOLE))
        assert (told["status"], told["code"]) == (422, "objected")
        text = {"fr": "Ce n’est pas clair.", "en": "This is not clear."}
        assert told["objections"] == [OBJECTION | {"text": text}]
        assert writer.get(TEAM)["total"] == head.get(TEAM)["total"]

        reasoned = WHOLE | {"overrides": [OBJECTION | {"reason": "La phrase est celle du protocole."}]}
        assert problem(writer.ask("POST", TEAM, reasoned))["code"] == "objected"
        begun = head.ask("POST", TEAM, reasoned)
        assert begun.status_code == 201
        # What was let pass once is let pass when it is saved again, by whomever.
        assert writer.save(begun.headers["location"], WHOLE | {"scope": "regional"}).status_code == 200


def test_a_warning_is_let_through(paris_with: Making) -> None:
    instance = paris_with(gentle=concern("warn"))
    with TestClient(create_app(instance), base_url="http://lanzarote.test") as client:
        writer = Programs(instance, client).of("contributor", name="Ana")
        assert writer.ask("POST", TEAM, WHOLE).status_code == 201


def test_entries_of_the_directory_are_checked_too(paris_with: Making) -> None:
    instance = paris_with(strict=concern(field="name.fr").replace("check_practice", "check_stakeholder"))
    with TestClient(create_app(instance), base_url="http://lanzarote.test") as client:
        head = Programs(instance, client).of("coordinator", name="Cy")
        path = TEAM.replace("/practices", "/stakeholders")
        told = problem(head.ask("POST", path, ENTRY))
        assert (told["code"], [one["field"] for one in told["objections"]]) == ("objected", ["name.fr"])
        reasoned = ENTRY | {"overrides": [OBJECTION | {"field": "name.fr", "reason": "Le nom est celui des statuts."}]}
        assert head.ask("POST", path, reasoned).status_code == 201
