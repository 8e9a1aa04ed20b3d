"""An organisation that is withdrawn from the directory stays where it was named: no form loses it."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from lanzarote.evaluation import judging
from lanzarote.instance import Instance
from lanzarote.records import records
from lanzarote.records.records import Record
from lanzarote.stakeholders import writing
from litestar.testing import TestClient

from tests.core.api.programs import PARIS, WHOLE, Programs
from tests.core.evaluation import piloting
from tests.core.meetings import keeping as meetings
from tests.core.practices.forms import TEAM as PRACTICES
from tests.core.practices.forms import Writer, body, saved
from tests.core.procedures import agreeing
from tests.core.stakeholders import keeping
from tests.core.team_of_a_file import ana, cleo, client, paris

__all__ = ["ana", "cleo", "client", "paris"]

GONE = "Une organisation qui ne figure plus dans l’annuaire"
MEETINGS = "/fr/paris/team/meetings"


@pytest.fixture
def gone(paris: Instance) -> str:
    """An organisation that is published; ``withdraw`` takes it from the directory."""
    return keeping.published(paris)


def withdraw(paris: Instance, one: str) -> None:
    with paris.database.write("paris") as session:
        record, words = keeping.get(session, one), paris.vocabulary("paris")
        writing.withdraw(session, record, words, reason="Elle est dissoute.", by=keeping.COORDINATOR, at=keeping.THEN)


def test_who_is_invited_stays_when_the_frame_of_a_meeting_is_saved(paris: Instance, cleo: Writer, gone: str) -> None:
    one = meetings.planned(paris, organisations=["aphp", gone])
    withdraw(paris, gone)
    cleo.open(f"{MEETINGS}/{one}/edit")
    assert re.search(rf"{GONE}\s*</span>\s*</label>", cleo.html), "without a word on its relation to the group"
    cleo.fill({"place": "Ailleurs"}).press()
    assert (meetings.said(paris, one).place, meetings.said(paris, one).organisations) == ("Ailleurs", ("aphp", gone))


def test_who_was_there_stays_when_the_notes_of_a_meeting_are_saved(paris: Instance, cleo: Writer, gone: str) -> None:
    there = [{"organisation": gone, "roles": "deux juristes"}]
    one = meetings.was_held(paris, organisations=[gone], present=there)
    withdraw(paris, gone)
    cleo.open(f"{MEETINGS}/{one}/notes", "/notes")
    assert len(re.findall(rf"<option [^>]*selected[^>]*>{GONE}</option>", cleo.html)) == 1, "who is noted is there"
    assert f"<legend>{GONE}</legend>" not in cleo.html, "and is not asked for again, as who is invited is"
    cleo.fill({"text.fr.found": "Les services s’écrivent trop tard."}).press(action="/notes")
    assert [(there.organisation, there.roles) for there in meetings.said(paris, one).present] == [
        (gone, "deux juristes")
    ]
    cleo.get(f"{MEETINGS}/{one}")
    assert GONE in cleo.html


def test_a_program_keeps_who_was_there_and_adds_nobody_who_is_not_listed(
    paris: Instance, client: TestClient[Any], gone: str
) -> None:
    one = meetings.was_held(paris, present=[{"organisation": gone}])
    other = meetings.was_held(paris, present=[{"organisation": "aphp"}])
    withdraw(paris, gone)
    head = Programs(paris, client).of("coordinator", name="Cy")
    body = meetings.BODY | {"present": [{"organisation": gone, "roles": "deux juristes"}]}
    assert head.save(f"{PARIS}/team/meetings/{one}", body).status_code == 200
    refused = head.save(f"{PARIS}/team/meetings/{other}", body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "present[0].organisation")


@pytest.mark.parametrize("role", [{"fr": "Un centre de recherche"}, {}], ids=["in-a-role", "in-none"])
def test_who_judges_a_pilot_stays_when_the_evaluation_is_saved(
    paris: Instance, ana: Writer, gone: str, role: dict[str, str]
) -> None:
    judge = {"key": "own-key", "standpoint": "external", "organisation": gone, "role": role}
    one = piloting.begun(paris, piloting.REPORT | {"judges": [judge]})
    withdraw(paris, gone)
    ana.open(f"/fr/paris/team/evaluations/{one}/edit")
    assert (ana.value("judges[0].organisation"), GONE in ana.html) == (gone, True)
    ana.fill({"since": "2031-02"}).press()
    with paris.database.read("paris") as session:
        said = judging.evaluation_of(session, piloting.get(session, one))
    assert [(judge.key, judge.organisation, judge.role) for judge in said.judges] == [("own-key", gone, role)]


def test_a_partner_stays_when_the_practice_is_saved(paris: Instance, ana: Writer, gone: str) -> None:
    one = saved(paris, ana, **{"partners[0].organisation": gone})
    withdraw(paris, gone)
    ana.open(f"{PRACTICES}/{one}/edit")
    assert GONE in ana.html
    ana.fill({"text.fr.title": "Autrement"}).press()
    assert [partner.organisation for partner in body(paris, one).partners] == [gone]


def test_what_is_too_long_is_told_also_where_a_partner_was_merged(paris: Instance, ana: Writer, gone: str) -> None:
    one = saved(paris, ana, **{"partners[0].organisation": gone})
    keeping.merge(paris, gone, keeping.published(paris, keeping.BODY | {"name": {"fr": "Une autre maison"}}))
    ana.open(f"{PRACTICES}/{one}/edit")
    ana.fill({"partners[0].part.fr": "mot " * 6000}).press(status=400)
    assert "1 réponse à corriger" in ana.html


WRITTEN: dict[str, dict[str, Any]] = {
    "practices": WHOLE | {"partners": [{"organisation": "GONE", "side": "public"}]},
    "stakeholders": keeping.BODY | {"merged_into": "GONE"},
    "findings": {
        "original": "fr",
        "text": {"fr": {"title": "Un", "observed": "Deux"}},
        "sectors": ["courts", "police"],
        "organisations": ["GONE"],
    },
    "evaluations": piloting.REPORT | {"judges": [{"key": "j1", "standpoint": "external", "organisation": "GONE"}]},
    "meetings": meetings.BODY | {"organisations": ["GONE"]},
    "procedures": agreeing.BODY | {"parties": [{"organisation": "GONE"}]},
}


FORMS = {"stakeholders": ("organisations", "name.fr"), "findings": ("findings", "text.fr.title")}
FORMS |= {"evaluations": ("evaluations", "text.fr.title"), "meetings": ("meetings", "place")}
FORMS |= {"procedures": ("procedures", "text.fr.title"), "practices": ("practices", "text.fr.title")}


def newest(paris: Instance, record_id: str) -> str:
    with paris.database.read("paris") as session:
        record = session.get_one(Record, ("paris", record_id))
        return records.body_of(session, record, record.version).decode()


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_form_names_who_was_merged_by_the_name_it_had(
    paris: Instance, client: TestClient[Any], cleo: Writer, gone: str, kind: str
) -> None:
    """So it is parted again with everything that named it."""
    head = Programs(paris, client).of("coordinator", name="Cy")
    sent = msgspec.json.decode(msgspec.json.encode(WRITTEN[kind]).replace(b"GONE", gone.encode()))
    one = head.ask("POST", f"{PARIS}/team/{kind}", sent).headers["location"].rsplit("/", 1)[-1]
    into = keeping.published(paris, keeping.BODY | {"name": {"fr": "Une autre maison"}})
    keeping.merge(paris, gone, into)
    room, field = FORMS[kind]
    cleo.open(f"/fr/paris/team/{room}/{one}/edit")
    cleo.fill({field: "Autrement"}).press()
    said = newest(paris, one)
    assert ("Autrement" in said, gone in said, into in said) == (True, True, False)
    keeping.split(paris, gone)
    cleo.open(f"/fr/paris/team/{room}/{one}/edit")
    cleo.fill({field: "Encore autrement"}).press()
    assert ("Encore" in (said := newest(paris, one)), gone in said) == (True, True)


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_program_saves_whatever_named_it_and_begins_nothing_that_does(
    paris: Instance, client: TestClient[Any], gone: str, kind: str
) -> None:
    body = msgspec.json.decode(msgspec.json.encode(WRITTEN[kind]).replace(b"GONE", gone.encode()))
    head, rooms = Programs(paris, client).of("coordinator", name="Cy"), f"{PARIS}/team/{kind}"
    begun = head.ask("POST", rooms, body)
    assert begun.status_code == 201, begun.text
    withdraw(paris, gone)
    again = head.save(begun.headers["location"], body)
    assert again.status_code == 200, again.text
    assert head.ask("POST", rooms, body).status_code == 422


def test_who_took_an_organisation_over_is_chosen_still(paris: Instance, ana: Writer, gone: str) -> None:
    one = keeping.begun(paris, keeping.BODY | {"merged_into": gone})
    withdraw(paris, gone)
    ana.open(f"/fr/paris/team/organisations/{one}/edit")
    assert (ana.value("merged_into"), GONE in ana.html) == (gone, True)
