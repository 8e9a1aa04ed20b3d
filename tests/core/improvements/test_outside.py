"""What a body reads of improvements when it takes part no longer; what waits while one is looked at anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from lanzarote.improvements import calling, moving
from lanzarote.instance import Instance
from lanzarote.records import records
from lanzarote.records.records import now

from tests.core.improvements.group import HEAD
from tests.core.improvements.test_positions_pages import Desk
from tests.core.practices.signed_in import site_of
from tests.core.taking_part import let_be_cited


@pytest.fixture
def desk(own_paris: Instance) -> Iterator[Desk]:
    with site_of(own_paris) as client:
        yield Desk(own_paris, client)


def rename(desk: Desk, title: str) -> None:
    with desk.group.held() as (session, record):
        body = msgspec.json.decode(records.body_of(session, record, record.version))
        body["text"]["fr"]["title"] = title
        records.revise(session, record, msgspec.json.encode(body, order="sorted"), by="ana", at=now())


def test_who_left_reads_the_title_of_what_it_spoke_of_and_no_newer_one(desk: Desk) -> None:
    own = desk.group.bodies[0]
    rename(desk, "Le titre dont on a parlé")
    desk.call()
    desk.say(own, "support")
    with desk.group.held() as (session, record):
        calling.recall(session, record, by=HEAD, at=now())
    rename(desk, "Un titre plus récent")
    at = "/fr/paris/team/organisation"
    page = desk.rep.get(at)
    assert "Un titre plus récent" in page
    assert f'href="{desk.at}/positions"' in page
    let_be_cited(desk.instance, "paris", own)
    page = desk.rep.get(at)
    assert "Le titre dont on a parlé" in page
    assert "Un titre plus récent" not in page
    assert f'href="{desk.at}/positions"' not in page


def test_who_left_before_it_answered_reads_nothing_of_it(desk: Desk) -> None:
    rename(desk, "Un titre secret")
    desk.call()
    assert "Un titre secret" in desk.rep.get("/fr/paris/team/organisation")
    let_be_cited(desk.instance, "paris", desk.group.bodies[0])
    assert "Un titre secret" not in desk.rep.get("/fr/paris/team/organisation")


def test_actions_of_an_improvement_that_is_looked_at_anew_are_not_due(desk: Desk) -> None:
    group = desk.group
    desk.call()
    for body in group.bodies:
        desk.say(body, "support")
    group.decide("adopted", today=desk.today, day=desk.today)
    due: dict[str, Any] = {
        "what": "Écrire une fiche", "stakeholder": group.bodies[0],
        "due_on": (desk.today + timedelta(days=2)).isoformat(),
    }  # fmt: skip
    desk.head.open(f"{desk.at}/actions/new", "/actions/new").fill(due)
    desk.head.post(f"{desk.at}/actions/new", desk.head.fields, status=303)
    assert "Écrire une fiche" in desk.rep.get("/fr/start")
    with group.held() as (session, record):
        moving.reconsider(session, record, by=HEAD, at=now())
    assert "Écrire une fiche" not in desk.rep.get("/fr/start")
    assert "Écrire une fiche" not in desk.head.get("/fr/start")


def test_the_form_says_when_a_reason_is_needed(desk: Desk) -> None:
    desk.call()
    page = desk.rep.get(f"{desk.at}/position")
    label = page.partition('<label for="reason">')[2].partition("</label>")[0]
    assert label == "Pourquoi\u202f?"
    assert "Nécessaire en cas de réserves, d’opposition, d’abstention ou de remarque." in page
