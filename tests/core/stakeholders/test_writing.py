"""An entry of the directory is written by one person and published by another; nothing of it is lost or let out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote.directory import service
from lanzarote.directory.model import KIND, Contacts
from lanzarote.errors import Conflict, Gone, NotFound, NotPermitted
from lanzarote.instance import Instance
from lanzarote.records.changelog import Audit
from lanzarote.records.drafts import told_of
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import body_of, find
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.stakeholders import deciding, writing
from lanzarote.stakeholders.contacts import contacts_of
from sqlalchemy import func, select

from tests.core.stakeholders.keeping import (
    BODY,
    COORDINATOR,
    DESK,
    REVIEWER,
    SECOND,
    THEN,
    WRITER,
    begun,
    checked,
    contacts,
    get,
    publish,
    published,
    refusals,
    representative,
    save,
    slugs,
    submit,
)

SLUG = "maison-de-l-audition"
OWN: dict[str, Any] = {"key": "own-1", "title": "Bilan", "publisher": "", "kind": "press"}


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
        [reason] = told_of(session, get(session, record_id)).reasons
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
        assert [one.text for one in told_of(session, record).returned] == ["Quelle source ?"]


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
        assert len(contacts_of(session, record)) == 1


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


def test_what_was_withdrawn_by_mistake_is_published_again(own_paris: Instance) -> None:
    name = published(own_paris)
    with own_paris.database.write("paris") as session:
        record, words = get(session, name), own_paris.vocabulary("paris")
        writing.withdraw(session, record, words, reason="Retirée par erreur.", by=COORDINATOR, at=THEN)
        assert record.published_version is None
    publish(own_paris, name)
    with own_paris.database.read("paris") as session:
        assert (get(session, name).state, get(session, name).published_version) == ("published", 1)
