"""A finding that names a body, in its fields or its words, is shared only after that body could reply."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from lanzarote.improvements import sharing
from lanzarote.improvements.model import FINDING
from lanzarote.improvements.naming import mentioned_in
from lanzarote.instance import Instance
from lanzarote.records.drafts import Told, read_told
from lanzarote.records.records import Named, Record
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.types import Finding
from sqlalchemy import select

from tests.core.improvements.deliberating import (
    OBSERVED,
    finding,
    found,
    offer,
    read,
    reply,
    save,
    state,
    step,
)
from tests.core.improvements.test_writing import paris
from tests.core.stakeholders.keeping import merge

__all__ = ["paris"]


# Offers to reply


def test_a_finding_that_names_a_body_is_shared_only_after_that_body_was_offered_to_reply(paris: Instance) -> None:
    first, second = paris.directory("paris")[:2]
    one = finding(paris, organisations=[first.key or first.id, second.id])
    with paris.database.read("paris") as session:
        named = set(session.scalars(select(Named.stakeholder_id).where(Named.record_id == one)))
    assert named == {first.id, second.id}
    with pytest.raises(Faulty) as refused:
        step(paris, one, "share")
    names = {body.organisation.name["fr"] for body in (first, second)}
    assert {fault.value for fault in refused.value.faults} == names
    offer(paris, one, first.id)
    with pytest.raises(Faulty) as refused:
        step(paris, one, "share")
    assert [fault.value for fault in refused.value.faults] == [second.organisation.name["fr"]]
    offer(paris, one, second.key or second.id)
    step(paris, one, "share")
    assert state(paris, one) == "shared"


def test_no_body_slips_into_a_finding_that_the_group_reads(own_paris: Instance) -> None:
    body = own_paris.directory("paris")[0]
    one = finding(own_paris)
    step(own_paris, one, "share")
    with pytest.raises(Faulty):
        save(own_paris, one, organisations=[body.id])
    said = found(own_paris, one)
    assert isinstance(said, Finding)
    assert said.organisations == (), "nothing of it is kept"
    offer(own_paris, one, body.id)
    save(own_paris, one, organisations=[body.id])
    step(own_paris, one, "close", reason="Sans suite.")
    step(own_paris, one, "reopen")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("La préfecture de police de Paris ne répond pas.", {"prefecture-police"}),
        ("Reports go to the Paris Police Prefecture.", {"prefecture-police"}),
        ("L'Assistance Publique - Hôpitaux de Paris et l’OFMIN attendent.", {"aphp", "ofmin"}),
        ("L’AP-HP attend la CRIP 75.", {"aphp", "crip75"}),
        ("Un point de contact, la préfecture, un office, l’aurore.", set()),
    ],
)
def test_a_body_is_found_by_its_names_in_the_text_and_no_other_is(paris: Instance, text: str, meant: set[str]) -> None:
    said = read(FINDING, {"original": "fr", "text": {"fr": {"title": "Un constat", "observed": text}}})
    assert {one.key for one in mentioned_in(said, paris.directory("paris"))} == meant


def test_a_body_that_only_the_text_names_is_ticked_or_it_is_said_why_it_is_not_meant(own_paris: Instance) -> None:
    texts = {"fr": {"title": "Un constat", "observed": "La préfecture de police de Paris ne répond pas."}}
    police = next(one for one in own_paris.directory("paris") if one.key == "prefecture-police")
    one, other = finding(own_paris, text=texts), finding(own_paris, text=texts)
    for why in ("", "."):
        with pytest.raises(Faulty) as refused:
            step(own_paris, one, "share", not_meant=why)
        assert [fault.field for fault in refused.value.faults] == ["not_meant"]
        assert state(own_paris, one) == "draft"
    with pytest.raises(Identifying):
        step(own_paris, one, "share", not_meant="Écrire à jean.dupont@justice.example")
    step(own_paris, one, "share", not_meant="Le texte cite l’adresse du lieu.")
    with own_paris.database.read("paris") as session:
        status = sharing.status_of(session.get_one(Record, ("paris", one)))
    assert status.not_meant == {police.id: "Le texte cite l’adresse du lieu."}
    save(own_paris, one, sectors=["courts", "police"])
    with pytest.raises(Faulty) as refused:
        save(own_paris, one, text={"fr": {"title": "Un constat", "observed": "L’OFMIN ne répond pas."}})
    assert [(fault.field, fault.text) for fault in refused.value.faults] == [("organisations", sharing.TO_TICK)]
    save(own_paris, other, organisations=["prefecture-police"])
    with pytest.raises(Faulty) as refused:
        step(own_paris, other, "share")
    assert [fault.text for fault in refused.value.faults] == [sharing.NOT_OFFERED]
    offer(own_paris, other, police.id)
    step(own_paris, other, "share")


def test_what_an_entry_was_merged_into_counts_as_offered(own_paris: Instance) -> None:
    body, into = own_paris.directory("paris")[:2]
    one = finding(own_paris, organisations=[body.id])
    offer(own_paris, one, body.id)
    merge(own_paris, body.id, into.id)
    with own_paris.database.read("paris") as session:
        named = list(session.scalars(select(Named.stakeholder_id).where(Named.record_id == one)))
    assert named == [into.id]
    step(own_paris, one, "share")


def test_an_offer_and_a_reply_are_written_down_once_and_put_right(own_paris: Instance) -> None:
    body = own_paris.directory("paris")[0]
    one = finding(own_paris, organisations=[body.id])
    said: dict[str, Any]
    for said, fields in (
        ({"on": date(2032, 1, 1)}, ["on"]), ({"how": "  "}, ["how"]), ({"how": "a" * 501}, ["how"]),
    ):  # fmt: skip
        with pytest.raises(Faulty) as refused:
            offer(own_paris, one, body.id, **said)
        assert [fault.field for fault in refused.value.faults] == fields
    with pytest.raises(Faulty):
        offer(own_paris, one, "unheard-of")
    with pytest.raises(Identifying):
        offer(own_paris, one, body.id, how="lea.dupont@gmail.com")
    with pytest.raises(Faulty) as refused:
        reply(own_paris, one, body.id)
    assert [fault.field for fault in refused.value.faults] == ["stakeholder"]
    offer(own_paris, one, body.id)
    for said, fields in (
        ({"on": date(2030, 11, 1)}, ["on"]), ({"reply": {"fr": " "}}, ["reply"]),
        ({"reply": {"xx": "Oui."}}, ["reply.xx"]), ({"reply": {"fr": "a" * 20_001}}, ["reply.fr"]),
    ):  # fmt: skip
        with pytest.raises(Faulty) as refused:
            reply(own_paris, one, body.id, **said)
        assert [fault.field for fault in refused.value.faults] == fields
    reply(own_paris, one, body.id)
    offer(own_paris, one, body.id, how="Réunion du groupe")
    with own_paris.database.read("paris") as session:
        [told] = sharing.status_of(session.get_one(Record, ("paris", one))).offers
    assert (told.how, told.reply, told.replied_on) == (
        "Réunion du groupe",
        {"fr": "Nous y travaillons."},
        date(2030, 12, 20),
    )


def test_what_is_wrong_with_a_reply_is_told_before_the_guard_asks_about_it(own_paris: Instance) -> None:
    body = own_paris.directory("paris")[0]
    one = finding(own_paris)
    offer(own_paris, one, body.id)
    with pytest.raises(Faulty) as refused:
        reply(own_paris, one, body.id, on=date(2030, 11, 1), reply={"fr": "01 44 56 78 90"})
    assert [fault.field for fault in refused.value.faults] == ["on"]


def test_why_something_stays_in_a_reply_is_remembered_when_the_finding_is_saved(own_paris: Instance) -> None:
    body = own_paris.directory("paris")[0]
    one = finding(own_paris)
    offer(own_paris, one, body.id)
    said: dict[str, Any] = {"reply": {"fr": "01 44 56 78 90"}}
    with pytest.raises(Identifying):
        reply(own_paris, one, body.id, **said)
    reply(own_paris, one, body.id, reasons={("reply.fr", "phone"): "Un standard."}, **said)
    save(own_paris, one, text=OBSERVED["text"] | {"en": {"title": "Another", "observed": "Text."}})
    with own_paris.database.read("paris") as session:
        told = read_told(session, session.get_one(Record, ("paris", one)), Told)
    assert [(reason.field, reason.text) for reason in told.reasons] == [(f"reply.fr.{body.id}", "Un standard.")]
