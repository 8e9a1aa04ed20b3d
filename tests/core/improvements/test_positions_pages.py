"""Pages of positions: the group reads who objects, the public only what the body agreed to; nobody is led astray."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.improvements import calling, deciding, documents, moving, positions
from lanzarote.improvements.decision_reading import tell_decision
from lanzarote.improvements.positions import Given
from lanzarote.improvements.team_documents import Calling
from lanzarote.instance import Instance
from lanzarote.records.records import now
from lanzarote.web.site import Site, View
from litestar.testing import TestClient
from markupsafe import escape

from tests.conftest import copy_of
from tests.core.activity.conftest import counted
from tests.core.improvements.group import HEAD, REASONS, Group, settle, speaker
from tests.core.practices.forms import Writer, writer
from tests.core.practices.signed_in import site_of
from tests.core.stakeholders.keeping import BODY, published, relate

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def paris(paris_template: Path, tmp_path: Path) -> Iterator[Instance]:
    given = {"LANZAROTE_DATABASE_URL": copy_of(paris_template, tmp_path), "LANZAROTE_DATA": str(tmp_path)}
    with new_instance(read_settings(given)) as instance:
        yield instance


@pytest.fixture
def client(paris: Instance) -> Iterator[TestClient[Any]]:
    with site_of(paris) as client:
        yield client


class Desk:
    def __init__(self, instance: Instance, client: TestClient[Any], size: int = 4) -> None:
        self.group, self.instance, self.client = Group(instance, size), instance, client
        self.today = instance.today("paris")
        self.head = writer(instance, client, "coordinator", "Cléo Mène")
        self.ana = writer(instance, client, "contributor", "Ana Plume")
        self.rep = self.speaker(self.group.bodies[0])
        self.at = f"/fr/paris/team/improvements/{self.group.improvement}"

    def speaker(self, body: str) -> Writer:
        return writer(self.instance, self.client, "representative", "Rep Résente", organisation=body)

    def call(self) -> None:
        until = self.today + timedelta(days=9)
        with self.group.held() as (session, record):
            calling.call(
                session, record, given=Calling(until=until), expected=None, by=HEAD, at=now(), today=self.today
            )

    def step(self, who: Writer, name: str, status: int = 303, **fields: Any) -> Any:
        who.open(f"{self.at}/{name}?unsaved=continue", f"/{name}").fill(fields)
        return who.post(f"{self.at}/{name}", who.fields, status=status)

    def say(self, body: str, choice: str, reason: str = "", *, named: bool = False) -> None:
        given = self.group.checked(Given(choice=choice, reason=reason), named=named)
        with self.group.held() as (session, record):
            positions.give(session, record, body, given, by=speaker(body), at=now())

    def view(self, lang: str = "fr") -> View:
        url = SimpleNamespace(path=f"/{lang}/paris/improvements/x", query="")
        request: Any = SimpleNamespace(scope={}, url=url, base_url="http://lanzarote.test/")
        return Site(self.instance).view(request, lang, "paris")

    def public(self, lang: str = "fr") -> str:
        """The partial as the public page of an improvement includes it."""
        view = self.view(lang)
        with self.group.held() as (session, record):
            row = deciding.in_force(session, record)
            went = moving.all_of(session, [record.id]).get(record.id, ())
            document = documents.decision_of(row.number, row.told(), went) if row else None
            context = {"decision": tell_decision(view, document, row.told().meeting if row else "")}
        template = view.site.environment(lang).get_template("improvements/decision.html")
        return template.render(view.context() | context)


@pytest.fixture
def desk(paris: Instance, client: TestClient[Any]) -> Desk:
    return Desk(paris, client)


def test_a_whole_decision_is_made_on_pages_without_scripts(desk: Desk) -> None:
    _, *others = desk.group.bodies
    until = (desk.today + timedelta(days=9)).isoformat()
    desk.step(desk.head, "call", 400, until="")
    desk.step(desk.head, "call", 400, until=until, bodies=[])
    desk.step(desk.head, "call", until=until, bodies=desk.group.bodies)
    assert "Un référent unique par signalement" in desk.rep.get("/fr/start")
    assert "jusqu’au" in desk.rep.html
    assert f"{desk.at}/position" in desk.rep.get("/fr/paris/team/organisation")
    desk.step(desk.rep, "position", 400, choice="object")
    desk.step(desk.rep, "position", 400, choice="object", reason="Léa, 9 ans, l’a dit.")
    assert 'name="confirmed"' in desk.rep.html
    desk.step(desk.rep, "position", choice="support", reason="Oui.", named="yes")
    assert "Un référent unique par signalement" not in desk.rep.get("/fr/start").partition("Ce qui a changé")[0]
    for body in others:
        letter: dict[str, Any] = {"how": "letter", "source": "Lettre 4", "on": desk.today.isoformat()}
        desk.step(desk.head, "record-position", 400, stakeholder=body, choice="support", how="letter", source="")
        desk.step(desk.head, "record-position", stakeholder=body, choice="support", reason="", **letter)
    desk.head.get(f"{desk.at}/decide")
    assert "C’est le cas" in desk.head.html
    assert "rédaction" in desk.head.html
    reasons: dict[str, Any] = {f"reasons.{lang}": text for lang, text in REASONS.items()}
    assert 'name="reasons.fr"' not in desk.head.html, "who wrote down what others said does not decide on it"
    assert "Une autre personne enregistre" in desk.head.html
    alone = {"verdict": "adopted", "mark": "x", "day": desk.today.isoformat(), "present": desk.group.bodies} | reasons
    desk.head.post(f"{desk.at}/decide", alone, status=403)
    other = writer(desk.instance, desk.client, "coordinator", "Dan Décide")
    desk.step(other, "decide", 400, day=desk.today.isoformat())
    desk.step(other, "decide", day=desk.today.isoformat(), **reasons)
    page = desk.rep.get(f"{desk.at}/positions")
    assert REASONS["fr"] in page
    assert desk.group.status.state == "adopted"
    desk.step(desk.head, "forward", 400, to="plenary", day=desk.today.isoformat(), result="adopted", votes_for="many")
    desk.step(desk.head, "forward", to="plenary", day=desk.today.isoformat(), result="adopted", votes_for="40")
    assert "40 pour" in desk.public()
    desk.head.get(f"{desk.at}/call", 409)
    assert "Le groupe a décidé." in desk.rep.get(f"{desk.at}/positions")
    desk.step(desk.head, "reconsider")
    assert "Le groupe a décidé." not in desk.rep.get(f"{desk.at}/positions"), "it is under discussion again"
    desk.head.get(f"{desk.at}/decide", 409)


def test_too_few_were_there(desk: Desk) -> None:
    desk.call()
    for body in desk.group.bodies:
        desk.say(body, "support")
    page = desk.head.get(f"{desk.at}/decide?looked=yes")
    assert "quorum" in page
    assert "C’est trop peu" in page
    reasons = {f"reasons.{lang}": text for lang, text in REASONS.items()}
    desk.head.open(f"{desk.at}/decide?looked=yes", "/decide").fill(reasons | {"day": desk.today.isoformat()})
    desk.head.fields["verdict"] = ["adopted"]
    desk.head.post(f"{desk.at}/decide", desk.head.fields, status=400)
    assert desk.group.status.state == "called"


def test_a_decision_is_looked_at_again_when_a_position_came_meanwhile(desk: Desk) -> None:
    desk.call()
    for body in desk.group.bodies:
        desk.say(body, "support")
    reasons = {f"reasons.{lang}": text for lang, text in REASONS.items()}
    desk.head.open(f"{desk.at}/decide", "/decide").fill(reasons | {"day": desk.today.isoformat()})
    desk.say(desk.group.bodies[0], "object", "Non.")
    desk.head.post(f"{desk.at}/decide", desk.head.fields, status=400)
    assert REASONS["fr"] in desk.head.html
    assert desk.group.status.state == "called"


def test_dissent_is_always_public_and_names_only_who_agreed(paris: Instance, client: TestClient[Any]) -> None:
    desk = Desk(paris, client, size=6)
    desk.call()
    named, hidden, reserved, last, *others = desk.group.bodies
    for body in others:
        desk.say(body, "support")
    desk.say(named, "object", "Un motif nommé.", named=True)
    desk.say(hidden, "object", "Un motif caché.")
    desk.say(reserved, "reservations", HOSTILE)
    desk.say(last, "support", named=True)
    desk.group.decide("not-adopted", today=desk.today)
    names = {one.id: one.organisation.name["fr"] for one in desk.instance.directory("paris")}
    page = desk.public()
    assert "Un motif nommé." in page
    assert str(escape(names[named])) in page
    assert str(escape(names[last])) in page
    for body in set(desk.group.bodies) - {named, last}:
        assert str(escape(names[body])) not in page
    assert "accepté d’être nommées et ne le sont pas" not in page
    assert "Un motif caché." not in page
    assert "Une organisation participante" in page
    assert "s’y oppose" in page
    assert "la soutient avec des réserves" in page
    assert "rédaction" in page
    team = desk.ana.get(f"{desk.at}/positions")
    assert str(escape(names[hidden])) in team
    assert "Un motif caché." in team
    assert HOSTILE not in team
    assert str(escape(HOSTILE)) in team
    english = desk.public("en")
    assert "An organisation that takes part" in english
    assert 'lang="fr"' in english


def test_no_name_is_told_that_leaves_only_who_did_not_want_to_be_named(desk: Desk) -> None:
    desk.call()
    hidden, *others = desk.group.bodies
    desk.say(hidden, "object", "Un motif caché.")
    for body in others:
        desk.say(body, "support", named=True)
    desk.group.decide("not-adopted", today=desk.today)
    names = {one.id: one.organisation.name["fr"] for one in desk.instance.directory("paris")}
    page = desk.public()
    for body in desk.group.bodies:
        assert str(escape(names[body])) not in page
    assert "s’y oppose" in page
    assert "accepté d’être nommées et ne le sont pas" in page
    assert "agreed to be named that are not named here" in desk.public("en")


def test_what_is_not_decided_is_not_told(desk: Desk) -> None:
    desk.call()
    assert desk.public().strip() == ""


def test_steps_are_for_who_leads_and_forms_for_who_speaks(desk: Desk) -> None:
    desk.call()
    for name in ("call", "recall", "extend", "remind", "record-position", "decide", "forward"):
        for who in (desk.ana, desk.rep):
            who.get(f"{desk.at}/{name}", 403)
            who.post(f"{desk.at}/{name}", {}, status=403)
    desk.head.get(f"{desk.at}/position", 403)
    desk.head.get("/fr/paris/team/organisation", 403)
    desk.ana.get(f"{desk.at}/positions")
    unknown = "/fr/paris/team/improvements/018f0000-0000-7000-8000-000000000000/positions"
    desk.ana.get(unknown, 404)
    lost = desk.speaker("018f0000-0000-7000-8000-000000000000")
    lost.get("/fr/paris/team/organisation", 403)
    lost.get(f"{desk.at}/position", 403)


def test_recalling_and_reminding_and_more_time(desk: Desk) -> None:
    desk.call()
    desk.group.desk(desk.group.bodies[1], "contact@b.example")
    desk.step(desk.head, "remind")
    later = (desk.today + timedelta(days=30)).isoformat()
    desk.step(desk.head, "extend", 400, until=desk.today.isoformat())
    desk.step(desk.head, "extend", until=later)
    desk.step(desk.head, "recall")
    assert desk.group.status.state == "discussed"
    desk.rep.get(f"{desk.at}/position", 409)


def test_a_body_says_itself_that_it_takes_part_and_leaves(desk: Desk) -> None:
    body = desk.group.bodies[0]
    own = "/fr/paris/team/organisation"
    relate(desk.instance, body, "cited")
    entry = f"/fr/paris/team/organisations/{body}"
    desk.head.open(f"{entry}/invite", "/invite").fill({"way": "nobody@a.example"})
    desk.head.post(f"{entry}/invite", desk.head.fields, status=400)
    desk.head.open(f"{entry}/invite?unsaved=continue", "/invite").fill({"way": "representatives"})
    desk.head.post(f"{entry}/invite", desk.head.fields)
    assert "est invitée à participer" in desk.rep.get("/fr/start")
    assert f"{own}/accept" in desk.rep.get(own)
    desk.rep.open(f"{own}/accept", "/accept").fill({"since": "2026", "source": ""})
    desk.rep.post(f"{own}/accept", desk.rep.fields, status=400)
    assert 'href="#source"' in desk.rep.html
    assert "shared" not in desk.rep.fields, "nobody ticks it beforehand"
    desk.rep.fields["source"] = ["Lettre du 3 janvier"]
    desk.rep.fields["shared"] = ["yes"]
    desk.rep.post(f"{own}/accept", desk.rep.fields)
    assert "Le bureau central peut recevoir sa fiche." in desk.rep.get(own)
    assert f"{own}/leave" in desk.rep.get(own)
    page = desk.head.get("/fr/paris/team/taking-part")
    assert "a dit participer" in page
    offered = re.findall(r'<option value="([^"]+)"', page)
    assert offered
    assert desk.group.bodies[0] not in offered
    desk.head.get(f"/fr/paris/team/taking-part/invite?organisation={offered[0]}", status=303)
    desk.head.get(f"/fr/paris/team/organisations/{offered[0]}/invite")
    desk.rep.post(f"{own}/accept", desk.rep.fields, status=409)
    desk.rep.open(f"{own}/leave", "/leave")
    desk.rep.post(f"{own}/leave", desk.rep.fields)
    assert "Le bureau central peut recevoir" not in desk.head.get(entry)
    assert "A quitté le groupe" in desk.head.get("/fr/paris/team/taking-part")
    desk.head.get("/fr/paris/team/activity")
    assert "a dit ne plus participer au groupe" in desk.head.html


def test_pages_cost_the_same_for_one_body_and_for_thirty(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.call()
    paths = [f"{desk.at}/positions", f"{desk.at}/decide", "/fr/paris/team/taking-part", "/fr/start"]

    def cost() -> list[int]:
        settle(desk.instance)
        found = []
        own = [(desk.rep, path) for path in ("/fr/paris/team/organisation", "/fr/start", f"{desk.at}/position")]
        for who, path in [*((desk.head, path) for path in paths), *own]:
            counts = []
            for _ in range(3):  # until whatever is kept in memory is there
                with counted(desk.instance, monkeypatch) as statements:
                    who.get(path)
                counts.append(len(statements))
            found.append(min(counts))
        return found

    desk.say(desk.group.bodies[0], "awaiting")
    few = cost()
    for number in range(30):
        name = published(desk.instance, BODY | {"name": {"fr": f"Maison {number}"}})
        relate(desk.instance, name, "taking-part", since="2030", source="Lettre")
        desk.say(name, "support")
    for number in range(5):
        desk.group.improvement = desk.group.discussed(f"Piste {number}")
        desk.call()
        desk.say(desk.group.bodies[0], "awaiting")
    assert cost() == few
