"""Pages, API and two instances: a procedure waits kindly until its pilot is to be extended, then goes its way."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import NotPermitted
from lanzarote.evaluation import deciding
from lanzarote.evaluation.model import EVALUATION
from lanzarote.evaluation.public import verdict_of
from lanzarote.instance import Instance
from lanzarote.records import drafts
from lanzarote.records.records import Record
from lanzarote.transfers import origin, service
from litestar.testing import TestClient
from sqlalchemy import select

from tests.conftest import copy_of
from tests.core.practices.signed_in import site_of
from tests.core.procedures import agreeing
from tests.core.transfers.people import Crew
from tests.core.transfers.test_api import Program, told_tag
from tests.core.transfers.test_travelling import enrol, office, send
from tests.core.transfers.travelling import PARIS, SECOND, adapted, get, settle, state, step
from tests.core.transfers.travelling_procedures import agreed, begun, endorsed, extended
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

TEAM = "/uk/second-region/team/transfers"
__all__ = ["office"]


@pytest.fixture
def crew(both: Instance) -> Crew:
    return Crew(both, site_of(both))


def slug_of(instance: Instance, procedure: str) -> str:
    return next(one.slug for one in origin.in_force(instance, PARIS) if one.id == procedure)


def test_before_the_pilot_is_to_be_extended_pages_say_why_and_what_opens_the_way(crew: Crew) -> None:
    procedure = endorsed(crew.instance)
    slug = slug_of(crew.instance, procedure)
    why = "It cannot be taken up elsewhere yet"
    new = f"{TEAM}/new?from=paris%2F{slug}&amp;kind=procedure"
    for path in (f"/en/paris/procedures/{slug}", f"/en/paris/procedures/{slug}/travels"):
        page = crew.ana.get(path)
        assert why in page, path
        assert new not in page, path
    assert why not in crew.public(f"/en/paris/procedures/{slug}")  # who takes nothing up is not told
    page = crew.ana.get(f"{TEAM}/new?from=paris/{slug}&kind=procedure")
    assert why in page
    assert "<button>Propose" not in page
    assert why in crew.ana.post(f"{TEAM}/new", status=403, **{"from": f"paris/{slug}", "kind": "procedure"})
    page = crew.ana.get(f"{TEAM}/procedures")
    assert "waits" in page
    assert new not in page
    extended(crew.instance)
    for path in (f"/en/paris/procedures/{slug}", f"/en/paris/procedures/{slug}/travels", f"{TEAM}/procedures"):
        page = crew.ana.get(path)
        assert why not in page, path
        assert new in page, path
    assert new not in crew.public(f"/en/paris/procedures/{slug}")
    crew.bo.get(f"{TEAM}/procedures", status=403)  # who reviews takes nothing up


def test_the_whole_way_on_pages_ends_on_both_procedures(crew: Crew) -> None:
    both = crew.instance
    procedure = endorsed(both)
    slug = slug_of(both, procedure)
    extended(both)
    asked: dict[str, Any] = {"from": f"paris/{slug}", "kind": "procedure"}
    assert crew.ana.get(f"{TEAM}/new?from=paris/{slug}&kind=procedure")
    here = crew.ana.post(f"{TEAM}/new", **asked).partition("?")[0]
    assert crew.head.post(f"{TEAM}/new", **asked).endswith("?done=known")
    record_id = here.rpartition("/")[2]
    assert crew.head.get(f"{here}/take-up")
    assert crew.head.post(f"{here}/take-up", version="1").endswith("?done=take-up")
    assert "texts and steps of the origin" in crew.head.get(f"{here}/adapt")
    assert crew.head.post(f"{here}/adapt", version="1").endswith("?done=adapt")
    settle(both, record_id)
    crew.head.post(f"{here}/pilot", version="2")
    assert "not endorsed yet" in crew.head.post(f"{here}/adopt", status=400, version="2")
    [made] = [word for word in crew.head.get(here).split('"') if "/team/procedures/" in word and word.startswith("/uk")]
    agreed(both, made.rpartition("/")[2])
    assert crew.head.post(f"{here}/adopt", version="2").endswith("?done=adopt")
    trail = crew.public(f"/en/paris/procedures/{slug}/travels")
    own = slug_here(both)
    assert f'href="/uk/second-region/procedures/{own}"' in trail
    assert "Adapted from a procedure of another place" in crew.public(f"/uk/second-region/procedures/{own}")
    assert "1 other place" in crew.public(f"/en/paris/procedures/{slug}")
    agreeing.save(both, procedure, {"review_months": 6})
    agreeing.do(both, "propose", procedure)
    for name in agreeing.BODIES:
        agreeing.say(both, procedure, name)
    assert "</span>6</ins>" in crew.ana.get(f"{here}/origin")
    assert f"{here}/origin" in crew.ana.get("/en/start")


def slug_here(both: Instance) -> str:
    [one] = origin.in_force(both, SECOND)
    return one.slug


def test_who_leads_the_work_is_told_by_mail_that_the_origin_has_changed(crew: Crew) -> None:
    both = crew.instance
    procedure = endorsed(both)
    extended(both)
    record_id = begun(both, procedure)
    step(both, record_id, "take_up", prepared="extend")
    both.worker.run_due()
    folder = both.settings.data / "mail"
    before = set(folder.glob("*.eml"))
    agreeing.save(both, procedure, {"review_months": 6})
    agreeing.do(both, "propose", procedure)
    for name in agreeing.BODIES:
        agreeing.say(both, procedure, name)
    both.worker.run_due()
    found = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in set(folder.glob("*.eml")) - before]
    assert "head@team.example" in {str(one["to"]) for one in found}


def test_a_step_that_was_proposed_waits_on_its_page_when_the_decision_is_withdrawn(crew: Crew) -> None:
    both = crew.instance
    procedure = endorsed(both)
    extended(both)
    record_id = begun(both, procedure)
    assert verdict_of(both, PARIS) == "extend"
    withdraw_decision(both)
    assert verdict_of(both, PARIS) is None
    page = crew.head.post(f"{TEAM}/{record_id}/take-up", status=403, version="1")
    assert "It cannot be taken up elsewhere yet" in page
    assert state(both, record_id) == "offered"


def withdraw_decision(both: Instance) -> None:
    words = both.vocabulary(PARIS)
    with both.database.write(PARIS) as session:
        query = select(Record).where(Record.kind == EVALUATION, Record.state == "published")
        for record in session.scalars(query).all():
            why = "Une erreur dans les chiffres."
            deciding.withdraw(session, record, words, reason=why, by=agreeing.HEAD, at=agreeing.THEN)


def test_a_program_is_refused_until_it_may_travel(both: Instance) -> None:
    procedure = endorsed(both)
    slug = slug_of(both, procedure)
    app: Any = create_app(both)
    with TestClient(app, base_url="http://lanzarote.test") as site:
        ana, head = Program(both, site, "ana"), Program(both, site, "head")
        asked = {"region": "paris", "procedure": slug}
        refused = ana.send("POST", "/team/transfers", 403, asked)
        assert "the decision is to extend it" in refused["detail"]
        assert ana.get("/team/transfers")["items"] == []
        ana.send("POST", "/team/transfers", 422, asked | {"practice": "school-tripartite-agreements"})
        ana.send("POST", "/team/transfers", 422, {"region": "paris"})
        ana.send("POST", "/team/transfers", 404, {"region": "paris", "procedure": "nowhere"})
        extended(both)
        one = f"/team/transfers/{ana.send('POST', '/team/transfers', 201, asked)['id']}"
        assert ana.get(one)["origin_kind"] == "procedure"
        head.send("POST", f"{one}/take-up", 200, {}, told_tag(head, one))
        head.send("POST", f"{one}/adapt", 200, {}, head.etag)
        made = head.get(one)["status"]["practice"]
        with both.database.read(SECOND) as session:
            assert get(session, made).kind == "procedure"


@pytest.fixture
def far(sqlite_template: Path, tmp_path: Path) -> Iterator[Instance]:
    """Where the second region is written, apart from Paris."""
    place = tmp_path / "far"
    place.mkdir()
    given = {"LANZAROTE_DATABASE_URL": copy_of(sqlite_template, place), "LANZAROTE_DATA": str(place)}
    with new_instance(read_settings(given), both_regions()) as instance:
        instance.load("second-region")
        yield instance


def test_a_procedure_travels_between_instances_through_results(both: Instance, far: Instance, office: Instance) -> None:
    crew = Crew(far, site_of(far))
    procedure = endorsed(both)
    enrol(both, far, PARIS)
    send(both, far, PARIS)
    [there] = origin.in_force(far, PARIS)
    assert (there.id, there.procedure.steps[0].key) == (procedure, "report")
    with pytest.raises(NotPermitted):
        begun(far, procedure)
    assert "waits" in crew.ana.get(f"{TEAM}/procedures")
    extended(both)
    send(both, far, PARIS)
    page = crew.ana.get(f"{TEAM}/procedures")
    assert f"{TEAM}/new?from=paris%2F{there.slug}&amp;kind=procedure" in page
    record_id = begun(far, procedure)
    step(far, record_id, "take_up", prepared="extend")
    made = adapted(far, record_id)
    settle(far, record_id)
    step(far, record_id, "pilot")
    agreed(far, made)
    step(far, record_id, "adopt")
    assert "adopted" in crew.public(f"/en/paris/procedures/{there.slug}/travels")
    for instance, region_id in ((both, PARIS), (far, SECOND)):
        enrol(instance, office, region_id)
        send(instance, office, region_id)
    assert service.travels(office, PARIS, procedure) == service.travels(far, PARIS, procedure)
    [trail] = service.travels(office, PARIS, procedure)
    assert (trail.state, trail.practice) == ("adopted", made)
    assert "adopted" in site_of(office).get(f"/en/paris/procedures/{there.slug}/travels").text
    # Paris endorses another text: the far region sees what differs from the one it took up.
    agreeing.save(both, procedure, {"review_months": 6})
    agreeing.do(both, "propose", procedure)
    for name in agreeing.BODIES:
        agreeing.say(both, procedure, name)
    send(both, far, PARIS)
    assert "</span>6</ins>" in crew.ana.get(f"{TEAM}/{record_id}/origin")
    with both.database.write(PARIS) as session:
        record = agreeing.get(session, procedure)
        drafts.erase(session, record, by=agreeing.HEAD, at=agreeing.THEN)
    send(both, far, PARIS)
    assert origin.released_procedures(far, PARIS) == ()
    assert origin.text_of(far, PARIS, procedure, 1) is None
    assert "no longer published there" in crew.ana.get(f"{TEAM}/{record_id}/origin")
