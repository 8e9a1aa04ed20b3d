"""Packages may object before an entry of the directory is saved, as they may with a practice."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.directory.model import KIND
from lanzarote.records.drafts import told_of
from lanzarote.records.records import Record
from lanzarote.records.save_checks import FAILED, Objected, checks_for
from lanzarote.records.validation import Identifying
from lanzarote.stakeholders import entries, saving, writing

from tests.core.hooks.objecting import AT_FAULT
from tests.core.practices.assessments import PARIS, THEN, person
from tests.core.practices.forms import writer
from tests.core.practices.signed_in import site_of
from tests.core.stakeholders.keeping import BODY, COORDINATOR, contacts

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor
    from lanzarote.records.save_checks import Place

    from tests.core.hooks.conftest import Making

NAMED: Place = ("strict", "no-website", "website")


def check(answer: str) -> str:
    return f"""
    asked = []

    @hookimpl
    def check_stakeholder(region, new, before):
        asked.append((region, new, before))
        {answer}
    """


STRICT = check('return [Concern(code="no-website", field="website", level="block", text={"fr": "Quel site ?"})]')


def given(
    instance: Instance, by: Actor, record_id: str = "", reasons: dict[Place, str] | None = None, **body: Any
) -> saving.Checked:
    with instance.database.read(PARIS) as session:
        record = session.get(Record, (PARIS, record_id)) if record_id else None
        checks = checks_for(instance, session, PARIS, KIND, record, by=by, reasons=reasons)
    desks = contacts({})
    return saving.checked(
        entries.read(BODY | body),
        instance.vocabulary(PARIS),
        (),
        reasons={},
        by=by.account_id,
        checks=checks,
        contacts=desks,
    )


def begun(instance: Instance, by: Actor, **more: Any) -> str:
    entry = given(instance, by, **more)
    with instance.database.write(PARIS) as session:
        return saving.begin(session, PARIS, entry, by=by, at=THEN).id


def asked(name: str) -> list[Any]:
    found: list[Any] = sys.modules[f"lz_try_{name}"].asked
    return found


def test_a_package_is_asked_with_what_was_saved_before_and_sees_no_contacts(paris_with: Making) -> None:
    paris = paris_with(quiet=check("return ()"))
    record_id = begun(paris, COORDINATOR)
    given(paris, COORDINATOR, record_id, name={"fr": "Autre"})
    (region, new, before), (_, newer, known) = asked("quiet")
    assert (region.id, new.name["fr"], before) == (PARIS, BODY["name"]["fr"], None)
    assert (newer.name["fr"], known.name["fr"]) == ("Autre", BODY["name"]["fr"])
    assert "contact@audition.example" not in repr(asked("quiet"))


def test_it_may_stop_the_save_and_a_coordinator_lets_pass(paris_with: Making) -> None:
    paris = paris_with(strict=STRICT)
    ana, head = person(paris, "contributor"), person(paris, "coordinator")
    for by, reasons in ((ana, {}), (ana, {NAMED: "Il n’y en a pas."}), (head, {})):
        with pytest.raises(Objected):
            begun(paris, by, reasons=reasons)
    record_id = begun(paris, head, reasons={NAMED: "Il n’y en a pas."})
    # It holds for whoever writes on.
    given(paris, ana, record_id)
    with paris.database.read(PARIS) as session:
        told = told_of(session, session.get_one(Record, (PARIS, record_id)))
    assert [(one.place, one.text, one.by) for one in told.overrides] == [(NAMED, "Il n’y en a pas.", head.account_id)]
    assert [(one.package, one.field, one.text) for one in told.noted] == [("strict", "website", {"fr": "Quel site ?"})]


@pytest.mark.parametrize("answer", AT_FAULT)
def test_one_at_fault_stops_the_save_and_is_named(paris_with: Making, answer: str) -> None:
    paris = paris_with(broken=check(answer))
    with pytest.raises(Objected) as caught:
        begun(paris, COORDINATOR)
    assert [one.place for one in caught.value.raised] == [("broken", FAILED, "")]


def test_the_guard_comes_first(paris_with: Making) -> None:
    paris = paris_with(quiet=check("return ()"))
    with pytest.raises(Identifying):
        begun(paris, COORDINATOR, role={"fr": "Écrire à lea.dupont@gmail.com."})
    assert asked("quiet") == []


def test_a_check_of_practices_is_not_asked_about_the_directory(paris_with: Making) -> None:
    paris = paris_with(quiet=check("return ()").replace("check_stakeholder", "check_practice"))
    begun(paris, COORDINATOR)
    assert asked("quiet") == []


def test_what_a_coordinator_let_pass_goes_with_the_entry(paris_with: Making) -> None:
    paris = paris_with(strict=STRICT)
    head, reviewer = person(paris, "coordinator"), person(paris, "reviewer")
    record_id = begun(paris, head, reasons={NAMED: "Il n’y en a pas."})

    def known() -> int:
        with paris.database.read(PARIS) as session:
            return len(told_of(session, session.get_one(Record, (PARIS, record_id))).overrides)

    with paris.database.write(PARIS) as session:
        record = session.get_one(Record, (PARIS, record_id))
        writing.submit(session, record, expected=1, by=head, at=THEN)
        writing.publish(session, record, confirmed=True, expected=1, by=reviewer, at=THEN)
    assert known() == 1
    with paris.database.write(PARIS) as session:
        writing.erase(session, session.get_one(Record, (PARIS, record_id)), by=head, at=THEN)
    assert known() == 0


# In the form


FORM = "/fr/paris/team/organisations"
TYPED: dict[str, Any] = {
    "name.fr": "Maison de l’audition",
    "role.fr": "Accueille les auditions filmées d’enfants.",
    "side": "public",
    "scope": "local",
    "sectors": "courts",
}
WHERE = ("website", "role.fr", "", "nowhere[3].x", "<b>", "role.<i>")


def test_an_objection_is_shown_and_what_was_typed_is_not_lost(paris_with: Making) -> None:
    paris = paris_with(strict=STRICT)
    with site_of(paris) as client:
        ana = writer(paris, client)
        page = ana.post(f"{FORM}/new", TYPED, 400).text
        assert "Quel site ? (strict)" in page
        assert "Maison de l’audition" in page
        assert "override[" not in page


def test_a_coordinator_says_why_and_whoever_publishes_reads_it(paris_with: Making) -> None:
    paris = paris_with(strict=STRICT)
    with site_of(paris) as client:
        head = writer(paris, client, "coordinator")
        name = "override[strict|no-website|website]"
        assert f'name="{name}"' in head.post(f"{FORM}/new", TYPED, 400).text
        href = head.post(f"{FORM}/new", TYPED | {name: "Il n’y en a pas."})
        page = head.get(href)
        assert "Quel site ?" in page
        assert "Il n’y en a pas." in page
        # Another save needs no reason more; contacts that are saved leave what was said as it is.
        place = href.partition("?")[0]
        assert head.post(f"{place}/edit", TYPED | {"name.fr": "Autre", "version": "1"}).startswith(place)
        desk = {"contacts[0].purpose.fr": "Permanence", "contacts[0].address": "contact@audition.example",
                "contacts[0].source": "https://audition.example", "contacts[0].review_on": "2032-01-01"}  # fmt: skip
        assert head.post(f"{place}/contacts", desk | {"version": "2"}).startswith(place)
        assert "Quel site ?" in head.get(place)


def test_an_objection_to_any_place_is_shown_and_can_be_passed(paris_with: Making) -> None:
    concerns = ", ".join(
        f'Concern(code="c{number}", field="{field}", level="block", text={{"fr": "Objection {number} <i>"}})'
        for number, field in enumerate(WHERE)
    )
    paris = paris_with(strict=check(f"return [{concerns}]"))
    with site_of(paris) as client:
        head = writer(paris, client, "coordinator")
        page = head.post(f"{FORM}/new", TYPED, 400).text
        assert [number for number in range(len(WHERE)) if f"Objection {number} &lt;i&gt;" not in page] == []
        reasons = {f"override[strict|c{number}|{field}]": "Cela est bon." for number, field in enumerate(WHERE)}
        page = head.get(head.post(f"{FORM}/new", TYPED | reasons))
        assert page.count("Cela est bon.") == len(WHERE)
        assert "Objection 0 <i>" not in page


def test_a_broken_package_is_named(paris_with: Making) -> None:
    paris = paris_with(broken=check("return None"))
    with site_of(paris) as client:
        page = writer(paris, client).post(f"{FORM}/new", TYPED, 400).text
        assert "La vérification du module «\u202fbroken\u202f»" in page
