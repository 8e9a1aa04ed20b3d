"""What packages say is told to programs too, and a coordinator lets an objection pass with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote.app import create_app
from litestar.testing import TestClient

from tests.core.api.programs import PARIS, TEAM, WHOLE, Programs, problem
from tests.core.hooks.objecting import concern

if TYPE_CHECKING:
    from tests.core.hooks.conftest import Making

WHY = {"package": "strict", "code": "unclear", "field": "text.fr.summary", "reason": "C’est le terme de la loi."}
ENTRY: dict[str, Any] = {"name": {"fr": "Maison"}, "sectors": ["courts"], "side": "public", "scope": "local"}
STAKEHOLDERS = """
    @hookimpl
    def check_stakeholder(region, new, before):
        return [Concern(code="unclear", field="role.fr", level="block", text={"en": "This is not clear."})]
"""


def test_an_objection_is_told_and_let_pass_by_a_coordinator_with_a_reason(paris_with: Making) -> None:
    paris = paris_with(strict=concern(), mild=concern("warn"))
    with TestClient(create_app(paris), base_url="http://lanzarote.test") as client:
        programs = Programs(paris, client)
        writer, head = programs.of("contributor"), programs.of("coordinator", name="Cy")
        for sent, lang, words in (
            (WHOLE, "en", "This is not clear."),
            (WHOLE | {"let_pass": [WHY]}, "fr", "Ce n’est pas clair."),
        ):
            told = problem(writer.ask("POST", TEAM, sent, accept_language=lang))
            assert told["code"] == "objected"
            place = {"package": "strict", "code": "unclear", "field": "text.fr.summary"}
            assert told["objections"] == [place | {"detail": words}]
        path = head.begin(WHOLE | {"let_pass": [WHY]})
        seen = head.get(path)
        [let_pass] = seen["overrides"]
        assert (let_pass["package"], let_pass["reason"], let_pass["by"]["name"]) == ("strict", WHY["reason"], "Cy")
        assert {(one["package"], one["text"]["en"]) for one in seen["remarks"]} == {
            ("strict", "This is not clear."), ("mild", "This is not clear."),
        }  # fmt: skip
        assert writer.save(path, WHOLE | {"started": "2019"}).status_code == 200
        refused = problem(head.ask("POST", TEAM, WHOLE | {"let_pass": [WHY | {"reason": "Voir jean@gmail.com"}]}))
        assert refused["code"] == "identifying"


def test_an_objection_to_an_entry_is_told(paris_with: Making) -> None:
    paris = paris_with(strict=STAKEHOLDERS)
    with TestClient(create_app(paris), base_url="http://lanzarote.test") as client:
        head = Programs(paris, client).of("coordinator")
        told = problem(head.ask("POST", f"{PARIS}/team/stakeholders", ENTRY))
        assert [one["field"] for one in told["objections"]] == ["role.fr"]
        let_pass = {"let_pass": [WHY | {"field": "role.fr"}]}
        assert head.ask("POST", f"{PARIS}/team/stakeholders", ENTRY | let_pass).status_code == 201
