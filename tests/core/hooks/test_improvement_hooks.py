"""Packages may object before an improvement is saved, and are told what the group decided; of findings, nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.improvements.improvement_kind import IMPROVEMENTS
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.improvements.service import Known
from lanzarote.kinds import service as kinds
from lanzarote.plugins import host
from lanzarote.records import drafts
from lanzarote.records.drafts import Told, read_told
from lanzarote.records.records import Record
from lanzarote.records.save_checks import FAILED, Objected, checks_for
from lanzarote.records.validation import Identifying
from lanzarote.web.notices import switch_for

from tests.core.hooks.objecting import AT_FAULT
from tests.core.improvements.deliberating import DECIDED_ON, LEADER, PROPOSED, THEN, TODAY, decided, finding, read, step
from tests.core.practices.assessments import PARIS, person
from tests.core.practices.forms import writer
from tests.core.practices.signed_in import site_of

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.kinds.service import Checked
    from lanzarote.records.permissions import Actor
    from lanzarote.records.save_checks import Place

    from tests.core.hooks.conftest import Making

PLACE: Place = ("strict", "no-means", "text.fr.means")
HEARS = """
    told = []

    @hookimpl
    def improvement_decided(event):
        told.append(event)
"""


def check(answer: str) -> str:
    return f"""
    asked = []

    @hookimpl
    def check_improvement(region, new, before):
        asked.append((region, new, before))
        {answer}
    """


STRICT = check('return [Concern(code="no-means", field="text.fr.means", level="block", text={"fr": "Quels moyens ?"})]')


def given(
    instance: Instance, by: Actor, record_id: str = "", reasons: dict[Place, str] | None = None, **body: Any
) -> Checked[Any]:
    with instance.database.read(PARIS) as session:
        record = session.get(Record, (PARIS, record_id)) if record_id else None
        checks = checks_for(instance, session, PARIS, "improvement", record, by=by, reasons=reasons)
    words = instance.vocabulary(PARIS)
    known = Known(organisations=(), records=(), vocabulary=words, today=TODAY)
    content = read(IMPROVEMENT, PROPOSED | body)
    return kinds.check(IMPROVEMENTS, content, words, known, reasons={}, by=by.account_id, checks=checks)


def begun(instance: Instance, by: Actor, **more: Any) -> str:
    entry = given(instance, by, **more)
    with instance.database.write(PARIS) as session:
        return kinds.begin(IMPROVEMENTS, session, PARIS, entry, by=by, at=THEN).id


def of(name: str, what: str) -> list[Any]:
    found: list[Any] = getattr(sys.modules[f"lz_try_{name}"], what)
    return found


def test_a_package_is_asked_with_what_was_saved_before_and_not_about_findings(paris_with: Making) -> None:
    paris = paris_with(quiet=check("return ()"))
    ana = person(paris, "contributor")
    finding(paris, ana)
    one = begun(paris, ana)
    given(paris, ana, one, sectors=["education"])
    (region, new, before), (_, newer, known) = of("quiet", "asked")
    assert (region.id, new.text["fr"].title, before) == (PARIS, PROPOSED["text"]["fr"]["title"], None)
    assert (newer.sectors, known.sectors) == (("education",), ("courts",))
    with pytest.raises(Identifying):
        given(paris, ana, text={"fr": {"title": "T", "proposal": "lea.dupont@gmail.com"}})
    assert len(of("quiet", "asked")) == 2, "the guard comes first"


def test_it_may_stop_the_save_and_a_coordinator_lets_pass(paris_with: Making) -> None:
    paris = paris_with(strict=STRICT)
    ana, head = person(paris, "contributor"), person(paris, "coordinator")
    for by, reasons in ((ana, {}), (ana, {PLACE: "Il n’en faut pas."}), (head, {})):
        with pytest.raises(Objected):
            begun(paris, by, reasons=reasons)
    one = begun(paris, head, reasons={PLACE: "Il n’en faut pas."})
    given(paris, ana, one)
    with paris.database.read(PARIS) as session:
        told = read_told(session, session.get_one(Record, (PARIS, one)), Told)
    assert [(one.place, one.text) for one in told.overrides] == [(PLACE, "Il n’en faut pas.")]


@pytest.mark.parametrize("answer", AT_FAULT)
def test_one_at_fault_stops_the_save_and_is_named(paris_with: Making, answer: str) -> None:
    paris = paris_with(broken=check(answer))
    with pytest.raises(Objected) as caught:
        begun(paris, person(paris, "contributor"))
    assert [one.place for one in caught.value.raised] == [("broken", FAILED, "")]


def test_one_that_hangs_stops_the_save_and_is_named(paris_with: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "CHECK_SECONDS", 0.3)
    paris = paris_with(slow=check("import time; time.sleep(60)"), apart=True)
    with pytest.raises(Objected) as caught:
        begun(paris, person(paris, "contributor"))
    assert [one.place for one in caught.value.raised] == [("slow", FAILED, "")]


def test_the_form_shows_the_objection_beside_its_field(paris_with: Making) -> None:
    paris = paris_with(strict=STRICT)
    with site_of(paris) as client:
        head = writer(paris, client, "coordinator")
        head.open("/fr/paris/team/improvements/new", "/new").fill(
            {"text.fr.title": "Un registre", "text.fr.proposal": "Une liste.", "sectors": ["courts"]}
        )
        head.press(action="/new", status=400)
        assert "Quels moyens ?" in head.html
        head.fill({f"override[{'|'.join(PLACE)}]": "Il n’en faut pas."}).press(action="/new")
        assert "Il n’en faut pas." in head.html


def test_what_the_group_decided_is_told_after_it_is_kept(paris_with: Making) -> None:
    paris = paris_with(ear=HEARS)
    one = begun(paris, person(paris, "contributor"))
    slug = decided(paris, one, "not-adopted")
    assert of("ear", "told") == []
    paris.worker.run_due()
    [event] = of("ear", "told")
    assert (event.region, event.id, event.slug, event.version) == (PARIS, one, slug, 1)
    assert (event.outcome, event.day) == ("not-adopted", DECIDED_ON), "the day of the decision, not of the keyboard"
    assert event.titles == {"fr": PROPOSED["text"]["fr"]["title"]}
    assert event.address == f"{paris.public_address}/fr/paris/improvements/{slug}"


def test_what_is_discussed_again_or_erased_meanwhile_is_not_told(paris_with: Making) -> None:
    paris = paris_with(ear=HEARS)
    ana = person(paris, "contributor")
    again, gone = begun(paris, ana), begun(paris, ana)
    for one in (again, gone):
        decided(paris, one)
    step(paris, again, "reconsider")
    with paris.database.write(PARIS) as session:
        drafts.erase(session, session.get_one(Record, (PARIS, gone)), by=LEADER, at=THEN)
    paris.worker.run_due()
    assert of("ear", "told") == []


def test_a_package_that_is_switched_off_hears_nothing(paris_with: Making) -> None:
    paris = paris_with(ear=HEARS)
    switch_for(paris, PARIS, "ear", on=False, by="test")
    decided(paris, begun(paris, person(paris, "contributor")))
    paris.worker.run_due()
    assert of("ear", "told") == []
