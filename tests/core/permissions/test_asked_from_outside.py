"""Who speaks for a body outside the group reads and answers what asks for its word, and reads nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from lanzarote.instance import Instance
from lanzarote.kinds import service as kinds
from lanzarote.meetings import writing as meetings
from lanzarote.procedures import writing as procedures
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.records import records
from lanzarote.records.permissions import Actor, Grant, spoken_for
from lanzarote.records.records import Record, now
from litestar.testing import TestClient
from sqlalchemy import select

from tests.core.api.programs import PARIS, Programs
from tests.core.meetings import keeping
from tests.core.practices.forms import Writer, writer
from tests.core.practices.signed_in import site_of
from tests.core.procedures import agreeing
from tests.core.procedures.agreeing import BODY, LETTER, body_id
from tests.core.taking_part import let_be_cited

TEAM = "/fr/paris/team"
SOON = (now() + timedelta(days=30)).date().isoformat()


class Outside:
    """A representative of a body that takes no part, which is asked to endorse a procedure and invited to a meeting."""

    def __init__(self, instance: Instance, client: TestClient[Any]) -> None:
        self.instance, self.client = instance, client
        self.own, self.other = body_id(instance, "aphp"), body_id(instance, "prefecture-police")
        self.rep = writer(instance, client, "representative", "Rita", organisation=self.own)
        let_be_cited(instance, "paris", self.own)
        self.procedure = self.begun()
        self.improvement = keeping.improvement(instance, "Une piste secrète")
        self.meeting = keeping.planned(
            instance,
            day=SOON,
            organisations=["aphp", "prefecture-police"],
            text={"fr": {"title": "École et justice", "purpose": "Un but secret", "found": "Un constat secret"}},
            link="https://visio.example/salle",
            agenda=[
                {"about": "improvement", "record": self.improvement, "title": {"fr": "Un ajout secret"}},
                {"title": {"fr": "Points divers"}},
            ],
        )

    def begun(self, body: dict[str, Any] = BODY) -> str:
        given = agreeing.checked(self.instance, body)
        with self.instance.database.write("paris") as session:
            record = kinds.begin(PROCEDURES, session, "paris", given, by=agreeing.WRITER, at=now())
            return record.id

    def propose(self) -> None:
        with self.instance.database.write("paris") as session:
            record = agreeing.get(session, self.procedure)
            procedures.propose(session, record, confirmed=True, expected=record.version, by=agreeing.HEAD, at=now())

    def announce(self) -> None:
        with keeping.held(self.instance, self.meeting) as (session, record):
            meetings.announce(
                session,
                record,
                self.instance.vocabulary("paris"),
                expected=record.version,
                today=self.instance.today("paris"),
                by=keeping.HEAD,
                at=now(),
            )


@pytest.fixture
def outside(own_paris: Instance) -> Iterator[Outside]:
    with site_of(own_paris) as client:
        yield Outside(own_paris, client)


def test_one_speaks_for_ones_own_body_alone_whatever_it_takes_part_in() -> None:
    def speaker(**more: Any) -> Actor:
        grant = Grant(role="representative", region_id="here", stakeholder_id="school", **more)
        others = (Grant(role="contributor", region_id="here", stakeholder_id="court"), Grant(role="office"))
        return Actor(account_id="ana", grants=(grant, *others))

    assert spoken_for(speaker(outside=True), "here") == spoken_for(speaker(), "here") == {"school"}
    assert spoken_for(speaker(), "there") == spoken_for(Actor(), "here") == frozenset()


def test_what_it_is_asked_to_endorse_is_read_and_endorsed(outside: Outside) -> None:
    rep, at = outside.rep, f"{TEAM}/procedures/{outside.procedure}/asked"
    rep.get(at, 404)  # it is being written: nobody asks yet
    outside.propose()
    agreeing.say(outside.instance, outside.procedure, outside.other, day=agreeing.today(), source="Lettre secrète",
                 today=outside.instance.today("paris"))  # fmt: skip
    assert at in rep.get("/fr/start")
    page = rep.get(at)
    assert "Accueillir ensemble." in page
    assert "Étape assess" in page
    assert "Lettre secrète" not in page
    assert "Ana" not in page
    rep.open(at, "/asked").fill(what="endorse")
    rep.post(at, rep.fields, 303)
    told = agreeing.public(outside.instance, outside.procedure)
    assert told is not None
    assert told.said[outside.own][0].spoken
    assert at not in rep.get("/fr/start")
    assert "Ce que votre organisation en a dit" in rep.get(at)


def test_it_may_say_that_it_does_not_endorse_it_and_what_is_wrong_is_told(outside: Outside) -> None:
    rep, at = outside.rep, f"{TEAM}/procedures/{outside.procedure}/asked"
    outside.propose()
    rep.open(at, "/asked").fill(what="apply")
    rep.post(at, rep.fields, 409)
    rep.open(at, "/asked").fill(what="decline", day="2001-01-01")
    assert 'id="day-error"' in rep.post(at, rep.fields, 400).text
    rep.open(at, "/asked").fill(what="decline", stakeholder=outside.other)
    rep.post(at, rep.fields, 403)
    rep.open(at, "/asked").fill(what="decline")
    rep.post(at, rep.fields, 303)
    assert agreeing.status(outside.instance, outside.procedure).state == "proposed"


def test_an_invitation_is_read_and_answered_from_outside(outside: Outside) -> None:
    rep, at = outside.rep, f"{TEAM}/meetings/{outside.meeting}/invitation"
    rep.get(at, 404)
    outside.announce()
    assert at in rep.get("/fr/start")
    page = rep.get(at)
    for told in ("École et justice", "https://visio.example/salle", "Points divers", "Conseil de l’Europe"):
        assert told in page
    main = page.partition("<main")[2].partition("</main")[0].lower()
    assert "secret" not in main
    assert "police" not in main
    rep.open(at, "/invitation").fill(answer="comes", who="Jean Dupont")
    assert 'id="who-error"' in rep.post(at, rep.fields, 400).text
    rep.open(at, "/invitation").fill(answer="comes", who="juriste")
    rep.post(at, rep.fields, 303)
    assert "juriste" in rep.get(at)
    assert at not in rep.get("/fr/start")
    keeping.cancel(outside.instance, outside.meeting, reason="Une raison secrète.")
    page = rep.get(at)
    assert "annulée" in page
    assert "secrète" not in page
    assert '<form method="post" action="' + at not in page


def test_nothing_else_is_read_from_outside(outside: Outside) -> None:
    outside.propose()
    outside.announce()
    rep = outside.rep
    for at in (f"{TEAM}/procedures/{outside.procedure}", f"{TEAM}/meetings/{outside.meeting}"):
        for more in ("", "/versions", "/edit"):
            rep.get(at + more, 403)
    for path in (f"{TEAM}/procedures", f"{TEAM}/meetings", f"{TEAM}/improvements/{outside.improvement}"):
        rep.get(path, 403)
    for part in ("print", "lanes.svg", "procedure.bpmn", "endorse"):
        rep.get(f"{TEAM}/procedures/{outside.procedure}/{part}", 403)
    for part in ("minutes", "sheet"):
        rep.get(f"{TEAM}/meetings/{outside.meeting}/{part}", 403)


def test_what_asks_another_body_is_not_read_from_outside(outside: Outside) -> None:
    parties = [{"organisation": "prefecture-police"}, {"organisation": "point-de-contact"}]
    other = outside.begun(BODY | {"parties": parties, "steps": [agreeing.step("a", end=True)]})
    outside.procedure = other
    outside.propose()
    outside.rep.get(f"{TEAM}/procedures/{other}/asked", 404)
    outside.meeting = keeping.planned(outside.instance, day=SOON, organisations=["prefecture-police"])
    outside.announce()
    outside.rep.get(f"{TEAM}/meetings/{outside.meeting}/invitation", 404)
    outside.rep.get(f"{TEAM}/meetings/{other}/invitation", 404)
    outside.rep.get(f"{TEAM}/procedures/{outside.meeting}/asked", 404)


def test_a_draft_beside_what_is_read_is_not_told_outside(outside: Outside) -> None:
    outside.propose()
    day, today = agreeing.today(), outside.instance.today("paris")
    for body in (outside.own, outside.other):
        agreeing.say(outside.instance, outside.procedure, body, day=day, today=today)
    agreeing.save(outside.instance, outside.procedure, {"text": {"fr": {"title": "Un brouillon secret"}}})
    at = f"{TEAM}/procedures/{outside.procedure}/asked"
    assert "secret" not in outside.rep.get(at)
    outside.rep.open(at, "/asked").fill(what="retract")
    outside.rep.post(at, outside.rep.fields, 303)
    assert agreeing.status(outside.instance, outside.procedure).state == "lapsed"


def test_who_takes_part_is_led_to_what_the_group_keeps(outside: Outside) -> None:
    outside.propose()
    at = f"{TEAM}/procedures/{outside.procedure}"
    inside: Writer = writer(outside.instance, outside.client, "representative", "Ines", organisation=outside.other)
    assert f'href="{at}"' in inside.get(f"{at}/asked")
    assert f'href="{at}"' not in outside.rep.get(f"{at}/asked")
    draft = outside.begun()
    inside.get(f"{TEAM}/procedures/{draft}/asked", 303)


def test_programs_of_a_body_outside_read_and_answer_the_same(outside: Outside) -> None:
    outside.propose()
    outside.announce()
    programs = Programs(outside.instance, outside.client)
    rep = programs.of("representative", organisation=outside.own)
    let_be_cited(outside.instance, "paris", outside.own)
    for path in (f"{PARIS}/team/procedures/{outside.procedure}", f"{PARIS}/team/meetings/{outside.meeting}"):
        assert rep.ask("GET", path).status_code == 403
    at = f"{PARIS}/team/procedures/{outside.procedure}/asked"
    read = rep.ask("GET", at)
    assert read.status_code == 200
    assert read.json()["stakeholders"] == [outside.own]
    assert read.json()["said"] == []
    said = {"stakeholder": outside.own, "what": "endorse", "day": agreeing.today(), "source": LETTER}
    assert rep.ask("POST", at, said, if_match='"0-000000000000"').status_code == 412
    assert rep.ask("POST", at, said, if_match=read.headers["etag"]).status_code == 200
    at = f"{PARIS}/team/meetings/{outside.meeting}/invitation"
    read = rep.ask("GET", at)
    assert read.status_code == 200
    assert not re.search("secret|prefecture|police", read.text, re.IGNORECASE)
    said = {"stakeholder": outside.own, "answer": "comes", "who": "juriste"}
    assert rep.ask("POST", at, said, if_match=read.headers["etag"]).status_code == 200
    assert rep.ask("GET", at).json()["answers"] == [{"stakeholder": outside.own, "answer": "comes", "who": "juriste"}]


def test_what_was_put_away_is_neither_read_nor_endorsed(outside: Outside) -> None:
    outside.propose()
    programs = Programs(outside.instance, outside.client)
    rep = programs.of("representative", organisation=outside.own)
    let_be_cited(outside.instance, "paris", outside.own)
    at = f"{PARIS}/team/procedures/{outside.procedure}/asked"
    read = rep.ask("GET", at)
    with outside.instance.database.write("paris") as session:
        agreeing.get(session, outside.procedure).state = "archived"  # as it was done before that was refused
    assert rep.ask("GET", at).status_code == 404
    said = {"stakeholder": outside.own, "what": "endorse", "day": agreeing.today(), "source": LETTER}
    assert rep.ask("POST", at, said, if_match=read.headers["etag"]).status_code == 404
    outside.rep.get(f"{TEAM}/procedures/{outside.procedure}/asked", 404)


def test_of_improvements_and_practices_only_public_ones_are_named(outside: Outside) -> None:
    with outside.instance.database.read("paris") as session:
        shown, hidden = session.scalars(select(Record).where(Record.kind == "practice").order_by(Record.slug)).all()[:2]
    names = [shown.key or shown.id, hidden.key or hidden.id]
    outside.procedure = outside.begun(BODY | {"practices": names, "improvements": [outside.improvement]})
    with outside.instance.database.write("paris") as session:
        records.withdraw(session, session.get_one(Record, ("paris", hidden.id)), by="cy", at=now())
    outside.propose()
    rep = Programs(outside.instance, outside.client).of("representative", organisation=outside.own)
    asked = rep.ask("GET", f"{PARIS}/team/procedures/{outside.procedure}/asked").json()["procedure"]
    for body in agreeing.BODIES:
        agreeing.say(
            outside.instance, outside.procedure, body, day=agreeing.today(), today=outside.instance.today("paris")
        )
    told = agreeing.public(outside.instance, outside.procedure)
    assert told is not None
    public = outside.client.get(f"{PARIS}/procedures/{told.slug}").json()["procedure"]
    for read in (asked, public):
        assert list(read.get("practices", ())) == names[:1]
        assert list(read.get("improvements", ())) == []
