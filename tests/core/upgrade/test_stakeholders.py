"""Organisations that the region has made its own: an upgrade changes what nobody touched, and revives nothing."""

from __future__ import annotations

import msgspec
import pytest
from lanzarote.directory import service
from lanzarote.records import records
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record
from lanzarote.records.save_checks import NO_CHECKS
from lanzarote.stakeholders import deciding, entries, saving, writing
from lanzarote.types import Organisation
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.core.upgrade.conftest import Land
from tests.regions.writing import ORGANISATION

CHIEF = Actor(account_id="cy", grants=(Grant(role="coordinator", region_id="testland"),), strong=True)
THEN = records.now()
SECOND = {**ORGANISATION, "name": {"en": "Second", "fr": "Second"}}


def two(**of_first: object) -> dict[str, dict[str, object]]:
    """Two organisations as the package ships them."""
    return {"first": {**ORGANISATION, "name": {"en": "First", "fr": "Premier"}, **of_first}, "second": SECOND}


def get(session: Session, key: str) -> Record:
    return session.scalars(select(Record).where(Record.key == key)).one()


def said(land: Land, key: str) -> Organisation:
    with land.instance.database.read("testland") as session:
        return writing.entry_of(session, get(session, key))


def save(land: Land, key: str, **fields: object) -> None:
    """Write another version of the entry, as the team does."""
    with land.instance.database.read("testland") as session:
        record = get(session, key)
        body = msgspec.to_builtins(writing.entry_of(session, record)) | fields
        version = record.version
    known = {name for one in land.instance.directory("testland") for name in one.names}
    given = saving.checked(entries.read(body), land.vocabulary, known, reasons={}, by="cy", checks=NO_CHECKS)
    with land.instance.database.write("testland") as session:
        saving.save(session, get(session, key), given, expected=version, by=CHIEF, at=THEN)


def decide(land: Land, what: str, key: str = "first") -> None:
    with land.instance.database.write("testland") as session:
        record = get(session, key)
        if what == "merged":
            deciding.merge(session, record, get(session, "second"), by=CHIEF, at=THEN)
        elif what == "split":
            deciding.split(session, record, by=CHIEF, at=THEN)
        elif what == "renamed":
            deciding.rename(session, record, "elsewhere", by=CHIEF, at=THEN)
        elif what == "erased":
            writing.erase(session, record, by=CHIEF, at=THEN)
        else:
            writing.withdraw(session, record, land.vocabulary, reason="It is there twice.", by=CHIEF, at=THEN)


@pytest.mark.parametrize("state", ["withdrawn", "merged", "erased"])
def test_what_was_taken_back_is_left_alone_release_after_release(land: Land, state: str) -> None:
    land.release(organisations=two())
    decide(land, state)
    for scope in ("national", "international"):
        report = land.release(organisations=two(scope=scope)).records
        assert (report.left_alone, report.new, report.working) == (["stakeholder first"], [], [])
        assert land.record("first").state == state
    assert [one.key for one in land.instance.directory("testland")] == ["second"]
    assert land.tasks() == []


def test_what_is_parted_again_takes_what_it_missed(land: Land) -> None:
    land.release(organisations=two())
    decide(land, "merged")
    land.release(organisations=two(scope="national"))
    decide(land, "split")
    report = land.release(organisations=two(scope="national", since="2014"))
    assert report.records.working == ["stakeholder first"]
    assert (said(land, "first").scope, said(land, "first").since) == ("national", "2014")
    assert land.tasks() == []


def test_a_merged_entry_that_the_package_gives_another_key_leads_on_under_both(land: Land) -> None:
    land.release(organisations=two())
    decide(land, "merged")
    third = {**ORGANISATION, "name": {"en": "First", "fr": "Premier"}, "former": ["first"]}
    land.release(organisations={"third": third, "second": SECOND})
    with land.instance.database.read("testland") as session:
        known = service.by_key(session)
        assert known["first"].key == known["third"].key == known["second"].key == "second"
        assert set(service.ids_by_name(session, ["first", "third", "second"]).values()) == {known["second"].id}


def test_a_renamed_entry_leads_on_under_both_keys_before_anybody_reviewed_it(land: Land) -> None:
    partner = {"partners": [{"organisation": "first"}]}
    land.release(organisations=two(), practices={"p": partner})
    third = {**ORGANISATION, "name": {"en": "First", "fr": "Premier"}, "former": ["first"], "scope": "national"}
    renamed = {"p": {"partners": [{"organisation": "third"}]}}
    report = land.release(organisations={"third": third, "second": SECOND}, practices=renamed)
    assert report.records.working == ["stakeholder third"], "and not the practice that names it"
    with land.instance.database.read("testland") as session:
        known = service.by_key(session)
        assert known["first"].id == known["third"].id == service.ids_by_name(session, ["first"])["first"]


def test_what_the_region_wrote_stays_and_what_it_left_alone_follows_the_package(land: Land) -> None:
    land.release(organisations=two())
    save(land, "first", role={"en": "Ours."})
    report = land.release(organisations=two(scope="national"))
    assert report.records.working == ["stakeholder first"]
    assert (said(land, "first").scope, said(land, "first").role["en"]) == ("national", "Ours.")
    shown = next(one for one in land.instance.directory("testland") if one.key == "first")
    assert shown.organisation.role == {}, "nothing is public that nobody published"


def test_an_address_of_the_regions_own_stays(land: Land) -> None:
    land.release(organisations=two())
    decide(land, "renamed")
    land.release(organisations=two(scope="national"))
    assert land.record("first").slug == "elsewhere"


def test_the_same_text_changed_on_both_sides_is_asked_about(land: Land) -> None:
    land.release(organisations=two(role={"en": "Before.", "fr": "Avant."}))
    save(land, "first", role={"en": "Ours.", "fr": "Avant."})
    land.release(organisations=two(role={"en": "Theirs.", "fr": "Avant."}))
    assert [task["field"] for task in land.tasks()] == ["role.en"]
    assert said(land, "first").role["en"] == "Ours."
