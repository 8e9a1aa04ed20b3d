"""A group decides by programs: from the call to the plenary, with every refusal named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.improvements.outcome import outcome
from lanzarote.improvements.positions_model import Decided
from litestar.testing import TestClient
from msgspec import convert

from tests.core.activity.conftest import counted
from tests.core.api.programs import PARIS, Program, Programs, problem
from tests.core.improvements.group import Group, settle

REASONS = {"fr": "Une seule opposition.", "en": "One objection alone."}


class Desk:
    """The programs of everybody in a group."""

    def __init__(self, group: Group, programs: Programs) -> None:
        self.group, self.programs = group, programs
        self.today = group.instance.today("paris")
        self.head = programs.of("coordinator", name="Cléo")
        self.speakers = [programs.of("representative", organisation=body) for body in group.bodies]
        self.at = f"{PARIS}/team/improvements/{group.improvement}"

    def step(self, who: Program, name: str, status: int = 200, **body: Any) -> Any:
        etag = self.head.etag(f"{self.at}/positions")
        answer = who.ask("POST", f"{self.at}/{name}", body, if_match=etag)
        assert answer.status_code == status, answer.text
        return answer.json() if status == 200 else problem(answer)

    def call(self, **more: Any) -> Any:
        until = (self.today + timedelta(days=9)).isoformat()
        return self.step(self.head, "call", **{"until": until} | more)


@pytest.fixture
def desk(paris_url: str, tmp_path: Path) -> Iterator[Desk]:
    given = {"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)}
    with (
        new_instance(read_settings(given)) as instance,
        TestClient(create_app(instance), base_url="http://lanzarote.test") as client,
    ):
        yield Desk(Group(instance), Programs(instance, client))


def test_from_the_call_to_the_plenary(desk: Desk) -> None:
    assert desk.call()["state"] == "called"
    for who in desk.speakers[:-1]:
        desk.step(who, "position", choice="support", named=True)
    assert desk.step(desk.speakers[-1], "position", 422, choice="object")["errors"][0]["field"] == "reason"
    desk.step(desk.speakers[-1], "position", choice="reservations", reason="Trop cher.", language="fr")
    desk.step(desk.head, "remind")
    told = desk.head.get(f"{desk.at}/positions")
    assert {one["position"]["choice"] for one in told["bodies"]} == {"support", "reservations"}
    seen = desk.head.get(f"{desk.at}/outcome")
    assert (seen["verdict"], seen["may_decide"]) == ("adopted", True)
    decision = {
        "verdict": "adopted",
        "mark": seen["mark"],
        "present": desk.group.bodies,
        "reasons": REASONS,
        "day": desk.today.isoformat(),
    }
    assert desk.step(desk.head, "decide", 409, **decision | {"verdict": "not-adopted"})["code"] == "conflict"
    assert desk.step(desk.head, "decide", 409, **decision | {"mark": "x"})["code"] == "conflict"
    done = desk.step(desk.head, "decide", **decision)
    assert (done["state"], done["published_version"], done["decision"]) == ("adopted", 1, 1)
    assert desk.step(desk.head, "decide", 409, **decision)["code"] == "conflict"
    desk.step(
        desk.head,
        "forward",
        to="plenary",
        day=desk.today.isoformat(),
        result="adopted",
        votes_for=40,
        votes_against=1,
        abstentions=0,
        code="CONF/PLE(2031)REC1",
    )
    found = desk.speakers[0].get(f"{desk.at}/decisions")
    assert found["forwardings"][0]["forwarded"]["votes_for"] == 40
    decided = convert(found["decisions"][0]["decided"], Decided)
    said = {one.stakeholder: one.choice for one in decided.positions}
    assert outcome(decided.rule, decided.taking_part, said, decided.present) == decided.outcome


def test_who_may_not_is_told_so(desk: Desk) -> None:
    desk.call()
    writer, stranger = desk.programs.of("contributor"), desk.programs.of("coordinator", region="elsewhere")
    for who in (writer, stranger, desk.speakers[0]):
        desk.step(who, "recall", 403)
        desk.step(who, "decide", 403)
    for who in (writer, desk.head):
        desk.step(who, "position", 403, choice="support")
    outsider = desk.programs.of("representative", organisation="01890000-0000-7000-8000-000000000000")
    assert desk.step(outsider, "position", 403, choice="support")["code"] == "not-permitted"
    writer.get(f"{desk.at}/outcome", 403)


def test_what_was_read_has_to_be_said(desk: Desk) -> None:
    old = desk.head.etag(f"{desk.at}/positions")
    desk.call()
    answer = desk.speakers[0].ask("POST", f"{desk.at}/position", {"choice": "support"}, if_match=old)
    assert problem(answer)["code"] == "changed-meanwhile"
    answer = desk.speakers[0].ask("POST", f"{desk.at}/position", {"choice": "support"})
    assert problem(answer)["code"] == "if-match-missing"


def test_positions_are_recorded_recalled_extended_and_confirmed(desk: Desk) -> None:
    desk.call(bodies=desk.group.bodies[:2])
    said: dict[str, Any] = {
        "choice": "abstain",
        "reason": "Sans moyens.",
        "language": "fr",
        "how": "letter",
        "source": "Lettre 4",
    }
    desk.step(desk.head, "record-position", stakeholder=desk.group.bodies[0], on=desk.today.isoformat(), **said)
    desk.step(desk.head, "extend", until=(desk.today + timedelta(days=20)).isoformat())
    told = {one["stakeholder"]: one for one in desk.head.get(f"{desk.at}/positions")["bodies"]}
    assert told[desk.group.bodies[0]]["position"]["how"] == "letter"
    assert [told[body]["asked"] for body in desk.group.bodies] == [True, True, False, False]
    desk.step(desk.speakers[0], "position", choice="abstain", reason="Sans moyens.", language="fr")
    told = {one["stakeholder"]: one for one in desk.head.get(f"{desk.at}/positions")["bodies"]}
    assert told[desk.group.bodies[0]]["position"]["how"] == "account"
    assert desk.step(desk.head, "recall")["state"] == "discussed"
    desk.step(desk.speakers[0], "position", 409, choice="support")


def test_what_the_guard_refuses_is_named_by_place(desk: Desk) -> None:
    desk.call()
    reason = "Écrire à jean.dupont@justice.example"
    told = desk.step(desk.speakers[0], "position", 422, choice="object", reason=reason, language="fr")
    assert [one["field"] for one in told["concerns"]] == ["reason"]
    assert "dupont" not in str(told)
    disclosed = "Mon beau-père me touche la nuit et j’ai peur, aidez-moi."
    told = desk.step(desk.speakers[0], "position", 422, choice="object", reason=disclosed, language="fr")
    assert told["code"] == "disclosure"


def test_taking_part_is_asked_and_answered(desk: Desk) -> None:
    body = desk.group.bodies[0]
    entry = f"{PARIS}/team/stakeholders/{body}"

    def step(who: Program, name: str, status: int = 200, **said: Any) -> Any:
        answer = who.ask("POST", f"{entry}/{name}", said, if_match=desk.head.etag(entry))
        assert answer.status_code == status, answer.text
        return answer.json()

    own = desk.speakers[0]
    assert step(own, "accept", 409, since="2031", source="Lettre")["code"] == "not-now"
    step(own, "leave", since="2026-01")
    assert step(desk.head, "invite", 422, way="nobody@a.example")["errors"][0]["field"] == "way"
    step(own, "invite", 403, way="representatives")
    step(desk.head, "invite", way="representatives")
    step(desk.head, "invite", way="representatives")
    step(desk.speakers[1], "accept", 404, since="2026", source="Lettre")
    assert step(own, "accept", 422, since="2026", source="")["errors"][0]["field"] == "source"
    step(own, "accept", since="2026", source="Lettre", mandate={"fr": "Pour les familles."})
    [told] = [one for one in desk.head.get(f"{PARIS}/team/taking-part")["items"] if one["stakeholder"] == body]
    assert (told["relation"], told["since"]) == ("taking-part", "2026")
    assert [(one["number"], one["answer"]) for one in told["invitations"]] == [(2, "accept"), (1, "")]


def test_reading_costs_the_same_for_few_bodies_and_for_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.core.stakeholders.keeping import BODY, published, relate

    desk.call()
    desk.step(desk.speakers[0], "position", choice="support")

    def cost() -> list[int]:
        settle(desk.group.instance)
        found = []
        for path in (f"{desk.at}/positions", f"{desk.at}/outcome", f"{desk.at}/decisions", f"{PARIS}/team/taking-part"):
            counts = []
            for _ in range(3):  # until whatever is kept in memory is there
                with counted(desk.group.instance, monkeypatch) as statements:
                    desk.head.get(path)
                counts.append(len(statements))
            found.append(min(counts))
        return found

    few = cost()
    for number in range(20):
        name = published(desk.group.instance, BODY | {"name": {"fr": f"Maison {number}"}})
        relate(desk.group.instance, name, "taking-part", since="2030", source="Lettre")
        desk.step(desk.programs.of("representative", organisation=name), "position", choice="support")
    assert cost() == few
