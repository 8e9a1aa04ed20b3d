"""An entry of the directory is written by one person and published by another; nothing of it is lost or let out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote.changes import Audit
from lanzarote.checking import Faulty, Identifying
from lanzarote.errors import Conflict, Gone, NotFound, NotPermitted
from lanzarote.instance import Instance
from lanzarote.lifecycle import IllegalTransition
from lanzarote.permissions import Actor
from lanzarote.records import body_of, find
from lanzarote.stakeholders import contacts as desks
from lanzarote.stakeholders import deciding, service, writing
from lanzarote.stakeholders.model import KIND, Contacts
from sqlalchemy import func, select

from tests.core.stakeholders.keeping import (
    BODY,
    COORDINATOR,
    DESK,
    REVIEWER,
    SECOND,
    STRANGER,
    THEN,
    TODAY,
    WRITER,
    begun,
    checked,
    contacts,
    get,
    publish,
    published,
    relate,
    representative,
    save,
    slugs,
    submit,
)

SLUG = "maison-de-l-audition"
OWN: dict[str, Any] = {"key": "own-1", "title": "Bilan", "publisher": "", "kind": "press"}


def refusals(paris: Instance, body: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(Faulty) as refused:
        checked(paris, BODY | body, **more)
    return [fault.field for fault in refused.value.faults]


# ---------------------------------------------------------------------------------------------------------------------
# What may be written


def test_whatever_paris_ships_could_have_been_written_here(own_paris: Instance) -> None:
    for one in own_paris.directory("paris"):
        checked(own_paris, msgspec.to_builtins(one.organisation))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": {"fr": "  "}}, "name"),
        ({"sectors": ["unheard-of"]}, "sectors"),
        ({"sources": ["unheard-of"]}, "sources"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "https://a.example/\u202e"}, "website"),
        ({"since": "2014-02-30"}, "since"),
        ({"since": "2014", "until": "2013"}, "until"),
        ({"role": {"fr": "a\x00b"}}, "role.fr"),
        ({"role": {"fr": "a" * 4_001}}, "role.fr"),
        ({"merged_into": "unheard-of"}, "merged_into"),
        ({"verified": True}, "verified"),
        ({"own_sources": [OWN]}, "own_sources[0].publisher"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_told_with_its_field(own_paris: Instance, body: dict[str, Any], field: str) -> None:
    assert refusals(own_paris, body) == [field]


@pytest.mark.parametrize("body", [{"sectors": []}, {"side": "left"}, {"nickname": "x"}, {"since": "now"}])
def test_what_is_no_entry_is_refused_as_such(own_paris: Instance, body: dict[str, Any]) -> None:
    assert len(refusals(own_paris, body)) == 1


def test_personal_data_is_kept_nowhere(own_paris: Instance) -> None:
    with pytest.raises(Identifying) as refused:
        checked(own_paris, BODY | {"note": {"fr": "Demander jean.dupont@justice.example."}})
    assert [(one.field, one.code, one.hard) for one in refused.value.concerns] == [("note.fr", "email", True)]
    assert "dupont" not in str(refused.value)


def test_what_the_guard_only_asks_about_takes_a_reason_which_the_second_person_reads(own_paris: Instance) -> None:
    body = BODY | {"note": {"fr": "01 44 56 78 90"}}
    with pytest.raises(Identifying):
        checked(own_paris, body)
    record_id = begun(own_paris, body, reasons={"note.fr|phone": "Numéro du standard."})
    with own_paris.database.read("paris") as session:
        [reason] = writing.told_of(session, get(session, record_id)).reasons
    assert (reason.field, reason.code, reason.text) == ("note.fr", "phone", "Numéro du standard.")


# ---------------------------------------------------------------------------------------------------------------------
# Two people


def test_a_new_entry_is_read_by_nobody_outside_until_a_second_person_publishes_it(own_paris: Instance) -> None:
    record_id = begun(own_paris)
    assert SLUG not in slugs(own_paris)
    submit(own_paris, record_id)
    assert SLUG not in slugs(own_paris)
    publish(own_paris, record_id)
    assert SLUG in slugs(own_paris)
    with own_paris.database.read("paris") as session:
        found = service.stakeholder(session, SLUG)
        assert (found.status.relation, found.version, found.key) == ("cited", 1, None)


def test_nobody_publishes_alone_what_they_submitted(own_paris: Instance) -> None:
    record_id = begun(own_paris, by=COORDINATOR)
    submit(own_paris, record_id, COORDINATOR)
    with pytest.raises(NotPermitted):
        publish(own_paris, record_id, COORDINATOR)
    publish(own_paris, record_id, SECOND)


def test_it_is_published_only_by_somebody_who_confirms_it(own_paris: Instance) -> None:
    record_id = begun(own_paris)
    submit(own_paris, record_id)
    with pytest.raises(Faulty) as refused:
        publish(own_paris, record_id, confirmed=False)
    assert [fault.field for fault in refused.value.faults] == ["confirmed"]
    assert SLUG not in slugs(own_paris)


def test_of_two_who_publish_at_once_the_second_does_nothing(own_paris: Instance) -> None:
    record_id = begun(own_paris)
    submit(own_paris, record_id)
    publish(own_paris, record_id)
    with pytest.raises(IllegalTransition):
        publish(own_paris, record_id, SECOND)
    with own_paris.database.read("paris") as session:
        query = select(func.count()).where(Audit.record_id == record_id, Audit.verb == "publish")
        assert session.scalar(query) == 1


def test_an_edit_stands_beside_what_the_public_reads_until_it_is_published_too(own_paris: Instance) -> None:
    record_id = published(own_paris)
    assert save(own_paris, record_id, {"role": {"fr": "Autre chose."}}) == 2
    with own_paris.database.read("paris") as session:
        assert service.stakeholder(session, SLUG).organisation.role["fr"] == BODY["role"]["fr"]
    submit(own_paris, record_id)
    publish(own_paris, record_id)
    with own_paris.database.read("paris") as session:
        assert service.stakeholder(session, SLUG).organisation.role["fr"] == "Autre chose."
        assert body_of(session, get(session, record_id), 1)


def test_of_two_who_write_at_once_the_second_is_told(own_paris: Instance) -> None:
    record_id = begun(own_paris)
    save(own_paris, record_id, {"role": {"fr": "Un."}}, expected=1)
    with pytest.raises(Conflict):
        save(own_paris, record_id, {"role": {"fr": "Deux."}}, expected=1)
    with own_paris.database.read("paris") as session:
        assert writing.entry_of(session, get(session, record_id)).role["fr"] == "Un."


def test_what_was_submitted_comes_back_with_a_reason_or_is_taken_back(own_paris: Instance) -> None:
    record_id = begun(own_paris)
    submit(own_paris, record_id)
    with pytest.raises(IllegalTransition):
        save(own_paris, record_id, {"role": {"fr": "Un."}})
    with own_paris.database.write("paris") as session:
        writing.take_back(session, get(session, record_id), by=WRITER, at=THEN)
    submit(own_paris, record_id)
    with own_paris.database.write("paris") as session:
        vocabulary, record = own_paris.vocabulary("paris"), get(session, record_id)
        with pytest.raises(Faulty):
            writing.hand_back(session, record, vocabulary, reason=" ", by=REVIEWER, at=THEN)
        writing.hand_back(session, record, vocabulary, reason="Quelle source ?", by=REVIEWER, at=THEN)
        assert record.stage == "writing"
        assert [one.text for one in writing.told_of(session, record).returned] == ["Quelle source ?"]


def test_what_was_written_beside_the_published_entry_is_given_up_and_still_there_to_be_read(
    own_paris: Instance,
) -> None:
    record_id = published(own_paris, desks=contacts({"public": True}))
    save(own_paris, record_id, {"role": {"fr": "Autre."}}, desks=())
    with own_paris.database.write("paris") as session:
        record = get(session, record_id)
        writing.discard(session, record, by=WRITER, at=THEN)
        assert (record.stage, record.version, record.published_version) == ("", 3, 1)
        assert writing.entry_of(session, record).role["fr"] == BODY["role"]["fr"]
        assert writing.entry_of(session, record, 2).role["fr"] == "Autre."
        assert len(writing.contacts_of(session, record)) == 1


# ---------------------------------------------------------------------------------------------------------------------
# Who may


def test_a_representative_writes_the_entry_they_speak_for_and_no_other(own_paris: Instance) -> None:
    record_id = published(own_paris)
    save(own_paris, record_id, {"role": {"fr": "Dit par elle-même."}}, by=representative(record_id))
    submit(own_paris, record_id, representative(record_id))
    with pytest.raises(NotPermitted):
        publish(own_paris, record_id, representative(record_id))
    with pytest.raises(NotPermitted):
        save(own_paris, "aphp", {"role": {"fr": "x"}}, by=representative(record_id))
    with pytest.raises(NotPermitted):
        begun(own_paris, by=representative(record_id))


@pytest.mark.parametrize("by", [WRITER, REVIEWER, STRANGER])
def test_only_coordinators_of_the_region_decide(own_paris: Instance, by: Actor) -> None:
    vocabulary = own_paris.vocabulary("paris")
    with own_paris.database.write("paris") as session:
        record, other = get(session, "aphp"), get(session, "necker")
        for attempt in (
            lambda: deciding.rename(session, record, "x", by=by, at=THEN),
            lambda: deciding.merge(session, record, other, by=by, at=THEN),
            lambda: deciding.split(session, record, by=by, at=THEN),
            lambda: writing.withdraw(session, record, vocabulary, reason="Il le faut.", by=by, at=THEN),
            lambda: writing.archive(session, record, by=by, at=THEN),
            lambda: writing.erase(session, record, by=by, at=THEN),
        ):
            with pytest.raises(NotPermitted):
                attempt()
    with pytest.raises(NotPermitted):
        relate(own_paris, "aphp", "left", by=by)


# ---------------------------------------------------------------------------------------------------------------------
# Relation


def test_taking_part_needs_a_day_and_where_the_mandate_is_written(own_paris: Instance) -> None:
    with pytest.raises(Faulty) as refused:
        relate(own_paris, "aphp", "taking-part")
    assert [fault.field for fault in refused.value.faults] == ["since", "source"]
    relate(own_paris, "aphp", "taking-part", since="2030-05", source="Lettre du 2 mai 2030", mandate={"fr": "Siège."})
    with own_paris.database.read("paris") as session:
        status = service.by_key(session)["aphp"].status
        lines = session.scalars(select(Audit.actor).where(Audit.verb == "relation")).all()
    assert (status.relation, status.since, status.source) == ("taking-part", "2030-05", "Lettre du 2 mai 2030")
    assert list(lines) == ["cy"]
    assert next(one for one in own_paris.directory("paris") if one.key == "aphp").status == status


def test_whoever_is_only_cited_has_no_mandate(own_paris: Instance) -> None:
    relate(own_paris, "aphp", "taking-part", since="2030", source="Lettre", mandate={"fr": "Siège."})
    relate(own_paris, "aphp", "cited", since="2030", source="Lettre", mandate={"fr": "Siège."})
    with own_paris.database.read("paris") as session:
        status = service.by_key(session)["aphp"].status
    assert (status.relation, status.since, status.source, status.mandate) == ("cited", None, "", {})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"since": "2031-01-02"}, "since"),
        ({"since": "2030-02-30"}, "since"),
        ({"since": "1200"}, "since"),
        ({"since": "2007-10-24"}, "since"),
        ({"source": "javascript://x"}, "source"),
        ({"mandate": {"xx": "Siège."}}, "mandate.xx"),
    ],
)
def test_a_relation_is_written_down_properly(own_paris: Instance, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Faulty) as refused:
        relate(own_paris, "aphp", "invited", **given)
    assert [fault.field for fault in refused.value.faults] == [field]


def test_a_relation_names_nobody(own_paris: Instance) -> None:
    with pytest.raises(Identifying):
        relate(own_paris, "aphp", "invited", source="Courriel de jean.dupont@justice.example")


def test_of_two_who_decide_at_once_the_second_is_told(own_paris: Instance) -> None:
    with own_paris.database.read("paris") as session:
        mark = deciding.mark_of(get(session, "aphp"))
    relate(own_paris, "aphp", "invited", expected=mark)
    with pytest.raises(Conflict):
        relate(own_paris, "aphp", "declined", expected=mark)


# ---------------------------------------------------------------------------------------------------------------------
# Contacts


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
        assert [one.review_on for one in writing.contacts_of(session, record)] == [date(2033, 1, 1)]
        assert [one.review_on for one in writing.contacts_of(session, record, 1)] == [date(2032, 1, 1)]


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
        assert desks.due(session, TODAY) == {("paris", record_id): date(2030, 6, 1)}
    save(own_paris, record_id, desks=contacts({}))
    with own_paris.database.read("paris") as session:
        assert desks.due(session, TODAY) == {}


# ---------------------------------------------------------------------------------------------------------------------
# Addresses, and taking back


def test_a_new_address_leaves_the_old_one_leading_there(own_paris: Instance) -> None:
    record_id = published(own_paris)
    with own_paris.database.write("paris") as session:
        assert deciding.rename(session, get(session, record_id), "Audition !", by=COORDINATOR, at=THEN) == "audition"
    with own_paris.database.read("paris") as session:
        assert service.stakeholder(session, SLUG).slug == service.stakeholder(session, "audition").slug == "audition"
    with own_paris.database.write("paris") as session, pytest.raises(Faulty):
        deciding.rename(session, get(session, record_id), " – ", by=COORDINATOR, at=THEN)
    with pytest.raises(Faulty), own_paris.database.write("paris") as session:
        deciding.rename(session, get(session, record_id), "association-aurore", by=COORDINATOR, at=THEN)
    with own_paris.database.write("paris") as session:
        assert get(session, record_id).slug == "audition", "an address that another has is taken from nobody"
        assert deciding.rename(session, get(session, record_id), SLUG, by=COORDINATOR, at=THEN) == SLUG


def test_a_withdrawn_entry_is_in_no_list_and_may_come_back(own_paris: Instance) -> None:
    record_id = published(own_paris)
    with own_paris.database.write("paris") as session:
        record = get(session, record_id)
        writing.withdraw(
            session, record, own_paris.vocabulary("paris"), reason="C’est un doublon.", by=COORDINATOR, at=THEN
        )
    assert SLUG not in slugs(own_paris)
    with own_paris.database.read("paris") as session, pytest.raises(NotFound):
        service.stakeholder(session, SLUG)
    save(own_paris, record_id, {"role": {"fr": "Corrigé."}})
    submit(own_paris, record_id)
    publish(own_paris, record_id)
    assert SLUG in slugs(own_paris)
    with own_paris.database.read("paris") as session:
        assert deciding.status_of(get(session, record_id)).withdrawn == ""


def test_what_is_put_away_is_written_on_no_more(own_paris: Instance) -> None:
    record_id = begun(own_paris)
    with own_paris.database.write("paris") as session:
        writing.archive(session, get(session, record_id), by=COORDINATOR, at=THEN)
    with pytest.raises(IllegalTransition):
        save(own_paris, record_id, {"role": {"fr": "Un."}})


def test_nothing_of_an_erased_entry_stays_contacts_included(own_paris: Instance) -> None:
    record_id = published(own_paris, desks=contacts({"address": "secretariat@audition.example"}))
    with own_paris.database.write("paris") as session:
        writing.erase(session, get(session, record_id), by=COORDINATOR, at=THEN)
    with own_paris.database.read("paris") as session:
        with pytest.raises(Gone):
            find(session, KIND, SLUG)
        count = select(func.count()).select_from(Contacts).where(Contacts.record_id == record_id)
        assert session.scalar(count) == 0
    file = Path(own_paris.database.path)
    held = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    assert b"secretariat@audition.example" not in held
    assert "filmées d’enfants".encode() not in held
    assert DESK["source"].encode() not in held


def test_only_what_took_part_can_have_left_and_it_says_since_when_and_where(own_paris: Instance) -> None:
    letter: dict[str, Any] = {"source": "Lettre du 3 mars 2024"}
    with pytest.raises(Faulty) as told:
        relate(own_paris, "aphp", "left", since="2024", **letter)
    assert [(one.field, one.text) for one in told.value.faults] == [("relation", deciding.NEVER_IN)]
    relate(own_paris, "aphp", "taking-part", since="2023", **letter)
    with pytest.raises(Faulty) as told:
        relate(own_paris, "aphp", "left")
    assert [(one.field, one.text) for one in told.value.faults] == [
        ("since", deciding.NO_DAY_LEFT), ("source", deciding.NO_SOURCE_LEFT),
    ]  # fmt: skip
    relate(own_paris, "aphp", "left", since="2024", **letter)
    relate(own_paris, "aphp", "left", since="2024-03", **letter)  # the day is put right
