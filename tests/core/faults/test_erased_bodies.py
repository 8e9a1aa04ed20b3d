"""A body that is erased leaves no word of its own, and nobody speaks for it any more."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from lanzarote.accounts.model import Granted
from lanzarote.app import create_app
from lanzarote.composition import new_instance, open_instance
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.service import ids_by_name
from lanzarote.errors import LoadError, NotPermitted
from lanzarote.exchange import erasure_list
from lanzarote.exchange.region_file import load_file
from lanzarote.instance import Instance
from lanzarote.meetings import inviting
from lanzarote.meetings import mails as meeting_mails
from lanzarote.meetings.documents import AnsweringInvitation
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.records import outbox, permissions
from lanzarote.records.changelog import Audit
from lanzarote.records.outbox import Job
from lanzarote.records.records import Draft, Record, create, encode, find, withdraw
from lanzarote.records.validation import Faulty
from lanzarote.search import index as search
from lanzarote.stakeholders import writing as stakeholders
from lanzarote.store.database import ALL
from lanzarote.store.ids import shipped_id
from lanzarote.types import Partner, Practice, PracticeText
from litestar.testing import TestClient
from sqlalchemy import select

from tests.conftest import copied, copy_of, pg_database, sqlalchemy_url
from tests.core.evaluation import piloting
from tests.core.faults.erasing import (
    left,
    settings,
    worked_on,
)
from tests.core.improvements import deliberating
from tests.core.meetings import keeping
from tests.core.practices.assessments import PARIS, THEN
from tests.core.procedures import agreeing
from tests.core.stakeholders import keeping as directory
from tests.core.transport.paris_file import export

__all__ = ["worked_on"]


BODY_PLACES = {
    "what it replied": "Pimprenelune",
    "how it was offered to reply": "Quenouillard",
    "who comes to a meeting": "roseliere juriste",
    "where its endorsement is written": "Sarcelline",
    "what it answered as a judge": "Tourterelune",
    "where that is written": "Ulvelande",
    "where it is mailed to": "vermillonet",
    "why something in its reply stays": "Zephyrine",
}

ROLE = "had five UAPED units in June 2025"


def spoken(worked_on: Instance) -> tuple[str, str]:
    """A body that left words in every place there is, and a procedure that it endorsed."""
    body, _ = (agreeing.body_id(worked_on, key) for key in agreeing.BODIES)
    said = BODY_PLACES
    finding = deliberating.finding(worked_on, organisations=[body])
    deliberating.offer(worked_on, finding, body, how=said["how it was offered to reply"])
    deliberating.reply(
        worked_on, finding, body, reply={"fr": f"Zoé, 8 ans : {said['what it replied']}"},
        reasons={("reply.fr", "name-with-age"): f"Personnage de {said['why something in its reply stays']}"},
    )  # fmt: skip
    meeting = keeping.planned(worked_on, organisations=["aphp"])
    keeping.announce(worked_on, meeting)
    with keeping.held(worked_on, meeting) as (session, record):
        inviting.answer(
            session,
            record,
            worked_on.vocabulary(PARIS),
            given=AnsweringInvitation(stakeholder=body, answer="comes", who=said["who comes to a meeting"]),
            by=keeping.HEAD,
            at=keeping.THEN,
        )
    procedure = agreeing.proposed(worked_on)
    for one in agreeing.BODIES:
        source = said["where its endorsement is written"] if one == "aphp" else agreeing.LETTER
        agreeing.say(worked_on, procedure, one, source=source)
    judges = [piloting.REPORT["judges"][0], piloting.REPORT["judges"][1] | {"organisation": "aphp"}]
    pilot = piloting.begun(worked_on, piloting.REPORT | {"judges": judges})
    piloting.run(worked_on, pilot)
    piloting.answer(
        worked_on, pilot, "c1", "j2", reason={"fr": said["what it answered as a judge"]},
        source=said["where that is written"],
    )  # fmt: skip
    with worked_on.database.write(PARIS) as session:
        address = f"secretariat@{said['where it is mailed to']}.example"
        outbox.enqueue(
            session, "mail.position", region=PARIS, record=finding, stakeholder=body, call=1, address=address
        )
        session.flush()
        for job in session.scalars(select(Job)):
            job.due_at = THEN + timedelta(days=9_000)
    assert left(worked_on, said) == said.keys(), "there must be something to erase"
    return body, procedure


def test_a_body_that_is_erased_leaves_no_word_of_its_own(worked_on: Instance) -> None:
    said, (body, procedure) = BODY_PLACES, spoken(worked_on)
    with worked_on.database.write(PARIS) as session:
        stakeholders.erase(session, session.get_one(Record, (PARIS, body)), by=keeping.HEAD, at=keeping.THEN)
    assert left(worked_on, said) == set()
    told = agreeing.public(worked_on, procedure)
    assert told is not None
    assert [one.source for one in told.said[body]] == [""]
    with TestClient(create_app(worked_on), base_url="http://lanzarote.test") as client:
        assert client.get(f"/fr/paris/procedures/{told.slug}").status_code == 200
        assert client.get(f"/api/v1/regions/paris/procedures/{told.slug}").status_code == 200


NAMED = "Wistamine"


def cited(worked_on: Instance) -> str:
    """A body of the directory that a public practice names; its id."""
    name = {"name": {"fr": f"Maison {NAMED}", "en": f"House {NAMED}"}}
    body = directory.published(worked_on, directory.BODY | name)
    text = {"en": PracticeText(title="Names it", summary="What it does.")}
    said = Practice(
        original="en", text=text, scope="local", running="ongoing", sectors=("courts",),
        partners=(Partner(organisation=body),),
    )  # fmt: skip
    draft = Draft(kind=PRACTICE, slug="names-it", body=encode(said), status=b"{}", publish=True)
    with worked_on.database.write(PARIS) as session:
        create(session, PARIS, [draft], by="test")
    worked_on.worker.run_due()
    return body


def test_no_practice_is_found_by_the_name_of_a_body_from_the_moment_it_is_erased(worked_on: Instance) -> None:
    body = cited(worked_on)
    assert is_found(worked_on, NAMED.lower())
    with worked_on.database.write(PARIS) as session:
        stakeholders.erase(session, session.get_one(Record, (PARIS, body)), by=keeping.HEAD, at=keeping.THEN)
    assert not is_found(worked_on, NAMED.lower())
    assert left(worked_on, {"the name": NAMED}) == set()
    worked_on.worker.run_due()
    assert left(worked_on, {"the name": NAMED}) == set()
    assert is_found(worked_on, "names")


def is_found(instance: Instance, word: str) -> bool:
    return bool(search.rows_that_hold(instance.database, [(((word,),),)]))


def test_a_file_from_before_brings_back_no_word_of_its_own(
    worked_on: Instance, sqlite_template: Path, tmp_path: Path
) -> None:
    body, procedure = spoken(worked_on)
    file, folder = tmp_path / "paris.jsonl", tmp_path / "new"
    file.write_bytes(export(worked_on))
    assert {"what it replied", "what it answered as a judge"} <= {
        place for place, word in BODY_PLACES.items() if word in file.read_text()
    }
    with worked_on.database.write(PARIS) as session:
        stakeholders.erase(session, session.get_one(Record, (PARIS, body)), by=keeping.HEAD, at=keeping.THEN)
    folder.mkdir()
    shutil.copy(erasure_list.place(worked_on.settings), folder)
    with open_instance(settings(copy_of(sqlite_template, folder), folder)) as elsewhere:
        assert "erased here: 1 left out" in load_file(elsewhere, file)
        assert left(elsewhere, BODY_PLACES) == set()
        with TestClient(create_app(elsewhere), base_url="http://lanzarote.test") as client:
            assert client.get(f"/fr/paris/procedures/{procedure}").status_code == 200


@pytest.fixture
def elsewhere(paris_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance]:
    """An empty place, on a database like the one that is worked on."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        if paris_url.startswith("sqlite"):
            url = copy_of(request.getfixturevalue("sqlite_template"), folder)
        else:
            admin_url = request.getfixturevalue("pg_admin_url")
            template = copied(request.getfixturevalue("pg_template"))
            url = sqlalchemy_url(admin_url, stack.enter_context(pg_database(admin_url, template)))
        yield stack.enter_context(new_instance(settings(url, folder)))


def listed_there(instance: Instance, *gone: str) -> None:
    """Let the place know by its list that these organisations were erased."""
    lines = [erasure_list.Erased(region=PARIS, kind=STAKEHOLDER, id=one, at=THEN) for one in gone]
    erasure_list.place(instance.settings).write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in lines))
    erasure_list.learn(instance.database, instance.settings)


def line_of(file: bytes, record_id: str) -> dict[str, Any]:
    [line] = [one for one in map(msgspec.json.decode, file.splitlines()) if one.get("id") == record_id]
    return cast("dict[str, Any]", line)


def test_a_file_that_only_replaces_records_brings_back_no_word_of_it_either(
    worked_on: Instance, elsewhere: Instance, tmp_path: Path
) -> None:
    procedure, body = "hospital-cells-2014", agreeing.body_id(worked_on, "aphp")
    word, file = BODY_PLACES["where its endorsement is written"], tmp_path / "paris.jsonl"
    agreeing.save(worked_on, procedure, agreeing.BODY | {"nature": "drafted"})
    agreeing.do(worked_on, "propose", procedure)
    agreeing.say(worked_on, procedure, "aphp", source=word)
    file.write_bytes(export(worked_on))
    assert word in file.read_text()
    elsewhere.load(PARIS)
    with elsewhere.database.write(PARIS) as session:
        stakeholders.erase(session, session.get_one(Record, (PARIS, body)), by=keeping.HEAD, at=keeping.THEN)
    told = load_file(elsewhere, file)
    assert "records: 0 new" in told
    assert "erased here: 1 left out" in told
    assert left(elsewhere, {"": word}) == set()


def exported_then_erased(worked_on: Instance, body: str, folder: Path) -> Path:
    """A file of the region from before the body was erased."""
    file = folder / "paris.jsonl"
    file.write_bytes(export(worked_on))
    with worked_on.database.write(PARIS) as session:
        stakeholders.erase(session, session.get_one(Record, (PARIS, body)), by=keeping.HEAD, at=keeping.THEN)
    return file


def loaded_elsewhere(file: Path, template: Path, folder: Path) -> bytes:
    """What an empty place exports that has loaded *file*."""
    folder.mkdir()
    with new_instance(settings(copy_of(template, folder), folder)) as third:
        load_file(third, file)
        return export(third)


def test_what_was_loaded_without_a_body_that_is_erased_can_be_loaded_anywhere(
    worked_on: Instance, elsewhere: Instance, sqlite_template: Path, tmp_path: Path
) -> None:
    body, _ = spoken(worked_on)
    file = exported_then_erased(worked_on, body, tmp_path)
    listed_there(elsewhere, body)
    told = load_file(elsewhere, file)
    assert "erased here: 1 left out" in told
    assert "organisations among these: 1 kept as erased, without a word of them" in told
    assert ROLE in file.read_text()
    assert left(elsewhere, BODY_PLACES | {"what it does": ROLE}) == set()
    own = tmp_path / "own.jsonl"
    own.write_bytes(export(elsewhere))
    assert line_of(own.read_bytes(), body) == line_of(export(worked_on), body)
    assert " 0 new" in load_file(elsewhere, own)
    assert loaded_elsewhere(own, sqlite_template, tmp_path / "third") == own.read_bytes()


def test_a_file_from_before_can_be_loaded_again_where_a_body_is_erased(
    worked_on: Instance, elsewhere: Instance, tmp_path: Path
) -> None:
    body, _ = spoken(worked_on)
    file = exported_then_erased(worked_on, body, tmp_path)
    listed_there(elsewhere, body)
    load_file(elsewhere, file)
    for place in (elsewhere, worked_on):
        before = export(place)
        told = load_file(place, file)
        assert "records: 0 new" in told
        assert "replaced" not in told
        assert "erased here: 1 left out" in told
        assert export(place) == before
    assert left(elsewhere, BODY_PLACES) == set()
    with elsewhere.database.write(PARIS) as session:
        withdraw(session, find(session, "practice", "pare"), by="test")
    with pytest.raises(LoadError, match=r"1 fault.*\n.*is here with other content"):
        load_file(elsewhere, file)


def test_a_package_is_loaded_without_a_body_that_was_erased_and_can_be_exported(
    elsewhere: Instance, sqlite_template: Path, tmp_path: Path
) -> None:
    body = shipped_id(PARIS, STAKEHOLDER, "aphp")
    listed_there(elsewhere, body)
    told = elsewhere.load(PARIS).records
    assert (told.kept_erased, told.left_out) == (["stakeholder aphp"], [])
    assert left(elsewhere, {"what it does": ROLE}) == set()
    again = elsewhere.load(PARIS).records
    assert (again.kept_erased, again.left_alone, again.new) == ([], [], [])
    own = tmp_path / "own.jsonl"
    own.write_bytes(export(elsewhere))
    assert " 0 new" in load_file(elsewhere, own)
    line = line_of(own.read_bytes(), body)
    assert (line["state"], line["key"], line["versions"][0]["body"]) == ("erased", "aphp", None)
    assert loaded_elsewhere(own, sqlite_template, tmp_path / "third") == own.read_bytes()


def test_what_came_erased_in_a_file_stays_erased_where_the_database_is_lost(
    worked_on: Instance, elsewhere: Instance, tmp_path: Path
) -> None:
    body, own = agreeing.body_id(worked_on, "aphp"), tmp_path / "own.jsonl"
    with worked_on.database.write(PARIS) as session:
        stakeholders.erase(session, session.get_one(Record, (PARIS, body)), by=keeping.HEAD, at=keeping.THEN)
    own.write_bytes(export(worked_on))
    load_file(elsewhere, own)
    listed = erasure_list.read(erasure_list.place(elsewhere.settings))
    assert [(one.region, one.kind, one.id) for one in listed] == [(PARIS, STAKEHOLDER, body)]


def test_nobody_speaks_for_a_body_that_is_erased_and_it_is_asked_nothing(worked_on: Instance) -> None:
    body, other = (agreeing.body_id(worked_on, key) for key in agreeing.BODIES)
    rep = keeping.enrolled(worked_on, "rita", "representative", body)
    works_there = keeping.enrolled(worked_on, "wim", "contributor", body)
    meeting = keeping.planned(worked_on, organisations=list(agreeing.BODIES))
    keeping.announce(worked_on, meeting)
    procedure = agreeing.proposed(worked_on)
    with worked_on.database.read(ALL) as session:
        payloads = [job.payload.decode() for job in session.scalars(select(Job).where(Job.topic == inviting.TOPIC))]
    [waiting] = [msgspec.json.decode(one) for one in payloads]
    assert waiting["account"] == rep.account_id
    assert permissions.spoken_for(permissions.placed(worked_on.database, rep), PARIS) == {body}
    with worked_on.database.write(PARIS) as session:
        stakeholders.erase(session, session.get_one(Record, (PARIS, body)), by=keeping.HEAD, at=keeping.THEN)
    with worked_on.database.read(ALL) as session:
        granted = {(row.account_id, row.role) for row in session.scalars(select(Granted))}
        told = select(Audit.actor, Audit.verb).where(Audit.record_id == rep.account_id, Audit.region_id == PARIS)
        revoked = [row for row in session.execute(told) if row[1].startswith("revoke")]
        assert session.scalars(select(Job).where(Job.topic == inviting.TOPIC)).all() == []
        record = session.get_one(Record, (PARIS, meeting))
        assert inviting.standing(session, inviting.invitations(session, record)).keys() == {other}
        assert meeting_mails.write(worked_on, session, waiting | {"event_id": record.id}) is None
        assert ids_by_name(session, {"aphp", body}) == {}
    assert granted == {(works_there.account_id, "contributor")}
    assert revoked == [(keeping.HEAD.account_id, "revoke representative")]
    # Somebody who was let in before it was erased, at this very moment:
    assert permissions.spoken_for(permissions.placed(worked_on.database, rep), PARIS) == frozenset()
    with pytest.raises(NotPermitted):
        agreeing.say(worked_on, procedure, body, by=rep)
    with keeping.held(worked_on, meeting) as (session, record), pytest.raises(Faulty):
        inviting.answer(
            session,
            record,
            worked_on.vocabulary(PARIS),
            given=AnsweringInvitation(stakeholder=body, answer="comes", who="juriste"),
            by=rep,
            at=keeping.THEN,
        )
    assert not agreeing.status(worked_on, procedure).endorsed_on
    agreeing.say(worked_on, procedure, "prefecture-police")  # the only party that is left
    assert agreeing.status(worked_on, procedure).state == "endorsed"
