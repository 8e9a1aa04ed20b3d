"""On what regions rest, read and said by programs of the office, under the same rule as on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.app import create_app

from tests.core.api.programs import API, Program, Programs, problem
from tests.core.evaluation.piloting import PARIS
from tests.core.office.test_opening import NEW, home, judge, told, withdraw
from tests.core.quiet import QuietClient

if TYPE_CHECKING:
    from lanzarote.instance import Instance

__all__ = ["home"]
PLACE = f"{API}/office/openings"
ONE = f"{PLACE}/{NEW}"
AFTER_PARIS = {"basis": "opened", "after": PARIS}


@pytest.fixture
def desk(home: Instance) -> Programs:
    return Programs(home, QuietClient(create_app(home)))


@pytest.fixture
def clerk(desk: Programs) -> Program:
    return desk.of("office")


def test_after_a_pilot_that_is_to_be_extended_and_not_before(home: Instance, clerk: Program) -> None:
    refused = clerk.save(ONE, AFTER_PARIS)
    assert (refused.status_code, problem(refused)["code"]) == (409, "not-now")
    assert "No evaluation of the pilot of" in problem(refused)["detail"]
    evaluation = judge(home)
    done = clerk.save(ONE, AFTER_PARIS)
    assert done.status_code == 200, done.text
    assert (done.json()["after"], done.json()["evaluation"], done.json()["changed"]) == (PARIS, evaluation, False)
    assert done.headers["etag"] == clerk.etag(ONE)
    assert clerk.get(ONE) == done.json()
    assert [(one["region"], one["basis"]) for one in clerk.get(PLACE)["items"]] == [(NEW, "opened"), (PARIS, None)]
    withdraw(home, evaluation)
    assert clerk.get(ONE)["changed"] is True
    assert told(home) == [("opened", NEW)]


def test_whoever_was_overtaken_says_nothing_over_another(home: Instance, clerk: Program) -> None:
    read = clerk.etag(ONE)
    assert clerk.save(ONE, {"basis": "pilot"}, if_match=read).status_code == 200
    late = clerk.save(ONE, {"basis": "pilot"}, if_match=read)
    assert (late.status_code, problem(late)["code"]) == (412, "changed-meanwhile")
    assert problem(clerk.save(ONE, {"basis": "pilot"}, if_match=None))["code"] == "if-match-missing"
    assert told(home) == [("pilot", NEW)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"basis": "opened"}, 422),
        ({"basis": "other"}, 422),
        ({"basis": "opened", "after": NEW}, 409),
        ({"basis": "opened", "after": "nowhere"}, 409),
        ({}, 422),
    ],
)
def test_what_no_region_can_rest_on_is_refused(home: Instance, clerk: Program, body: Any, status: int) -> None:
    refused = clerk.save(ONE, body)
    assert refused.status_code == status
    assert problem(refused)["code"] in ("unfit", "not-now")
    assert told(home) == []


def test_of_a_region_that_nobody_knows_nothing_is_said(clerk: Program) -> None:
    for method in ("GET", "PUT"):
        assert clerk.ask(method, f"{PLACE}/nowhere", {"basis": "pilot"}, if_match='"x"').status_code == 404


def test_only_for_the_office(home: Instance, desk: Programs, clerk: Program) -> None:
    assert desk.of("administrator").ask("GET", ONE).status_code == 200
    for program in (desk.of("coordinator"), desk.again(clerk, region=NEW), desk.again(clerk, strong=False)):
        assert [program.ask("GET", path).status_code for path in (PLACE, ONE)] == [403, 403]
        assert program.ask("PUT", ONE, {"basis": "pilot"}, if_match=clerk.etag(ONE)).status_code == 403
    assert desk.nobody.ask("GET", ONE).status_code == 401
    assert told(home) == []
