"""Contacts of an organisation: services with a purpose, a source and a day to look again, never people."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from lanzarote.directory import service
from lanzarote.instance import Instance
from lanzarote.records.validation import Identifying
from lanzarote.stakeholders import contacts as desks
from lanzarote.stakeholders.contacts import contacts_of

from tests.core.stakeholders.keeping import (
    TODAY,
    begun,
    checked,
    contacts,
    get,
    publish,
    published,
    refusals,
    save,
    submit,
)

SLUG = "maison-de-l-audition"


@pytest.mark.parametrize(
    "given",
    [
        {"address": "jean.dupont@justice.example"},
        {"address": "dupont@asso.example"},
        {"address": "06 12 34 56 78"},
        {"source": "Dit par jean.dupont@justice.example"},
        {"purpose": {"fr": "Rappeler au 06 12 34"}, "address": "56 78"},
        {"address": "06 12", "source": "34 56 78"},
    ],
)
def test_a_contact_of_a_person_is_refused_whatever_the_reason(own_paris: Instance, given: dict[str, Any]) -> None:
    whatever = {"contacts[0].address|email": "Oui", "contacts[0].source|email": "Oui"}
    with pytest.raises(Identifying):
        checked(own_paris, desks=contacts(given), reasons=whatever)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"purpose": {"fr": "Mme Le Goff"}}, "contacts[0].purpose.fr"),
        ({"purpose": {"fr": "Anne Dupont, permanence"}}, "contacts[0].purpose.fr"),
        ({"purpose": {}}, "contacts[0].purpose"),
        ({"address": "à côté"}, "contacts[0].address"),
        ({"address": "javascript:alert(1)"}, "contacts[0].address"),
        ({"source": " "}, "contacts[0].source"),
    ],
)
def test_a_contact_is_a_role_with_a_source(own_paris: Instance, given: dict[str, Any], field: str) -> None:
    assert refusals(own_paris, {}, desks=contacts(given)) == [field]


def test_a_telephone_parted_over_two_contacts_is_refused(own_paris: Instance) -> None:
    with pytest.raises(Identifying):
        checked(own_paris, desks=contacts({"source": "page 3 ; 06 12 34"}, {"purpose": {"fr": "56 78 le soir"}}))


@pytest.mark.parametrize("purpose", ["Permanence 24/24, 7/7", "CRIP 75", "Secrétariat des 12-18 ans"])
def test_figures_in_what_a_contact_is_for_do_not_make_its_telephone_a_persons(
    own_paris: Instance, purpose: str
) -> None:
    [one] = checked(own_paris, desks=contacts({"purpose": {"fr": purpose}, "address": "01 44 56 78 90"})).contacts or ()
    assert one.address == "01 44 56 78 90"


@pytest.mark.parametrize("address", ["contact@asso.example", "01 44 56 78 90", "119", "https://asso.example/contact"])
def test_a_service_is_reached_by_mail_telephone_or_page(own_paris: Instance, address: str) -> None:
    [one] = checked(own_paris, desks=contacts({"address": address})).contacts or ()
    assert one.address == address


def test_only_public_contacts_are_read_outside_and_only_once_they_are_published(own_paris: Instance) -> None:
    record_id = published(own_paris, desks=contacts({"address": "secretariat@audition.example"}))
    assert public(own_paris) == []
    both = contacts({"address": "secretariat@audition.example"}, {"public": True})
    save(own_paris, record_id, desks=both)
    assert public(own_paris) == []
    submit(own_paris, record_id)
    publish(own_paris, record_id)
    assert public(own_paris) == ["contact@audition.example"]


def public(paris: Instance) -> list[str]:
    with paris.database.read("paris") as session:
        found = service.stakeholder(session, SLUG).contacts
    kept = next(one for one in paris.directory("paris") if one.slug == SLUG).contacts
    assert kept == found
    return [one.address for one in found]


def test_what_only_the_team_reads_needs_no_second_person(own_paris: Instance) -> None:
    record_id = published(own_paris, desks=contacts({}))
    save(own_paris, record_id, desks=contacts({"review_on": "2033-01-01"}))
    with own_paris.database.read("paris") as session:
        record = get(session, record_id)
        assert (record.stage, record.version, record.published_version) == ("", 2, 2)
        assert [one.review_on for one in contacts_of(session, record)] == [date(2033, 1, 1)]
        assert [one.review_on for one in contacts_of(session, record, 1)] == [date(2032, 1, 1)]


def test_a_contact_that_was_public_does_not_go_on_alone(own_paris: Instance) -> None:
    record_id = published(own_paris, desks=contacts({"public": True}))
    save(own_paris, record_id, desks=())
    with own_paris.database.read("paris") as session:
        assert get(session, record_id).stage == "writing"
    assert public(own_paris) == ["contact@audition.example"]


def test_contacts_are_due_from_their_day_on(own_paris: Instance) -> None:
    record_id = begun(own_paris, desks=contacts({"review_on": "2031-01-01"}, {"review_on": "2030-06-01"}, {}))
    begun(own_paris, desks=contacts({"review_on": "2031-01-02"}))
    with own_paris.database.read("paris") as session:
        assert desks.due(session, {"paris": TODAY}) == {("paris", record_id): date(2030, 6, 1)}
    save(own_paris, record_id, desks=contacts({}))
    with own_paris.database.read("paris") as session:
        assert desks.due(session, {"paris": TODAY}) == {}
