"""Two entries that are one: whatever led to the first leads to the second, until they are parted again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lanzarote.accounts import service as accounts
from lanzarote.accounts.model import Granted
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.directory import service
from lanzarote.errors import Conflict
from lanzarote.instance import Instance
from lanzarote.practices import saving, sheets
from lanzarote.practices import service as practices
from lanzarote.records.changelog import Change
from lanzarote.records.changelog_state import broken_audit
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import Grant
from lanzarote.records.records import Named, Record
from lanzarote.records.save_checks import NO_CHECKS
from lanzarote.records.tasks import Task, open_task
from lanzarote.records.validation import Faulty
from lanzarote.stakeholders import deciding, writing
from lanzarote.stakeholders import saving as entries_saving
from lanzarote.store.database import ALL
from lanzarote.territory.references import references
from sqlalchemy import select

from tests.core.stakeholders.keeping import (
    BODY,
    COORDINATOR,
    THEN,
    WRITER,
    checked,
    get,
    merge,
    published,
    relate,
    save,
    slugs,
    split,
)

PRACTICE: dict[str, Any] = {
    "original": "fr",
    "text": {
        "fr": {
            "title": "Une salle d’audition partagée",
            "summary": "Police et hôpital au même endroit.",
            "problem": "Plusieurs auditions.",
            "activities": "Une audition filmée.",
            "transfer": "Une salle.",
        }
    },
    "sectors": ["courts"],
    "target_groups": ["child-victims"],
    "scope": "local",
    "running": "ongoing",
}


@pytest.fixture
def either(paris_url: str, tmp_path: Path) -> Iterator[Instance]:
    """Paris on SQLite and on PostgreSQL."""
    given = {"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)}
    with new_instance(read_settings(given)) as instance:
        yield instance


def practice_with(paris: Instance, *partners: str) -> str:
    """A draft that names these organisations."""
    known = {name for one in paris.directory("paris") for name in one.names}
    sheet = sheets.read(PRACTICE | {"partners": [{"organisation": one} for one in partners]})
    given = saving.checked(sheet, paris.vocabulary("paris"), known, reasons={}, by="ana", checks=NO_CHECKS)
    with paris.database.write("paris") as session:
        return saving.begin(session, "paris", given, by=WRITER, at=THEN).id


def named_by(paris: Instance, practice_id: str) -> set[str]:
    with paris.database.read("paris") as session:
        return set(session.scalars(select(Named.stakeholder_id).where(Named.record_id == practice_id)))


def id_of(paris: Instance, name: str) -> str:
    with paris.database.read("paris") as session:
        return get(session, name).id


def test_an_organisation_without_a_key_is_named_by_its_id_like_any_other(own_paris: Instance) -> None:
    record_id = published(own_paris)
    draft = practice_with(own_paris, record_id)
    assert named_by(own_paris, draft) == {record_id}


def test_whom_shipped_practices_name_is_known_before_anybody_writes_in_them(own_paris: Instance) -> None:
    with own_paris.database.read("paris") as session:
        [practice] = session.scalars(
            select(Record.id).where(Record.kind == "practice", Record.slug == "point-de-contact")
        )
    assert id_of(own_paris, "point-de-contact") in named_by(own_paris, practice)


def test_whatever_led_to_the_one_leads_to_the_other(either: Instance) -> None:
    into = published(either)
    gone = id_of(either, "point-de-contact")
    draft = practice_with(either, "point-de-contact")
    assert named_by(either, draft) == {gone}
    mentions = references(either, "paris").organisations["point-de-contact"]
    assert mentions

    merge(either, "point-de-contact", into)

    assert "point-de-contact" not in slugs(either)
    with either.database.read("paris") as session:
        assert service.stakeholder(session, "point-de-contact").id == into
        assert service.by_key(session)["point-de-contact"].id == into
        assert service.by_key(session)[gone].id == into
        whole = service.by_key(session)
        for names in ({"point-de-contact"}, {gone, into}, {into}, {"nobody"}, set(whole)):
            told = {name: whole[name].organisation for name in names if name in whole}
            assert service.organisations(session, "paris", names) == told
    assert named_by(either, draft) == {into}
    # What is written in practices stays as it was written; its side follows the entry that answers now.
    assert references(either, "paris").organisations["point-de-contact"] == mentions
    document = practices.decode(practices.document(either.database, "paris", "point-de-contact"))
    assert "point-de-contact" in {partner.organisation for partner in document.partners}


def test_a_merge_is_undone_by_a_split(either: Instance) -> None:
    into = published(either)
    gone = id_of(either, "point-de-contact")
    draft = practice_with(either, "point-de-contact")
    before = [one for one in either.directory("paris") if one.id == gone]
    merge(either, "point-de-contact", into)
    split(either, "point-de-contact")
    assert [one for one in either.directory("paris") if one.id == gone] == before
    assert named_by(either, draft) == {gone}
    with either.database.read("paris") as session:
        assert service.stakeholder(session, "point-de-contact").id == gone
        assert get(session, gone).state == "published"


def test_who_receives_the_region_learns_of_a_merge_and_of_the_split(either: Instance) -> None:
    into, gone = published(either), id_of(either, "aphp")
    relate(either, "aphp", "taking-part", since="2030", source="Lettre", shared=True)
    merge(either, "aphp", into)
    split(either, "aphp")
    with either.database.read("paris") as session:
        log = session.execute(
            select(Change.verb, Change.body_hash).where(Change.record_id == gone).order_by(Change.seq)
        )
        assert [(verb, bool(body)) for verb, body in log] == [("publish", True), ("withdraw", False), ("publish", True)]


def test_whoever_speaks_for_the_one_speaks_for_the_other(either: Instance) -> None:
    into, gone = published(either), id_of(either, "aphp")
    with either.database.write(ALL) as session:
        grant = Grant(role="representative", region_id="paris", stakeholder_id=gone)
        person = accounts.enrol(
            session, address="a@asso.example", name="A", language="fr", grants=[grant], by="t", at=THEN
        ).id

    def speaks_for() -> str:
        with either.database.read(ALL) as session:
            return session.scalars(select(Granted.stakeholder_id).where(Granted.account_id == person)).one()

    merge(either, "aphp", into)
    assert speaks_for() == into
    split(either, "aphp")
    assert speaks_for() == gone


def test_replies_go_along_and_questions_of_upgrades_have_settled_themselves(own_paris: Instance) -> None:
    into, gone = published(own_paris), id_of(own_paris, "aphp")
    with own_paris.database.write("paris") as session:
        reply = open_task(session, "paris", "reply", by="visitor", record_id=gone, wrong="x")
        question = open_task(session, "paris", "upgrade-conflict", by="lanzarote", record_id=gone, field="role.fr")

    def about(task_id: str) -> tuple[str | None, bool]:
        with own_paris.database.read("paris") as session:
            task = session.get_one(Task, ("paris", task_id))
            return task.record_id, task.done_at is not None

    merge(own_paris, "aphp", into)
    assert (about(reply), about(question)) == ((into, False), (gone, True))
    split(own_paris, "aphp")
    assert about(reply) == (gone, False)


def test_what_the_merged_entry_said_stays_in_its_versions(own_paris: Instance) -> None:
    into = published(own_paris)
    merge(own_paris, "aphp", into)
    with own_paris.database.read("paris") as session:
        record = get(session, "aphp")
        assert (record.state, record.published_version) == ("merged", None)
        assert writing.entry_of(session, record, 1).name["fr"].startswith("Assistance Publique")
    with pytest.raises(IllegalTransition):
        save(own_paris, "aphp", {"role": {"fr": "x"}})


def test_a_working_version_waits_until_the_entry_is_parted_again(own_paris: Instance) -> None:
    into = published(own_paris)
    save(own_paris, "aphp", {"role": {"fr": "Nouveau."}})
    merge(own_paris, "aphp", into)
    split(own_paris, "aphp")
    with own_paris.database.read("paris") as session:
        record = get(session, "aphp")
        assert (record.stage, record.version, record.published_version) == ("writing", 2, 1)


def test_one_that_was_merged_twice_over_leads_to_the_end(own_paris: Instance) -> None:
    middle, end = published(own_paris), published(own_paris, BODY | {"name": {"fr": "Autre maison"}})
    draft = practice_with(own_paris, "aphp")
    merge(own_paris, "aphp", middle)
    merge(own_paris, middle, end)
    with own_paris.database.read("paris") as session:
        assert service.stakeholder(session, "assistance-publique-hopitaux-de-paris").id == end
        assert service.by_key(session)["aphp"].id == end
    assert named_by(own_paris, draft) == {end}
    split(own_paris, middle)
    assert named_by(own_paris, draft) == {middle}


def test_nothing_is_merged_into_itself_or_into_what_nobody_reads(own_paris: Instance) -> None:
    into = published(own_paris)
    for name, other in (("aphp", "aphp"), ("aphp", "necker")):
        if other == "necker":
            merge(own_paris, "necker", into)
        with pytest.raises(Faulty) as refused:
            merge(own_paris, name, other)
        assert [fault.field for fault in refused.value.faults] == ["into"]
    with pytest.raises(IllegalTransition):
        merge(own_paris, "necker", into)


def test_a_merge_counts_nobody_twice_in_the_group(own_paris: Instance) -> None:
    into = published(own_paris)
    relate(own_paris, "aphp", "taking-part", since="2030", source="Lettre")
    relate(own_paris, into, "taking-part", since="2030", source="Lettre")
    merge(own_paris, "aphp", into)
    assert [one.id for one in own_paris.directory("paris") if one.status.relation == "taking-part"] == [into]


def test_one_entry_becomes_two_and_the_second_begins_as_a_draft(own_paris: Instance) -> None:
    record_id = published(own_paris)
    given = checked(own_paris, BODY | {"name": {"fr": "Maison bis"}})
    with own_paris.database.write("paris") as session:
        made = entries_saving.split_off(session, get(session, record_id), given, by=COORDINATOR, at=THEN)
        assert (made.state, made.stage, made.published_version) == ("draft", "writing", None)
        assert get(session, record_id).published_version == 1
    assert "maison-bis" not in slugs(own_paris)


@pytest.mark.both_databases
def test_two_merges_against_each_other_leave_one_of_the_two_standing(either: Instance) -> None:
    first, second = published(either), published(either, BODY | {"name": {"fr": "Autre maison"}})
    told: list[str] = []
    begin = threading.Barrier(8)

    def attempt(name: str, into: str) -> None:
        begin.wait()
        try:
            with either.database.write("paris") as session:
                deciding.merge(session, get(session, name), get(session, into), by=COORDINATOR, at=THEN)
            told.append(f"{name} is merged")
        except (Conflict, IllegalTransition, Faulty):
            pass

    pairs = [(first, second), (second, first)] * 4
    threads = [threading.Thread(target=attempt, args=pair) for pair in pairs]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(told) == 1
    with either.database.read("paris") as session:
        assert sorted(get(session, one).state for one in (first, second)) == ["merged", "published"]
        assert broken_audit(session, "paris") is None
